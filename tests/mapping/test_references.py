"""Links to records of several objects, to companions, and to any record by model and id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from moorage.errors import MappingError
from moorage.mapping import (
    compile_mapping,
    load_references,
    materialise,
    parse_mapping,
    references_needed,
)
from moorage.mapping.compile import CompiledMapping
from moorage.mapping.expressions import columns_of
from moorage.mapping.target import TargetField
from moorage.sources.base import Discovery, SourceField, SourceObject
from moorage.staging import Staging

from .ground import model_field

NOTES = SourceObject(
    "notes", "Notes", 4,
    (
        SourceField("record", "reference", "Record"),
        SourceField("about", "text", "Kind of record"),
        SourceField("author", "link", "Author", link="users"),
        SourceField("guests", "references", "Guests"),
        SourceField("answers", "link", "Answers", link="notes"),
        SourceField("kind", "text", "Kind"),
    ),
)  # fmt: skip
NAME = (SourceField("name", "text", "Name"),)
DISCOVERY = Discovery(
    "acme", "1", "test",
    (NOTES, *(SourceObject(name, name, 2, NAME) for name in ("users", "people", "deals"))),
)  # fmt: skip
MESSAGE = [
    model_field("res_id", "many2one_reference"),
    model_field("model", "char"),
    model_field("author_id", "many2one", relation="res.partner"),
    model_field("partner_ids", "many2many", relation="res.partner"),
    model_field("parent_id", "many2one", relation="mail.message"),
    model_field("subtype_id", "many2one", relation="mail.message.subtype"),
]
FIELDS = {
    "mail.message": {field.name: field for field in MESSAGE},
    "mail.message.subtype": {"name": model_field("name", "char")},
    **{m: {"name": model_field("name", "char")} for m in ("res.users", "res.partner", "crm.lead")},
}
OTHERS = """\
  users: {to: res.users, fields: {name: {from: name}}}
  people: {to: res.partner, fields: {name: {from: name}}}
  deals: {to: crm.lead, fields: {name: {from: name}}}
"""
RULES = {
    "res_id": "{from: record, link: {deals: crm.lead, people: res.partner}}",
    "model": "{from: about, values: {deals: crm.lead, people: res.partner}}",
    "author_id": "{from: author, link: users}",
    "partner_ids": "{from: guests, link: [people, users]}",
    "parent_id": "{from: answers, link: notes}",
    "subtype_id": "{from: kind, find: {model: mail.message.subtype, by: xml_id}}",
}


def mapping(**rules: str) -> str:
    fields = "".join(f"      {name}: {rule}\n" for name, rule in {**RULES, **rules}.items())
    return (
        f"moorage: 1\nsource: acme\nobjects:\n  notes:\n    to: mail.message\n    fields:\n{fields}"
        + OTHERS
    )


def compiled(**rules: str) -> CompiledMapping:
    return compile_mapping(parse_mapping(mapping(**rules)), DISCOVERY, FIELDS)


def field(name: str, **rules: str) -> TargetField:
    notes = next(t for t in compiled(**rules).tables if t.entry == "notes")
    return next(found for found in notes.fields if found.name == name)


class Subtypes:
    """An Odoo with the External IDs of two subtypes."""

    def pages(self, model: str, domain: Any, fields: Any) -> Iterator[list[dict[str, Any]]]:
        assert (model, domain) == ("ir.model.data", [("model", "=", "mail.message.subtype")])
        yield [
            {"module": "mail", "name": "mt_note", "res_id": 2},
            {"module": "mail", "name": "mt_comment", "res_id": 1},
        ]


@contextmanager
def filled(folder: Path, rows: str) -> Iterator[Staging]:
    with Staging(folder / "staging.duckdb") as staging:
        for found in DISCOVERY.objects:
            columns = ", ".join(f'"{n}" {kind}' for n, (kind, _) in columns_of(found).items())
            staging.connection.execute(f'CREATE TABLE tidy."{found.name}" ({columns})')
        for name in ("users", "people", "deals"):
            staging.connection.execute(f"INSERT INTO tidy.{name} VALUES ('1', 'A'), ('2', 'B')")
        staging.connection.execute(f"INSERT INTO tidy.notes BY NAME {rows}")
        needed = references_needed(parse_mapping(mapping()).mapping)
        load_references(staging, Subtypes(), needed)  # type: ignore[arg-type]
        materialise(staging, compiled())
        yield staging


def test_references_become_keys_and_strangers_are_said(tmp_path: Path) -> None:
    rows = (
        "SELECT '1' AS id, 'deals:2' AS record, 'deals' AS about, '1' AS author,"
        " ['users:1', 'people:2', 'users:1'] AS guests, NULL AS answers, 'mail.mt_note' AS kind"
        " UNION ALL SELECT '2', 'people:1', 'people', NULL, NULL, '1', 'Mail.MT_comment'"
        " UNION ALL SELECT '3', 'deals:9', 'deals', '1', ['people:7', 'people:1'], NULL, NULL"
        " UNION ALL SELECT '4', 'houses:1', NULL, NULL, ['houses:1'], NULL, 'mail.nothing'"
    )
    with filled(tmp_path, rows) as staging:
        found = staging.connection.execute(
            "SELECT res_id, author_id, partner_ids, parent_id, subtype_id FROM target.notes"
            " ORDER BY key"
        ).fetchall()
        said = staging.connection.execute(
            "SELECT key, field FROM target.notes__findings ORDER BY ALL"
        ).fetchall()
    assert found == [
        ("acme:deals:2", "acme:users:1", ["acme:people:2", "acme:users:1"], None, 2),
        ("acme:people:1", None, None, "acme:notes:1", 1),
        (None, "acme:users:1", ["acme:people:1"], None, None),
        (None, None, None, None, None),
    ]
    assert said == [
        ("acme:notes:3", "partner_ids"), ("acme:notes:3", "res_id"),
        ("acme:notes:4", "partner_ids"), ("acme:notes:4", "res_id"),
        ("acme:notes:4", "subtype_id"),
    ]  # fmt: skip


def test_each_object_named_has_its_model_and_is_loaded_before() -> None:
    tables = {table.entry: table for table in compiled().tables}
    assert tables["notes"].needs == ("deals", "people", "users")
    assert tables["notes"].self_links == ("parent_id",)
    guests = field("partner_ids")
    assert guests.models == ("res.partner", "res.users")
    assert guests.companions == (("res.users", "res.partner"),)
    assert guests.lands_sql("k") == "'res.partner'"
    assert field("author_id").model_sql("k") == "'res.users'"
    assert "WHEN 'deals' THEN 'crm.lead'" in field("res_id").lands_sql("k")


@pytest.mark.parametrize(
    ("name", "rule", "words"),
    [
        ("res_id", "{from: record, link: {deals: sale.order}}", "but deals becomes crm.lead"),
        ("res_id", "{from: record, link: {houses: crm.lead}}", "which no entry maps"),
        ("res_id", "{from: about}", "may point to records of any model"),
        ("author_id", "{from: author, link: {users: res.users}}", "give a list of objects"),
        ("author_id", "{from: author, link: deals}", "but deals becomes crm.lead"),
        ("model", "{from: about, link: deals}", "fields that point to records"),
        ("res_id", "{from: guests, link: [deals]}", "needs one value, not a list"),
    ],
)
def test_faults_are_named(name: str, rule: str, words: str) -> None:
    with pytest.raises(MappingError) as raised:
        compiled(**{name: rule})
    assert any(words in str(finding) for finding in raised.value.findings), raised.value.findings
