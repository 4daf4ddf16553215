"""A small loaded Odoo and the target tables behind it, for the witness to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson

from moorage.destination import NewRecord
from moorage.mapping.target import TargetField, TargetTable
from moorage.odoo.client import OdooClient
from moorage.sandbox import OdooServer
from moorage.staging import Staging

MODELS = ("res.partner", "crm.tag", "crm.lead")

TAGS = TargetTable("tags", "tags", "crm.tag", (TargetField("name", "char"),))
PARTNERS = TargetTable(
    "persons",
    "persons",
    "res.partner",
    (
        TargetField("name", "char"),
        TargetField("email", "char"),
        TargetField("is_company", "boolean"),
        TargetField("parent_id", "many2one", "link", "res.partner", later=True),
        TargetField("country_id", "many2one", "id", "res.country"),
    ),
    phase=1,
)
LEADS = TargetTable(
    "leads",
    "leads",
    "crm.lead",
    (
        TargetField("name", "char"),
        TargetField("type", "selection"),
        TargetField("description", "html"),
        TargetField("expected_revenue", "monetary"),
        TargetField("probability", "float"),
        TargetField("color", "integer"),
        TargetField("date_deadline", "date"),
        TargetField("date_open", "datetime"),
        TargetField("partner_id", "many2one", "link", "res.partner", on_missing_link="empty"),
        TargetField("country_id", "many2one", "id", "res.country"),
        TargetField("tag_ids", "many2many", "link", "crm.tag"),
    ),
    phase=2,
)
TABLES = (TAGS, PARTNERS, LEADS)

_HTML = '<div onclick="x()"><p>one &amp; two</p><!-- c --><a href="https://example.com/?a=1">l</a></div>'


@dataclass
class Ground:
    """A staging with target tables, and the Odoo that holds the same."""

    staging: Staging
    client: OdooClient
    ids: dict[str, int]

    def sql(self, statement: str) -> None:
        self.staging.connection.execute(statement)


def client_of(server: OdooServer, project: str = "verify") -> OdooClient:
    """A client for `server` as one project."""
    return OdooClient(server.url, server.database, server.api_key, project=project, source="krayin")


def new(key: str, **values: object) -> NewRecord:
    """A record to create."""
    return NewRecord(key, orjson.dumps(values).decode())


def lay_ground(server: OdooServer, folder: Path) -> Ground:
    """Load ten leads, three partners and two tags, and stage the rows they came from."""
    client = client_of(server)
    client.make_fields([field for model in MODELS for field in client.markers(model)])
    staging = Staging(folder / "staging.duckdb")
    ids = _create(client)
    _stage(staging)
    return Ground(staging, client, ids)


def _create(client: OdooClient) -> dict[str, int]:
    ids: dict[str, int] = {}

    def create(model: str, records: list[NewRecord]) -> None:
        made = client.create(model, records)
        ids.update({record.key: odoo_id for record, odoo_id in zip(records, made, strict=True)})

    create("crm.tag", [new("krayin:tags:1", name="hot"), new("krayin:tags:2", name="cold")])
    create("res.partner", [new("krayin:persons:1", name="Acme", is_company=True, country_id=20)])
    create(
        "res.partner",
        [
            new(f"krayin:persons:{n}", name=f"P{n}", email=f"p{n}@example.com",
                parent_id=ids["krayin:persons:1"])
            for n in (2, 3)
        ],
    )  # fmt: skip
    client.adopt("res.partner", {"krayin:persons:4": ids["krayin:persons:3"]})
    create(
        "crm.lead",
        [
            new(
                f"krayin:leads:{n}", name=f"Lead {n} ", type="opportunity", description=_HTML,
                expected_revenue=100.25 * n, probability=10.5, color=n, team_id=False,
                date_deadline="2026-03-29", date_open="2024-05-05 23:59:59",
                partner_id=ids["krayin:persons:3" if n == 4 else "krayin:persons:2"],
                country_id=20, tag_ids=[[6, 0, [ids["krayin:tags:1"], ids["krayin:tags:2"]]]],
            )
            for n in range(1, 11)
        ],
    )  # fmt: skip
    return ids


def _stage(staging: Staging) -> None:
    run = staging.connection.execute
    for entry in ("tags", "persons", "leads"):
        run(
            f'CREATE TABLE target."{entry}__findings" (key VARCHAR, field VARCHAR,'
            " severity VARCHAR, message VARCHAR)"
        )
    run(
        "CREATE TABLE target.tags AS SELECT * FROM"
        " (VALUES ('krayin:tags:1', 'hot'), ('krayin:tags:2', 'cold')) t(key, name)"
    )
    run(
        "CREATE TABLE target.persons AS SELECT * FROM (VALUES"
        " ('krayin:persons:1', 'Acme', NULL, true, NULL, 20),"
        " ('krayin:persons:2', 'P2', 'p2@example.com', false, 'krayin:persons:1', NULL),"
        " ('krayin:persons:3', 'P3', 'p3@example.com', NULL, 'krayin:persons:1', NULL),"
        " ('krayin:persons:4', 'P3 again', 'other@example.com', NULL, NULL, NULL)"
        ") t(key, name, email, is_company, parent_id, country_id)"
    )
    run(
        "CREATE TABLE target.leads AS SELECT 'krayin:leads:' || n AS key,"
        " 'Lead ' || n || ' ' AS name, 'opportunity' AS type, ? AS description,"
        " CAST(100.25 * n AS DECIMAL(18, 4)) AS expected_revenue,"
        " CAST(10.5 AS DOUBLE) AS probability, CAST(n AS BIGINT) AS color,"
        " DATE '2026-03-29' AS date_deadline, TIMESTAMP '2024-05-05 23:59:59.5' AS date_open,"
        " if(n = 4, 'krayin:persons:4', 'krayin:persons:2') AS partner_id,"
        " CAST(20 AS BIGINT) AS country_id, ['krayin:tags:2', 'krayin:tags:1'] AS tag_ids"
        " FROM range(1, 11) r(n)",
        [_HTML],
    )
