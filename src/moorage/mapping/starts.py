"""Where a field's chain begins: a column, several, an SQL expression or a constant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moorage.mapping.expressions import ExpressionError, column
from moorage.mapping.ground import Ground
from moorage.mapping.shapes import as_text
from moorage.mapping.spec import FieldRule
from moorage.mapping.transforms import Kind
from moorage.mapping.transforms.base import near
from moorage.staging.staging import literal


@dataclass(frozen=True)
class Start:
    """SQL over the tidy row, the kind of value it gives, and the tidy columns it reads."""

    sql: str
    kind: Kind
    columns: tuple[str, ...] = ()


def start_of(
    ground: Ground, source_object: str, rule: FieldRule, path: Sequence[Any]
) -> Start | None:
    """The start of `rule`, or None after errors were noted at `path`."""
    given = [bool(rule.from_), rule.sql is not None, "value" in rule.model_fields_set]
    if sum(given) != 1:
        ground.error("needs exactly one of from, sql and value", path)
        return None
    if rule.sql is not None:
        return _expression(ground, source_object, rule.sql, path)
    if rule.from_:
        return _columns(ground, source_object, rule.from_, path)
    return _constant(rule)


def _expression(ground: Ground, source_object: str, text: str, path: Sequence[Any]) -> Start | None:
    try:
        found = ground.expressions.scalar(text, source_object)
    except ExpressionError as error:
        ground.error(str(error), (*path, "sql"))
        return None
    return Start(found.sql, found.kind, found.columns)


def _columns(
    ground: Ground, source_object: str, names: Sequence[str], path: Sequence[Any]
) -> Start | None:
    known = ground.expressions.columns[source_object]
    unknown = [(place, name) for place, name in enumerate(names) if name not in known]
    for place, name in unknown:
        message = f"{source_object} has no field {name!r}{near(name, known)}"
        ground.error(message, (*path, "from", place))
    if unknown:
        return None
    if len(names) > 1:
        listed = ", ".join(_as_text(column(name), known[name][1]) for name in names)
        return Start(f"[{listed}]", "many", tuple(names))
    only, kind = column(names[0]), known[names[0]][1]
    # A source may hold numbers in a column it calls text, ids above all.
    return Start(f"CAST({only} AS VARCHAR)" if kind == "text" else only, kind, tuple(names))


def _constant(rule: FieldRule) -> Start:
    value = rule.value
    if isinstance(value, list):
        if not value and not rule.link and not rule.find:
            return Start("CAST([] AS BIGINT[])", "list")
        return Start(f"CAST([{', '.join(literal(item) for item in value)}] AS VARCHAR[])", "list")
    if isinstance(value, bool):
        return Start(as_text(value), "boolean")
    return Start("CAST(NULL AS VARCHAR)" if value is None else literal(as_text(value)), "text")


def _as_text(sql: str, kind: Kind) -> str:
    return f"array_to_string({sql}, ', ')" if kind == "list" else f"CAST({sql} AS VARCHAR)"
