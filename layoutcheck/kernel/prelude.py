"""The headers that FreeBSD's other kernel headers expect before them, in an order that compiles.

Few kernel headers stand alone: a source file includes sys/param.h, sys/lock.h and so on first.
After these, nine of ten do; the order was found with the headers of 15.0. What a release or a
machine lacks is left out. netinet/in_var.h comes after netinet6/in6_var.h: it has a macro of the
name of a member there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from layoutcheck.manifest_kernel import View

__all__ = ["PRELUDES"]

_KERNEL: Final = """
sys/param.h sys/systm.h sys/kernel.h sys/lock.h sys/mutex.h sys/rwlock.h sys/sx.h sys/rmlock.h
sys/lockmgr.h sys/malloc.h sys/queue.h sys/tree.h sys/proc.h sys/limits.h sys/errno.h sys/time.h
sys/uio.h sys/signalvar.h sys/module.h sys/linker.h sys/sysctl.h sys/counter.h sys/epoch.h
sys/ck.h sys/mbuf.h sys/domain.h sys/protosw.h sys/socket.h sys/socketvar.h sys/sockio.h
sys/selinfo.h sys/conf.h sys/bus.h machine/bus.h machine/resource.h sys/rman.h sys/taskqueue.h
sys/callout.h sys/eventhandler.h sys/ucred.h sys/priv.h sys/fcntl.h sys/file.h sys/filedesc.h
sys/namei.h sys/mount.h sys/vnode.h sys/bio.h sys/buf.h sys/tty.h sys/acl.h sys/extattr.h
sys/sbuf.h sys/smp.h sys/pcpu.h sys/kobj.h sys/sysent.h sys/imgact.h sys/elf.h sys/jail.h
sys/cpuset.h sys/sf_buf.h sys/nv.h sys/endian.h vm/vm.h vm/vm_param.h vm/pmap.h vm/vm_kern.h
vm/vm_extern.h vm/vm_object.h vm/vm_map.h vm/vm_page.h vm/vm_pager.h vm/uma.h net/if.h
net/if_types.h net/if_var.h net/if_private.h net/if_media.h net/if_dl.h net/if_clone.h
net/vnet.h net/radix.h net/route.h net/ethernet.h net/bpf.h netinet/in.h netinet/in_systm.h
netinet6/in6_var.h netinet/in_var.h netinet/ip.h netinet/ip6.h netinet/ip_icmp.h netinet/icmp6.h
netinet/in_pcb.h netinet/tcp.h netinet/tcp_timer.h netinet/tcp_var.h netinet/ip_var.h
netinet/udp.h netinet/udp_var.h netinet6/ip6_var.h netinet6/nd6.h netinet/if_ether.h cam/cam.h
cam/cam_ccb.h cam/cam_sim.h cam/cam_periph.h cam/scsi/scsi_all.h geom/geom.h dev/pci/pcireg.h
dev/usb/usb.h dev/usb/usbdi.h dev/usb/usb_core.h dev/ofw/openfirm.h ufs/ufs/quota.h
ufs/ufs/inode.h ufs/ufs/dinode.h ufs/ffs/fs.h
"""
# `in_pcb.h` and its like show programs more after sys/socketvar.h.
_USERLAND: Final = (
    "sys/param.h sys/types.h sys/queue.h sys/socket.h sys/socketvar.h sys/time.h netinet/in.h"
)

PRELUDES: Final[Mapping[View, tuple[str, ...]]] = {
    "kernel": tuple(_KERNEL.split()),
    "module": tuple(_KERNEL.split()),
    "userland": tuple(_USERLAND.split()),
}
"""By view."""
