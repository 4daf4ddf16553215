"""The kinds of dirt: how often each hits, what it means, and a query that finds it in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count

#: The first users are the system's own.
FIRST_SLOT = {"systemuser": 6}


@dataclass(frozen=True)
class Dirt:
    """One kind: `rate` is the share of the table's records, `check` a condition on its rows."""

    name: str
    table: str
    rate: float
    meaning: str
    check: str


@cache
def kinds() -> tuple[Dirt, ...]:
    """All kinds, from `data/dirt.txt`: name, table, rate, meaning, check, parted by ` | `."""
    text = files(__package__).joinpath("data", "dirt.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    split = ([part.strip() for part in line.split(" | ")] for line in lines)
    return tuple(
        Dirt(name, table, float(rate), meaning, check)
        for name, table, rate, meaning, check in split
    )


def macro_statements(counts: Mapping[str, int], dirt: float) -> list[str]:
    """Macros `d_<kind>(i)`, true where record i is hit; `dirt` multiplies rates, 0 means clean.

    Every kind hits one fixed record, so that the smallest organisation has them all.
    """
    places = {kind.table: count() for kind in kinds()}
    kinds_of = Counter(kind.table for kind in kinds())
    statements = []
    for kind in kinds():
        # Two apart, never record 1: some kinds copy from the record before or point to the next.
        lowest = FIRST_SLOT.get(kind.table, 2)
        slot = lowest + 2 * next(places[kind.table]) % max(counts[kind.table] - lowest, 1)
        test = "false"
        if dirt > 0:
            # Chance keeps off the fixed records, or kinds would hide each other there.
            first = lowest + 1 + 2 * kinds_of[kind.table]
            by_chance = f"i >= {first} AND unit('{kind.name}', i) < {kind.rate * dirt:.9f}"
            test = f"(i = {slot} OR ({by_chance}))"
        statements.append(f"CREATE MACRO d_{kind.name}(i) AS {test}")
    return statements
