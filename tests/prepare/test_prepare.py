"""Preparing a real Odoo: shown, made, made once, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from moorage.destination import WantedField, WantedModel
from moorage.errors import RefusedError, SettingsError
from moorage.ledger import Ledger, Receipt
from moorage.odoo import OdooClient
from moorage.prepare import apply_preparation, plan_preparation, undo_preparations
from moorage.sandbox import OdooServer

pytestmark = pytest.mark.odoo

WANTED = [WantedField("crm.lead", "x_krayin_lead_id", "integer", "Krayin lead id")]


@pytest.fixture
def client(odoo: OdooServer) -> OdooClient:
    return OdooClient(odoo.url, odoo.database, odoo.api_key, project="t", source="krayin")


def test_what_is_made_can_be_taken_back(
    client: OdooClient, tmp_path: Path, odoo: OdooServer
) -> None:
    before = odoo.row_counts()
    ledger = Ledger(tmp_path / "ledger.sqlite")
    destination_id = ledger.destination("production", client.identity)
    plan = plan_preparation(client, WANTED, ["group_use_lead"])
    assert [field.name for field in plan.fields] == [
        "x_moorage_key", "x_moorage_external_ids", "x_krayin_lead_id",
    ]  # fmt: skip
    assert plan.settings == ("group_use_lead",)
    apply_preparation(client, ledger, destination_id, plan)
    assert plan_preparation(client, WANTED, ["group_use_lead"]).empty

    run_id = ledger.runs()[0]["id"]
    batch = ledger.intend(run_id, "leads", "crm.lead", "create", ["krayin:leads:1"])
    ledger.receive(batch, destination_id, [Receipt("krayin:leads:1", 1, "d", "{}")])
    with pytest.raises(RefusedError, match="still stand in Odoo"):
        undo_preparations(client, ledger, destination_id)
    ledger.connection.execute("DELETE FROM record")

    assert undo_preparations(client, ledger, destination_id) == 4
    assert undo_preparations(client, ledger, destination_id) == 0
    assert plan_preparation(client, WANTED, ["group_use_lead"]) == plan
    moved = {
        table: (before[table], count)
        for table, count in odoo.row_counts().items()
        if before.get(table) != count and not table.startswith(("orm_signaling", "bus_"))
    }
    assert moved == {}


def test_a_field_of_another_type_is_not_touched(client: OdooClient) -> None:
    client.make_fields([WantedField("crm.lead", "x_krayin_lead_id", "char", "Somebody's")])
    with pytest.raises(SettingsError, match=r"x_krayin_lead_id is char, not integer"):
        plan_preparation(client, WANTED)


def test_a_model_is_made_with_rights_and_taken_back(
    client: OdooClient, tmp_path: Path, odoo: OdooServer
) -> None:
    before = odoo.row_counts()
    ledger = Ledger(tmp_path / "ledger.sqlite")
    destination_id = ledger.destination("production", client.identity)
    models = [WantedModel("x_vessel", "Vessel")]
    wanted = [
        WantedField("x_vessel", "x_crew", "integer", "Crew"),
        WantedField("crm.lead", "x_vessel_id", "many2one", "Vessel", "x_vessel"),
    ]
    plan = plan_preparation(client, wanted, models=models)
    assert plan.models == tuple(models)
    apply_preparation(client, ledger, destination_id, plan)
    assert plan_preparation(client, wanted, models=models).empty
    assert client.fields("x_vessel")["x_name"].type == "char"
    (record,) = client.call("x_vessel", "create", vals_list=[{"x_name": "Ada", "x_crew": 12}])
    client.call("x_vessel", "unlink", ids=[record])

    undo_preparations(client, ledger, destination_id)
    assert client.fields("x_vessel") == {}
    moved = {
        table: (before[table], count)
        for table, count in odoo.row_counts().items()
        if before.get(table) != count and not table.startswith(("orm_signaling", "bus_"))
    }
    assert moved == {}
