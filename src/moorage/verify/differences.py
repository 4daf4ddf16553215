"""The table `meta.differences`: every difference with its values, for reports and for people."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from moorage.mapping.target import TargetTable
from moorage.staging.staging import literal
from moorage.verify.comparison import Comparison
from moorage.verify.reading import FOUND, KEYS, MARKER, found
from moorage.verify.report import Difference
from moorage.verify.richtext import say_the_same
from moorage.verify.rows import GONE, ROWS

TABLE = "meta.differences"
LISTED = 1000
_HTML_ROWS = 2000
_COLUMNS = "entry, model, key, odoo_id, field, kind, expected, found"
_INTO = f"{TABLE} ({_COLUMNS})"


def start(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table anew."""
    connection.execute(
        f"CREATE OR REPLACE TABLE {TABLE} (entry VARCHAR, model VARCHAR, key VARCHAR,"
        " odoo_id BIGINT, field VARCHAR, kind VARCHAR, expected VARCHAR, found VARCHAR,"
        " changed_by VARCHAR, changed_at VARCHAR)"
    )


def add_outcomes(connection: duckdb.DuckDBPyConnection, table: TargetTable) -> None:
    """Rows without their record, or with one that is not theirs."""
    connection.execute(
        f"INSERT INTO {_INTO} SELECT {_place(table)}, key, odoo_id,"
        f" if(outcome = 'identity', {literal(MARKER)}, ''), outcome,"
        " if(outcome = 'identity', key, NULL), marker"
        f" FROM {ROWS} WHERE outcome IN ('missing', 'unexpected', 'identity')"
    )


def add_extras(
    connection: duckdb.DuckDBPyConnection, model: str, tables: Sequence[TargetTable]
) -> None:
    """External IDs of this project behind which no source row stands."""
    known = " UNION ALL ".join(f"SELECT key FROM {table.table}" for table in tables)
    entry = literal(tables[0].entry)
    connection.execute(
        f"INSERT INTO {_INTO} SELECT {entry}, model, key, odoo_id, '', 'extra', NULL, NULL"
        f" FROM {KEYS} WHERE model = ? AND key NOT IN ({known})"
        f" AND key NOT IN (SELECT key FROM {GONE} AS g WHERE g.model = {KEYS}.model)",
        [model],
    )


def add_stray(
    connection: duckdb.DuckDBPyConnection, table: TargetTable, rows: Sequence[tuple[int, str]]
) -> None:
    """Records with a key of this project (id, key) that no External ID points to."""
    connection.executemany(
        f"INSERT INTO {_INTO} VALUES"
        f" ({_place(table)}, ?, ?, {literal(MARKER)}, 'extra', NULL, NULL)",
        [(key, odoo_id) for odoo_id, key in rows],
    )


def add_missing_field(
    connection: duckdb.DuckDBPyConnection, table: TargetTable, field: str
) -> None:
    """One difference for a field that Odoo does not have."""
    connection.execute(
        f"INSERT INTO {_INTO} VALUES ({_place(table)}, '', NULL, {literal(field)},"
        " 'no_field', NULL, NULL)"
    )


def add_compared(
    connection: duckdb.DuckDBPyConnection, table: TargetTable, comparisons: Sequence[Comparison]
) -> None:
    """Compare all fields of rows with a record of their own: one pass that counts, then one for
    each field that differs somewhere."""
    if not comparisons:
        return
    joins = _from(table, comparisons, "own")
    counters = ", ".join(f"count(*) FILTER (NOT ({one.equal}))" for one in comparisons)
    (counts,) = connection.execute(f"SELECT {counters} {joins}").fetchall()
    for one, count in zip(comparisons, counts, strict=True):
        if count:
            where = f"NOT ({one.equal})"
            _add(connection, table, one, outcome="own", where=where, kind=one.kind)


def add_unfilled(
    connection: duckdb.DuckDBPyConnection, table: TargetTable, comparisons: Sequence[Comparison]
) -> None:
    """Fields of matched records that are empty, though the row had something to fill them with."""
    for one in comparisons:
        empty = f"coalesce(CAST({found(one.field)} AS VARCHAR), '') IN ('', '[]', '0', '0.0')"
        filled = f"coalesce({one.expected}, '') NOT IN ('', '[]', '0', '0.0', '0.0000', 'false')"
        where = f"{empty} AND {filled}"
        _add(connection, table, one, outcome="matched", where=where, kind="unfilled")


def add_mismatched(
    connection: duckdb.DuckDBPyConnection, table: TargetTable, comparisons: Sequence[Comparison]
) -> None:
    """Matched records that do not carry what they were matched on, blanks and case aside.

    Records with several keys are left out: rows merged into a matched one may say anything.
    """
    alone = (
        f"(SELECT count(*) FROM {KEYS} AS m WHERE m.model = {literal(table.model)}"
        " AND m.odoo_id = f.id) = 1"
    )
    for one in comparisons:
        differs = f"{_folded(one.expected)} <> {_folded(one.found)}"
        where = f"{differs} AND {alone}"
        _add(connection, table, one, outcome="matched", where=where, kind="match")


def listed(connection: duckdb.DuckDBPyConnection) -> tuple[Difference, ...]:
    """The first differences, in a lasting order."""
    rows = connection.execute(
        f"SELECT {_COLUMNS}, changed_by, changed_at FROM {TABLE}"
        f" ORDER BY changed_by IS NOT NULL, entry, key, field LIMIT {LISTED}"
    ).fetchall()
    return tuple(Difference(*row) for row in rows)


def kinds(connection: duckdb.DuckDBPyConnection, entry: str | None = None) -> dict[str, int]:
    """How many differences of each kind, of all entries or of one."""
    where = "" if entry is None else f"WHERE entry = {literal(entry)}"
    return dict(
        connection.execute(f"SELECT kind, count(*) FROM {TABLE} {where} GROUP BY 1").fetchall()
    )


def by_people(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many differences of each entry people made."""
    return dict(
        connection.execute(
            f"SELECT entry, count(*) FROM {TABLE} WHERE changed_by IS NOT NULL GROUP BY 1"
        ).fetchall()
    )


def _add(
    connection: duckdb.DuckDBPyConnection,
    table: TargetTable,
    one: Comparison,
    *,
    outcome: str,
    where: str,
    kind: str,
) -> None:
    select = (
        f"SELECT {_place(table)}, t.key, f.id, {literal(one.field)}, {literal(kind)},"
        f" {one.expected}, {one.found} {_from(table, [one], outcome)} AND {where}"
    )
    if not one.loose:
        connection.execute(f"INSERT INTO {_INTO} {select}")
        return
    _add_worded(connection, connection.sql(select).to_arrow_reader(_HTML_ROWS))


def _add_worded(connection: duckdb.DuckDBPyConnection, batches: pa.RecordBatchReader) -> None:
    """Of HTML that differs in its letters, keep what differs in its words, links or images."""
    kept: list[pa.RecordBatch] = []
    for batch in batches:
        pairs = zip(batch.column(6).to_pylist(), batch.column(7).to_pylist(), strict=True)
        differs = pa.array([not say_the_same(*pair) for pair in pairs], pa.bool_())
        kept.append(batch.filter(differs))
    if kept:
        connection.register("incoming", pa.Table.from_batches(kept))
        connection.execute(f"INSERT INTO {_INTO} FROM incoming")
        connection.unregister("incoming")


def _from(table: TargetTable, comparisons: Sequence[Comparison], outcome: str) -> str:
    joins = " ".join(one.join for one in comparisons).replace("{table}", table.table)
    return (
        f"FROM {table.table} AS t JOIN {ROWS} AS r ON r.key = t.key"
        f" JOIN {FOUND} AS f ON f.id = r.odoo_id {joins} WHERE r.outcome = {literal(outcome)}"
    )


def _folded(expression: str) -> str:
    return f"lower(trim(regexp_replace(coalesce({expression}, ''), '\\s+', ' ', 'g')))"


def _place(table: TargetTable) -> str:
    return f"{literal(table.entry)}, {literal(table.model)}"
