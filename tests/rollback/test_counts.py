"""After a full rollback every table of Odoo has as many rows as before, but for those named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moorage.sandbox import OdooServer
from tests.rollback.ground import Ground, lay_ground

pytestmark = pytest.mark.odoo

#: Tables that do not run back, and why.
EXCEPTIONS = {
    "bus_bus": "notifications to browsers; Odoo deletes them after a day",
    "crm_lead_scoring_frequency": "statistics of won and lost leads; Odoo recomputes them",
    "ir_cron_trigger": "wake-up calls of scheduled jobs; Odoo deletes them after a week",
    "stock_reference": "a confirmed order leaves one; Odoo lets no user delete it",
    "orm_signaling_default": "one row per invalidated cache",
    "orm_signaling_registry": "one row per reload of the models",
    "orm_signaling_stable": "one row per invalidated cache",
    "orm_signaling_templates": "one row per invalidated cache",
    "orm_signaling_assets": "one row per invalidated cache",
    "orm_signaling_routing": "one row per invalidated cache",
    "orm_signaling_groups": "one row per invalidated cache",
}
# Users first: once res.partner has a field, res.users inherits it and cannot have its own.
MODELS = (
    "res.users", "res.company", "crm.team", "crm.stage", "crm.tag", "crm.lost.reason",
    "res.partner.category", "utm.source", "res.partner", "product.template", "crm.lead",
    "sale.order", "sale.order.line",
    "mail.message", "mail.activity", "calendar.event", "ir.attachment", "project.project",
    "project.task", "hr.employee", "mail.template", "stock.picking",
)  # fmt: skip
K = "krayin:"


def test_every_table_has_as_many_rows_as_before(odoo: OdooServer, tmp_path: Path) -> None:
    ground = lay_ground(odoo, tmp_path)
    before = odoo.row_counts()
    ground.prepare(*MODELS)
    ground.start()
    _people(ground)
    _sales(ground)
    _history(ground)
    ground.end()
    loaded = odoo.row_counts()
    assert loaded["crm_lead"] == before["crm_lead"] + 20

    report = ground.roll_back()

    assert report.complete, [str(one) for one in [*report.kept, *report.archived]]
    assert report.preparations_undone == 2 * len(MODELS)
    after = odoo.row_counts()
    moved = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert moved <= set(EXCEPTIONS), {name: (before.get(name), after.get(name)) for name in moved}


def _people(ground: Ground) -> None:
    portal = _ref(ground, "group_portal")
    ground.load(
        "res.users",
        {
            # Odoo greets new internal users with a task that only they can see or delete.
            f"{K}users:{n}": {"name": f"U{n}", "login": f"u{n}@example.com", "group_ids": [portal]}
            for n in (1, 2)
        },
    )
    ids = [ground.ids[f"{K}users:{n}"] for n in (1, 2)]
    ground.client.write("res.users", ids, {"group_ids": [[6, 0, [_ref(ground, "group_user")]]]})
    ground.load("res.partner.category", {f"{K}categories:1": {"name": "cat"}})
    ground.load("res.partner", {f"{K}orgs:1": {"name": "Org", "is_company": True}})
    ground.load(
        "res.partner",
        {
            f"{K}persons:{n}": {
                "name": f"P{n}", "parent_id": f"@{K}orgs:1", "email": f"p{n}@example.com",
                "category_id": [f"@{K}categories:1"],
            }
            for n in range(1, 6)
        },
    )  # fmt: skip
    ground.load("hr.employee", {f"{K}workers:1": {"name": "Emp"}})
    # Of a domain Odoo would ask a service outside, and keep an account for that.
    given = {"email": "office@ours.example", **ground.client.profile("res.company").given}
    ground.load("res.company", {f"{K}accounts:1": {"name": "Brand of ours", **given}})
    unit = {"name": "Unit of ours", "parent_id": f"@{K}accounts:1", **given}
    ground.load("res.company", {f"{K}accounts:2": unit})


def _sales(ground: Ground) -> None:
    ground.load("crm.team", {f"{K}pipelines:1": {"name": "Pipe", "alias_name": "pipe"}})
    ground.load(
        "crm.stage",
        {f"{K}stages:{n}": {"name": f"S{n}", "team_ids": [f"@{K}pipelines:1"]} for n in (1, 2)},
    )
    ground.load("crm.tag", {f"{K}tags:1": {"name": "tag of ours"}})
    ground.load("crm.lost.reason", {f"{K}lost:1": {"name": "too dear"}})
    ground.load("utm.source", {f"{K}sources:1": {"name": "web of ours"}})
    ground.load("product.template", {f"{K}products:1": {"name": "Prod", "list_price": 9.5}})
    lost = {"active": False, "probability": 0, "lost_reason_id": f"@{K}lost:1"}
    ground.load(
        "crm.lead",
        {
            f"{K}leads:{n}": {
                "name": f"L{n}", "type": "opportunity", "partner_id": f"@{K}persons:1",
                "stage_id": f"@{K}stages:{1 + n % 2}", "team_id": f"@{K}pipelines:1",
                "user_id": f"@{K}users:1", "probability": 30, "source_id": f"@{K}sources:1",
                "tag_ids": [f"@{K}tags:1"], **(lost if n % 4 == 0 else {}),
            }
            for n in range(1, 21)
        },
    )  # fmt: skip
    ground.load(
        "sale.order",
        {
            f"{K}quotes:{n}": {"partner_id": f"@{K}persons:1", "opportunity_id": f"@{K}leads:1"}
            for n in (1, 2)
        },
    )
    domain = [("product_tmpl_id", "=", ground.ids[f"{K}products:1"])]
    (variant,) = ground.client.read("product.product", "search", domain=domain)
    ground.load("stock.picking", {f"{K}deliveries:{n}": _delivery(ground, n) for n in (1, 2)})
    ground.load(
        "sale.order.line",
        {
            f"{K}quote_items:{n}": {
                "order_id": f"@{K}quotes:{n}", "product_id": variant, "name": "x",
                "price_unit": 5.25, "tax_ids": [],
            }
            for n in (1, 2)
        },
    )  # fmt: skip
    ground.client.call("sale.order", "action_confirm", ids=[ground.ids[f"{K}quotes:2"]])


def _delivery(ground: Ground, number: int) -> dict[str, Any]:
    return {
        "name": f"OURS/{number}",
        "picking_type_id": _ref(ground, "picking_type_out", "stock"),
        "partner_id": f"@{K}persons:1",
        "scheduled_date": "2026-02-03 08:00:00",
    }


def _history(ground: Ground) -> None:
    (model_id,) = ground.client.read("ir.model", "search", domain=[("model", "=", "crm.lead")])
    on_lead = {"res_id": f"@{K}leads:1"}
    ground.load(
        "mail.message", {f"{K}notes:1": {"model": "crm.lead", **on_lead, "body": "<p>hi</p>"}}
    )
    ground.load(
        "mail.activity",
        {f"{K}calls:1": {"res_model_id": model_id, **on_lead, "user_id": f"@{K}users:1"}},
    )
    ground.load(
        "calendar.event",
        {
            f"{K}meetings:1": {
                "name": "meet", "start": "2026-01-01 10:00:00", "stop": "2026-01-01 11:00:00",
                "partner_ids": [f"@{K}persons:1", f"@{K}persons:2"], "user_id": f"@{K}users:1",
                "opportunity_id": f"@{K}leads:2",
            }
        },
    )  # fmt: skip
    ground.load(
        "ir.attachment",
        {f"{K}files:1": {"name": "a.txt", "raw": "hello", "res_model": "crm.lead", **on_lead}},
    )
    ground.load("project.project", {f"{K}projects:1": {"name": "Proj"}})
    ground.load(
        "project.task",
        {
            f"{K}tasks:1": {
                "name": "T",
                "project_id": f"@{K}projects:1",
                "user_ids": [f"@{K}users:1"],
            }
        },
    )
    ground.load(
        "mail.template", {f"{K}templates:1": {"name": "Tpl", "model_id": model_id, "subject": "s"}}
    )


def _ref(ground: Ground, name: str, module: str = "base") -> int:
    domain = [("module", "=", module), ("name", "=", name)]
    (row,) = ground.client.read(
        "ir.model.data", "search_read", domain=domain, fields=["res_id"], load=None
    )
    return int(row["res_id"])
