"""Which file is which expected table, and which header which column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from moorage.bundles.expected import Expected
from moorage.bundles.table import Header, Table

#: What stands behind the name of a file that came in parts or was made on a day.
_TAIL = r"(export|page|part|all|list|data|csv|\d)*"
#: A table whose name is not known is recognised by its headers when so many of them fit.
ENOUGH_HEADERS = 0.6


def folded(name: str) -> str:
    """A name without case, accents, blanks and marks."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    return re.sub(r"[\W_]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def slug(name: str) -> str:
    """A header as the name of a column: small letters, figures and `_`."""
    return re.sub(r"\W+", "_", unicodedata.normalize("NFKC", name.casefold())).strip("_") or "_"


def names_of(table: str) -> list[str]:
    """What a file or sheet may be called: `report.xlsx#Bookings` is Bookings, or else report."""
    path, _, sheet = table.partition("#")
    stem = re.sub(r"(\.\w{2,5})+$", "", PurePosixPath(path).name)
    return [sheet, stem] if sheet else [stem]


def find_expected(table: Table, expected: Sequence[Expected]) -> Expected | None:
    """The expected table that this one is, by its name or else by its headers, or None."""
    for name in names_of(table.name):
        found = [one for one in expected if _fits(name, one)]
        if found:
            return max(found, key=lambda one: _length(name, one))
    return _by_headers(table, expected)


def _fits(name: str, expected: Expected) -> bool:
    return _length(name, expected) >= 0


def _length(name: str, expected: Expected) -> int:
    """How many letters of a pattern the name fits; -1 if none."""
    plain = folded(name)
    best = -1
    for pattern in (expected.name, *expected.files):
        words = "".join(".*" if part == "*" else re.escape(folded(part))
                        for part in re.split(r"(\*)", pattern))  # fmt: skip
        if re.fullmatch(words + _TAIL, plain):
            best = max(best, len(folded(pattern)))
    return best


def _by_headers(table: Table, expected: Sequence[Expected]) -> Expected | None:
    """The one table whose required columns are all there, if most of the headers are its own."""
    found = []
    for one in expected:
        assigned, _ = assign(table.columns, one, {})
        required = {column.name for column in one.columns if column.required}
        share = len(assigned) / max(len(table.columns), 1)
        if required <= assigned.keys() and len(assigned) > 1 and share >= ENOUGH_HEADERS:
            found.append(one)
    return found[0] if len(found) == 1 else None


def assign(
    headers: Sequence[Header], expected: Expected, told: Mapping[str, str]
) -> tuple[dict[str, Header], list[Header]]:
    """Column to header, and the headers that are none. `told` maps headers as a person said."""
    assigned: dict[str, Header] = {}
    by_fold = {folded(header.name): header for header in reversed(headers)}
    said = {folded(header): column for header, column in told.items()}
    for fold, name in said.items():
        if fold in by_fold and name != "-":
            assigned[name] = by_fold[fold]
    free = {fold: header for fold, header in by_fold.items() if fold not in said}
    for column in expected.columns:
        if column.name in assigned:
            continue
        wanted = [folded(name) for name in (column.name, *column.aliases)]
        met = [fold for fold in wanted if fold in free]
        if met:
            assigned[column.name] = free.pop(met[0])
    taken = {header.name for header in assigned.values()}
    left = [header for header in headers if header.name not in taken
            and said.get(folded(header.name)) != "-"]  # fmt: skip
    return assigned, left


def custom_names(headers: Iterable[Header]) -> dict[str, Header]:
    """Names in raw for headers that nobody expected: `custom.roof_type`; the next of it has a 2."""
    named: dict[str, Header] = {}
    for header in headers:
        name = base = f"custom.{slug(header.name)}"
        number = 1
        while name in named:
            number += 1
            name = f"{base}_{number}"
        named[name] = header
    return named
