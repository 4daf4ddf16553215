"""Before-images of what was overwritten, and what people changed or is to be told to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from moorage.ledger.store import Change, LeftValue, Store, Warned


class ChangeLog(Store):
    """The part of the ledger that knows updates, warnings and records that people touched."""

    def intend_changes(self, run_id: int, model: str, changes: Sequence[Change]) -> None:
        """Write down before-images, before the call that overwrites them."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT INTO change (run_id, model, key, odoo_id, field, before, after,"
                " digest_before, loaded_before)"
                " SELECT ?, ?, ?, ?, ?, ?, ?, max(digest), max(loaded) FROM record"
                " WHERE model = ? AND key = ? AND destination_id ="
                " (SELECT destination_id FROM run WHERE id = ?)",
                [
                    (
                        run_id, model, change.key, change.odoo_id, change.field,
                        change.before, change.after, model, change.key, run_id,
                    )
                    for change in changes
                ],
            )  # fmt: skip

    def changes_done(self, run_id: int, model: str, keys: Sequence[str]) -> None:
        """The call that overwrote the fields of `keys` has answered."""
        self._mark_changes("UPDATE change SET status = 'done'", run_id, model, keys)

    def forget_changes(self, run_id: int, model: str, keys: Sequence[str]) -> None:
        """The call did not take effect: its before-images are of no use."""
        self._mark_changes("DELETE FROM change", run_id, model, keys)

    def _mark_changes(self, verb: str, run_id: int, model: str, keys: Sequence[str]) -> None:
        with self.transaction() as connection:
            connection.executemany(
                f"{verb} WHERE run_id = ? AND model = ? AND key = ? AND status = 'intended'",
                [(run_id, model, key) for key in keys],
            )

    def open_changes(self, destination_id: int) -> list[sqlite3.Row]:
        """Before-images of calls whose answer was never written down."""
        return self.connection.execute(
            "SELECT change.* FROM change JOIN run ON run.id = change.run_id"
            " WHERE change.status = 'intended' AND run.destination_id = ? ORDER BY change.id",
            (destination_id,),
        ).fetchall()

    def update_records(
        self, destination_id: int, model: str, rows: Sequence[tuple[str, str, str]]
    ) -> None:
        """The records of `rows` (digest, loaded, key) now stand in Odoo as those target rows."""
        with self.transaction() as connection:
            connection.executemany(
                "UPDATE record SET digest = ?, loaded = ?"
                " WHERE destination_id = ? AND model = ? AND key = ?",
                [(digest, loaded, destination_id, model, key) for digest, loaded, key in rows],
            )

    def loaded(self, destination_id: int, model: str, keys: Sequence[str]) -> dict[str, str]:
        """The target rows of `keys` as they were loaded last (JSON; '' where unknown)."""
        found = {}
        for key in keys:
            row = self.connection.execute(
                "SELECT loaded FROM record WHERE destination_id = ? AND model = ? AND key = ?",
                (destination_id, model, key),
            ).fetchone()
            found[key] = row["loaded"] if row else ""
        return found

    def warn(
        self, run_id: int, destination_id: int, entry: str, model: str, rows: Sequence[Warned]
    ) -> None:
        """Write down what was left out of rows that went."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO warning (destination_id, model, key, field, entry, run_id,"
                " code, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        destination_id,
                        model,
                        row.key,
                        row.field,
                        entry,
                        run_id,
                        row.code,
                        row.message,
                    )
                    for row in rows
                ],
            )

    def warnings(self, destination_id: int) -> list[sqlite3.Row]:
        """All warnings of a destination."""
        return self.connection.execute(
            "SELECT * FROM warning WHERE destination_id = ? ORDER BY model, key, field",
            (destination_id,),
        ).fetchall()

    def touched(self, destination_id: int, model: str) -> list[sqlite3.Row]:
        """Records that people changed between two runs: odoo_id, touched_at, user_id."""
        return self.connection.execute(
            "SELECT odoo_id, touched_at, user_id FROM touched"
            " WHERE destination_id = ? AND model = ?",
            (destination_id, model),
        ).fetchall()

    def touch(self, rows: Sequence[tuple[int, str, int, str, int | None]]) -> None:
        """Note records that people changed: destination, model, id, when seen, by which user."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO touched (destination_id, model, odoo_id, touched_at,"
                " user_id) VALUES (?, ?, ?, ?, ?)",
                rows,
            )

    def note_left(self, destination_id: int, model: str, values: Sequence[LeftValue]) -> None:
        """Note what people had made of fields before a run wrote to their records.

        Of a value that was noted before, the first note stays: it is nearer to who made it.
        """
        with self.transaction() as connection:
            connection.executemany(
                "INSERT INTO left_value (destination_id, model, odoo_id, field, found, user_id,"
                " written_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (destination_id, model, odoo_id, field) DO UPDATE SET"
                " found = excluded.found, user_id = excluded.user_id,"
                " written_at = excluded.written_at WHERE found <> excluded.found",
                [
                    (
                        destination_id, model, one.odoo_id, one.field, one.found, one.user_id,
                        one.written_at,
                    )
                    for one in values
                ],
            )  # fmt: skip

    def left(self, destination_id: int, model: str) -> list[LeftValue]:
        """What people had made of the fields of a model's records, where runs came upon it."""
        rows = self.connection.execute(
            "SELECT odoo_id, field, found, user_id, written_at FROM left_value"
            " WHERE destination_id = ? AND model = ?",
            (destination_id, model),
        )
        return [LeftValue(*row) for row in rows]
