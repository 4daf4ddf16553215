"""What a report page is made of. Every value is escaped when it is drawn; none is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DASH = "\N{EN DASH}"

#: How a chip looks. The words say it too: nobody needs to see colours.
Tone = Literal["good", "warn", "bad", "quiet", "plain"]


@dataclass(frozen=True)
class Chip:
    """A state in a word or two."""

    words: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Cell:
    """One cell: words, perhaps as a chip, a code or a figure, with a fainter line below.

    `href` makes the words a link; `lines` are drawn as a list below them.
    """

    words: str
    tone: Tone | None = None
    is_code: bool = False
    is_figure: bool = False
    below: str = ""
    is_nought: bool = False
    href: str = ""
    lines: tuple[str, ...] = ()


def text(words: object, *, below: str = "") -> Cell:
    """Plain words."""
    return Cell("" if words is None else str(words), below=below)


def code(words: object, *, below: str = "") -> Cell:
    """A name as the machine knows it: a field, a model, a key."""
    return Cell(str(words), is_code=True, below=below)


def number(value: float, *, tone: Tone | None = None) -> Cell:
    """A figure; nought is written as a dash, so that what counts stands out."""
    words = DASH if value == 0 else f"{value:,}"
    return Cell(words, tone=tone if value else None, is_figure=True, is_nought=value == 0)


def percent(part: int, whole: int) -> Cell:
    """A share; never '100 %' unless it is all."""
    if not whole:
        return Cell(DASH, is_figure=True)
    share = 100 * part / whole
    shown = 99.9 if share > 99.9 and part < whole else share
    return Cell(f"{shown:.1f} %".replace(".0 %", " %"), is_figure=True)


def chip(words: str, tone: Tone) -> Cell:
    """A state."""
    return Cell(words, tone=tone)


@dataclass(frozen=True)
class Column:
    """The head of a column; figures stand to the right."""

    label: str
    is_figure: bool = False


@dataclass(frozen=True)
class Tile:
    """One fact in large: a figure, what it counts, and a remark."""

    label: str
    value: str
    remark: str = ""
    tone: Tone | None = None


@dataclass(frozen=True)
class Section:
    """A part of the page: words, then a table, then a list; each may be missing.

    `totals` is a last row drawn apart; `cut` is how many rows were left out of the table;
    `items_title` stands above the list. `files` are spreadsheets with the same table: what they
    are called here, and where they stand.
    """

    title: str
    intro: str = ""
    columns: tuple[Column | str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    totals: tuple[Cell, ...] = ()
    items: tuple[str, ...] = ()
    items_title: str = ""
    cut: int = 0
    empty: str = ""
    files: tuple[tuple[str, str], ...] = ()

    @property
    def anchor(self) -> str:
        """The section's place in its page's address."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.title.lower()).split())

    @property
    def heads(self) -> tuple[Column, ...]:
        """All columns as `Column`; a label that begins with '#' is one of figures."""
        return tuple(
            column
            if isinstance(column, Column)
            else Column(column.removeprefix("#"), is_figure=column.startswith("#"))
            for column in self.columns
        )


@dataclass(frozen=True)
class Page:
    """A whole report: what it is, the verdict in a chip, one sentence, facts, sections."""

    name: str
    title: str
    verdict: Chip
    lead: str
    tiles: tuple[Tile, ...] = ()
    sections: tuple[Section, ...] = ()
    foot: str = ""
