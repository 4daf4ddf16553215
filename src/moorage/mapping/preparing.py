"""Filling the tables that a SELECT joins: Python transforms over distinct values, lists of links."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from moorage.mapping.select import Preparation, folded, link_table, reference_rows
from moorage.mapping.stages import FindStage, LinkStage, PythonStage

#: Distinct values converted between two writes; bounds the memory a conversion takes.
CHUNK_ROWS = 50_000

_RESULT = pa.schema([("value", pa.string()), ("result", pa.string()), ("problem", pa.bool_())])


def prepare(connection: duckdb.DuckDBPyConnection, preparation: Preparation) -> None:
    """Fill the table of `preparation`."""
    stage = preparation.stage
    if isinstance(stage, PythonStage):
        _convert(connection, preparation, stage)
    elif isinstance(stage, FindStage):
        rows = f"{reference_rows(stage)} AS found ON found.value = {folded('given.item')}"
        _look_up(connection, preparation, rows, "CASE WHEN found.matches = 1 THEN found.id END")
    elif isinstance(stage, LinkStage):
        table = link_table(stage.object, stage.model)
        rows = f"{table} AS found ON found.source_key = given.item"
        _look_up(connection, preparation, rows, "found.key")


def _look_up(
    connection: duckdb.DuckDBPyConnection, preparation: Preparation, rows: str, result: str
) -> None:
    """One row per list: the distinct results in a steady order, and whether one is missing."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {preparation.table} AS SELECT given.id AS id,"
        f" list(DISTINCT {result} ORDER BY {result}) FILTER ({result} IS NOT NULL) AS result,"
        f" count(given.item) > count({result}) AS problem"
        f" FROM (SELECT id, unnest(value) AS item FROM ({preparation.values_sql})) AS given"
        f" LEFT JOIN {rows} WHERE nullif(trim(given.item), '') IS NOT NULL GROUP BY given.id"
    )


def _convert(
    connection: duckdb.DuckDBPyConnection, preparation: Preparation, stage: PythonStage
) -> None:
    table = preparation.table
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} (value VARCHAR, result VARCHAR, problem BOOLEAN)"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE to_convert AS SELECT value, row_number() OVER () AS n"
        f" FROM ({preparation.values_sql})"
    )
    for values in _chunks(connection):
        outcomes = [stage.transform.function(value, **stage.arguments) for value in values]
        # PostgreSQL and Arrow hold no lone surrogates; a library may still make one.
        results = [_sound(outcome.value) for outcome in outcomes]
        problems = [outcome.problem for outcome in outcomes]
        converted = pa.table([values, results, problems], schema=_RESULT)
        connection.register("converted", converted)
        connection.execute(f"INSERT INTO {table} SELECT * FROM converted")
        connection.unregister("converted")
    connection.execute("DROP TABLE to_convert")


def _sound(value: str | None) -> str | None:
    return None if value is None else value.encode("utf-8", "ignore").decode("utf-8")


def _chunks(connection: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    ((count,),) = connection.execute("SELECT count(*) FROM to_convert").fetchall()
    for start in range(1, count + 1, CHUNK_ROWS):
        rows = connection.execute(
            "SELECT value FROM to_convert WHERE n BETWEEN ? AND ?", [start, start + CHUNK_ROWS - 1]
        ).fetchall()
        yield [row[0] for row in rows]
