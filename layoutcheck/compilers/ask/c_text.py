"""Preprocessed C -> the names that it may declare, and how. Nothing is compiled.

clang takes longest over names that it has to refuse. So it is not asked for a name if the text
shows that the name cannot be of the kind that is asked for. The result is a superset: only clang
says whether a name is of that kind. All macros are expanded here, so only the grammar of C and of
GNU's extensions counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Final

__all__ = ["CText", "plain_name"]

_NAME: Final = re.compile(r"(?:(struct|union|enum) )?([A-Za-z_]\w*)", re.ASCII)
# Typedefs that clang has without a header. It reports its other built-in names itself.
_PREDEFINED: Final = re.compile(r"__builtin_\w+|__u?int128_t|__NSConstantString|__(?:SV|rvv)\w+")

_IDENTIFIER: Final = re.compile(r"\w+")
_TAGGED: Final = re.compile(r"\b(?:struct|union|enum)\s+\w+")
# A tag counts as one word with its keyword.
_WORD: Final = re.compile(rf"{_TAGGED.pattern}|\w+")
# Types of one word, of C itself and of GNU.
_C_TYPES: Final = frozenset(
    [
        "void",
        "char",
        "short",
        "int",
        "long",
        "float",
        "double",
        "signed",
        "unsigned",
        "_Bool",
        "bool",
        "__int128",
        "__signed",
        "__signed__",
        "_Float16",
        "__fp16",
        "__bf16",
        "__float128",
        "_Complex",
    ]
)
_DEFINED: Final = re.compile(r"\b(struct|union|enum)\s+(\w+)\s*[{:]")
# A tag with an attribute between it and the keyword.
_BEHIND_ATTRIBUTE: Final = re.compile(r"[)\]]\s*(\w+)\s*[{:]")

_LITERAL: Final = r'"(?:\\.|[^"\\])*+"|' + r"'(?:\\.|[^'\\])*+'"
_BRACE: Final = re.compile(rf"{_LITERAL}|([{{}}])")
_TYPEDEF: Final = re.compile(rf"\btypedef\b((?:[^;\"']++|{_LITERAL})*+)")
_OF_TAG: Final = re.compile(r"\s*(struct|union|enum)\s+(\w+)\s+(\w+)\s*")
# Brackets with parameters begin so or have a comma; others are around a declarator.
_INSIDE: Final = r"(?:[^(),]++|\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\))*+"
_PARAMETERS: Final = re.compile(
    r"\(\s*(?:struct|union|enum|const|volatile|void|int|char|short|long|unsigned|signed)\b"
    rf"{_INSIDE}(?:,{_INSIDE})*+\)|\({_INSIDE}(?:,{_INSIDE})++\)"
)
# A declaration up to a function's body, or with its initialiser: more names may come after that.
_STATIC: Final = re.compile(
    rf"\bstatic\b((?:[^;{{=\"']++|{_LITERAL})*+(?:=(?:[^;\"']++|{_LITERAL})*+)?)"
)
# Other ways to make names local to their unit, and `static` with names that `_STATIC` may miss.
_LOCAL_OTHERWISE: Final = re.compile(
    r"\binternal_linkage\b|\bconstexpr\b"
    r"|\bstatic\b[^;{}()]*\b(?:struct|union|enum)\b(?:\s*\w+)?\s*[{(\[]"
)
# Words of a declaration that links its name to another symbol, or makes it thread-local.
_LABELLED: Final = re.compile(r"\b(?:__asm__|__asm|asm|redefine_extname)\b")
_OF_THREAD: Final = re.compile(r"\b(?:_Thread_local|thread_local|__thread)\b")
_STATEMENT_END: Final = re.compile(r"[;{}]")


def plain_name(c_name: str) -> str | None:
    """Return the identifier in a name, after `struct`, `union`, `enum` or nothing; else None."""
    found = _NAME.fullmatch(c_name)
    return found and found[2]


class CText:
    """Preprocessed `text` of headers.

    `macros` are the macros among the names that may be asked for. `built_in` are the names that are
    clang's own, whatever the headers say. The text may come `behind` another one, whose macros and
    built-in names do not count.
    """

    def __init__(
        self,
        text: str,
        macros: Mapping[str, str],
        built_in: Collection[str],
        *,
        behind: CText | None = None,
    ) -> None:
        self._macros, self._built_in = macros, built_in
        self.parts: tuple[_Part, ...] = (*(behind.parts if behind else ()), _Part(text))

    def may_be_type(self, c_name: str) -> bool:
        """Return whether `struct a`, `union a`, `enum a` or `a` may be a complete type."""
        found = _NAME.fullmatch(c_name)
        if found is None:
            return True
        kind, name = found.groups()
        expansion = self._macros.get(name, name)
        if expansion not in _C_TYPES and expansion.isidentifier():
            name = expansion  # as after `#define nvlist FreeBSD_nvlist`
        if self._is_unknowable(name):
            return True
        if kind is not None:
            return self._may_be_defined(kind, name)
        tags = (tag for part in self.parts for tag in part.typedefs_of_tags.get(name, ()))
        return (
            any(name in part.other_typedefs for part in self.parts)
            or any(self._may_be_defined(*tag) for tag in tags)
            or _PREDEFINED.fullmatch(name) is not None
        )

    def may_be_typedef(self, name: str) -> bool:
        """Return whether `name` may be a typedef, also of an incomplete type."""
        return any(name in part.typedefs_of_tags for part in self.parts) or self.may_be_type(name)

    def may_be_declared(self, name: str) -> bool:
        """Return whether `name` may be a variable, a function, an enumerator or a typedef."""
        found = _NAME.fullmatch(name)
        if found is None or found[1] or self._is_unknowable(name):
            return True
        return self._has_word(name) or _PREDEFINED.fullmatch(name) is not None

    def may_be_local(self, name: str) -> bool:
        """Return whether `name`, a function or a variable, may be local to the unit."""
        expansion = self._macros.get(name, name)
        if expansion != name:
            return any(map(self.may_be_local, _IDENTIFIER.findall(expansion)))
        is_known = self._has_word(name) and self._is_balanced
        return not is_known or any(
            part.is_local_otherwise or name in part.static for part in self.parts
        )

    def may_be_of_thread(self, name: str) -> bool:
        """Return whether `name`, a function or a variable, may be thread-local."""
        return any(self._may_be_among(name, part.of_thread) for part in self.parts)

    def may_be_labelled(self, name: str) -> bool:
        """Return whether `name`, a function or a variable, may be linked by another symbol."""
        return any(self._may_be_among(name, part.labelled) for part in self.parts)

    def may_have_registers(self, name: str) -> bool:  # noqa: ARG002 - as of the others
        """Return whether any name may have register parameters, perhaps through a typedef."""
        return any(part.has_regparm for part in self.parts)

    def _may_be_among(self, name: str, names: frozenset[str]) -> bool:
        expansion = self._macros.get(name, name)
        return not self._is_balanced or not names.isdisjoint(_IDENTIFIER.findall(expansion))

    def _may_be_defined(self, kind: str, tag: str) -> bool:
        named = f"{kind} {tag}"
        return any(named in part.defined or tag in part.behind_attributes for part in self.parts)

    def _has_word(self, name: str) -> bool:
        return any(name in part.words for part in self.parts)

    def _is_unknowable(self, name: str) -> bool:
        """Return whether the text does not show what the name is."""
        return name in self._macros or name in self._built_in or not self._is_balanced

    @property
    def _is_balanced(self) -> bool:
        return all(part.outside is not None for part in self.parts)


class _Part:
    """A part of preprocessed C. No brace is open before it."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def words(self) -> frozenset[str]:
        """All words that may be a name, each tag with its keyword."""
        return frozenset(_WORD.findall(self._text))

    @cached_property
    def defined(self) -> frozenset[str]:
        """Tags with a body, each with its keyword."""
        return frozenset(f"{kind} {name}" for kind, name in _DEFINED.findall(self._text))

    @cached_property
    def behind_attributes(self) -> frozenset[str]:
        """Tags with a body that come after an attribute."""
        return frozenset(_BEHIND_ATTRIBUTE.findall(self._text))

    @cached_property
    def outside(self) -> str | None:
        """Text outside braces; None if the braces are not balanced."""
        parts, depth, start = list[str](), 0, 0
        for found in _BRACE.finditer(self._text):
            if found[1] == "{":
                if depth == 0:
                    parts.append(self._text[start : found.end()])
                depth += 1
            elif found[1] == "}":
                depth -= 1
                start = found.start() if depth == 0 else start
                if depth < 0:
                    return None
        return "".join((*parts, self._text[start:])) if depth == 0 else None

    @cached_property
    def other_typedefs(self) -> frozenset[str]:
        """Words of typedefs that may be their names, except typedefs of a tag."""
        return self._typedefs[0]

    @cached_property
    def typedefs_of_tags(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Tags that a typedef stands for, each as keyword and name, by the typedef's name."""
        return self._typedefs[1]

    @cached_property
    def _typedefs(self) -> tuple[frozenset[str], Mapping[str, Sequence[tuple[str, str]]]]:
        others, of_tags = set[str](), dict[str, list[tuple[str, str]]]()
        for declaration in _TYPEDEF.findall(self.outside or ""):
            of_tag = _OF_TAG.fullmatch(declaration)
            if of_tag is None:
                declarators = _TAGGED.sub(" ", _PARAMETERS.sub(" ", declaration))
                others.update(_IDENTIFIER.findall(declarators))
            else:
                of_tags.setdefault(of_tag[3], []).append((of_tag[1], of_tag[2]))
        return frozenset(others), of_tags

    @cached_property
    def static(self) -> frozenset[str]:
        """Words of the `static` declarations."""
        return frozenset(_IDENTIFIER.findall(";".join(_STATIC.findall(self.outside or ""))))

    @cached_property
    def of_thread(self) -> frozenset[str]:
        """Words of the thread-local declarations."""
        return self._words_beside(_OF_THREAD)

    @cached_property
    def labelled(self) -> frozenset[str]:
        """Words of the declarations with another symbol."""
        return self._words_beside(_LABELLED)

    def _words_beside(self, mark: re.Pattern[str]) -> frozenset[str]:
        """Return all words of the declarations that have a mark."""
        if mark.search(self._text) is None:
            return frozenset()
        marked = filter(mark.search, _STATEMENT_END.split(self.outside or ""))
        return frozenset(_IDENTIFIER.findall(" ".join(marked)))

    @cached_property
    def has_regparm(self) -> bool:
        """Return whether a function may have parameters in registers."""
        return "regparm" in self._text

    @cached_property
    def is_local_otherwise(self) -> bool:
        """Return whether names may be local to the unit without `static` before them."""
        return _LOCAL_OTHERWISE.search(self.outside or "") is not None
