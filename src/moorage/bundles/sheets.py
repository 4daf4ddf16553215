"""Workbooks: their sheets as rows of text, once they are known to do no harm.

The library fills a sheet from its first cell to its last, so two cells in far corners would take
all memory there is: how far they reach is looked at before.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from moorage.bundles.places import checked_members, refused

MOST_CELLS = 40_000_000
_CELL = re.compile(rb"\sr=[\"']([A-Z]{1,3})[0-9]")
_LINE = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=[\"']([0-9]+)")
_CHUNK_BYTES = 1 << 20
_SEAM_BYTES = 256
_TODO = "Save the table as CSV in UTF-8, and give that."

Row = tuple[int, list[str]]


class Workbook:
    """A workbook that was looked through, open for reading."""

    def __init__(self, path: Path, name: str) -> None:
        """SettingsError if it cannot be read or is not safe; `name` is what to call it."""
        self._name = name
        if zipfile.is_zipfile(path):
            _look_through(path, name)
        try:
            self._book = CalamineWorkbook.from_path(str(path))
        except (CalamineError, OSError, ValueError) as error:
            raise _unreadable(name, error) from None

    def sheets(self) -> list[str]:
        """The names of the sheets that hold cells."""
        return [
            about.name
            for about in self._book.sheets_metadata
            if about.typ == SheetTypeEnum.WorkSheet
        ]

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet with their numbers, the first being 1."""
        try:
            cells = self._book.get_sheet_by_name(sheet)
        except (CalamineError, OSError, ValueError) as error:
            raise _unreadable(f"{self._name}#{sheet}", error) from None
        for number, row in enumerate(cells.iter_rows(), start=1):
            yield number, [_text(cell) for cell in row]

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(repr(cell))
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    # Dates and times of day, as ISO has them.
    return str(cell)


def number_text(number: str) -> str:
    """A number that was one in the file, as text that can be read in one way only.

    `1.234` gets a nought at its end: as text it could be a thousand or so in the writing of others.
    """
    if number.endswith(".0"):
        return number[:-2]
    if "e" in number.lower():
        value = float(number)
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e17 else number
    return f"{number}0" if re.fullmatch(r"-?\d{1,3}\.\d{3}", number) else number


def _look_through(path: Path, name: str) -> None:
    with zipfile.ZipFile(path) as opened:
        for member in checked_members(opened, name):
            if not member.filename.lower().endswith((".xml", ".rels")):
                continue
            with opened.open(member) as part:
                # Also in two bytes a letter.
                head = part.read(1 << 16).replace(b"\0", b"")
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise refused(name, "its XML declares entities, as no table does", _TODO)
            if re.match(r"xl/worksheets/[^/]*\.xml", member.filename):
                _measure(opened, member, name)


def _measure(opened: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    columns: set[bytes] = set()
    last = 1
    seam = b""
    with opened.open(member) as part:
        while chunk := part.read(_CHUNK_BYTES):
            piece = seam + chunk
            columns.update(_CELL.findall(piece))
            last = max(last, *map(int, _LINE.findall(piece)), 1)
            seam = piece[-_SEAM_BYTES:]
    width = max(map(_number, columns), default=1)
    if width * last > MOST_CELLS:
        raise refused(
            name,
            f"a sheet reaches over {last:,} rows and {width:,} columns: more than can be held",
            _TODO,
        )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unreadable(name: str, error: Exception) -> Exception:
    kind = type(error).__name__
    if kind == "PasswordError":
        return refused(name, "this workbook is locked with a password", "Save it without.")
    return refused(name, f"this is no workbook that can be read ({kind})", _TODO)
