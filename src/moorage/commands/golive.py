"""The verbs around go-live: delta, and the queues conflicts and deletions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from moorage.commands.beginning import extract
from moorage.commands.building import decisions_folder
from moorage.commands.loading import plan
from moorage.commands.opening import PRODUCTION, opened_staging, typed
from moorage.commands.queues import person
from moorage.commands.result import OnProgress, Result, silent
from moorage.plan.asking import answer_conflicts, answer_deletions
from moorage.plan.conflict_decisions import (
    CONFLICTS_FILE,
    DELETIONS_FILE,
    ConflictDecision,
    DeletionDecision,
)
from moorage.plan.report import PlanReport
from moorage.project import Project


@dataclass(frozen=True)
class EntryDelta:
    """What happened to the rows of one entry since they were loaded.

    `conflicts` are rows with a field changed on both sides, whatever else of them changed; `fields`
    counts rows to be updated by Odoo field. `gone` are rows deleted in the source, those to
    be archived among them; `held` are set aside, waived, open or not in a sample.
    """

    entry: str
    created: int
    changed: int
    conflicts: int
    gone: int
    unchanged: int
    held: int
    fields: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class DeltaResult(Result):
    """What changed in the source since the last run, as a plan; nothing was written to Odoo."""

    destination: str
    extracted: dict[str, int]
    is_unchanged: bool
    entries: tuple[EntryDelta, ...]
    plan: PlanReport


def delta(
    project: Project,
    *,
    to: str = PRODUCTION,
    since_last: bool = False,
    on_progress: OnProgress = silent,
) -> DeltaResult:
    """Extract, plan, and tell what changed on both sides. The plan waits for a confirmation."""
    extracted = extract(project, since_last=since_last, on_progress=on_progress)
    planned = plan(project, to=to)
    report = planned.plan
    with opened_staging(project) as staging:
        rows = staging.connection.execute(
            "SELECT entry, field, count(*) FROM (SELECT entry, unnest(changed) AS field"
            " FROM meta.plan WHERE operation = 'update') GROUP BY ALL ORDER BY 3 DESC, 2"
        ).fetchall()
        mixed = dict(
            staging.connection.execute(
                "SELECT p.entry, count(DISTINCT p.key) FROM meta.plan AS p JOIN meta.conflicts AS c"
                " ON c.model = p.model AND c.key = p.key AND c.decision = ''"
                " WHERE p.operation = 'update' GROUP BY 1"
            ).fetchall()
        )
    fields: dict[str, dict[str, int]] = {}
    for entry, field, count in rows:
        fields.setdefault(entry, {})[field] = count
    following, words = planned.next_command, ""
    if report.open_conflicts or report.open_deletions:
        verb = "conflicts" if report.open_conflicts else "deletions"
        following = typed(f"moorage {verb}", to)
        words = "Open questions hold nothing up: what they are about stays as it is in Odoo."
    return DeltaResult(
        destination=to,
        extracted=extracted.raw_counts,
        is_unchanged=extracted.is_unchanged,
        entries=tuple(
            _entry(entry, counts, mixed.get(entry, 0), fields.get(entry, {}))
            for entry, counts in report.counts.items()
        ),
        plan=report,
        attention=planned.attention,
        notes=extracted.notes,
        reports=planned.reports,
        next_command=following,
        next_words=words,
    )


def _entry(entry: str, counts: Mapping[str, int], mixed: int, fields: dict[str, int]) -> EntryDelta:
    def of(*operations: str) -> int:
        return sum(counts.get(name, 0) for name in operations)

    return EntryDelta(
        entry,
        created=of("create", "match", "merge"),
        changed=of("update") - mixed,
        conflicts=of("conflict") + mixed,
        gone=of("gone", "archive"),
        unchanged=of("unchanged"),
        held=of("set_aside", "waive", "open", "not_in_sample"),
        fields=fields,
    )


@dataclass(frozen=True, kw_only=True)
class ConflictsResult(Result):
    """Fields changed on both sides, as the last plan found them; open ones first."""

    file: Path
    rows: tuple[ConflictDecision, ...]
    open_count: int


def conflicts(
    project: Project,
    *,
    to: str = PRODUCTION,
    answers: Mapping[str, str] | None = None,
    answer_all: str = "",
    by: str = "",
) -> ConflictsResult:
    """Show the conflicts; write down `answers` (key or key.field: decision) first."""
    path = decisions_folder(project, to) / CONFLICTS_FILE
    with project.lock("conflicts"):
        rows = answer_conflicts(path, answers or {}, answer_all, by or person())
    count = sum(not row.decision for row in rows)
    return ConflictsResult(
        file=path,
        rows=tuple(sorted(rows, key=lambda row: bool(row.decision))),
        open_count=count,
        attention=count,
        next_command="" if count else typed("moorage plan", to),
    )


@dataclass(frozen=True, kw_only=True)
class DeletionsResult(Result):
    """Records whose row is gone from the source, as the last plan found them; open ones first."""

    file: Path
    rows: tuple[DeletionDecision, ...]
    open_count: int


def deletions(
    project: Project,
    *,
    to: str = PRODUCTION,
    answers: Mapping[str, str] | None = None,
    answer_all: str = "",
    by: str = "",
) -> DeletionsResult:
    """Show what was deleted in the source; write down `answers` (key: decision) first."""
    path = decisions_folder(project, to) / DELETIONS_FILE
    with project.lock("deletions"):
        rows = answer_deletions(path, answers or {}, answer_all, by or person())
    count = sum(not row.decision for row in rows)
    return DeletionsResult(
        file=path,
        rows=tuple(sorted(rows, key=lambda row: bool(row.decision))),
        open_count=count,
        attention=count,
        next_command="" if count else typed("moorage plan", to),
    )
