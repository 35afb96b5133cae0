"""Run cargo with the target's sysroot and the user's flags; the user's files stay unchanged."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from layoutcheck.compilers.find.programs import Rust
from layoutcheck.compilers.programs.run_program import Finished, run
from layoutcheck.model.target import Target

__all__ = ["EXPANDED", "WITH_CODE", "Cargo"]

# A first build may have to download and compile many crates.
BUILD_SECONDS: Final = 3600.0
SEPARATOR: Final = "\x1f"
# Without it, metadata lacks the code of methods that a probe calls (accessors of bit-fields).
WITH_CODE: Final = "-Zalways-encode-mir"
EXPANDED: Final = "-Zunpretty=expanded"
"""Flag with which rustc writes the crate's text with its macros expanded, and no metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """A way to call cargo: its Rust, its target, and the `folder` below which it writes.

    cargo runs in `cwd` (None: the current folder) and honours its `.cargo/config.toml` and the
    user's RUSTFLAGS. `env` is merged into the environment; `progress` reports steps that take long.
    """

    rust: Rust
    target: Target
    folder: Path
    cwd: Path | None
    progress: Callable[[str], None]
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def plain(self, *arguments: str, env: Mapping[str, str] | None = None) -> Finished:
        """Run a cargo command that compiles nothing."""
        base = {
            "RUSTC": str(self.rust.rustc),
            "RUSTDOC": str(self.rust.rustdoc),
            # rustdoc JSON is unstable. All calls set it, so that build scripts always decide the
            # same.
            "RUSTC_BOOTSTRAP": "1",
            # Compare contents: a file that replaced another may be older than the build of that
            # one.
            "CARGO_UNSTABLE_CHECKSUM_FRESHNESS": "true",
            "CARGO_TERM_COLOR": "never",
            "CARGO_BUILD_BUILD_DIR": str(self.folder / "target"),
        }
        return run(
            [str(self.rust.cargo), *arguments],
            cwd=self.cwd,
            env={"RUST_BACKTRACE": "0", **self.env, **base, **(env or {})},
            timeout=BUILD_SECONDS,
            heartbeat=lambda seconds: self.progress(f"cargo {arguments[0]}: {seconds:.0f} s"),
        )

    def build(
        self,
        *arguments: str,
        last: Sequence[str] = (),
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> Finished:
        """Run a cargo command that compiles for the target; its stdout is one JSON object a line.

        `last` goes after `--`. Flags reach the target's crates only, never build scripts.
        """
        flags, options, _ = self._flags()
        target = ["--target", self.target.rust_triple, "--target-dir", str(self.folder / "target")]
        behind = ["--", *last] if last else []
        return self.plain(
            *arguments, *target, "--message-format=json", *options, *behind, env={**flags, **env}
        )

    def own_flags(self) -> tuple[str, ...]:
        """Return the flags of rustc and rustdoc for the target; they cap lints of old crates."""
        sysroot = ("--sysroot", str(self.rust.sysroot)) if self.rust.sysroot else ()
        return (*sysroot, "--cap-lints", "allow")

    def cfg_flags(self) -> tuple[str, ...]:
        """Return the `--cfg`s in the user's RUSTFLAGS: rustdoc must see the same crate as rustc.

        cargo passes only the RUSTDOCFLAGS to rustdoc.
        """
        _, _, users = self._flags()
        found: list[str] = []
        for flag, following in zip(users, [*users, ""][1:], strict=True):
            if flag in ("--cfg", "--check-cfg"):
                found += (flag, following)
            elif flag.startswith(("--cfg=", "--check-cfg=")):
                found.append(flag)
        return tuple(found)

    def _flags(self) -> tuple[dict[str, str], list[str], list[str]]:
        """Return environment and options that add our flags to the user's, and the user's flags.

        cargo takes flags from one source only: the environment if it has any, else the target's
        configuration, else that of `build`.
        """
        encoded = self._variable("CARGO_ENCODED_RUSTFLAGS")
        spaced = self._variable("RUSTFLAGS")
        if encoded or spaced:
            users = encoded.split(SEPARATOR) if encoded else spaced.split()
            joined = SEPARATOR.join((*users, *self.own_flags(), WITH_CODE))
            return {"CARGO_ENCODED_RUSTFLAGS": joined}, [], users
        config = self._configuration()
        triple = self.target.rust_triple
        of_target = _listed(config.get("target", {}).get(triple, {}).get("rustflags"))
        of_build = _listed(config.get("build", {}).get("rustflags"))
        of_build = self._variable("CARGO_BUILD_RUSTFLAGS").split() or of_build
        # cargo joins lists of the command line to those of files; only those of `build` would be
        # lost.
        added = [*([] if of_target else of_build), *self.own_flags(), WITH_CODE]
        option = f"target.{triple}.rustflags={json.dumps(added, ensure_ascii=False)}"
        return {}, ["--config", option], of_target or of_build

    def _variable(self, name: str) -> str:
        return self.env.get(name) or os.environ.get(name) or ""

    def _configuration(self) -> dict[str, Any]:
        """Return the user's cargo configuration; empty if this cargo cannot print it (unstable)."""
        said = self.plain("config", "get", "--format=json", "-Zunstable-options")
        try:
            config = json.loads(said.stdout)
        except ValueError:
            return {}
        return config if isinstance(config, dict) else {}


def _listed(flags: object) -> list[str]:
    if isinstance(flags, str):
        return flags.split()
    return [str(flag) for flag in flags] if isinstance(flags, list) else []
