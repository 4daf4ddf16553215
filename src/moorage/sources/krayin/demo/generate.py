"""Fills a MariaDB with a Krayin database: realistic, dirty, the same for the same seed."""

import tempfile
import time
from dataclasses import dataclass, replace
from importlib.resources import files as resources
from pathlib import Path
from string import Template

import duckdb

from moorage.sources.krayin.demo.attributes import attributes
from moorage.sources.krayin.demo.clock import standard_minutes, wall_expression
from moorage.sources.krayin.demo.dirt import macro_statements
from moorage.sources.krayin.demo.files import write_files
from moorage.sources.krayin.demo.leftovers import (
    FORK_COLUMNS,
    FORK_TABLES,
    LEAD_FILES,
    MIGRATIONS,
    UPGRADE_COLUMNS,
)
from moorage.sources.krayin.demo.load import (
    Server,
    connected,
    create_database,
    create_tables,
    load_table,
)
from moorage.sources.krayin.demo.schema import Column, Table, reaches, tables
from moorage.sources.krayin.demo.sizes import SCALED, size_names, sizes_at
from moorage.sources.krayin.demo.small_tables import make_small_tables
from moorage.sources.krayin.demo.values import values_query

_SCRIPTS = ("organizations", "persons", "products", "leads", "quotes", "activities", "emails")


@dataclass(frozen=True)
class DemoCounts:
    """What was written: rows per table name without prefix, and the time it took."""

    rows: dict[str, int]
    elapsed_seconds: float

    @property
    def scaled_count(self) -> int:
        """Rows of the tables that follow the scale, about 300 per scale unit."""
        return sum(self.rows.get(name, 0) for name in SCALED)

    @property
    def total_count(self) -> int:
        """All rows, catalog tables included."""
        return sum(self.rows.values())


def generate(
    server: Server,
    database: str,
    *,
    scale: float,
    seed: int,
    release: str = "2.2.6",
    prefix: str = "",
    timezone: str = "Asia/Kolkata",
    dirt: float = 1.0,
    upgraded: bool = False,
    fork: bool = False,
    files: Path | None = None,
) -> DemoCounts:
    """Drops and recreates `database` and fills it; about 300 rows per unit of `scale`.

    `timezone` is the zone whose wall time the application wrote. `dirt` multiplies the rates of all
    kinds of dirt, 0 gives clean data. `upgraded` adds what an upgrade from 1.x leaves behind,
    `fork` the tables and columns of an extended edition. `files` is a folder that is made anew
    with the files that the rows name.
    """
    started = time.monotonic()
    layout = _layout(release, upgraded=upgraded, fork=fork)
    sizes = sizes_at(scale)
    found = attributes(seed, release)
    rows: dict[str, int] = {}
    with (
        tempfile.TemporaryDirectory(prefix="moorage-demo-") as folder_name,
        connected(server) as connection,
        duckdb.connect(str(Path(folder_name) / "demo.duckdb")) as engine,
    ):
        folder = Path(folder_name)
        engine.execute("SET memory_limit = '1GB'")
        engine.execute("SET threads = 2")
        make_small_tables(
            engine,
            sizes,
            found,
            seed=seed,
            dirty=dirt > 0,
            table_names=tuple(layout),
            fork=fork,
            folder=folder,
        )
        _run_scripts(engine, sizes, seed=seed, release=release, timezone=timezone, dirt=dirt)
        create_database(connection, database)
        create_tables(connection, list(layout.values()), prefix)
        values = Template(values_query(found)).substitute(size_names(sizes))
        engine.execute(f"CREATE TABLE attribute_values AS {values}")
        made = {row[0] for row in engine.execute("SHOW TABLES").fetchall()}
        for table in layout.values():
            if table.name in made:
                rows[table.name] = load_table(
                    connection,
                    engine,
                    table,
                    source=table.name,
                    prefix=prefix,
                    folder=folder,
                )
            else:
                rows[table.name] = 0
        if files is not None:
            write_files(engine, files, seed=seed, dirty=dirt > 0)
    return DemoCounts(rows, time.monotonic() - started)


def _layout(release: str, *, upgraded: bool, fork: bool) -> dict[str, Table]:
    layout = dict(tables(release))
    layout["migrations"] = MIGRATIONS
    added: list[tuple[str, tuple[Column, ...]]] = []
    if upgraded:
        layout["lead_files"] = LEAD_FILES
        added += UPGRADE_COLUMNS.items()
    if fork:
        layout |= {table.name: table for table in FORK_TABLES}
        added += FORK_COLUMNS.items()
    for name, columns in added:
        layout[name] = replace(layout[name], columns=layout[name].columns + columns)
    return layout


def _run_scripts(
    engine: duckdb.DuckDBPyConnection,
    sizes: dict[str, int],
    *,
    seed: int,
    release: str,
    timezone: str,
    dirt: float,
) -> None:
    names = {
        "seed": seed,
        "wall": wall_expression(timezone),
        "standard_minutes": standard_minutes(timezone),
        "has_system_log": str(reaches(release, "2.0.0")).lower(),
        "other_stage": 8,  # a stage of the second pipeline
        **size_names(sizes),
    }
    counts = sizes | {"values": sizes["organizations"]}
    _run_script(engine, "macros", names)
    for statement in macro_statements(counts, dirt=dirt, release=release):
        engine.execute(statement)
    for script in _SCRIPTS:
        _run_script(engine, script, names)


def _run_script(engine: duckdb.DuckDBPyConnection, script: str, names: dict[str, object]) -> None:
    text = resources(__package__).joinpath("sql", f"{script}.sql").read_text("utf-8")
    engine.execute(Template(text).substitute(names))
