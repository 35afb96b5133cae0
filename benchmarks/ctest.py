"""ctest (the crate) on the libc crate of this machine: a project that tests libc with it.

ctest writes a C file and a Rust file that return the same facts, compiles both, and runs the
program, which compares them. The program must run on the bindings' target, so ctest cannot judge
FreeBSD's libc here. The parts of libc that this machine's headers lack, or have otherwise, are left
out. They are found once, by compiling repeatedly without the refused parts.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.measuring import Case, measure
from benchmarks.subjects import registry_source

__all__ = ["VERSION", "Ctest"]

VERSION: Final = "0.5.1"
_MAX_ROUNDS: Final = 30
_CARGO: Final = """\
[package]
name = "systest"
version = "0.1.0"
edition = "2021"

[dependencies]
libc = "={libc}"

[build-dependencies]
ctest = "={ctest}"

[workspace]
"""
_BUILD: Final = """\
use std::{collections::HashSet, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=skipped");
    let read = |path| fs::read_to_string(path).unwrap();
    let names: HashSet<String> = read("skipped").lines().map(str::to_owned).collect();
    let names: &'static HashSet<String> = Box::leak(Box::new(names));
    let skip = move |name: &str| names.contains(name);
    let mut cfg = ctest::TestGenerator::new();
    cfg.define("_GNU_SOURCE", None);
    for header in read("headers").lines() {
        cfg.header(header);
    }
    let tagged = |name: &str| !name.ends_with("_t") && name != "FILE" && name != "DIR";
    cfg.skip_struct(move |s| skip(s.ident()))
        .skip_union(move |u| skip(u.ident()))
        .skip_alias(move |a| skip(a.ident()))
        .skip_const(move |c| skip(c.ident()))
        .skip_static(move |s| skip(s.ident()))
        .skip_fn(move |f| skip(f.ident()))
        .skip_struct_field(move |s, f| skip(&format!("{}__{}", s.ident(), f.ident())))
        .skip_union_field(move |u, f| skip(&format!("{}__{}", u.ident(), f.ident())))
        .skip_roundtrip(move |t| skip(&format!("roundtrip {t}")))
        .skip_signededness(move |t| skip(&format!("sign {t}")))
        .rename_struct_ty(move |t| tagged(t).then(|| format!("struct {t}")))
        .rename_union_ty(move |t| tagged(t).then(|| format!("union {t}")));
    ctest::generate_test(&mut cfg, read("source").trim(), "all.rs").unwrap();
}
"""
_MAIN: Final = """\
#![allow(bad_style, unused_imports, deprecated)]
use libc::*;
include!(concat!(env!("OUT_DIR"), "/all.rs"));
"""
_HEADERS: Final = [
    "aio.h",
    "ctype.h",
    "dirent.h",
    "dlfcn.h",
    "elf.h",
    "errno.h",
    "execinfo.h",
    "fcntl.h",
    "fnmatch.h",
    "getopt.h",
    "glob.h",
    "grp.h",
    "iconv.h",
    "ifaddrs.h",
    "langinfo.h",
    "libgen.h",
    "limits.h",
    "link.h",
    "locale.h",
    "malloc.h",
    "mntent.h",
    "mqueue.h",
    "net/ethernet.h",
    "net/if.h",
    "net/if_arp.h",
    "net/route.h",
    "netdb.h",
    "netinet/in.h",
    "netinet/ip.h",
    "netinet/tcp.h",
    "netinet/udp.h",
    "netpacket/packet.h",
    "poll.h",
    "pthread.h",
    "pty.h",
    "pwd.h",
    "regex.h",
    "resolv.h",
    "sched.h",
    "search.h",
    "semaphore.h",
    "shadow.h",
    "signal.h",
    "spawn.h",
    "stddef.h",
    "stdint.h",
    "stdio.h",
    "stdlib.h",
    "string.h",
    "sys/auxv.h",
    "sys/epoll.h",
    "sys/eventfd.h",
    "sys/fanotify.h",
    "sys/file.h",
    "sys/fsuid.h",
    "sys/inotify.h",
    "sys/ioctl.h",
    "sys/ipc.h",
    "sys/klog.h",
    "sys/mman.h",
    "sys/mount.h",
    "sys/msg.h",
    "sys/personality.h",
    "sys/prctl.h",
    "sys/ptrace.h",
    "sys/quota.h",
    "sys/random.h",
    "sys/reboot.h",
    "sys/resource.h",
    "sys/sem.h",
    "sys/sendfile.h",
    "sys/shm.h",
    "sys/signalfd.h",
    "sys/socket.h",
    "sys/stat.h",
    "sys/statvfs.h",
    "sys/swap.h",
    "sys/syscall.h",
    "sys/sysinfo.h",
    "sys/time.h",
    "sys/timerfd.h",
    "sys/times.h",
    "sys/timex.h",
    "sys/types.h",
    "sys/ucontext.h",
    "sys/uio.h",
    "sys/un.h",
    "sys/user.h",
    "sys/utsname.h",
    "sys/vfs.h",
    "sys/wait.h",
    "sys/xattr.h",
    "syslog.h",
    "termios.h",
    "time.h",
    "ucontext.h",
    "unistd.h",
    "utime.h",
    "utmp.h",
    "utmpx.h",
    "wchar.h",
    "linux/can.h",
    "linux/can/bcm.h",
    "linux/can/error.h",
    "linux/can/j1939.h",
    "linux/can/netlink.h",
    "linux/can/raw.h",
    "linux/capability.h",
    "linux/dccp.h",
    "linux/errqueue.h",
    "linux/falloc.h",
    "linux/filter.h",
    "linux/fs.h",
    "linux/futex.h",
    "linux/genetlink.h",
    "linux/if_addr.h",
    "linux/if_alg.h",
    "linux/if_ether.h",
    "linux/if_link.h",
    "linux/if_tun.h",
    "linux/if_xdp.h",
    "linux/input.h",
    "linux/ipv6.h",
    "linux/kexec.h",
    "linux/keyctl.h",
    "linux/magic.h",
    "linux/membarrier.h",
    "linux/memfd.h",
    "linux/mempolicy.h",
    "linux/mman.h",
    "linux/module.h",
    "linux/neighbour.h",
    "linux/net_tstamp.h",
    "linux/netfilter/nf_tables.h",
    "linux/netfilter/nfnetlink.h",
    "linux/netfilter/nfnetlink_log.h",
    "linux/netfilter/nfnetlink_queue.h",
    "linux/netfilter_ipv4.h",
    "linux/netfilter_ipv6.h",
    "linux/netlink.h",
    "linux/openat2.h",
    "linux/ptp_clock.h",
    "linux/quota.h",
    "linux/random.h",
    "linux/reboot.h",
    "linux/rtnetlink.h",
    "linux/sched.h",
    "linux/sctp.h",
    "linux/seccomp.h",
    "linux/sock_diag.h",
    "linux/sockios.h",
    "linux/tls.h",
    "linux/uinput.h",
    "linux/uio.h",
    "linux/vm_sockets.h",
    "linux/wait.h",
    "linux/wireless.h",
    "linux/xfrm.h",
]
_ASKED: Final = re.compile(r"ctest_(?:foreign_)?([a-z]+(?:_cstr|_of|_ptr)?)__(\w+)")
_VALUE: Final = re.compile(r"ctest_const_(\w+)_val_static")
_PASSED: Final = re.compile(r"^PASSED (\d+) tests$", re.MULTILINE)


class Ctest:
    """The project in `folder`, made if it is missing; `facts` is ctest's number of tests.

    It counts sizes, alignments, offsets, signs, values and addresses. It also tests, without
    counting, that a value comes back from C unchanged (`roundtrip`).
    """

    def __init__(self, folder: Path, libc_version: str) -> None:
        self._folder = folder
        if not (folder / "facts").exists():
            self._write(libc_version)
            self._find_skipped()
        self.facts = int((folder / "facts").read_text(encoding="ascii"))

    def case(self) -> Case:
        """Generate, compile and run; ctest itself and libc were compiled before."""
        return Case(
            name="ctest",
            prepare=self._forget,
            run=lambda: measure(("cargo", "run", "--offline"), cwd=self._folder),
        )

    def _write(self, libc_version: str) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder / "src").mkdir(parents=True)
        source = registry_source(f"libc-{libc_version}") / "src" / "lib.rs"
        for name, text in {
            "Cargo.toml": _CARGO.format(libc=libc_version, ctest=VERSION),
            "build.rs": _BUILD,
            "src/main.rs": _MAIN,
            "headers": "\n".join((*_usable_headers(), "")),
            "source": str(source),
            "skipped": "",
        }.items():
            (self._folder / name).write_text(text, encoding="utf-8")
        subprocess.run(("cargo", "fetch"), cwd=self._folder, check=True)

    def _find_skipped(self) -> None:
        skipped: set[str] = set()
        words = ""
        for _ in range(_MAX_ROUNDS):
            (self._folder / "skipped").write_text("\n".join(sorted(skipped)), encoding="utf-8")
            finished = subprocess.run(
                ("cargo", "run", "--offline"),
                cwd=self._folder,
                capture_output=True,
                text=True,
                check=False,
            )
            words = finished.stdout + finished.stderr
            passed = _PASSED.search(words)
            if passed:
                (self._folder / "facts").write_text(passed[1], encoding="ascii")
                return
            refused = set(_refused(words)) - skipped
            if not refused:
                break
            skipped |= refused
        raise RuntimeError(f"ctest does not get through here:\n{words[-4000:]}")

    def _forget(self) -> None:
        subprocess.run(
            ("cargo", "clean", "--offline", "--quiet", "--package", "systest"),
            cwd=self._folder,
            check=True,
        )


def _usable_headers() -> Iterator[str]:
    """Return the headers that compile here, each after those before it."""
    kept: list[str] = []
    for header in _HEADERS:
        text = "".join(f"#include <{name}>\n" for name in (*kept, header))
        command = ("cc", "-D_GNU_SOURCE", "-fsyntax-only", "-xc", "-")
        tried = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
        if tried.returncode == 0:
            kept.append(header)
            yield header


def _refused(words: str) -> Iterator[str]:
    """Return the names in `skipped` of the errors of the compilers, the linker or the program."""
    for path, line in set(re.findall(r"(/\S+/all\.c):(\d+):\d+: error", words)):
        text = Path(path).read_text(encoding="utf-8").splitlines()
        # The test is named above the wrong line; for a roundtrip it may be further up.
        for above in range(int(line) - 1, max(int(line) - 30, 0), -1):
            if name := _test_of(text[above]):
                yield name
                break
    yield from re.findall(r"(?:undefined reference to|undefined symbol:) [`']?(\w+)", words)
    for path, line in set(re.findall(r"--> (/\S+/all\.rs):(\d+)", words)):
        text = Path(path).read_text(encoding="utf-8").splitlines()
        names = (_test_of(text[n]) for n in range(int(line) - 1, max(int(line) - 60, 0), -1))
        yield from [name for name in names if name][:1]
    what = "value|size|align|function pointer|static|string"
    yield from re.findall(rf"^bad (?:const )?`(\w+)` (?:{what})", words, re.MULTILINE)
    for name in re.findall(r"^bad `(\w+)` signed", words, re.MULTILINE):
        yield f"sign {name}"
    field = r"^bad field (?:offset|size|pointer access) `(?:r#)?(\w+)` of `(\w+)`"
    for member, record in re.findall(field, words, re.MULTILINE):
        yield f"{record}__{member}"
    for name in re.findall(r"^rust ?\[\d+\].*?(?:Rust|C) `(\w+)`", words, re.MULTILINE):
        yield f"roundtrip {name}"
    for name in re.findall(r"^size of `(?:struct |union )?(\w+)` is", words, re.MULTILINE):
        yield f"roundtrip {name}"


def _test_of(line: str) -> str | None:
    """Return the name, in `skipped`, of the test that a line of C or Rust belongs to."""
    if value := _VALUE.search(line):
        return value[1]
    if asked := _ASKED.search(line):
        kinds = {"roundtrip": "roundtrip ", "signededness_of": "sign "}
        return f"{kinds.get(asked[1], '')}{asked[2]}"
    return None
