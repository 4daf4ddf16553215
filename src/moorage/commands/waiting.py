"""The queues as they stand in the decision files, and the rows a person has to compare.

Nothing is locked and no server is asked: `owners`, `duplicates` and `plan` look anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from moorage.commands.building import decisions_folder
from moorage.commands.looking import opened_to_look
from moorage.commands.opening import PRODUCTION
from moorage.commands.result import Result
from moorage.errors import MoorageError
from moorage.plan.conflict_decisions import ConflictDecision, DeletionDecision
from moorage.plan.decisions import Decisions, DuplicateDecision, MatchDecision, OwnerDecision
from moorage.project import Project
from moorage.staging.staging import Staging, identifier

_SHOWN_CHARACTERS = 200

Values = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Side:
    """One field of a group of duplicates: what each member has, and whether all have the same."""

    name: str
    values: tuple[str, ...] = field(repr=False)

    @property
    def is_same(self) -> bool:
        """Whether all members that have a value have the same."""
        return len({value for value in self.values if value}) <= 1


@dataclass(frozen=True)
class DuplicateGroup:
    """Rows that may be one thing, side by side; `existing` are ids of Odoo's own records."""

    group: str
    model: str
    why: str
    score: float
    members: tuple[DuplicateDecision, ...]
    existing: tuple[str, ...]
    sides: tuple[Side, ...]
    decision: str
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class QueuesResult(Result):
    """All questions of a destination, open ones first."""

    destination: str
    owners: tuple[OwnerDecision, ...]
    duplicates: tuple[DuplicateGroup, ...]
    matches: tuple[MatchDecision, ...]
    conflicts: tuple[ConflictDecision, ...]
    deletions: tuple[DeletionDecision, ...]

    @property
    def open_counts(self) -> dict[str, int]:
        """How many questions of each queue wait for an answer."""
        return {
            name: sum(not row.decision for row in getattr(self, name))
            for name in ("owners", "duplicates", "matches", "conflicts", "deletions")
        }


def queues(project: Project, *, to: str = PRODUCTION) -> QueuesResult:
    """Every decision file of `to`, read without a look at staging: no group has its `sides`."""
    found = Decisions.load(decisions_folder(project, to))
    return QueuesResult(
        destination=to,
        owners=tuple(sorted(found.owners, key=lambda row: (bool(row.decision), -row.records))),
        duplicates=_groups(found.duplicates),
        matches=tuple(sorted(found.matches, key=lambda row: bool(row.decision))),
        conflicts=tuple(sorted(found.conflicts, key=lambda row: bool(row.decision))),
        deletions=tuple(sorted(found.deletions, key=lambda row: bool(row.decision))),
    )


def side_by_side(project: Project, groups: Sequence[DuplicateGroup]) -> tuple[DuplicateGroup, ...]:
    """`groups` with the rows of their members, where staging can be looked at."""
    keys = [row.key for group in groups for row in group.members]
    values: Values = {}
    if keys:
        with suppress(MoorageError), opened_to_look(project) as staging:
            values = _values(staging, keys)
    return tuple(replace(group, sides=_sides(group.members, values)) for group in groups)


def _groups(rows: tuple[DuplicateDecision, ...]) -> tuple[DuplicateGroup, ...]:
    members: dict[str, list[DuplicateDecision]] = {}
    for row in rows:
        members.setdefault(row.group, []).append(row)
    ordered = sorted(members, key=lambda group: bool(members[group][0].decision))
    return tuple(_group(group, members[group]) for group in ordered)


def _group(group: str, members: list[DuplicateDecision]) -> DuplicateGroup:
    existing = dict.fromkeys(one for row in members for one in row.existing_odoo_id.split())
    first = members[0]
    return DuplicateGroup(
        group,
        first.model,
        next((row.why for row in members if row.why), ""),
        max(row.score for row in members),
        tuple(members),
        tuple(existing),
        (),
        first.decision,
        first.decided_by,
    )


def _sides(members: Sequence[DuplicateDecision], values: Values) -> tuple[Side, ...]:
    rows = [values.get(row.key, {}) for row in members]
    names = dict.fromkeys(name for row in rows for name, value in row.items() if value)
    return tuple(Side(name, tuple(row.get(name, "") for row in rows)) for name in names)


def _values(staging: Staging, keys: Iterable[str]) -> Values:
    """The tidy rows behind `keys`, as text."""
    by_object: dict[str, dict[str, str]] = {}
    for key in keys:
        parts = key.split(":", 2)
        if len(parts) == 3:
            by_object.setdefault(parts[1], {})[parts[2]] = key
    found: Values = {}
    for source_object, ids in by_object.items():
        table = f"tidy.{identifier(source_object)}"
        # In two steps: a wide table is read at these rows alone.
        rows = staging.connection.execute(
            f"SELECT rowid FROM {table}"
            " WHERE CAST(id AS VARCHAR) IN (SELECT unnest(CAST(? AS VARCHAR[])))",
            [list(ids)],
        ).fetchall()
        places = ", ".join(str(row[0]) for row in rows) or "NULL"
        cursor = staging.connection.execute(
            f"SELECT CAST(id AS VARCHAR), * FROM {table} WHERE rowid IN ({places})"
        )
        columns = [column[0] for column in cursor.description or ()]
        for row in cursor.fetchall():
            found[ids[row[0]]] = {
                name: _words(value)
                for name, value in zip(columns[1:], row[1:], strict=True)
                if name != "id"
            }
    return found


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))[:_SHOWN_CHARACTERS]
    return "" if value is None else str(value)[:_SHOWN_CHARACTERS]
