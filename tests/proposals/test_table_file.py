"""`map --propose --table`: any list of fields, without a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moorage.commands.proposing import agreed, map_table
from moorage.errors import SettingsError
from moorage.proposals.reading import read_columns
from moorage.proposals.type_words import WORDS, our_type
from moorage.sources.base import FIELD_TYPES


def test_a_list_of_fields_in_json(tmp_path: Path) -> None:
    path = tmp_path / "leads.json"
    fields = [
        {"name": "cf_1", "label": "Date de naissance", "type": "date"},
        {"name": "courriel", "samples": ["a@b.com"]},
        "telephone",
    ]
    path.write_text(json.dumps({"fields": fields}), encoding="utf-8")
    found = map_table(path, "hr.employee", memory=tmp_path / "none.tsv")
    assert [one.target for one in found.fields] == ["birthday", "work_email", "work_phone"]
    assert found.fields[0].rule == {"from": "cf_1"}
    assert found.fields[1].rule == {"from": "courriel", "do": ["email"]}
    assert found.as_json()["fields"][0]["candidates"][0]["target"] == "birthday"


def test_data_whose_headers_are_fields(tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text(
        "Nachname;Geburtsdatum;Umsatz;Rang\nGroß;24.12.1980;1200,50;A\nKlein;01.02.1975;3;B\n",
        encoding="utf-8",
    )
    columns = read_columns(path)
    assert [column.name for column in columns] == ["Nachname", "Geburtsdatum", "Umsatz", "Rang"]
    found = map_table(path, "res.partner", memory=tmp_path / "none.tsv")
    assert found.fields[0].target == "name"
    assert found.fields[1].rule["create"]["type"] == "date"


def test_a_list_of_fields_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "fields.csv"
    path.write_text("name,label,type,samples\nf1,VAT number,text,DE1|FR2\n", encoding="utf-8")
    (column,) = read_columns(path)
    assert (column.label, column.samples) == ("VAT number", ("DE1", "FR2"))


@pytest.mark.parametrize(
    "fields",
    [
        [{"name": "OwnerId", "label": "Owner ID", "type": "reference", "picklistValues": []}],
        {"columns": [{"field": "OwnerId", "display name": "Owner ID", "data_type": "Lookup"}]},
        {"properties": {"OwnerId": {"title": "Owner ID", "type": "lookup"}}},
        [{"api_name": "OwnerId", "name": "Owner ID", "fieldType": "user"}],
    ],
)
def test_lists_as_others_write_them(tmp_path: Path, fields: object) -> None:
    path = tmp_path / "fields.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    (column,) = read_columns(path)
    assert (column.name, column.label) == ("OwnerId", "Owner ID")
    assert column.type in ("link", "reference")


def test_choices_that_are_objects(tmp_path: Path) -> None:
    path = tmp_path / "fields.json"
    choices = [{"label": "Hot", "value": "h"}, {"label": "Cold", "value": "c"}]
    fields = [{"name": "rating", "type": "Picklist", "picklistValues": choices}]
    path.write_text(json.dumps(fields), encoding="utf-8")
    (column,) = read_columns(path)
    assert (column.type, column.options) == ("select", ("Hot", "Cold"))


def test_data_that_look_like_a_list_of_fields(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("name,type,description\nBolt,Spare part,Of steel\n", encoding="utf-8")
    assert [one.name for one in read_columns(path)] == ["name", "type", "description"]
    path.write_text("Field name,Data type,Description\nBolt,varchar(20),Of steel\n")
    assert [(one.name, one.type) for one in read_columns(path)] == [("Bolt", "text")]


def test_every_word_for_a_type_means_one_of_ours() -> None:
    assert {our_type(word) for word in FIELD_TYPES} == {*FIELD_TYPES}
    assert [our_type(word) for word in ("NUMERIC(10, 2)", "Multi-Select Picklist", "Yes/No")] == [
        "decimal", "multiselect", "boolean",
    ]  # fmt: skip
    assert our_type("formula") == "", "what it gives, nobody knows"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "{", "is no JSON"),
        ("a.json", '{"fields": 1}', "neither a list"),
        ("a.json", '[{"label": "x"}]', "field 1 has no name"),
        ("a.json", '["a", "a"]', "stand twice"),
        ("a.csv", "", "no fields in it"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, text: str, words: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        read_columns(path)


def test_models_and_conventions_nobody_knows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not known without an Odoo"):
        map_table(tmp_path / "a.csv", "x_model")
    with pytest.raises(SettingsError, match="no convention"):
        agreed(["totals=never"])


def test_the_types_that_are_known_are_those_of_source_fields() -> None:
    assert set(WORDS) == set(FIELD_TYPES)
