"""What sources that read bundles share: the options, and raw tables out of a bundle.

    OPTIONS = {**BUNDLE_OPTIONS, "timezone": ("UTC", "…")}
    bundle = open_given(options)                  # or None, where `bundle` is empty
    match = bundle.match(EXPECTED)                # discover: match.notes(), match.questions()
    tables = raw_tables(match)                    # raises where a person must answer first

Rows of one table may come from several files; `_file` and `_line` say from where.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from moorage.bundles import FORMATS, Answers, Bundle, Match, open_bundle
from moorage.errors import SettingsError
from moorage.sources.base import RawTable

BUNDLE_OPTIONS: dict[str, tuple[Any, str]] = {
    "bundle": ("", "The folder, zip or file with what was exported."),
    "bundle_files": ({}, "Files that are not recognised: file to table, or to `-` to leave out."),
    "headers": ({}, "Headers that are not recognised: table.header to column, or to `-`."),
    "formats": ({}, "How dates and numbers are written, where the files do not tell."),
}


def open_given(options: Mapping[str, Any]) -> Bundle | None:
    """The bundle that the options name, or None; a relative path begins at the project."""
    path = _place(options)
    return open_bundle(path, given_answers(options)) if path else None


def open_beside(options: Mapping[str, Any], folder: Path) -> Bundle:
    """The bundle that the options name, if any, and beside it what stands in `folder`.

    Files of the folder come in under its own name; they are read when tables are first asked for.
    """
    path = _place(options)
    more = {folder.name: folder} if path else None
    return open_bundle(path or folder.parent, given_answers(options), more=more)


def given_answers(options: Mapping[str, Any]) -> Answers:
    """What a person said of the bundle in the project file; SettingsError if it is no answer."""
    formats = _pairs(options, "formats")
    for place, word in formats.items():
        if word.lower() not in FORMATS and not _is_encoding(word):
            raise SettingsError(
                f"{word!r} is no way to write dates or numbers, and no encoding",
                where=f"source.formats: {place}",
                state="Nothing was read.",
                todo=f"Use one of: {', '.join(FORMATS)}; or for a file an encoding, as cp1250.",
            )
    return Answers(_pairs(options, "bundle_files"), _pairs(options, "headers"), formats)


def _place(options: Mapping[str, Any]) -> Path | None:
    given = str(options.get("bundle") or "")
    state = options.get("state_folder")
    path = Path(given).expanduser()
    return (Path(state).parent / path if state else path) if given else None


def _pairs(options: Mapping[str, Any], name: str) -> dict[str, str]:
    given = options.get(name) or {}
    if not isinstance(given, Mapping):
        raise SettingsError(
            "this is no list of pairs",
            where=f"source.{name}",
            state="Nothing was read.",
            todo=f"Write it like {name}: {{what stands there: what it is}}.",
        )
    return {str(key): str(value) for key, value in given.items()}


def _is_encoding(word: str) -> bool:
    try:
        codecs.lookup(word)
    except LookupError:
        return False
    return True


def raw_tables(match: Match) -> list[RawTable]:
    """All expected tables; SettingsError where a person must first say how something is written."""
    match.check()
    return [
        RawTable(
            name,
            matched.expected.key or ("_file", "_line"),
            partial(match.batches, name),
            matched.row_count,
        )
        for name, matched in match.tables.items()
    ]
