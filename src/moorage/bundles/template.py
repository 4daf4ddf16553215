"""Empty files for people to fill: one for each expected table, and a page that explains them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from moorage.bundles.expected import Column, Expected, Kind

README = "README.md"
#: What belongs under a header, in words.
_KINDS: dict[Kind, str] = {
    "text": "text", "code": "text, exactly as it is", "integer": "a whole number",
    "number": "a number", "money": "an amount, with or without its currency",
    "percent": "a percentage", "boolean": "yes or no", "date": "a day, best as 2026-03-12",
    "datetime": "day and time, best as 2026-03-12 09:00", "duration": "a time span, as 1:30",
    "times": "from when to when, as 9:00 - 11:00", "list": "several, divided by ; or a new line",
    "json": "JSON",
}  # fmt: skip


def write_template(expected: Sequence[Expected], folder: Path, label: str) -> list[Path]:
    """Write a CSV with headers alone for each table, and README.md, into the new `folder`.

    The files written, the page first. FileExistsError if the folder is there and not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / README
    page.write_text("\n".join(_page(expected, label)) + "\n", encoding="utf-8")
    return [page, *(_write_headers(one, folder / f"{one.name}.csv") for one in expected)]


def header_of(column: Column) -> str:
    """What a column is called in a template: its first other name, with a star if it must be."""
    name = column.aliases[0] if column.aliases else column.name.replace("_", " ").capitalize()
    return f"{name}*" if column.required else name


def _write_headers(expected: Expected, path: Path) -> Path:
    # With the mark by which Excel knows UTF-8.
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerow([header_of(column) for column in expected.columns])
    return path


def _page(expected: Sequence[Expected], label: str) -> Iterator[str]:
    yield f"# Files for {label}"
    yield ""
    yield "Fill what there is and delete the files that are not needed. CSV or XLSX, in any order"
    yield "of columns; more columns become custom fields. A star: the column must be there."
    yield "Exports with other names of files and headers may be put here as they are."
    for one in expected:
        yield from ("", f"## {one.name}.csv", "")
        if one.note:
            yield from (one.note, "")
        if one.files:
            yield from (f"Also known as {', '.join(one.files)}.", "")
        yield from ("| header | what belongs there | also known as |", "|---|---|---|")
        for column in one.columns:
            yield f"| {header_of(column)} | {_told(column)} | {_others(column)} |"


def _told(column: Column) -> str:
    example = f", as {column.example}" if column.example else ""
    note = f". {column.note}" if column.note else ""
    return f"{_KINDS[column.kind]}{example}{note}"


def _others(column: Column) -> str:
    return ", ".join([column.name, *column.aliases[1:]])
