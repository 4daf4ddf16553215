"""The file behind the ledger, and the rows that go into it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from moorage.errors import StoppedError


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


@dataclass(frozen=True)
class LeftValue:
    """What people made of a field, as Odoo gave it (JSON), and who wrote the record last, when."""

    odoo_id: int
    field: str
    found: str
    user_id: int
    written_at: str


def now_text() -> str:
    """This moment in UTC, as the ledger writes times."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Store:
    """An open ledger file: one writer, readers at any time, every write a transaction."""

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
