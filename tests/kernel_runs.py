"""Runs to render: records of FreeBSD 14 (amd64, GENERIC) beside Rust twins, some of them broken.

The C numbers are those of `clang -fdump-record-layouts` for the 14.x headers; `declare` lays the
Rust twins out by natural alignment, as `repr(C)` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from layoutcheck.location import SourceLocation
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    FunctionType,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
    byte_size_of,
    strip,
)
from layoutcheck.model.verdict import Cause, Cell, Mismatch, Run, SetAside, Status, Verdict

__all__ = [
    "agreeing_run",
    "base",
    "bio_verdict",
    "ccb_verdict",
    "cell",
    "declare",
    "descriptor_verdict",
    "judge",
    "large_run",
    "mtx",
    "mtx_verdict",
    "named",
    "sample_run",
    "thread_verdict",
    "union_verdict",
]


def base(name: str, byte_size: int, encoding: Encoding = Encoding.UNSIGNED) -> BaseType:
    """A scalar."""
    return BaseType(name=name, byte_size=byte_size, encoding=encoding)


def pointer(pointee: Type | None) -> PointerType:
    """A pointer of amd64."""
    return PointerType(byte_size=8, pointee=pointee)


def named(
    name: str, byte_size: int, alignment: int = 8, kind: Literal["struct", "union"] = "struct"
) -> RecordLayout:
    """A record inside another, or behind a pointer."""
    return RecordLayout(
        name=name,
        kind=kind,
        byte_size=byte_size,
        alignment=alignment,
        members=(),
        is_declaration=True,
    )


U8, U16, U32, U64 = base("u8", 1), base("u16", 2), base("u32", 4), base("u64", 8)
I32 = base("i32", 4, Encoding.SIGNED)
I64 = base("i64", 8, Encoding.SIGNED)
INT = base("int", 4, Encoding.SIGNED)
LONG = base("long", 8, Encoding.SIGNED)
UINT = base("unsigned int", 4)
CHAR = base("char", 1, Encoding.SIGNED)
UINT8 = TypedefType(name="uint8_t", target=base("unsigned char", 1))
UINT16 = TypedefType(name="uint16_t", target=base("unsigned short", 2))
UINT32 = TypedefType(name="uint32_t", target=UINT)
U_INT = TypedefType(name="u_int", target=UINT)
OFF_T = TypedefType(name="off_t", target=LONG)
VOID = pointer(None)


def alignment_of(type_: Type) -> int:
    """The natural alignment."""
    match strip(type_):
        case ArrayType(element=element):
            return alignment_of(element)
        case RecordLayout(alignment=alignment):
            return alignment or 1
        case other:
            return max(1, byte_size_of(other))


def declare(
    name: str | None,
    *members: tuple[str | None, Type],
    at: SourceLocation | None = None,
    kind: Literal["struct", "union"] = "struct",
) -> RecordLayout:
    """A record of these members, laid out by natural alignment; each is declared a line further."""
    placed: list[Member] = []
    end, alignment, size = 0, 1, 0
    for index, (member, type_) in enumerate(members, start=1):
        own = alignment_of(type_)
        alignment = max(alignment, own)
        offset = 0 if kind == "union" else -(-end // own) * own
        end = offset + byte_size_of(type_)
        size = max(size, end)
        placed.append(
            Member(
                name=member,
                bit_offset=offset * 8,
                bit_size=byte_size_of(type_) * 8,
                type=type_,
                declared_at=at and SourceLocation(path=at.path, line=at.line + index),
            )
        )
    return RecordLayout(
        name=name,
        kind=kind,
        byte_size=-(-size // alignment) * alignment,
        alignment=alignment,
        members=tuple(placed),
        declared_at=at,
    )


def c_at(path: str, line: int) -> SourceLocation:
    """A place in the kernel headers."""
    return SourceLocation(path=path, line=line)


def rust_at(path: str, line: int) -> SourceLocation:
    """A place in the crate."""
    return SourceLocation(path=f"src/{path}", line=line)


def cell(conf: str = "GENERIC") -> Cell:
    """FreeBSD 14.3 on amd64."""
    return Cell(
        id=f"amd64-{conf}",
        release="14.3",
        arch="amd64",
        machine="amd64",
        machine_arch="amd64",
        kernel_conf=conf,
        kernel_conf_origin="built into layoutcheck (FreeBSD 14, amd64)",
        headers="ziglang 0.15.2",
        clang="Debian clang version 19.1.7 (3+build5)",
        rustc="/usr/bin/rustc (1.96.0)",
        c_producer="Debian clang version 19.1.7 (3+build5)",
        rust_producer="clang LLVM (rustc version 1.96.0)",
        notes=("device_if.h is an empty stub: the headers have no interface files",),
    )


def compare(
    c: RecordLayout, rust: RecordLayout, *, cause: Cause | None = None
) -> Iterator[Mismatch]:
    """The offsets that differ between members of the same name, as a check would report them."""
    if c.byte_size != rust.byte_size:
        yield Mismatch(
            check_id="record-size",
            member_path=None,
            c=f"{c.byte_size} bytes",
            rust=f"{rust.byte_size} bytes",
            cause=cause,
        )
    twins = {member.name: member for member in rust.members}
    for member in c.members:
        twin = twins.get(member.name)
        if twin is not None and twin.bit_offset != member.bit_offset:
            yield Mismatch(
                check_id="member-offset",
                member_path=member.name,
                c=f"offset {member.offset}",
                rust=f"offset {twin.offset}",
                cause=cause,
                c_location=member.declared_at,
                rust_location=twin.declared_at,
            )


def judge(
    c: RecordLayout,
    rust: RecordLayout,
    *mismatches: Mismatch,
    status: Status = Status.DIFFERS,
    reason: str | None = None,
) -> Verdict:
    """The verdict on two layouts whose members have the same names."""
    rust_names = {member.name for member in rust.members}
    return Verdict(
        cells=(cell().id,),
        c_name=f"{c.kind} {c.name}",
        rust_path=rust.name or "",
        status=status,
        reason=reason,
        c=c,
        rust=rust,
        c_location=c.declared_at,
        rust_location=rust.declared_at,
        mismatches=mismatches,
        paired=tuple(
            (m.name, m.name if m.name in rust_names else None) for m in c.members if m.name
        ),
    )


def mtx() -> RecordLayout:
    """`struct mtx`: 32 bytes."""
    return declare(
        "mtx",
        ("lock_object", named("lock_object", 24)),
        (
            "mtx_lock",
            QualifiedType(
                qualifier="volatile",
                target=TypedefType(name="uintptr_t", target=base("unsigned long", 8)),
            ),
        ),
        at=c_at("sys/_mutex.h", 45),
    )


def mtx_verdict() -> Verdict:
    """A record that agrees."""
    rust = declare(
        "kpi::sys::_mutex::mtx",
        ("lock_object", named("kpi::sys::_lock::lock_object", 24)),
        ("mtx_lock", base("usize", 8)),
        at=rust_at("sys/_mutex.rs", 31),
    )
    return judge(mtx(), rust, status=Status.AGREES)


def timeval_verdict() -> Verdict:
    """A record that agrees and has no locations."""
    c = declare(
        "timeval",
        ("tv_sec", TypedefType(name="time_t", target=LONG)),
        ("tv_usec", TypedefType(name="suseconds_t", target=LONG)),
    )
    rust = declare("kpi::sys::_timeval::timeval", ("tv_sec", I64), ("tv_usec", I64))
    return judge(c, rust, status=Status.AGREES)


def ccb_verdict() -> Verdict:
    """`struct ccb_scsiio` with too short a sense buffer: all members after it are moved."""
    cdb = named("cdb_t", 16, kind="union")
    c = declare(
        "ccb_scsiio",
        ("ccb_h", named("ccb_hdr", 200)),
        ("next_ccb", pointer(named("ccb", 0, kind="union"))),
        ("req_map", pointer(UINT8)),
        ("data_ptr", pointer(UINT8)),
        ("dxfer_len", UINT32),
        ("sense_data", named("scsi_sense_data", 252, 1)),
        ("sense_len", UINT8),
        ("cdb_len", UINT8),
        ("sglist_cnt", UINT16),
        ("scsi_status", UINT8),
        ("sense_resid", UINT8),
        ("resid", UINT32),
        ("cdb_io", TypedefType(name="cdb_t", target=cdb)),
        ("msg_ptr", pointer(UINT8)),
        ("msg_len", UINT16),
        ("tag_action", UINT8),
        ("priority", UINT8),
        ("tag_id", U_INT),
        ("init_id", U_INT),
        at=c_at("cam/cam_ccb.h", 747),
    )
    rust = declare(
        "kpi::cam::cam_ccb::ccb_scsiio",
        ("ccb_h", named("kpi::cam::cam_ccb::ccb_hdr", 200)),
        ("next_ccb", pointer(named("kpi::cam::cam_ccb::ccb", 0, kind="union"))),
        ("req_map", pointer(U8)),
        ("data_ptr", pointer(U8)),
        ("dxfer_len", U32),
        ("sense_data", ArrayType(element=U8, counts=(32,))),
        ("sense_len", U8),
        ("cdb_len", U8),
        ("sglist_cnt", U16),
        ("scsi_status", U8),
        ("sense_resid", U8),
        ("resid", U32),
        ("cdb_io", named("kpi::cam::cam_ccb::cdb_t", 16, kind="union")),
        ("msg_ptr", pointer(U8)),
        ("msg_len", U16),
        ("tag_action", U8),
        ("tag_id", U32),
        ("init_id", U32),
        at=rust_at("cam/cam_ccb.rs", 1204),
    )
    return judge(
        c,
        rust,
        Mismatch(
            check_id="member-size",
            member_path="sense_data",
            c="252 bytes",
            rust="32 bytes",
            hint="declare it as scsi_sense_data, which FreeBSD 9 made 252 bytes long",
            c_location=c_at("cam/cam_ccb.h", 753),
            rust_location=rust_at("cam/cam_ccb.rs", 1210),
        ),
        Mismatch(
            check_id="member-missing",
            member_path="priority",
            c="offset 523",
            rust="absent",
            hint="add `priority: u8` after `tag_action`",
            c_location=c_at("cam/cam_ccb.h", 765),
        ),
        *compare(c, rust, cause=Cause(check="member-size", member="sense_data")),
    )


def bio_verdict() -> Verdict:
    """`struct bio` with one member whose signedness differs, far from both ends."""
    done = pointer(
        FunctionType(result=None, parameters=(pointer(named("bio", 0)),), variadic=False)
    )
    names: tuple[tuple[str, Type, Type], ...] = (
        ("bio_cmd", UINT16, U16),
        ("bio_flags", UINT16, U16),
        ("bio_cflags", UINT16, U16),
        ("bio_pflags", UINT16, U16),
        ("bio_dev", pointer(named("cdev", 0)), pointer(named("kpi::sys::conf::cdev", 0))),
        ("bio_disk", pointer(named("disk", 0)), VOID),
        ("bio_offset", OFF_T, I64),
        ("bio_bcount", LONG, I64),
        ("bio_data", TypedefType(name="caddr_t", target=pointer(CHAR)), pointer(U8)),
        ("bio_ma", pointer(pointer(named("vm_page", 0))), pointer(VOID)),
        ("bio_ma_offset", INT, I32),
        ("bio_ma_n", INT, I32),
        ("bio_error", INT, I32),
        ("bio_resid", LONG, I64),
        ("bio_done", done, done),
        ("bio_driver1", VOID, VOID),
        ("bio_driver2", VOID, VOID),
        ("bio_caller1", VOID, VOID),
        ("bio_caller2", VOID, VOID),
        ("bio_queue", named("", 16), named("kpi::sys::bio::bio_queue", 16)),
        (
            "bio_attribute",
            pointer(QualifiedType(qualifier="const", target=CHAR)),
            pointer(base("i8", 1, Encoding.SIGNED)),
        ),
        ("bio_zone", named("disk_zone_args", 128), named("kpi::sys::disk_zone_args", 128)),
        ("bio_from", pointer(named("g_consumer", 0)), VOID),
        ("bio_to", pointer(named("g_provider", 0)), VOID),
        ("bio_length", OFF_T, I64),
        ("bio_completed", OFF_T, I64),
        ("bio_children", U_INT, I32),
        ("bio_inbed", U_INT, U32),
        ("bio_parent", pointer(named("bio", 0)), pointer(named("kpi::sys::bio::bio", 0))),
        ("bio_t0", named("bintime", 16), named("kpi::sys::time::bintime", 16)),
        ("bio_task", pointer(TypedefType(name="bio_task_t", target=done.pointee)), VOID),
        ("bio_task_arg", VOID, VOID),
        ("bio_spare1", VOID, VOID),
        ("bio_spare2", VOID, VOID),
        ("bio_pblkno", TypedefType(name="daddr_t", target=LONG), I64),
    )
    c = declare("bio", *((n, t) for n, t, _ in names), at=c_at("sys/bio.h", 87))
    rust = declare(
        "kpi::sys::bio::bio", *((n, t) for n, _, t in names), at=rust_at("sys/bio.rs", 60)
    )
    return judge(
        c,
        rust,
        Mismatch(
            check_id="member-type",
            member_path="bio_children",
            c="unsigned, 4 bytes",
            rust="signed, 4 bytes",
            hint="declare it as u32",
            c_location=c_at("sys/bio.h", 114),
            rust_location=rust_at("sys/bio.rs", 87),
        ),
    )


def descriptor_verdict() -> Verdict:
    """`struct user_segment_descriptor`: bit-fields in C, whole integers in Rust."""
    ulong = base("unsigned long", 8)
    fields = (
        ("sd_lolimit", 16),
        ("sd_lobase", 24),
        ("sd_type", 5),
        ("sd_dpl", 2),
        ("sd_p", 1),
        ("sd_hilimit", 4),
        ("sd_xx", 1),
        ("sd_long", 1),
        ("sd_def32", 1),
        ("sd_gran", 1),
        ("sd_hibase", 8),
    )
    members, end = [], 0
    for name, width in fields:
        members.append(
            Member(name=name, bit_offset=end, bit_size=width, type=ulong, is_bit_field=True)
        )
        end += width
    c = RecordLayout(
        name="user_segment_descriptor",
        kind="struct",
        byte_size=8,
        alignment=1,
        members=tuple(members),
        declared_at=c_at("x86/segments.h", 76),
    )
    rust = declare(
        "kpi::x86::segments::user_segment_descriptor",
        ("sd_lolimit", U16),
        ("sd_lobase", ArrayType(element=U8, counts=(3,))),
        ("sd_access", U8),
        ("sd_flags", U8),
        at=rust_at("x86/segments.rs", 12),
    )
    gone = [
        Mismatch(check_id="member-missing", member_path=name, c=f"offset {offset}", rust="absent")
        for name, offset in zip(
            [name for name, _ in fields[2:]],
            ["5:0", "5:5", "5:7", "6:0", "6:4", "6:5", "6:6", "6:7", "7:0"],
            strict=True,
        )
    ]
    return judge(
        c,
        rust,
        Mismatch(
            check_id="record-alignment", member_path=None, c="1 byte", rust="2 bytes", hint=None
        ),
        *gone,
        Mismatch(check_id="member-extra", member_path="sd_access", c="absent", rust="offset 5"),
        Mismatch(check_id="member-extra", member_path="sd_flags", c="absent", rust="offset 6"),
    )


def union_verdict() -> Verdict:
    """A union with an anonymous struct inside, one member of which is too narrow in Rust."""
    inner = declare(None, ("low", UINT32), ("high", UINT32))
    c = declare(
        "counter", ("whole", TypedefType(name="uint64_t", target=U64)), (None, inner), kind="union"
    )
    rust = declare(
        "kpi::counter",
        ("whole", U32),
        ("__bindgen_anon_1", named("kpi::counter__bindgen_ty_1", 8, 4)),
        kind="union",
    )
    return judge(
        c,
        rust,
        Mismatch(check_id="member-size", member_path="whole", c="8 bytes", rust="4 bytes"),
    )


def thread_verdict() -> Verdict:
    """A record that could not be checked."""
    return Verdict(
        cells=(cell().id,),
        c_name="struct thread",
        rust_path="kpi::sys::proc::thread",
        status=Status.INDETERMINATE,
        reason=(
            "the C probe does not compile: sys/proc.h:388:17: error: field has incomplete type"
            " 'struct pcb'"
        ),
        c_location=c_at("sys/proc.h", 249),
        rust_location=rust_at("sys/proc.rs", 402),
    )


def padalign_verdict() -> Verdict:
    """A difference that the manifest waives."""
    c = RecordLayout(
        name="mtx_padalign",
        kind="struct",
        byte_size=64,
        alignment=64,
        members=mtx().members,
        declared_at=c_at("sys/_mutex.h", 59),
    )
    rust = declare(
        "kpi::sys::_mutex::mtx_padalign",
        ("lock_object", named("kpi::sys::_lock::lock_object", 24)),
        ("mtx_lock", base("usize", 8)),
        at=rust_at("sys/_mutex.rs", 40),
    )
    reason = "only ever used behind a pointer"
    alignment = Mismatch(
        check_id="record-alignment", member_path=None, c="64 bytes", rust="8 bytes", waived=reason
    )
    others = compare(c, rust, cause=Cause(check="record-alignment"))
    follow = (replace(one, waived=f"follows from alignment: {reason}") for one in others)
    return judge(c, rust, alignment, *follow, status=Status.WAIVED, reason=reason)


def sample_run() -> Run:
    """A run with every status, skipped items, and a problem."""
    return Run(
        bindings="freebsd-kpi 0.2.0",
        cells=(cell(),),
        verdicts=(
            mtx_verdict(),
            timeval_verdict(),
            ccb_verdict(),
            bio_verdict(),
            descriptor_verdict(),
            thread_verdict(),
            padalign_verdict(),
        ),
        set_aside=(
            SetAside(
                rust_path="kpi::sys::conf::cdev",
                why="opaque",
                rust_location=rust_at("sys/conf.rs", 9),
            ),
            SetAside(rust_path="kpi::sys::ucred", why="opaque"),
            SetAside(rust_path="kpi::sys::queue::TAILQ_HEAD", why="generic"),
        ),
        problems=("include dev/nope/nope.h: no such file in the headers",),
        seconds=(("rustdoc", 2.25), ("clang", 0.75)),
    )


def agreeing_run() -> Run:
    """A run that passes."""
    return Run(
        bindings="freebsd-kpi 0.2.0", cells=(cell(),), verdicts=(mtx_verdict(), timeval_verdict())
    )


def large_run(record_count: int) -> Run:
    """Return a run with this number of records, of which one in a hundred differs."""
    made = []
    for index in range(record_count):
        source = ccb_verdict() if index % 100 == 0 else bio_verdict()
        agrees = index % 100 != 0
        made.append(
            Verdict(
                cells=source.cells,
                c_name=f"struct record_{index}",
                rust_path=f"kpi::made::record_{index}",
                status=Status.AGREES if agrees else Status.DIFFERS,
                c=source.c,
                rust=source.rust,
                c_location=source.c_location,
                rust_location=source.rust_location,
                mismatches=() if agrees else source.mismatches,
                paired=source.paired,
            )
        )
    return Run(bindings="many", cells=(cell(),), verdicts=tuple(made))
