"""One file of Rust, as bindgen writes it -> a crate with that root file, built by rustc alone.

The file is the crate's root. Its inner attributes are therefore valid, its items have no module
above them, and all places are right. A prelude is included by one line of a copy, so that lines
keep their numbers.
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

# bindgen writes `::std::os::raw::c_int` without --use-core. All of std that it uses is in core.
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
    """The crate that rustc compiles: `root` is `source`, or a copy with the prelude.

    `text` is the user's text in `source`.
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
        """Return pairs of a path and the path to show for it and for everything below it."""
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
    """Make a crate in `folder` from the manifest's source file and its prelude.

    The crate has the file's name and is `#![no_std]`; lints are capped. Raises `BindingsError` for
    a file that cannot be read.
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
    """Return the Rust statement that includes a file."""
    return f"include!({json.dumps(str(path), ensure_ascii=False)});"


def document_source(
    crate: SourceCrate, rust: Rust, target: Target, progress: Callable[[str], None]
) -> tuple[Path, SourceCrate, float]:
    """Make the rustdoc JSON file; return its path, the described crate, and the seconds taken.

    The described crate is a copy with hidden types if possible. Otherwise, and for every error, it
    is the crate itself.
    """
    hidden = _with_hidden_types(crate)
    if hidden is None:
        return _document(crate, rust, target, progress)
    try:
        return _document(hidden, rust, target, progress)
    except BindingsError:
        described = _document(crate, rust, target, progress)
        hidden.root.replace(_refused(hidden.root))  # do not try it again
        return described


def _with_hidden_types(crate: SourceCrate) -> SourceCrate | None:
    """Return the crate with a copy that hides its types as root; None if that is impossible.

    A file that includes other files is not copied, nor a file whose copy rustdoc has refused.
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
    """Return rustc's flags for a crate that uses this one, and the seconds taken."""
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
    """Make the file with the crate's text in which macros are expanded."""
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
    """Make `out`, unless it was made from equal inputs before; return the seconds taken."""
    stamp, made_of = out.with_name(f"{out.name}.made-of"), _made_of(crate, argv)
    whole = out.is_file() and stamp.is_file()
    # Compare bytes: a stamp with invalid text is a stamp of something else.
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
    # If a file changed meanwhile, `out` may not be made from it.
    if made_of is not None and made_of == _made_of(crate, argv):
        stamp.write_text(made_of, encoding="utf-8")
    return finished.seconds


def _made_of(crate: SourceCrate, argv: Sequence[str]) -> str | None:
    """Return a digest of all inputs of a build; None if the files include others."""
    digest = hashlib.sha256("\0".join(argv).encode())
    for path in (crate.root, crate.prelude):
        if path is not None:
            content = path.read_bytes()
            digest.update(content)
            if _OTHER_FILES.search(content if path is crate.prelude else crate.text.encode()):
                return None
    return digest.hexdigest()


def _with_std(crate: SourceCrate, rust: Rust, target: Target) -> SourceCrate:
    """Return the crate with a `std` that is core under another name."""
    path = crate.folder / "layoutcheck_std.rs"
    _put(path, STD)
    standin = replace(
        crate, name="std", edition="2021", source=path, prelude=None, text=STD, root=path
    )
    externs, _ = check_source(standin, rust, target, lambda _: None)
    return replace(crate, externs=externs)


def _put(path: Path, text: str) -> None:
    """Replace the file atomically, and only if its text differs: it may be being compiled."""
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
    """Return the offset after the last inner attribute or `//!` of a file's head; 0 without any."""
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
    """Return the offset after the bracket that closes the one before `here`."""
    depth = 1
    for token in _IN_ATTRIBUTE.finditer(text, here):
        depth += {"[": 1, "]": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return len(text)


def _comment_end(text: str, here: int) -> int:
    """Return the offset after the block comment at `here`; Rust's comments nest."""
    depth = 0
    for token in re.compile(r"/\*|\*/").finditer(text, here):
        depth += 1 if token[0] == "/*" else -1
        if depth == 0:
            return token.end()
    return len(text)
