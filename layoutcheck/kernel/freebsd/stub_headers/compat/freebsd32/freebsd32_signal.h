/*
 * Written for layoutcheck: stands in for sys/compat/freebsd32/freebsd32_signal.h, which FreeBSD does
 * not install. arm64's <machine/ucontext.h> includes it where COMPAT_FREEBSD32 is set, for the stack
 * of a 32-bit program: three words, by its ABI. The records of signal events are left incomplete:
 * what embeds one does not compile, and is reported.
 */
#ifndef LAYOUTCHECK_STUB_FREEBSD32_SIGNAL_H
#define LAYOUTCHECK_STUB_FREEBSD32_SIGNAL_H

struct sigaltstack32 {
	__uint32_t ss_sp;
	__uint32_t ss_size;
	int ss_flags;
};

struct osigevent32;
struct sigevent32;

#endif
