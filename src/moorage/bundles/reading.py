"""Files and sheets read into the bundle's database, each a `Table`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from moorage.bundles.json_rows import JsonTable, Record
from moorage.bundles.layout import MORE_CELLS, SECRET, Layout, find_layout
from moorage.bundles.places import refused
from moorage.bundles.sheets import Workbook
from moorage.bundles.store import Store
from moorage.bundles.table import Format, Header, LeftOut, Table
from moorage.bundles.text import delimiter_of, encoding_of, text_rows

TEXTS = (".csv", ".tsv", ".txt")
BOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
JSONS = (".json", ".jsonl", ".ndjson")
ENDINGS = (*TEXTS, *BOOKS, *JSONS)

Row = tuple[int, list[str]]


def read_tables(store: Store, name: str, path: Path, formats: Mapping[str, str]) -> list[Table]:
    """The tables in one file; SettingsError if it is not what its ending says."""
    ending = path.suffix.lower()
    told = str(formats.get(name) or "")
    try:
        if ending in BOOKS:
            return _book(store, name, path)
        encoding = encoding_of(path, name, told)
        read = _json if ending in JSONS else _text
        return read(store, name, path, encoding)
    except OSError as error:
        what = f"this file cannot be read ({type(error).__name__})"
        raise refused(name, what, "Look at its rights, or leave it out.") from None


def _text(store: Store, name: str, path: Path, encoding: str) -> list[Table]:
    delimiter = delimiter_of(path, encoding)
    rows = text_rows(path, name, encoding, delimiter)
    layout, found = find_layout(row for row in rows if not _names_delimiter(row))
    return [_kept(store, name, "csv", layout, found, encoding=encoding, delimiter=delimiter)]


def _names_delimiter(row: Row) -> bool:
    return row[0] == 1 and bool(re.fullmatch(r"(?i)\ufeff?sep=.?", "".join(row[1])))


def _book(store: Store, name: str, path: Path) -> list[Table]:
    book = Workbook(path, name)
    tables = []
    try:
        for sheet in book.sheets():
            layout, found = find_layout(book.rows(sheet))
            table = _kept(store, f"{name}#{sheet}", "xlsx", layout, found)
            if table.columns:
                tables.append(table)
    finally:
        book.close()
    return tables


def _kept(
    store: Store, name: str, format_: Format, layout: Layout, rows: Iterable[Row],
    *, encoding: str = "", delimiter: str = "",
) -> Table:  # fmt: skip
    headers = layout.headers
    table, count = store.add([header.name for header in headers], rows)
    notes = []
    if store.drop_empty(table, MORE_CELLS):
        headers = headers[:-1]
    else:
        notes.append(f"some rows have more cells than there are headers: see {MORE_CELLS!r}")
    if encoding in ("cp1252", "latin-1"):
        notes.append(f"it is no UTF-8 and was read as {encoding}")
    if layout.header_line == 0 and headers:
        notes.append("it has no line of headers: columns are called by number")
    notes += [
        f"two columns are called {header.text.strip()!r}: the second is {header.name!r} here"
        for header in headers
        if header.name.endswith(")") and not header.text.strip().endswith(")")
    ]
    empty = [header for header in headers if not header.text.strip()]
    gone = {header.name for header in empty if store.drop_empty(table, header.name)}
    return Table(
        name, format_, tuple(header for header in headers if header.name not in gone), count,
        table, encoding, delimiter, layout.header_line, layout.left_out,
        dropped=tuple(layout.dropped.values()), notes=tuple(notes),
    )  # fmt: skip


def _json(store: Store, name: str, path: Path, encoding: str) -> list[Table]:
    found = JsonTable(name)
    records = list(found.records(path, encoding))
    names = list(dict.fromkeys(key for _, record in records for key in record))
    dropped = [key for key in names if SECRET.search(key)]
    names = [key for key in names if key not in dropped]
    # Keys that differ in case alone would be one column.
    headers = _told_apart(names)
    table, count = store.add([header.name for header in headers], _cells(records, names))
    errors = found.error_lines
    left = (LeftOut("error", len(errors), tuple(errors[:10])),) if errors else ()
    return [
        Table(
            name, "json", tuple(headers), count, table, encoding, header_line=0, left_out=left,
            pages=tuple(found.pages), dropped=tuple(dropped),
        )
    ]  # fmt: skip


def _told_apart(names: Iterable[str]) -> list[Header]:
    seen: dict[str, int] = {}
    headers = []
    for name in names:
        count = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        headers.append(Header(name, name if count == 1 else f"{name} ({count})"))
    return headers


def _cells(records: Iterable[Record], names: list[str]) -> Iterator[Row]:
    for line, record in records:
        yield line, [record.get(name, "") for name in names]
