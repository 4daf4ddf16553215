"""Records whose source row was deleted: archived where people said so, with a way back."""

from __future__ import annotations

from typing import Any

import orjson

from moorage.errors import RowError
from moorage.ledger import Change, Warned
from moorage.load.rows import UNFINISHED
from moorage.load.work import PhaseCount, Work
from moorage.mapping.target import TargetTable

_PAGE = 200
_FIELD = "active"


def archive(work: Work, table: TargetTable, count: PhaseCount) -> None:
    """Archive what the plan says, one record at a time: each may be refused on its own.

    A record that somebody wrote to since the plan is left as it is, and counts as a conflict.
    """
    rows = work.connection.execute(
        "SELECT p.key, p.odoo_id, g.written_at FROM meta.plan AS p JOIN meta.gone AS g"
        " USING (model, key) WHERE p.entry = ? AND p.operation = 'archive' ORDER BY p.key",
        [table.entry],
    ).fetchall() if count.archived else []  # fmt: skip
    for at in range(0, len(rows), _PAGE):
        page = rows[at : at + _PAGE]
        there = _there(work, table, [odoo_id for _, odoo_id, _ in page])
        for key, odoo_id, written_at in page:
            _archive(work, table, count, key, there.get(odoo_id), written_at)


def _there(work: Work, table: TargetTable, ids: list[int]) -> dict[int, dict[str, Any]]:
    described = work.destination.fields(table.model)
    names = [name for name in (_FIELD, "write_date", "write_uid") if name in described]
    pages = work.destination.pages(table.model, [("id", "in", ids)], names)
    return {row["id"]: row for page in pages for row in page}


def _archive(  # noqa: PLR0917
    work: Work,
    table: TargetTable,
    count: PhaseCount,
    key: str,
    record: dict[str, Any] | None,
    written_at: str,
) -> None:
    if record is None:
        return
    if record[_FIELD] is False:
        # A kill came between the write and its receipt, or somebody was faster.
        _remember(work, table, key)
        return
    own = record.get("write_uid") == work.destination.identity.user_id
    if not own and str(record.get("write_date") or "") != written_at:
        message = "deleted in the source, but changed in Odoo since: left as it is in Odoo"
        _left(work, table, count, Warned(key, _FIELD, "conflict", message))
        return
    change = Change(key, record["id"], _FIELD, "true", "false")
    work.ledger.intend_changes(work.run_id, table.model, [change])
    try:
        work.destination.write(table.model, [record["id"]], {_FIELD: False})
    except RowError as error:
        work.ledger.forget_changes(work.run_id, table.model, [key])
        _left(work, table, count, Warned(key, _FIELD, "update_refused", error.reason))
        return
    work.ledger.changes_done(work.run_id, table.model, [key])
    _remember(work, table, key)


def _left(work: Work, table: TargetTable, count: PhaseCount, warned: Warned) -> None:
    work.ledger.warn(work.run_id, work.destination_id, table.entry, table.model, [warned])
    count.archived -= 1
    count.conflicts += 1


def _remember(work: Work, table: TargetTable, key: str) -> None:
    """Where the mapping fills `active`, it is archived that was loaded last.

    Should the row come back in the source, the next plan then sees a change.
    """
    former = work.ledger.loaded(work.destination_id, table.model, [key])[key]
    loaded = orjson.loads(former or "{}")
    if _FIELD in loaded:
        row = orjson.dumps({**loaded, _FIELD: False}).decode()
        work.ledger.update_records(work.destination_id, table.model, [(UNFINISHED, row, key)])
