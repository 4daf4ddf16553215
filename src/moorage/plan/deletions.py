"""Records whose row was deleted in the source: shown, and archived only on a person's word.

A row that the mapping merely does not take any more is not deleted. `meta.gone` (model, key,
odoo_id, todo, written_at, decision) holds the records that people are asked about; `todo` is what
to do where Odoo has no archive for the model.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moorage.destination import Destination
from moorage.ledger.ledger import Ledger
from moorage.mapping.target import TargetTable
from moorage.plan.conflicts import Answers, Conflict, note_conflicts
from moorage.plan.standing import append_rows
from moorage.staging.staging import Staging, identifier

#: Odoo's own user, who runs scheduled jobs: what it writes is nobody's decision.
_JOBS_USER_ID = 1
_ARCHIVE = "active"
#: What a person can do in Odoo with records of models that have no archive.
TODO = {
    "sale.order": "cancel the quotation in Odoo",
    "crm.stage": "delete the stage in Odoo once no opportunity is in it",
}
_TODO = "delete it in Odoo by hand, if nothing hangs on it"


@dataclass(frozen=True)
class _Gone:
    """A record of ours without a source row."""

    key: str
    odoo_id: int
    operation: str
    shared: bool


def find_deletions(  # noqa: PLR0917
    staging: Staging,
    ledger: Ledger,
    destination: Destination,
    destination_id: int,
    tables: Sequence[TargetTable],
    answers: Answers,
    *,
    is_sample: bool,
) -> None:
    """Add a row to `meta.plan` for each record whose source row is gone: 'gone' or 'archive'.

    One that people changed since it was loaded is a conflict, if it is to be archived.
    """
    staging.connection.execute(
        "CREATE OR REPLACE TABLE meta.gone"
        " (model VARCHAR, key VARCHAR, odoo_id BIGINT, todo VARCHAR, written_at VARCHAR,"
        " decision VARCHAR)"
    )
    entries = {table.entry: table for table in tables}
    decided = {(row.model, row.key): row.decision for row in answers.decisions.deletions}
    for model in sorted({table.model for table in tables}):
        gone = _gone(staging, model)
        if not gone:
            continue
        asked = [one for one in gone if one.operation == "created" and not one.shared]
        there = _there(destination, model, [one.odoo_id for one in asked])
        touched = _Touched(ledger, destination, destination_id, model)
        todo = "" if _ARCHIVE in destination.fields(model) else TODO.get(model, _TODO)
        fallback = next(table for table in tables if table.model == model)
        named = _entries(ledger, destination_id, model, [one.key for one in gone])
        for one in gone:
            table = entries.get(named.get(one.key, ""), fallback)
            decision = "" if is_sample else decided.get((model, one.key), "")
            operation, reason = _judge(
                staging, table, one, there.get(one.odoo_id), decision, todo, touched, answers
            )
            append_rows(staging, "meta.plan", [_planned(table, one, operation, reason)])
            found = there.get(one.odoo_id) if one in asked else None
            if found is not None and found.get(_ARCHIVE) is not False:
                written_at = str(found.get("write_date") or "")
                asking = (model, one.key, one.odoo_id, todo, written_at, decision)
                append_rows(staging, "meta.gone", [asking])


def _gone(staging: Staging, model: str) -> list[_Gone]:
    """Keys of the ledger that no row of the plan has, and no row of the source either."""
    connection = staging.connection
    rows = connection.execute(
        "SELECT split_part(r.key, ':', 2), r.key, r.odoo_id, r.operation, EXISTS (SELECT 1 FROM"
        " ledger_record AS m JOIN meta.plan AS p ON p.model = m.model AND p.key = m.key"
        " WHERE m.model = r.model AND m.odoo_id = r.odoo_id AND m.key <> r.key)"
        " FROM ledger_record AS r WHERE r.model = ? AND NOT EXISTS (SELECT 1 FROM meta.plan AS p"
        " WHERE p.model = r.model AND p.key = r.key) ORDER BY r.key",
        [model],
    ).fetchall()
    by_object: dict[str, list[_Gone]] = {}
    for name, *about in rows:
        by_object.setdefault(name, []).append(_Gone(*about))
    return [
        one for name, found in by_object.items() for one in _not_in_source(staging, name, found)
    ]


def _not_in_source(staging: Staging, name: str, found: list[_Gone]) -> list[_Gone]:
    """Those of `found` that the tidy table does not hold; none where there is no such table."""
    connection = staging.connection
    is_read = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'tidy' AND table_name = ?", [name]
    ).fetchall()
    if not is_read:
        return []
    ids = [one.key.split(":", 2)[2] for one in found]
    standing = {
        row[0]
        for row in connection.execute(
            f"SELECT CAST(id AS VARCHAR) FROM tidy.{identifier(name)}"
            " WHERE CAST(id AS VARCHAR) IN (SELECT unnest(?::VARCHAR[]))",
            [ids],
        ).fetchall()
    }
    return [one for one, known in zip(found, ids, strict=True) if known not in standing]


def _there(destination: Destination, model: str, ids: list[int]) -> dict[int, dict[str, Any]]:
    described = destination.fields(model)
    names = [name for name in (_ARCHIVE, "write_uid", "write_date") if name in described]
    pages = destination.pages(model, [("id", "in", ids)], names or ["id"]) if ids else iter(())
    return {row["id"]: row for page in pages for row in page}


def _entries(
    ledger: Ledger, destination_id: int, model: str, keys: Sequence[str]
) -> dict[str, str]:
    """The entry that each key was loaded by."""
    rows = ledger.connection.execute(
        "SELECT key, entry FROM record WHERE destination_id = ? AND model = ?"
        " AND key IN (SELECT value FROM json_each(?))",
        (destination_id, model, json.dumps(list(keys))),
    ).fetchall()
    return {row["key"]: row["entry"] for row in rows}


class _Touched:
    """Who changed a record since we wrote it last."""

    def __init__(
        self, ledger: Ledger, destination: Destination, destination_id: int, model: str
    ) -> None:
        self._own_user = destination.identity.user_id
        # After a run without an end nobody can tell our own user's writes from a person's.
        is_known = not ledger.has_unended_loads(destination_id)
        self._last = ledger.last_odoo_time(destination_id) if is_known else None
        self._noted = {row["odoo_id"] for row in ledger.touched(destination_id, model)}

    def by(self, row: dict[str, Any]) -> bool:
        """Whether people changed the record, now or before an earlier run."""
        user_id = int(row.get("write_uid") or 0)
        if row["id"] in self._noted or user_id not in (0, _JOBS_USER_ID, self._own_user):
            return True
        written_at = str(row.get("write_date") or "")
        return user_id == self._own_user and self._last is not None and written_at > self._last


def _judge(  # noqa: PLR0911, PLR0917
    staging: Staging,
    table: TargetTable,
    one: _Gone,
    there: dict[str, Any] | None,
    decision: str,
    todo: str,
    touched: _Touched,
    answers: Answers,
) -> tuple[str, str]:
    """The operation for one record, and why."""
    gone = "deleted in the source"
    if one.operation != "created":
        return "gone", f"{gone}; its record was in Odoo before, or belongs to another row"
    if one.shared:
        return "gone", f"{gone}; its record stands for other rows too"
    if there is None:
        return "gone", f"{gone}, and in Odoo"
    if there.get(_ARCHIVE) is False:
        return "gone", f"{gone}; archived in Odoo"
    if decision == "keep":
        return "gone", f"{gone}; decided: stays in Odoo"
    if not decision:
        return "gone", f"{gone}; nobody has decided what becomes of its record"
    if todo:
        return "gone", f"{gone}; Odoo has no archive for {table.model}: {todo}"
    if touched.by(there):
        user, at = there.get("write_uid"), str(there.get("write_date") or "")
        conflict = Conflict(
            one.key, one.odoo_id, _ARCHIVE, True, at, None, int(user) if user else None, at
        )
        note_conflicts(staging, table, [conflict], answers)
        answer = answers.of(table.model, conflict)
        if answer == "odoo":
            return "gone", f"{gone}; decided: stays in Odoo, where people changed it"
        if answer != "source":
            return "conflict", f"{gone}, but changed in Odoo since: left as it is in Odoo"
    return "archive", f"{gone}; archived by decision"


def _planned(table: TargetTable, one: _Gone, operation: str, reason: str) -> tuple[object, ...]:
    _, source_object, source_id = one.key.split(":", 2)
    return (
        table.entry, table.model, one.key, operation, one.odoo_id, None, reason, None, table.phase,
        "", "", source_object, source_id,
    )  # fmt: skip


def count_undecided(staging: Staging) -> int:
    """How many records wait for a word on what becomes of them."""
    ((count,),) = staging.connection.execute(
        "SELECT count(*) FROM meta.gone WHERE decision = ''"
    ).fetchall()
    return int(count)
