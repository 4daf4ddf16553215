"""The project's ledger. The coordinator is its one writer; readers may look at any time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from moorage.destination import DestinationIdentity
from moorage.errors import RefusedError, StoppedError


@dataclass(frozen=True)
class Receipt:
    """What one write gave: the key, the id Odoo gave it, and the target row as it went."""

    key: str
    odoo_id: int
    digest: str
    loaded: str


@dataclass(frozen=True)
class SetAside:
    """A row that did not go: its key, a short code, the reason in words, its place."""

    key: str
    code: str
    reason: str
    place: str = ""


@dataclass(frozen=True)
class Warned:
    """A row that went with something left out: its key, the field, a short code, the words."""

    key: str
    field: str
    code: str
    message: str


@dataclass(frozen=True)
class Change:
    """One field about to be overwritten: what stood there (JSON) and what comes (JSON)."""

    key: str
    odoo_id: int
    field: str
    before: str
    after: str


def now_text() -> str:
    """This moment in UTC, as the ledger writes times."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Ledger:
    """An open ledger. Statuses move forward only; every write is a transaction of its own."""

    def __init__(self, path: Path) -> None:
        """Open `path`, creating the tables where they are not."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may take the last moments of a WAL in mode NORMAL; the intents must survive
        # it, and batches are few, so every commit reaches the disk.
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.connection.executescript(files(__package__).joinpath("schema.sql").read_text())

    def close(self) -> None:
        """Close the ledger. Safe to call twice."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing of it; StoppedError when the disk is full."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise StoppedError(
                f"the ledger cannot be written ({error})",
                where=str(self.path),
                state="What it holds is whole; calls under way are looked up at the next start.",
                todo="Make room on the disk or mend its rights, then run the same command again.",
            ) from error

    # -- destinations and runs ---------------------------------------------------------------

    def destination(self, name: str, identity: DestinationIdentity) -> int:
        """The id of destination `name`; RefusedError if another database answers under it."""
        row = self.connection.execute(
            "SELECT id, database_uuid FROM destination WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            with self.transaction() as connection:
                cursor = connection.execute(
                    "INSERT INTO destination (name, url, database, database_uuid, first_seen_at)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (name, identity.url, identity.database, identity.database_uuid, now_text()),
                )
            return int(cursor.lastrowid or 0)
        if row["database_uuid"] != identity.database_uuid:
            raise RefusedError(
                f"destination {name!r} is another database than the one this project wrote to",
                where=f"{identity.url} ({identity.database})",
                state="Nothing was changed.",
                todo="Point it back, or give the new database another name in moorage.yaml.",
            )
        return int(row["id"])

    def start_run(
        self, destination_id: int, kind: str, plan_digest: str, odoo_started_at: str | None = None
    ) -> int:
        """A new run, or the unfinished one of the same kind and plan, which is gone on with."""
        row = self.connection.execute(
            "SELECT id FROM run WHERE destination_id = ? AND kind = ? AND plan_digest = ?"
            " AND status IN ('running', 'stopped') ORDER BY id DESC LIMIT 1",
            (destination_id, kind, plan_digest),
        ).fetchone()
        with self.transaction() as connection:
            if row is not None:
                connection.execute("UPDATE run SET status = 'running' WHERE id = ?", (row["id"],))
                self._event(connection, row["id"], "run resumed", {})
                return int(row["id"])
            cursor = connection.execute(
                "INSERT INTO run (destination_id, kind, plan_digest, started_at, odoo_started_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (destination_id, kind, plan_digest, now_text(), odoo_started_at),
            )
            run_id = int(cursor.lastrowid or 0)
            self._event(connection, run_id, "run started", {"kind": kind})
        return run_id

    def end_run(
        self, run_id: int, status: str, report: Any = None, odoo_ended_at: str | None = None
    ) -> None:
        """Close a run as 'done', 'stopped', 'rolled_back' or 'partly_rolled_back'."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE run SET status = ?, ended_at = ?, report = coalesce(?, report),"
                " odoo_ended_at = coalesce(?, odoo_ended_at) WHERE id = ?",
                (
                    status,
                    now_text(),
                    None if report is None else json.dumps(report),
                    odoo_ended_at,
                    run_id,
                ),
            )
            self._event(connection, run_id, f"run {status}", {})

    def runs(self, destination_id: int | None = None) -> list[sqlite3.Row]:
        """All runs, oldest first."""
        where, values = (
            ("", ()) if destination_id is None else ("WHERE destination_id = ?", (destination_id,))
        )
        return self.connection.execute(f"SELECT * FROM run {where} ORDER BY id", values).fetchall()

    def event(self, run_id: int | None, what: str, **detail: Any) -> None:
        """Note that something happened. Keys and counts only, never a person's data."""
        with self.transaction() as connection:
            self._event(connection, run_id, what, detail)

    @staticmethod
    def _event(
        connection: sqlite3.Connection, run_id: int | None, what: str, detail: dict[str, Any]
    ) -> None:
        connection.execute(
            "INSERT INTO event (at, run_id, what, detail) VALUES (?, ?, ?, ?)",
            (now_text(), run_id, what, json.dumps(detail)),
        )

    # -- batches and receipts ----------------------------------------------------------------

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

    def last_odoo_time(self, destination_id: int) -> str | None:
        """Odoo's clock at the end of the last run that ended; None before the first."""
        row = self.connection.execute(
            "SELECT max(odoo_ended_at) AS moment FROM run"
            " WHERE destination_id = ? AND kind = 'load' AND status = 'done'",
            (destination_id,),
        ).fetchone()
        return None if row["moment"] is None else str(row["moment"])

    def has_unended_loads(self, destination_id: int) -> bool:
        """Whether a load that wrote something was stopped, or is under way."""
        row = self.connection.execute(
            "SELECT count(*) AS count FROM run JOIN batch ON batch.run_id = run.id"
            " WHERE destination_id = ? AND kind = 'load' AND run.status IN ('running', 'stopped')",
            (destination_id,),
        ).fetchone()
        return bool(row["count"])

    def created_models(self, destination_id: int) -> list[str]:
        """The models in which runs created records."""
        rows = self.connection.execute(
            "SELECT DISTINCT model FROM record"
            " WHERE destination_id = ? AND operation = 'created' ORDER BY model",
            (destination_id,),
        )
        return [row["model"] for row in rows]

    def touch(self, rows: Sequence[tuple[int, str, int, str, int | None]]) -> None:
        """Note records that people changed: destination, model, id, when seen, by which user."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO touched (destination_id, model, odoo_id, touched_at,"
                " user_id) VALUES (?, ?, ?, ?, ?)",
                rows,
            )

    def set_aside_rows(self, destination_id: int) -> list[sqlite3.Row]:
        """All rows set aside and not loaded since."""
        return self.connection.execute(
            "SELECT * FROM set_aside WHERE destination_id = ? ORDER BY model, key",
            (destination_id,),
        ).fetchall()

    # -- updates -----------------------------------------------------------------------------

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
