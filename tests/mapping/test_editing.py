"""Decisions on single rules, written into the file a person wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moorage.errors import MappingError, SettingsError
from moorage.mapping import editing, load_mapping
from moorage.mapping.confirm import digest
from moorage.mapping.rewriting import rewrite, tree_to_edit

TEXT = """\
# Ours, agreed in May.
moorage: 1
source: crm
settings:
  won: [7]  # as sales says
objects:
  people:
    to: res.partner
    fields:
      # The name as people say it.
      name: {from: name, do: [clean, {truncate: 64}], status: proposed, confidence: 0.9}
      x_size: {from: size, create: {type: integer, label: Size}, status: proposed, confidence: 0.4}
      email: {from: mail}  # the first one
    drop:
      id2: "an old number"
not_migrated:
  hooks: {reason: "asks for a decision", status: proposed}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "mapping.yaml"
    made.write_text(TEXT)
    return made


def _changed(path: Path, change: Any) -> list[str]:
    """The lines that `change` of the tree added or took away."""
    before = path.read_text().splitlines()
    tree = tree_to_edit(path)
    change(tree)
    rewrite(path, tree)
    after = path.read_text().splitlines()
    return [line for line in (*before, *after) if (line in before) != (line in after)]


def test_a_decision_changes_its_own_line_only(path: Path) -> None:
    rewrite(path, tree_to_edit(path))
    lines = _changed(path, lambda tree: editing.accept(tree, "people", "name"))
    assert len(lines) == 2
    assert "status: confirmed" in lines[1]
    assert "# The name as people say it." in path.read_text()


def test_what_is_sure_is_accepted_and_nothing_else(path: Path) -> None:
    tree = tree_to_edit(path)
    assert editing.accept_sure(tree, "people", 0.8) == ["name"]
    rewrite(path, tree)
    fields = load_mapping(path).mapping.objects["people"].fields
    assert (fields["name"].status, fields["x_size"].status) == ("confirmed", "proposed")


def test_a_rule_goes_to_another_field_in_its_place(path: Path) -> None:
    rule = editing.parsed_rule("{from: size, default: 1}")
    _changed(path, lambda tree: editing.retarget(tree, "people", "x_size", "color", rule))
    fields = load_mapping(path).mapping.objects["people"].fields
    assert list(fields) == ["name", "color", "email"]
    assert (fields["color"].default, fields["color"].create) == (1, None)
    assert "# the first one" in path.read_text()
    with pytest.raises(SettingsError, match="filled already"):
        editing.retarget(tree_to_edit(path), "people", "color", "email", rule)


def test_a_field_is_left_behind_for_a_reason_and_taken_up_again(path: Path) -> None:
    with pytest.raises(SettingsError, match="for a reason"):
        editing.leave(tree_to_edit(path), "people", "x_size", " ")
    _changed(path, lambda tree: editing.leave(tree, "people", "x_size", "nobody uses it"))
    entry = load_mapping(path).mapping.objects["people"]
    assert entry.drop == {"id2": "an old number", "size": "nobody uses it"}
    rule = editing.parsed_rule("from: size")
    _changed(path, lambda tree: editing.take_up(tree, "people", "size", "color", rule))
    entry = load_mapping(path).mapping.objects["people"]
    assert entry.fields["color"].from_ == ["size"]
    assert "size" not in entry.drop


def test_a_note_is_no_part_of_what_is_confirmed(path: Path) -> None:
    before = digest(load_mapping(path).mapping)
    _changed(path, lambda tree: editing.remark(tree, "people", "name", "ask: {Bob} # really"))
    mapping = load_mapping(path).mapping
    assert mapping.objects["people"].fields["name"].note == "ask: {Bob} # really"
    assert digest(mapping) == before
    _changed(path, lambda tree: editing.remark(tree, "people", "name", ""))
    assert "Bob" not in path.read_text()


def test_objects_and_settings_are_decided_on(path: Path) -> None:
    tree = tree_to_edit(path)
    editing.leave_object(tree, "hooks", "rebuilt by hand")
    assert editing.answer(tree, {"won": [7], "lost": [8]}) == ["lost"]
    mapping = rewrite(path, tree)
    assert mapping.not_migrated == {"hooks": "rebuilt by hand"}
    assert mapping.settings == {"won": [7], "lost": [8]}
    assert "# as sales says" in path.read_text()


def test_what_is_no_mapping_is_not_written(path: Path) -> None:
    before = path.read_text()
    tree = tree_to_edit(path)
    editing.set_rule(tree, "people", "name", {"from": "name", "colour": "red"})
    with pytest.raises(MappingError):
        rewrite(path, tree)
    with pytest.raises(MappingError):
        editing.parsed_rule("- a list")
    assert path.read_text() == before


def test_a_file_changed_by_an_editor_is_read_anew(path: Path) -> None:
    rewrite(path, tree_to_edit(path))
    path.write_text(path.read_text().replace("Size", "Shoe size"))
    tree = tree_to_edit(path)
    editing.accept(tree, "people", "x_size")
    rewrite(path, tree)
    assert "Shoe size" in path.read_text()


def test_a_rule_reads_the_same_as_text(path: Path) -> None:
    for rule in load_mapping(path).mapping.objects["people"].fields.values():
        again = editing.parsed_rule(editing.rule_text(rule))
        tree = tree_to_edit(path)
        editing.set_rule(tree, "people", "other", again)
        made = rewrite(path, tree).objects["people"].fields["other"]
        about = {"status": None, "confidence": None, "why": None}
        assert made.model_copy(update=about) == rule.model_copy(update=about)
