/*
 * Written for layoutcheck: stands in for the file that FreeBSD's build generates from
 * sys/kern/device_if.m, which is not installed. The real file defines no record: it declares
 * one function a method. Here are the types of those that drivers have.
 */
#ifndef LAYOUTCHECK_STUB_DEVICE_IF_H
#define LAYOUTCHECK_STUB_DEVICE_IF_H

typedef int device_probe_t(device_t device);
typedef void device_identify_t(driver_t *driver, device_t parent);
typedef int device_attach_t(device_t device);
typedef int device_detach_t(device_t device);
typedef int device_shutdown_t(device_t device);
typedef int device_suspend_t(device_t device);
typedef int device_resume_t(device_t device);
typedef int device_quiesce_t(device_t device);

#endif
