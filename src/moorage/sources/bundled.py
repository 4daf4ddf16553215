"""What sources that read bundles share: the options, and raw tables out of a bundle.

    OPTIONS = {**BUNDLE_OPTIONS, "timezone": ("UTC", "…")}
    bundle = open_given(options)                  # or None, where `bundle` is empty
    match = bundle.match(EXPECTED)                # discover: match.notes(), match.questions()
    tables = raw_tables(match)                    # raises where a person must answer first

Rows of one table may come from several files; `_file` and `_line` say from where.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from moorage.bundles import Answers, Bundle, Match, open_bundle
from moorage.sources.base import RawTable

BUNDLE_OPTIONS: dict[str, tuple[Any, str]] = {
    "bundle": ("", "The folder, zip or file with what was exported."),
    "bundle_files": ({}, "Files that are not recognised: file to table, or to `-` to leave out."),
    "headers": ({}, "Headers that are not recognised: table.header to column, or to `-`."),
    "formats": ({}, "How dates and numbers are written, where the files do not tell."),
}


def open_given(options: Mapping[str, Any]) -> Bundle | None:
    """The bundle that the options name, or None."""
    path = str(options.get("bundle") or "")
    return open_bundle(path, given_answers(options)) if path else None


def open_beside(options: Mapping[str, Any], folder: Path) -> Bundle:
    """The bundle that the options name, if any, and beside it what stands in `folder`.

    Files of the folder come in under its own name; they are read when tables are first asked for.
    """
    path = str(options.get("bundle") or "")
    more = {folder.name: folder} if path else None
    return open_bundle(path or folder.parent, given_answers(options), more=more)


def given_answers(options: Mapping[str, Any]) -> Answers:
    """What a person said of the bundle in the project file."""
    return Answers(
        files=dict(options.get("bundle_files") or {}),
        headers=dict(options.get("headers") or {}),
        formats=dict(options.get("formats") or {}),
    )


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
