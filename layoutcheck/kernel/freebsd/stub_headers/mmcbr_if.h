/*
 * Written for layoutcheck: stands in for the file that FreeBSD's build generates from
 * sys/dev/mmc/mmcbr_if.m, which is not installed. The real file defines no record: it declares
 * one function a method. Here are those that FreeBSD's own headers call.
 */
#ifndef LAYOUTCHECK_STUB_MMCBR_IF_H
#define LAYOUTCHECK_STUB_MMCBR_IF_H

int MMCBR_UPDATE_IOS(device_t bridge, device_t requester);
int MMCBR_SWITCH_VCCQ(device_t bridge, device_t requester);
int MMCBR_TUNE(device_t bridge, device_t requester, bool hs400);
int MMCBR_RETUNE(device_t bridge, device_t requester, bool reset);
int MMCBR_GET_RO(device_t bridge, device_t requester);

#endif
