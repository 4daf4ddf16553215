"""`moorage status`: where a project stands, and the next command to type."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from moorage.commands.opening import known_discovery
from moorage.commands.result import Result
from moorage.errors import MoorageError
from moorage.project import Project
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
    steps = _in_order([_discovered(project), _extracted(project)])
    following = next((step.command for step in steps if step.state != "done"), "")
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
    with Staging(project.staging_path, read_only=True) as staging:
        digest, at = staging.digest, staging.recall("extracted_at")
    if digest is None:
        return Step("extract", "open", "nothing is in staging yet", command)
    return Step("extract", "done", f"snapshot {digest[:12]} of {str(at)[:16]} UTC", command)
