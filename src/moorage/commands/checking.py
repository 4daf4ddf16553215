"""The verb `verify`: the witness."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moorage.commands.building import PLANNED_FOR, Ground, grounded
from moorage.commands.opening import PRODUCTION
from moorage.commands.result import OnProgress, Result, silent, to_json
from moorage.plan.confirm import load_plan
from moorage.plan.plan import make_plan
from moorage.plan.report import OPERATIONS
from moorage.project import Project
from moorage.reports.verification import plain_verification, write_verification
from moorage.verify import VerifyReport
from moorage.verify import verify as compare

#: Operations of a plan that make no record.
KEPT_BACK = tuple(
    name for name in OPERATIONS if name in ("set_aside", "waive", "open", "not_in_sample")
)


@dataclass(frozen=True, kw_only=True)
class VerifyResult(Result):
    """What the comparison found, without the values themselves."""

    destination: str
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
        compiled, decisions = ground.build_decided(anew=True)
        sample = _sample(ground)
        # The plan says which rows were not to go, and empties links that lead nowhere.
        make_plan(
            ground.staging,
            ground.ledger,
            ground.destination,
            ground.destination_id,
            compiled.tables,
            decisions,
            mapping_digest=ground.mapping_digest,
            sample=sample,
        )
        ground.staging.remember(PLANNED_FOR, to)
        found = compare(
            ground.staging,
            ground.destination,
            compiled.tables,
            not_loaded=_not_loaded(ground),
            on_progress=on_progress,
        )
    return VerifyResult(
        destination=to,
        found=found,
        attention=0 if found.agrees else max(1, found.difference_count),
        reports=write_verification(project.reports, project.name, to, found),
        notes=(f"Rows set aside, not compared: {_aside(found):,}.",) if _aside(found) else (),
    )


def _aside(found: VerifyReport) -> int:
    return sum(entry.held_back for entry in found.entries)


def _sample(ground: Ground) -> int | None:
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


def _not_loaded(ground: Ground) -> list[tuple[str, str, str]]:
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
