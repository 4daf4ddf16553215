"""How a column writes its dates, numbers and lists, from what all of its cells look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from moorage.bundles.dates import FIGURES
from moorage.bundles.expected import Kind
from moorage.bundles.numbers import COMMA_IS_DECIMAL, EITHER, POINT_IS_DECIMAL
from moorage.bundles.store import LINE, Store, identifier
from moorage.bundles.table import Decision, Table

DATES: tuple[Kind, ...] = ("date", "datetime")
NUMBERS: tuple[Kind, ...] = ("number", "money", "percent")
_LOOK_ROWS = 1000


@dataclass(frozen=True)
class Evidence:
    """What speaks for each of two ways: the first line that does, how many cells fit both."""

    ways: tuple[str, str]
    lines: tuple[int | None, int | None]
    either: int
    shapes: tuple[str, ...]


def decide(
    store: Store, table: Table, header: str, kind: Kind, formats: Mapping[str, str]
) -> Decision | None:
    """How this column writes its values; None if its kind or its cells leave no choice.

    What a person said counts where the cells leave it open; where they speak
    against it, that is a contradiction.
    """
    if kind in DATES:
        found = _dates(store, table.table, header)
    elif kind in NUMBERS:
        found = _numbers(store, table.table, header)
    else:
        return None
    if not found.either and not any(found.lines):
        return None
    told = told_format(table.name, header, formats)
    status, format_ = _judged(found, told if told in found.ways else "", kind)
    lines = tuple(line for line in found.lines if line)
    return Decision(table.name, header, kind, status, format_, lines, found.shapes)


def told_format(file: str, header: str, formats: Mapping[str, str]) -> str:
    """What a person said of this column: of it alone, of all of that name, or of all."""
    for name in (f"{file}: {header}", header, "*"):
        if name in formats:
            return str(formats[name]).strip().lower()
    return ""


Status = Literal["decided", "answered", "ambiguous", "contradictory"]


def _judged(found: Evidence, told: str, kind: Kind) -> tuple[Status, str]:
    first, second = found.lines
    if first and second:
        # Each number that says itself how it is meant is read so; dates of two orders in one
        # column mean that something mended half of them.
        harmless = kind in NUMBERS and not found.either
        return ("decided", found.ways[0]) if harmless else ("contradictory", "")
    if first or second:
        way = found.ways[0] if first else found.ways[1]
        return ("contradictory", "") if told and told != way else ("decided", way)
    return ("answered", told) if told else ("ambiguous", "")


def _dates(store: Store, table: str, column: str) -> Evidence:
    # Between points the day comes first everywhere; the same figure twice says nothing.
    cell = f"CAST({identifier(column)} AS VARCHAR)"
    parts = f"regexp_extract({cell}, '{FIGURES}', ['a', 'mark', 'b', 'year'])"
    query = (
        f"SELECT {LINE} AS line, TRY_CAST(p.a AS INT) AS a, TRY_CAST(p.b AS INT) AS b, p.mark,"
        f" cell FROM (SELECT {LINE}, {cell} AS cell, {parts} AS p FROM {table})"
        " WHERE p.a <> ''"
    )
    dmy = "((a > 12 AND b <= 12) OR (mark = '.' AND b <= 12))"
    return _ask(store, query, ("dmy", "mdy"), (dmy, "(b > 12 AND a <= 12)"), "a <= 12 AND a <> b")


def _numbers(store: Store, table: str, column: str) -> Evidence:
    cell = f"CAST({identifier(column)} AS VARCHAR)"
    query = (
        f"SELECT {LINE} AS line, {cell} AS cell,"
        f" regexp_replace({cell}, '[^0-9.,]', '', 'g') AS figures FROM {table}"
        f" WHERE contains({cell}, ',') OR contains({cell}, '.')"
    )
    ways = tuple(
        f"regexp_matches(figures, '{pattern}')" for pattern in (POINT_IS_DECIMAL, COMMA_IS_DECIMAL)
    )
    return _ask(store, query, ("point", "comma"), ways, f"regexp_matches(figures, '{EITHER}')")


def _ask(
    store: Store, query: str, ways: tuple[str, str], conditions: Sequence[str], either: str
) -> Evidence:
    first, second = conditions
    ((one, two, count),) = store.connection.execute(
        f"SELECT min(line) FILTER ({first}), min(line) FILTER ({second}),"
        f" count(*) FILTER ({either} AND NOT ({first}) AND NOT ({second})) FROM ({query})"
    ).fetchall()
    shapes = store.connection.execute(
        "SELECT DISTINCT regexp_replace(regexp_replace(left(cell, 40), '[0-9]', '9', 'g'), '\\pL',"
        f" 'a', 'g') FROM (SELECT cell FROM ({query}) LIMIT {_LOOK_ROWS}) ORDER BY 1 LIMIT 3"
    ).fetchall()
    return Evidence(ways, (one, two), count, tuple(shape for (shape,) in shapes))


def commas_divide(store: Store, table: str, column: str) -> bool:
    """Whether commas divide the lists in this column: no cell of it is divided otherwise."""
    ((strong,),) = store.connection.execute(
        f"SELECT count(*) FROM {table} WHERE regexp_matches({identifier(column)}, '[\\n|;]')"
    ).fetchall()
    return not strong


def sentence(decision: Decision) -> str:
    """What a person is asked or told about a column that is not decided."""
    file, header = decision.file, decision.header
    what = "dates" if decision.kind in DATES else "numbers"
    if decision.status == "contradictory":
        lines = " and ".join(map(str, decision.lines))
        return (
            f"{file}: the {what} of {header!r} contradict each other or what was said of them"
            f" (lines {lines}). Mend the file."
        )
    ways = "dmy or mdy" if decision.kind in DATES else "point or comma"
    shapes = ", ".join(decision.shapes)
    return (
        f"{file}: how are the {what} of {header!r} written ({shapes})? No line tells. Say {ways} in"
        f" moorage.yaml: source.formats: {{{file + ': ' + header!r}: …}}"
    )
