/*
 * Written for layoutcheck: stands in for sys/isa/rtc.h, which is not installed. The real file
 * numbers the registers of the clock chip; it has no record.
 */
#ifndef LAYOUTCHECK_STUB_ISA_RTC_H
#define LAYOUTCHECK_STUB_ISA_RTC_H

extern struct mtx atrtc_time_lock;

#endif
