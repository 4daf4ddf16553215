"""What became of each row of a target table, judged from Odoo alone."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from moorage.mapping.target import TargetTable
from moorage.staging.staging import literal
from moorage.verify.reading import FOUND, KEYS, MARKER, found

ROWS = "temp.verify_rows"
NOT_LOADED = "temp.verify_not_loaded"
GONE = "temp.verify_gone"


def note_not_loaded(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[tuple[str, str, str]]
) -> None:
    """Keep (model, key, reason) of rows that need not be there. Only absence is excused by it."""
    listed = list(rows)
    batch = pa.table(
        {
            name: pa.array([row[at] for row in listed], pa.string())
            for at, name in enumerate(("model", "key", "reason"))
        }
    )
    connection.register("incoming", batch)
    connection.execute("CREATE OR REPLACE TEMP TABLE verify_not_loaded AS FROM incoming")
    connection.unregister("incoming")


def note_gone(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[tuple[str, str]]
) -> dict[str, list[str]]:
    """Keep (model, key) of records that may be there without a source row; the keys by model."""
    connection.execute("CREATE OR REPLACE TEMP TABLE verify_gone (model VARCHAR, key VARCHAR)")
    by_model: dict[str, list[str]] = {}
    for model, key in rows:
        by_model.setdefault(model, []).append(key)
    for model, keys in by_model.items():
        connection.execute(f"INSERT INTO {GONE} SELECT ?, unnest(?::VARCHAR[])", [model, keys])
    return by_model


def classify(
    connection: duckdb.DuckDBPyConnection,
    table: TargetTable,
    *,
    has_marker: bool,
    may_match: bool,
    has_findings: bool,
) -> dict[str, int]:
    """Fill the table of rows (key, odoo_id, outcome) and count outcomes.

    'own': the record carries the row's key. 'merged': it carries another key of this project whose
    External ID points to it too. 'matched': it carries none, and matching is allowed. 'held_back':
    no record, and none was due. All other outcomes are differences.
    """
    model = literal(table.model)
    marker = found(MARKER) if has_marker else "NULL"
    set_aside = (
        f"EXISTS (FROM {table.findings} AS x WHERE x.key = t.key AND x.severity = 'set_aside')"
        if has_findings
        else "false"
    )
    merged = (
        f"EXISTS (FROM {KEYS} AS o WHERE o.model = {model} AND o.odoo_id = f.id"
        f" AND o.key = {marker})"
    )
    without_marker = "'matched'" if may_match else "'identity'" if has_marker else "'own'"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE verify_rows AS
        SELECT t.key, f.id AS odoo_id, CAST({marker} AS VARCHAR) AS marker, CASE
            WHEN f.id IS NULL AND ({set_aside} OR n.key IS NOT NULL) THEN 'held_back'
            WHEN f.id IS NULL THEN 'missing'
            WHEN {set_aside} THEN 'unexpected'
            WHEN {marker} = t.key THEN 'own'
            WHEN coalesce({marker}, '') = '' THEN {without_marker}
            WHEN {merged} THEN 'merged'
            ELSE 'identity' END AS outcome
        FROM {table.table} AS t
        LEFT JOIN {KEYS} AS k ON k.model = {model} AND k.key = t.key
        LEFT JOIN {FOUND} AS f ON f.id = k.odoo_id
        LEFT JOIN {NOT_LOADED} AS n ON n.model = {model} AND n.key = t.key"""
    )
    counted = connection.execute(f"SELECT outcome, count(*) FROM {ROWS} GROUP BY 1").fetchall()
    return dict(counted)
