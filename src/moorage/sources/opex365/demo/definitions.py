"""Serves the definitions of tables, option sets, relationships with $select, $filter, $expand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moorage.sources.opex365.demo import metadata
from moorage.sources.opex365.demo.errors import (
    RefusedError,
    bad_query,
    not_served,
    unknown_property,
    unknown_resource,
)
from moorage.sources.opex365.demo.filters import Node, parse_filter
from moorage.sources.opex365.demo.query import split_outside

_KEYED = re.compile(r"(\w+)\((?:LogicalName|Name)='([^']*)'\)|(\w+)\(([0-9a-fA-F-]{36})\)")
#: The sets of definitions.
SETS = ("EntityDefinitions", "GlobalOptionSetDefinitions", "RelationshipDefinitions")
_ONE_TO_MANY = "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata"
_LINKS = ("OptionSet", "GlobalOptionSet")
_CASTS = (
    "AttributeMetadata", "BigIntAttributeMetadata", "BooleanAttributeMetadata",
    "DateTimeAttributeMetadata", "DecimalAttributeMetadata", "DoubleAttributeMetadata",
    "EntityNameAttributeMetadata", "FileAttributeMetadata", "ImageAttributeMetadata",
    "IntegerAttributeMetadata",
    "LookupAttributeMetadata", "MemoAttributeMetadata", "MoneyAttributeMetadata",
    "MultiSelectPicklistAttributeMetadata", "PicklistAttributeMetadata", "StateAttributeMetadata",
    "StatusAttributeMetadata", "StringAttributeMetadata", "ManagedPropertyAttributeMetadata",
    "UniqueIdentifierAttributeMetadata",
)  # fmt: skip
_RELATIONS: dict[str, Callable[[str], list[dict[str, Any]]]] = {
    "ManyToOneRelationships": metadata.many_to_one,
    "OneToManyRelationships": metadata.one_to_many,
    "ManyToManyRelationships": lambda _: [],
    "Keys": lambda _: [],
}
_COLLECTIONS = ("Attributes", *_RELATIONS)


def definition_answer(segments: list[str], options: Mapping[str, str]) -> dict[str, Any]:
    """The body for a path that begins with one of `SETS`; refused where it leads nowhere."""
    for option in options:
        if option not in ("$select", "$filter", "$expand", "$count", "LabelLanguages"):
            raise bad_query(f"The query option '{option}' is not supported on metadata.")
    head, *rest = segments
    found = _KEYED.fullmatch(head)
    if found is None:
        return _all_of(head, rest, options)
    name = _name(found)
    if head.startswith("GlobalOptionSetDefinitions"):
        sets = metadata.global_option_sets()
        if name not in sets:
            raise RefusedError(404, "0x80060888", f"Could not find optionset with name {name}")
        return _shaped(sets[name], options, "OptionSetMetadata", links=())
    if name not in metadata.entities():
        raise RefusedError(
            404, "0x80060888",
            f"The entity with a name = '{name}' with namemapping = 'Logical' was not found in the "
            "MetadataCache.",
        )  # fmt: skip
    if not rest:
        return _entity(name, options)
    return _below(name, rest, options)


def _name(found: re.Match[str]) -> str:
    if found[2] is not None:
        return found[2]
    known = {row["MetadataId"]: name for name, row in metadata.entities().items()}
    known |= {row["MetadataId"]: name for name, row in metadata.global_option_sets().items()}
    return known.get(found[4].lower(), found[4])


def _all_of(head: str, rest: list[str], options: Mapping[str, str]) -> dict[str, Any]:
    if head == "RelationshipDefinitions" and rest in ([], [_ONE_TO_MANY]):
        relations = [row for name in metadata.entities() for row in metadata.many_to_one(name)]
        class_ = _ONE_TO_MANY.rpartition(".")[2]
        kept = _filtered(relations, options, class_)
        return {"value": [_shaped(row, options, class_, links=()) for row in kept]}
    if rest:
        raise unknown_resource(rest[0])
    if head == "GlobalOptionSetDefinitions":
        if "$filter" in options:
            raise bad_query(
                "The $filter query option is not supported on GlobalOptionSetDefinitions."
            )
        sets = metadata.global_option_sets().values()
        return {"value": [_shaped(row, options, "OptionSetMetadata", links=()) for row in sets]}
    if head != "EntityDefinitions":
        raise unknown_resource(head)
    rows = _filtered(metadata.entities().values(), options, "EntityMetadata")
    return {"value": [_entity(row["LogicalName"], options) for row in rows]}


def _entity(name: str, options: Mapping[str, str]) -> dict[str, Any]:
    own = {key: value for key, value in options.items() if key != "$expand"}
    shaped = _shaped(metadata.entities()[name], own, "EntityMetadata", links=())
    for part in split_outside(options.get("$expand", ""), ","):
        if part:
            collection, _, inside = part.strip().partition("(")
            if collection not in _COLLECTIONS:
                raise unknown_property(collection, "EntityMetadata")
            given = split_outside(inside[:-1], ";") if inside else []
            inner = dict(entry.strip().split("=", 1) for entry in given)
            shaped[collection] = _below(name, [collection], inner)["value"]
    return shaped


def _below(name: str, rest: list[str], options: Mapping[str, str]) -> dict[str, Any]:
    collection, *more = rest
    keyed = _KEYED.fullmatch(collection)
    if collection.startswith("Attributes"):
        rows = metadata.attributes(name)
        if keyed:
            if keyed[2] not in rows:
                raise RefusedError(
                    404, "0x80060888", f"Could not find an attribute with name {keyed[2]}"
                )
            return _attributes([rows[keyed[2]]], more, options)["value"][0]  # type: ignore[no-any-return]
        return _attributes(rows.values(), more, options)
    relations = _RELATIONS.get(collection)
    if relations is None or more:
        raise unknown_resource(rest[-1])
    type_ = "OneToManyRelationshipMetadata"
    rows_ = _filtered(relations(name), options, type_)
    return {"value": [_shaped(row, options, type_, links=()) for row in rows_]}


def _attributes(
    rows: Iterable[dict[str, Any]], cast: list[str], options: Mapping[str, str]
) -> dict[str, Any]:
    class_ = "AttributeMetadata"
    if cast:
        class_ = cast[0].removeprefix("Microsoft.Dynamics.CRM.")
        if (
            not cast[0].startswith("Microsoft.Dynamics.CRM.")
            or class_ not in _CASTS
            or len(cast) > 1
        ):
            raise unknown_resource(cast[0])
        rows = [row for row in rows if row["@odata.type"] == f"#Microsoft.Dynamics.CRM.{class_}"]
    elif "$expand" in options:
        raise unknown_property(options["$expand"].partition("(")[0], "AttributeMetadata")
    kept = _filtered(rows, options, class_)
    links = _LINKS if cast and "Picklist" in class_ + "Picklist" else ()
    return {
        "value": [_shaped(row, options, class_, links=links, is_cast=bool(cast)) for row in kept]
    }


def _shaped(
    row: dict[str, Any],
    options: Mapping[str, str],
    class_: str,
    *,
    links: tuple[str, ...],
    is_cast: bool = True,
) -> dict[str, Any]:
    """A definition with the members `$select` and `$expand` ask for; `links` may be expanded."""
    expanded = [
        part.strip().partition("(")[0] for part in split_outside(options.get("$expand", ""), ",")
    ]
    for name in filter(None, expanded):
        if name not in links or name not in row:
            raise unknown_property(name, class_)
    plain = {key: value for key, value in row.items() if key not in _LINKS and key != "@odata.type"}
    if "$select" in options:
        names = [name.strip() for name in options["$select"].split(",")]
        for name in names:
            if name not in plain and not (
                class_ == "AttributeMetadata" and not is_cast and name in row
            ):
                raise unknown_property(name, class_)
        plain = {name: plain[name] for name in [*names, "MetadataId"]}
    typed = {} if is_cast or "@odata.type" not in row else {"@odata.type": row["@odata.type"]}
    return typed | plain | {name: row[name] for name in expanded if name}


def _filtered(
    rows: Iterable[dict[str, Any]], options: Mapping[str, str], class_: str
) -> list[dict[str, Any]]:
    if "$filter" not in options:
        return list(rows)
    node = parse_filter(options["$filter"])
    return [row for row in rows if _holds(node, row, class_)]


def _holds(node: Node, row: dict[str, Any], class_: str) -> bool:
    kind = node[0]
    if kind in ("and", "or"):
        left, right = _holds(node[1], row, class_), _holds(node[2], row, class_)
        return left and right if kind == "and" else left or right
    if kind == "not":
        return not _holds(node[1], row, class_)
    if kind == "call":
        message = f'The "{node[1]}" function isn\'t supported for Metadata Entities.'
        raise RefusedError(501, "0x8006088a", message)
    if kind != "compare":
        raise bad_query("The $filter expression must evaluate to a single boolean value.")
    _, operator, left, right = node
    value: Any = row
    for step in left[1].split("/"):
        if not isinstance(value, dict) or step not in value:
            raise unknown_property(step, class_)
        value = value[step]
    if isinstance(value, dict):
        raise bad_query(f"Filtering on '{left[1]}' is not supported.")
    wanted = _plain(right, value)
    if operator in ("eq", "ne"):
        return bool(value == wanted) is (operator == "eq")
    raise not_served(f"{operator} in a filter on metadata")


def _plain(node: Node, value: Any) -> Any:
    kind, given = node[1], node[2]
    if kind == "enum":
        return given.partition("'")[2][:-1]
    if kind == "number":
        return float(given)
    if kind == "string" and isinstance(value, bool):
        raise bad_query("A binary operator with incompatible types was detected.")
    return given
