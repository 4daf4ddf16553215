"""Proposals in a mapping file: by extracted values, with advice, written and read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from moorage.destination import ModelField
from moorage.mapping import load_mapping
from moorage.mapping.confirm import digest
from moorage.mapping.document import plain, round_trip, written
from moorage.mapping.propose import propose, unseen
from moorage.mapping.reopening import reopened
from moorage.mapping.spec import load_mapping_to_edit, parse_mapping
from moorage.mapping.values_seen import SAMPLES, ValuesSeen, values_seen
from moorage.proposals import Proposal, built_in
from moorage.proposals.advice import AboutTable
from moorage.proposals.column import ASK, Advice
from moorage.sources.base import Discovery, SourceField, SourceObject
from moorage.staging import Staging

ACCOUNTS = SourceObject(
    "accounts", "Accounts", 3,
    (
        SourceField("account_id", "text", "Account ID"),
        SourceField("account_name", "text", "Account Name"),
        SourceField("since", "text", "Date"),
        SourceField("frobnicate", "text", "Frobnicate"),
    ),
)  # fmt: skip
ORDERS = SourceObject(
    "orders", "Orders", 1,
    (SourceField("number", "text", "Number"), SourceField("total", "money", "Total")),
)  # fmt: skip
LINES = SourceObject("lines", "Lines", 1, (SourceField("price", "money", "Price"),))
MODELS = ("res.partner", "sale.order", "sale.order.line")
FIELDS: dict[str, dict[str, ModelField]] = {model: built_in(model) for model in MODELS}
HEAD = "moorage: 1\nsource: crm\nobjects:\n"
ACCOUNT_ENTRY = "  accounts: {to: res.partner, fields: {is_company: {value: true}}}\n"


def mapping(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return load_mapping_to_edit(path)


@pytest.fixture
def staging(tmp_path: Path) -> Any:
    with Staging(tmp_path / "staging.duckdb") as opened:
        opened.connection.execute(
            "CREATE TABLE tidy.accounts AS SELECT 'A-' || i AS id, id AS account_id, 'Firm ' || i"
            " AS account_name, '24.12.' || (1990 + i % 30) AS since, CASE WHEN i % 3 = 0 THEN ' '"
            " END AS frobnicate FROM range(3000) AS t(i)"
        )
        yield opened


def test_what_stands_in_columns_is_seen_in_bounds(staging: Staging) -> None:
    seen = values_seen(staging, "accounts", ACCOUNTS.fields)
    assert seen == values_seen(staging, "accounts", ACCOUNTS.fields)
    assert {name: one.is_key for name, one in seen.items()} == {
        "account_id": True, "account_name": False, "since": False, "frobnicate": False,
    }  # fmt: skip
    assert len(seen["since"].samples) == SAMPLES and seen["frobnicate"].samples == ()
    assert "24.12" not in repr(seen)
    assert values_seen(staging, "nothing", ACCOUNTS.fields) == {}
    # One row that differs, wherever it stands, and it is no key.
    staging.connection.execute("UPDATE tidy.accounts SET account_id = 'x' WHERE id = 'A-2999'")
    assert not values_seen(staging, "accounts", ACCOUNTS.fields)["account_id"].is_key


def test_values_tell_the_key_and_how_dates_are_written(staging: Staging, tmp_path: Path) -> None:
    found = Discovery("crm", "1", "x", (ACCOUNTS,))
    see = lambda one: values_seen(staging, one.name, one.fields)  # noqa: E731
    made = propose(mapping(tmp_path, HEAD + ACCOUNT_ENTRY), found, FIELDS, see=see)
    entry = parse_mapping(made.text, tmp_path / "m.yaml").mapping.objects["accounts"]
    assert entry.fields["name"].from_ == ["account_name"]
    assert entry.drop["account_id"].startswith("no loss:")
    kept = HEAD.replace("objects", "settings: {conventions: {source_id: custom}}\nobjects")
    made = propose(mapping(tmp_path, kept + ACCOUNT_ENTRY), found, FIELDS, see=see)
    entry = parse_mapping(made.text, tmp_path / "m.yaml").mapping.objects["accounts"]
    assert entry.fields["x_crm_account_id"].create is not None
    without = propose(mapping(tmp_path, HEAD + ACCOUNT_ENTRY), found, FIELDS)
    assert "account_id" not in parse_mapping(
        without.text, tmp_path / "m.yaml"
    ).mapping.objects["accounts"].drop, "nothing was seen of it"  # fmt: skip


def test_a_total_is_kept_and_compared_where_its_lines_go_along(tmp_path: Path) -> None:
    orders = "  orders: {to: sale.order, fields: {}}\n"
    lines = "  lines: {to: sale.order.line, fields: {}}\n"
    found = Discovery("crm", "1", "x", (ORDERS, LINES))
    made = propose(mapping(tmp_path, HEAD + orders + lines), found, FIELDS)
    entry = parse_mapping(made.text, tmp_path / "m.yaml").mapping.objects["orders"]
    assert entry.sums == ["amount_total=x_crm_total"]
    assert "compared" in (entry.fields["x_crm_total"].why or "")
    alone = propose(mapping(tmp_path, HEAD + orders), found, FIELDS)
    entry = parse_mapping(alone.text, tmp_path / "m.yaml").mapping.objects["orders"]
    assert entry.sums == [] and "do not go along" in (entry.fields["x_crm_total"].why or "")


def advising(proposals: Sequence[Proposal], about: AboutTable) -> list[Proposal]:
    """Says of what nobody knows that it is the reference."""
    advice = Advice("tiny", "2026-01-01T00:00:00+00:00", "0123456789abcdef", "ref")
    return [
        replace(one, target="ref", fate=None, confidence=ASK, why="it may be", advice=advice)
        if one.column.name == "frobnicate" and one.column.name in about.undecided
        else one
        for one in proposals
    ]


def test_advice_is_written_with_where_it_came_from(tmp_path: Path) -> None:
    found = Discovery("crm", "1", "x", (ACCOUNTS,))
    first = propose(mapping(tmp_path, HEAD + ACCOUNT_ENTRY), found, FIELDS).text
    assert "x_crm_frobnicate" in first
    open_again = reopened(mapping(tmp_path, first), found, FIELDS, see=unseen)
    advised = propose(open_again, found, FIELDS, advise=advising).text
    rule = parse_mapping(advised, tmp_path / "m.yaml").mapping.objects["accounts"].fields["ref"]
    assert rule.advice == "tiny, 2026-01-01T00:00:00+00:00, question 0123456789abcdef"
    assert (rule.status, rule.confidence) == ("proposed", ASK)
    assert "x_crm_frobnicate" not in advised
    # Words about a rule are not its meaning; and what was advised is not opened again.
    bare = parse_mapping(advised, tmp_path / "m.yaml").mapping
    rules = bare.objects["accounts"].fields | {"ref": rule.model_copy(update={"advice": None})}
    entry = bare.objects["accounts"].model_copy(update={"fields": rules})
    assert digest(bare.model_copy(update={"objects": {"accounts": entry}})) == digest(bare)
    again = propose(
        reopened(mapping(tmp_path, advised), found, FIELDS, see=unseen), found, FIELDS,
        advise=advising,
    )  # fmt: skip
    assert parse_mapping(again.text, tmp_path / "m.yaml").mapping == bare


def test_what_a_person_touched_is_not_opened_again(tmp_path: Path) -> None:
    found = Discovery("crm", "1", "x", (ACCOUNTS,))
    text = propose(mapping(tmp_path, HEAD + ACCOUNT_ENTRY), found, FIELDS).text
    touched = text.replace("label: Frobnicate", "label: Frob")
    assert touched != text
    file = reopened(mapping(tmp_path, touched), found, FIELDS, see=unseen)
    assert "x_crm_frobnicate" in file.mapping.objects["accounts"].fields


def test_what_is_written_has_no_anchors_and_reads_the_same(tmp_path: Path) -> None:
    shared = ["won", "lost"]
    long = "A choice that people wrote as a whole sentence, with a comma: and a colon # " * 3
    tree = round_trip().load("settings: {}\n")
    tree["settings"].update({"a": shared, "b": shared, "c": {long: shared, "k" * 300: 1}})
    text = written(tree)
    assert "&" not in text and "*id" not in text and "? " not in text
    assert YAML(typ="safe", pure=True).load(text) == plain(tree)
    (tmp_path / "mapping.yaml").write_text(HEAD + ACCOUNT_ENTRY + text, encoding="utf-8")
    assert load_mapping(tmp_path / "mapping.yaml").mapping.settings["c"][long] == shared


def test_a_link_waits_for_a_second_pass_only_where_links_run_in_a_circle(tmp_path: Path) -> None:
    link = SourceField("customer", "link", "Customer", link="accounts")
    back = SourceField("parent", "link", "Parent company", link="accounts")
    tag = SourceField("wibble", "link", "Wibble", link="tags")
    orders = replace(ORDERS, fields=(*ORDERS.fields, link))
    accounts = replace(ACCOUNTS, fields=(*ACCOUNTS.fields, back, tag))
    tags = SourceObject("tags", "Tags", 1, (SourceField("name", "text", "Name"),))
    found = Discovery("crm", "1", "x", (orders, accounts, tags))
    entries = "  orders: {to: sale.order, fields: {}}\n  tags: {to: res.partner, fields: {}}\n"
    made = propose(mapping(tmp_path, HEAD + ACCOUNT_ENTRY + entries), found, FIELDS)
    objects = parse_mapping(made.text, tmp_path / "m.yaml").mapping.objects
    assert objects["orders"].fields["partner_id"].link == "accounts"
    assert not objects["orders"].fields["partner_id"].later, "Odoo wants it from the beginning"
    assert objects["accounts"].fields["parent_id"].later, "companies point to companies"
    assert not objects["accounts"].fields["x_crm_wibble"].later


def test_samples_are_nobodys_to_see() -> None:
    assert "Mustermann" not in repr(ValuesSeen(("Mustermann",)))
