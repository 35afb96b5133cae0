"""Record layouts as JSON values and back; the key `is` of each object is its kind of type."""

from __future__ import annotations

from typing import Literal

from layoutcheck.model.json.nodes import JsonNode, JsonValue, location_to_json
from layoutcheck.model.layout import (
    ArrayType,
    BaseType,
    Encoding,
    EnumType,
    FunctionType,
    Member,
    PointerType,
    QualifiedType,
    RecordLayout,
    Type,
    TypedefType,
)

__all__ = ["layout_from_json", "layout_to_json", "type_from_json", "type_to_json"]


def layout_to_json(record: RecordLayout) -> JsonValue:
    """Return the record, with all that it contains, as a JSON object."""
    return {
        "is": "record",
        "name": record.name,
        "kind": record.kind,
        "byte_size": record.byte_size,
        "alignment": record.alignment,
        "members": [_member_to_json(member) for member in record.members],
        "declared_at": location_to_json(record.declared_at),
        "is_declaration": record.is_declaration,
        "type_parameters": [type_to_json(type_) for type_ in record.type_parameters],
    }


def layout_from_json(node: JsonNode) -> RecordLayout:
    """Return the record that `layout_to_json` wrote. Raises `LayoutcheckError` for other values."""
    return RecordLayout(
        name=node["name"].text_or_none(),
        kind=_kind_from_json(node["kind"]),
        byte_size=node["byte_size"].integer(),
        alignment=node["alignment"].integer_or_none(),
        members=tuple(_member_from_json(member) for member in node["members"]),
        declared_at=node["declared_at"].location_or_none(),
        is_declaration=node["is_declaration"].boolean(),
        type_parameters=tuple(_some_type_from_json(type_) for type_ in node["type_parameters"]),
    )


def type_to_json(type_: Type | None) -> JsonValue:
    """Return the type as a JSON object; `null` for `void`."""
    match type_:
        case None:
            return None
        case BaseType(name=name, byte_size=byte_size, encoding=encoding):
            return {"is": "base", "name": name, "byte_size": byte_size, "encoding": encoding.value}
        case PointerType(byte_size=byte_size, pointee=pointee):
            return {"is": "pointer", "byte_size": byte_size, "pointee": type_to_json(pointee)}
        case ArrayType(element=element, counts=counts):
            return {"is": "array", "element": type_to_json(element), "counts": list(counts)}
        case EnumType(name=name, byte_size=byte_size, signed=signed, enumerators=enumerators):
            return {
                "is": "enum",
                "name": name,
                "byte_size": byte_size,
                "signed": signed,
                "enumerators": [{"name": key, "value": value} for key, value in enumerators],
            }
        case FunctionType(
            result=result, parameters=parameters, variadic=variadic, convention=convention
        ):
            return {
                "is": "function",
                "result": type_to_json(result),
                "parameters": [type_to_json(parameter) for parameter in parameters],
                "variadic": variadic,
                "convention": convention,
            }
        case TypedefType(name=name, target=target):
            return {"is": "typedef", "name": name, "target": type_to_json(target)}
        case QualifiedType(qualifier=qualifier, target=target):
            return {"is": "qualified", "qualifier": qualifier, "target": type_to_json(target)}
        case RecordLayout():
            return layout_to_json(type_)


def type_from_json(node: JsonNode) -> Type | None:
    """Return the type that `type_to_json` wrote. Raises `LayoutcheckError` for other values."""
    return None if node.is_null() else _some_type_from_json(node)


def _some_type_from_json(node: JsonNode) -> Type:
    match node["is"].text():
        case "base":
            return BaseType(
                name=node["name"].text(),
                byte_size=node["byte_size"].integer(),
                encoding=_encoding_from_json(node["encoding"]),
            )
        case "pointer":
            return PointerType(
                byte_size=node["byte_size"].integer(), pointee=type_from_json(node["pointee"])
            )
        case "array":
            return ArrayType(
                element=_some_type_from_json(node["element"]),
                counts=tuple(count.integer_or_none() for count in node["counts"]),
            )
        case "enum":
            return EnumType(
                name=node["name"].text_or_none(),
                byte_size=node["byte_size"].integer(),
                signed=node["signed"].boolean(),
                enumerators=tuple(
                    (item["name"].text(), item["value"].integer()) for item in node["enumerators"]
                ),
            )
        case "function":
            return FunctionType(
                result=type_from_json(node["result"]),
                parameters=tuple(_some_type_from_json(item) for item in node["parameters"]),
                variadic=node["variadic"].boolean(),
                convention=node["convention"].text(),
            )
        case "typedef":
            return TypedefType(name=node["name"].text(), target=type_from_json(node["target"]))
        case "qualified":
            return QualifiedType(
                qualifier=node["qualifier"].text(), target=type_from_json(node["target"])
            )
        case "record":
            return layout_from_json(node)
        case other:
            raise node["is"].error(f"there is no kind of type {other!r}")


def _member_to_json(member: Member) -> JsonValue:
    return {
        "name": member.name,
        "bit_offset": member.bit_offset,
        "bit_size": member.bit_size,
        "is_bit_field": member.is_bit_field,
        "type": type_to_json(member.type),
        "declared_at": location_to_json(member.declared_at),
    }


def _member_from_json(node: JsonNode) -> Member:
    return Member(
        name=node["name"].text_or_none(),
        bit_offset=node["bit_offset"].integer(),
        bit_size=node["bit_size"].integer(),
        is_bit_field=node["is_bit_field"].boolean(),
        type=_some_type_from_json(node["type"]),
        declared_at=node["declared_at"].location_or_none(),
    )


def _kind_from_json(node: JsonNode) -> Literal["struct", "union"]:
    match node.text():
        case "struct":
            return "struct"
        case "union":
            return "union"
        case other:
            raise node.error(f"{other!r} is neither struct nor union")


def _encoding_from_json(node: JsonNode) -> Encoding:
    try:
        return Encoding(node.text())
    except ValueError:
        raise node.error(f"there is no encoding {node.value!r}") from None
