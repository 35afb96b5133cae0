"""A folder of sources and new texts for some of its files -> a copy of the folder with these.

Only new texts are written; all other files are symbolic links. The copy is therefore cheap, and
never out of date. It is for compilers: relative paths in the sources (`mod`, `include!`) are valid
in it, unless they lead out of the folder.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

__all__ = ["mirror"]


def mirror(top: Path, texts: Mapping[Path, str], folder: Path, *, links: bool = True) -> Path:
    """Make a copy of the folder `top`, below `folder`, with these texts in place of its files.

    The copy's name is a digest of its content. Copies with other texts are removed. `texts` has
    absolute paths below `top`; without `links` the copy has only these files.
    """
    inside = {path.relative_to(top): text for path, text in texts.items()}
    real = {parent for path in inside for parent in path.parents}
    listed = {
        one: sorted(path.name for path in (top / one).iterdir()) if links else []
        for one in sorted(real)
    }
    digest = hashlib.sha256(repr((top, sorted(inside.items()), listed)).encode()).hexdigest()[:16]
    copy = folder / digest
    if not copy.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        part = folder / "part"
        for one, names in listed.items():
            (part / one).mkdir(parents=True)
            for name in names:
                if one / name not in real and one / name not in inside:
                    (part / one / name).symlink_to(top / one / name)
        for path, text in inside.items():
            (part / path).write_bytes(text.encode())
        part.rename(copy)
    return copy
