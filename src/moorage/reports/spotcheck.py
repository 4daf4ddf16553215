"""The spot-check sheet: records side by side, to be ticked and signed, on paper or in a workbook.

It shows people's data on purpose: whoever signs must see it. It is written into the reports folder
and nowhere else; `spotcheck.json` beside it holds keys only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from moorage.reports.page import Chip, Page, Tile
from moorage.reports.sheet import Sheet, kind_of
from moorage.reports.ticking import write_workbook
from moorage.reports.writing import write_report
from moorage.verify.spots import Spot


def write_spotcheck(folder: Path, sheet: Sheet) -> tuple[Path, ...]:
    """Write the sheet as a page to print and as a workbook; their paths."""
    differing = sum(not value.is_equal for spot in sheet.spots for value in spot.values)
    page = Page(
        name="spotcheck",
        title="Spot check",
        verdict=Chip("to be ticked and signed", "plain"),
        lead=f"{len(sheet.spots)} records of {sheet.destination}, chosen by chance, as "
        f"{sheet.source} gave them and as Odoo holds them now. Look at each, tick it, and sign.",
        tiles=(
            Tile("Records", str(len(sheet.spots))),
            Tile("Kinds", str(len({spot.entry for spot in sheet.spots}))),
            Tile("Values", f"{sum(len(spot.values) for spot in sheet.spots):,}"),
            Tile("Values that differ", str(differing), tone="bad" if differing else "good"),
        ),
        foot=f"Sheet {sheet.id[:16]}, run {sheet.run}, seed {sheet.seed}.",
    )
    written = write_report(
        folder,
        sheet.project,
        page,
        _without_people(sheet),
        destination=sheet.destination,
        template="spotcheck.html.j2",
        given={"sheet": sheet, "groups": _grouped(sheet.spots)},
    )
    return (*written, write_workbook(folder / sheet.file_name, sheet))


def _grouped(spots: Sequence[Spot]) -> list[tuple[str, list[Spot]]]:
    groups: dict[str, list[Spot]] = {}
    for spot in spots:
        groups.setdefault(kind_of(spot), []).append(spot)
    return list(groups.items())


def _without_people(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet": sheet.id,
        "run": sheet.run,
        "seed": sheet.seed,
        "sample": sheet.sample,
        "workbook": sheet.file_name,
        "records": [
            {
                "number": spot.number,
                "entry": spot.entry,
                "model": spot.model,
                "key": spot.key,
                "odoo_id": spot.odoo_id,
                "fields": len(spot.values),
                "differing": [value.name for value in spot.values if not value.is_equal],
            }
            for spot in sheet.spots
        ],
    }
