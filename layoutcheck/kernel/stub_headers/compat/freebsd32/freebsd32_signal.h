/*
 * Written for layoutcheck: stands in for sys/compat/freebsd32/freebsd32_signal.h, which is not
 * installed, but which arm64's <machine/ucontext.h> includes under COMPAT_FREEBSD32. A 32-bit
 * program's stack for signals is three words, as it is in that program's own <sys/signal.h>; other
 * records of the real file are left incomplete: what embeds one does not compile, and is reported.
 */
#ifndef LAYOUTCHECK_STUB_COMPAT_FREEBSD32_FREEBSD32_SIGNAL_H
#define LAYOUTCHECK_STUB_COMPAT_FREEBSD32_FREEBSD32_SIGNAL_H

struct sigaltstack32 {
	__uint32_t ss_sp;
	__uint32_t ss_size;
	int ss_flags;
};

struct osigevent32;
struct sigevent32;

#endif
