"""The plan that a person confirmed, and the guard that lets no other one run."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from moorage.errors import RefusedError
from moorage.ledger.ledger import now_text
from moorage.plan.report import PlanReport, report_from_json

PLAN_FILE = "plan.json"


@dataclass(frozen=True)
class SavedPlan:
    """The last plan of a project, and who confirmed it; both empty until somebody does."""

    report: PlanReport
    confirmed_by: str = ""
    confirmed_at: str = ""


def save_plan(folder: Path, report: PlanReport) -> Path:
    """Write plan.json into the state folder; a plan of the same digest stays confirmed."""
    former = load_plan(folder)
    if former is not None and former.report.digest == report.digest:
        return _write(folder, SavedPlan(report, former.confirmed_by, former.confirmed_at))
    return _write(folder, SavedPlan(report))


def load_plan(folder: Path) -> SavedPlan | None:
    """The saved plan, or None; RefusedError if the file cannot be read."""
    path = folder / PLAN_FILE
    if not path.exists():
        return None
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        return SavedPlan(
            report_from_json(given["plan"]), given["confirmed_by"], given["confirmed_at"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(
            "the saved plan cannot be read",
            where=str(path),
            state="Nothing was changed.",
            todo="Delete the file and run `moorage plan` again.",
        ) from error


def confirm_plan(folder: Path, name: str) -> SavedPlan:
    """Confirm the saved plan in `name`; RefusedError while questions are open."""
    saved = load_plan(folder)
    if saved is None:
        raise _no_plan(folder)
    refuse_open_questions(saved.report)
    confirmed = SavedPlan(saved.report, name, now_text())
    _write(folder, confirmed)
    return confirmed


def require_confirmed_plan(folder: Path, digest: str) -> SavedPlan:
    """The confirmed plan; RefusedError unless it is confirmed and has this very `digest`."""
    saved = load_plan(folder)
    if saved is None:
        raise _no_plan(folder)
    refuse_open_questions(saved.report)
    if saved.report.digest != digest:
        raise RefusedError(
            "the plan is another one than the one confirmed: the mapping, the source's data, the"
            " fields of Odoo, an answer or what stands in Odoo changed since",
            where=str(folder / PLAN_FILE),
            state="Nothing was changed.",
            todo="Run `moorage plan`, look at it, and confirm it.",
        )
    if not saved.confirmed_by:
        raise RefusedError(
            "the plan is not confirmed",
            where=str(folder / PLAN_FILE),
            state="Nothing was changed.",
            todo="Look at it with `moorage plan`, then run `moorage plan --confirm`.",
        )
    return saved


def refuse_open_questions(report: PlanReport) -> None:
    """RefusedError while owners, duplicates or matches wait for an answer."""
    waiting = {
        "owners": len(report.open_owners),
        "duplicates": len(report.open_duplicates),
        "matches": len(report.open_matches),
    }
    if report.has_questions:
        counted = ", ".join(f"{count} {name}" for name, count in waiting.items() if count)
        raise RefusedError(
            f"questions wait for an answer: {counted}",
            where="decisions",
            state="Nothing was changed.",
            todo="Answer them (`moorage owners`, `moorage duplicates`), then plan again.",
        )


def _no_plan(folder: Path) -> RefusedError:
    return RefusedError(
        "there is no plan yet",
        where=str(folder),
        state="Nothing was changed.",
        todo="Run `moorage plan` first.",
    )


def _write(folder: Path, saved: SavedPlan) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PLAN_FILE
    unfinished = path.with_suffix(".unfinished")
    content = {
        "plan": saved.report.as_json(),
        "confirmed_by": saved.confirmed_by,
        "confirmed_at": saved.confirmed_at,
    }
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path
