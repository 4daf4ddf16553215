"""Destinations and runs: which Odoo, which plan, from when to when."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from moorage.destination import DestinationIdentity
from moorage.errors import RefusedError
from moorage.ledger.store import Store, now_text

#: What a run that only made drafts of automation rules has in place of a plan's digest. It moved no
#: row of the source: there is nothing in it to verify or to sign for.
DRAFTS = "automation drafts"


class RunLog(Store):
    """The part of the ledger that knows destinations, runs and events."""

    def destination(self, name: str, identity: DestinationIdentity) -> int:
        """The id of destination `name`.

        RefusedError if another database answers under it, or this one has another name already.
        """
        row = self.connection.execute(
            "SELECT id, database_uuid FROM destination WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            self._refuse_second_name(identity)
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

    def _refuse_second_name(self, identity: DestinationIdentity) -> None:
        row = self.connection.execute(
            "SELECT name FROM destination WHERE url = ? AND database = ? AND database_uuid = ?",
            (identity.url, identity.database, identity.database_uuid),
        ).fetchone()
        if row is not None:
            raise RefusedError(
                f"this database is destination {row['name']!r} of the project already",
                where=f"{identity.url} ({identity.database})",
                state="Nothing was changed.",
                todo="Give each destination in moorage.yaml a database of its own; a rehearsal"
                " wants a copy.",
            )

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

    def odoo_started_at(self, run_id: int) -> str:
        """Odoo's clock when run `run_id` began, before it was ever killed."""
        row = self.connection.execute(
            "SELECT odoo_started_at FROM run WHERE id = ?", (run_id,)
        ).fetchone()
        return str(row["odoo_started_at"])

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

    def last_event(self) -> int:
        """The number of the newest event: it grows whenever something is done."""
        row = self.connection.execute("SELECT coalesce(max(id), 0) AS id FROM event").fetchone()
        return int(row["id"])

    def last_odoo_time(self, destination_id: int) -> str | None:
        """Odoo's clock at the end of the last run that ended; None before the first."""
        row = self.connection.execute(
            "SELECT max(odoo_ended_at) AS moment FROM run"
            " WHERE destination_id = ? AND kind = 'load' AND status = 'done'",
            (destination_id,),
        ).fetchone()
        return None if row["moment"] is None else str(row["moment"])

    def last_odoo_start(self, destination_id: int) -> str | None:
        """Odoo's clock at the start of the last run that ended; None before the first."""
        row = self.connection.execute(
            "SELECT max(odoo_started_at) AS moment FROM run"
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
