"""What stands in the columns of a tidy table, for proposals to look at its form.

Samples are people's data: they stay in memory, and nothing made of them but forms is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from moorage.sources.base import SourceField
from moorage.staging.staging import Staging, identifier

#: Samples come from so many rows, and at most so many are taken of a column.
ROWS = 1_000
SAMPLES = 200
_CHARACTERS = 200
#: Columns looked at in one query: lists of all of a wide object would take too much memory.
_AT_ONCE = 25


@dataclass(frozen=True)
class ValuesSeen:
    """Some values of a column as text, and whether all rows hold the record's key in it."""

    samples: tuple[str, ...] = field(default=(), repr=False)
    is_key: bool = False


def values_seen(
    staging: Staging, source_object: str, columns: Sequence[SourceField]
) -> dict[str, ValuesSeen]:
    """What is seen of `columns`, by name; the same for the same rows. {} before an extraction.

    Values are taken of text alone: other types say enough.
    """
    rows = staging.connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'tidy' AND table_name = ?",
        [source_object],
    ).fetchall()
    there = {row[0] for row in rows}
    names = [column.name for column in columns if column.name in there]
    if not names or "id" not in there:
        return {}
    table = f"tidy.{identifier(source_object)}"
    staging.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE looked_at AS SELECT id FROM {table}"
        f" ORDER BY hash(id), id LIMIT {ROWS}"
    )
    some = f"{table} SEMI JOIN looked_at USING (id)"
    texts = [one.name for one in columns if one.name in there and one.type == "text"]
    samples = _looked_at(staging, texts, _samples, some)
    # Most columns differ from the key at once; the few that do not are looked at in all rows.
    likely = _looked_at(staging, names, _is_key, some)
    keys = _looked_at(staging, [name for name in names if likely[name]], _is_key, table)
    return {
        name: ValuesSeen(tuple(samples.get(name) or ()), bool(keys.get(name))) for name in names
    }


def _looked_at(
    staging: Staging, names: Sequence[str], look: Callable[[str], str], source: str
) -> dict[str, Any]:
    """What the SQL that `look` gives for a column says of each, over the rows of `source`."""
    found: dict[str, Any] = {}
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        ((*row,),) = staging.connection.execute(
            f"SELECT {', '.join(map(look, part))} FROM {source}"
        ).fetchall()
        found |= dict(zip(part, row, strict=True))
    return found


def _samples(name: str) -> str:
    text = f"left(trim(CAST({identifier(name)} AS VARCHAR)), {_CHARACTERS})"
    some = f"list({text} ORDER BY hash(id), id) FILTER ({text} <> '')"
    return f"list_slice({some}, 1, {SAMPLES})"


def _is_key(name: str) -> str:
    return f"bool_and(CAST({identifier(name)} AS VARCHAR) IS NOT DISTINCT FROM CAST(id AS VARCHAR))"
