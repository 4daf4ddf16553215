"""Fitting the mapping to both sides: where cases go, and tables that users made."""

from __future__ import annotations

from typing import Any

import pytest

from moorage.mapping.document import written
from moorage.mapping.spec import load_mapping_to_edit, parse_mapping
from moorage.sources.base import Discovery, SourceField, SourceObject
from moorage.sources.opex365 import SOURCE
from moorage.sources.opex365.adapt import adapt

VESSEL: dict[str, Any] = {
    "name": "opx_vessel",
    "label": "Vessel",
    "fields": [
        {"name": "opx_operator", "label": "Operator", "targets": ["account", "contact"]},
        {"name": "opx_crew", "label": "Crew", "targets": []},
    ],
}
FIELDS = tuple(
    SourceField(name, "text", name) for name in ("id", "name", "active", "owner_id", "created_at")
)
DISCOVERY = Discovery(
    "opex365", "1", "x", (SourceObject("opx_vessel", "Vessel", 3, FIELDS),),
    details={"custom_entities": [VESSEL]},
)  # fmt: skip


@pytest.fixture
def tree() -> Any:
    """The shipped mapping, to be changed."""
    return load_mapping_to_edit(SOURCE.mapping_template).document.tree


def test_cases_become_tickets_where_odoo_has_helpdesk(tree: Any) -> None:
    said = adapt(tree, DISCOVERY, lambda model: model == "helpdesk.ticket")
    mapping = parse_mapping(written(tree)).mapping
    assert "this Odoo has Helpdesk" in said[0]
    assert mapping.settings["cases_to"] == "helpdesk.ticket"
    assert mapping.objects["incident"].to == "helpdesk.ticket"
    assert not {"project_id", "state", "user_ids"} & set(mapping.objects["incident"].fields)
    link = mapping.objects["email"].fields["res_id"].link
    assert isinstance(link, dict) and link["incident"] == "helpdesk.ticket"
    assert mapping.objects["task"].to == "project.task"
    said = adapt(tree, DISCOVERY, lambda _: True)
    assert said[0] == "Cases become helpdesk.ticket (settings.cases_to)."


def test_without_helpdesk_they_are_tasks(tree: Any) -> None:
    adapt(tree, DISCOVERY, lambda _: False)
    assert tree["settings"]["cases_to"] == "project.task"
    assert tree["objects"]["incident"]["to"] == "project.task"


def test_own_tables_are_specified_until_they_are_named(tree: Any) -> None:
    adapt(tree, DISCOVERY, lambda _: False)
    assert "custom_models" in tree["not_migrated"]["opx_vessel"]
    tree["settings"]["custom_models"] = ["opx_vessel", "no_such"]
    said = adapt(tree, DISCOVERY, lambda _: False)
    assert any("no own tables of these names: no_such" in words for words in said)
    assert "opx_vessel" not in tree["not_migrated"]
    entry = parse_mapping(written(tree)).mapping.objects["opx_vessel"]
    assert (entry.to, entry.create) == ("x_opex365_opx_vessel", "Vessel")
    files = tree["objects"]["column_file"]["fields"]
    assert files["res_model"]["values"]["opx_vessel"] == entry.to
    assert files["res_id"]["link"]["opx_vessel"] == entry.to
    operator = entry.fields["x_opex365_opx_operator"]
    assert operator.link == ["account", "contact"]
    assert operator.create is not None and operator.create.relation == "res.partner"
