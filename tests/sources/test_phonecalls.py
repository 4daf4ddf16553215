"""Where phone calls go, by what an Odoo has and what a person says."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from moorage.mapping.document import written
from moorage.mapping.spec import load_mapping_to_edit, parse_mapping
from moorage.sources import clienttether, opex365
from moorage.sources.base import Discovery, SourceKind
from moorage.sources.phonecalls import PHONECALL, SETTING

BOTH = pytest.mark.parametrize(
    ("kind", "former", "name"),
    [
        (opex365.SOURCE, "done_phonecalls", "phonecall"),
        (clienttether.SOURCE, "calls", "calls"),
    ],
    ids=["opex365", "clienttether"],
)
HANGING = ("annotation", "note_file", "activitymimeattachment", "column_file")
_read = cache(lambda path: load_mapping_to_edit(path).document.tree)


def shipped(kind: SourceKind, **settings: str) -> Any:
    """The tree of the shipped mapping, with these settings."""
    tree = deepcopy(_read(kind.mapping_template))
    tree["settings"].update(settings)
    return tree


def adapted(kind: SourceKind, tree: Any, *models: str) -> str:
    """What is said of calls when the mapping is fitted to an Odoo that has `models`."""
    assert kind.adapt is not None
    said = kind.adapt(tree, Discovery(kind.name, "1", "x", ()), lambda model: model in models)
    return " ".join(words for words in said if "hone calls" in words or SETTING in words)


@BOTH
def test_calls_become_records_where_odoo_has_a_model_for_them(
    kind: SourceKind, former: str, name: str
) -> None:
    tree = shipped(kind)
    assert "this Odoo has it" in adapted(kind, tree, PHONECALL)
    mapping = parse_mapping(written(tree)).mapping
    assert mapping.settings[SETTING] == PHONECALL
    entry = mapping.objects[name]
    assert entry.to == PHONECALL and not {"body", "message_id"} & set(entry.fields)
    assert not {"done_phonecalls", "open_phonecalls"} & set(mapping.objects)
    # What is not said anew stays as it was, and nothing is said twice.
    assert any(target.startswith("x_") and rule.from_ == ["id"]
               for target, rule in entry.fields.items())  # fmt: skip
    told = Counter(column for rule in entry.fields.values() for column in rule.from_ or ())
    assert {column for column, times in told.items() if times > 1} <= {"happened_at"}
    assert not set(told) & set(entry.drop)
    # Twice is the same as once, and there is no way back within a mapping.
    once = deepcopy(tree)
    assert adapted(kind, tree, PHONECALL) == f"Phone calls become {PHONECALL} (settings.{SETTING})."
    assert tree == once
    tree["settings"][SETTING] = "mail.message"
    assert "begin with a new mapping" in adapted(kind, tree, PHONECALL)
    assert tree == once


@BOTH
@pytest.mark.parametrize(
    ("asked", "models", "said"),
    [
        ("auto", (), "become mail.message"),
        ("mail.message", (PHONECALL,), "become mail.message"),
        ("voip.call", (PHONECALL,), "neither mail.message nor crm.phonecall, but 'voip.call'"),
        # As in a mapping that was made before there was a choice.
        (None, (PHONECALL,), "become mail.message"),
    ],
)
def test_they_stay_messages(
    kind: SourceKind, former: str, name: str, asked: str | None, models: tuple[str, ...], said: str
) -> None:
    tree = shipped(kind)
    tree["settings"].pop(SETTING)
    tree["settings"].update({SETTING: asked} if asked else {})
    assert said in adapted(kind, tree, *models)
    assert tree["settings"][SETTING] == "mail.message"
    assert tree["objects"][former] == _read(kind.mapping_template)["objects"][former]


@BOTH
def test_what_a_person_asks_for_is_checked_against_odoo(
    kind: SourceKind, former: str, name: str
) -> None:
    tree = shipped(kind, **{SETTING: PHONECALL})
    assert adapted(kind, tree) == f"Phone calls become {PHONECALL}: settings.{SETTING}."
    assert tree["objects"][name]["to"] == PHONECALL


def test_notes_and_files_of_calls_go_to_the_calls() -> None:
    tree = shipped(opex365.SOURCE)
    adapted(opex365.SOURCE, tree, PHONECALL, "helpdesk.ticket")
    fields = {name: entry["fields"] for name, entry in tree["objects"].items()}
    assert {fields[name]["res_id"]["link"]["phonecall"] for name in HANGING} == {PHONECALL}
    assert "phonecall" not in fields["email"]["res_id"]["link"]
    assert fields["phonecall"]["x_opex365_case"]["create"]["relation"] == "helpdesk.ticket"


def test_where_no_calls_are_mapped_there_is_nothing_to_decide() -> None:
    tree = shipped(clienttether.SOURCE)
    del tree["objects"]["calls"]
    assert adapted(clienttether.SOURCE, tree, PHONECALL) == ""
