"""How demanding a migration is: a grade from A to D, by rules that are printed beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moorage.destination import DestinationSurvey
from moorage.mapping.spec import Mapping as MappingSpec
from moorage.mapping.spec import Undecided
from moorage.reports.compatibility import Fate
from moorage.reports.inventory import inventory_of, split
from moorage.sources.base import Discovery

#: The grade by the sum of points; one axis with all its points makes at least a C.
GRADES = ((2, "A"), (5, "B"), (8, "C"), (12, "D"))
MOST = 3
MEANINGS = {
    "A": "straightforward",
    "B": "some decisions to take",
    "C": "demanding: plan a rehearsal and time for decisions",
    "D": "heavy: plan several rehearsals",
}
RULES = (
    "Four axes give 0 to 3 points each. The sum makes the grade: up to 2 is A, up to 5 B, up to 8"
    " C, more is D; an axis with 3 points makes at least C.",
    "Compatibility: 1 if some rows arrive with losses or automations have to be rebuilt; 2 if kinds"
    " of records are not migrated, or over 10 automations or one of high effort have to be rebuilt;"
    " 3 if what is not migrated is over 5 % of the rows.",
    "Clarity: 1 for open questions, 1 for objects without a decision or over 20 rules that are only"
    " proposed, 1 for over 50 custom fields.",
    "Interfaces: 1 for a module that Odoo lacks for these rows, 1 for active automation rules or"
    " modules that Odoo did not write, 1 for an Odoo Online or several companies; 3 if Odoo could"
    " not be looked at.",
    "Volume: 0 below 10,000 rows, 1 below 100,000, 2 below a million, 3 from there on.",
)


@dataclass(frozen=True)
class Axis:
    """One axis: its points (0 to 3), and what gave them, in words."""

    name: str
    points: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Grade:
    """The letter and the axes behind it."""

    letter: str
    axes: tuple[Axis, ...]

    @property
    def points(self) -> int:
        """The sum of all points, at most 12."""
        return sum(axis.points for axis in self.axes)

    @property
    def meaning(self) -> str:
        """The letter in words."""
        return MEANINGS[self.letter]

    @property
    def reasons(self) -> tuple[str, ...]:
        """What gave points, over all axes."""
        return tuple(reason for axis in self.axes for reason in axis.reasons if axis.points)


def grade(
    discovery: Discovery,
    fates: Sequence[Fate],
    mapping: MappingSpec | None,
    survey: DestinationSurvey | None,
    *,
    is_confirmed: bool = False,
) -> Grade:
    """The grade by the rules of `RULES`; `survey` is None when Odoo could not be looked at."""
    axes = (
        _compatibility(discovery, fates),
        _clarity(discovery, mapping, is_confirmed),
        _interfaces(survey),
        _volume(sum(found.row_count for found in discovery.objects)),
    )
    return Grade(letter(axes), axes)


def letter(axes: Sequence[Axis]) -> str:
    """The grade of these axes."""
    total = sum(axis.points for axis in axes)
    found = next(name for limit, name in GRADES if total <= limit)
    return max(found, "C") if any(axis.points == MOST for axis in axes) else found


def _compatibility(discovery: Discovery, fates: Sequence[Fate]) -> Axis:
    rows = sum(found.row_count for found in discovery.objects)
    left = [fate for fate in fates if fate.shape == "not migrated" and fate.rows]
    left_rows = sum(fate.rows or 0 for fate in left)
    lossy = [fate for fate in fates if fate.losses and fate.rows]
    automations, high = automation_counts(discovery)
    points, reasons = 0, []
    if lossy:
        points = 1
        reasons.append(f"{_counted(len(lossy), 'kind')} of records with losses")
    if automations:
        points = 2 if automations > 10 or high else 1
        reasons.append(f"{_counted(automations, 'automation')} to rebuild")
    if left:
        points = MOST if left_rows * 20 > rows else 2
        reasons.append(
            f"{_counted(len(left), 'kind')} of records not migrated ({left_rows:,} rows)"
        )
    return Axis("Compatibility", points, tuple(reasons))


def automation_counts(discovery: Discovery) -> tuple[int, int]:
    """How many automations have to be rebuilt, and how many of these are of high effort."""
    automations, _ = split(inventory_of(discovery))
    if automations:
        return len(automations), sum(item.get("effort") == "high" for item in automations)
    counted: Any = discovery.details.get("automations")
    values = counted.values() if isinstance(counted, Mapping) else ()
    return sum(value for value in values if isinstance(value, int)), 0


def _clarity(discovery: Discovery, mapping: MappingSpec | None, is_confirmed: bool) -> Axis:
    entries = mapping.objects.values() if mapping and not is_confirmed else ()
    proposed = sum(
        rule.status == "proposed" and rule.confidence is not None
        for entry in entries
        for rule in entry.fields.values()
    )
    open_objects = sum(
        isinstance(said, Undecided) and said.status == "proposed"
        for said in (mapping.not_migrated.values() if mapping else ())
    )
    custom = sum(field.custom for found in discovery.objects for field in found.fields)
    checks = (
        (bool(discovery.questions), _counted(len(discovery.questions), "open question")),
        (
            bool(open_objects) or proposed > 20,
            f"{_counted(proposed, 'rule')} only proposed"
            + (f", {_counted(open_objects, 'object')} undecided" if open_objects else ""),
        ),
        (custom > 50, f"{custom} custom fields"),
    )
    reasons = tuple(words for holds, words in checks if holds)
    return Axis("Clarity", len(reasons), reasons)


def _interfaces(survey: DestinationSurvey | None) -> Axis:
    if survey is None:
        return Axis("Interfaces", MOST, ("Odoo could not be looked at",))
    around = [
        f"{_counted(len(found), noun)}"
        for found, noun in (
            (survey.rules, "active automation rule"),
            (survey.foreign_modules, "module not written by Odoo"),
        )
        if found
    ]
    shared = [survey.hosting] if survey.hosting == "Odoo Online" else []
    if len(survey.companies) > 1:
        shared.append(f"{len(survey.companies)} companies in Odoo")
    missing = [f"Odoo lacks {', '.join(survey.missing_models)}"] if survey.missing_models else []
    groups = (missing, around, shared)
    return Axis(
        "Interfaces", sum(bool(group) for group in groups), (*missing, *around, *shared)
    )  # fmt: skip


def _volume(rows: int) -> Axis:
    points = sum(rows >= limit for limit in (10_000, 100_000, 1_000_000))
    return Axis("Volume", points, (f"{rows:,} rows",) if points else ())


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
