"""The stages a value passes on its way from tidy columns to an Odoo field.

A chain is a start (SQL over the tidy row) and stages. Each stage is one column in a later layer of
the SELECT, so that "was there before, is gone after" can be asked of any two neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from moorage.mapping.target import Linked, TargetField
from moorage.mapping.transforms import Kind, Transform

Severity = Literal["warning", "set_aside"]
Condition = Callable[[str, str], str]


def lost(before: str, after: str) -> str:
    """The condition that a value was there and is gone."""
    return f"{before} IS NOT NULL AND {after} IS NULL"


def lost_text(before: str, after: str) -> str:
    """As `lost`, but blank text does not count as a value."""
    return f"nullif(trim({before}), '') IS NOT NULL AND {after} IS NULL"


@dataclass(frozen=True)
class SqlStage:
    """One SQL expression over the value; `fails(before, after)` says when a finding is made."""

    sql: Callable[[str], str]
    kind: Kind
    message: str = ""
    severity: Severity = "warning"
    fails: Condition | None = None


@dataclass(frozen=True)
class PythonStage:
    """A Python transform over the distinct values. `several`: they come as a list of fields."""

    transform: Transform
    arguments: dict[str, Any]
    severity: Severity
    several: bool = False
    kind: Kind = "text"

    @property
    def message(self) -> str:
        """What a finding says."""
        return (self.transform.problem or "").format(**self.arguments)


@dataclass(frozen=True)
class FindStage:
    """The ids of Odoo's own records. `count` fields make one lookup; `many`: each item is one."""

    model: str
    by: tuple[str, ...]
    many: bool
    severity: Severity
    kind: Kind = "integer"


@dataclass(frozen=True)
class LinkStage:
    """The keys of records that this project moves, after merges. `many`: each item is one.

    `named`: a value names its object, as in `leads:12`; otherwise it is the id of the only one.
    """

    links: tuple[Linked, ...]
    named: bool
    many: bool
    severity: Severity
    kind: Kind = "text"


@dataclass(frozen=True)
class FileStage:
    """The SHA-1 of the file at a path, as the last extraction found it."""

    severity: Severity
    kind: Kind = "text"


Stage = SqlStage | PythonStage | FindStage | LinkStage | FileStage


@dataclass(frozen=True)
class Chain:
    """How one Odoo field of one entry gets its value."""

    target: TargetField
    start: str
    kind: Kind
    sources: tuple[str, ...]
    stages: tuple[Stage, ...] = field(default=())
    required: bool = False
