"""Where in a sheet of cells the table is: its header, its rows, and the lines that are neither."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from moorage.bundles.table import Header, Left, LeftOut

Row = tuple[int, list[str]]

#: So many lines are looked at for the header.
HEAD_LINES = 40
_TOTAL = re.compile(
    r"(grand|sub|report|page|overall)?[ -]*(total|totals|sum|summe|gesamt|gesamtsumme|suma|totale|"
    r"totaal|total général) ?(?P<of>(for|of|by|für|de|von|[:-]) ?.+)?:?",
    re.IGNORECASE,
)
_PAGE = re.compile(r"(page|seite|página|pagina) \d+( ?(of|von|de|sur|/|van) ?\d+)?", re.IGNORECASE)
_FIGURE = re.compile(
    r"[-+(]?[^\w(]{0,3}[A-Z]{0,3}[$€£¥]? ?-?\d[\d.,'\s]*%?\)?( ?[^\w\s]| ?[A-Z]{2,3})?"
)
_DATA = re.compile(r"[-+]?\d[\d.,:/ -]*(z|am|pm)?|.*@.*\..*|\d{4}-\d\d-\d\d.*", re.IGNORECASE)
#: Headers of columns that are never read.
SECRET = re.compile(r"(^|[\W_])(password|passwd|passwort|passphrase|pwd)([\W_]|$)", re.IGNORECASE)
_NUMBERED_LINES = 10
MORE_CELLS = "cells beyond the header"


@dataclass
class Layout:
    """The table within the cells: read `rows` to the end, then the rest is known."""

    header_line: int
    headers: list[Header]
    kept: list[int]
    dropped: dict[int, str]
    _left: dict[Left, list[int]] = field(default_factory=dict)
    _counts: Counter[Left] = field(default_factory=Counter)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The lines that are no rows."""
        return tuple(
            LeftOut(reason, self._counts[reason], tuple(lines))
            for reason, lines in self._left.items()
        )

    def leave(self, reason: Left, line: int) -> None:
        """Note that `line` is no row."""
        self._counts[reason] += 1
        lines = self._left.setdefault(reason, [])
        if len(lines) < _NUMBERED_LINES:
            lines.append(line)


def find_layout(rows: Iterable[Row]) -> tuple[Layout, Iterator[Row]]:
    """Where the table begins, and its rows: as many cells as headers, and what is beyond joined."""
    stream = iter(rows)
    head = list(islice(stream, HEAD_LINES))
    at = _header_at([cells for _, cells in head])
    width = max((len(cells) for _, cells in head), default=0)
    given = head[at][1] if at is not None else [f"Column {n}" for n in range(1, width + 1)]
    used = [n for n, _ in enumerate(given) if given[n].strip() or _is_used(head, at, n)]
    headers = _headers([given[n] for n in used])
    secret = {n for n, one in zip(used, headers, strict=True) if SECRET.search(one.text)}
    layout = Layout(
        head[at][0] if at is not None else 0,
        [one for n, one in zip(used, headers, strict=True) if n not in secret],
        [n for n in used if n not in secret],
        {n: given[n].strip() for n in secret},
    )
    for line, cells in head[: at or 0]:
        layout.leave("preamble" if any(map(str.strip, cells)) else "blank", line)
    layout.headers.append(Header("", MORE_CELLS))
    rest = chain(head[(-1 if at is None else at) + 1 :], stream)
    return layout, _rows(layout, [cell.strip().casefold() for cell in given], rest)


def _header_at(head: Sequence[Sequence[str]]) -> int | None:
    """The index of the header: the first line of words that is as wide as the table."""
    filled = [sum(1 for cell in cells if cell.strip()) for cells in head]
    widest = max(filled, default=0)
    for at, cells in enumerate(head):
        wide = filled[at] >= max(2 if widest > 1 else 1, (widest + 1) // 2)
        if wide and not any(_DATA.fullmatch(cell.strip()) for cell in cells):
            return at
    return None


def _is_used(head: Sequence[Row], at: int | None, column: int) -> bool:
    rows = head[(-1 if at is None else at) + 1 :]
    return any(len(cells) > column and cells[column].strip() for _, cells in rows)


def _headers(given: Sequence[str]) -> list[Header]:
    """Names cleaned of stars, breaks and marks; the second of one name has a 2 in brackets."""
    names: Counter[str] = Counter()
    headers = []
    for position, text in enumerate(given, start=1):
        name = " ".join(text.replace("\ufeff", "").replace("*", " ").split())
        name = name or f"Column {position}"
        names[name.casefold()] += 1
        count = names[name.casefold()]
        headers.append(Header(text, name if count == 1 else f"{name} ({count})"))
    return headers


def _rows(layout: Layout, header: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
    known = {*layout.kept, *layout.dropped}
    for line, cells in rows:
        reason = _no_row(cells, header)
        if reason:
            layout.leave(reason, line)
            continue
        width = len(cells)
        kept = [cells[n] if n < width else "" for n in layout.kept]
        more = [cell for n, cell in enumerate(cells) if n not in known and cell.strip()]
        yield line, [*kept, "\n".join(more)]


def _no_row(cells: Sequence[str], header: Sequence[str]) -> Left | None:
    first = next((cell.strip() for cell in cells if cell and not cell.isspace()), "")
    if not first:
        return "blank"
    total = _TOTAL.fullmatch(first[:80])
    is_page = first[-1].isdigit() and _PAGE.fullmatch(first)
    if len(header) < 2 or not (total or is_page or first.casefold() == header[0]):
        return None
    filled = [cell.strip() for cell in cells if cell.strip()]
    if is_page and len(filled) == 1:
        return "page"
    if total and len(filled) <= len(header) // 2 + 1 and (filled[1:] or not total["of"]):
        return "total" if all(map(_FIGURE.fullmatch, filled[1:])) else None
    return "header" if [cell.strip().casefold() for cell in cells] == header else None
