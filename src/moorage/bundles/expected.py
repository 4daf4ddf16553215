"""What a source expects in a bundle, and what a person said about the bundle at hand.

Names of files and headers are data: a source lists the ones it knows, a person adds others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: What the cells of a column are, and as which text they come out:
#: text: as given · code: an id, a phone number, a postcode: `3000.0` is `3000`, and a number that a
#: spreadsheet wrote as `6.14E+10` is none · integer, number: `-1234.5` · money: the same, the
#: currency beside it · percent: `10` of `10%` · boolean: `true`, `false` · date: `2026-03-12` ·
#: datetime: `2026-03-12 09:00:00` as the clock on the wall, with `+00` at its end where the cell
#: named a zone (it is UTC then) · duration: minutes · times: `["09:00", "11:00"]` ·
#: list: a JSON list of texts · json: as given
Kind = Literal[
    "text", "code", "integer", "number", "money", "percent", "boolean", "date", "datetime",
    "duration", "times", "list", "json",
]  # fmt: skip
#: Kinds whose text is that of the cell; every other has a column `<name>.given` beside it.
AS_GIVEN: tuple[Kind, ...] = ("text", "json")


@dataclass(frozen=True)
class Column:
    """A column that a source knows: its name in raw, and the headers it is found under.

    Headers are compared without case, blanks and marks, and `name` is one of them. `names`: a list
    of names, in which commas divide only where no cell of the column is divided otherwise. `note`
    and `example` go into templates.
    """

    name: str
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    names: bool = False
    note: str = ""
    example: str = ""


@dataclass(frozen=True)
class Expected:
    """A table that a source knows: its name in raw, and the files or sheets it is found in.

    `files` are names without folder and ending; `*` stands for anything, and `name` is one of them
    with a number or date after it. `key` are the columns that name a row; without, it is file and
    line.
    """

    name: str
    columns: tuple[Column, ...]
    files: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    note: str = ""

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((found for found in self.columns if found.name == name), None)


@dataclass(frozen=True)
class Answers:
    """What a person said of a bundle.

    `files`: file (`old/people.csv`, `report.xlsx#Sheet1`) to the name of a table, or to `-`: leave
    it out. `headers`: `<table>.<header>` to the name of a column, or to `-`. `formats`: what the
    evidence does not decide, for `<file>: <header>`, a header, or `*`; one of `FORMATS`.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)


#: The words for orders of dates and for decimal marks, with what they mean.
FORMATS: Mapping[str, str] = {
    "dmy": "day, month, year",
    "mdy": "month, day, year",
    "ymd": "year, month, day",
    "point": "1,234.50",
    "comma": "1.234,50",
}
