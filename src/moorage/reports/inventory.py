"""What is rebuilt by hand: automations with their triggers and steps, roles with their rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moorage.reports.page import Cell, Section, Tone, chip, text
from moorage.reports.tables import Row
from moorage.sources.base import Discovery

Item = Mapping[str, Any]
EFFORTS: dict[str, Tone] = {"low": "quiet", "medium": "plain", "high": "warn"}
#: So many rights of a role are shown on the page; the spreadsheet has all.
MANY = 12
HEADS = (
    "Kind", "Name", "On", "Trigger", "Conditions", "Actions", "Delays", "Steps", "Effort",
    "In Odoo", "Remarks",
)  # fmt: skip
#: Kinds of items that say what people may do.
RIGHTS = ("role", "group")
EFFORT_RULE = "More than three steps are of high effort."


def inventory_of(discovery: Discovery) -> list[Mapping[str, Any]]:
    """What has to be rebuilt by hand, as the source describes it; empty if it does not."""
    found: Any = discovery.details.get("inventory")
    return [item for item in found or () if isinstance(item, Mapping)]


def split(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Automations, and roles and groups: both are rebuilt by people, by different ones."""
    roles = [item for item in items if item.get("kind") in RIGHTS]
    return [item for item in items if item.get("kind") not in RIGHTS], roles


def automations_section(
    items: Sequence[Item], counted: Mapping[str, int], files: tuple[tuple[str, str], ...] = ()
) -> Section:
    """Every automation; only counts where the source described none."""
    if not items:
        return _counts(counted)
    rows = tuple(
        (
            text(item.get("name", ""), below=_kind(item)),
            _when(item),
            Cell("", lines=_steps(item)),
            chip(str(item.get("effort", "medium")), EFFORTS.get(str(item.get("effort")), "plain")),
            Cell(str(item.get("equivalent", "")), lines=tuple(map(str, item.get("notes") or ()))),
        )
        for item in items
    )
    return Section(
        "Automations to rebuild",
        f"None of these is moved: each is rebuilt in Odoo by a person, who decides. {EFFORT_RULE}",
        ("Automation", "Starts", "Does", "Effort", "In Odoo"),
        rows,
        files=files,
    )


def _counts(counted: Mapping[str, int]) -> Section:
    rows = tuple(
        (text(str(name).replace("_", " ").capitalize()), Cell(f"{count:,}", is_figure=True))
        for name, count in counted.items()
        if isinstance(count, int) and count
    )
    return Section(
        "Automations to rebuild",
        "None of these is moved: each is rebuilt in Odoo by a person, who decides.",
        ("Kind", "#Count"),
        rows,
        empty="The source has none.",
    )


def _kind(item: Item) -> str:
    words = str(item.get("kind", "")).replace("_", " ")
    return f"{words}, on {item['object']}" if item.get("object") else words


def _when(item: Item) -> Cell:
    conditions = tuple(map(str, item.get("conditions") or ()))
    delays = tuple(f"Waits: {words}" for words in item.get("delays") or ())
    return Cell(str(item.get("trigger", "")), lines=(*conditions, *delays))


def _steps(item: Item) -> tuple[str, ...]:
    return tuple(map(str, item.get("actions") or ())) or ("nothing",)


def roles_section(items: Sequence[Item], files: tuple[tuple[str, str], ...] = ()) -> Section:
    """Roles, and what each may do."""
    rows = tuple(
        (
            text(item.get("name", ""), below=str(item.get("kind", ""))),
            Cell(str(item.get("trigger", "")), lines=_permissions(item)),
            Cell(str(item.get("equivalent", "")), lines=tuple(map(str, item.get("notes") or ()))),
        )
        for item in items
    )
    return Section(
        "Roles and rights to rebuild",
        "Rights are not moved: users arrive without any, and an administrator gives them in Odoo"
        " under Settings, Users.",
        ("Role", "May", "In Odoo"),
        rows,
        empty="The source described no roles.",
        files=files,
    )


def _permissions(item: Item) -> tuple[str, ...]:
    found = tuple(map(str, item.get("permissions") or item.get("actions") or ()))
    return found if len(found) <= MANY else (*found[:MANY], f"and {len(found) - MANY} more")


def inventory_rows(items: Sequence[Item]) -> Iterator[Row]:
    """The same for a spreadsheet, under `HEADS`."""
    for item in items:
        yield (
            str(item.get("kind", "")),
            str(item.get("name", "")),
            str(item.get("object", "")),
            str(item.get("trigger", "")),
            _joined(item, "conditions"),
            _joined(item, "permissions") or _joined(item, "actions"),
            _joined(item, "delays"),
            int(item.get("steps") or 0),
            str(item.get("effort", "")),
            str(item.get("equivalent", "")),
            _joined(item, "notes"),
        )


def _joined(item: Item, name: str) -> str:
    return "; ".join(map(str, item.get(name) or ()))
