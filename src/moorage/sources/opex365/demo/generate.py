"""Fills a DuckDB database with the organisation: by seed and scale, the same for the same seed."""

from __future__ import annotations

from importlib.resources import files
from string import Template

import duckdb

from moorage.sources.opex365.demo.dirt import macro_statements
from moorage.sources.opex365.demo.finish import finish
from moorage.sources.opex365.demo.sizes import sizes_at

SCRIPTS = (
    "system", "people", "products", "sales", "service", "activities", "parties", "notes",
    "automation", "further",
)  # fmt: skip
#: A GIF of one pixel, as base64: every image of the organisation.
PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def generate(
    connection: duckdb.DuckDBPyConnection, *, scale: float, seed: int, dirt: float = 1.0
) -> dict[str, int]:
    """Make every table of the schema in `main`, about 250 rows per unit of `scale`; rows per table.

    `dirt` multiplies the rates of all kinds of dirt, 0 gives clean data.
    """
    sizes = sizes_at(scale)
    names: dict[str, object] = {f"n_{name}": size for name, size in sizes.items()}
    names |= {"seed": seed, "pixel": f"'{PIXEL}'"}
    connection.execute("CREATE SCHEMA gen")
    _run(connection, "macros", names)
    for statement in macro_statements(sizes, dirt):
        connection.execute(statement)
    for script in SCRIPTS:
        _run(connection, script, names)
    return finish(connection)


def _run(connection: duckdb.DuckDBPyConnection, script: str, names: dict[str, object]) -> None:
    text = files(__package__).joinpath("sql", f"{script}.sql").read_text("utf-8")
    connection.execute(Template(text).substitute(names))
