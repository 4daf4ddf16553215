"""The verbs that lead to Odoo: prepare, plan, run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from moorage.commands.balancing import keep_balance
from moorage.commands.books import look_at_books
from moorage.commands.building import PLAN_OF, PLANNED_FOR, Ground, grounded, plan_folder
from moorage.commands.opening import PRODUCTION, opened_files, opened_ledger, typed
from moorage.commands.rehearsal import require_rehearsal
from moorage.commands.result import OnProgress, Result, silent
from moorage.commands.settled import is_settled, remember_settled
from moorage.destination import WantedField, WantedModel
from moorage.errors import RefusedError
from moorage.ledger import Ledger
from moorage.load import Loader, LoadReport
from moorage.plan.answers import write_match_questions
from moorage.plan.asking import write_conflicts, write_deletions
from moorage.plan.confirm import (
    SavedPlan,
    confirm_plan,
    load_plan,
    require_confirmed_plan,
    save_plan,
)
from moorage.plan.conflict_decisions import CONFLICTS_FILE, DELETIONS_FILE
from moorage.plan.decisions import MATCHES_FILE
from moorage.plan.plan import make_plan
from moorage.plan.report import PlanReport
from moorage.plan.standing import is_carried_out
from moorage.prepare import apply_preparation
from moorage.project import Project
from moorage.reports.loading import AsideGroup, write_plan, write_reconciliation

FIRST_KEYS = 3


@dataclass(frozen=True, kw_only=True)
class PrepareResult(Result):
    """What Odoo lacked, and whether it was made; `standing` counts the fields it had already."""

    destination: str
    fields: tuple[WantedField, ...]
    settings: tuple[str, ...]
    models: tuple[WantedModel, ...]
    standing: int
    is_applied: bool


def prepare(project: Project, *, to: str = PRODUCTION, apply: bool = False) -> PrepareResult:
    """Show what Odoo lacks for the mapping; with `apply`, make it.

    RefusedError before a change to production that waits for a rehearsal.
    """
    if apply:
        require_rehearsal(project, to)
    with grounded(project, "prepare", to) as ground:
        lacking = ground.preparation()
        if apply and not lacking.empty:
            apply_preparation(ground.destination, ground.ledger, ground.destination_id, lacking)
            ground.destination.forget()
    is_ready = apply or lacking.empty
    return PrepareResult(
        destination=to,
        fields=lacking.fields,
        settings=lacking.settings,
        models=lacking.models,
        standing=len(lacking.standing),
        is_applied=apply,
        next_command=typed("moorage owners" if is_ready else "moorage prepare --apply", to),
    )


@dataclass(frozen=True, kw_only=True)
class PlanResult(Result):
    """The plan, and who confirmed it."""

    destination: str
    plan: PlanReport
    confirmed_by: str
    confirmed_at: str


def plan(project: Project, *, to: str = PRODUCTION, sample: int | None = None) -> PlanResult:
    """What would become of every row. Nothing is written to Odoo."""
    with grounded(project, "plan", to) as ground:
        made = _planned(ground, sample)
        save_plan(ground.plan_folder, made)
        saved = load_plan(ground.plan_folder)
    return _plan_result(project, to, saved or SavedPlan(made))


def plan_confirm(project: Project, name: str, *, to: str = PRODUCTION) -> PlanResult:
    """Confirm the plan that was made last, in the name of a person."""
    with project.lock("plan"), opened_ledger(project) as ledger:
        saved = confirm_plan(plan_folder(project, to), _person(name))
        ledger.event(
            None, "plan confirmed", destination=to, name=saved.confirmed_by,
            plan=saved.report.digest,
        )  # fmt: skip
    return _plan_result(project, to, saved)


def _person(name: str) -> str:
    if not name.strip():
        raise RefusedError(
            "a confirmation needs the name of a person",
            state="Nothing was changed.",
            todo='Give it: --name "Ann Admin".',
        )
    return name.strip()


def _planned(ground: Ground, sample: int | None) -> PlanReport:
    ground.require_prepared()
    compiled, decisions = ground.build_decided()
    notes = look_at_books(ground, compiled.tables)
    made = make_plan(
        ground.staging,
        ground.ledger,
        ground.destination,
        ground.destination_id,
        compiled.tables,
        decisions,
        mapping_digest=ground.mapping_digest,
        sample=sample,
    )
    write_match_questions(ground.staging, ground.decisions / MATCHES_FILE)
    write_conflicts(ground.staging, ground.destination, ground.decisions / CONFLICTS_FILE)
    write_deletions(ground.staging, ground.destination, ground.decisions / DELETIONS_FILE)
    ground.staging.remember(PLANNED_FOR, ground.name)
    ground.staging.remember(PLAN_OF, [ground.name, made.digest, ground.mapping_digest])
    return replace(made, notes=(*made.notes, *notes))


def _plan_result(project: Project, to: str, saved: SavedPlan) -> PlanResult:
    report = saved.report
    following = 'moorage plan --confirm --name "Your Name"'
    if report.open_owners:
        following = "moorage owners"
    elif report.open_duplicates:
        following = "moorage duplicates"
    elif report.open_matches:
        following = f"moorage duplicates --answer {report.open_matches[0]}=ID"
    elif saved.confirmed_by:
        following = "moorage run"
    elif report.changes_nothing:
        following = "moorage verify"
    questions = len(report.open_owners) + len(report.open_duplicates) + len(report.open_matches)
    return PlanResult(
        destination=to,
        plan=report,
        confirmed_by=saved.confirmed_by,
        confirmed_at=saved.confirmed_at,
        attention=questions
        + report.totals.get("set_aside", 0)
        + report.open_conflicts
        + report.open_deletions,
        reports=write_plan(project.reports, project.name, to, report, saved.confirmed_by),
        next_command=typed(following, to),
    )


@dataclass(frozen=True, kw_only=True)
class RunResult(Result):
    """A run: its counts by entry, what was set aside and why; None when there was nothing to do."""

    destination: str
    load: LoadReport | None
    set_aside: tuple[AsideGroup, ...]
    seconds: float


def run(
    project: Project,
    *,
    to: str = PRODUCTION,
    sample: int | None = None,
    on_progress: OnProgress = silent,
    may_go: Callable[[PlanReport], bool] = lambda _: True,
) -> RunResult:
    """Carry out the confirmed plan; a run that was stopped or killed goes on where it was.

    `may_go` is asked once, before the first write.
    """
    started = time.monotonic()
    rehearsal = require_rehearsal(project, to)
    with grounded(project, "run", to) as ground:
        report = _confirmed(ground, sample)
        if report is None:
            return RunResult(
                destination=to,
                load=None,
                set_aside=(),
                seconds=0,
                notes=("Odoo holds what the plan asks for: there is nothing to do.",),
                next_command=typed("moorage verify", to),
            )
        if not may_go(report):
            raise RefusedError("you did not say yes", state="Nothing was changed.")
        tables = ground.compile().tables
        keep_balance(project, to, ground.destination, ground.ledger, tables)
        with opened_files(project, tables) as files:
            loader = Loader(
                ground.staging,
                ground.ledger,
                ground.destination,
                ground.destination_id,
                tables,
                files=files,
                on_progress=on_progress,
            )
            load = loader.run(report.digest, sample=report.sample)
        if is_carried_out(ground.staging, ground.ledger, ground.destination_id):
            remember_settled(ground, report.sample)
        asides = aside_groups(ground.ledger, ground.destination_id)
        reports = write_reconciliation(
            project.reports,
            project.name,
            to,
            load,
            objects=report.objects,
            asides=asides,
            rehearsal=rehearsal.words if to == PRODUCTION else "",
        )
    return RunResult(
        destination=to,
        load=load,
        set_aside=asides,
        seconds=round(time.monotonic() - started, 1),
        attention=sum(phase.set_aside + phase.conflicts for phase in load.phases),
        notes=(f"{rehearsal.words[:1].upper()}{rehearsal.words[1:]}.",) if to == PRODUCTION else (),
        reports=reports,
        next_command=typed("moorage verify", to),
    )


def _confirmed(ground: Ground, sample: int | None) -> PlanReport | None:
    """The confirmed plan as it stands now, None if it changes nothing; RefusedError otherwise.

    A stopped run changed what stands in Odoo, and with it what a plan would say now: it goes on
    with the plan that stands in staging, if that is still the one it began with.
    """
    saved = load_plan(ground.plan_folder)
    if sample is not None and (saved is None or saved.report.sample != sample):
        raise RefusedError(
            f"the plan is not one of a sample of {sample}",
            state="Nothing was changed.",
            todo=f"Run `moorage plan --sample {sample}`, look at it, and confirm it.",
        )
    if saved is not None and saved.confirmed_by and _is_under_way(ground, saved.report.digest):
        return saved.report
    size = saved.report.sample if saved else None
    if is_settled(ground, size):
        return None
    made = _planned(ground, size)
    if made.changes_nothing and not made.has_questions:
        remember_settled(ground, size)
        return None
    return require_confirmed_plan(ground.plan_folder, made.digest).report


def _is_under_way(ground: Ground, digest: str) -> bool:
    if ground.staging.recall(PLAN_OF) != [ground.name, digest, ground.mapping_digest]:
        return False
    return any(
        run["kind"] == "load"
        and run["plan_digest"] == digest
        and run["status"] in ("running", "stopped")
        for run in ground.ledger.runs(ground.destination_id)
    )


def aside_groups(ledger: Ledger, destination_id: int) -> tuple[AsideGroup, ...]:
    """Rows set aside and not loaded since, by entry and reason, the largest first."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in ledger.set_aside_rows(destination_id):
        groups[row["entry"], row["reason"]].append(row["key"])
    found = [
        AsideGroup(entry, reason, len(keys), tuple(keys[:FIRST_KEYS]))
        for (entry, reason), keys in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: (-group.count, group.entry, group.reason)))
