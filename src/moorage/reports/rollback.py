"""The rollback report: what was put back, what was kept, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from moorage.reports.page import Chip, Page, Section, Tile, code, number, text
from moorage.reports.writing import write_report
from moorage.rollback import Kept, RollbackReport

FIRST = 200


def write_rollback(
    folder: Path, project: str, destination: str, report: RollbackReport
) -> tuple[Path, ...]:
    """Write rollback.html and rollback.json."""
    data = {"destination": destination, **asdict(report)}
    page = _page(destination, report)
    return write_report(folder, project, page, data, destination=destination)


def _page(destination: str, report: RollbackReport) -> Page:
    deleted = sum(report.deleted.values())
    kept = len(report.kept) + len(report.kept_changes)
    verdict = Chip("complete", "good") if report.complete else Chip("something stays", "warn")
    return Page(
        name="rollback",
        title="Rollback",
        verdict=verdict,
        lead=f"{deleted:,} records were taken out of {destination} again"
        + (f"; {kept:,} stay, each for the reason named." if kept else ", and nothing stays."),
        tiles=(
            Tile(
                "Deleted",
                f"{deleted:,}",
                f"{report.already_gone:,} were gone already" if report.already_gone else "",
            ),
            Tile("Fields put back", f"{report.restored:,}"),
            Tile("Left in place", f"{report.released:,}", "were in Odoo before"),
            Tile("Kept", f"{kept:,}", tone="warn" if kept else None),
            Tile("Fields and settings undone", f"{report.preparations_undone:,}"),
        ),
        sections=(
            Section(
                "Deleted",
                "",
                ("Model", "#Records"),
                tuple((code(model), number(count)) for model, count in report.deleted.items()),
                totals=(text("Sum"), number(deleted)),
                empty="Nothing was deleted.",
            ),
            *_left("Kept", "People changed or used these since: they stay.", report.kept),
            *_left("Changes kept", "These fields keep the value they have.", report.kept_changes),
            *_left("Archived", "Odoo does not let these be deleted.", report.archived),
            *(
                [Section("Fields and settings", report.preparations_left)]
                if report.preparations_left
                else []
            ),
        ),
    )


def _left(title: str, intro: str, found: Sequence[Kept]) -> list[Section]:
    rows = tuple(
        (text(f"{one.model} {one.odoo_id}", below=one.key), text("; ".join(one.reasons)))
        for one in found[:FIRST]
    )
    if not rows:
        return []
    return [Section(title, intro, ("Record", "Why"), rows, cut=max(0, len(found) - FIRST))]
