/*
 * Written for layoutcheck: stands in for the file that FreeBSD's build generates from
 * sys/kern/device_if.m, which is not installed. The real file defines no record: it declares
 * one function a method. FreeBSD's own headers call none of them.
 */
#ifndef LAYOUTCHECK_STUB_DEVICE_IF_H
#define LAYOUTCHECK_STUB_DEVICE_IF_H

#endif
