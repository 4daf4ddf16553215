"""The verb `handoff`: gather what a migration was, and write it into one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from moorage.commands.gathering import Gathering
from moorage.commands.opening import (
    PRODUCTION,
    known_discovery,
    opened_destination,
    opened_ledger,
    typed,
)
from moorage.commands.result import OnProgress, Result, silent
from moorage.handoff import write_handoff
from moorage.mapping import load_mapping
from moorage.project import Project


@dataclass(frozen=True, kw_only=True)
class HandoffResult(Result):
    """The folder that was written: its pages, how many ids, the PDF or why there is none."""

    destination: str
    folder: Path
    pages: tuple[str, ...]
    id_count: int
    drafts: int
    pdf: Path | None
    pdf_problem: str


def handoff(
    project: Project,
    *,
    to: str = PRODUCTION,
    drafts: bool = False,
    on_progress: OnProgress = silent,
) -> HandoffResult:
    """Write the hand-off folder; with `drafts`, make inactive automation rules in Odoo first."""
    discovery = known_discovery(project)
    mapping = load_mapping(project.mapping_path).mapping
    folder = project.root / ("handoff" if to == PRODUCTION else f"handoff-{to}")
    with (
        project.lock("handoff"),
        opened_destination(project, to) as destination,
        opened_ledger(project) as ledger,
    ):
        destination_id = ledger.destination(to, destination.identity)
        gathering = Gathering(
            project, to, destination, ledger, destination_id, discovery, mapping, on_progress
        )
        made, note = gathering.drafts() if drafts else ((), "")
        contents = gathering.contents(made, note)
        written = write_handoff(folder, contents)
    notes = (note, written.pdf_problem)
    return HandoffResult(
        destination=to,
        folder=folder,
        pages=written.pages,
        id_count=written.id_count,
        drafts=len(made),
        pdf=written.pdf,
        pdf_problem=written.pdf_problem,
        reports=tuple(path for path in (folder / "index.html", written.pdf) if path),
        notes=tuple(words for words in notes if words),
        next_command="" if "verification" in contents.pages else typed("moorage verify", to),
    )
