"""cfg_doc.py: the one cfg that rustdoc sets, and texts that look like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from layoutcheck.bindings.rewrite.cfg_doc import texts_without_cfg_doc, without_cfg_doc


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("#[cfg(doc)]", "#[cfg(d_c)]"),
        ("#[cfg(not(doc))] fn f();", "#[cfg(not(d_c))] fn f();"),
        ("#[cfg(any(test,\n  doc ,\n x))]", "#[cfg(any(test,\n  d_c ,\n x))]"),
        ('#[cfg_attr(doc, path = "doc.rs")]', '#[cfg_attr(d_c, path = "doc.rs")]'),
        ('#[cfg_attr(not(doc), doc = "x")]', '#[cfg_attr(not(d_c), doc = "x")]'),
        ("if cfg! ( doc ) { f(doc) }", "if cfg! ( d_c ) { f(doc) }"),
        ('#[cfg(all(feature = "doc)", doc))]', '#[cfg(all(feature = "doc)", d_c))]'),
        ("#[cfg(docsrs)] #[doc(hidden)] f(doc);", None),
        ('#[cfg(feature = "doc")]', None),
        ("#[cfg_attr(docsrs, doc(cfg(unix)))]", None),
        ("#[cfg(doc", None),
        ("cfg(", None),
    ],
)
def test_text(text: str, other: str | None) -> None:
    """No character moves."""
    changed = without_cfg_doc(text)
    assert changed == (text if other is None else other)
    assert len(changed) == len(text)


def test_folder(tmp_path: Path) -> None:
    """Changed Rust files are returned, except cargo's output and hidden folders."""
    for name in ("a.rs", "m/b.rs", "c.txt", "target/d.rs", ".git/e.rs"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#[cfg(doc)]", encoding="utf-8")
    (tmp_path / "other.rs").write_text("f(doc); #[cfg(x)]", encoding="utf-8")
    (tmp_path / "latin.rs").write_bytes(b"// \xe4\n#[cfg(doc)]")
    found = {
        path.relative_to(tmp_path).as_posix(): text
        for path, text in texts_without_cfg_doc(tmp_path).items()
    }
    assert found == {"a.rs": "#[cfg(d_c)]", "m/b.rs": "#[cfg(d_c)]"}
