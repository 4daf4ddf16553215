"""Filling the tables a SELECT joins: Python transforms over distinct values, lists of links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version

import duckdb
import pyarrow as pa

from moorage import __version__
from moorage.mapping.select import Preparation, folded, link_rows, reference_rows
from moorage.mapping.stages import FindStage, LinkStage, PythonStage

#: Distinct values converted between two writes; bounds the memory a conversion takes.
CHUNK_ROWS = 50_000

_LIBRARIES = " ".join(
    version(name) for name in ("phonenumbers", "email-validator", "nameparser", "nh3")
)

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
        rows = f"{link_rows(stage)} AS found ON found.source_key = given.item"
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
    """Fill from what SQL can say, from what was converted before, and then from Python."""
    table, transform = preparation.table, stage.transform
    connection.execute(
        "CREATE TABLE IF NOT EXISTS meta.converted (transform VARCHAR, value VARCHAR,"
        " result VARCHAR, problem BOOLEAN)"
    )
    quick = transform.quick("given.value") if transform.quick else "CAST(NULL AS VARCHAR)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT given.value AS value,"
        f" coalesce({quick}, former.result) AS result,"
        " coalesce(former.problem, false) AS problem, former.value IS NOT NULL AS known"
        f" FROM ({preparation.values_sql}) AS given LEFT JOIN (SELECT value, result, problem"
        " FROM meta.converted WHERE transform = ?) AS former ON former.value = given.value",
        [_identity(stage)],
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE to_convert AS SELECT value, row_number() OVER () AS n"
        f" FROM {table} WHERE result IS NULL AND NOT known"
    )
    connection.execute(f"DELETE FROM {table} WHERE result IS NULL AND NOT known")
    for values in _chunks(connection):
        _convert_chunk(connection, table, stage, values)
    connection.execute("DROP TABLE to_convert")


def _convert_chunk(
    connection: duckdb.DuckDBPyConnection, table: str, stage: PythonStage, values: list[str]
) -> None:
    outcomes = [stage.transform.function(value, **stage.arguments) for value in values]
    # PostgreSQL and Arrow hold no lone surrogates; a library may still make one.
    results = [_sound(outcome.value) for outcome in outcomes]
    problems = [outcome.problem for outcome in outcomes]
    connection.register("fresh", pa.table([values, results, problems], schema=_RESULT))
    connection.execute(f"INSERT INTO {table} SELECT value, result, problem, true FROM fresh")
    connection.execute(
        "INSERT INTO meta.converted SELECT ?, value, result, problem FROM fresh",
        [_identity(stage)],
    )
    connection.unregister("fresh")


def _identity(stage: PythonStage) -> str:
    """What a conversion depends on besides the value; another release converts anew."""
    arguments = json.dumps(stage.arguments, sort_keys=True)
    return f"{stage.transform.name} {arguments} {__version__} {_LIBRARIES}"


def _sound(value: str | None) -> str | None:
    return None if value is None else value.encode("utf-8", "ignore").decode("utf-8")


def _chunks(connection: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    ((count,),) = connection.execute("SELECT count(*) FROM to_convert").fetchall()
    for start in range(1, count + 1, CHUNK_ROWS):
        rows = connection.execute(
            "SELECT value FROM to_convert WHERE n BETWEEN ? AND ?", [start, start + CHUNK_ROWS - 1]
        ).fetchall()
        yield [row[0] for row in rows]
