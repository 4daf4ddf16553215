"""How a value gets into the field that was proposed for it."""

from __future__ import annotations

from typing import Any

import pytest

from moorage.mapping.ways import column_of, way
from moorage.proposals import built_in, propose_fields
from moorage.sources.base import SourceField


def rule(model: str, column: SourceField, *samples: str, to: frozenset[str] = frozenset()) -> Any:
    (found,) = propose_fields([column_of(column, samples)], model)
    assert found.target is not None, found
    return found.target, way(column, found, built_in(model)[found.target], to)


@pytest.mark.parametrize(
    ("model", "column", "samples", "target", "expected"),
    [
        ("res.partner", SourceField("mail", "text", "E-mail"), ("a@b.com, c@d.com",), "email",
         {"sql": "trim(split_part(replace(\"mail\", ',', ';'), ';', 1))", "do": ["email"]}),
        ("hr.employee", SourceField("dob", "text", "Date of birth"), ("24.12.1980",), "birthday",
         {"from": "dob", "do": [{"date": {"format": "%d.%m.%Y"}}]}),
        ("res.partner", SourceField("archived", "boolean", "Archived"), (), "active",
         {"sql": 'NOT "archived"'}),
        ("res.partner", SourceField("land", "select", "Land", options=("DE", "FR")), (),
         "country_id", {"from": "land", "do": ["clean"], "missing": "empty",
                        "find": {"model": "res.country", "by": "code"}}),
        ("res.partner", SourceField("notes", "text", "Notes"), (), "comment",
         {"from": "notes", "do": ["text_to_html"]}),
        ("crm.lead", SourceField("amount", "money", "Amount"), (), "expected_revenue",
         {"from": "amount"}),
        ("sale.order", SourceField("total", "money", "Grand total"), (), "amount_total", None),
    ],
)  # fmt: skip
def test_a_rule_casts_looks_up_and_turns_round(
    model: str, column: SourceField, samples: tuple[str, ...], target: str, expected: Any
) -> None:
    assert rule(model, column, *samples) == (target, expected)


def test_a_link_is_followed_where_its_object_becomes_what_the_field_points_to() -> None:
    column = SourceField("company_id", "link", "Company", link="companies")
    linked = rule("res.partner", column, to=frozenset({"res.partner"}))
    assert linked == ("parent_id", {"from": "company_id", "link": "companies", "later": True})
    assert rule("res.partner", column, to=frozenset({"crm.lead"})) == ("parent_id", None)


def test_options_that_say_the_same_are_mapped() -> None:
    column = SourceField("kind", "select", "Product type", options=("Service", "Goods", "Other"))
    target, made = rule("product.template", column)
    assert target == "type" and made["values"]["Service"] == "service"
    assert "Other" not in made["values"] and made["unknown"] == "empty"
