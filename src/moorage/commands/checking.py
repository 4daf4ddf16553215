"""The verb `verify`: the witness."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moorage.commands.balancing import tell_balance
from moorage.commands.building import Ground, grounded
from moorage.commands.opening import PRODUCTION, REHEARSAL, typed
from moorage.commands.recomputing import recompute
from moorage.commands.result import OnProgress, Result, silent, to_json
from moorage.ledger import Ledger
from moorage.ledger.ledger import now_text
from moorage.ledger.runs import DRAFTS
from moorage.plan.accounting import WITHOUT_ROW
from moorage.plan.confirm import load_plan
from moorage.plan.report import OPERATIONS
from moorage.project import Project
from moorage.project.signing import Verified, keep
from moorage.reports.verification import plain_verification, write_verification
from moorage.verify import LastLoad, Left, VerifyReport
from moorage.verify import verify as compare

#: What was found last, in the folder of the destination's plan.
VERIFIED_FILE = "verified.json"
#: Operations of a plan that make no record.
KEPT_BACK = tuple(
    name for name in OPERATIONS if name in ("set_aside", "waive", "open", "not_in_sample")
)


@dataclass(frozen=True, kw_only=True)
class VerifyResult(Result):
    """What the comparison found, without the values themselves."""

    destination: str
    sample: int | None
    found: VerifyReport

    def as_json(self) -> dict[str, Any]:
        """Everything but people's data."""
        shared = super().as_json()
        del shared["found"]
        return {**shared, "verification": to_json(plain_verification(self.found))}


def verify(
    project: Project, *, to: str = PRODUCTION, on_progress: OnProgress = silent
) -> VerifyResult:
    """Recompute every value from staging, read Odoo back, and compare."""
    with grounded(project, "verify", to) as ground:
        sample = sample_loaded(ground)
        compiled = recompute(ground, sample)
        run = last_run(ground.ledger, ground.destination_id)
        found = compare(
            ground.staging,
            ground.destination,
            compiled.tables,
            not_loaded=not_loaded(ground),
            gone=gone(ground),
            last_load=_last_load(ground),
            on_progress=on_progress,
        )
        keep(ground.plan_folder / VERIFIED_FILE, _verified(ground, found, run, sample))
        balance, _ = tell_balance(project, to, ground.destination)
    return VerifyResult(
        destination=to,
        sample=sample,
        found=found,
        attention=0 if found.agrees else max(1, found.wrong_count),
        reports=(
            *write_verification(project.reports, project.name, to, found, sample=sample),
            *balance,
        ),
        next_command=typed("moorage spotcheck" if to == REHEARSAL else "moorage handoff", to),
        notes=_notes(found),
    )


def _verified(ground: Ground, found: VerifyReport, run: int, sample: int | None) -> Verified:
    return Verified(
        at=now_text(),
        run=run,
        mapping_digest=ground.mapping_digest,
        snapshot=ground.staging.digest or "",
        sample=sample,
        records=sum(entry.own + entry.shared for entry in found.entries),
        values=found.values,
        differences=found.wrong_count,
        agrees=found.agrees,
    )


def _notes(found: VerifyReport) -> tuple[str, ...]:
    aside = sum(entry.held_back for entry in found.entries)
    notes = [f"Rows that were not to go, not compared: {aside:,}."] if aside else []
    if found.gone:
        notes.append(f"Records whose row was deleted in the source, not compared: {found.gone:,}.")
    return tuple(notes)


def gone(ground: Ground) -> list[tuple[str, str]]:
    """Records (model, key) that stand without a source row, as the plan knows them."""
    return ground.staging.connection.execute(
        f"SELECT model, key FROM meta.plan WHERE {WITHOUT_ROW}"
    ).fetchall()


def _last_load(ground: Ground) -> LastLoad | None:
    """What the ledger knows of the last run; None before the first ended."""
    ledger, destination_id = ground.ledger, ground.destination_id
    since = ledger.last_odoo_time(destination_id)
    if since is None:
        return None

    def left(model: str) -> dict[tuple[int, str], Left]:
        return {
            (one.odoo_id, one.field): Left(one.found, (one.user_id, one.written_at))
            for one in ledger.left(destination_id, model)
        }

    return LastLoad(
        loaded=lambda model, keys: ledger.loaded(destination_id, model, keys),
        user_id=ground.destination.identity.user_id,
        since=since,
        left=left,
    )


def last_run(ledger: Ledger, destination_id: int) -> int:
    """The number of the last run that changed records of a destination; 0 before the first."""
    runs = [
        run
        for run in ledger.runs(destination_id)
        if run["kind"] in ("load", "rollback") and run["plan_digest"] != DRAFTS
    ]
    return max((int(run["id"]) for run in runs), default=0)


def sample_loaded(ground: Ground) -> int | None:
    """How many rows of each entry were loaded; None if all were.

    By what ran, not by the plan made last. A larger sample holds the smaller ones.
    """
    loads = [
        json.loads(run["report"] or "{}")
        for run in ground.ledger.runs(ground.destination_id)
        if run["kind"] == "load" and run["status"] == "done"
    ]
    if not loads:
        saved = load_plan(ground.plan_folder)
        return saved.report.sample if saved else None
    sizes = [load.get("sample") for load in loads]
    return None if None in sizes else max(sizes)


def not_loaded(ground: Ground) -> list[tuple[str, str, str]]:
    """Rows with a reason not to be in Odoo: by the plan, or refused by Odoo in a run."""
    marks = ", ".join("?" for _ in KEPT_BACK)
    reasons = {
        (row["model"], row["key"]): str(row["reason"])
        for row in ground.ledger.set_aside_rows(ground.destination_id)
    }
    for model, key, reason in ground.staging.connection.execute(
        "SELECT model, key, coalesce(nullif(reason, ''), operation) FROM meta.plan"
        f" WHERE operation IN ({marks})",
        list(KEPT_BACK),
    ).fetchall():
        reasons[model, key] = reason
    return [(model, key, reason) for (model, key), reason in reasons.items()]
