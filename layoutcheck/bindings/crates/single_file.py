"""One file of Rust, as bindgen writes it -> a crate whose root is that file, built by rustc alone.

The file itself is the crate's root, so its inner attributes hold, its items have no module above
them and every place in it is its own. A prelude is included by one line of a copy: the lines keep
their numbers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from layoutcheck.bindings.crates.cargo import EXPANDED, WITH_CODE
from layoutcheck.bindings.crates.diagnostics import build_error, read_messages
from layoutcheck.bindings.rewrite.hide_types import hide_types
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.compilers.programs.launcher import rustc_wrapper
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import BindingsError
from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.target import Target

__all__ = [
    "SourceCrate",
    "check_source",
    "document_source",
    "expand_source",
    "include_file",
    "prepare_source",
]

BUILD_SECONDS: Final = 1800.0

# bindgen writes `::std::os::raw::c_int` unless told --use-core. All of std that it uses is core's.
STD: Final = """#![no_std]
pub use core::*;
pub mod os {
    pub mod raw {
        pub use core::ffi::{
            c_char, c_double, c_float, c_int, c_long, c_longlong, c_schar, c_short, c_uchar,
            c_uint, c_ulong, c_ulonglong, c_ushort, c_void,
        };
    }
}
"""
_USES_STD = re.compile(r"\bstd\s*::")
_OTHER_FILES = re.compile(
    rb"\b(?:include|include_str|include_bytes|env|option_env)\s*!|\bmod\b[^{;]*;"
    rb"|\buse\b[^;]*\b(?:include|env|option_env)"
)
_INNER_ATTRIBUTE = re.compile(r"#!\s*\[")
_TRIVIA = re.compile(r"\s+|//(?!!)[^\n]*|//![^\n]*\n?|/\*")
_IN_ATTRIBUTE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]]', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCrate:
    """What rustc is called with: it compiles `root`, which is `source`, or a copy with the prelude.

    `text` is what the user wrote in `source`.
    """

    name: str
    edition: str
    source: Path
    prelude: Path | None
    text: str
    root: Path
    folder: Path
    flags: tuple[str, ...]
    externs: tuple[str, ...]

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Which paths to show for others, and for what is below them."""
        if self.root == self.source:
            return ()
        pairs = (self.root, self.source), (self.root.parent, self.source.parent)
        return tuple((str(root), str(source)) for root, source in pairs)

    @property
    def draws_in_files(self) -> bool:
        """Return whether the crate has other files besides this one."""
        return _OTHER_FILES.search(self.text.encode()) is not None


def prepare_source(
    bindings: Bindings, source: Path, rust: Rust, target: Target, folder: Path
) -> SourceCrate:
    """Makes a crate in `folder` of the manifest's source file and its prelude.

    The crate is named as the file, `#![no_std]`, and lints do not count. Raises `BindingsError`
    for a file that cannot be read.
    """
    text = _read(source, "source")
    uses_std = _USES_STD.search(text) is not None
    root = source.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    prelude = None if bindings.prelude is None else bindings.prelude.resolve()
    if prelude is not None:
        uses_std |= _USES_STD.search(_read(prelude, "prelude")) is not None
        here = _end_of_inner_attributes(text)
        root = folder / source.name
        _put(root, f"{text[:here]}{include_file(prelude)} {text[here:]}")
    sysroot = ("--sysroot", str(rust.sysroot)) if rust.sysroot else ()
    flags = (*sysroot, "--target", target.rust_triple, "--cap-lints", "allow")
    name = re.sub(r"\W", "_", source.stem, flags=re.ASCII)
    crate = SourceCrate(
        name=f"_{name}" if name[:1].isdigit() else name,
        edition=bindings.edition,
        source=source.resolve(),
        prelude=prelude,
        text=text,
        root=root,
        folder=folder,
        flags=flags,
        externs=(),
    )
    return _with_std(crate, rust, target) if uses_std else crate


def include_file(path: Path) -> str:
    """The text by which a crate takes in a file."""
    return f"include!({json.dumps(str(path), ensure_ascii=False)});"


def document_source(
    crate: SourceCrate, rust: Rust, target: Target, progress: Callable[[str], None]
) -> tuple[Path, SourceCrate, float]:
    """Makes the rustdoc JSON file: its path, the crate that it is of, the seconds that it took.

    It is of a copy whose types are hidden, if there can be one; else, and for all that is wrong
    with the crate, of the crate itself.
    """
    hidden = _with_hidden_types(crate)
    if hidden is None:
        return _document(crate, rust, target, progress)
    try:
        return _document(hidden, rust, target, progress)
    except BindingsError:
        described = _document(crate, rust, target, progress)
        hidden.root.replace(_refused(hidden.root))  # so that it is not tried again
        return described


def _with_hidden_types(crate: SourceCrate) -> SourceCrate | None:
    """The crate with a copy as its root; None if there can be none.

    A file that draws in others from around its own is not copied, nor one of which rustdoc has
    refused the copy.
    """
    if crate.draws_in_files:
        return None
    prelude = "" if crate.prelude is None else crate.prelude.read_text(encoding="utf-8")
    text = hide_types(crate.root.read_bytes().decode(), prelude)
    copy = crate.folder / "hidden" / crate.root.name
    if _refused(copy).is_file() and _refused(copy).read_bytes() == text.encode():
        return None
    copy.parent.mkdir(exist_ok=True)
    _put(copy, text)
    return replace(crate, root=copy)


def _refused(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.refused")


def _document(
    crate: SourceCrate, rust: Rust, target: Target, progress: Callable[[str], None]
) -> tuple[Path, SourceCrate, float]:
    out = crate.folder / "doc"
    argv = [str(rust.rustdoc), *_common(crate), "-Zunstable-options", "--output-format", "json"]
    argv += ["--document-private-items", "--document-hidden-items", "-o", str(out)]
    path = out / f"{crate.name}.json"
    return path, crate, _build(crate, argv, path, target, progress)


def check_source(
    crate: SourceCrate, rust: Rust, target: Target, progress: Callable[[str], None]
) -> tuple[tuple[str, ...], float]:
    """Return what a crate that uses this one must give rustc, and the seconds that it took."""
    out = crate.folder / f"lib{crate.name}.rmeta"
    argv = [*rustc_wrapper(), str(rust.rustc), *_common(crate)]
    argv += ["--crate-type", "rlib", "--emit", "metadata"]
    argv.append(WITH_CODE)
    seconds = _build(crate, [*argv, "-o", str(out)], out, target, progress)
    folders = (f"dependency={crate.folder}", *(e for e in crate.externs if "dependency=" in e))
    needed = (flag for folder in dict.fromkeys(folders) for flag in ("-L", folder))
    return ("--extern", f"{crate.name}={out}", *needed), seconds


def expand_source(
    crate: SourceCrate, rust: Rust, target: Target, progress: Callable[[str], None]
) -> Path:
    """Makes the file with the crate's text in which macros are replaced by what they make."""
    out = crate.folder / f"{crate.name}.expanded.rs"
    argv = [*rustc_wrapper(), str(rust.rustc), *_common(crate), "--crate-type", "rlib"]
    _build(crate, [*argv, EXPANDED, "-o", str(out)], out, target, progress)
    return out


def _common(crate: SourceCrate) -> tuple[str, ...]:
    named = ("--crate-name", crate.name, "--edition", crate.edition, "--error-format", "json")
    return (*named, *crate.flags, *crate.externs, "-Zcrate-attr=no_std", str(crate.root))


def _build(
    crate: SourceCrate,
    argv: Sequence[str],
    out: Path,
    target: Target,
    progress: Callable[[str], None],
) -> float:
    """Makes `out`, unless it was made of the same before; the seconds that it took."""
    stamp, made_of = out.with_name(f"{out.name}.made-of"), _made_of(crate, argv)
    whole = out.is_file() and stamp.is_file()
    # As bytes: a stamp that is no text is of something else, too.
    if whole and made_of is not None and stamp.read_bytes() == made_of.encode():
        return 0.0
    stamp.unlink(missing_ok=True)
    finished = run(
        argv,
        cwd=crate.folder,
        env={"RUSTC_BOOTSTRAP": "1"},
        timeout=BUILD_SECONDS,
        heartbeat=lambda seconds: progress(f"{crate.source.name}: {seconds:.0f} s"),
    )
    if not finished.succeeded:
        shown = finished.stderr.replace(str(crate.root), str(crate.source))
        raise build_error(
            crate.source.name,
            read_messages(shown),
            shown,
            target=target.rust_triple,
            where=str(crate.source),
        )
    # Changed meanwhile, the file may not be what was compiled.
    if made_of is not None and made_of == _made_of(crate, argv):
        stamp.write_text(made_of, encoding="utf-8")
    return finished.seconds


def _made_of(crate: SourceCrate, argv: Sequence[str]) -> str | None:
    """A digest of all that a build depends on; None when the files draw in others."""
    digest = hashlib.sha256("\0".join(argv).encode())
    for path in (crate.root, crate.prelude):
        if path is not None:
            content = path.read_bytes()
            digest.update(content)
            if _OTHER_FILES.search(content if path is crate.prelude else crate.text.encode()):
                return None
    return digest.hexdigest()


def _with_std(crate: SourceCrate, rust: Rust, target: Target) -> SourceCrate:
    """The crate with a `std` that is core by another name."""
    path = crate.folder / "layoutcheck_std.rs"
    _put(path, STD)
    standin = replace(
        crate, name="std", edition="2021", source=path, prelude=None, text=STD, root=path
    )
    externs, _ = check_source(standin, rust, target, lambda _: None)
    return replace(crate, externs=externs)


def _put(path: Path, text: str) -> None:
    """Write the file, at once and only if it is another: somebody may be compiling it."""
    if not path.is_file() or path.read_bytes() != text.encode():
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)


def _read(path: Path, key: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        hint = f"see {key} in [bindings] of the manifest"
        raise BindingsError(str(reason), where=str(path), hint=hint) from None


def _end_of_inner_attributes(text: str) -> int:
    """The offset behind the last inner attribute or `//!` of a file's head; 0 without any."""
    here = end = 1 if text.startswith("\ufeff") else 0
    while here < len(text):
        if attribute := _INNER_ATTRIBUTE.match(text, here):
            here = end = _closing(text, attribute.end())
        elif trivia := _TRIVIA.match(text, here):
            inner = trivia[0].startswith("//!") or text.startswith("/*!", here)
            here = _comment_end(text, here) if trivia[0] == "/*" else trivia.end()
            end = here if inner else end
        else:
            break
    return end


def _closing(text: str, here: int) -> int:
    """The offset behind the bracket that closes the one before `here`."""
    depth = 1
    for token in _IN_ATTRIBUTE.finditer(text, here):
        depth += {"[": 1, "]": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return len(text)


def _comment_end(text: str, here: int) -> int:
    """The offset behind the block comment at `here`; Rust's nest."""
    depth = 0
    for token in re.compile(r"/\*|\*/").finditer(text, here):
        depth += 1 if token[0] == "/*" else -1
        if depth == 0:
            return token.end()
    return len(text)
