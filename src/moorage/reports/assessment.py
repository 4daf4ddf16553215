"""What a migration takes, as sections of a page: how each kind fits, the grade, the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from moorage.destination import DestinationIdentity, DestinationSurvey
from moorage.mapping.spec import Mapping as MappingSpec
from moorage.reports import compatibility as fitting
from moorage.reports import grade as grading
from moorage.reports.compatibility import Fate, Filled, compatibility
from moorage.reports.estimate import Estimate, estimate, span_words
from moorage.reports.grade import MOST, Grade, grade
from moorage.reports.page import Cell, Section, Tone, chip, code, number, text
from moorage.reports.tables import Row
from moorage.sources.base import Discovery

SHAPES: dict[str, Tone] = {
    "1:1": "good",
    "lossy": "warn",
    "1:many": "plain",
    "not migrated": "quiet",
}
GRADE_TONES: dict[str, Tone] = {"A": "good", "B": "good", "C": "warn", "D": "bad"}
HEADS = ("Kind", "Source object", "Rows", "Fits", "Odoo models", "What does not arrive")


@dataclass(frozen=True)
class Assessment:
    """All that can be said about a migration before, while and after it is done.

    `problem` says why Odoo could not be looked at; then `identity` and `survey` are None.
    """

    discovery: Discovery
    fates: tuple[Fate, ...]
    grade: Grade
    estimate: Estimate
    identity: DestinationIdentity | None = None
    survey: DestinationSurvey | None = None
    problem: str = ""


def assess(
    discovery: Discovery,
    mapping: MappingSpec | None,
    *,
    identity: DestinationIdentity | None = None,
    survey: DestinationSurvey | None = None,
    problem: str = "",
    filled: Filled | None = None,
    rates: Mapping[str, float] | None = None,
    is_confirmed: bool = False,
) -> Assessment:
    """Judge a migration by what is known: without a mapping by counts, without Odoo by the rest.

    Once a person has confirmed the mapping, its proposals are decided.
    """
    fates = compatibility(discovery, mapping, filled)
    return Assessment(
        discovery,
        fates,
        grade(discovery, fates, mapping, survey, is_confirmed=is_confirmed),
        estimate(fates, rates),
        identity,
        survey,
        problem,
    )


def compatibility_section(
    fates: Sequence[Fate], source: str, files: tuple[tuple[str, str], ...] = ()
) -> Section:
    """The compatibility table, one row per kind of record, with the rules below."""
    rows = tuple(
        (
            text(fate.label, below=fate.object),
            chip(fate.shape, SHAPES[fate.shape]),
            Cell(", ".join(fate.models) or "nothing", is_code=bool(fate.models)),
            number(fate.rows) if fate.rows is not None else text("not counted"),
            Cell(fate.why if fate.why else "" if fate.losses else "nothing is lost",
                 lines=tuple(losses_in_words(fate))),
        )
        for fate in fates
    )  # fmt: skip
    return Section(
        "How each kind of record fits",
        "Worked out from the mapping, for each kind of record as a whole. In brackets: rows that"
        " hold a value.",
        (f"In {source}", "Fits", "In Odoo", "#Rows", "What does not arrive, and why"),
        rows,
        items=fitting.RULES,
        items_title="The rules",
        empty="There is no mapping yet that can be read.",
        files=files,
    )


def losses_in_words(fate: Fate) -> Iterator[str]:
    """What is lost, fields with the same reason in one line."""
    groups: dict[str, list[str]] = {}
    for loss in fate.losses:
        rows = f" ({loss.rows:,})" if loss.rows else ""
        groups.setdefault(loss.why, []).append(f"{loss.field}{rows}")
    for why, fields in groups.items():
        yield f"{', '.join(fields)}: {why}"


def compatibility_rows(fates: Sequence[Fate]) -> Iterator[Row]:
    """The same for a spreadsheet, under `HEADS`: one line per loss."""
    for fate in fates:
        head = (fate.label, fate.object, fate.rows, fate.shape, ", ".join(fate.models))
        told = [str(loss) for loss in fate.losses] or [fate.why]
        for words in told:
            yield (*head, words)


def grade_section(found: Grade) -> Section:
    """The grade, axis by axis, with the rules below."""
    rows = tuple(
        (
            text(axis.name),
            Cell(f"{axis.points} of {MOST}", is_figure=True),
            text("; ".join(axis.reasons) or "nothing that would give points"),
        )
        for axis in found.axes
    )
    return Section(
        f"Why {found.letter}",
        f"{found.letter} means: {found.meaning}.",
        ("Axis", "#Points", "What gave them"),
        rows,
        totals=(text("Sum"), Cell(f"{found.points} of 12", is_figure=True), text("")),
        items=grading.RULES,
        items_title="The rules",
    )


def estimate_section(found: Estimate) -> Section:
    """The time of loading, model by model."""
    rows = tuple(
        (
            code(line.model),
            number(line.rows),
            number(round(line.rate)),
            text(line.measured_by),
            text(span_words(line.seconds, line.seconds * found.spread)),
        )
        for line in found.lines
    )
    return Section(
        "Time to load",
        f"{found.basis} Extracting, planning and verifying come on top, as do the hours of people"
        " who decide and look.",
        ("Model", "#Rows", "#Records a second", "Measured by", "Takes"),
        rows,
        totals=(text("Sum"), number(sum(line.rows for line in found.lines)), text(""), text(""),
                text(found.words)),
        empty="Nothing is to be loaded.",
    )  # fmt: skip
