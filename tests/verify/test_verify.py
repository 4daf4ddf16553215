"""The witness agrees with what was loaded, and sees each single thing changed behind its back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from moorage.mapping.target import MatchRule, TargetField
from moorage.sandbox import OdooServer
from moorage.verify import LastLoad, Left, VerifyReport, verify
from tests.verify.ground import LEADS, PARTNERS, TABLES, TAGS, Ground, lay_ground, new

pytestmark = pytest.mark.odoo


@pytest.fixture(scope="module")
def ground(module_odoo: OdooServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    laid = lay_ground(module_odoo, tmp_path_factory.mktemp("verify"))
    yield laid
    laid.staging.close()
    laid.client.close()


def _seen(report: VerifyReport) -> set[tuple[str, str, str]]:
    return {(one.key, one.field, one.kind) for one in report.differences}


def test_what_was_loaded_is_equal(ground: Ground) -> None:
    report = verify(ground.staging, ground.client, TABLES)
    assert report.agrees, [str(one) for one in report.differences]
    assert report.verdict == "equal"
    own = {entry.entry: (entry.rows, entry.own, entry.shared) for entry in report.entries}
    assert own == {"tags": (2, 2, 0), "persons": (4, 3, 1), "leads": (10, 10, 0)}
    assert report.values == 2 * 1 + 3 * 5 + 10 * 11
    assert [(one.field, one.found) for one in report.sums] == [
        ("expected_revenue", Decimal("5513.75"))
    ]
    assert {one.model: one.found for one in report.counts} == {
        "crm.tag": 2, "res.partner": 3, "crm.lead": 10,
    }  # fmt: skip
    assert report.extras == {}


@pytest.mark.parametrize(
    ("field", "changed", "kind"),
    [
        ("name", "Lead 3", "field"),
        ("type", "lead", "field"),
        ("description", "<p>one & two</p><a href='https://example.com/?a=2'>l</a>", "field"),
        ("expected_revenue", 300.76, "field"),
        ("probability", 10.51, "field"),
        ("color", 4, "field"),
        ("date_deadline", "2026-03-30", "field"),
        ("date_open", "2024-05-05 23:59:58", "field"),
        ("country_id", 21, "link"),
        ("partner_id", False, "link"),
        ("tag_ids", [[6, 0, []]], "link"),
    ],
)
def test_one_changed_value_is_one_difference(
    ground: Ground, field: str, changed: object, kind: str
) -> None:
    lead = ground.ids["krayin:leads:3"]
    (before,) = ground.client.read("crm.lead", "read", ids=[lead], fields=[field], load=None)
    ground.client.write("crm.lead", [lead], {field: changed})
    try:
        report = verify(ground.staging, ground.client, TABLES)
    finally:
        value = [[6, 0, before[field]]] if field == "tag_ids" else before[field]
        ground.client.write("crm.lead", [lead], {field: value})
    assert _seen(report) == {("krayin:leads:3", field, kind)}
    assert report.difference_count == 1
    assert all(one.agrees for one in report.sums) is (field != "expected_revenue")


def test_a_boolean_and_a_link_to_another_record(ground: Ground) -> None:
    partner = ground.ids["krayin:persons:2"]
    ground.client.write("res.partner", [partner], {"is_company": True})
    lead = ground.ids["krayin:leads:4"]
    ground.client.write("crm.lead", [lead], {"partner_id": partner})
    try:
        report = verify(ground.staging, ground.client, TABLES)
    finally:
        ground.client.write("res.partner", [partner], {"is_company": False})
        # Odoo takes the parent away from what becomes a company.
        ground.client.write("res.partner", [partner], {"parent_id": ground.ids["krayin:persons:1"]})
        ground.client.write("crm.lead", [lead], {"partner_id": ground.ids["krayin:persons:3"]})
    assert _seen(report) >= {
        ("krayin:persons:2", "is_company", "field"),
        ("krayin:leads:4", "partner_id", "link"),
    }
    (link,) = [one for one in report.differences if one.field == "partner_id"]
    assert (link.expected, link.found) == ("krayin:persons:4", "krayin:persons:2")
    assert "krayin:persons:2" not in str(link)


def test_markup_that_says_the_same_is_equal(ground: Ground) -> None:
    lead = ground.ids["krayin:leads:5"]
    (before,) = ground.client.read("crm.lead", "read", ids=[lead], fields=["description"])
    other = '<b>one &amp;</b> two<br/><a class="k" href="https://example.com/?a=1">l</a>'
    ground.client.write("crm.lead", [lead], {"description": other})
    try:
        assert verify(ground.staging, ground.client, TABLES).agrees
    finally:
        ground.client.write("crm.lead", [lead], {"description": before["description"]})


def test_a_deleted_record_is_missing_unless_it_was_kept_back(ground: Ground) -> None:
    (lead,) = ground.client.create("crm.lead", [new("krayin:leads:11", name="Lead 11 ")])
    ground.sql(
        "INSERT INTO target.leads BY NAME SELECT 'krayin:leads:11' AS key, 'Lead 11 ' AS name"
    )
    try:
        assert ("krayin:leads:11", "", "missing") not in _seen(_look(ground))
        ground.client.unlink("crm.lead", [lead])
        assert _seen(_look(ground)) == {("krayin:leads:11", "", "missing")}
        kept_back = [("crm.lead", "krayin:leads:11", "refused by Odoo")]
        report = verify(ground.staging, ground.client, TABLES, not_loaded=kept_back)
        assert report.agrees
        assert report.entries[2].held_back == 1
        ground.sql(
            "INSERT INTO target.leads__findings VALUES"
            " ('krayin:leads:11', 'name', 'set_aside', 'x')"
        )
        assert _look(ground).agrees
    finally:
        ground.sql("DELETE FROM target.leads WHERE key = 'krayin:leads:11'")
        ground.sql("DELETE FROM target.leads__findings")


def _look(ground: Ground) -> VerifyReport:
    return verify(ground.staging, ground.client, TABLES)


def test_a_row_set_aside_must_not_be_there(ground: Ground) -> None:
    ground.sql(
        "INSERT INTO target.leads__findings VALUES ('krayin:leads:1', 'name', 'set_aside', 'x')"
    )
    try:
        assert ("krayin:leads:1", "", "unexpected") in _seen(_look(ground))
    finally:
        ground.sql("DELETE FROM target.leads__findings")


def test_records_without_a_source_row_are_extra(ground: Ground) -> None:
    made = ground.client.create("crm.lead", [new("krayin:leads:99", name="x")])
    made += ground.client.call(
        "crm.lead", "create", vals_list=[{"name": "y", "x_moorage_key": "krayin:leads:1"}]
    )
    try:
        report = _look(ground)
        assert _seen(report) == {
            ("krayin:leads:99", "", "extra"),
            ("krayin:leads:1", "x_moorage_key", "extra"),
        }
        assert [one.found - one.expected for one in report.counts if one.model == "crm.lead"] == [2]
    finally:
        ground.client.unlink("crm.lead", made)


def test_an_external_id_that_points_elsewhere_is_seen(ground: Ground) -> None:
    name = ground.client.external_name("crm.lead", "krayin:leads:1")
    (data,) = ground.client.read("ir.model.data", "search", domain=[("name", "=", name)])
    lead = ground.ids["krayin:leads:1"]
    # A record of somebody else, without a key.
    (other,) = ground.client.call("crm.lead", "create", vals_list=[{"name": "z"}])
    ground.client.write("ir.model.data", [data], {"res_id": other})
    try:
        assert ("krayin:leads:1", "x_moorage_key", "identity") in _seen(_look(ground))
    finally:
        ground.client.write("ir.model.data", [data], {"res_id": lead})
        ground.client.unlink("crm.lead", [other])


def test_what_stands_besides_is_counted(ground: Ground) -> None:
    lead = ground.ids["krayin:leads:7"]
    before = _look(ground).extras.get("crm.lead", {}).get("messages", 0)
    ground.client.call("crm.lead", "message_post", ids=[lead], body="by itself")
    try:
        assert _look(ground).extras == {"crm.lead": {"messages": before + 1}}
    finally:
        domain = [("model", "=", "crm.lead"), ("res_id", "=", lead)]
        ids = ground.client.read("mail.message", "search", domain=domain)
        ground.client.unlink("mail.message", ids)


def test_matched_records_are_held_to_what_they_were_matched_on(ground: Ground) -> None:
    (partner,) = ground.client.call(
        "res.partner", "create", vals_list=[{"name": "Known", "email": "KNOWN@example.com "}]
    )
    ground.client.adopt("res.partner", {"krayin:persons:9": partner})
    ground.sql(
        "INSERT INTO target.persons VALUES"
        " ('krayin:persons:9', 'Other name', 'known@example.com', NULL, NULL, 20)"
    )
    rule = MatchRule(("email",))
    never = (TAGS, replace(PARTNERS, match=rule), LEADS)
    filling = (TAGS, replace(PARTNERS, match=replace(rule, update="fill_empty")), LEADS)
    try:
        assert _seen(_look(ground)) == {("krayin:persons:9", "x_moorage_key", "identity")}
        assert verify(ground.staging, ground.client, never).agrees
        assert _seen(verify(ground.staging, ground.client, filling)) == {
            ("krayin:persons:9", "country_id", "unfilled")
        }
        ground.client.write("res.partner", [partner], {"email": "somebody@example.com"})
        assert _seen(verify(ground.staging, ground.client, never)) == {
            ("krayin:persons:9", "email", "match")
        }
    finally:
        ground.sql("DELETE FROM target.persons WHERE key = 'krayin:persons:9'")
        ground.client.unlink("res.partner", [partner])


def test_a_total_that_odoo_computes_is_checked_against_the_source(ground: Ground) -> None:
    checked = replace(
        LEADS,
        fields=tuple(field for field in LEADS.fields if field.type != "monetary"),
        sums=("expected_revenue=source_total",),
    )
    ground.sql("ALTER TABLE target.leads ADD COLUMN source_total DECIMAL(18, 4)")
    ground.sql("UPDATE target.leads SET source_total = expected_revenue")
    try:
        report = verify(ground.staging, ground.client, (TAGS, PARTNERS, checked))
        assert report.agrees
        assert [one.found for one in report.sums] == [Decimal("5513.75")]
        ground.sql("UPDATE target.leads SET source_total = 1 WHERE key = 'krayin:leads:2'")
        report = verify(ground.staging, ground.client, (TAGS, PARTNERS, checked))
        assert _seen(report) == {("krayin:leads:2", "expected_revenue", "check")}
        assert not report.agrees
    finally:
        ground.sql("ALTER TABLE target.leads DROP COLUMN source_total")


def test_a_field_that_odoo_lacks_is_said_once(ground: Ground) -> None:
    table = replace(TAGS, fields=(*TAGS.fields, TargetField("x_gone", "char")))
    report = verify(ground.staging, ground.client, (table, PARTNERS, LEADS))
    assert _seen(report) == {("", "x_gone", "no_field")}


def test_values_are_in_the_table_and_in_no_message(ground: Ground) -> None:
    lead = ground.ids["krayin:leads:3"]
    ground.client.write("crm.lead", [lead], {"name": "Jane Secret"})
    try:
        report = _look(ground)
    finally:
        ground.client.write("crm.lead", [lead], {"name": "Lead 3 "})
    (one,) = report.differences
    assert "Jane" not in str(one) + repr(one) + repr(report)
    (row,) = ground.staging.connection.execute(
        "SELECT expected, found FROM meta.differences"
    ).fetchall()
    assert row == ("Lead 3 ", "Jane Secret")


def test_what_people_had_left_is_theirs_as_long_as_it_stands(ground: Ground) -> None:
    lead, own = ground.ids["krayin:leads:3"], ground.client.identity.user_id
    ground.client.write("crm.lead", [lead], {"name": "Theirs", "color": 9})
    left = {
        (lead, "name"): Left('"Theirs"', (1, "2026-01-02 03:04:05")),
        (lead, "color"): Left("8", (1, "2026-01-02 03:04:05")),
    }
    last = LastLoad(lambda *_: {}, own, "2026-01-01 00:00:00", lambda _: left)
    try:
        report = verify(ground.staging, ground.client, TABLES, last_load=last)
    finally:
        ground.client.write("crm.lead", [lead], {"name": "Lead 3 ", "color": 3})
    told = {one.field: (one.changed_by, one.changed_at) for one in report.differences}
    assert told == {"name": ("OdooBot", "2026-01-02 03:04:05"), "color": (None, None)}
    assert (report.by_people, report.wrong_count) == (1, 1)
