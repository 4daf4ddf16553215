"""The spreadsheets behind a page's table: CSV and XLSX in one pass, row by row, however many."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

Value = str | int | float | None
Row = Sequence[Value]

#: A cell that begins so is a formula to a spreadsheet; it is written as text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: So many rows go into a workbook: more open in no time in a spreadsheet. The CSV has all.
MOST_IN_WORKBOOK = 200_000
#: So many rows are kept for the page.
FIRST = 300
_WIDEST = 60


@dataclass(frozen=True)
class SavedTable:
    """A table that was written: how many rows, the first of them, and the files, by kind."""

    name: str
    heads: tuple[str, ...]
    count: int
    first: tuple[Row, ...]
    files: tuple[tuple[str, str], ...]

    @property
    def cut(self) -> int:
        """How many rows are in the files only."""
        return self.count - len(self.first)


def save_table(
    folder: Path, name: str, heads: Sequence[str], rows: Iterable[Row], *, first: int = FIRST
) -> SavedTable:
    """Write `<name>.csv` and `<name>.xlsx` into `folder`; one row at a time is in memory.

    `files` are given relative to the folder above, where the pages stand. Without rows there are
    no files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = iter(rows)
    kept: list[Row] = []
    for row in rows:
        kept.append(row)
        if len(kept) == first:
            break
    if not kept:
        return SavedTable(name, tuple(heads), 0, (), ())
    count = 0
    with _Sheets(folder / name, heads, kept) as sheets:
        for source in (kept, rows):
            for row in source:
                sheets.add(row)
                count += 1
    place = folder.name
    files = (("CSV", f"{place}/{name}.csv"), ("XLSX", f"{place}/{name}.xlsx"))
    return SavedTable(name, tuple(heads), count, tuple(kept), files)


def as_text(value: Value) -> Value:
    """`value` as a CSV file holds it: what a spreadsheet would compute gets a quote before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class _Sheets:
    """A CSV file and a workbook that are filled side by side."""

    def __init__(self, path: Path, heads: Sequence[str], sample: Sequence[Row]) -> None:
        self._file = path.with_suffix(".csv").open("w", newline="", encoding="utf-8-sig")
        self._csv = csv.writer(self._file)
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        }
        self._book = xlsxwriter.Workbook(str(path.with_suffix(".xlsx")), options)
        self._sheet = self._book.add_worksheet(path.name[:31])
        self._row = 1
        self._csv.writerow(heads)
        bold = self._book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self._sheet.freeze_panes(1, 0)
        for place, head in enumerate(heads):
            longest = max(len(str(row[place] or "")) for row in sample)
            self._sheet.set_column(place, place, min(max(longest, len(head)) + 2, _WIDEST))
        self._sheet.write_row(0, 0, heads, bold)
        self._columns = len(heads)

    def __enter__(self) -> _Sheets:
        return self

    def __exit__(self, *_: object) -> None:
        if self._row > 1:
            self._sheet.autofilter(
                0, 0, min(self._row, MOST_IN_WORKBOOK + 1) - 1, self._columns - 1
            )
        self._book.close()
        self._file.close()

    def add(self, row: Row) -> None:
        """One more row, in both."""
        self._csv.writerow([as_text(value) for value in row])
        if self._row <= MOST_IN_WORKBOOK:
            for place, value in enumerate(row):
                if isinstance(value, str):
                    self._sheet.write_string(self._row, place, value[:32_767])
                elif value is not None:
                    self._sheet.write_number(self._row, place, value)
        self._row += 1
