"""Records that were there before: matched ones, merged ones, and merges taken back."""

from __future__ import annotations

from collections.abc import Sequence

from moorage.ledger import SetAside
from moorage.load.batches import Outcome, Row
from moorage.load.work import PhaseCount, Work
from moorage.mapping.target import TargetTable

_PART = 1000


def match(work: Work, table: TargetTable, count: PhaseCount) -> None:
    """Write External IDs on the Odoo records that the plan matched."""
    rows = work.connection.execute(
        "SELECT key, odoo_id, digest, loaded FROM meta.plan"
        " WHERE entry = ? AND operation = 'match'",
        [table.entry],
    ).fetchall()
    _adopt(work, table, "match", [(Row(k, "", d, loaded), i) for k, i, d, loaded in rows])
    count.matched = len(rows)


def merge(work: Work, table: TargetTable, count: PhaseCount) -> None:
    """Write the External IDs of merged keys on the records that stand for them."""
    rows = work.connection.execute(
        "SELECT p.key, p.into_key, i.odoo_id FROM meta.plan p"
        " LEFT JOIN meta.ids i ON i.model = p.model AND i.key = p.into_key"
        " WHERE p.entry = ? AND p.operation = 'merge'",
        [table.entry],
    ).fetchall()
    _adopt(
        work,
        table,
        "merge",
        [(Row(key, "", "", "{}"), odoo_id) for key, _, odoo_id in rows if odoo_id],
    )
    lost = [
        SetAside(key, "link_missing", f"merged into {into_key}, which was not loaded", key)
        for key, into_key, odoo_id in rows
        if not odoo_id
    ]
    work.set_aside(table, lost)
    count.set_aside += len(lost)
    count.merged = len(rows) - len(lost)


def take_back_merges(work: Work, table: TargetTable) -> None:
    """Free the keys that were merged once and shall be records of their own now."""
    merged = work.ledger.merged_keys(work.destination_id, table.model)
    if not merged:
        return
    planned = work.connection.execute(
        "SELECT key FROM meta.plan WHERE entry = ? AND operation = 'create'"
        " AND key IN (SELECT unnest(?::VARCHAR[]))",
        [table.entry, merged],
    ).fetchall()
    keys = [key for (key,) in planned]
    if keys:
        work.destination.release(table.model, keys)
        work.ledger.forget_merged(work.destination_id, table.model, keys)
        work.connection.execute(
            "DELETE FROM meta.ids WHERE model = ? AND key IN (SELECT unnest(?::VARCHAR[]))",
            [table.model, keys],
        )


def _adopt(work: Work, table: TargetTable, operation: str, rows: Sequence[tuple[Row, int]]) -> None:
    known = _known(work, table.model) if rows else set()
    new = [(row, odoo_id) for row, odoo_id in rows if row.key not in known]
    for start in range(0, len(new), _PART):
        part = new[start : start + _PART]
        keys = [row.key for row, _ in part]
        batch_id = work.ledger.intend(work.run_id, table.entry, table.model, operation, keys)
        work.destination.adopt(table.model, {row.key: odoo_id for row, odoo_id in part})
        outcome = Outcome([row.receipt(odoo_id) for row, odoo_id in part])
        work.receive(table, batch_id, outcome, {"match": "matched", "merge": "merged"}[operation])


def _known(work: Work, model: str) -> set[str]:
    rows = work.connection.execute("SELECT key FROM meta.ids WHERE model = ?", [model]).fetchall()
    return {key for (key,) in rows}
