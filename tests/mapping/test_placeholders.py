"""Placeholders of mail templates: only what the mapping says is ever run by Odoo."""

from __future__ import annotations

import pytest

from moorage.mapping.transforms import REGISTRY, ArgumentError

FIELDS = {"leads.title": "object.name", "persons.name": "object.partner_id.name"}


def _made(value: str, **given: object) -> tuple[str | None, bool]:
    transform = REGISTRY["placeholders"]
    arguments = transform.arguments({"fields": FIELDS, **given})
    found = transform.function(value, **arguments)
    return found.value, found.problem


def test_a_body_and_a_subject_are_written_as_odoo_does() -> None:
    text = "Hi {%persons.name%}, about {% leads.title %}"
    assert _made(text) == (
        'Hi <t t-out="object.partner_id.name"></t>, about <t t-out="object.name"></t>', False,
    )  # fmt: skip
    subject = "Hi {{ object.partner_id.name }}, about {{ object.name }}"
    assert _made(text, into="text") == (subject, False)


def test_an_unknown_placeholder_stays_readable_with_a_warning() -> None:
    assert _made("{%quotes.total%}!") == ("[quotes.total]!", True)


@pytest.mark.parametrize(
    "text", ["{{ 7 * 7 }}", "${7*7}", "#{7*7}", "{% set x = 1 %}", "{{{% x.y %}"]
)
def test_marks_of_odoo_in_the_text_are_broken_up(text: str) -> None:
    made, _ = _made(text, into="text")
    assert made is not None
    assert not any(mark in made for mark in ("{{", "${", "#{", "{%"))


@pytest.mark.parametrize("expression", ["object.unlink()", "user.name", "object.env['x']", "1"])
def test_only_fields_of_the_record_may_stand_in_the_map(expression: str) -> None:
    with pytest.raises(ArgumentError):
        _made("{%x.y%}", fields={"x.y": expression})
