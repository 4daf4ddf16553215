"""A value made comparable, whoever holds it: Odoo, a target row, or a call about to be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from moorage.mapping.target import TargetField

_TAG = re.compile(r"<[^>]+>|\s+")

#: Odoo rounds amounts to its decimals; half a cent is nobody's change.
_ROUNDING = 0.005 + 1e-9


def still(field: TargetField, there: Any, was: Any) -> bool:
    """Whether Odoo's value still is the one that was loaded; both as `comparable` gives them."""
    if field.type in ("float", "monetary"):
        return is_close(there, was)
    return bool(there == was)


def is_close(amount: Any, other: Any) -> bool:
    """Whether two amounts are the same but for Odoo's rounding."""
    return bool(abs(float(amount) - float(other)) <= _ROUNDING)


def comparable(field: TargetField, value: Any) -> Any:
    """A value as it can be compared: Odoo's, a target row's or one about to be sent."""
    if field.many:
        if value and isinstance(value[0], list):
            value = value[0][2]
        return sorted(value or [])
    if field.type in ("float", "monetary", "integer"):
        return round(float(value or 0), 6)
    if field.type == "boolean":
        return bool(value)
    return _text(field, value) or False


def _text(field: TargetField, value: Any) -> Any:
    if field.type == "html":
        # Odoo's sanitiser rewrites markup; words are what people change.
        return _TAG.sub("", str(value or ""))
    if isinstance(value, str) and field.type == "datetime":
        return value[:19].replace("T", " ")
    return value


def bring_ids(
    connection: duckdb.DuckDBPyConnection,
    ledger_table: str,
    fields: Iterable[TargetField],
    rows: Sequence[Mapping[str, Any]],
) -> dict[str, dict[str, int]]:
    """For each link among `fields` where the keys stand that `rows` hold: key → Odoo's id.

    `ledger_table` has the columns model, key, odoo_id. Keys that stand nowhere are left out.
    """
    found: dict[str, dict[str, int]] = {}
    for field in fields:
        keys = {key for row in rows for key in keys_in(row.get(field.name))}
        if field.holds == "link" and keys:
            found[field.name] = dict(
                connection.execute(
                    "SELECT k.key, i.odoo_id FROM (SELECT unnest(?::VARCHAR[]) AS key) AS k"
                    f" JOIN {ledger_table} AS i ON i.model = {field.lands_sql('k.key')}"
                    " AND i.key = k.key",
                    [sorted(keys)],
                ).fetchall()
            )
    return found


def as_in_odoo(field: TargetField, value: Any, ids: Mapping[str, Mapping[str, int]]) -> Any:
    """A value of a target row, comparable with Odoo's: its keys as the ids of `bring_ids`."""
    if field.holds == "link" and value:
        known = ids.get(field.name, {})
        found = sorted({known[key] for key in keys_in(value) if key in known})
        value = found if isinstance(value, list) else (found or [False])[0]
    return comparable(field, value)


def standing(value: Any, known: Mapping[str, int]) -> Any:
    """What a link of a target row holds, without the keys that stand nowhere; None for nothing."""
    there = [key for key in keys_in(value) if key in known]
    if isinstance(value, list):
        return there or None
    return there[0] if there else None


def keys_in(value: Any) -> list[str]:
    """The keys that a link of a target row holds, one or several."""
    if not value:
        return []
    return value if isinstance(value, list) else [value]
