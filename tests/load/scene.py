"""Target tables and a plan made by hand, on a real Odoo."""

from __future__ import annotations

from pathlib import Path

from moorage.ledger import Ledger
from moorage.load import Loader, LoadReport
from moorage.mapping.target import DUCKDB_TYPES, TargetField, TargetTable
from moorage.odoo import OdooClient
from moorage.plan import row_json_sql
from moorage.sandbox import OdooServer
from moorage.staging import Staging

TAG = TargetTable("tags", "tags", "crm.tag", (TargetField("name", "char", required=True),))
LEAD = TargetTable(
    "leads",
    "leads",
    "crm.lead",
    (
        TargetField("name", "char", required=True),
        TargetField("type", "selection"),
        TargetField("expected_revenue", "monetary"),
        TargetField("date_deadline", "date"),
        TargetField("tag_ids", "many2many", "link", "crm.tag", on_missing_link="empty"),
    ),
    phase=1,
)
TABLES = [TAG, LEAD]


def _type(field: TargetField) -> str:
    if field.type in DUCKDB_TYPES:
        return DUCKDB_TYPES[field.type]
    return ("BIGINT" if field.holds == "id" else "VARCHAR") + ("[]" if field.many else "")


class Scene:
    """A staging, a ledger and a client; `plan_creations` and `run` do what their names say.

    Scenes share a database: each has a source of its own, so that keys never meet.
    """

    def __init__(
        self, folder: Path, server: OdooServer, tables: list[TargetTable], source: str
    ) -> None:
        self.source = source
        self.staging = Staging(folder / "staging.duckdb")
        self.ledger = Ledger(folder / "ledger.sqlite")
        self.client = OdooClient(
            server.url, server.database, server.api_key, project=source, source=source,
            connections=2, patience_seconds=20,
        )  # fmt: skip
        self.tables = tables
        models = {table.model for table in tables}
        self.client.make_fields(
            [marker for m in sorted(models) for marker in self.client.markers(m)]
        )
        for table in tables:
            columns = ", ".join(f'"{f.name}" {_type(f)}' for f in table.fields)
            self.sql(f"CREATE TABLE {table.table} (key VARCHAR, {columns})")
        self.sql(
            "CREATE TABLE meta.plan (entry VARCHAR, model VARCHAR, key VARCHAR, operation VARCHAR,"
            " odoo_id BIGINT, into_key VARCHAR, reason VARCHAR, changed VARCHAR[], phase INTEGER,"
            " digest VARCHAR, loaded VARCHAR)"
        )
        self.destination_id = self.ledger.destination("test", self.client.identity)

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        return self.staging.connection.execute(statement).fetchall()

    def plan_creations(self) -> None:
        self.sql("DELETE FROM meta.plan")
        for table in self.tables:
            row = row_json_sql(table, "t")
            self.sql(
                f"INSERT INTO meta.plan SELECT '{table.entry}', '{table.model}', t.key, 'create',"
                f" NULL, NULL, '', [], {table.phase}, md5({row}), {row} FROM {table.table} t"
            )

    def run(self, digest: str = "plan") -> LoadReport:
        loader = Loader(self.staging, self.ledger, self.client, self.destination_id, self.tables)
        return loader.run(digest)

    def count(self, model: str) -> int:
        """How many records of this project stand in Odoo."""
        domain = [("x_moorage_key", "=like", f"{self.source}:%")]
        context = {"active_test": False}
        return int(self.client.read(model, "search_count", domain=domain, context=context))
