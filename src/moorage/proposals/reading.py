"""A list of fields, or a table of data whose headers are fields, out of a JSON or CSV file."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moorage.errors import SettingsError
from moorage.proposals.column import Column

#: Values of a table of data that are looked at, by column.
SAMPLE_ROWS = 200
#: A CSV file with these headers describes fields; any other one holds data.
_ABOUT = frozenset(("name", "label", "type", "samples", "options"))
_SEPARATOR = "|"


def read_columns(path: Path) -> list[Column]:
    """The fields in `path`.

    JSON: a list of `{"name", "label", "type", "samples", "options"}` (name alone is needed), or an
    object that holds the list as `fields`. CSV: the same as columns, samples and options divided by
    `|`; or data, one field a header. SettingsError says what is wrong and where.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, "the file cannot be read as UTF-8 text") from error
    columns = _of_json(path, text) if path.suffix.lower() == ".json" else _of_csv(path, text)
    if not columns:
        raise _refused(path, "there are no fields in it")
    names = [column.name for column in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _refused(path, f"these fields stand twice: {', '.join(twice)}")
    return columns


def _of_json(path: Path, text: str) -> list[Column]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise _refused(path, f"line {error.lineno} is no JSON: {error.msg}") from error
    listed = found.get("fields") if isinstance(found, dict) else found
    if not isinstance(listed, list):
        raise _refused(path, "it is neither a list of fields nor an object with one as `fields`")
    return [_column(path, number, about) for number, about in enumerate(listed, 1)]


def _column(path: Path, number: int, about: Any) -> Column:
    if isinstance(about, str):
        return Column(about)
    if not isinstance(about, dict) or not str(about.get("name") or "").strip():
        raise _refused(path, f"field {number} has no name")
    return Column(
        name=str(about["name"]),
        label=str(about.get("label") or ""),
        type=str(about.get("type") or ""),
        samples=_texts(about.get("samples")),
        options=_texts(about.get("options")),
        declared=True,
    )


def _texts(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        given = given.split(_SEPARATOR)
    if not isinstance(given, list | tuple):
        return ()
    return tuple(str(one).strip() for one in given if one is not None and str(one).strip())


def _of_csv(path: Path, text: str) -> list[Column]:
    lines = text.splitlines()
    if not lines:
        return []
    delimiter = max(",;\t", key=lines[0].count)
    rows = csv.DictReader(lines, delimiter=delimiter)
    headers = [header for header in rows.fieldnames or [] if header and header.strip()]
    if "name" in headers and {header.casefold() for header in headers} <= _ABOUT:
        return [_column(path, number, row) for number, row in enumerate(rows, 1)]
    data: list[Mapping[str, Any]] = [row for row, _ in zip(rows, range(SAMPLE_ROWS), strict=False)]
    return [
        Column(header.strip(), samples=tuple(str(row[header]) for row in data if row.get(header)))
        for header in headers
    ]


def _refused(path: Path, what: str) -> SettingsError:
    return SettingsError(
        what,
        where=str(path),
        state="Nothing was proposed.",
        todo='Give a list of fields: [{"name": "cf_vat", "label": "VAT number"}].',
    )
