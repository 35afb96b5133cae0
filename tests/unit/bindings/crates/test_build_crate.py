"""build_crate.py on real packages and files, with the real cargo, rustdoc and rustc."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from layoutcheck.bindings.crates.build_crate import (
    CheckedCrate,
    CrateBuild,
    check_crate,
    document_crate,
    expand_crate,
)
from layoutcheck.bindings.crates.diagnostics import StdMissingError
from layoutcheck.bindings.rustdoc.surface import Surface, read_surface
from layoutcheck.compilers.find.programs import Rust
from layoutcheck.compilers.programs.run_program import run
from layoutcheck.errors import BindingsError, ToolchainError
from layoutcheck.manifest.reader import Bindings
from layoutcheck.model.target import Target

pytestmark = pytest.mark.needs_rustc

Write = Callable[[str, str], Path]
LIBRARY = '[package]\nname = "my-crate"\nversion = "0.1.0"\nedition = "2018"\n'
HOLD = """
import sys, time
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(1.5)
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a text to a file below the test's folder."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return written


class Builder:
    """A builder with the arguments that all these tests share."""

    def __init__(self, rust: Rust, target: Target, work: Path) -> None:
        self.rust = rust
        self.target = target
        self.work = work
        self.heard: list[str] = []

    def surface(self, bindings: Bindings, conf_path: Path | None = None) -> Surface:
        """Return the surface of the documented crate."""
        documented = document_crate(self._build(bindings, conf_path), self.rust)
        assert documented.seconds >= 0
        return read_surface(
            documented.rustdoc_json, root=documented.root, renamed=dict(documented.renamed)
        )

    def names(self, bindings: Bindings, conf_path: Path | None = None) -> list[str]:
        """The paths of the crate's types."""
        return [type_.rust_path for type_ in self.surface(bindings, conf_path).types]

    def check(self, bindings: Bindings, conf_path: Path | None = None) -> CheckedCrate:
        """The crate as metadata."""
        return check_crate(self._build(bindings, conf_path), self.rust)

    def expanded(self, bindings: Bindings) -> str:
        """The crate's text without macros."""
        return expand_crate(self._build(bindings), self.rust)

    def _build(self, bindings: Bindings, conf_path: Path | None = None) -> CrateBuild:
        return CrateBuild(
            bindings=bindings,
            target=self.target,
            conf_path=conf_path,
            work=self.work,
            progress=self.heard.append,
        )

    def compile_probe(self, checked: CheckedCrate, rust_path: str) -> None:
        """Compiles an object that uses a type of the crate, as a probe does."""
        probe = self.work / "probe.rs"
        probe.write_text(
            "#![no_std] pub struct P(*const T); unsafe impl Sync for P {}"
            f" type T = {rust_path}; #[used] pub static S: P = P(core::ptr::null());",
            encoding="utf-8",
        )
        argv = [self.rust.rustc, "--crate-type", "lib", "--emit", "obj", "--edition", "2021"]
        argv += ["--target", self.target.rust_triple, "-o", str(self.work / "probe.o"), str(probe)]
        argv += ["--sysroot", str(self.rust.sysroot)] if self.rust.sysroot else []
        finished = run([*argv, *checked.rustc_flags], env={"RUSTC_BOOTSTRAP": "1"}, timeout=120)
        assert finished.returncode == 0, finished.stderr
        assert (self.work / "probe.o").read_bytes().startswith(b"\x7fELF")


@pytest.fixture
def build(rust: Rust, amd64: Target, tmp_path: Path) -> Builder:
    """A builder with a fresh work folder, whose name has a space in it."""
    work = tmp_path / "work folder"
    work.mkdir()
    return Builder(rust, amd64, work)


def test_package(build: Builder, write: Write, tmp_path: Path) -> None:
    """A package with a build script, features, a dependency and denied lints; left as it was."""
    write("dep/Cargo.toml", '[package]\nname = "dep"\nversion = "0.1.0"\n')
    write("dep/src/lib.rs", "#![no_std] #[repr(C)] pub struct Dep(pub u8);")
    write(
        "user/Cargo.toml",
        f'{LIBRARY}[lib]\nname = "kernel"\n[features]\ndefault = ["std"]\nstd = []\nextra = []\n'
        '[dependencies]\ndep = { path = "../dep" }\n',
    )
    write(
        "user/build.rs",
        'fn main() { let conf = std::fs::read_to_string(std::env::var("CONF").unwrap()).unwrap();'
        ' println!("cargo:rerun-if-env-changed=CONF");'
        ' if conf.contains("SMP") { println!("cargo:rustc-cfg=smp"); } }',
    )
    write(
        "user/src/lib.rs",
        '#![cfg_attr(not(feature = "std"), no_std)]\n#![deny(warnings)]\nuse core::mem;\n'
        "#[cfg(smp)] #[repr(C)] pub struct Smp { pub dep: dep::Dep }\n"
        "#[cfg(from_config)] #[repr(C)] pub struct Config(pub u8);\n"
        '#[cfg(feature = "extra")] #[repr(C)] pub struct Extra(pub u8);\n',
    )
    write("user/.cargo/config.toml", '[build]\nrustflags = ["--cfg", "from_config"]\n')
    before = sorted(tmp_path.glob("user/**/*"))
    smp, up = write("SMP", "options SMP\n"), write("UP", "\n")
    bindings = Bindings(
        path=tmp_path / "user",
        features=("extra",),
        default_features=False,
        env=(("CONF", "{kernel-conf}"),),
    )
    assert build.names(bindings, smp) == ["kernel::Smp", "kernel::Config", "kernel::Extra"]
    assert build.names(bindings, up) == ["kernel::Config", "kernel::Extra"]
    surface = build.surface(bindings, smp)
    assert surface.types[0].location.path == str(tmp_path / "user" / "src" / "lib.rs")
    checked = build.check(bindings, smp)
    assert (checked.name, checked.edition, checked.root) == ("kernel", "2018", tmp_path / "user")
    build.compile_probe(checked, "kernel::Smp")
    build.compile_probe(checked, "kernel::Config")
    assert sorted(tmp_path.glob("user/**/*")) == before
    assert any("describing" in line for line in build.heard)
    with pytest.raises(BindingsError, match=r"wants \{kernel-conf\}"):
        build.check(bindings)


def test_flags_of_the_environment(
    build: Builder, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's RUSTFLAGS count, for rustdoc, too."""
    write("Cargo.toml", LIBRARY)
    write("src/lib.rs", "#![no_std] #[cfg(mine)] #[repr(C)] pub struct Mine(pub u8);")
    monkeypatch.setenv("RUSTFLAGS", "--cfg mine")
    bindings = Bindings(path=tmp_path)
    assert build.names(bindings) == ["my_crate::Mine"]
    build.compile_probe(build.check(bindings), "my_crate::Mine")


def test_change_is_seen(build: Builder, write: Write, tmp_path: Path) -> None:
    """A build is used again until the source changes."""
    write("Cargo.toml", LIBRARY)
    write("src/lib.rs", "#![no_std] #[repr(C)] pub struct A(pub u8);")
    single = write("one.rs", "#[repr(C)] pub struct A(pub u8);")
    for bindings in (Bindings(path=tmp_path), Bindings(source=single)):
        first = build.surface(bindings)
        assert build.surface(bindings) == first
    write("src/lib.rs", "#![no_std] #[repr(C)] pub struct Bbb(pub u8);")
    write("one.rs", "#[repr(C)] pub struct Bbb(pub u8);")
    assert build.names(Bindings(path=tmp_path)) == ["my_crate::Bbb"]
    assert build.names(Bindings(source=single)) == ["one::Bbb"]


def test_workspace(build: Builder, write: Write, tmp_path: Path) -> None:
    """A member works, with inherited values and patches; the workspace itself is no crate."""
    write(
        "ws/Cargo.toml",
        '[workspace]\nmembers = ["a"]\n[workspace.package]\nversion = "0.3.0"\n'
        '[patch.crates-io]\nlibc = { path = "fake-libc" }\n',
    )
    write(
        "ws/a/Cargo.toml",
        '[package]\nname = "a"\nversion.workspace = true\n[dependencies]\nlibc = "0.2"\n',
    )
    write("ws/a/src/lib.rs", "#![no_std] #[repr(C)] pub struct A(pub libc::Fake);")
    write("ws/fake-libc/Cargo.toml", '[package]\nname = "libc"\nversion = "0.2.999"\n')
    write("ws/fake-libc/src/lib.rs", "#![no_std] #[repr(C)] pub struct Fake(pub u8);")
    bindings = Bindings(path=tmp_path / "ws" / "a", env=(("CARGO_NET_OFFLINE", "true"),))
    assert build.names(bindings) == ["a::A"]
    with pytest.raises(BindingsError, match="is a workspace, not a package") as caught:
        build.check(Bindings(path=tmp_path / "ws"))
    assert str(tmp_path / "ws" / "a") in str(caught.value.hint)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ('[[example]]\nname = "e"\npath = "src/e.rs"\n', "my-crate has no library"),
        ("[lib]\nproc-macro = true\n", "is a procedural macro"),
        ("[lib]\n[features]\nreal = []\n", "my-crate has no feature nonesuch"),
        ("[what\n", r"Cargo\.toml"),
    ],
)
def test_unfit_package(
    build: Builder, write: Write, tmp_path: Path, manifest: str, message: str
) -> None:
    """A package that cannot be checked is refused with the reason."""
    write("Cargo.toml", LIBRARY + manifest)
    write("src/lib.rs" if "[lib]" in manifest else "src/e.rs", "fn main() {}")
    with pytest.raises(BindingsError, match=message):
        build.check(Bindings(path=tmp_path, features=("nonesuch",) if "real" in manifest else ()))


def test_no_package(build: Builder, tmp_path: Path) -> None:
    """A folder without Cargo.toml says so."""
    with pytest.raises(BindingsError, match=r"there is no Cargo\.toml") as caught:
        build.check(Bindings(path=tmp_path / "none"))
    assert caught.value.where == str(tmp_path / "none")


def test_compile_errors(build: Builder, write: Write, tmp_path: Path) -> None:
    """The compiler's own words, the first place, and how many there are."""
    write("Cargo.toml", LIBRARY)
    lib = write(
        "src/lib.rs", "#![no_std]\n" + "".join(f"pub type T{n} = N{n};\n" for n in range(5))
    )
    for call in (build.check, build.surface):
        with pytest.raises(BindingsError, match=r"my-crate 0\.1\.0 does not compile") as caught:
            call(Bindings(path=tmp_path))
        assert "5 errors\nerror[E0" in caught.value.what
        assert "cannot find type `N2`" in caught.value.what
        assert "... and 2 more" in caught.value.what
        assert str(caught.value.where).endswith(f"{lib.name}:2")


def test_dependency_does_not_compile(build: Builder, write: Write, tmp_path: Path) -> None:
    """The package that is to blame is named."""
    write("dep/Cargo.toml", '[package]\nname = "dep"\nversion = "0.7.0"\n')
    write("dep/src/lib.rs", "#![no_std] pub type T = Nonesuch;")
    write("Cargo.toml", f'{LIBRARY}[dependencies]\ndep = {{ path = "dep" }}\n')
    write("src/lib.rs", "#![no_std]")
    with pytest.raises(
        BindingsError, match=r"dep 0\.7\.0, which my-crate 0\.1\.0 depends on, does"
    ):
        build.check(Bindings(path=tmp_path))


def test_build_script_fails(build: Builder, write: Write, tmp_path: Path) -> None:
    """A failing build script's output is shown."""
    write("Cargo.toml", LIBRARY)
    write("src/lib.rs", "#![no_std]")
    write("build.rs", 'fn main() { eprintln!("KPI is not set"); std::process::exit(3); }')
    with pytest.raises(BindingsError, match="KPI is not set") as caught:
        build.check(Bindings(path=tmp_path))
    assert "build script" in str(caught.value.hint)


def test_std(build: Builder, write: Write, tmp_path: Path) -> None:
    """A crate that needs std, where there is none, has an error of its own kind."""
    if build.rust.sysroot is None:
        pytest.skip("this toolchain has std for the target")
    write("Cargo.toml", LIBRARY)
    write("src/lib.rs", "pub type T = Vec<u8>;")
    with pytest.raises(StdMissingError, match=r"needs std, and there is only core and alloc"):
        build.check(Bindings(path=tmp_path))


def test_published(build: Builder) -> None:
    """A real crate of the registry is built for FreeBSD and without its default features."""
    bindings = Bindings(crate="libc", version="0.2.177", default_features=False)
    try:
        surface = build.surface(bindings)
    except BindingsError as error:
        if "cannot be reached" in error.what and not os.environ.get("CI"):
            pytest.skip("no network")
        raise
    stat = next(type_ for type_ in surface.types if type_.name == "stat")
    assert "freebsd" in stat.rust_path
    assert stat.public_path == "libc::stat"
    build.compile_probe(build.check(bindings), "libc::stat")


@pytest.mark.parametrize(
    ("bindings", "message"),
    [
        (Bindings(crate="layoutcheck-no-such-crate", version="1.0.0"), "has no crate named"),
        (Bindings(crate="libc", version="0.2.99999"), r"has no version 0\.2\.99999 of libc"),
        (Bindings(crate="libc", version="0.2.177", features=("x",)), "libc has no feature x"),
    ],
)
def test_not_published(build: Builder, bindings: Bindings, message: str) -> None:
    """A missing crate, version and feature have different messages."""
    with pytest.raises(BindingsError) as caught:
        build.check(bindings)
    if "cannot be reached" in caught.value.what and not os.environ.get("CI"):
        pytest.skip("no network")
    assert caught.match(message)
    assert caught.value.hint


def test_no_network(build: Builder, tmp_path: Path) -> None:
    """Without a network the error says so, and does not mention the wrapper package."""
    env = (
        ("CARGO_HOME", str(tmp_path / "home")),
        ("CARGO_HTTP_PROXY", "http://127.0.0.1:1"),
        ("CARGO_NET_RETRY", "0"),
    )
    with pytest.raises(BindingsError, match="the crate registry cannot be reached") as caught:
        build.check(Bindings(crate="libc", version="0.2.177", env=env))
    assert "wrapper" not in caught.value.what


def test_source(build: Builder, write: Write) -> None:
    """One file as bindgen writes it, with a prelude: its own name, its own lines."""
    prelude = write("my prelude.rs", "pub type my_int = u32; #[repr(C)] pub struct Base(pub u8);")
    source = write(
        "bind-ings.rs",
        "/* made by bindgen */\n#![allow(non_camel_case_types)]\n\n#[repr(C)]\npub struct mtx {\n"
        "    pub base: Base, pub a: my_int, pub b: ::std::os::raw::c_char }\n"
        'const _: () = { ["size"][::std::mem::size_of::<mtx>() - 12usize]; };\n',
    )
    bindings = Bindings(source=source, prelude=prelude)
    surface = build.surface(bindings)
    places = {type_.rust_path: str(type_.location) for type_ in surface.types}
    assert places == {"bind_ings::mtx": f"{source}:5", "bind_ings::Base": f"{prelude}:1"}
    build.compile_probe(build.check(bindings), "bind_ings::mtx")


def test_expanded(build: Builder, write: Write, tmp_path: Path) -> None:
    """Macros are replaced by their expansion, in a package's modules and in a file's prelude."""
    macro = 'macro_rules! m { ($n:ident) => { fn w() { extern "C" { fn $n(); } } } }'
    write("package/Cargo.toml", LIBRARY)
    write("package/build.rs", "fn main() {}")
    write("package/src/lib.rs", f"#![no_std] {macro} mod inner;")
    module = write("package/src/inner.rs", "m!(first);")
    package = Bindings(path=tmp_path / "package")
    metadata = build.check(package).rustc_flags
    assert "fn first();" in build.expanded(package)
    module.write_text("m!(second);", encoding="utf-8")
    assert "fn second();" in build.expanded(package)
    module.write_text("m!(first);", encoding="utf-8")
    assert build.check(package).rustc_flags == metadata
    source = write("one.rs", "m!(third);")
    prelude = write("prelude.rs", macro)
    assert "fn third();" in build.expanded(Bindings(source=source, prelude=prelude))


def test_source_errors(build: Builder, write: Write, tmp_path: Path) -> None:
    """Errors are reported at places in the user's file, with a prelude or without."""
    source = write("bad.rs", "pub type A = u8;\npub type B = nonesuch;\n")
    prelude = write("prelude.rs", "pub type C = u8;\n")
    for bindings in (Bindings(source=source), Bindings(source=source, prelude=prelude)):
        with pytest.raises(BindingsError, match="cannot find type `nonesuch`") as caught:
            build.check(bindings)
        assert caught.value.where == f"{source}:2"
        assert str(build.work) not in caught.value.what
        assert "prelude" in str(caught.value.hint)
    for bindings in (
        Bindings(source=tmp_path / "none.rs"),
        Bindings(source=source, prelude=tmp_path / "none.rs"),
    ):
        with pytest.raises(BindingsError, match="No such file") as caught:
            build.surface(bindings)
        assert caught.value.where == str(tmp_path / "none.rs")


def test_stale_stamp(build: Builder, write: Write) -> None:
    """A stamp that is no text is ignored: the file is built again."""
    bindings = Bindings(source=write("a.rs", "#[repr(C)] pub struct A(pub u8);"))
    build.check(bindings)
    (stamp,) = build.work.rglob("*.made-of")
    stamp.write_bytes(b"\xff\xfe")
    assert build.check(bindings).seconds > 0
    assert build.check(bindings).seconds == 0


def test_two_patched_sources(build: Builder, write: Write) -> None:
    """`[patch]` of the user's workspace may name several sources."""
    for name in ("one", "two"):
        write(f"{name}/Cargo.toml", f'[package]\nname = "{name}"\nversion = "1.0.0"\n')
        write(f"{name}/src/lib.rs", "#![no_std]")
    patches = '[patch.crates-io]\none = { path = "../one" }\n'
    patches += '[patch."https://example.invalid/two"]\ntwo = { path = "../two" }\n'
    write("user/Cargo.toml", f'{LIBRARY}[dependencies]\none = "1"\n{patches}')
    path = write("user/src/lib.rs", "#![no_std] #[repr(C)] pub struct A(pub u8);").parents[1]
    assert build.names(Bindings(path=path)) == ["my_crate::A"]


def test_folder_that_reads_as_a_pattern(build: Builder, write: Write) -> None:
    """`[x]`, `*` and `?` in a folder's name are patterns to `cargo -p`."""
    write("w [x] *?/Cargo.toml", LIBRARY)
    path = write("w [x] *?/src/lib.rs", "#![no_std] #[repr(C)] pub struct A(pub u8);").parents[1]
    assert build.names(Bindings(path=path)) == ["my_crate::A"]
    build.compile_probe(build.check(Bindings(path=path)), "my_crate::A")


def test_unwritable_folder(build: Builder, write: Write) -> None:
    """A cache that cannot be written to is one error with the way out."""
    build.work = write("file", "")
    bindings = Bindings(source=write("a.rs", "#[repr(C)] pub struct A(pub u8);"))
    with pytest.raises(ToolchainError, match=r"the build of .*a\.rs cannot be stored") as caught:
        build.check(bindings)
    assert str(caught.value.where).startswith(str(build.work))
    assert "XDG_CACHE_HOME" in str(caught.value.hint)


def test_waiting_is_said(build: Builder, write: Write) -> None:
    """A wait for another process that builds the same crate is announced."""
    source = write("a.rs", "#[repr(C)] pub struct A(pub u8);")
    build.check(Bindings(source=source))
    (path,) = build.work.rglob("lock")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        build.check(Bindings(source=source))
    assert holder.returncode == 0
    assert f"waiting for another process that builds {source}" in build.heard


def test_broken_sysroot(rust: Rust, amd64: Target, write: Write, tmp_path: Path) -> None:
    """A sysroot of ours that is cut off is named, to be deleted."""
    if rust.sysroot is None:
        pytest.skip("this toolchain has a core of its own for the target")
    sysroot = tmp_path / "sysroot"
    shutil.copytree(rust.sysroot, sysroot)
    for metadata in sysroot.rglob("libcore*"):
        metadata.write_bytes(metadata.read_bytes()[:100_000])
    (tmp_path / "work").mkdir()
    builder = Builder(replace(rust, sysroot=sysroot), amd64, tmp_path / "work")
    write("p/Cargo.toml", LIBRARY)
    package = write("p/src/lib.rs", "#![no_std] #[repr(C)] pub struct A(pub u8);").parents[1]
    source = write("a.rs", "#[repr(C)] pub struct A(pub u8);")
    for bindings in (Bindings(path=package), Bindings(source=source)):
        for build_it in (builder.check, builder.surface):
            with pytest.raises(ToolchainError, match="compiled earlier is broken") as caught:
                build_it(bindings)
            assert caught.value.hint == f"delete {sysroot}: the next run makes it again"
