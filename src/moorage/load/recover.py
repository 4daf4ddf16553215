"""After a kill: find out what became of the calls whose answer was never written down."""

from __future__ import annotations

import json
from collections.abc import Sequence

import duckdb

from moorage.destination import Destination
from moorage.ledger import Ledger, Receipt
from moorage.load.rows import UNFINISHED, as_created_sql
from moorage.mapping.target import TargetTable
from moorage.staging.staging import literal


def recover(
    ledger: Ledger,
    destination: Destination,
    destination_id: int,
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[TargetTable],
) -> int:
    """Close every open batch by asking Odoo; how many were open.

    A creation that Odoo knows by External ID gets its receipt, as one of this run's: what of the
    row comes later (`tables` say what) is not said to be done. Adoptions and updates are the same
    done twice as once, so their batches are closed and the work is simply done again.
    """
    by_entry = {table.entry: table for table in tables}
    batches = ledger.open_batches(destination_id)
    for batch in batches:
        keys = json.loads(batch["keys"])
        receipts: list[Receipt] = []
        if batch["operation"] == "create":
            found = destination.find_keys(batch["model"], keys)
            planned = _planned(connection, by_entry.get(batch["entry"]), list(found))
            receipts = [
                Receipt(key, odoo_id, *planned.get(key, (UNFINISHED, "{}")))
                for key, odoo_id in found.items()
            ]
        ledger.receive(batch["id"], destination_id, receipts)
        ledger.event(
            batch["run_id"], "batch found again", batch=batch["id"], sent=len(keys),
            standing=len(receipts),
        )  # fmt: skip
    _recover_changes(ledger, destination, destination_id)
    return len(batches)


def _recover_changes(ledger: Ledger, destination: Destination, destination_id: int) -> None:
    """Settle before-images without an answer: done where Odoo has the new value, else forgotten.

    A before-image must not be taken again after a write that did happen: it would hold the new
    value. The record's digest was not moved on, so the next plan completes what is forgotten.
    """
    for change in ledger.open_changes(destination_id):
        domain = [("id", "=", change["odoo_id"])]
        pages = destination.pages(change["model"], domain, [change["field"]])
        current = [row[change["field"]] for page in pages for row in page]
        settle = ledger.forget_changes
        if current and current[0] != json.loads(change["before"]):
            settle = ledger.changes_done
        settle(change["run_id"], change["model"], [change["key"]])


def _planned(
    connection: duckdb.DuckDBPyConnection, table: TargetTable | None, keys: list[str]
) -> dict[str, tuple[str, str]]:
    """What the ledger is to hold of `keys`: digest and text of the target row as it was sent."""
    if table is None:
        return {}
    rows = connection.execute(
        f"SELECT p.key, {as_created_sql(table)} FROM meta.plan AS p"
        f" WHERE p.entry = {literal(table.entry)} AND p.key IN (SELECT unnest(?::VARCHAR[]))",
        [keys],
    ).fetchall()
    return {key: (digest, loaded) for key, digest, loaded in rows}
