"""rustdoc JSON of a type -> its methods that may be accessors of bit-fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from layoutcheck.bindings.rustdoc.naming import render_path

__all__ = ["Method", "methods_of"]

Json = Mapping[str, Any]
SETTERS: Final = ("set_", "with_")
UNIT: Final = re.compile(r"_bitfield_\d+")
WRAPPERS: Final = ("Option", "Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method that another crate can call, `name` without `r#`.

    - `verb`: it "reads" a value of the record, "writes" one, or "makes" a record.
    - `form`: how it takes its record ("&self", "*mut self"; `probes/accessors.py` has all forms).
      For a method that makes a record: "Self", or "Option" or "Result" around it.
    - `returns_record`: a writer that also returns the record.
    - `is_of_value`: its argument is a number or an enum, not a record whose author may restrict its
      values.
    - `trait`: path of the trait that it belongs to.
    - `why_not`: reason why it cannot be an accessor.
    - `parameters`: names without `r#`, of a method that makes a record.
    - `unit`: member of the record that it makes, for a constructor of one of bindgen's storage
      units.
    """

    name: str
    verb: Literal["reads", "writes", "makes"] = "reads"
    form: str = "&self"
    returns_record: bool = False
    is_of_value: bool = True
    trait: str | None = None
    why_not: str | None = None
    parameters: tuple[str, ...] = ()
    unit: str | None = None

    def path(self, type_: str) -> str:
        """Return the path to call it for a type, as Rust writes it."""
        of_trait = "" if self.trait is None else f" as ::{self.trait}"
        return f"<{type_}{of_trait}>::{render_path((self.name,))}"


def methods_of(
    document: Json, public: Mapping[str, tuple[str, ...]], key: str, body: Json
) -> tuple[Method, ...]:
    """Return the methods of the type with this key; `body` is the type in rustdoc's document.

    bindgen writes `ip_hl(&self) -> u32` and `set_ip_hl(&mut self, u32)`. Methods that another crate
    cannot call are left out: `public` has the paths that it can use.
    """
    reader = _Reader(document, public, key, body)
    found: dict[tuple[str | None, str], Method] = {}
    for impl in body["impls"]:
        item = document["index"][str(impl)]
        if item is not None:  # None: the impl of a trait of another crate
            for method in reader.of_impl(item["inner"]["impl"]):
                found.setdefault((method.trait, method.name), method)
    return tuple(found.values())


class _Reader:
    def __init__(
        self, document: Json, public: Mapping[str, tuple[str, ...]], key: str, body: Json
    ) -> None:
        self._index, self._paths = document["index"], document["paths"]
        self._public, self._key = public, key
        self._units = dict(self._units_of(body))

    def _units_of(self, body: Json) -> Iterator[tuple[str, Json]]:
        """Yield the names and types of members that are bindgen's storage units."""
        kind = body.get("kind")
        plain = body if kind is None else kind.get("plain") if isinstance(kind, dict) else None
        for key in plain["fields"] if plain else ():
            field = self._index[str(key)]
            if UNIT.fullmatch(field["name"]):
                yield field["name"], field["inner"]["struct_field"]

    def of_impl(self, impl: Json) -> Iterator[Method]:
        """Yield the methods of an inherent impl, or of an impl of a trait of the crate."""
        trait = impl["trait"]
        if trait is None:
            for name, function in self._functions(impl["items"], "public"):
                yield self._method(name, function, None)
            return
        declared = self._index.get(str(trait["id"]))
        path = self._public.get(str(trait["id"]))
        if declared is not None and declared["crate_id"] == 0 and path is not None:
            for name, function in self._functions(declared["inner"]["trait"]["items"], "default"):
                yield self._method(name, function, render_path(path))

    def _functions(self, keys: Sequence[int], visibility: str) -> Iterator[tuple[str, Json]]:
        for key in keys:
            item = self._index[str(key)]
            if item["visibility"] == visibility and "function" in item["inner"]:
                yield item["name"].removeprefix("r#"), item["inner"]["function"]

    def _method(self, name: str, function: Json, trait: str | None) -> Method:
        inputs = [type_ for _, type_ in function["sig"]["inputs"]]
        output = function["sig"]["output"]
        form = self._form(inputs[0]) if inputs else None
        if inputs and output is not None and not any(map(self._form, inputs)):
            made, unit = self._made(name, output)
            if made is not None:
                return Method(
                    name=name,
                    verb="makes",
                    form=made,
                    is_of_value=all(map(self._is_of_value, inputs)),
                    trait=trait,
                    why_not=_why_uncallable(function),
                    parameters=tuple(n.removeprefix("r#") for n, _ in function["sig"]["inputs"]),
                    unit=unit,
                )
        writes = len(inputs) > 1 or (name.startswith(SETTERS) and output is None)
        why_not = None
        if form is None:
            why_not = "it does not take the record"
        elif (uncallable := _why_uncallable(function)) is not None:
            why_not = uncallable
        elif len(inputs) > 2:  # noqa: PLR2004 - the record, and a value
            why_not = f"it takes {len(inputs) - 1} values"
        elif writes and len(inputs) == 1:
            why_not = "it takes no value"
        elif not writes and output in (None, {"tuple": []}):
            why_not = "it returns nothing"
        return Method(
            name=name,
            verb="writes" if writes else "reads",
            form=form or "",
            returns_record=writes and output is not None and self._is_own(output),
            is_of_value=len(inputs) < 2 or self._is_of_value(inputs[-1]),  # noqa: PLR2004
            trait=trait,
            why_not=why_not,
        )

    def _made(self, name: str, output: Json) -> tuple[str | None, str | None]:
        """Return how a function's result holds a record, and the storage unit that it is all of.

        Both are None if the result holds no record.
        """
        if self._is_own(output):
            return "Self", None
        # A number is a storage unit only if the name says so: several units may have equal types.
        named = name.removeprefix("new")
        if self._units.get(named) == output:
            return "Self", named
        units = [unit for unit, type_ in self._units.items() if type_ == output]
        if len(units) == 1 and "primitive" not in output:
            return "Self", units[0]
        match output:
            case {
                "resolved_path": {"path": path, "args": {"angle_bracketed": {"args": [first, *_]}}}
            }:
                wrapper = path.rpartition("::")[2]
                if wrapper in WRAPPERS and "type" in first:
                    form, unit = self._made(name, first["type"])
                    return (wrapper, unit) if form == "Self" else (None, None)
        return None, None

    def _form(self, type_: Json) -> str | None:
        """Return how a first parameter of this type takes the record; None if it does not."""
        if self._is_own(type_):
            return "self"
        match type_:
            case {"borrowed_ref": {"is_mutable": mutable, "type": inner}}:
                mark = "&mut " if mutable else "&"
            case {"raw_pointer": {"is_mutable": mutable, "type": inner}}:
                mark = "*mut " if mutable else "*const "
            case {
                "resolved_path": {
                    "path": "Pin" | "core::pin::Pin" | "std::pin::Pin",
                    "args": {"angle_bracketed": {"args": [{"type": inner}]}},
                }
            }:
                form = self._form(inner)
                return f"Pin<{form}>" if form in ("&self", "&mut self") else None
            case _:
                return None
        return f"{mark}self" if self._is_own(inner) else None

    def _is_own(self, type_: Json) -> bool:
        match type_:
            case {"generic": "Self"}:
                return True
            case {"resolved_path": {"id": identity}}:
                return str(identity) == self._key
        return False

    def _is_of_value(self, type_: Json) -> bool:
        """Return whether a type is a number or an enum, with no further rules for its values."""
        match type_:
            case {"resolved_path": {"id": identity}}:
                item = self._index.get(str(identity))
                alias = None if item is None else item["inner"].get("type_alias")
                if alias is not None:
                    return self._is_of_value(alias["type"])
                summary = self._paths.get(str(identity))
                return summary is None or summary["kind"] not in ("struct", "union")
        return "primitive" in type_


def _why_uncallable(function: Json) -> str | None:
    """Return why a probe cannot call a function, whatever it takes; None if it can."""
    if any("lifetime" not in p["kind"] for p in function["generics"]["params"]):
        return "it has type parameters"
    return "it is async" if function["header"]["is_async"] else None
