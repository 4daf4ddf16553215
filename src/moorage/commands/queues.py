"""The queues of questions for people: owners, duplicates, and what was set aside."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from moorage.commands.building import PLANNED_FOR, Ground, decisions_folder, grounded
from moorage.commands.looking import opened_to_look
from moorage.commands.opening import PRODUCTION, opened_ledger, typed
from moorage.commands.result import Result
from moorage.errors import SettingsError
from moorage.mapping import TargetTable
from moorage.plan.answers import answer_match
from moorage.plan.decisions import (
    DUPLICATES_FILE,
    MATCHES_FILE,
    OWNERS_FILE,
    DuplicateDecision,
    OwnerDecision,
)
from moorage.plan.duplicates import (
    DuplicatesReport,
    answer_duplicate,
    answer_duplicates,
    find_duplicates,
)
from moorage.plan.issues import Issue, list_issues
from moorage.plan.owners import answer_owner, answer_owners, reconcile_owners
from moorage.project import Project


@dataclass(frozen=True, kw_only=True)
class OwnersResult(Result):
    """The owners' queue: everyone, those without an answer first."""

    file: Path
    rows: tuple[OwnerDecision, ...]
    open_keys: tuple[str, ...]
    matched_count: int


def owners(
    project: Project,
    *,
    to: str = PRODUCTION,
    answers: Mapping[str, str] | None = None,
    answer_all: str = "",
    by: str = "",
) -> OwnersResult:
    """Match the source's users to Odoo's; write down `answers` (source key: decision) first, and
    `answer_all` for those still open.
    """
    path = decisions_folder(project, to) / OWNERS_FILE
    others = _elsewhere(project, to, OWNERS_FILE)
    with grounded(project, "owners", to) as ground:
        tables = ground.build().tables
        report = reconcile_owners(ground.staging, ground.destination, tables, path, others)
        for key, decision in (answers or {}).items():
            answer_owner(path, key, decision, by or person(), destination=ground.destination)
        if answer_all:
            rest = set(report.open_keys) - set(answers or {})
            answer_owners(path, rest, answer_all, by or person(), destination=ground.destination)
        report = reconcile_owners(ground.staging, ground.destination, tables, path, others)
    rows = sorted(report.rows, key=lambda row: (bool(row.decision), -row.records))
    return OwnersResult(
        file=path,
        rows=tuple(rows),
        open_keys=report.open_keys,
        matched_count=report.matched_count,
        attention=len(report.open_keys),
        next_command="" if report.open_keys else typed("moorage duplicates", to),
    )


def person() -> str:
    """Who answers, when no name is given: the user of this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise SettingsError("who answers is not known", todo="Give a name with --name.") from None


@dataclass(frozen=True, kw_only=True)
class DuplicatesResult(Result):
    """The queue of records that may be one thing, by group; open groups wait for an answer."""

    file: Path
    rows: tuple[DuplicateDecision, ...]
    open_groups: tuple[str, ...]


def duplicates(
    project: Project,
    *,
    to: str = PRODUCTION,
    answers: Mapping[str, str] | None = None,
    answer_all: str = "",
    by: str = "",
) -> DuplicatesResult:
    """Look for duplicates; write down `answers` (group: decision), `answer_all` for the rest."""
    path = decisions_folder(project, to) / DUPLICATES_FILE
    with grounded(project, "duplicates", to) as ground:
        tables = ground.build().tables
        report = _looked(ground, tables, path)
        who = by or person()
        for group, decision in (answers or {}).items():
            if group not in {row.group for row in report.rows} and ":" in group:
                # A key, not a group: a row that several records of Odoo fit.
                answer_match(ground.decisions / MATCHES_FILE, group, decision, who)
            else:
                answer_duplicate(path, group, decision, who)
        if answer_all:
            rest = set(report.open_groups) - set(answers or {})
            answer_duplicates(path, rest, answer_all, who)
        if answers or answer_all:
            report = _looked(ground, tables, path)
    rows = sorted(report.rows, key=lambda row: (bool(row.decision), row.group))
    return DuplicatesResult(
        file=path,
        rows=tuple(rows),
        open_groups=report.open_groups,
        attention=len(report.open_groups),
        notes=report.notes,
        next_command="" if report.open_groups else typed("moorage plan", to),
    )


def _looked(ground: Ground, tables: list[TargetTable], path: Path) -> DuplicatesReport:
    return find_duplicates(
        ground.staging,
        ground.ledger,
        ground.destination,
        ground.destination_id,
        tables,
        path,
        _elsewhere(ground.project, ground.name, DUPLICATES_FILE),
    )


def _elsewhere(project: Project, to: str, name: str) -> dict[str, Path]:
    """The answers for the other destinations: those that mean the same here are not asked again."""
    return {
        other: decisions_folder(project, other) / name
        for other in project.settings.destinations
        if other != to
    }


@dataclass(frozen=True)
class IssueGroup:
    """Issues of one reason: how many rows, and where the first of them stand in the source.

    `places` say in words what `keys` say: table and id.
    """

    severity: str
    entry: str
    reason: str
    todo: str
    said_by: str
    count: int
    keys: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IssuesResult(Result):
    """What does not go and why, by reason; the largest first."""

    destination: str
    groups: tuple[IssueGroup, ...]


def issues(project: Project, *, to: str = PRODUCTION) -> IssuesResult:
    """What did not go, or would not, and why; no server is asked, nothing is locked."""
    groups = grouped(issue_list(project, to=to))
    return IssuesResult(
        destination=to, groups=groups, attention=sum(group.count for group in groups)
    )


def issue_list(project: Project, *, to: str = PRODUCTION) -> list[Issue]:
    """Every issue by itself, with its place in the source."""
    with opened_to_look(project) as staging, opened_ledger(project) as ledger:
        row = ledger.connection.execute(
            "SELECT id FROM destination WHERE name = ?", (to,)
        ).fetchone()
        is_planned = staging.recall(PLANNED_FOR) in (None, to)
        return list_issues(staging, ledger, int(row["id"]) if row else 0, (), is_planned=is_planned)


def grouped(found: Iterable[Issue]) -> tuple[IssueGroup, ...]:
    """Issues by reason, the largest group first."""
    groups: dict[tuple[str, str, str], list[Issue]] = {}
    for issue in found:
        groups.setdefault((issue.severity, issue.entry, issue.reason), []).append(issue)
    told = [
        IssueGroup(
            severity,
            entry,
            reason,
            members[0].todo,
            members[0].said_by,
            sum(issue.count for issue in members),
            tuple(issue.key for issue in members[:3]),
            tuple(issue.place for issue in members[:3]),
        )
        for (severity, entry, reason), members in groups.items()
    ]
    return tuple(sorted(told, key=lambda group: (-group.count, group.entry, group.reason)))
