"""type_names.py: the names that a header's text defines."""

from __future__ import annotations

import time

import pytest

from layoutcheck.kernel.names.type_names import defined_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("struct bio { int a; };", {"bio"}),
        ("struct bio\n{\n\tint a;\n};", {"bio"}),
        ("struct __aligned(8) bio { int a; } __packed;", {"bio"}),
        ("struct __attribute__((__packed__)) ip { int a; };", {"ip"}),
        ("union sigval { int a; };", {"sigval"}),
        ("enum vtype { VNON };", {"vtype"}),
        ("struct outer { struct inner { int a; } in; };", {"outer", "inner"}),
        ("typedef struct mtx mtx_t;", {"mtx_t"}),
        ("typedef struct {\n\tint a;\n} pair_t, *pair_p;", {"pair_t", "pair_p"}),
        ("typedef struct fsid { int val[2]; } fsid_t;", {"fsid", "fsid_t"}),
        ("typedef u_int64_t flags_t __attribute__ ((aligned (8)));", {"flags_t"}),
        ("typedef unsigned char digest_t[16];", {"digest_t"}),
        ("typedef void (*callout_fn)(void *);", {"callout_fn"}),
        ("typedef int (drain_fn)(void *, const char *, int);", {"drain_fn"}),
        ("typedef void task_fn_t(void *context, int pending);", {"task_fn_t"}),
        ("typedef TAILQ_HEAD(, linker_file) linker_file_list_t;", {"linker_file_list_t"}),
        ("TAILQ_HEAD(threadqueue, thread);", {"threadqueue"}),
        ("CK_STAILQ_HEAD(ifaddrhead, ifaddr);", {"ifaddrhead"}),
        ("RB_HEAD(ip_msource_tree, ip_msource);", {"ip_msource_tree"}),
        ("__BITSET_DEFINE(_cpuset, CPU_SETSIZE);", {"_cpuset"}),
        ("__enum_uint8_decl(vtype) {\n\tVNON\n};", {"enum_vtype_uint8"}),
        ("CHT_SLIST_DEFINE(nhops, struct nhop_priv);", {"nhops_head"}),
        ("EVENTHANDLER_DECLARE(vm_lowmem, fn_t);", {"eventhandler_entry_vm_lowmem"}),
        ("#define __reg64 reg\nstruct __reg64 { int a; };", {"reg", "__reg64"}),
        ("} __ElfN(Auxargs);", {"Elf32_Auxargs", "Elf64_Auxargs"}),
        ("struct bio;\nextern struct bio *b;\nint f(struct bio *);", set()),
        ("", set()),
    ],
)
def test_what_a_text_defines(text: str, names: set[str]) -> None:
    """Types are found in the forms of FreeBSD's headers; declared or used ones are not."""
    assert names <= defined_names(text)
    assert not {"int", "void", "b", "f"} & defined_names(text)


@pytest.mark.parametrize(
    "text",
    [
        "struct " * 100_000,
        "struct __a(" * 50_000,
        "struct a " + "__a" * 50_000,
        "struct " + "__a " * 100_000,
        "typedef " * 100_000,
        "}" * 200_000,
        "/*" * 300_000,
        "enum __x " * 50_000,
        "#define a b\n" * 50_000,
        "_HEAD(" * 100_000,
        "typedef " + "(" * 200_000 + ";",
    ],
    ids=lambda text: text[:12].strip(),
)
def test_no_text_takes_long(text: str) -> None:
    """A hostile text is read in limited time."""
    started = time.process_time()
    defined_names(text)
    assert time.process_time() - started < 5
