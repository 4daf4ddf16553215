"""How fast each kind of record is created, beside opportunities in the same run.

Opportunities have a figure of their own from a quiet machine (`scripts/bench load`); the share of
it that the others reach says how fast they are there.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.rows import LEAD, MESSAGE, build_targets, plan_all
from moorage.ledger import Ledger
from moorage.load import Loader
from moorage.mapping.target import Linked, TargetField, TargetTable
from moorage.odoo import OdooClient
from moorage.sandbox import OdooServer, Sandbox
from moorage.staging import Staging

CONNECTIONS = 2
_ON = TargetField(
    "res_id", "many2one_reference", "link", links=(Linked("leads", "crm.lead", "crm.lead"),)
)
_OWNER = TargetField("user_id", "many2one", "link", "res.users")


def _char(*names: str) -> tuple[TargetField, ...]:
    return tuple(TargetField(name, "char") for name in names)


MEETING = TargetTable("meetings", "meetings", "calendar.event", (
    *_char("name", "location"), TargetField("start", "datetime"), TargetField("stop", "datetime"),
    TargetField("partner_ids", "many2many", "link", "res.partner"),
    TargetField("opportunity_id", "many2one", "link", "crm.lead"), _OWNER,
), phase=3)  # fmt: skip
ACTIVITY = TargetTable("activities", "activities", "mail.activity", (
    *_char("summary"), TargetField("date_deadline", "date"), _ON, _OWNER,
    TargetField("res_model_id", "many2one", "id", "ir.model"),
), phase=3)  # fmt: skip
FILE = TargetTable("files", "files", "ir.attachment", (*_char("name", "res_model", "datas"), _ON),
                   phase=3)  # fmt: skip
ORDER = TargetTable("orders", "orders", "sale.order", (
    *_char("client_order_ref"), TargetField("partner_id", "many2one", "link", "res.partner"),
    TargetField("date_order", "datetime"), _OWNER,
), phase=3)  # fmt: skip
LINE = TargetTable("lines", "lines", "sale.order.line", (
    *_char("name"), TargetField("order_id", "many2one", "link", "sale.order"),
    TargetField("product_id", "many2one", "id", "product.product"),
    TargetField("product_uom_qty", "float"), TargetField("price_unit", "float"),
    TargetField("tax_ids", "many2many", "id", "account.tax"),
), phase=4)  # fmt: skip
_SQL = {
    "meetings": "'Meeting ' || i AS name, 'Room ' || i AS location,"
    " TIMESTAMP '2026-01-01 08:00:00' + to_minutes(i) AS start,"
    " TIMESTAMP '2026-01-01 09:00:00' + to_minutes(i) AS stop,"
    " ['bench:companies:' || (i % {parents})] AS partner_ids,"
    " 'bench:leads:' || (i % {parents}) AS opportunity_id, 'bench:owners:' || (i % 10) AS user_id",
    "activities": "'Call ' || i AS summary, DATE '2033-01-01' AS date_deadline,"
    " 'bench:leads:' || (i % {parents}) AS res_id, 'bench:owners:' || (i % 10) AS user_id,"
    " {lead_model}::BIGINT AS res_model_id",
    "files": "'File ' || i AS name, 'crm.lead' AS res_model,"
    " base64(encode(i || repeat('x', 2000))) AS datas,"
    " 'bench:leads:' || (i % {parents}) AS res_id",
    "orders": "'Order ' || i AS client_order_ref,"
    " 'bench:companies:' || (i % {parents}) AS partner_id,"
    " TIMESTAMP '2026-01-01 08:00:00' AS date_order, 'bench:owners:' || (i % 10) AS user_id",
    "lines": "'Line ' || i AS name, 'bench:orders:' || (i // 3) AS order_id,"
    " {product}::BIGINT AS product_id, 2.0 AS product_uom_qty, 9.5 AS price_unit,"
    " []::BIGINT[] AS tax_ids",
}
TABLES = (MEETING, ACTIVITY, FILE, ORDER, LINE)


def run(rows: int | None) -> None:
    """Print the table for `rows` records of each kind (default 2,000)."""
    sandbox = Sandbox()
    try:
        with tempfile.TemporaryDirectory() as folder:
            rates = _rates(sandbox.odoo("bench_models"), rows or 2_000, Path(folder))
    finally:
        sandbox.drop("bench_models")
    table = Table(title=f"{rows or 2_000:,} records of each kind, {CONNECTIONS} connections")
    for column in ("model", "records/s", "share of opportunities"):
        table.add_column(column, justify="left" if column == "model" else "right")
    for model, rate in rates.items():
        table.add_row(model, f"{rate:,.0f}", f"{rate / rates[LEAD.model]:.2f}")
    Console(width=100).print(table)


def _rates(server: OdooServer, count: int, folder: Path) -> dict[str, float]:
    client = OdooClient(
        server.url, server.database, server.api_key, project="bench", source="bench",
        connections=CONNECTIONS,
    )  # fmt: skip
    ledger = Ledger(folder / "ledger.sqlite")
    destination_id = ledger.destination("b", client.identity)
    rates: dict[str, float] = {}
    with Staging(folder / "staging.duckdb") as staging:
        # Five messages to an opportunity, as many opportunities as of everything else.
        tables = [*build_targets(staging, client, "messages", 5 * count), *TABLES]
        _fill(staging, client, count)
        models = sorted({table.model for table in tables})
        client.make_fields([field for model in models for field in client.markers(model)])
        for table in tables:
            plan_all(staging, [table])
            start = time.perf_counter()
            report = Loader(staging, ledger, client, destination_id, [table]).run(table.entry)
            seconds = time.perf_counter() - start
            assert report.phases[0].created == report.phases[0].rows, report
            if table in (LEAD, MESSAGE, *TABLES):
                rates[table.model] = report.phases[0].rows / seconds
    return rates


def _fill(staging: Staging, client: OdooClient, count: int) -> None:
    (lead_model,) = client.read("ir.model", "search", domain=[("model", "=", "crm.lead")])
    (product,) = client.call("product.product", "create", vals_list=[{"name": "Bench"}])
    given = {"parents": count, "lead_model": lead_model, "product": product}
    for table in TABLES:
        staging.connection.execute(
            f"CREATE TABLE {table.table} AS SELECT 'bench:{table.object}:' || i AS key,"
            f" {_SQL[table.entry].format(**given)} FROM range({count}) r(i)"
        )
