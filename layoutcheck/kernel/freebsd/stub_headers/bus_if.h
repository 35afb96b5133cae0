/*
 * Written for layoutcheck: stands in for the file that FreeBSD's build generates from
 * sys/kern/bus_if.m, which is not installed. The real file defines no record: it declares
 * one function a method. Here is what FreeBSD's own headers want of it.
 */
#ifndef LAYOUTCHECK_STUB_BUS_IF_H
#define LAYOUTCHECK_STUB_BUS_IF_H

int BUS_READ_IVAR(device_t bus, device_t child, int index, uintptr_t *result);
int BUS_WRITE_IVAR(device_t bus, device_t child, int index, uintptr_t value);

/* Of the functions that headers declare by the method's type; since FreeBSD 14. */
struct sbuf;
typedef int bus_child_location_t(device_t bus, device_t child, struct sbuf *text);
typedef int bus_child_pnpinfo_t(device_t bus, device_t child, struct sbuf *text);
typedef int bus_get_device_path_t(device_t bus, device_t child, const char *locator,
    struct sbuf *text);

#endif
