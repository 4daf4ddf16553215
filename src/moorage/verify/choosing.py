"""Which records a person shall look at: by chance, but the same ones for the same seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import duckdb

from moorage.mapping.target import TargetTable
from moorage.staging.staging import literal
from moorage.verify.reading import KEYS

#: The chosen rows: entry, key, odoo_id, place (from 1, in the order of `tables`).
CHOSEN = "temp.spots_chosen"


def choose_spots(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TargetTable], count: int, seed: int
) -> int:
    """Fill the table of chosen rows with `count` of those that stand in Odoo; how many there are.

    Each entry that has any gives one at least, so there may be more than `count`; the rest go by
    the square root of an entry's size, or a large one would leave no room for the others.
    """
    sizes = {table.entry: _standing(connection, table) for table in tables}
    shares = share_out({entry: size for entry, size in sizes.items() if size}, count)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE spots_chosen"
        " (entry VARCHAR, key VARCHAR, odoo_id BIGINT, place BIGINT)"
    )
    for table in tables:
        if table.entry in shares:
            connection.execute(
                f"INSERT INTO {CHOSEN} SELECT {literal(table.entry)}, key, odoo_id,"
                f" (SELECT count(*) FROM {CHOSEN}) + row_number() OVER (ORDER BY chance)"
                f" FROM (SELECT t.key, k.odoo_id, md5({literal(f'{seed} ')} || t.key) AS chance"
                f" {_from(table)} ORDER BY chance LIMIT {shares[table.entry]})"
            )
    return sum(shares.values())


def share_out(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """How many of each name: one at least, `sizes` at most, `count` in all where that goes."""
    shares = dict.fromkeys(sizes, 1)
    while sum(shares.values()) < min(count, sum(sizes.values())):
        # The one that is furthest behind its weight comes next (as seats are shared out).
        free = [name for name, size in sizes.items() if shares[name] < size]
        behind = max(free, key=lambda name: (math.sqrt(sizes[name]) / (shares[name] + 0.5), name))
        shares[behind] += 1
    return shares


def _standing(connection: duckdb.DuckDBPyConnection, table: TargetTable) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) {_from(table)}").fetchall()
    return int(count)


def _from(table: TargetTable) -> str:
    return (
        f"FROM {table.table} AS t JOIN {KEYS} AS k"
        f" ON k.model = {literal(table.model)} AND k.key = t.key"
    )
