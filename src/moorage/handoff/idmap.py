"""The id map as Parquet, written beside the spreadsheets in the same pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from moorage.reports.tables import Row

_GROUP = 50_000
_SCHEMA = pa.schema(
    [
        ("object", pa.string()),
        ("source_id", pa.string()),
        ("model", pa.string()),
        ("odoo_id", pa.int64()),
        ("external_id", pa.string()),
        ("outcome", pa.string()),
        ("link", pa.string()),
    ]
)


@contextmanager
def with_parquet(path: Path, rows: Iterable[Row]) -> Iterator[Iterator[Row]]:
    """`rows` as they come; what was taken of them stands in `path` after the block.

    So many rows are in memory as one group holds. Without rows there is no file.
    """
    writer: pq.ParquetWriter | None = None
    group: list[Row] = []

    def flush() -> None:
        nonlocal writer
        if not group:
            return
        if writer is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = pq.ParquetWriter(path, _SCHEMA)
        columns = [pa.array(list(column)) for column in zip(*group, strict=True)]
        writer.write_table(pa.Table.from_arrays(columns, schema=_SCHEMA))
        group.clear()

    def taken() -> Iterator[Row]:
        for row in rows:
            group.append(row)
            if len(group) == _GROUP:
                flush()
            yield row

    try:
        yield taken()
        flush()
    finally:
        if writer is not None:
            writer.close()
