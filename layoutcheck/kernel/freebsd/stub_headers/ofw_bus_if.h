/*
 * Written for layoutcheck: stands in for the file that FreeBSD's build generates from
 * sys/dev/ofw/ofw_bus_if.m, which is not installed. Its struct ofw_bus_devinfo is left
 * incomplete: what embeds one does not compile, and is reported. The real file declares one
 * function a method; here are those that FreeBSD's own headers call.
 */
#ifndef LAYOUTCHECK_STUB_OFW_BUS_IF_H
#define LAYOUTCHECK_STUB_OFW_BUS_IF_H

struct ofw_bus_devinfo;

typedef const struct ofw_bus_devinfo *ofw_bus_get_devinfo_t(device_t bus, device_t device);
typedef const char *ofw_bus_get_compat_t(device_t bus, device_t device);
typedef const char *ofw_bus_get_model_t(device_t bus, device_t device);
typedef const char *ofw_bus_get_name_t(device_t bus, device_t device);
typedef phandle_t ofw_bus_get_node_t(device_t bus, device_t device);
typedef const char *ofw_bus_get_type_t(device_t bus, device_t device);

const struct ofw_bus_devinfo *OFW_BUS_GET_DEVINFO(device_t bus, device_t device);
const char *OFW_BUS_GET_COMPAT(device_t bus, device_t device);
const char *OFW_BUS_GET_MODEL(device_t bus, device_t device);
const char *OFW_BUS_GET_NAME(device_t bus, device_t device);
phandle_t OFW_BUS_GET_NODE(device_t bus, device_t device);
const char *OFW_BUS_GET_TYPE(device_t bus, device_t device);
int OFW_BUS_MAP_INTR(device_t bus, device_t device, phandle_t parent, int cells, pcell_t *interrupt);

#endif
