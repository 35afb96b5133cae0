/*
 * Written for layoutcheck: stands in for the file that FreeBSD's build generates from
 * sys/kern/vnode_if.src, which is not installed. The operations are names of functions behind
 * pointers; the records that the real file defines (struct vop_vector, struct vop_*_args) are left
 * incomplete, so that they are reported and never guessed.
 */
#ifndef LAYOUTCHECK_STUB_VNODE_IF_H
#define LAYOUTCHECK_STUB_VNODE_IF_H

struct vop_vector;

#endif
