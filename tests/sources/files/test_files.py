"""A folder of CSV files that nobody wrote a source for, from nothing into a real Odoo and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from moorage.commands import beginning, checking, deciding, loading, mapping, queues, returning
from moorage.errors import SettingsError
from moorage.mapping import load_mapping
from moorage.mapping.document import written
from moorage.mapping.editing import leave_object
from moorage.mapping.spec import load_mapping_to_edit
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.base import load_source_kinds
from moorage.staging import Staging

WHO = "Ann Admin"
COMPANIES = """\
Company ID,Company Name,VAT Number,Phone Number,Website,Street,City,Zip,Country,Employees,Created
C-1,Acme GmbH,DE136695976,+49301234,www.acme.example,Hauptstr. 1,Berlin,10115,Germany,120,2023-01-05
C-2,Beta SARL,FR40303265045,+33 123456789,www.beta.example,Rue 2,Paris,75002,France,15,2023-02-07
C-3,Gamma Ltd,,+44 20 7946 0000,,High St 3,London,SW1A 1AA,United Kingdom,3,2023-03-09
"""
CONTACTS = """\
Contact ID;Salutation;First Name;Last Name;E-Mail;Mobile;Company ID;Job Title;Birthday;Notes
1;Mr;Ann;Admin;ann@acme.example.com;+49 170 1234567;C-1;CEO;1980-05-17;Likes tea
2;Ms;Bob;Builder;bob@beta.example.com;+33 6 12 34 56 78;C-2;Buyer;1975-11-30;
3;Mr;Cid;Carter;cid@gamma.example.com;;C-3;;;Call after 5pm
"""
DEALS = """\
Deal ID,Deal Name,Company ID,Amount,Probability,Expected Close Date,Lead Source,Stage,Description
10,Website relaunch,C-1,12500.50,40,2026-12-31,Web,Offer made,Big one
11,Support contract,C-2,3200.00,80,2026-11-30,Fair,Offer made,
12,Spare parts,C-3,780.25,10,2027-01-15,Web,Offer made,Small
"""
PRODUCTS = "SKU,Product Name,Unit Price\nA-1,Bolt,10.00\nA-2,Nut,2.50\n"
QUOTES = """\
Quote Number,Customer,Quote Date,Total
Q-1,Acme GmbH,2026-01-05,25.00
Q-2,Beta SARL,2026-02-05,99.00
"""
LINES = """\
Quote Number,SKU,Description,Quantity,Unit Price
Q-1,A-1,Bolts,2,10.00
Q-1,A-2,Nuts,2,2.50
Q-2,A-1,Bolts,3,10.00
"""
INVOICES = "Invoice Number,Customer,Total\nR-1,Acme GmbH,119.00\n"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """An export of a CRM with no name."""
    folder = tmp_path / "export"
    folder.mkdir()
    tables = {"Companies": COMPANIES, "Contacts": CONTACTS, "Deals": DEALS, "Invoices": INVOICES}
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_types_keys_and_links_are_found(bundle: Path) -> None:
    source = load_source_kinds()["files"].open(
        {"bundle": str(bundle), "timezone": "UTC", "keys": {}}
    )
    try:
        found = source.discover()
    finally:
        source.close()
    assert [(one.name, one.row_count) for one in found.objects] == [
        ("companies", 3), ("contacts", 3), ("deals", 3), ("invoices", 1), ("deals__stage", 1),
    ]  # fmt: skip
    contacts = {one.name: one for one in found.objects[1].fields}
    assert contacts["company_id"].link == "companies"
    assert contacts["birthday"].type == "date" and contacts["e_mail"].type == "email"
    assert "contacts: rows are known by contact_id; links: company_id → companies" in found.notes


def test_a_key_that_does_not_tell_rows_apart_is_refused(bundle: Path) -> None:
    source = load_source_kinds()["files"].open(
        {"bundle": str(bundle), "timezone": "UTC", "keys": {"deals": "Lead Source"}}
    )
    with pytest.raises(SettingsError, match=r"does not name the rows of deals"):
        source.discover()
    source.close()


def test_german_and_spanish_files_find_their_keys_links_and_choices(tmp_path: Path) -> None:
    firms = [f"{n:03};Firma {n} GmbH;DE{n:09}" for n in range(1, 41)]
    offers = [f"AN-{n:03};Firma {n} GmbH;{n},5 €;24.12.{80 + n % 9}" for n in range(1, 41)]
    # The last one is called like nobody, and two have the same name.
    firms[39] = "040;Firma 39 GmbH;DE000000040"
    people = [f"{n};Ana {n};Peña;{'cliente|feria' if n % 2 else 'socio'}" for n in range(1, 13)]
    folder = tmp_path / "export"
    folder.mkdir()
    for name, rows in {
        "Kunden": ["KdNr;Firma;USt-IdNr.", *firms],
        "Angebote": ["Angebotsnummer;Kunde;Betrag;Datum", *offers],
        "Contactos": ["ID;Nombre;Apellidos;Etiquetas", *people],
    }.items():
        (folder / f"{name}.csv").write_text("\r\n".join(rows), encoding="cp1252")
    source = load_source_kinds()["files"].open(
        {"bundle": str(folder), "timezone": "UTC", "keys": {}}
    )
    try:
        found = {one.name: one for one in source.discover().objects}
        with Staging(tmp_path / "staging.duckdb") as staging:
            staging.extract(source.raw_tables())
            staging.tidy(source.tidy_sql(), {})
            run = staging.connection.execute
            assert run("SELECT id FROM tidy.kunden ORDER BY 1 LIMIT 1").fetchall() == [("001",)]
            linked = 'SELECT "kunde.record", kunde FROM tidy.angebote ORDER BY id'
            assert run(linked).fetchall()[37:] == [
                ("038", "Firma 38 GmbH"), (None, "Firma 39 GmbH"), (None, "Firma 40 GmbH"),
            ]  # fmt: skip
            tags = "SELECT name FROM tidy.contactos__etiquetas ORDER BY 1"
            assert run(tags).fetchall() == [("cliente",), ("feria",), ("socio",)]
            one = "SELECT etiquetas FROM tidy.contactos WHERE id = '1'"
            assert run(one).fetchall() == [(["cliente", "feria"],)]
    finally:
        source.close()
    fields = {one.name: one for one in found["angebote"].fields}
    assert (fields["kunde.record"].link, fields["datum"].type) == ("kunden", "date")
    tagged = {one.name: one for one in found["contactos"].fields}["etiquetas"]
    assert (tagged.type, tagged.link) == ("links", "contactos__etiquetas")


@pytest.mark.soak
@pytest.mark.odoo
def test_into_odoo_and_back(
    bundle: Path, tmp_path: Path, odoo: OdooServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    project = Project.create(
        tmp_path / "acme", "acme", load_source_kinds()["files"],
        given={"bundle": str(bundle)}, url=odoo.url, database=odoo.database,
    )  # fmt: skip
    before = _standing(odoo)
    beginning.discover(project)
    beginning.extract(project)

    proposed = mapping.map_propose(project)
    objects = load_mapping(project.mapping_path).mapping.objects
    people = objects["contacts"].fields
    assert people["name"].from_ == ["first_name", "last_name"]
    assert people["parent_id"].link == "companies" and people["email"].from_ == ["e_mail"]
    assert people["phone"].from_ == ["mobile"], "there is no other phone"
    assert people["x_files_birthday"].create is not None
    assert objects["companies"].fields["country_id"].find is not None
    assert objects["deals"].fields["date_deadline"].from_ == ["expected_close_date"]
    assert objects["deals"].fields["partner_id"].link == "companies"
    assert all(rule.why for name, rule in people.items() if name != "is_company")
    assert any("invoices looks like account.move" in note for note in proposed.notes)

    mapping.map_check(project)
    # The one file that asks for a decision is left out, as a person would.
    tree = load_mapping_to_edit(project.mapping_path).document.tree
    assert tree["not_migrated"]["invoices"]["status"] == "proposed"
    leave_object(tree, "invoices", "they stay in the books")
    project.mapping_path.write_text(written(tree), encoding="utf-8")
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.duplicates(project, answer_all="keep", by=WHO)
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    loaded = {phase.entry: phase.created for phase in loading.run(project).load.phases}
    assert loaded == {"companies": 3, "contacts": 3, "deals": 3, "deals__stage": 1}
    found = checking.verify(project).found
    assert found.agrees and found.difference_count == 0, (found.differences, found.sums)
    assert odoo.psql("SELECT count(*) FROM crm_lead WHERE expected_revenue = 12500.50") == [(1,)]
    staged = "SELECT count(*) FROM crm_lead JOIN crm_stage AS s ON s.id = stage_id"
    assert odoo.psql(f"{staged} WHERE s.name->>'en_US' = 'Offer made'") == [(3,)]
    again = loading.plan(project).plan.counts
    assert not any(row.get(what, 0) for row in again.values() for what in ("create", "update"))
    returning.rollback(project)
    assert _standing(odoo) == before


@pytest.mark.soak
@pytest.mark.odoo
def test_quotes_with_lines_find_customer_and_product_and_their_totals_are_compared(
    tmp_path: Path, odoo: OdooServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for name, text in {"Companies": COMPANIES, "Products": PRODUCTS, "Quotes": QUOTES,
                       "Quote Lines": LINES}.items():  # fmt: skip
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    project = Project.create(
        tmp_path / "acme", "acme", load_source_kinds()["files"],
        given={"bundle": str(folder)}, url=odoo.url, database=odoo.database,
    )  # fmt: skip
    beginning.discover(project)
    beginning.extract(project)
    mapping.map_propose(project)
    moves = {"quotes": "sale.order", "quote_lines": "sale.order.line"}
    deciding.decide_objects(project, moves=moves, leaves={}, by=WHO)
    objects = load_mapping(project.mapping_path).mapping.objects
    quotes, lines = objects["quotes"], objects["quote_lines"]
    assert quotes.fields["partner_id"].from_ == ["customer.record"]
    assert quotes.sums == ["amount_total=x_files_total"]
    assert lines.fields["order_id"].link == "quotes" and not lines.fields["order_id"].later
    assert lines.fields["product_id"].link == "products"
    mapping.map_check(project)
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.duplicates(project, answer_all="keep", by=WHO)
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    loaded = {phase.entry: phase.created for phase in loading.run(project).load.phases}
    assert loaded == {"companies": 3, "products": 2, "quotes": 2, "quote_lines": 3}
    found = checking.verify(project).found
    # One total is not what its lines come to, and that is said.
    assert [(one.field, one.key) for one in found.differences] == [
        ("amount_total", "files:quotes:Q-2")
    ], found.differences
    assert odoo.psql("SELECT amount_total::float FROM sale_order WHERE name = 'Q-1'") == [(25.0,)]
    returning.rollback(project)
    assert odoo.psql("SELECT count(*) FROM sale_order") == [(0,)]


def _standing(odoo: OdooServer) -> list[int]:
    tables = ("res_partner", "crm_lead", "crm_stage", "ir_model_fields", "mail_message")
    return [int(odoo.psql(f"SELECT count(*) FROM {table}")[0][0]) for table in tables]
