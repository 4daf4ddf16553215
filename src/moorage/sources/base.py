"""The contract of a source: five methods, all read-only.

A source is one folder under `moorage/sources/` whose package defines `SOURCE`, a `SourceKind`.
Nothing outside the folder knows its name; `load_source_kinds` finds it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

import pyarrow as pa

from moorage.bundles import Expected
from moorage.errors import SettingsError

#: Types a source field can have; what a value of it looks like in a tidy table.
#: text/html/email/phone/url: VARCHAR · integer: BIGINT · decimal/money: DECIMAL or DOUBLE ·
#: boolean · date: DATE · datetime: TIMESTAMP in UTC · select: VARCHAR (the option's label) ·
#: multiselect: VARCHAR[] · link: the other record's id as VARCHAR · links: VARCHAR[] ·
#: reference: VARCHAR, a record of any object as `<object>:<id>` · references: VARCHAR[] ·
#: file: VARCHAR, a path in the source's file store
FIELD_TYPES = (
    "text", "html", "email", "phone", "url", "integer", "decimal", "money", "boolean", "date",
    "datetime", "select", "multiselect", "link", "links", "reference", "references", "file",
)  # fmt: skip


@dataclass(frozen=True)
class SourceField:
    """One field of a source object: a column of its tidy table.

    `custom` marks what a user of the CRM added; `options` are the labels of a select; `link` names
    the source object whose record this field points to. `absent` says what of the field does not
    come here, where another way of reading the same CRM gives all of it.
    """

    name: str
    type: str
    label: str
    custom: bool = False
    required: bool = False
    options: tuple[str, ...] = ()
    link: str | None = None
    absent: str = ""


@dataclass(frozen=True)
class SourceObject:
    """One kind of record of the source, and its tidy table (`tidy."<name>"`).

    `row_count` is what the source says it holds. Tidy rows are unique by the column `id`.
    """

    name: str
    label: str
    row_count: int
    fields: tuple[SourceField, ...]


@dataclass(frozen=True)
class Discovery:
    """What a look at the source found, without extracting anything."""

    kind: str
    release: str
    identity: str
    objects: tuple[SourceObject, ...]
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What people call the kind of source."""
        known = load_source_kinds().get(self.kind)
        return known.label if known else self.kind.capitalize()

    def object(self, name: str) -> SourceObject | None:
        """The object of that name, or None."""
        return next((found for found in self.objects if found.name == name), None)


@dataclass(frozen=True)
class Changes:
    """How to read of a table only what changed since an earlier extraction.

    `mark` is called when the rows were read and names this extraction's moment in the source's own
    words (a time, a delta link), or is None while it has none. `since(mark)` gives the rows
    changed or made since, rather too many than too few, with the columns of `batches`.
    `key_batches` gives the key columns of all rows that stand now: what is not among them was
    deleted.
    """

    mark: Callable[[], str | None]
    since: Callable[[str], Iterator[pa.RecordBatch]]
    key_batches: Callable[[], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class RawTable:
    """A table to extract: its name, the columns that make its key, and its rows as Arrow batches.

    Values stay as the source gave them; a source that speaks text (MySQL) gives text. A table with
    `changes`, whose keys must be unique, can be read in part.
    """

    name: str
    key: tuple[str, ...]
    batches: Callable[[], Iterator[pa.RecordBatch]]
    row_count: int | None = None
    changes: Changes | None = None


@dataclass(frozen=True)
class TablePulse:
    """What moves when somebody writes to a table: None where the table has no such thing.

    `newest` is the latest time of change, `highest` the highest key; `content` a hash over all of
    it, for tables whose changes leave no other trace.
    """

    row_count: int
    newest: str | None = None
    highest: str | None = None
    content: str | None = None


@runtime_checkable
class Pulsing(Protocol):
    """A source that can say quickly whether it is being written to. Few need more than queries."""

    def pulse(self) -> Mapping[str, TablePulse]:
        """Each table's pulse now; after `raw_tables`, that of the extraction's own moment."""
        ...


@dataclass(frozen=True)
class FileAbout:
    """What a file store says of one path: size in bytes and time of the last change, or a problem.

    `modified` is any text that changes when the file does; `problem` says in a few words why the
    file cannot be read ("missing", "cannot be read").
    """

    path: str
    size: int = 0
    modified: str = ""
    problem: str | None = None


class FileStore(Protocol):
    """Where the files of a source are. Safe to use from several threads; only read."""

    def about(self, paths: Iterable[str]) -> Iterator[FileAbout]:
        """One answer for each of `paths`, in any order; a file that is missing is a problem, no
        error. UnreachableError if the store itself does not answer.
        """
        ...

    def open(self, path: str) -> BinaryIO:
        """The file, to be read from its beginning and closed; OSError if it cannot be."""
        ...


class Source(Protocol):
    """One opened source. Every method reads only."""

    def discover(self) -> Discovery:
        """Counts, fields, custom fields, stages, owners, oddities; a few queries, no full read."""
        ...

    def raw_tables(self) -> Sequence[RawTable]:
        """What to extract, all in one consistent snapshot, streamed."""
        ...

    def tidy_sql(self) -> Sequence[str]:
        """SQL statements that build `tidy."<object>"` from `raw."<table>"`, in order.

        They run inside staging after an extraction, so dynamic parts (custom fields) may be
        generated from what `discover` found.
        """
        ...

    def files(self) -> FileStore | None:
        """Where the paths in columns of type `file` lead; None if the files are not at hand."""
        ...

    def close(self) -> None:
        """Give back the connection. Safe to call twice."""
        ...


class DemoServers(Protocol):
    """The throw-away servers a demo may put its data on (`moorage.sandbox.Sandbox`)."""

    @property
    def home(self) -> Path:
        """A folder for files of the demo, beside the servers' own."""
        ...

    def mariadb(self) -> Any: ...


@dataclass(frozen=True)
class DemoData:
    """Demo data that stand ready: the `options` and `secrets` that open them as a source.

    `answers` are settings of the mapping: what a person who knows these data would decide.
    """

    options: Mapping[str, Any]
    secrets: Mapping[str, str]
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceKind:
    """How to open a source of one kind.

    `options` are the settings a project must or may give under `source:` with their default (None:
    must be given) and a line of help; `secrets` names those options that come from the environment
    or the keyring, never from the file. A source that can be read in several ways says by
    `asked(given)` which options and secrets count, given those set in the file; the others are
    neither asked for nor allowed.

    `open` gets all that count filled in, and two more: `state_folder`, a Path in the project where
    a source may keep what it would else have to fetch again, and `on_wait`, to be told in a
    sentence what is waited for. `adapt(tree, discovery, has_model)`, where there is one, fits the
    mapping (a tree of dicts and lists) to what both sides have, before fields are proposed, and
    says what it did in sentences. `demo(servers, scale, seed)`, where there is one, makes realistic
    data to try Moorage on, always the same by seed. `expected()`, where there is one, gives the
    tables of files that people may bring, for `moorage template`; `letter` is the text that asks
    the CRM's support for such files, for `moorage export-request`.
    """

    name: str
    label: str
    options: Mapping[str, tuple[Any, str]]
    open: Callable[[Mapping[str, Any]], Source]
    mapping_template: Path
    secrets: tuple[str, ...] = ("password",)
    demo: Callable[[DemoServers, int, int], DemoData] | None = None
    asked: Callable[[Mapping[str, Any]], Collection[str]] | None = None
    adapt: Callable[[Any, Discovery, Callable[[str], bool]], list[str]] | None = None
    expected: Callable[[], Sequence[Expected]] | None = None
    letter: Path | None = None

    def counting(self, given: Mapping[str, Any]) -> Collection[str]:
        """The options and secrets that count, given the options set in the project file."""
        return self.asked(given) if self.asked else (*self.options, *self.secrets)


def load_source_kinds() -> dict[str, SourceKind]:
    """All sources that stand in this folder, by name."""
    package = importlib.import_module("moorage.sources")
    kinds = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.ispkg:
            kind = importlib.import_module(f"moorage.sources.{module.name}").SOURCE
            kinds[kind.name] = kind
    return kinds


def source_kind(name: str) -> SourceKind:
    """The source called `name`; SettingsError with the known names if there is none."""
    kinds = load_source_kinds()
    if name not in kinds:
        known = ", ".join(sorted(kinds))
        raise SettingsError(f"there is no source {name!r}", todo=f"Use one of: {known}.")
    return kinds[name]
