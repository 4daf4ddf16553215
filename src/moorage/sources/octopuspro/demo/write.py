"""How the files of a bundle are written: as Excel, a report or an API would."""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

CHUNK = 20_000
PAGE_ROWS = 100
#: What a report puts above its header.
PREAMBLE = ("Report: {title}", "Period: 01/01/2024 - 31/12/2025", "Generated at 02/01/2026 8:00 am")


@dataclass(frozen=True)
class Style:
    """How a text file is written; `report` adds a preamble, and totals and pages between rows."""

    encoding: str = "utf-8"
    delimiter: str = ","
    report: bool = False


def write_csv(
    connection: duckdb.DuckDBPyConnection, view: str, path: Path, style: Style = Style()
) -> int:
    """All rows of `view`; how many."""
    count = 0
    with path.open("w", encoding=style.encoding, newline="", errors="replace") as file:
        writer = csv.writer(file, delimiter=style.delimiter)
        if style.report:
            writer.writerows([line.format(title=path.stem)] for line in PREAMBLE)
            writer.writerow([])
        for header, rows in _chunks(connection, view):
            if not count:
                writer.writerow(header)
            writer.writerows(rows)
            count += len(rows)
            if style.report:
                _between(writer, len(header), count)
    return count


def _between(writer: Any, width: int, count: int) -> None:
    """What stands in reports and is no row."""
    writer.writerow([])
    writer.writerow(["Sub-total", *[""] * (width - 2), str(count)])
    writer.writerow([f"Page 1 of {count // CHUNK + 1}"])
    writer.writerow(["Grand Total", *[""] * (width - 2), str(count)])


def write_xlsx(connection: duckdb.DuckDBPyConnection, view: str, path: Path, sheet: str) -> int:
    """All rows of `view` in a workbook: times as Excel keeps them, a preamble, a line of totals."""
    options = {"constant_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"}
    options |= {"strings_to_formulas": False, "strings_to_urls": False}
    line = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet(sheet)
        for text in PREAMBLE:
            page.write(line, 0, text.format(title=sheet))
            line += 1
        line += 1
        first = line
        for header, rows in _chunks(connection, view):
            if line == first:
                page.write_row(line, 0, header)
            for row in rows:
                line += 1
                page.write_row(line, 0, row)
        page.write(line + 1, 0, "Grand Total")
    return line - first


def write_pages(connection: duckdb.DuckDBPyConnection, query: str, folder: Path, name: str) -> int:
    """Saved answers of the web application: pages of `query`, whose one column is JSON."""
    rows = [json.loads(text) for (text,) in connection.execute(query).fetchall()]
    last = max(1, -(-len(rows) // PAGE_ROWS))
    for page in range(1, last + 1):
        told = {
            "data": rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS],
            "current_page": page,
            "per_page": PAGE_ROWS,
            "total": len(rows),
            "next_page_url": None if page == last else f"?page={page + 1}",
        }
        (folder / f"{name}_{page}.json").write_text(json.dumps(told), encoding="utf-8")
    return len(rows)


def write_photo(path: Path, shade: int) -> None:
    """The smallest picture there is, of a colour of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixel = b"\0" + bytes((shade % 256, shade // 256 % 256, 90))
    header = (1).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(pixel)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_part(*part) for part in parts))


def _part(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + check


def _chunks(
    connection: duckdb.DuckDBPyConnection, view: str
) -> Iterator[tuple[list[str], Sequence[tuple[Any, ...]]]]:
    """Header and rows, some at a time; an empty view gives its header."""
    found = connection.execute(f"SELECT * FROM {view}")
    header = [about[0].rstrip() for about in found.description or ()]
    rows = found.fetchmany(CHUNK)
    yield header, [_cells(row) for row in rows]
    while rows := found.fetchmany(CHUNK):
        yield header, [_cells(row) for row in rows]


def _cells(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_cell(value) for value in row)


def _cell(value: Any) -> Any:
    return value if isinstance(value, int | float | str | datetime | None) else str(value)
