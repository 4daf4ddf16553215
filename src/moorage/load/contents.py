"""The contents of files on their way: read when they are sent, and proved to be the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from moorage.mapping.target import TargetTable
from moorage.sources.base import FileStore
from moorage.staging.staging import identifier, literal

#: Files of one call: in base64 they are a third more, and one call is about 16 MB then.
BATCH_BYTES = 12_000_000


class FileError(Exception):
    """A file cannot go; `code` and `reason` are what the set-aside row says."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Contents:
    """The files of one row: field → how to read it; and their bytes in all."""

    readers: Mapping[str, Callable[[], bytes]]
    size: int = 0


NO_FILES = Contents({})


def contents_of(store: FileStore | None, listed: Sequence[Mapping[str, Any]] | None) -> Contents:
    """The files of a row as `files_sql` lists them."""
    if not listed:
        return NO_FILES
    readers = {one["field"]: partial(read_file, store, one["paths"], one["sha1"]) for one in listed}
    return Contents(readers, sum(one["size"] for one in listed))


def files_sql(table: TargetTable) -> str:
    """SQL over `t` of the files of a row: a list of (field, sha1, size, paths), NULL without any.

    Files of the same content are one: any of their paths will do.
    """
    items = []
    for field in table.fields:
        if field.holds == "file":
            sha1 = f"t.{identifier(field.name)}"
            found = f"FROM meta.files AS f WHERE f.sha1 = {sha1}"
            items.append(
                f"CASE WHEN {sha1} IS NOT NULL THEN {{'field': {literal(field.name)},"
                f" 'sha1': {sha1}, 'size': (SELECT max(f.size) {found}),"
                f" 'paths': (SELECT list(f.path ORDER BY f.path) {found})}} END"
            )
    if not items:
        return "NULL"
    return f"list_filter([{', '.join(items)}], lambda one: one IS NOT NULL)"


def read_file(store: FileStore | None, paths: Sequence[str], sha1: str) -> bytes:
    """The content with that SHA-1, from the first of `paths` that holds it still, or FileError."""
    if store is None:
        raise FileError("file_missing", "the source's files are not at hand")
    readable = False
    for path in paths:
        try:
            with store.open(path) as file:
                content = file.read()
        except OSError:
            continue
        readable = True
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() == sha1:
            return content
    if readable:
        raise FileError("file_changed", "the file changed since the extraction")
    raise FileError("file_missing", "the file cannot be read any more")
