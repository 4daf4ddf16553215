"""Differences that people made in Odoo, told apart from what is wrong.

The witness is told what was loaded last, by which user, and what runs found that people had left in
a field. It believes it for this alone: a difference stays a difference, it only gets a name beside
it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from moorage.destination import Destination
from moorage.mapping.target import TargetTable
from moorage.verify.differences import TABLE
from moorage.verify.reading import KEYS
from moorage.verify.report import SumCheck
from moorage.verify.richtext import say_the_same

#: Kinds of difference that somebody's work in Odoo can make.
_KINDS = ("field", "link", "check", "unfilled")
_CENT = Decimal("0.01")
#: Odoo rounds amounts to its decimals.
_ROUNDING = 0.005 + 1e-9

#: Who wrote and when: the user's id, and Odoo's time.
Write = tuple[int, str]


@dataclass(frozen=True)
class LastLoad:
    """What the ledger remembers, as far as it helps to tell who changed a value.

    `loaded(model, keys)` gives the target rows as they were loaded last, as JSON; `user_id` is the
    user that runs write as, `since` Odoo's time at the end of the last one. `left(model)` gives
    what people had made of fields, by record's id and field, when a run came upon it.
    """

    loaded: Callable[[str, Sequence[str]], Mapping[str, str]]
    user_id: int
    since: str
    left: Callable[[str], Mapping[tuple[int, str], Left]]


@dataclass(frozen=True)
class Left:
    """A field as people had left it: Odoo's value as JSON, of a file its checksum; by whom."""

    found: str
    write: Write


@dataclass(frozen=True)
class _Found:
    """A difference that may be somebody's work."""

    model: str
    key: str
    odoo_id: int
    field: str
    kind: str
    found: str | None


def attribute(
    connection: duckdb.DuckDBPyConnection,
    destination: Destination,
    tables: Sequence[TargetTable],
    last: LastLoad,
) -> None:
    """Write into the table of differences who changed the field and when, where people did."""
    marks = ", ".join("?" for _ in _KINDS)
    rows = connection.execute(
        f"SELECT model, key, odoo_id, field, kind, found FROM {TABLE} WHERE kind IN ({marks})"
        " AND odoo_id IS NOT NULL",
        list(_KINDS),
    ).fetchall()
    by_model: dict[str, list[_Found]] = defaultdict(list)
    for row in rows:
        by_model[row[0]].append(_Found(*row))
    made: list[tuple[str, str, str, int, str]] = []
    for model, found in by_model.items():
        fields = {
            f.name: f.compared for table in tables if table.model == model for f in table.fields
        }
        left = _still_left(destination, model, found, fields, last.left(model))
        writes = _writes(destination, model, sorted({one.odoo_id for one in found}), last.user_id)
        loaded = last.loaded(model, sorted({one.key for one in found if one.odoo_id in writes}))
        for one in found:
            row = json.loads(loaded.get(one.key) or "{}")
            if (place := (one.odoo_id, one.field)) in left:
                made.append((model, one.key, one.field, *left[place]))
            elif one.kind == "unfilled" and writes.get(one.odoo_id, (0, ""))[1] < last.since:
                continue  # a record matched: others wrote to it before we saw it
            elif one.odoo_id in writes and _is_new(connection, destination, one, row):
                made.append((model, one.key, one.field, *writes[one.odoo_id]))
    if made:
        _note(connection, destination, made)


def _still_left(
    destination: Destination,
    model: str,
    found: Sequence[_Found],
    compared: Mapping[str, str],
    left: Mapping[tuple[int, str], Left],
) -> dict[tuple[int, str], Write]:
    """Those of `found` that hold what people had left there, and who that was.

    The record's last writer may be our own user by now: it wrote to other fields.
    """
    asked = {
        (one.odoo_id, one.field): compared.get(one.field, one.field)
        for one in found
        if (one.odoo_id, one.field) in left
    }
    if not asked:
        return {}
    domain = [("id", "in", sorted({odoo_id for odoo_id, _ in asked}))]
    pages = destination.pages(model, domain, sorted(set(asked.values())))
    there = {row["id"]: row for page in pages for row in page}
    return {
        place: left[place].write
        for place, name in asked.items()
        if place[0] in there
        and _ordered(there[place[0]][name]) == _ordered(json.loads(left[place].found))
    }


def _ordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _writes(
    destination: Destination, model: str, ids: Sequence[int], own_user_id: int
) -> dict[int, Write]:
    """Who wrote to each record last, if it was not our own user: then it was after us."""
    found: dict[int, Write] = {}
    if "write_uid" not in destination.fields(model):
        return found
    pages = destination.pages(model, [("id", "in", list(ids))], ["write_uid", "write_date"])
    for page in pages:
        for row in page:
            user_id, at = int(row["write_uid"] or 0), str(row["write_date"] or "")
            if user_id not in (0, own_user_id):
                found[row["id"]] = (user_id, at)
    return found


def _is_new(  # noqa: PLR0911 - one way to compare per type
    connection: duckdb.DuckDBPyConnection,
    destination: Destination,
    one: _Found,
    loaded: dict[str, Any],
) -> bool:
    """Whether Odoo's value is not the one that was loaded. Totals are no value of ours."""
    if one.kind == "check":
        return True
    if one.field not in loaded:
        return False
    about = destination.fields(one.model).get(one.field)
    was, found = loaded[one.field], one.found or ""
    kind = about.type if about else "char"
    if isinstance(was, list) or kind in ("many2many", "one2many"):
        relation = (about.relation if about else None) or ""
        return _ids(found) != _ids_of(connection, relation, was or [])
    if kind in ("float", "monetary", "integer"):
        return abs(_number(found) - _number(was)) > _ROUNDING
    if kind == "boolean":
        return (found == "true") != bool(was)
    if kind == "html":
        return not say_the_same(str(was or ""), found)
    text = str(was or "")
    return found != (text[:19].replace("T", " ") if kind == "datetime" else text)


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return float("nan")


def _ids(found: str) -> set[int]:
    """The ids in the text of a list, `[id 3, id 4]`."""
    return {int(part) for part in found.replace("id", "").strip("[] ").split(",") if part.strip()}


def _ids_of(connection: duckdb.DuckDBPyConnection, model: str, keys: Sequence[Any]) -> set[int]:
    if not all(isinstance(key, str) for key in keys):
        return set(keys)
    rows = connection.execute(
        f"SELECT odoo_id FROM {KEYS} WHERE model = ? AND key IN (SELECT unnest(?::VARCHAR[]))",
        [model, list(keys)],
    ).fetchall()
    return {odoo_id for (odoo_id,) in rows}


def _note(
    connection: duckdb.DuckDBPyConnection,
    destination: Destination,
    made: Sequence[tuple[str, str, str, int, str]],
) -> None:
    users = sorted({row[3] for row in made})
    names = {
        row["id"]: str(row["name"])
        for page in destination.pages("res.users", [("id", "in", users)], ["name"])
        for row in page
    }
    told = [(*row[:3], names.get(row[3]) or f"user {row[3]}", row[4]) for row in made]
    columns = ("model", "key", "field", "by", "at")
    arrays = [pa.array(column, pa.string()) for column in zip(*told, strict=True)]
    connection.register("incoming", pa.table(arrays, names=columns))
    connection.execute(
        f'UPDATE {TABLE} AS d SET changed_by = p."by", changed_at = p."at" FROM incoming AS p'
        " WHERE p.model = d.model AND p.key = d.key AND p.field = d.field"
    )
    connection.unregister("incoming")


def explain_sums(
    connection: duckdb.DuckDBPyConnection, checks: Sequence[SumCheck]
) -> tuple[SumCheck, ...]:
    """Sums that differ by just what people changed are marked so."""
    by_field: dict[tuple[str, str], list[SumCheck]] = defaultdict(list)
    for check in checks:
        by_field[check.model, check.field].append(check)
    explained = {
        place: sum((c.found - c.expected for c in group), Decimal(0))
        == _changed(connection, *place)
        for place, group in by_field.items()
        if not all(c.agrees for c in group)
    }
    return tuple(
        replace(check, by_people=explained.get((check.model, check.field), False))
        if not check.agrees
        else check
        for check in checks
    )


def _changed(connection: duckdb.DuckDBPyConnection, model: str, field: str) -> Decimal:
    rows = connection.execute(
        f"SELECT expected, found FROM {TABLE} WHERE model = ? AND field = ?"
        " AND changed_by IS NOT NULL",
        [model, field],
    ).fetchall()
    pairs = ((Decimal(found or "0"), Decimal(expected or "0")) for expected, found in rows)
    return sum((a.quantize(_CENT) - b.quantize(_CENT) for a, b in pairs), Decimal(0))
