"""Target rows for the load benchmark, shaped as a mapping leaves them."""

from __future__ import annotations

from typing import Any

import orjson

from moorage.load.rows import values_query
from moorage.mapping.target import Linked, TargetField, TargetTable
from moorage.odoo import OdooClient
from moorage.staging import Staging


def _fields(spec: dict[str, str]) -> tuple[TargetField, ...]:
    fields = []
    for name, about in spec.items():
        kind, _, relation = about.partition(":")
        holds = "link" if relation and not kind.endswith("_id") else "value"
        fields.append(TargetField(name, kind, holds, relation or None))
    return tuple(fields)


COMPANY = TargetTable(
    "companies", "companies", "res.partner",
    _fields({
        "name": "char", "is_company": "boolean", "street": "char", "zip": "char", "city": "char",
        "website": "char", "comment": "html",
    }),
)  # fmt: skip
PERSON = TargetTable(
    "persons", "persons", "res.partner",
    _fields({
        "name": "char", "parent_id": "many2one:res.partner", "email": "char", "phone": "char",
        "function": "char", "street": "char", "zip": "char", "city": "char",
        "is_company": "boolean",
    }),
    phase=1,
)  # fmt: skip
LEAD = TargetTable(
    "leads", "leads", "crm.lead",
    _fields({
        "name": "char", "type": "selection", "partner_id": "many2one:res.partner",
        "expected_revenue": "monetary", "probability": "float", "description": "html",
        "contact_name": "char", "date_deadline": "date",
        "stage_id": "many2one:crm.stage", "team_id": "many2one:crm.team",
        "user_id": "many2one:res.users",
    }),
    phase=2,
)  # fmt: skip
MESSAGE = TargetTable(
    "messages", "messages", "mail.message",
    (
        *_fields({
            "model": "char", "subject": "char", "body": "html", "date": "datetime",
            "message_type": "selection", "email_from": "char", "reply_to": "char",
            "message_id": "char", "author_id": "many2one:res.partner",
        }),
        TargetField(
            "res_id", "many2one_reference", "link",
            links=(Linked("leads", "crm.lead", "crm.lead"),),
        ),
    ),
    phase=3,
)  # fmt: skip
TEAM = TargetTable("teams", "teams", "crm.team", _fields({"name": "char"}))
STAGE = TargetTable(
    "stages", "stages", "crm.stage", _fields({"name": "char", "sequence": "integer"})
)
OWNER = TargetTable("owners", "owners", "res.users", _fields({"name": "char", "login": "char"}))
MODELS = {
    "companies": [COMPANY],
    "persons": [COMPANY, PERSON],
    "leads": [TEAM, STAGE, OWNER, COMPANY, LEAD],
    "messages": [TEAM, STAGE, OWNER, COMPANY, LEAD, MESSAGE],
}
_SQL = {
    "companies": "'Company ' || i AS name, true AS is_company, i || ' Main Street' AS street,"
    " lpad(CAST(i % 99999 AS VARCHAR), 5, '0') AS zip, 'Springfield' AS city,"
    " 'https://c' || i || '.example' AS website, '<p>Note ' || i || '</p>' AS comment",
    "persons": "'Person ' || i AS name, 'bench:companies:' || (i // 5) AS parent_id,"
    " 'p' || i || '@c' || (i // 5) || '.example' AS email,"
    " '+32 470 ' || lpad(CAST(i % 1000000 AS VARCHAR), 6, '0') AS phone, 'Buyer' AS function,"
    " (i // 5) || ' Main Street' AS street, '12345' AS zip, 'Springfield' AS city,"
    " false AS is_company",
    "leads": "'Deal ' || i AS name, 'opportunity' AS type,"
    " 'bench:companies:' || (i % {parents}) AS partner_id,"
    " CAST(100 + i % 9000 AS DECIMAL(18,4)) AS expected_revenue, 30.0::DOUBLE AS probability,"
    " '<p>Asked for ' || i || ' pieces</p>' AS description, 'Contact ' || i AS contact_name,"
    " DATE '2026-01-01' + CAST(i % 365 AS INTEGER) AS date_deadline,"
    " 'bench:stages:' || (i % 6) AS stage_id, 'bench:teams:' || (i % 3) AS team_id,"
    " 'bench:owners:' || (i % 10) AS user_id",
    "messages": "'crm.lead' AS model, 'About ' || i AS subject,"
    " '<p>Spoke to them about ' || i || ' pieces.</p>' AS body,"
    " TIMESTAMP '2026-01-01 08:00:00' + to_minutes(CAST(i AS INTEGER)) AS date,"
    " 'email' AS message_type, 'p' || i || '@c.example' AS email_from,"
    " 'p' || i || '@c.example' AS reply_to, '<m' || i || '@c.example>' AS message_id,"
    " 'bench:companies:' || (i % {parents}) AS author_id,"
    " 'bench:leads:' || (i % {parents}) AS res_id",
    "teams": "'Team ' || i AS name",
    "stages": "'Stage ' || i AS name, CAST(i AS BIGINT) AS sequence",
    "owners": "'Owner ' || i AS name, 'owner' || i || '@bench.example' AS login",
}
_COUNTS = {"teams": 3, "stages": 6, "owners": 10}


def build_targets(
    staging: Staging, client: OdooClient, entry: str, count: int
) -> list[TargetTable]:
    """Fill the target tables of `entry` and of what it hangs on; the last one is `entry`'s."""
    tables = MODELS[entry]
    parents = max(1, count // 5)
    for table in tables:
        own = table is tables[-1]
        rows = count if own else _COUNTS.get(table.entry, parents)
        staging.connection.execute(
            f"CREATE TABLE {table.table} AS SELECT 'bench:{table.object}:' || i AS key,"
            f" {_SQL[table.entry].format(parents=parents)} FROM range({rows}) r(i)"
        )
    staging.connection.execute(
        "CREATE TABLE meta.plan (entry VARCHAR, model VARCHAR, key VARCHAR, operation VARCHAR,"
        " odoo_id BIGINT, into_key VARCHAR, reason VARCHAR, changed VARCHAR[], phase INTEGER,"
        " digest VARCHAR, loaded VARCHAR)"
    )
    return tables


def plan_all(staging: Staging, tables: list[TargetTable]) -> None:
    """Plan to create every row of `tables`."""
    for table in tables:
        names = ", ".join(f"'{field.name}', t.\"{field.name}\"" for field in table.fields)
        staging.connection.execute(
            f"INSERT INTO meta.plan SELECT '{table.entry}', '{table.model}', key, 'create', NULL,"
            f" NULL, '', [], {table.phase}, md5(loaded), loaded FROM"
            f" (SELECT key, CAST(json_object({names}) AS VARCHAR) AS loaded FROM {table.table} t)"
        )


def values_of(
    staging: Staging, client: OdooClient, table: TargetTable
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of `table` as Odoo values: all that Moorage sends, and the mapped ones alone."""
    given = client.profile(table.model).given
    keys = f"SELECT key, '' AS digest, '' AS loaded FROM {table.table}"
    rows = staging.connection.execute(values_query(table, keys, given=given)).fetchall()
    full = [orjson.loads(row[1]) for row in rows]
    own = {field.name for field in table.fields}
    return full, [{name: value for name, value in row.items() if name in own} for row in full]
