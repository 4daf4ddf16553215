"""What stands in the columns of a tidy table, for proposals to look at its form.

Samples are people's data: they stay in memory, and nothing made of them but forms is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from moorage.sources.base import SourceField
from moorage.staging.staging import Staging, identifier

#: Samples come from so many rows, and at most so many are taken of a column.
ROWS = 2_000
SAMPLES = 200
_CHARACTERS = 200


@dataclass(frozen=True)
class ValuesSeen:
    """Some values of a column as text, and whether all rows hold the record's key in it."""

    samples: tuple[str, ...] = field(default=(), repr=False)
    is_key: bool = False


def values_seen(
    staging: Staging, source_object: str, columns: Sequence[SourceField]
) -> dict[str, ValuesSeen]:
    """What is seen of `columns`, by name; the same for the same rows. {} before an extraction."""
    rows = staging.connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'tidy'"
        " AND table_name = ?",
        [source_object],
    ).fetchall()
    there = {row[0] for row in rows}
    names = [column.name for column in columns if column.name in there]
    if not names or "id" not in there:
        return {}
    table = f"tidy.{identifier(source_object)}"
    taken = f"(FROM {table} ORDER BY hash(id), id LIMIT {ROWS})"
    seen = _one_row(staging, [_samples(name) for name in names], taken)
    # Most columns differ from the key at once; the few that do not are looked at in all rows.
    likely = _one_row(staging, [_is_key(name) for name in names], taken)
    keys = [name for name, same in zip(names, likely, strict=True) if same]
    proved = _one_row(staging, [_is_key(name) for name in keys], table) if keys else ()
    of_key = {name for name, same in zip(keys, proved, strict=True) if same}
    return {
        name: ValuesSeen(tuple(some or ()), name in of_key)
        for name, some in zip(names, seen, strict=True)
    }


def _one_row(staging: Staging, columns: Sequence[str], table: str) -> tuple[Any, ...]:
    ((*row,),) = staging.connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
    return tuple(row)


def _samples(name: str) -> str:
    text = f"left(trim(CAST({identifier(name)} AS VARCHAR)), {_CHARACTERS})"
    some = f"list({text} ORDER BY hash(id), id) FILTER ({text} <> '')"
    return f"list_slice({some}, 1, {SAMPLES})"


def _is_key(name: str) -> str:
    return f"bool_and(CAST({identifier(name)} AS VARCHAR) IS NOT DISTINCT FROM CAST(id AS VARCHAR))"
