"""Which files Krayin's rows name, and a look at them before anything is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from moorage.sources.base import FileStore
from moorage.sources.krayin.reader import Reader, quoted
from moorage.sources.krayin.schema import Schema

LARGEST_COUNT = 10


def named_paths(reader: Reader, schema: Schema) -> list[str]:
    """The path of every row that names a file, once for each row."""

    def table(name: str) -> str:
        return quoted(schema.prefix + name)

    queries = [
        f"SELECT path FROM {table(name)}"
        for name in ("activity_files", "email_attachments")
        if schema.has(name, "path")
    ]
    if schema.has("users", "image"):
        queries.append(f"SELECT image FROM {table('users')} WHERE image <> ''")
    if schema.has("attribute_values") and schema.has("attributes"):
        queries.append(
            f"SELECT v.text_value FROM {table('attribute_values')} v"
            f" JOIN {table('attributes')} a ON a.id = v.attribute_id"
            " WHERE a.type IN ('file', 'image') AND v.text_value <> ''"
        )
    return [path or "" for query in queries for (path,) in reader.rows(query)]


def look_at(paths: list[str], store: FileStore | None) -> dict[str, Any]:
    """Counts and volume of the files at `paths`; without a store only how many are named.

    `files` are different paths that are there, `problems` counts the others by reason, `largest`
    names the biggest with their bytes.
    """
    told: dict[str, Any] = {"rows": len(paths), "paths": len(set(paths)), "given": bool(store)}
    if store is None:
        return told
    found = list(store.about(sorted(set(paths))))
    there = sorted((about for about in found if not about.problem), key=lambda a: -a.size)
    problems = Counter(about.problem for about in found if about.problem)
    return told | {
        "files": len(there),
        "bytes": sum(about.size for about in there),
        "problems": dict(problems),
        "largest": [{"path": a.path, "bytes": a.size} for a in there[:LARGEST_COUNT]],
    }


def in_figures(told: Mapping[str, Any]) -> dict[str, int]:
    """What `look_at` told, as figures for the scope; none without a store."""
    if not told["given"]:
        return {}
    largest = told["largest"]
    return {
        "files_at_hand": told["files"],
        "bytes_at_hand": told["bytes"],
        "bytes_of_the_largest": largest[0]["bytes"] if largest else 0,
        "files_that_cannot_be_had": sum(told["problems"].values()),
    }


def file_notes(told: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Notes and questions about the files."""
    if not told["rows"]:
        return [], []
    if not told["given"]:
        return [], [
            f"{told['rows']:,} rows name files: where are they? Give source.files (the folder"
            " storage/app/public of Krayin, or a bucket), or they are all set aside."
        ]
    note = f"{told['files']:,} files of {told['bytes'] / 1e6:,.1f} MB in all stand ready."
    wrong = [f"{reason} ({count:,})" for reason, count in sorted(told["problems"].items())]
    return [note, *([f"Of the others, each {', or '.join(wrong)}."] if wrong else [])], []
