"""How often the map proposes right: measured on labelled fields of CRMs that Moorage has no source
for (`bench/mapping`), one vendor left out of the fitting at a time.

Concepts are written by hand with the vendors under `tuning` at hand; those under `held_out` were
labelled before and never looked at while writing. Those under `fresh` come last, labelled by
another hand before the map was asked; once their errors are looked at they move to `tuning`.

How sure a proposal is, is fitted on the first two and on `first_look.csv`: what was proposed for
vendors that were fresh once, and whether it was right, before anybody looked at the errors. Such a
vendor counts by that alone: else a proposal would be as sure with any vendor as with those that the
map was mended for.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from moorage.proposals.catalogue import built_in
from moorage.proposals.column import Column
from moorage.proposals.confidence import FEATURES, features, probability, stored_weights
from moorage.proposals.recognising import kind_of
from moorage.proposals.table import Ground, Placed, placed
from moorage.proposals.type_words import our_type

GOLD = Path(__file__).with_name("mapping")
FIRST_LOOK = GOLD / "first_look.csv"
WEIGHTS = Path(__file__).parents[1] / "src/moorage/proposals/data/weights.json"
SURE = 0.95
BINS = 10
STEPS = 12
RIDGE = 1.0
#: What the model looked at, and whether the proposal was right.
Row: TypeAlias = tuple[tuple[float, ...], float]


@dataclass(frozen=True)
class Labelled:
    """A field with the places a person would put it (None: nowhere), the best first."""

    column: Column
    right: tuple[str | None, ...]


@dataclass(frozen=True)
class Table:
    """The labelled fields of one object of one vendor."""

    vendor: str
    name: str
    model: str
    fields: tuple[Labelled, ...]


@dataclass(frozen=True)
class Outcome:
    """What was proposed for one field, and whether that is right."""

    vendor: str
    table: Table
    labelled: Labelled
    found: Placed

    @property
    def proposed(self) -> str | None:
        return self.found.ranked[0].target

    @property
    def is_right(self) -> bool:
        return self.proposed in self.labelled.right

    @property
    def has_place(self) -> bool:
        return self.labelled.right[0] is not None

    @property
    def in_three(self) -> bool:
        return any(one.target in self.labelled.right for one in self.found.ranked[:3])


def read_gold(folder: Path) -> list[Table]:
    """Every table of a folder of labels."""
    tables = []
    for path in sorted(folder.glob("*.txt")):
        name, model, fields = "", "", list[Labelled]()
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("@"):
                if fields:
                    tables.append(Table(path.stem, name, model, tuple(fields)))
                name, model, fields = line.split()[1], line.split()[2], []
            elif line and not line.startswith("#"):
                fields.append(_labelled(line))
        tables.append(Table(path.stem, name, model, tuple(fields)))
    return tables


def _labelled(line: str) -> Labelled:
    name, label, kind, right = (part.strip() for part in line.split("|"))
    places = tuple(None if one.startswith("-") else one for one in right.split("/"))
    return Labelled(Column(name, label, our_type(kind)), places)


def outcomes(tables: Iterable[Table]) -> list[Outcome]:
    """What is proposed for every field of `tables`."""
    found = []
    for table in tables:
        columns = [one.column for one in table.fields]
        kind = kind_of(table.model, columns, table.name)
        ground = Ground(kind, built_in(table.model))
        for labelled, place in zip(table.fields, placed(columns, ground), strict=True):
            found.append(Outcome(table.vendor, table, labelled, place))
    return found


def rows_of(found: Iterable[Outcome]) -> list[Row]:
    """What the logistic model is fitted on."""
    return [(features(one.found), float(one.is_right)) for one in found]


def first_look() -> dict[str, list[Row]]:
    """The rows of `first_look.csv` by vendor."""
    rows: dict[str, list[Row]] = {}
    with FIRST_LOOK.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            values = tuple(float(row[name]) for name in FEATURES)
            rows.setdefault(row["vendor"], []).append((values, float(row["is_right"])))
    return rows


def fitted(found: Sequence[Outcome]) -> tuple[float, ...]:
    """Coefficients from `found`, but for vendors with a first look: those count by that."""
    first = first_look()
    rows = rows_of(one for one in found if one.vendor not in first)
    vendors = {one.vendor for one in found}
    return fit([*rows, *(row for name in first if name in vendors for row in first[name])])


def fit(rows: Sequence[Row]) -> tuple[float, ...]:
    """Coefficients of the logistic model, by Newton's steps with a small ridge."""
    count = len(FEATURES)
    weights = [0.0] * count
    for _ in range(STEPS):
        slope = [RIDGE * weight for weight in weights]
        curve = [[RIDGE * (i == j) for j in range(count)] for i in range(count)]
        for values, right in rows:
            p = probability(values, tuple(weights))
            for i, value in enumerate(values):
                if value:
                    slope[i] += (p - right) * value
                    for j, other in enumerate(values):
                        curve[i][j] += p * (1 - p) * value * other
        step = _solved(curve, slope)
        weights = [weight - change for weight, change in zip(weights, step, strict=True)]
    return tuple(weights)


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """x of matrix · x = right, by elimination; both are used up."""
    count = len(right)
    for pivot in range(count):
        best = max(range(pivot, count), key=lambda row: abs(matrix[row][pivot]))
        matrix[pivot], matrix[best] = matrix[best], matrix[pivot]
        right[pivot], right[best] = right[best], right[pivot]
        for row in range(pivot + 1, count):
            factor = matrix[row][pivot] / matrix[pivot][pivot]
            right[row] -= factor * right[pivot]
            for column in range(pivot, count):
                matrix[row][column] -= factor * matrix[pivot][column]
    found = [0.0] * count
    for row in reversed(range(count)):
        known = sum(matrix[row][column] * found[column] for column in range(row + 1, count))
        found[row] = (right[row] - known) / matrix[row][row]
    return found


def measures(found: Sequence[Outcome], sure: Sequence[float]) -> dict[str, float]:
    """All figures for one set of outcomes and the confidence of each."""
    placed_ = [one for one in found if one.has_place]
    proposals = [one for one in found if one.proposed is not None]
    nothing = [one for one in found if one.proposed is None]
    homeless = [one for one in found if not one.has_place]
    accepted = [one for one, p in zip(found, sure, strict=True) if p >= SURE]
    return {
        "fields": len(found),
        "recall@1": _share(one.is_right for one in placed_),
        "recall@3": _share(one.in_three for one in placed_),
        "right": _share(one.is_right for one in proposals),
        "nothing P": _share(None in one.labelled.right for one in nothing),
        "nothing R": _share(one.is_right for one in homeless),
        "ECE": _calibration_error(found, sure),
        "accepted": len(accepted) / len(found),
        "right of accepted": _share(one.is_right for one in accepted),
    }


def _share(answers: Iterable[bool]) -> float:
    known = list(answers)
    return sum(known) / len(known) if known else math.nan


def _calibration_error(found: Sequence[Outcome], sure: Sequence[float]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one, p in zip(found, sure, strict=True):
        bins.setdefault(min(BINS - 1, int(p * BINS)), []).append((p, one.is_right))
    return sum(
        abs(sum(p for p, _ in rows) - sum(right for _, right in rows)) for rows in bins.values()
    ) / len(found)


def left_out(found: Sequence[Outcome]) -> dict[str, tuple[list[Outcome], list[float]]]:
    """Each vendor with the confidences of a model that was fitted on the others."""
    result = {}
    for vendor in sorted({one.vendor for one in found}):
        own = [one for one in found if one.vendor == vendor]
        weights = fitted([one for one in found if one.vendor != vendor])
        result[vendor] = (own, [probability(features(one.found), weights) for one in own])
    return result


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--fit", action="store_true", help="store new coefficients")
    asked.add_argument("--held-out", action="store_true", help="measure the vendors held out too")
    asked.add_argument("--wrong", action="store_true", help="list what went wrong (tuning only)")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    tuning = outcomes(read_gold(GOLD / "tuning"))
    if given.fit:
        known = tuning + outcomes(read_gold(GOLD / "held_out"))
        _store(fitted(known), len(known))
        stored_weights.cache_clear()
    report: dict[str, dict[str, float]] = {}
    parts = left_out(tuning)
    for vendor, (own, sure) in parts.items():
        report[vendor] = measures(own, sure)
    report["all of tuning, left out"] = measures(
        [one for own, _ in parts.values() for one in own],
        [p for _, sure in parts.values() for p in sure],
    )
    if given.held_out:
        report |= _apart("held_out", "held out")
        if any((GOLD / "fresh").glob("*.txt")):
            report |= _apart("fresh", "fresh")
    _print(report, as_json=given.json)
    if given.wrong:
        _wrong(tuning)


def _apart(folder: str, called: str) -> dict[str, dict[str, float]]:
    found = outcomes(read_gold(GOLD / folder))
    weights = stored_weights()
    groups = {f"{called}: {v}": [one for one in found if one.vendor == v]
              for v in sorted({one.vendor for one in found})}  # fmt: skip
    groups[f"all {called}"] = found
    for model in sorted({one.table.model for one in found}):
        groups[f"{called}: {model}"] = [one for one in found if one.table.model == model]
    return {
        name: measures(own, [probability(features(one.found), weights) for one in own])
        for name, own in groups.items()
    }


def _store(weights: Sequence[float], count: int) -> None:
    stored = {
        "from": f"scripts/bench-mapping --fit on {count} fields under bench/mapping",
        "weights": {name: round(w, 4) for name, w in zip(FEATURES, weights, strict=True)},
    }
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _print(report: dict[str, dict[str, float]], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(report, indent=1))
        return
    names = list(next(iter(report.values())))
    say(f"{'':38}" + "".join(f"{name:>11}" for name in names[:-1]) + f"{names[-1]:>19}")
    for vendor, figures in report.items():
        cells = [f"{figures[name]:>11.0f}" if name == "fields" else f"{figures[name]:>11.3f}"
                 for name in names[:-1]]  # fmt: skip
        say(f"{vendor:38}" + "".join(cells) + f"{figures[names[-1]]:>19.3f}")


def _wrong(found: Sequence[Outcome]) -> None:
    for one in found:
        if not one.is_right:
            top = [(c.target, round(c.score, 2), c.concept) for c in one.found.ranked[:3]]
            field = one.labelled.column
            say(f"{one.vendor} {one.table.name} {field.name} {field.label}:"
                f" {one.labelled.right}, not {top}")  # fmt: skip


def say(line: str) -> None:
    """A line on standard output."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
