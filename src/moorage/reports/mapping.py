"""The mapping as a page: where every source field goes, and what stays behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from moorage.mapping.explain import ExplainedField
from moorage.reports.page import Cell, Chip, Page, Section, Tile, chip, code, text
from moorage.reports.writing import write_report


def write_mapping(
    folder: Path,
    project: str,
    rows: Sequence[ExplainedField],
    not_migrated: Mapping[str, str],
    confirmed_by: str,
) -> tuple[Path, ...]:
    """Write mapping.html and mapping.json."""
    data = {
        "confirmed_by": confirmed_by,
        "rules": [asdict(row) for row in rows],
        "not_migrated": not_migrated,
    }
    return write_report(folder, project, _page(rows, not_migrated, confirmed_by), data)


def _page(
    rows: Sequence[ExplainedField], not_migrated: Mapping[str, str], confirmed_by: str
) -> Page:
    moved = [row for row in rows if row.target]
    # A person confirms the file as a whole, and with it what was proposed.
    proposed = 0 if confirmed_by else sum(row.status == "proposed" for row in moved)
    verdict = Chip(f"confirmed by {confirmed_by.split(',', maxsplit=1)[0]}", "good")
    if not confirmed_by:
        verdict = Chip("to be confirmed", "warn")
    return Page(
        name="mapping",
        title="Mapping",
        verdict=verdict,
        lead=f"{len(moved)} Odoo fields are filled; {len(rows) - len(moved)} source fields stay "
        "behind, each with its reason.",
        tiles=(
            Tile("Entries", str(len({row.entry for row in rows}))),
            Tile("Fields filled", str(len(moved))),
            Tile("Waiting for a decision", str(proposed), tone="warn" if proposed else None),
            Tile("Left behind", str(len(rows) - len(moved))),
        ),
        sections=(*_entries(rows, is_confirmed=bool(confirmed_by)), *_not_moved(not_migrated)),
        foot=f"Confirmed by {confirmed_by}." if confirmed_by else "",
    )


def _entries(rows: Sequence[ExplainedField], *, is_confirmed: bool) -> list[Section]:
    sections = []
    for entry, found in groupby(rows, key=lambda row: row.entry):
        rules = list(found)
        moved = [row for row in rules if row.target]
        left = [f"{', '.join(row.sources)}: {row.why}" for row in rules if not row.target]
        model = moved[0].model if moved else ""
        sections.append(
            Section(
                f"{entry} → {model}",
                f"From {rules[0].object}.",
                # Once a person has confirmed the file, it no longer matters who proposed a rule.
                ("Odoo field", "From", "How")
                if is_confirmed
                else ("Odoo field", "From", "How", ""),
                tuple(_row(row, is_confirmed=is_confirmed) for row in moved),
                items=tuple(left),
                items_title="Not moved",
            )
        )
    return sections


def _row(row: ExplainedField, *, is_confirmed: bool) -> tuple[Cell, ...]:
    cells = (
        code(row.target),
        code(", ".join(row.sources)),
        text(row.how, below=row.why),
    )
    if is_confirmed:
        return cells
    state = Cell("")
    if row.status == "proposed":
        sure = "" if row.confidence is None else f" {row.confidence:.0%}"
        state = chip(f"proposed{sure}", "warn")
    elif row.status == "confirmed":
        state = chip("confirmed", "good")
    return (*cells, state)


def _not_moved(not_migrated: Mapping[str, str]) -> list[Section]:
    rows = tuple((code(name), text(reason)) for name, reason in not_migrated.items())
    return [Section("Not migrated", "", ("Source", "Why"), rows)] if rows else []
