"""The options of a query: read, checked against the table, refused as documented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_plus

from moorage.sources.opex365.demo.conditions import condition
from moorage.sources.opex365.demo.errors import bad_query, not_served, unknown_property
from moorage.sources.opex365.demo.filters import parse_filter
from moorage.sources.opex365.demo.schema import Attribute, Table, collection_name, tables

MAX_PAGE = 5000
MAX_EXPANDS = 15
KNOWN = frozenset(
    (
        "$select", "$filter", "$orderby", "$expand", "$top", "$count", "$skiptoken", "$deltatoken",
        "$apply", "fetchXml",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Expansion:
    """One `$expand`: over a lookup (`lookup` is the row's own), or of a collection."""

    name: str
    table: Table
    lookup: Attribute
    is_collection: bool
    query: Query


@dataclass(frozen=True)
class Query:
    """What is asked of a table."""

    properties: tuple[Attribute, ...]
    where: str | None = None
    order: tuple[tuple[str, bool], ...] = ()
    top: int | None = None
    count: bool = False
    expansions: tuple[Expansion, ...] = field(default=())


def options_of(query: str) -> dict[str, str]:
    """The options of a query string, decoded; a plus is a space. Aliases (`@p`) are kept."""
    found: dict[str, str] = {}
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            decoded = unquote_plus(name)
            if decoded in found:
                raise bad_query(f"Query option '{decoded}' was specified more than once.")
            found[decoded] = unquote_plus(value)
    return found


def query_of(table: Table, options: Mapping[str, str]) -> Query:
    """The query that `options` ask of `table`."""
    for name in options:
        if name.startswith("@"):
            continue
        if name == "$skip":
            raise bad_query("Skip Clause is not supported in CRM")
        if name not in KNOWN:
            raise bad_query(f"The query parameter {name} is not supported")
    if "fetchXml" in options:
        raise not_served("fetchXml")
    if "$apply" in options:
        raise bad_query("$apply cannot be combined with paging or with one row.")
    return _query(table, options, depth=0, alias="r")


def _query(table: Table, options: Mapping[str, str], *, depth: int, alias: str) -> Query:
    where = None
    if "$filter" in options:
        text = options["$filter"]
        for name, value in options.items():
            if name.startswith("@"):
                text = re.sub(rf"{re.escape(name)}\b", value.replace("\\", r"\\"), text)
        where = condition(parse_filter(text), table, alias)
    return Query(
        _selected(table, options.get("$select")),
        where,
        _ordered(table, options.get("$orderby")),
        _number(options.get("$top"), "$top"),
        _truth(options.get("$count")),
        _expanded(table, options.get("$expand"), depth=depth),
    )


def _selected(table: Table, text: str | None) -> tuple[Attribute, ...]:
    properties = table.properties
    if text is None or text.strip() == "*":
        return tuple(properties.values())
    names = [name.strip() for name in text.split(",")]
    chosen = dict.fromkeys([*names, table.key])
    for name in names:
        if name not in properties:
            raise unknown_property(name, table.name)
    if any(properties[name].type == "Money" for name in names):
        chosen["_transactioncurrencyid_value"] = None
    return tuple(properties[name] for name in chosen)


def _ordered(table: Table, text: str | None) -> tuple[tuple[str, bool], ...]:
    found = []
    for part in (text or "").split(","):
        words = part.split()
        if not words:
            continue
        if words[0] not in table.properties:
            raise unknown_property(words[0], table.name)
        if len(words) > 2 or (len(words) == 2 and words[1] not in ("asc", "desc")):
            raise bad_query(f"Syntax error at position {len(part)} in '{text}'.")
        found.append((words[0], words[-1] == "desc"))
    return tuple(found)


def _number(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if not text.isdigit():
        raise bad_query(f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def _truth(text: str | None) -> bool:
    if text not in (None, "true", "false"):
        raise bad_query(f"Invalid value '{text}' for $count query option found.")
    return text == "true"


def _expanded(table: Table, text: str | None, *, depth: int) -> tuple[Expansion, ...]:
    if not text:
        return ()
    parts = split_outside(text, ",")
    if len(parts) > MAX_EXPANDS:
        raise bad_query(f"The number of $expand in the query exceeds {MAX_EXPANDS}.")
    return tuple(_expansion(table, part.strip(), depth=depth) for part in parts)


def _expansion(table: Table, text: str, *, depth: int) -> Expansion:
    name, _, inside = text.partition("(")
    options = dict(
        part.strip().split("=", 1)
        for part in split_outside(inside[:-1] if inside else "", ";")
        if part
    )
    for option in options:
        if option not in ("$select", "$filter", "$orderby", "$top", "$expand"):
            raise bad_query(f"The query option '{option}' is not supported in $expand.")
    navigations = table.navigations()
    if name in navigations and navigations[name][1] in tables():
        lookup, target = navigations[name]
        goal = tables()[target]
        query = _query(goal, options, depth=depth + 1, alias=f"e{depth}")
        return Expansion(name, goal, lookup, False, query)
    found = collection_of(table, name)
    if found is None:
        raise unknown_property(name, table.name)
    if "$orderby" in options or "$top" in options:
        raise not_served("$orderby and $top in $expand")
    query = _query(found.table, options, depth=depth + 1, alias=f"e{depth}")
    return replace(found, query=query)


def collection_of(table: Table, name: str) -> Expansion | None:
    """The collection of that name on rows of `table`: the rows of another that point to them."""
    for other in tables().values():
        for lookup in other.attributes.values():
            leads = lookup.is_lookup and table.name in _leads_to(lookup)
            if leads and collection_name(other, lookup, table.name) == name:
                return Expansion(name, other, lookup, True, Query(()))
    return None


def _leads_to(lookup: Attribute) -> tuple[str, ...]:
    """The tables a lookup leads to; one to activities leads to each activity table."""
    if "activitypointer" not in lookup.targets:
        return lookup.targets
    return (
        *lookup.targets,
        *(known.name for known in tables().values() if "activity" in known.flags),
    )


def split_outside(text: str, mark: str) -> list[str]:
    """Split at `mark` outside of parentheses and strings."""
    parts, depth, quote, start = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == "'":
            quote = not quote
        elif not quote:
            depth += (letter == "(") - (letter == ")")
            if letter == mark and depth == 0:
                parts.append(text[start:at])
                start = at + 1
    return [*parts, text[start:]]
