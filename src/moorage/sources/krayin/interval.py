"""What changed in a Krayin table since an earlier extraction, and whether it is written to now.

Krayin stamps `updated_at` with the wall clock of its time zone. The mark of an extraction is the
newest stamp it saw, never later than now, so that a wrong clock or a date typed in by hand cannot
hide what comes after. What Krayin changes without a stamp is not seen; see `does-and-does-not.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pyarrow as pa

from moorage.sources.base import Changes, TablePulse
from moorage.sources.krayin.reader import Reader, quoted
from moorage.sources.krayin.schema import Schema
from moorage.sources.krayin.tables import EXTRACTED, ExpectedTable

STAMP = "updated_at"
#: How far before the mark is read again: clocks of several servers, transactions that were under
#: way, and the hour that comes twice in autumn.
OVERLAP = timedelta(hours=2)
#: Stamps before this are none: MySQL's zero date among them.
FIRST = "1971-01-01"


def changes(reader: Reader, schema: Schema, expected: ExpectedTable, zone: str) -> Changes | None:
    """How to read `expected` in part; None where it has no stamp or no key of its own."""
    if expected.key != ("id",) or not schema.has(expected.name, STAMP):
        return None
    table = schema.prefix + expected.name
    return Changes(
        mark=partial(_mark, reader, table, zone),
        since=partial(_since, reader, table, schema.columns(expected)),
        key_batches=partial(reader.stream, table, [("id", True)]),
    )


def _mark(reader: Reader, table: str, zone: str) -> str | None:
    ((newest, now),) = reader.rows(
        f"SELECT max({quoted(STAMP)}), UTC_TIMESTAMP() FROM {quoted(table)}"
    )
    if newest is None or newest < FIRST:
        return None
    moment = datetime.fromisoformat(str(now)).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return min(str(newest)[:19], f"{moment:%Y-%m-%d %H:%M:%S}")


def _since(
    reader: Reader, table: str, columns: list[tuple[str, bool]], mark: str
) -> Iterator[pa.RecordBatch]:
    begin = datetime.fromisoformat(mark) - OVERLAP
    stamp = quoted(STAMP)
    where = f"{stamp} >= '{begin:%Y-%m-%d %H:%M:%S}' OR {stamp} < '{FIRST}' OR {stamp} IS NULL"
    return reader.stream(table, columns, where=where)


def pulse(reader: Reader, schema: Schema) -> Mapping[str, TablePulse]:
    """Count, newest stamp and highest id of each table; a hash where there is no stamp."""
    reader.look_anew()
    return {
        expected.name: _pulse(reader, schema, expected)
        for expected in EXTRACTED
        if schema.has(expected.name)
    }


def _pulse(reader: Reader, schema: Schema, expected: ExpectedTable) -> TablePulse:
    has_stamp = schema.has(expected.name, STAMP)
    columns = [quoted(name) for name, there in schema.columns(expected) if there]
    values = ", ".join(f"coalesce({column}, char(30))" for column in columns)
    ((count, newest, highest, content),) = reader.rows(
        f"SELECT count(*), {f'max({quoted(STAMP)})' if has_stamp else 'NULL'},"
        f" {'max(id)' if schema.has(expected.name, 'id') else 'NULL'},"
        f" {'NULL' if has_stamp else f'sum(crc32(concat_ws(char(31), {values})))'}"
        f" FROM {quoted(schema.prefix + expected.name)}"
    )
    return TablePulse(int(count or 0), newest, highest, content)
