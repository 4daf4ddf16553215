"""The last step of records that become final, such as an invoice that is posted.

Odoo guards what a final record holds, so its lines stand before, and the amounts that Odoo computed
from them are set beside the source's. A record whose amounts differ does not become final.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, NamedTuple

import pyarrow as pa

from moorage.destination import Destination
from moorage.errors import RowError
from moorage.ledger import SetAside
from moorage.load.work import Work
from moorage.mapping.target import TargetTable
from moorage.staging.staging import identifier, literal

_AT_ONCE = 200
_READ_AT_ONCE = 2000
#: Amounts agree to the cent: half of one may go by rounding.
_CENT = 0.005 + 1e-9


class _Part(NamedTuple):
    """Records of one call: keys and ids, and the state they are led to."""

    keys: list[str]
    ids: list[int]
    wanted: str


def waves(tables: Sequence[TargetTable], destination: Destination) -> list[list[TargetTable]]:
    """`tables` in their order, parted in two where some want others to be final first."""
    late: list[TargetTable] = []
    for table in tables:
        needed = set(table.needs) & {one.entry for one in late}
        if needed or destination.profile(table.model).wants_final:
            late.append(table)
    early = [table for table in tables if table not in late]
    return [wave for wave in (early, late) if wave]


def make_final(work: Work, table: TargetTable, executor: Executor) -> list[SetAside]:
    """Lead the records that the plan created to their last state; those that may not or cannot.

    Twice is the same as once: who is there already is left alone.
    """
    profile = work.destination.profile(table.model)
    if not any(field.name == profile.final for field in table.fields):
        return []
    pairs = _pairs(table, profile.checked)
    _bring(work, table, profile.final, [amount for amount, _ in pairs])
    refused = [
        SetAside(key, "amounts_differ", f"not what the source says: {words}", key)
        for key, words in work.connection.execute(_differing_sql(table, pairs)).fetchall()
    ]
    waiting = _parts(work, table, profile.final, {row.key for row in refused})
    done, total = 0, sum(len(part.keys) for part in waiting)
    begun = [
        (
            part,
            work.ledger.intend(work.run_id, table.entry, table.model, "update", part.keys),
            executor.submit(_lead, work.destination, table.model, profile.final, part),
        )
        for part in waiting
    ]
    for part, batch_id, future in begun:
        refused += future.result()
        work.ledger.receive(batch_id, work.destination_id, [])
        done += len(part.keys)
        work.progress(table.entry, done, total)
    return refused


def why_not_final(
    work: Work, table: TargetTable, odoo_id: int, row: Mapping[str, Any], write: Mapping[str, Any]
) -> str:
    """Why an update of `row` may not lead its record to its last state; empty where it may.

    As for new records: what begins is not ended while an amount is not the source's.
    """
    profile = work.destination.profile(table.model)
    if not profile.final or profile.final not in write:
        return ""
    pairs = _pairs(table, profile.checked)
    names = [profile.final, *(amount for amount, _ in pairs)]
    pages = work.destination.pages(table.model, [("id", "=", odoo_id)], names)
    there = next((one for page in pages for one in page), None)
    if there is None or there[profile.final] != profile.begins_as:
        return ""
    return "; ".join(
        f"{amount} is {there[amount]} in Odoo, {row[expected]} in the source"
        for amount, expected in pairs
        if row[expected] is not False and abs(there[amount] - float(row[expected])) > _CENT
    )


def _pairs(table: TargetTable, checked: Sequence[str]) -> list[tuple[str, str]]:
    """Of the entry's sums like `amount_total=x_total`, those that Odoo knows before."""
    return [pair for pair in table.checks if pair[0] in checked]


def _created_sql(table: TargetTable) -> str:
    """FROM clause of the plan's creations that stand: target row `t`, `i.odoo_id`."""
    return (
        f"{table.table} AS t JOIN meta.plan AS p ON p.key = t.key"
        f" AND p.entry = {literal(table.entry)} AND p.operation = 'create'"
        " JOIN meta.ids AS i ON i.model = p.model AND i.key = t.key"
    )


def _bring(work: Work, table: TargetTable, final: str, amounts: Sequence[str]) -> None:
    """Fill `final_found` (id, state, each of `amounts`) with what Odoo holds of these records."""
    rows = work.connection.execute(
        f"SELECT i.odoo_id FROM {_created_sql(table)} ORDER BY 1"
    ).fetchall()
    ids = [odoo_id for (odoo_id,) in rows]
    columns = "".join(f", {identifier(name)} DOUBLE" for name in amounts)
    work.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE final_found (id BIGINT, state VARCHAR{columns})"
    )
    for start in range(0, len(ids), _READ_AT_ONCE):
        domain = [("id", "in", ids[start : start + _READ_AT_ONCE])]
        for page in work.destination.pages(table.model, domain, [final, *amounts]):
            found = pa.table(
                {name: [row[name] for row in page] for name in ["id", final, *amounts]}
            )
            work.connection.register("final_page", found)
            work.connection.execute("INSERT INTO final_found FROM final_page")
            work.connection.unregister("final_page")


def _differing_sql(table: TargetTable, pairs: Sequence[tuple[str, str]]) -> str:
    """SELECT (key, words) of the records of which an amount is not the source's."""
    words = [
        f"CASE WHEN abs(f.{identifier(amount)} - t.{identifier(expected)}) > {_CENT}"
        f" THEN {literal(amount + ' is ')} || f.{identifier(amount)} || ' in Odoo, '"
        f" || CAST(t.{identifier(expected)} AS DOUBLE) || ' in the source' END"
        for amount, expected in pairs
    ]
    # Gone is what an earlier try of this run, killed since, took back.
    said = ", ".join(["CASE WHEN f.id IS NULL THEN 'taken back before' END", *words])
    return (
        f"SELECT key, words FROM (SELECT t.key, concat_ws('; ', {said}) AS words"
        f" FROM {_created_sql(table)} LEFT JOIN final_found AS f ON f.id = i.odoo_id)"
        " WHERE words <> '' ORDER BY key"
    )


def _parts(work: Work, table: TargetTable, final: str, without: set[str]) -> list[_Part]:
    """The calls that are to be made, each for records that are led to the same state.

    In the order of their numbers: Odoo looks at all numbers between the first and last of a call.
    """
    order = "ORDER BY length(t.key), t.key"
    wanted = f"t.{identifier(final)}"
    rows = work.connection.execute(
        f"SELECT {wanted}, list(t.key {order}), list(i.odoo_id {order})"
        f" FROM {_created_sql(table)} JOIN final_found AS f ON f.id = i.odoo_id"
        f" WHERE {wanted} IS NOT NULL AND f.state IS DISTINCT FROM {wanted}"
        " AND NOT list_contains(?::VARCHAR[], t.key) GROUP BY 1 ORDER BY 1",
        [sorted(without)],
    ).fetchall()
    return [
        _Part(keys[start : start + _AT_ONCE], ids[start : start + _AT_ONCE], value)
        for value, keys, ids in rows
        for start in range(0, len(ids), _AT_ONCE)
    ]


def _lead(destination: Destination, model: str, final: str, part: _Part) -> list[SetAside]:
    """Lead all of `part` there; a refused call is halved until the refused ones stand alone."""
    try:
        destination.write(model, part.ids, {final: part.wanted})
    except RowError as error:
        if len(part.keys) == 1:
            key = part.keys[0]
            return [SetAside(key, error.code, f"Odoo refuses {part.wanted}: {error.reason}", key)]
        return [row for half in _halves(part) for row in _lead(destination, model, final, half)]
    return []


def _halves(part: _Part) -> Iterator[_Part]:
    middle = len(part.keys) // 2
    yield _Part(part.keys[:middle], part.ids[:middle], part.wanted)
    yield _Part(part.keys[middle:], part.ids[middle:], part.wanted)
