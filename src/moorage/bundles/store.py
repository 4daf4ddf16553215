"""The bundle's own database: each file or sheet one table of texts, for as long as it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

MEMORY_LIMIT_MB = 300
BATCH_ROWS = 20_000
LINE = "_line"

Row = tuple[int, list[str]]


def identifier(name: str) -> str:
    """`name` quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


class Store:
    """A database in a folder that is thrown away with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect(
            str(folder / "bundle.duckdb"),
            config={
                "memory_limit": f"{MEMORY_LIMIT_MB}MB",
                "threads": "2",
                "temp_directory": str(folder / "spill"),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
        self.connection.execute("SET enable_external_access = false")
        self._count = 0

    def close(self) -> None:
        """Close the database. Safe to call twice."""
        self.connection.close()

    def add(self, columns: Sequence[str], rows: Iterable[Row]) -> tuple[str, int]:
        """Keep `rows` as a new table with these columns; its name and how many rows it has.

        Cells of nothing but blanks are NULL; characters that no database takes are gone.
        """
        self._count += 1
        table = f"t{self._count}"
        declared = ", ".join(f"{identifier(name)} VARCHAR" for name in columns)
        between = ", " if columns else ""
        self.connection.execute(f"CREATE TABLE {table} ({declared}{between}{LINE} BIGINT)")
        cells = "".join(
            f"CASE WHEN trim(c{n}, chr(9) || chr(10) || chr(13) || chr(160) || ' ') = '' THEN NULL"
            f" ELSE replace(c{n}, chr(0), '') END, "
            for n in range(len(columns))
        )
        count = 0
        for batch in _batches(rows, len(columns)):
            self.connection.register("incoming", batch)
            self.connection.execute(f"INSERT INTO {table} SELECT {cells}l FROM incoming")
            self.connection.unregister("incoming")
            count += batch.num_rows
        return table, count

    def drop_empty(self, table: str, name: str) -> bool:
        """Remove the column `name` if it holds nothing; whether it did."""
        column = identifier(name)
        ((count,),) = self.connection.execute(f"SELECT count({column}) FROM {table}").fetchall()
        if count:
            return False
        self.connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        return True

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query as Arrow batches, on a cursor of its own."""
        cursor = self.connection.cursor()
        try:
            reader: pa.RecordBatchReader = cursor.sql(query).to_arrow_reader(BATCH_ROWS)
            yield from reader
        finally:
            cursor.close()


def _batches(rows: Iterable[Row], width: int) -> Iterator[pa.Table]:
    stream = iter(rows)
    while some := list(islice(stream, BATCH_ROWS)):
        columns = zip(*(cells for _, cells in some), strict=True) if width else ()
        arrays = [pa.array(column, pa.string()) for column in columns]
        lines = pa.array([line for line, _ in some], pa.int64())
        yield pa.table([*arrays, lines], names=[*(f"c{n}" for n in range(width)), "l"])
