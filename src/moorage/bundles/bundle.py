"""A bundle: a folder, a zip or one file of tables, opened for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from moorage.bundles.expected import Answers, Expected
from moorage.bundles.table import Decision, Inferred, Table


@dataclass(frozen=True)
class Matched:
    """What was found for one expected table: its files, and the columns nobody expected."""

    expected: Expected
    tables: tuple[Table, ...]
    custom: tuple[Inferred, ...]
    row_count: int


class Match:
    """The tables of a bundle laid over what a source expects."""

    tables: Mapping[str, Matched]
    unknown: tuple[Table, ...]
    decisions: tuple[Decision, ...]

    def notes(self) -> list[str]:
        """What a person should know: lines left out, columns not read, tables without a place."""
        raise NotImplementedError

    def questions(self) -> list[str]:
        """What only a person can answer, with the setting that takes the answer."""
        raise NotImplementedError

    def check(self) -> None:
        """SettingsError if a format is ambiguous or contradictory; says every one of them."""
        raise NotImplementedError

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """The rows of the expected table `name` from all its files, all columns text.

        Every expected column is there; one of another kind than text and json has `<name>.given`
        beside it (the cell itself), money also `<name>.currency`; then custom columns
        (`custom.<header>`, with `.given` likewise), `_file` and `_line` (both text). A cell that is
        not of its kind is NULL, and `.given` tells. One empty batch where there are no rows.
        """
        raise NotImplementedError


class Bundle:
    """An opened bundle. What it held stands in a temporary database until `close`."""

    tables: tuple[Table, ...]

    @property
    def folder(self) -> Path:
        """The folder with all files of the bundle, tables or not; of a zip, unpacked."""
        raise NotImplementedError

    def match(self, expected: Sequence[Expected]) -> Match:
        """Find each expected table and column, and decide formats; SettingsError if an answer
        names what is not there.
        """
        raise NotImplementedError

    def infer(self, table: Table) -> tuple[Inferred, ...]:
        """What the columns of `table` are, by their values; `name` is the header's `name`."""
        raise NotImplementedError

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        """The rows of `table` as texts, with `_file` and `_line`."""
        raise NotImplementedError

    def close(self) -> None:
        """Remove what was unpacked. Safe to call twice."""
        raise NotImplementedError

    def __enter__(self) -> Bundle:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self.close()


def open_bundle(path: str | Path, answers: Answers | None = None) -> Bundle:
    """Read all tables of the folder, zip or file at `path` (CSV, TSV, XLSX, JSON, JSON lines).

    SettingsError if there is nothing, if a file cannot be read as what it is, or if it is not safe:
    a zip that unpacks to too much, members that lead out of it, links, passwords on members, XML
    with entities.
    """
    raise NotImplementedError
