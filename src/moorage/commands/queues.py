"""The queues of questions for people: owners, duplicates, and what was set aside."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from moorage.commands.building import grounded
from moorage.commands.loading import aside_groups
from moorage.commands.opening import PRODUCTION, opened_ledger
from moorage.commands.result import Result
from moorage.errors import SettingsError
from moorage.plan.decisions import OWNERS_FILE, OwnerDecision
from moorage.plan.owners import answer_owner, reconcile_owners
from moorage.project import Project
from moorage.reports.loading import AsideGroup


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
    by: str = "",
) -> OwnersResult:
    """Match the source's users to Odoo's; write down `answers` (source key: decision) first."""
    path = project.decisions / OWNERS_FILE
    with grounded(project, "owners", to) as ground:
        tables = ground.build().tables
        reconcile_owners(ground.staging, ground.destination, tables, path)
        for key, decision in (answers or {}).items():
            answer_owner(path, key, decision, by or person(), destination=ground.destination)
        report = reconcile_owners(ground.staging, ground.destination, tables, path)
    rows = sorted(report.rows, key=lambda row: (bool(row.decision), -row.records))
    return OwnersResult(
        file=path,
        rows=tuple(rows),
        open_keys=report.open_keys,
        matched_count=report.matched_count,
        attention=len(report.open_keys),
        next_command="moorage duplicates" if not report.open_keys else "",
        notes=(f"Answer here (--answer KEY=DECISION) or in {path.name}.",)
        if report.open_keys
        else (),
    )


def person() -> str:
    """Who answers, when no name is given: the user of this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise SettingsError("who answers is not known", todo="Give a name with --name.") from None


@dataclass(frozen=True, kw_only=True)
class IssuesResult(Result):
    """What was set aside in a destination, by reason, and the keys behind the largest."""

    destination: str
    groups: tuple[AsideGroup, ...]


def issues(project: Project, *, to: str = PRODUCTION) -> IssuesResult:
    """What did not go, and why; no server is asked."""
    with opened_ledger(project) as ledger:
        row = ledger.connection.execute(
            "SELECT id FROM destination WHERE name = ?", (to,)
        ).fetchone()
        groups = aside_groups(ledger, int(row["id"])) if row else ()
    count = sum(group.count for group in groups)
    return IssuesResult(destination=to, groups=groups, attention=count)
