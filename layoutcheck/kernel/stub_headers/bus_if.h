/*
 * Written for layoutcheck: stands in for the file that FreeBSD's build generates from
 * sys/kern/bus_if.m, which is not installed. The real file defines no record: it declares
 * one function a method. Here are those that FreeBSD's own headers call.
 */
#ifndef LAYOUTCHECK_STUB_BUS_IF_H
#define LAYOUTCHECK_STUB_BUS_IF_H

int BUS_READ_IVAR(device_t bus, device_t child, int index, uintptr_t *result);
int BUS_WRITE_IVAR(device_t bus, device_t child, int index, uintptr_t value);

#endif
