"""A bundle: a folder, a zip or one file of tables, opened for reading."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from moorage.bundles.expected import Answers, Expected
from moorage.bundles.infer import infer
from moorage.bundles.match import Match
from moorage.bundles.places import files_of, refused, unpack
from moorage.bundles.reading import ENDINGS, read_tables
from moorage.bundles.store import LINE, Store, identifier
from moorage.bundles.table import Inferred, Table
from moorage.errors import SettingsError

#: Folders whose files hang on records; a sheet among them is no table of the bundle.
ATTACHED = re.compile(r"(^|/)(attachments?|files|photos?|images|documents|recordings)/")


class Bundle:
    """An opened bundle. What it held stands in a temporary folder until `close`.

    Nothing is unpacked before `folder` is asked for, no table read before `tables`.
    """

    def __init__(self, path: Path, answers: Answers, more: Mapping[str, Path]) -> None:
        self.path = path
        self._more = more
        self._answers = answers
        self._temporary = tempfile.TemporaryDirectory(prefix="moorage-bundle-")
        self._place = Path(self._temporary.name)
        self._store: Store | None = None

    @cached_property
    def folder(self) -> Path:
        """The folder with all files of the bundle, tables or not; of a zip, unpacked."""
        if self.path.is_dir():
            return self.path
        if self.path.suffix.lower() != ".zip":
            return self.path.parent
        unpacked = self._place / "unpacked"
        unpacked.mkdir()
        unpack(self.path, unpacked)
        return unpacked

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Every file and sheet that is a table, in the order of their names.

        What stands in a folder of attachments is none.
        """
        formats = self._answers.formats
        tables = [
            table
            for name, path in self._files()
            if path.suffix.lower() in ENDINGS and not ATTACHED.search(name.lower())
            for table in read_tables(self.store, name, path, formats)
        ]
        if not tables:
            raise refused(
                str(self.path), "there is no table in it", f"Put files there: {' '.join(ENDINGS)}."
            )
        return tuple(tables)

    @property
    def store(self) -> Store:
        """The database that the tables are read into."""
        if self._store is None:
            self._store = Store(self._place)
        return self._store

    def _files(self) -> Iterator[tuple[str, Path]]:
        if self.path.is_dir() or self.path.suffix.lower() == ".zip":
            yield from files_of(self.folder)
        else:
            yield self.path.name, self.path
        for name, folder in self._more.items():
            yield from ((f"{name}/{inner}", path) for inner, path in files_of(folder))

    def match(self, expected: Sequence[Expected]) -> Match:
        """Find each expected table and column, and decide formats; SettingsError if an answer
        names what is not there.
        """
        return Match(self.store, self.tables, expected, self._answers)

    def infer(self, table: Table) -> tuple[Inferred, ...]:
        """What the columns of `table` are, by their values; `name` is the header's `name`."""
        formats = self._answers.formats
        return tuple(
            infer(self.store, table, header, header.name, formats) for header in table.columns
        )

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        """The rows of `table` as texts, with `_file` and `_line`."""
        names = [identifier(header.name) for header in table.columns]
        file = table.name.replace("'", "''")
        picked = ", ".join([*names, f"'{file}' AS _file", f"CAST({LINE} AS VARCHAR) AS {LINE}"])
        return self.store.batches(
            f"SELECT {picked} FROM {table.table} ORDER BY {table.table}.{LINE}"
        )

    def close(self) -> None:
        """Remove what was unpacked. Safe to call twice."""
        if self._store is not None:
            self._store.close()
            self._store = None
        self._temporary.cleanup()

    def __enter__(self) -> Bundle:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()


def open_bundle(
    path: str | Path, answers: Answers | None = None, *, more: Mapping[str, Path] | None = None
) -> Bundle:
    """Open the folder, zip or file at `path` (CSV, TSV, XLSX, JSON, JSON lines); nothing is read
    yet. `more` are further folders, such as answers of an API that a source kept: their files come
    in under the name given here.

    Reading raises SettingsError if there is no table, if a file cannot be read as what it is, or if
    it is not safe: a zip that unpacks to too much, members that lead out of it, links, passwords on
    members, XML with entities.
    """
    place = Path(path).expanduser()
    if not place.exists():
        raise SettingsError(
            "there is no such folder or file",
            where=f"source.bundle: {place}",
            state="Nothing was read.",
            todo="Give the folder, zip or file that was exported.",
        )
    return Bundle(place, answers or Answers(), more or {})
