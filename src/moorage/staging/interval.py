"""Extraction in part: what changed since the last one, laid over the rows that stand in `raw`.

Whatever cannot be told for sure sends a table back to being read whole: no mark of an earlier
extraction, other columns than then, or a key without a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from moorage.sources.base import Changes, RawTable
from moorage.staging.quoting import identifier, key_text, literal, with_metadata

if TYPE_CHECKING:
    from moorage.staging.staging import Staging

#: The fact that keeps each table's moment, in the source's own words.
MARKS = "marks"
_KEYS = "temp.standing_keys"


def marks_of(tables: Sequence[RawTable]) -> dict[str, str]:
    """The moment of this extraction for each table that can be read in part from it."""
    named = {table.name: table.changes.mark() for table in tables if table.changes is not None}
    return {name: mark for name, mark in named.items() if mark is not None}


class Interval:
    """One extraction in part. `read` holds, by table, how many rows came from the source."""

    def __init__(self, staging: Staging, on_rows: Any) -> None:
        self._connection = staging.connection
        self._marks: dict[str, str] = staging.recall(MARKS) or {}
        self._on_rows = on_rows
        self.read: dict[str, int] = {}

    def copy(self, table: RawTable) -> int | None:
        """Fill `raw_next` for `table` in part; its rows, or None if it must be read whole."""
        mark = self._marks.get(table.name)
        former = self._columns(table.name)
        if table.changes is None or mark is None or not former:
            return None
        name = f"raw_next.{identifier(table.name)}"
        self._connection.execute(
            f"CREATE TABLE {name} AS FROM raw.{identifier(table.name)} LIMIT 0"
        )
        count = self._changed(table, table.changes.since(mark), former)
        if count is None or not self._complete(table, table.changes):
            self._connection.execute(f"DROP TABLE {name}")
            return None
        self.read[table.name] = count
        ((rows,),) = self._connection.execute(f"SELECT count(*) FROM {name}").fetchall()
        return int(rows)

    def _columns(self, name: str) -> list[str]:
        rows = self._connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'raw'"
            f" AND table_name = {literal(name)} ORDER BY column_index"
        ).fetchall()
        return [column for (column,) in rows]

    def _changed(
        self, table: RawTable, batches: Iterator[pa.RecordBatch], former: Sequence[str]
    ) -> int | None:
        """Bring the changed rows; how many, or None if they have other columns than before."""
        count = 0
        for batch in batches:
            if [*batch.schema.names, "_key", "_digest"] != former:
                return None
            self._insert(
                f"INSERT INTO raw_next.{identifier(table.name)}"
                f" {with_metadata(batch.schema.names, table.key)}",
                batch,
            )
            count += batch.num_rows
            if self._on_rows is not None:
                self._on_rows(table.name, count)
        return count

    def _complete(self, table: RawTable, changes: Changes) -> bool:
        """Add the rows that stayed as they were; False if some key has no row then."""
        name = f"raw_next.{identifier(table.name)}"
        self._connection.execute("CREATE OR REPLACE TEMP TABLE standing_keys (_key VARCHAR)")
        for batch in changes.key_batches():
            self._insert(f"INSERT INTO {_KEYS} SELECT {key_text(table.key)} FROM incoming", batch)
        self._connection.execute(
            f"INSERT INTO {name} SELECT * FROM raw.{identifier(table.name)} AS former"
            f" WHERE _key IN (FROM {_KEYS}) AND _key NOT IN (SELECT _key FROM {name})"
        )
        ((lacking,),) = self._connection.execute(
            f"SELECT (SELECT count(*) FROM {_KEYS}) - (SELECT count(*) FROM {name})"
        ).fetchall()
        return bool(lacking == 0)

    def _insert(self, statement: str, batch: pa.RecordBatch) -> None:
        self._connection.register("incoming", pa.Table.from_batches([batch]))
        self._connection.execute(statement)
        self._connection.unregister("incoming")
