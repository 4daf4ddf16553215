"""Filling the target tables of a compiled mapping, set by set inside DuckDB."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from moorage.errors import MoorageError, RefusedError, StoppedError
from moorage.mapping.compile import CompiledEntry, CompiledMapping
from moorage.mapping.merges import find_merges
from moorage.mapping.preparing import prepare
from moorage.mapping.select import link_table
from moorage.mapping.stages import FindStage
from moorage.staging import Staging
from moorage.staging.files import prepare_files
from moorage.staging.staging import TARGET_OF, identifier, literal


@dataclass(frozen=True)
class MaterialiseReport:
    """Counts by entry: rows of the target table, set-aside rows, warnings; and what was left."""

    row_counts: dict[str, int]
    set_aside_counts: dict[str, int]
    warning_counts: dict[str, int]
    not_selected_count: int
    merged_count: int


def materialise(
    staging: Staging, compiled: CompiledMapping, project_source: str | None = None
) -> MaterialiseReport:
    """Fill `target` anew from `tidy`.

    RefusedError if what it needs is not there (no extraction, references not read) or if a row is
    taken twice; then `target` is empty. `project_source` must be the mapping's source when given.
    """
    if project_source is not None and project_source != compiled.source:
        raise RefusedError(
            f"the mapping is for {compiled.source}, the project's source is {project_source}",
            todo="Use the mapping of this source.",
        )
    connection = staging.connection
    staging.remember(TARGET_OF, None)
    try:
        _require(connection, compiled)
        prepare_files(connection)
        _start(connection)
        _take(connection, compiled)
        merged = find_merges(connection, compiled)
        _link_tables(connection, compiled)
        for entry in compiled.entries:
            _fill(connection, entry)
        left = _not_selected(connection, compiled)
        return _report(connection, compiled, left, merged)
    except MoorageError:
        _start(connection)
        raise
    except duckdb.Error as error:
        raise _stopped(error) from error


def _require(connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping) -> None:
    rows = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
        " UNION ALL SELECT schema_name || '.' || view_name FROM duckdb_views()"
    ).fetchall()
    there = {row[0] for row in rows}
    for entry in compiled.entries:
        if f"tidy.{entry.table.object}" not in there:
            raise RefusedError(
                f"there are no rows of {entry.table.object} yet",
                where=f"tidy.{entry.table.object}",
                todo="Run `moorage extract` first.",
            )
    finds = any(
        isinstance(stage, FindStage)
        for entry in compiled.entries
        for chain in entry.chains
        for stage in chain.stages
    )
    if finds and "meta.reference" not in there:
        raise RefusedError(
            "Odoo's own records were not read yet",
            where="meta.reference",
            todo="Read the references first, then fill the target tables.",
        )


def _start(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("DROP SCHEMA IF EXISTS target CASCADE")
    connection.execute("CREATE SCHEMA target")
    connection.execute(
        "CREATE TABLE target._taken (object VARCHAR, source_key VARCHAR, key VARCHAR,"
        " model VARCHAR, entry VARCHAR)"
    )
    connection.execute(
        "CREATE TABLE target._not_selected (object VARCHAR, source_key VARCHAR, reason VARCHAR)"
    )


# -- which rows ------------------------------------------------------------------------------


def _take(connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping) -> None:
    for entry in compiled.entries:
        selection = entry.selection
        connection.execute(
            f"INSERT INTO target._taken SELECT {literal(selection.object)},"
            f" CAST(source.id AS VARCHAR), {selection.key}, {literal(entry.table.model)},"
            f" {literal(entry.table.entry)} FROM {selection.rows}"
        )
    models = {entry.table.model for entry in compiled.entries}
    for model in sorted(models):
        ((rows, keys),) = connection.execute(
            "SELECT count(*), count(DISTINCT key) FROM target._taken WHERE model = ?", [model]
        ).fetchall()
        if rows != keys:
            raise _taken_twice(connection, model)


def _taken_twice(connection: duckdb.DuckDBPyConnection, model: str) -> RefusedError:
    rows = connection.execute(
        "SELECT key, string_agg(DISTINCT entry, ', ' ORDER BY entry), count(*) OVER ()"
        " FROM target._taken WHERE model = ? GROUP BY key HAVING count(*) > 1 OR key IS NULL"
        " ORDER BY key LIMIT 1",
        [model],
    ).fetchall()
    key, entries, count = rows[0]
    return RefusedError(
        f"{count} source rows become two records of {model}, the first is {key or 'without an id'}"
        f" (entries: {entries})",
        where=f"objects.{str(entries).split(', ')[-1]}.when",
        state="No target rows were made.",
        todo="Split the entries by `when` so that each row is taken once.",
    )


def _link_tables(connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping) -> None:
    for source_object, model in sorted(compiled.links()):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {link_table(source_object, model)} AS"
            " SELECT taken.source_key, coalesce(merged.into_key, taken.key) AS key"
            " FROM target._taken AS taken LEFT JOIN target._merges AS merged"
            " ON merged.key = taken.key AND merged.model = taken.model"
            " WHERE taken.object = ? AND taken.model = ?",
            [source_object, model],
        )


# -- the rows --------------------------------------------------------------------------------


def _fill(connection: duckdb.DuckDBPyConnection, entry: CompiledEntry) -> None:
    for preparation in entry.preparations:
        prepare(connection, preparation)
    table, findings = entry.table.table, entry.table.findings
    _create(connection, f"CREATE TABLE {table} AS {entry.select}")
    connection.execute(
        f"CREATE TABLE {findings} AS SELECT key, found.field AS field, found.severity AS severity,"
        f" found.message AS message FROM (SELECT key, unnest(_problems) AS found FROM {table}"
        " WHERE _problems IS NOT NULL)"
    )
    connection.execute(
        f"INSERT INTO {findings} SELECT key, field, severity, message FROM target._merge_findings"
        " WHERE entry = ?",
        [entry.table.entry],
    )
    _bring_tidy_findings(connection, entry)
    connection.execute(f"ALTER TABLE {table} DROP COLUMN _problems")
    for preparation in entry.preparations:
        connection.execute(f"DROP TABLE {preparation.table}")


def _bring_tidy_findings(connection: duckdb.DuckDBPyConnection, entry: CompiledEntry) -> None:
    """What the source's tidy SQL noticed about the rows of this entry goes with them.

    A source may fill `tidy._findings` (object, source_key, field, severity, message).
    """
    there = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'tidy' AND table_name = '_findings'"
    ).fetchall()
    if there:
        connection.execute(
            f"INSERT INTO {entry.table.findings} SELECT made.key, noticed.field, noticed.severity,"
            f" noticed.message FROM tidy._findings AS noticed JOIN {entry.table.table} AS made"
            " ON made._source_key = CAST(noticed.source_key AS VARCHAR) WHERE noticed.object = ?"
            " AND noticed.severity IN ('warning', 'set_aside')",
            [entry.table.object],
        )


def _create(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Run a large generated statement, if need be without DuckDB's guesses from statistics.

    DuckDB 2.0.0 stops with an inner error where it folds list items of a column that is all NULL
    (`BindBuiltinScalarFunction did not return …`); without that optimiser the same SQL runs.
    """
    try:
        connection.execute(statement)
    except (duckdb.InvalidInputException, duckdb.InternalException) as error:
        if "Bound" not in str(error):
            raise
        connection.execute("SET disabled_optimizers = 'statistics_propagation'")
        try:
            connection.execute(statement)
        finally:
            connection.execute("RESET disabled_optimizers")


def _not_selected(connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping) -> int:
    tidy = {
        row[0]
        for row in connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'tidy'"
        ).fetchall()
    }
    for source_object, reason in compiled.reasons.items():
        if source_object in tidy:
            connection.execute(
                "INSERT INTO target._not_selected SELECT ?, CAST(id AS VARCHAR), ?"
                f" FROM tidy.{identifier(source_object)} WHERE CAST(id AS VARCHAR) NOT IN"
                " (SELECT source_key FROM target._taken WHERE object = ?"
                " AND source_key IS NOT NULL)",
                [source_object, reason, source_object],
            )
    connection.execute(
        "CREATE VIEW target._accounted AS SELECT object, source_key,"
        " list(entry ORDER BY entry) AS entries FROM target._taken GROUP BY ALL"
        " UNION ALL SELECT object, source_key, CAST([] AS VARCHAR[]) FROM target._not_selected"
    )
    ((count,),) = connection.execute("SELECT count(*) FROM target._not_selected").fetchall()
    return int(count)


def _report(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping, left: int, merged: int
) -> MaterialiseReport:
    rows, aside, warnings = {}, {}, {}
    for entry in compiled.entries:
        name = entry.table.entry
        ((rows[name],),) = connection.execute(
            f"SELECT count(*) FROM {entry.table.table}"
        ).fetchall()
        ((aside[name], warnings[name]),) = connection.execute(
            "SELECT count(DISTINCT key) FILTER (severity = 'set_aside'),"
            f" count(*) FILTER (severity = 'warning') FROM {entry.table.findings}"
        ).fetchall()
    return MaterialiseReport(rows, aside, warnings, left, merged)


def _stopped(error: duckdb.Error) -> StoppedError:
    # DuckDB's message may quote a value of a row, and so a person's data: only its first words go.
    words = str(error).splitlines()[0].split(":")[0]
    return StoppedError(
        f"the target tables could not be filled ({type(error).__name__}: {words})",
        state="The source and Odoo are untouched; target tables are incomplete.",
        todo="Run `moorage map --check`; look for SQL in the mapping that fails on some rows.",
    )
