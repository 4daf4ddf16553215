"""Fit, grade and time follow from printed rules: each rule as a row of a table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from moorage.destination import CompanyFacts, DestinationSurvey, RuleFacts
from moorage.mapping.spec import parse_mapping
from moorage.reports.assessment import assess
from moorage.reports.compatibility import Fate, compatibility
from moorage.reports.estimate import BENCHMARK, estimate, span_words
from moorage.reports.grade import Axis, grade, letter
from moorage.sources.base import Discovery, SourceField, SourceObject

HEAD = "moorage: 1\nsource: toy\nobjects:\n"
FINE = DestinationSurvey("own server", companies=(CompanyFacts(1, "Acme", "EUR"),))


def discovery(rows: int = 3, *, questions: int = 0, custom: int = 0, **details: Any) -> Discovery:
    fields = (
        SourceField("name", "text", "Name"),
        SourceField("note", "text", "Note"),
        SourceField("tags", "multiselect", "Tags"),
        *(SourceField(f"custom.c{n}", "text", f"C{n}", custom=True) for n in range(custom)),
    )
    found = SourceObject("people", "Person", rows, fields)
    asked = tuple(f"Which {n}?" for n in range(questions))
    return Discovery("toy", "1.0", "toy:here", (found,), questions=asked, details=details)


WHOLE = "  people: {to: res.partner, fields: {name: {from: name}, comment: {from: note}}}\n"
SHAPES = [
    (WHOLE, "1:1", []),
    ("  people: {to: res.partner, fields: {name: {from: name}}, drop: {note: not wanted}}\n",
     "lossy", ["note (2 rows): not wanted"]),
    ("  people: {to: res.partner, fields: {name: {from: name}}, drop: {note: 'no loss: twice'}}\n",
     "1:1", []),
    ("  people: {to: res.partner, fields: {name: {from: name}}, drop: {tags: never used}}\n",
     "1:1", []),
    ("  people: {to: res.partner, fields: {name: {from: note, do: [{truncate: 9}]}}}\n",
     "lossy", ["note: cut where it is longer than Odoo's field"]),
    (WHOLE + "  users: {of: people, to: res.users, fields: {name: {from: name}}}\n",
     "1:many", []),
    ("  other: {to: res.partner, fields: {name: {from: name}}}\n"
     "not_migrated: {people: nobody wants them}\n", "not migrated", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "losses"), SHAPES)
def test_an_object_fits_by_the_rules(text: str, shape: str, losses: list[str]) -> None:
    mapping = parse_mapping(HEAD + text).mapping
    filled = {("people", "note"): 2, ("people", "tags"): 0}
    fate = compatibility(discovery(), mapping, filled)[0]
    assert (fate.shape, [str(loss) for loss in fate.losses]) == (shape, losses)


POINTS = [
    (discovery(), FINE, {}),
    (discovery(questions=2), FINE, {"Clarity": 1}),
    (discovery(questions=2, custom=51), FINE, {"Clarity": 2}),
    (discovery(10_000), FINE, {"Volume": 1}),
    (discovery(1_000_000), FINE, {"Volume": 3}),
    (discovery(automations={"workflows": 3}), FINE, {"Compatibility": 1}),
    (discovery(inventory=[{"kind": "workflow", "effort": "high"}]), FINE, {"Compatibility": 2}),
    (discovery(inventory=[{"kind": "role", "effort": "high"}]), FINE, {}),
    (discovery(), None, {"Interfaces": 3}),
    (discovery(), DestinationSurvey("Odoo Online", rules=(RuleFacts("r", "crm.lead", "t"),),
                                    missing_models=("sale.order",)), {"Interfaces": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("found", "survey", "points"), POINTS)
def test_each_axis_gives_points_by_the_rules(
    found: Discovery, survey: DestinationSurvey | None, points: dict[str, int]
) -> None:
    mapping = parse_mapping(HEAD + WHOLE).mapping
    given = grade(found, compatibility(found, mapping), mapping, survey)
    assert {axis.name: axis.points for axis in given.axes if axis.points} == points
    assert all(axis.reasons for axis in given.axes if axis.points), "points without a reason"


@pytest.mark.parametrize(
    ("points", "expected"),
    [((0, 0, 0, 0), "A"), ((1, 1, 0, 0), "A"), ((1, 1, 1, 0), "B"), ((2, 2, 1, 0), "B"),
     ((2, 2, 2, 0), "C"), ((3, 0, 0, 0), "C"), ((3, 3, 2, 0), "C"), ((3, 3, 3, 0), "D")],
)  # fmt: skip
def test_the_letter_follows_from_the_sum(points: tuple[int, ...], expected: str) -> None:
    assert letter([Axis("axis", count, ()) for count in points]) == expected


def test_rows_not_migrated_weigh_by_their_share() -> None:
    few, many = discovery(1), discovery(99)
    mapping = parse_mapping(HEAD + SHAPES[-1][0]).mapping
    for found in (few, many):
        axis = grade(found, compatibility(found, mapping), mapping, FINE).axes[0]
        assert axis.points == 3, "all rows stay behind"


def test_time_is_rows_over_speed() -> None:
    fates = (
        Fate("a", "A", 6240, "1:1", ("res.partner",)),
        Fate("b", "B", 900, "1:many", ("crm.lead", "res.partner")),
        Fate("c", "C", 500, "not migrated"),
    )
    found = estimate(fates)
    partners, leads = BENCHMARK["res.partner"], BENCHMARK["crm.lead"]
    assert [(line.model, line.rows) for line in found.lines] == [
        ("res.partner", 6240), ("crm.lead", 900),
    ]  # fmt: skip
    assert found.least == pytest.approx(6240 / partners + 900 / leads)
    assert found.most == 4 * found.least
    own = estimate(fates, {"res.partner": 100.0})
    assert own.lines[0].seconds == pytest.approx(71.4), "both go at the slowest model's speed"
    assert "own runs" in own.basis


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(5, 20, "about a minute"), (60, 240, "1 to 4 minutes"), (3600, 14_400, "1 to 4 hours")],
)
def test_times_are_told_in_words(least: float, most: float, words: str) -> None:
    assert span_words(least, most) == words


def test_the_benchmark_is_the_one_in_the_docs() -> None:
    docs = Path(__file__).parents[2] / "docs" / "measured.md"
    rows = re.findall(r"^\| (\S+)[^|]* \| ([\d,]+) \|", docs.read_text("utf-8"), re.MULTILINE)
    measured = {name: int(rate.replace(",", "")) for name, rate in rows}
    assert BENCHMARK["res.partner"] in measured.values()
    assert BENCHMARK["crm.lead"] == measured["opportunities"]
    shares = re.findall(
        r"^\| (\S+\.\w+)[^|]* \| ([\d.]+) \| ([\d,]+) \|$", docs.read_text("utf-8"), re.MULTILINE
    )
    others = {name: int(rate.replace(",", "")) for name, _, rate in shares}
    assert others == {name: BENCHMARK[name] for name in others} and len(others) == 6
    for name, share, _ in shares:
        assert others[name] == pytest.approx(float(share) * BENCHMARK["crm.lead"], rel=0.01)


def test_without_a_mapping_or_an_odoo_there_is_an_answer() -> None:
    found = assess(discovery(), None, problem="no answer")
    assert found.fates == ()
    assert found.grade.letter == "C"
    assert found.estimate.words == "about a minute"
