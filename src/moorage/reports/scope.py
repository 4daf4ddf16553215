"""The scope of a migration: what was found, how demanding it is, how long it will take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from moorage.destination import DestinationIdentity
from moorage.reports.page import Cell, Chip, Page, Section, Tile, Tone, code, number, text
from moorage.reports.writing import write_report
from moorage.sources.base import Discovery

#: Records a second that Odoo took in trials with two to four workers: the slow and the fast end.
SLOW_RATE, FAST_RATE = 60, 250
TONES: dict[str, Tone] = {"simple": "good", "moderate": "plain"}
NOT_MOVED = "These are not moved: they are rebuilt in Odoo."
GRADES = ((2, "simple"), (5, "moderate"), (8, "demanding"))


@dataclass(frozen=True)
class Effort:
    """How demanding a migration is, why, and about how long the loading takes (minutes)."""

    grade: str
    reasons: tuple[str, ...]
    record_count: int
    load_minutes_least: int
    load_minutes_most: int

    @property
    def duration(self) -> str:
        """The time in words."""
        if self.load_minutes_most <= 1:
            return "about a minute"
        if self.load_minutes_most > 180:
            least, most = round(self.load_minutes_least / 60), round(self.load_minutes_most / 60)
            return f"{max(least, 1)} to {most} hours"
        return f"{max(self.load_minutes_least, 1)} to {self.load_minutes_most} minutes"


def estimate(discovery: Discovery) -> Effort:
    """Grade and time from counts alone; a sample run tells the rate of the real Odoo."""
    details = discovery.details
    rows = sum(found.row_count for found in discovery.objects)
    custom = sum(field.custom for found in discovery.objects for field in found.fields)
    automations = _total(details.get("automations"))
    pipelines = len(details.get("pipelines") or ())
    points: list[tuple[int, str]] = [
        (min(3, len(str(max(rows, 1))) - 4), f"{rows:,} records"),
        (1 + (custom > 30) if custom > 5 else 0, f"{custom} custom fields"),
        (1 + (pipelines > 4) if pipelines > 1 else 0, f"{pipelines} pipelines"),
        (1 + (automations > 10) if automations else 0, f"{automations} automations to rebuild"),
        (1 if discovery.questions else 0, f"{len(discovery.questions)} open questions"),
    ]
    counted = [(score, words) for score, words in points if score > 0]
    total = sum(score for score, _ in counted)
    grade = next((name for limit, name in GRADES if total < limit), "heavy")
    return Effort(
        grade,
        tuple(words for _, words in counted),
        rows,
        rows // (FAST_RATE * 60),
        -(-rows // (SLOW_RATE * 60)),
    )


def write_scope(
    folder: Path,
    project: str,
    discovery: Discovery,
    effort: Effort,
    destination: DestinationIdentity | None,
) -> tuple[Path, ...]:
    """Write scope.html and scope.json."""
    data = {"discovery": asdict(discovery), "effort": asdict(effort)}
    data["destination"] = asdict(destination) if destination else {}
    return write_report(folder, project, _page(discovery, effort, destination), data)


def _page(discovery: Discovery, effort: Effort, odoo: DestinationIdentity | None) -> Page:
    custom = sum(field.custom for found in discovery.objects for field in found.fields)
    return Page(
        name="scope",
        title="Scope",
        verdict=Chip(effort.grade, TONES.get(effort.grade, "warn")),
        lead=f"{effort.record_count:,} records in {len(discovery.objects)} kinds, "
        f"from {discovery.kind.capitalize()} {discovery.release}; loading takes {effort.duration}.",
        tiles=(
            Tile("Records", f"{effort.record_count:,}"),
            Tile("Custom fields", str(custom)),
            Tile("Loading", effort.duration, "with two to four Odoo workers"),
            Tile(
                "Open questions",
                str(len(discovery.questions)),
                tone="warn" if discovery.questions else None,
            ),
        ),
        sections=tuple(section for section in _sections(discovery, effort, odoo) if section),
    )  # fmt: skip


def _sections(
    discovery: Discovery, effort: Effort, odoo: DestinationIdentity | None
) -> list[Section | None]:
    details = discovery.details
    return [
        _list("To be answered", "A person has to decide these.", discovery.questions),
        _objects(discovery),
        _list("What was noticed", "", discovery.notes),
        _custom_fields(discovery),
        _pipelines(details.get("pipelines")),
        _counts("Automations", NOT_MOVED, details.get("automations")),
        _counts("Attachments", "", details.get("attachments")),
        _destination(odoo),
        _list(
            f"Why {effort.grade}",
            "The grade comes from counts alone; a sample run tells how fast your Odoo is.",
            effort.reasons,
        ),
    ]


def _list(title: str, intro: str, items: tuple[str, ...]) -> Section | None:
    return Section(title, intro, items=items) if items else None


def _objects(discovery: Discovery) -> Section:
    rows = tuple(
        (
            text(found.label, below=found.name if found.name != found.label.lower() else ""),
            number(found.row_count),
            number(len(found.fields)),
            number(sum(field.custom for field in found.fields)),
        )
        for found in discovery.objects
    )
    total = sum(found.row_count for found in discovery.objects)
    return Section(
        "Records",
        "As the source itself counts them.",
        ("Kind", "#Records", "#Fields", "#Custom"),
        rows,
        totals=(text("Sum"), number(total), text(""), text("")),
    )


def _custom_fields(discovery: Discovery) -> Section | None:
    rows: list[tuple[Cell, ...]] = [
        (
            text(field.label, below=f"{found.name}.{field.name}"),
            code(field.type),
            text(", ".join(field.options[:8]) + (" …" if len(field.options) > 8 else "")),
        )
        for found in discovery.objects
        for field in found.fields
        if field.custom
    ]
    if not rows:
        return None
    return Section("Custom fields", "", ("Field", "Type", "Options"), tuple(rows))


def _pipelines(found: Any) -> Section | None:
    if not isinstance(found, list | tuple) or not found:
        return None
    rows = []
    for about in found:
        if not isinstance(about, Mapping):
            continue
        stages = [
            str(stage.get("name", "")) if isinstance(stage, Mapping) else str(stage)
            for stage in about.get("stages") or ()
        ]
        rows.append((text(about.get("name", "")), number(len(stages)), text(" → ".join(stages))))
    return Section("Pipelines", "", ("Pipeline", "#Stages", "In their order"), tuple(rows))


def _counts(title: str, intro: str, found: Any) -> Section | None:
    if not isinstance(found, Mapping) or not _total(found):
        return None
    rows = tuple(
        (text(str(name).replace("_", " ").capitalize()), number(value))
        for name, value in found.items()
        if isinstance(value, int)
    )
    return Section(title, intro, ("Kind", "#Count"), rows)


def _destination(odoo: DestinationIdentity | None) -> Section:
    if odoo is None:
        return Section("The destination", "Odoo could not be looked at yet.")
    rows = (
        (text("Odoo"), text(f"{odoo.version}, {odoo.edition}")),
        (text("Database"), text(odoo.database, below=odoo.url)),
        (text("Currency"), text(odoo.currency)),
        (text("Modules installed"), text(str(len(odoo.modules)))),
    )
    return Section("The destination", "", ("", ""), rows)


def _total(found: Any) -> int:
    values = found.values() if isinstance(found, Mapping) else ()
    return sum(value for value in values if isinstance(value, int))
