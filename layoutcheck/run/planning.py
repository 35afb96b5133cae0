"""A manifest and the user's options -> the cells to check. Pure: no file is looked at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from layoutcheck.errors import ManifestError
from layoutcheck.manifest.kernel import Headers, Kernel, View
from layoutcheck.model.sharding import Shard
from layoutcheck.model.target import Target, find_target

__all__ = ["Options", "Plan", "plan_cells", "split_lists"]

_OF_RELEASE: Final = re.compile(r"(\d+(?:\.\d+)?)=(.+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of the user on top of the manifest. For an empty option, the manifest's value counts.

    `kernel_src` are folders of headers, each for any release or, as `RELEASE=DIR`, for that one. If
    one `kernel_release` is given with them, they are taken to be of that release, whatever they say
    themselves. `jobs` is the number of programs that may run at a time; None means one per core.
    `cache` is the folder in which results are kept for later runs; None means that none are kept.
    `shard` is the part of the plan to check; None means all of it. If `strict`, entries of the
    manifest that apply to nothing (waivers, renames, masks, opaque types) are problems of the run.
    """

    kernel_conf: tuple[str, ...] = ()
    kernel_src: tuple[str, ...] = ()
    kernel_release: tuple[str, ...] = ()
    kernel_arch: tuple[str, ...] = ()
    view: View | None = None
    jobs: int | None = None
    cache: Path | None = None
    shard: Shard | None = None
    strict: bool = False


def split_lists(values: Iterable[str]) -> tuple[str, ...]:
    """Flatten repeated options and comma-separated lists: `["a,b", "c"]` becomes a, b, c."""
    return tuple(part for value in values for part in value.split(",") if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One cell to check. `headers` and `release` are arguments of `open_tree`.

    `id` is `<arch>-<conf>`, or `<release>-<arch>-<conf>` if there are several releases. A folder of
    headers `is_taken` to be of the release that the user names with it, whatever it says itself.
    """

    id: str
    target: Target
    conf: str
    headers: str
    release: str | None
    is_taken: bool = False


def plan_cells(kernel: Kernel, options: Options, *, where: str) -> tuple[Plan, ...]:
    """Return a plan for each release, architecture and kernel conf; none if no conf is named.

    Releases change slowest, confs fastest. `where` is the manifest's path. Raises `ManifestError`
    for a release without headers, an unknown architecture, and confs of the same name.
    """
    sources = tuple(map(_source, options.kernel_src)) or kernel.headers
    asked = options.kernel_release or kernel.release
    releases = asked or tuple(one.release for one in sources if one.release) or (None,)
    targets = [find_target(name) for name in options.kernel_arch or kernel.arch]
    prefixes = [f"{release}-" if len(releases) > 1 else "" for release in releases]
    # A folder cannot be of several releases.
    is_taken = bool(options.kernel_src) and len(options.kernel_release) == 1
    plans = {
        Plan(
            id=f"{prefix}{target.name}-{PurePath(conf).name}",
            target=target,
            conf=conf,
            headers=_headers_of(release, sources, where),
            release=release,
            is_taken=is_taken,
        ): None
        for prefix, release in zip(prefixes, releases, strict=True)
        for target in targets
        for conf in options.kernel_conf or kernel.conf
    }
    for name, count in Counter(plan.id for plan in plans).items():
        if count > 1:
            raise ManifestError(
                f"{count} kernel confs of the same name make {name} ambiguous",
                where=where,
                hint="check them one after the other",
            )
    return tuple(plans)


def _source(text: str) -> Headers:
    found = _OF_RELEASE.fullmatch(text)
    return Headers(release=found[1], where=found[2]) if found else Headers(where=text)


def _headers_of(release: str | None, sources: Sequence[Headers], where: str) -> str:
    """Return the headers for a release: those of exactly that one, of its major one, or of any."""
    major = (release or "").partition(".")[0]
    for name in dict.fromkeys((release, major, None)):
        for source in sources:
            if source.release == name:
                return source.where
    known = ", ".join(source.release for source in sources if source.release)
    raise ManifestError(
        f"no headers of FreeBSD {release} are named: there are {known}",
        where=where,
        hint=f"--kernel-src {release}=DIR names a source tree of it",
    )
