"""Batches and receipts: what was intended, and where every key stands."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from moorage.ledger.store import Receipt, SetAside, Store, now_text


class RecordLog(Store):
    """The part of the ledger that knows batches, records and rows set aside."""

    def intend(
        self, run_id: int, entry: str, model: str, operation: str, keys: Sequence[str]
    ) -> int:
        """Write down, before the call, which keys it is about to write."""
        with self.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO batch (run_id, entry, model, operation, keys, intended_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (run_id, entry, model, operation, json.dumps(list(keys)), now_text()),
            )
        return int(cursor.lastrowid or 0)

    def receive(
        self,
        batch_id: int,
        destination_id: int,
        receipts: Sequence[Receipt],
        refused: Sequence[SetAside] = (),
        *,
        operation: str = "created",
    ) -> None:
        """Write down, after the answer, what the call of `batch_id` did."""
        with self.transaction() as connection:
            batch = connection.execute("SELECT * FROM batch WHERE id = ?", (batch_id,)).fetchone()
            connection.executemany(
                "INSERT INTO record (destination_id, model, key, odoo_id, entry, operation, digest,"
                " loaded, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (destination_id, model, key) DO UPDATE SET"
                " digest = excluded.digest, loaded = excluded.loaded",
                [
                    (
                        destination_id, batch["model"], receipt.key, receipt.odoo_id,
                        batch["entry"], operation, receipt.digest, receipt.loaded,
                        batch["run_id"],
                    )
                    for receipt in receipts
                ],
            )  # fmt: skip
            connection.executemany(
                "DELETE FROM set_aside WHERE destination_id = ? AND model = ? AND key = ?",
                [(destination_id, batch["model"], receipt.key) for receipt in receipts],
            )
            self._set_aside(connection, destination_id, batch, refused)
            connection.execute(
                "UPDATE batch SET status = 'done', done_at = ? WHERE id = ?",
                (now_text(), batch_id),
            )

    @staticmethod
    def _set_aside(
        connection: sqlite3.Connection, destination_id: int, batch: Any, rows: Iterable[SetAside]
    ) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO set_aside (destination_id, model, key, entry, run_id, code,"
            " reason, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    destination_id, batch["model"], row.key, batch["entry"], batch["run_id"],
                    row.code, row.reason, row.place,
                )
                for row in rows
            ],
        )  # fmt: skip

    def put_aside(
        self, run_id: int, destination_id: int, entry: str, model: str, rows: Sequence[SetAside]
    ) -> None:
        """Write down rows that do not go, outside of any batch."""
        with self.transaction() as connection:
            place = {"model": model, "entry": entry, "run_id": run_id}
            self._set_aside(connection, destination_id, place, rows)

    def open_batches(self, destination_id: int) -> list[sqlite3.Row]:
        """Batches whose answer was never written down: their effect is unknown."""
        return self.connection.execute(
            "SELECT batch.* FROM batch JOIN run ON run.id = batch.run_id"
            " WHERE batch.status = 'intended' AND run.destination_id = ? ORDER BY batch.id",
            (destination_id,),
        ).fetchall()

    def records(self, destination_id: int) -> Iterator[list[sqlite3.Row]]:
        """All records of a destination in pages: model, key, odoo_id, operation, digest, loaded."""
        cursor = self.connection.execute(
            "SELECT model, key, odoo_id, entry, operation, digest, loaded, run_id FROM record"
            " WHERE destination_id = ? ORDER BY model, key",
            (destination_id,),
        )
        while page := cursor.fetchmany(20_000):
            yield page

    def ids(self, destination_id: int) -> Iterator[list[sqlite3.Row]]:
        """Where every key stands, in pages: model, key, odoo_id."""
        cursor = self.connection.execute(
            "SELECT model, key, odoo_id FROM record WHERE destination_id = ?", (destination_id,)
        )
        while page := cursor.fetchmany(20_000):
            yield page

    def created(
        self, destination_id: int, model: str, odoo_ids: Sequence[int]
    ) -> list[sqlite3.Row]:
        """What runs created among `odoo_ids`: odoo_id, entry, loaded."""
        return self.connection.execute(
            "SELECT odoo_id, entry, loaded FROM record WHERE destination_id = ? AND model = ?"
            " AND operation = 'created' AND odoo_id IN (SELECT value FROM json_each(?))",
            (destination_id, model, json.dumps(list(odoo_ids))),
        ).fetchall()

    def merged_keys(self, destination_id: int, model: str) -> list[str]:
        """The keys of `model` for which another key's record stands."""
        rows = self.connection.execute(
            "SELECT key FROM record"
            " WHERE destination_id = ? AND model = ? AND operation = 'merged'",
            (destination_id, model),
        )
        return [row["key"] for row in rows]

    def forget_merged(self, destination_id: int, model: str, keys: Sequence[str]) -> None:
        """A merge is taken back: these keys stand nowhere now."""
        with self.transaction() as connection:
            connection.executemany(
                "DELETE FROM record WHERE destination_id = ? AND model = ? AND key = ?"
                " AND operation = 'merged'",
                [(destination_id, model, key) for key in keys],
            )

    def set_aside_rows(self, destination_id: int) -> list[sqlite3.Row]:
        """All rows set aside and not loaded since."""
        return self.connection.execute(
            "SELECT * FROM set_aside WHERE destination_id = ? ORDER BY model, key",
            (destination_id,),
        ).fetchall()
