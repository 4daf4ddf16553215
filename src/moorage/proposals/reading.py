"""A list of fields, or a table of data whose headers are fields, out of a JSON or CSV file."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from moorage.errors import SettingsError
from moorage.proposals.column import Column
from moorage.proposals.type_words import our_type

#: Values of a table of data that are looked at, by column.
SAMPLE_ROWS = 200
_SEPARATOR = "|"
#: What a list of fields tells of each field, and what CRMs call that, the surest word first.
_ABOUT = {
    "name": ("name", "apiname", "fieldname", "field", "columnname", "column", "key", "id"),
    "label": (
        "label", "fieldlabel", "displayname", "displaylabel", "uilabel", "title", "caption",
    ),
    "type": ("type", "datatype", "fieldtype"),
    "samples": ("samples", "sample", "samplevalues", "samplevalue", "examples", "example"),
    "options": ("options", "picklistvalues", "choices", "allowedvalues", "values", "enum"),
}  # fmt: skip
#: With these and no label, what is called the name is the label.
_TECHNICAL = ("apiname", "fieldname", "key")
#: What such lists tell besides, and nothing is proposed by.
_BESIDE = frozenset(
    ("description", "help", "required", "mandatory", "length", "custom", "readonly", "unique",
     "nullable", "default", "format", "notes", "object", "module", "table")
)  # fmt: skip
_KNOWN = frozenset(word for words in _ABOUT.values() for word in words)
#: Where an object of JSON holds its list.
_LISTS = ("fields", "columns", "properties", "attributes")


def read_columns(path: Path) -> list[Column]:
    """The fields in `path`.

    JSON: a list of `{"name", "label", "type", "samples", "options"}` (name alone is needed), or an
    object that holds the list as `fields`, or each of them by its name. CSV: the same as columns,
    samples and options divided by `|`; or data, one field a header. Other words for these five, and
    for types, are understood too. SettingsError says what is wrong and where.
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
    if isinstance(found, dict):
        found = next((found[name] for name in _LISTS if name in found), found)
    if isinstance(found, dict) and all(isinstance(about, dict) for about in found.values()):
        found = [{"name": name, **about} for name, about in found.items()]
    if not isinstance(found, list):
        raise _refused(path, "it is neither a list of fields nor an object with one as `fields`")
    return [_column(path, number, about) for number, about in enumerate(found, 1)]


def _column(path: Path, number: int, given: Any) -> Column:
    if isinstance(given, str):
        return Column(given)
    about = _about(given) if isinstance(given, dict) else {}
    if not str(about.get("name") or "").strip():
        raise _refused(path, f"field {number} has no name")
    return Column(
        name=str(about["name"]).strip(),
        label=str(about.get("label") or "").strip(),
        type=our_type(str(about.get("type") or "")),
        samples=_texts(about.get("samples")),
        options=_texts(about.get("options")),
        declared=True,
    )


def _about(given: Mapping[str, Any]) -> dict[str, Any]:
    """What `given` tells of a field, by our words for it."""
    plain = {_plain(word): value for word, value in given.items() if word}
    told = {
        name: next((plain[word] for word in words if plain.get(word)), None)
        for name, words in _ABOUT.items()
    }
    technical = next((plain[word] for word in _TECHNICAL if plain.get(word)), None)
    if technical and not told["label"]:
        told["name"], told["label"] = technical, plain.get("name")
    return told


def _plain(word: str) -> str:
    return re.sub(r"[^a-z]", "", word.casefold())


def _texts(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        given = given.split(_SEPARATOR)
    if not isinstance(given, list | tuple):
        return ()
    bare = [one.get("label") or one.get("value") if isinstance(one, dict) else one for one in given]
    return tuple(str(one).strip() for one in bare if one is not None and str(one).strip())


def _of_csv(path: Path, text: str) -> list[Column]:
    lines = text.splitlines()
    if not lines:
        return []
    delimiter = max(",;\t", key=lines[0].count)
    reader = csv.DictReader(lines, delimiter=delimiter)
    headers = [header for header in reader.fieldnames or [] if header and header.strip()]
    rows = list(reader)
    if _describes(headers, rows):
        return [_column(path, number, row) for number, row in enumerate(rows, 1)]
    data = rows[:SAMPLE_ROWS]
    return [
        Column(header.strip(), samples=tuple(str(row[header]) for row in data if row.get(header)))
        for header in headers
    ]


def _describes(headers: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rows describe fields: by their headers, and every type is one."""
    plain = {_plain(header) for header in headers}
    if not plain <= _KNOWN | _BESIDE or not plain & set(_ABOUT["name"]):
        return False
    about = [_about(row) for row in rows]
    typed = [str(one["type"]) for one in about if one["type"]]
    names = [one["name"] for one in about]
    told = plain & {*_ABOUT["label"], *_ABOUT["type"], *_ABOUT["samples"]} - {"title", "caption"}
    unlike_data = "id" not in plain and len({*names}) == len(names)
    return bool(told) and unlike_data and all(our_type(word) for word in typed)


def _refused(path: Path, what: str) -> SettingsError:
    return SettingsError(
        what,
        where=str(path),
        state="Nothing was proposed.",
        todo='Give a list of fields: [{"name": "cf_vat", "label": "VAT number"}].',
    )
