"""A file or sheet of a bundle as it was met: where it stands, how it is written, what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from moorage.bundles.expected import Kind

#: Why a line of a file is no row.
Left = Literal["preamble", "total", "page", "blank", "header", "error"]


Format = Literal["csv", "xlsx", "json"]


@dataclass(frozen=True)
class Header:
    """A column as the file has it: `text` as given, `name` cleaned and told apart from others."""

    text: str
    name: str


@dataclass(frozen=True)
class LeftOut:
    """Lines of one reason that are no rows: how many, and the numbers of the first ten."""

    reason: Left
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True)
class JsonPage:
    """An answer of an API that was saved: its rows, and what its envelope says beside them."""

    file: str
    row_count: int
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A file or a sheet (`report.xlsx#Bookings`). `header_line` counts from 1; 0: it has none.

    `table` is its name in the bundle's own database. Columns that hold passwords were not read;
    their headers stand in `dropped`.
    """

    name: str
    format: Format
    columns: tuple[Header, ...]
    row_count: int
    table: str
    encoding: str = ""
    delimiter: str = ""
    header_line: int = 1
    left_out: tuple[LeftOut, ...] = ()
    pages: tuple[JsonPage, ...] = ()
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Inferred:
    """A column nobody expected, and what its values are.

    `type` is one of the types of source fields (`select` with its `options`, `multiselect`, `date`
    …), `name` its column in raw (`custom.roof_type`), `label` the header as given; `kind` says how
    its cells were read.
    """

    name: str
    label: str
    type: str
    kind: Kind
    options: tuple[str, ...] = ()
    value_count: int = 0


@dataclass(frozen=True)
class Decision:
    """How the dates or numbers of one column of one file are written.

    `format` is one of `FORMATS` or empty; `status`: decided by the evidence, `answered` by a
    person, `ambiguous` (a person must say) or `contradictory` (lines holds two that cannot both be
    so). `shapes` are values with each digit as 9 and each letter as a.
    """

    file: str
    header: str
    kind: Kind
    status: Literal["decided", "answered", "ambiguous", "contradictory"]
    format: str = ""
    lines: tuple[int, ...] = ()
    shapes: tuple[str, ...] = ()
