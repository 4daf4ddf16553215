"""The staging database of a project.

One DuckDB file with four schemas: `raw` (as the source gave it, with `_key` and `_digest`),
`tidy` (one row per object, built by the source's SQL), `target` (built by the mapping, columns are
Odoo fields) and `meta`. An extraction fills `raw_next` and takes the place of `raw` in one
transaction at its end, so a killed extraction leaves the former one whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from moorage.errors import RefusedError, SettingsError, StoppedError
from moorage.sources.base import RawTable
from moorage.staging.interval import MARKS, Interval, marks_of
from moorage.staging.quoting import identifier, literal, with_metadata

__all__ = ["ExtractReport", "Staging", "identifier", "literal"]

#: What DuckDB may take, in MB; what needs more is spilled to disk, but for single large values.
MEMORY_LIMIT_MB = 700
MEMORY_VARIABLE = "MOORAGE_MEMORY_MB"
#: Below this a second thread costs more than it brings (a quarter more CPU in the demo).
SMALL_ROWS = 50_000
#: The fact that says what the target tables were filled from, while nothing changed them since.
TARGET_OF = "target_of"

#: What DuckDB raises when it cannot write, at once, at a commit, or ever after; or has no memory.
_LIMIT_ERRORS = (
    duckdb.IOException,
    duckdb.TransactionException,
    duckdb.FatalException,
    duckdb.OutOfMemoryException,
)


@dataclass(frozen=True)
class ExtractReport:
    """What an extraction brought: rows by raw table, and the digest of the snapshot.

    `in_part` are the tables read only in part, with the rows read of each.
    """

    row_counts: dict[str, int]
    digest: str
    extracted_at: datetime
    in_part: dict[str, int] = field(default_factory=dict)


class Staging:
    """An open staging database. One process at a time may write it."""

    def __init__(self, path: Path, *, threads: int = 2, read_only: bool = False) -> None:
        """Open `path`, creating it where it is not; StoppedError if the disk refuses."""
        path.parent.mkdir(parents=True, exist_ok=True)
        spill = path.parent / "spill"
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{_memory_mb()}MB",
            "threads": str(threads),
            "temp_directory": str(spill),
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        self.path = path
        self._threads = threads
        try:
            self.connection = duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.IOException as error:
            raise RefusedError(
                "the staging database cannot be opened",
                where=str(path),
                todo=f"Close what else uses it, or look at the disk. ({error})",
            ) from error
        # From here on nothing, a mapping's SQL included, reads or writes any other file.
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET TimeZone = 'UTC'")
        if not read_only:
            for schema in ("raw", "tidy", "target", "meta"):
                self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            self.connection.execute(
                "CREATE TABLE IF NOT EXISTS meta.facts (name VARCHAR PRIMARY KEY, value VARCHAR)"
            )
            self._fit_threads()

    def close(self) -> None:
        """Close the database. Safe to call twice."""
        self.connection.close()

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        """Close; StoppedError in place of what DuckDB says when disk or memory is used up."""
        if isinstance(error, _LIMIT_ERRORS):
            with contextlib.suppress(duckdb.Error):
                self.close()
            raise self._stopped(error) from error
        self.close()

    def _fit_threads(self) -> None:
        """One thread for a small extraction; all for a large one, and before the first."""
        counts = self.recall("raw_counts")
        small = counts is not None and sum(counts.values()) < SMALL_ROWS
        self.connection.execute(f"SET threads = {1 if small else self._threads}")

    # -- facts -------------------------------------------------------------------------------

    def remember(self, name: str, value: Any) -> None:
        """Keep one fact about the staging (JSON) under `name`."""
        self.connection.execute(
            "INSERT OR REPLACE INTO meta.facts VALUES (?, ?)", [name, json.dumps(value)]
        )

    def recall(self, name: str) -> Any:
        """The fact under `name`, or None."""
        # All rows are fetched, here and elsewhere: DuckDB 2 keeps the result of a half-read query
        # open, and refuses to register a table beside it.
        rows = self.connection.execute(
            "SELECT value FROM meta.facts WHERE name = ?", [name]
        ).fetchall()
        return json.loads(rows[0][0]) if rows else None

    @property
    def digest(self) -> str | None:
        """The digest of the snapshot that stands in `raw`, or None before the first extraction."""
        digest = self.recall("snapshot_digest")
        return None if digest is None else str(digest)

    # -- extraction --------------------------------------------------------------------------

    def extract(
        self,
        tables: Sequence[RawTable],
        on_rows: Any = None,
        *,
        since_last: bool = False,
    ) -> ExtractReport:
        """Copy all of `tables` into `raw`, replacing what is there; all or nothing.

        `on_rows(table, rows)` is called after each batch. Rows equal in every column and without a
        primary key (pivot rows) are kept, told apart by their occurrence. With `since_last`, tables
        that can say what changed are read in part, and the rest of their rows kept.
        """
        connection = self.connection
        connection.execute("DROP SCHEMA IF EXISTS raw_next CASCADE")
        connection.execute("CREATE SCHEMA raw_next")
        extracted_at = datetime.now(UTC)
        names = [table.name for table in tables]
        try:
            interval = Interval(self, on_rows) if since_last else None
            counts = {}
            for table in tables:
                in_part = interval.copy(table) if interval else None
                counts[table.name] = self.copy(table, on_rows) if in_part is None else in_part
            digest = self._snapshot_digest(names)
            facts = {
                "snapshot_digest": digest,
                "extracted_at": extracted_at.isoformat(),
                "raw_counts": counts,
                MARKS: marks_of(tables),
            }
            self._swap(names, facts)
        except duckdb.Error as error:
            raise self._stopped(error) from error
        self._fit_threads()
        return ExtractReport(counts, digest, extracted_at, interval.read if interval else {})

    def copy(self, table: RawTable, on_rows: Any) -> int:
        """Copy all of one table into `raw_next`; how many rows."""
        name = f"raw_next.{identifier(table.name)}"
        created = False
        count = 0
        for batch in table.batches():
            source = pa.Table.from_batches([batch])
            self.connection.register("incoming", source)
            select = with_metadata(source.schema.names, table.key)
            if not created:
                self.connection.execute(f"CREATE TABLE {name} AS {select} LIMIT 0")
                created = True
            self.connection.execute(f"INSERT INTO {name} {select}")
            self.connection.unregister("incoming")
            count += batch.num_rows
            if on_rows is not None:
                on_rows(table.name, count)
        if not created:
            raise StoppedError(
                f"the source gave no columns for table {table.name}",
                state="The former extraction stands unchanged.",
                todo="Report this: a source must give an empty batch for an empty table.",
            )
        return count

    def _snapshot_digest(self, names: Iterable[str]) -> str:
        digest = hashlib.sha256()
        for name in sorted(names):
            rows = self.connection.execute(
                "SELECT count(*), coalesce(sum(CAST(hash(_key, _digest) AS HUGEINT)), 0)"
                f" FROM raw_next.{identifier(name)}"
            ).fetchall()
            digest.update(f"{name}:{rows[0]}\n".encode())
        return digest.hexdigest()

    def _swap(self, names: Sequence[str], facts: Mapping[str, Any]) -> None:
        connection = self.connection
        connection.execute("BEGIN")
        for schema in ("tidy", "target"):
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(
            "DELETE FROM meta.facts WHERE name LIKE 'tidy%' OR name = ?", [TARGET_OF]
        )
        connection.execute("DROP SCHEMA raw CASCADE")
        connection.execute("CREATE SCHEMA raw")
        for name in names:
            table = identifier(name)
            connection.execute(f"CREATE TABLE raw.{table} AS FROM raw_next.{table}")
            connection.execute(f"DROP TABLE raw_next.{table}")
        for fact, value in facts.items():
            self.remember(fact, value)
        connection.execute("COMMIT")
        connection.execute("DROP SCHEMA raw_next CASCADE")

    def _stopped(self, error: duckdb.Error) -> StoppedError:
        if isinstance(error, duckdb.OutOfMemoryException):
            return StoppedError(
                f"values of this size need more than the {_memory_mb()} MB of memory that"
                " staging takes",
                where=str(self.path),
                state="What stood in staging and in Odoo stands unchanged.",
                todo="Look for records of many megabytes. Give staging more memory for them"
                f" ({MEMORY_VARIABLE}=2000) and run it again, or drop that field in mapping.yaml.",
            )
        free_mb = shutil.disk_usage(self.path.parent).free // 1_000_000
        reason = "the disk is full" if free_mb < 200 else "the staging database refused a write"
        return StoppedError(
            f"{reason} ({type(error).__name__}, {free_mb} MB free)",
            where=str(self.path),
            state="The former extraction stands unchanged, and what was written to Odoo is noted.",
            todo="Make room on the disk, then run the same command again.",
        )

    def tidy(self, statements: Iterable[str], settings: Mapping[str, Any]) -> None:
        """Build the tidy tables anew from `raw`.

        `settings` are the mapping's: what a person decided about this source. The statements read
        them from `meta.settings` (name, value JSON).
        """
        statements = list(statements)
        connection = self.connection
        self.remember("tidy_statements", statements)
        self.remember("tidy_settings", None)
        self.remember(TARGET_OF, None)
        connection.execute("CREATE OR REPLACE TABLE meta.settings (name VARCHAR, value JSON)")
        for name, value in settings.items():
            connection.execute("INSERT INTO meta.settings VALUES (?, ?)", [name, json.dumps(value)])
        connection.execute("DROP SCHEMA IF EXISTS tidy CASCADE")
        connection.execute("CREATE SCHEMA tidy")
        for statement in statements:
            connection.execute(statement)
        self.remember("tidy_settings", dict(settings))

    def tidy_again(self, settings: Mapping[str, Any]) -> None:
        """Build the tidy tables anew if a person changed `settings` since, or a kill left them
        half built; the source is not needed for it.
        """
        statements = self.recall("tidy_statements")
        if statements is None:
            raise StoppedError(
                "the last extraction was not completed",
                where=str(self.path),
                state="The source was only read; nothing was written to Odoo.",
                todo="Run `moorage extract` again.",
            )
        if self.recall("tidy_settings") != json.loads(json.dumps(dict(settings))):
            self.tidy(statements, settings)


def _memory_mb() -> int:
    given = os.environ.get(MEMORY_VARIABLE, "")
    if given and not (given.isdecimal() and int(given) >= MEMORY_LIMIT_MB):
        raise SettingsError(
            f"{MEMORY_VARIABLE} is {given!r}",
            state="Nothing was opened.",
            todo=f"Give it megabytes, {MEMORY_LIMIT_MB} or more.",
        )
    return int(given or MEMORY_LIMIT_MB)
