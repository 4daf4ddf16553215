"""`moorage status`: where a project stands, and the next command to type."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Row

from moorage.commands.mapping import confirmation
from moorage.commands.opening import PRODUCTION, REHEARSAL, known_discovery
from moorage.commands.rehearsal import rehearsal_of
from moorage.commands.result import Result
from moorage.errors import MoorageError, RefusedError
from moorage.ledger import Ledger
from moorage.ledger.runs import DRAFTS
from moorage.plan.confirm import load_plan
from moorage.project import Project
from moorage.reports.loading import WORDS
from moorage.staging.staging import Staging


@dataclass(frozen=True)
class Step:
    """One step of the journey: 'done', 'now', 'open' or 'warn', and where it stands."""

    name: str
    state: str
    detail: str
    command: str


@dataclass(frozen=True, kw_only=True)
class StatusResult(Result):
    """All steps; `holder` is who works on the project at this moment."""

    name: str
    root: Path
    steps: tuple[Step, ...]
    holder: str


def status(project: Project) -> StatusResult:
    """Look at the project folder only: no server is asked."""
    steps = _in_order(
        [
            _discovered(project),
            _extracted(project),
            _mapped(project),
            *_rehearsed(project),
            *_in_destination(project),
        ]
    )
    following = next((step.command for step in steps if step.state == "now"), "")
    return StatusResult(
        name=project.name,
        root=project.root,
        steps=tuple(steps),
        holder=str(project.holder or ""),
        next_command=following,
    )


def _in_order(steps: list[Step]) -> list[Step]:
    """The first step that is not done is what is on now."""
    shown = []
    is_before = True
    for step in steps:
        if is_before and step.state == "open":
            shown.append(Step(step.name, "now", step.detail, step.command))
        else:
            shown.append(step)
        is_before = is_before and step.state == "done"
    return shown


def _discovered(project: Project) -> Step:
    try:
        found = known_discovery(project)
    except MoorageError:
        return Step("discover", "open", "the source was not looked at yet", "moorage discover")
    rows = sum(about.row_count for about in found.objects)
    detail = f"{rows:,} records in {len(found.objects)} kinds"
    return Step("discover", "done", detail, "moorage discover")


def _extracted(project: Project) -> Step:
    command = "moorage extract"
    if not project.staging_path.exists():
        return Step("extract", "open", "nothing is in staging yet", command)
    try:
        with Staging(project.staging_path, read_only=True) as staging:
            digest, at = staging.digest, staging.recall("extracted_at")
    except RefusedError:
        if project.holder is None:
            raise
        return Step("extract", "done", "in use by the command at work", command)
    if digest is None:
        return Step("extract", "open", "nothing is in staging yet", command)
    return Step("extract", "done", f"snapshot {digest[:12]} of {_moment(str(at))}", command)


def _mapped(project: Project) -> Step:
    confirmed, because = confirmation(project)
    if confirmed:
        return Step("map", "done", f"confirmed by {confirmed.name}, {_moment(confirmed.at)}", "")
    return Step("map", "open", because, "moorage map --propose")


def _rehearsed(project: Project) -> list[Step]:
    """The rehearsal, where the project has a destination to rehearse on."""
    if REHEARSAL not in project.settings.destinations:
        return []
    rehearsal = rehearsal_of(project)
    state = "done" if rehearsal.is_enough else "open"
    return [Step("rehearse", state, rehearsal.words, f"moorage signoff --to {REHEARSAL}")]


def _in_destination(project: Project) -> list[Step]:
    """The steps in production, as the ledger and the saved plan have them."""
    ledger = Ledger(project.ledger_path)
    try:
        row = ledger.connection.execute(
            "SELECT id FROM destination WHERE name = ?", (PRODUCTION,)
        ).fetchone()
        runs = ledger.runs(int(row["id"])) if row else []
        runs = [run for run in runs if run["plan_digest"] != DRAFTS]
        made = _made_count(ledger, int(row["id"])) if row else 0
        aside = len(ledger.set_aside_rows(int(row["id"]))) if row else 0
    finally:
        ledger.close()
    return [
        _prepared(runs, made),
        _planned(project, runs),
        _ran(runs, aside),
        _verified(project, runs),
        _handed_over(project, runs),
    ]


def _made_count(ledger: Ledger, destination_id: int) -> int:
    """How many fields and settings of ours stand in Odoo."""
    row = ledger.connection.execute(
        "SELECT count(*) FROM preparation WHERE destination_id = ? AND status = 'done'",
        (destination_id,),
    ).fetchone()
    return int(row[0])


def _prepared(runs: Sequence[Row], made: int) -> Step:
    done = [run for run in runs if run["kind"] == "prepare" and run["status"] == "done"]
    if done and made:
        return Step("prepare", "done", f"run {done[-1]['id']}, {_day(done[-1])}", "")
    return Step("prepare", "open", "Odoo was not prepared yet", "moorage prepare --apply")


def _planned(project: Project, runs: Sequence[Row]) -> Step:
    saved = load_plan(project.state)
    if saved is None:
        return Step("plan", "open", "there is no plan yet", "moorage plan")
    report = saved.report
    undone = [run for run in runs if run["kind"] == "rollback" and run["status"] == "done"]
    if undone and report.made_at < str(undone[-1]["ended_at"]):
        return Step("plan", "open", "made before the rollback", "moorage plan")
    words = ", ".join(f"{count:,} {WORDS[name]}" for name, count in report.totals.items())
    if report.has_questions:
        following = "moorage owners" if report.open_owners else "moorage duplicates"
        if report.open_matches and not (report.open_owners or report.open_duplicates):
            following += f" --answer {report.open_matches[0]}=ID"
        return Step("plan", "open", f"questions are open: {words}", following)
    is_done = bool(saved.confirmed_by) or report.changes_nothing
    following = 'moorage plan --confirm --name "Your Name"'
    return Step("plan", "done" if is_done else "open", words, following)


def _ran(runs: Sequence[Row], aside: int) -> Step:
    loads = [run for run in runs if run["kind"] == "load"]
    if not loads or loads[-1]["status"] == "rolled_back":
        detail = "rolled back" if loads else "nothing was loaded yet"
        return Step("run", "open", detail, "moorage run")
    last = loads[-1]
    told = f"run {last['id']}, {_day(last)}, {last['status']}, {aside:,} set aside"
    return Step("run", "done" if last["status"] == "done" else "open", told, "moorage run")


def _verified(project: Project, runs: Sequence[Row]) -> Step:
    loads = [run for run in runs if run["kind"] == "load" and run["status"] == "done"]
    try:
        found = json.loads((project.reports / "verification.json").read_text(encoding="utf-8"))
        made_at, words = str(found["made_at"]), str(found["verdict"]["words"])
        about = found.get("destination", PRODUCTION)
    except (OSError, ValueError, KeyError, TypeError):
        made_at, words, about = "", "", PRODUCTION
    if about != PRODUCTION or not loads or made_at < str(loads[-1]["ended_at"]):
        return Step("verify", "open", "not verified since the last run", "moorage verify")
    mark = "done" if words.startswith("equal") else "warn"
    return Step("verify", mark, f"{words}, {_moment(made_at)}", "moorage verify")


def _handed_over(project: Project, runs: Sequence[Row]) -> Step:
    loads = [run for run in runs if run["kind"] == "load" and run["status"] == "done"]
    command = "moorage handoff"
    try:
        written = (project.root / "handoff" / "index.html").stat().st_mtime
    except FileNotFoundError:
        return Step("handoff", "open", "no hand-off was written yet", command)
    at = datetime.fromtimestamp(written, UTC).isoformat(timespec="seconds")
    if not loads or at < str(loads[-1]["ended_at"]):
        return Step("handoff", "open", f"of {_moment(at)}, before the last run", command)
    return Step("handoff", "done", f"written {_moment(at)}", command)


def _day(run: Row) -> str:
    return _moment(str(run["started_at"]))


def _moment(at: str) -> str:
    return f"{at[:16].replace('T', ' ')} UTC"
