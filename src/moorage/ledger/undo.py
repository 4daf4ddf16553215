"""The ledger read backwards: what stands in a destination by our doing, and that it no longer does.

All functions are safe to repeat: a rollback that was killed is simply run again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

from moorage.ledger.ledger import Ledger

_SCOPE = "run.destination_id = ? AND (? IS NULL OR run.id = ?)"


def load_runs(ledger: Ledger, destination_id: int, run_id: int | None) -> list[sqlite3.Row]:
    """The load runs in question, oldest first; those rolled back already are left out."""
    return ledger.connection.execute(
        f"SELECT * FROM run WHERE {_SCOPE} AND kind = 'load' AND status <> 'rolled_back'"
        " ORDER BY id",
        (destination_id, run_id, run_id),
    ).fetchall()


def standing(ledger: Ledger, destination_id: int) -> Iterator[sqlite3.Row]:
    """Every record of the destination: model, key, odoo_id, operation, loaded, run_id."""
    for page in ledger.records(destination_id):
        yield from page


def creation_order(ledger: Ledger, destination_id: int) -> dict[tuple[str, str], int]:
    """For each (model, key) the batch that first sent it: later batches link to earlier ones."""
    order: dict[tuple[str, str], int] = {}
    rows = ledger.connection.execute(
        "SELECT batch.id, batch.model, batch.keys FROM batch JOIN run ON run.id = batch.run_id"
        " WHERE run.destination_id = ? AND batch.operation = 'create' ORDER BY batch.id",
        (destination_id,),
    )
    for batch_id, model, keys in rows:
        for key in json.loads(keys):
            order.setdefault((model, key), batch_id)
    return order


def last_runs(ledger: Ledger, destination_id: int) -> dict[tuple[str, str], int]:
    """For each changed (model, key) the latest run that changed it."""
    rows = ledger.connection.execute(
        "SELECT change.model, change.key, max(change.run_id) FROM change"
        " JOIN run ON run.id = change.run_id WHERE run.destination_id = ?"
        " AND change.status = 'done' GROUP BY 1, 2",
        (destination_id,),
    ).fetchall()
    return {(model, key): run_id for model, key, run_id in rows}


def changes(ledger: Ledger, destination_id: int, run_id: int | None) -> list[sqlite3.Row]:
    """Before-images not yet put back, latest first."""
    return ledger.connection.execute(
        f"SELECT change.* FROM change JOIN run ON run.id = change.run_id WHERE {_SCOPE}"
        " AND change.status IN ('intended', 'done', 'kept') ORDER BY change.id DESC",
        (destination_id, run_id, run_id),
    ).fetchall()


def touched_ids(ledger: Ledger, destination_id: int) -> dict[str, set[int]]:
    """Records that people were found to have changed between runs, by model."""
    found: dict[str, set[int]] = {}
    rows = ledger.connection.execute(
        "SELECT model, odoo_id FROM touched WHERE destination_id = ?", (destination_id,)
    )
    for model, odoo_id in rows:
        found.setdefault(model, set()).add(odoo_id)
    return found


def preparations(ledger: Ledger, destination_id: int) -> list[sqlite3.Row]:
    """Fields and settings that still stand by our doing."""
    return ledger.connection.execute(
        "SELECT * FROM preparation WHERE destination_id = ? AND status IN ('intended', 'done')"
        " ORDER BY id",
        (destination_id,),
    ).fetchall()


def forget(ledger: Ledger, destination_id: int, model: str, keys: Sequence[str]) -> None:
    """These keys stand in Odoo no more; what was changed on them needs no way back."""
    place = [(destination_id, model, key) for key in keys]
    with ledger.transaction() as connection:
        for table in ("record", "warning"):
            connection.executemany(
                f"DELETE FROM {table} WHERE destination_id = ? AND model = ? AND key = ?", place
            )
        connection.executemany(
            "UPDATE change SET status = 'restored' WHERE model = ? AND key = ?"
            " AND run_id IN (SELECT id FROM run WHERE destination_id = ?)",
            [(model, key, destination_id) for key in keys],
        )


def mark_change(ledger: Ledger, destination_id: int, change: sqlite3.Row, status: str) -> None:
    """A change is 'restored' (the record is what it was before it) or 'kept'."""
    with ledger.transaction() as connection:
        connection.execute("UPDATE change SET status = ? WHERE id = ?", (status, change["id"]))
        if status == "restored" and change["digest_before"] is not None:
            connection.execute(
                "UPDATE record SET digest = ?, loaded = ?"
                " WHERE destination_id = ? AND model = ? AND key = ?",
                (
                    change["digest_before"], change["loaded_before"] or "", destination_id,
                    change["model"], change["key"],
                ),
            )  # fmt: skip


def mark_runs(ledger: Ledger, destination_id: int, run_ids: Sequence[int], kept: set[int]) -> None:
    """Runs are 'rolled_back', or 'partly_rolled_back' where something of them was kept."""
    with ledger.transaction() as connection:
        for run_id in run_ids:
            status = "partly_rolled_back" if run_id in kept else "rolled_back"
            connection.execute("UPDATE run SET status = ? WHERE id = ?", (status, run_id))
            if run_id not in kept:
                connection.execute(
                    "DELETE FROM set_aside WHERE destination_id = ? AND run_id = ?",
                    (destination_id, run_id),
                )
