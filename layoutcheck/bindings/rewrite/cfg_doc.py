"""A file of Rust -> a variant without `cfg(doc)`, so that rustdoc lists what rustc compiles.

rustdoc always sets that cfg; no option prevents it. Unchanged, it would not list items behind
`#[cfg(not(doc))]`, and would list items that do not exist (source: rustdoc's create_config).
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["texts_without_cfg_doc", "without_cfg_doc"]

# A name of equal length keeps all places in the file valid.
NEVER_SET: Final = "d_c"
_CFG: Final = re.compile(r"\bcfg(?:_attr)?\s*!?\s*\(")
_DOC: Final = re.compile(r"(?<=[(,\s])doc(?=\s*[,)])")
_DOC_BYTES: Final = re.compile(rb"[(,]\s*doc\s*[,)]")
_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[()]', re.DOTALL)


def without_cfg_doc(text: str) -> str:
    """Return the text with the cfg `doc` replaced by one that is never set; no character moves."""
    if "cfg" not in text or not _DOC.search(text):
        return text
    parts, here = [], 0
    for cfg in _CFG.finditer(text):
        if cfg.start() >= here:
            end = _closing(text, cfg.end())
            parts += [text[here : cfg.end() - 1], _DOC.sub(NEVER_SET, text[cfg.end() - 1 : end])]
            here = end
    return "".join((*parts, text[here:]))


def texts_without_cfg_doc(folder: Path) -> dict[Path, str]:
    """Return the files of Rust below the folder that use `cfg(doc)`, without it.

    Folders that cargo builds are left out.
    """
    texts = {}
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "target" and not name.startswith(".")]
        for path in (Path(root, name) for name in files if name.endswith(".rs")):
            with suppress(OSError, UnicodeDecodeError):
                content = path.read_bytes()
                if b"cfg" in content and _DOC_BYTES.search(content):
                    text = content.decode()
                    other = without_cfg_doc(text)
                    if other != text:
                        texts[path] = other
    return texts


def _closing(text: str, here: int) -> int:
    """Return the offset after the parenthesis that closes the one before `here`."""
    depth = 1
    for token in _BRACKET.finditer(text, here):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return len(text)
