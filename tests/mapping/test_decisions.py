"""What a confirmed mapping leaves for other projects: labels and targets, nothing else."""

from __future__ import annotations

from moorage.mapping import parse_mapping
from moorage.mapping.decisions import decisions

from .ground import DISCOVERY, HEAD

PEOPLE = """
  people:
    to: res.partner
    fields:
      name: {from: name}
      x_acme_born: {from: born, create: {type: char, label: Born}}
      phone: {sql: "phone"}
    drop: {score: "no loss: worked out anew"}
"""


def test_rules_of_one_field_and_drops_are_decisions() -> None:
    found = list(decisions(parse_mapping(HEAD + PEOPLE).mapping, DISCOVERY))
    assert found == [
        ("res.partner", "Name", "name"),
        ("res.partner", "Born", None),
        ("res.partner", "Score", None),
    ]
