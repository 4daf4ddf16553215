"""The scope of a migration: what was found, how demanding it is, how long it will take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from moorage.reports.assessment import (
    GRADE_TONES,
    Assessment,
    compatibility_section,
    estimate_section,
    grade_section,
)
from moorage.reports.inventory import (
    automations_section,
    inventory_of,
    roles_section,
    split,
)
from moorage.reports.page import Cell, Chip, Page, Section, Tile, code, number, text
from moorage.reports.surroundings import destination_sections
from moorage.reports.writing import write_report
from moorage.sources.base import Discovery


def write_scope(folder: Path, project: str, found: Assessment) -> tuple[Path, ...]:
    """Write scope.html and scope.json."""
    return write_report(folder, project, scope_page(found), asdict(found))


def scope_page(found: Assessment) -> Page:
    """All of the scope in one page."""
    discovery = found.discovery
    count = sum(about.row_count for about in discovery.objects)
    custom = sum(field.custom for about in discovery.objects for field in about.fields)
    asked = len(discovery.questions)
    return Page(
        name="scope",
        title="Scope",
        verdict=Chip(
            f"grade {found.grade.letter}: {found.grade.meaning}", GRADE_TONES[found.grade.letter]
        ),
        lead=f"{count:,} records of {len(discovery.objects)} kinds, from "
        f"{' '.join((discovery.label, discovery.release)).strip()}. Loading takes "
        f"{found.estimate.words}.",
        tiles=(
            Tile("Records", f"{count:,}"),
            Tile("Custom fields", f"{custom:,}"),
            Tile("Loading", found.estimate.words),
            Tile("Questions to answer", str(asked), tone="warn" if asked else None),
        ),
        sections=scope_sections(found),
    )


def scope_sections(found: Assessment) -> tuple[Section, ...]:
    """What was found and what it takes, in the order in which one asks."""
    source = found.discovery.label
    automations, roles = split(inventory_of(found.discovery))
    counted = found.discovery.details.get("automations") or {}
    sections = [
        asked_section(found.discovery),
        grade_section(found.grade),
        estimate_section(found.estimate),
        *counted_sections(found.discovery),
        compatibility_section(found.fates, source),
        *destination_sections(found.identity, found.survey, found.fates, found.problem),
        automations_section(automations, counted),
        roles_section(roles) if roles else None,
        custom_fields_section(found.discovery),
    ]
    return tuple(section for section in sections if section)


def counted_sections(discovery: Discovery) -> list[Section | None]:
    """What the source holds: counts, oddities, pipelines, files; what does not come."""
    details = discovery.details
    return [
        _objects(discovery),
        _list("What was noticed", "", discovery.notes),
        _absent(discovery),
        _pipelines(details.get("pipelines")),
        _files(details.get("attachments")),
    ]


def asked_section(discovery: Discovery) -> Section | None:
    """What a person has to answer."""
    return _list("To be answered", "A person has to decide these.", discovery.questions)


def _list(title: str, intro: str, items: tuple[str, ...]) -> Section | None:
    return Section(title, intro, items=items) if items else None


def _objects(discovery: Discovery) -> Section:
    rows = tuple(
        (
            text(found.label),
            code(found.name),
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
        ("Kind", "In the source", "#Records", "#Fields", "#Custom"),
        rows,
        totals=(text("Sum"), text(""), number(total), text(""), text("")),
    )


def _absent(discovery: Discovery) -> Section | None:
    """What this way of reading the source does not give, by object and reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for found in discovery.objects:
        for field in found.fields:
            if field.absent:
                reasons.setdefault((found.label, field.absent), []).append(field.name)
    if not reasons:
        return None
    return Section(
        "What does not come",
        "Read in another way, the same source would give it.",
        ("Kind", "Fields", "Why"),
        tuple(
            (text(label), text(", ".join(names)), text(why))
            for (label, why), names in reasons.items()
        ),
    )


def custom_fields_section(discovery: Discovery) -> Section | None:
    """The fields that users of the source added."""
    rows: list[tuple[Cell, ...]] = [
        (
            text(field.label),
            code(f"{found.name}.{field.name}"),
            text(field.type),
            text(", ".join(field.options[:8]) + (" …" if len(field.options) > 8 else "")),
        )
        for found in discovery.objects
        for field in found.fields
        if field.custom
    ]
    if not rows:
        return None
    return Section("Custom fields", "", ("Field", "In the source", "Type", "Options"), tuple(rows))


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


def _files(found: Any) -> Section | None:
    """How many files there are, and how large, where the source tells."""
    if not isinstance(found, Mapping) or not any(found.values()):
        return None
    rows = tuple(
        (
            text(str(name).replace("_", " ").capitalize()),
            Cell(_size(value), is_figure=True) if "bytes" in str(name) else number(value),
        )
        for name, value in found.items()
        if isinstance(value, int)
    )
    return Section("Files", "", ("Kind", "#Count or size"), rows)


def _size(count: int) -> str:
    """Bytes in words."""
    value, units = float(count), ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{value:,.0f} {units[0]}" if units[0] == "bytes" else f"{value:,.1f} {units[0]}"
