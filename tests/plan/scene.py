"""One small migration, and how its plan is made and pretended to be run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from moorage.ledger.ledger import Ledger, Receipt
from moorage.mapping.target import DUCKDB_TYPES, TargetField, TargetTable
from moorage.plan.decisions import Decisions
from moorage.plan.merges import apply_merges, ensure_merges
from moorage.plan.owners import reconcile_owners
from moorage.plan.plan import make_plan
from moorage.plan.report import PlanReport
from moorage.staging.staging import Staging

from .fake_destination import FakeDestination

USERS = TargetTable("users", "users", "res.users", (
    TargetField("name", "char"), TargetField("login", "char"), TargetField("email", "char"),
    TargetField("active", "boolean"),
))  # fmt: skip
COMPANIES = TargetTable("companies", "orgs", "res.partner", (
    TargetField("name", "char"), TargetField("is_company", "boolean"), TargetField("email", "char"),
    TargetField("phone", "char"),
), phase=1)  # fmt: skip
TAGS = TargetTable("tags", "tags", "crm.tag", (TargetField("name", "char"),), phase=1)
PEOPLE = TargetTable("people", "persons", "res.partner", (
    TargetField("name", "char"), TargetField("is_company", "boolean"), TargetField("email", "char"),
    TargetField("phone", "char"),
    TargetField("parent_id", "many2one", "link", "res.partner", on_missing_link="set_aside"),
    TargetField("user_id", "many2one", "link", "res.users", on_missing_link="empty"),
), phase=2)  # fmt: skip
LEADS = TargetTable("leads", "leads", "crm.lead", (
    TargetField("name", "char"),
    TargetField("partner_id", "many2one", "link", "res.partner"),
    TargetField("user_id", "many2one", "link", "res.users", on_missing_link="empty"),
    TargetField("tag_ids", "many2many", "link", "crm.tag", on_missing_link="empty"),
    TargetField("expected_revenue", "monetary"),
), phase=3)  # fmt: skip
TABLES = (USERS, COMPANIES, TAGS, PEOPLE, LEADS)
FIELDS = {table.model: {field.name: field.type for field in table.fields} for table in TABLES} | {
    "res.partner": {field.name: field.type for field in PEOPLE.fields}
}

ROWS: dict[str, list[tuple[Any, ...]]] = {
    "users": [(1, "Anna", "anna@a.example", "anna@a.example", True)],
    "companies": [(1, "Acme Ltd", True, "info@acme.example", None)],
    "tags": [(1, "Hot")],
    "people": [
        (1, "Bo Berg", False, "bo@acme.example", None, "crm:orgs:1", "crm:users:1"),
        (2, "Cy Cole", False, None, "+44 1", None, None),
    ],
    "leads": [
        (1, "Roof", "crm:persons:1", "crm:users:1", ["crm:tags:1"], 10),
        (2, "Wall", "crm:persons:2", None, [], None),
    ],
}


def column_type(field: TargetField) -> str:
    scalar = "VARCHAR" if field.holds == "link" else "BIGINT"
    return {"many2one": scalar, "many2many": f"{scalar}[]"}.get(
        field.type, DUCKDB_TYPES.get(field.type, "")
    )


@dataclass
class Scene:
    staging: Staging
    ledger: Ledger
    destination: FakeDestination
    destination_id: int
    folder: Path
    tables: tuple[TargetTable, ...] = TABLES

    def change(self, entry: str, **changes: Any) -> None:
        """Give one entry other rules."""
        self.tables = tuple(
            replace(table, **changes) if table.entry == entry else table for table in self.tables
        )

    def build(
        self,
        rows: dict[str, list[tuple[Any, ...]]] | None = None,
        findings: tuple[tuple[str, str, str, str, str], ...] = (),
        merges: tuple[tuple[str, str, str, str], ...] = (),
    ) -> None:
        """Build the target tables anew, as the mapping would."""
        run = self.staging.connection.execute
        run("DROP SCHEMA target CASCADE")
        run("CREATE SCHEMA target")
        run("CREATE TABLE target._not_selected (object VARCHAR, source_key VARCHAR,"
            " reason VARCHAR)")  # fmt: skip
        run("CREATE TABLE target._accounted (object VARCHAR, source_key VARCHAR)")
        for table in self.tables:
            columns = ", ".join(f"{field.name} {column_type(field)}" for field in table.fields)
            run(f"CREATE TABLE {table.table} (key VARCHAR, {columns}, _object VARCHAR,"
                " _source_key VARCHAR)")  # fmt: skip
            run(f"CREATE TABLE {table.findings} (key VARCHAR, field VARCHAR, severity VARCHAR,"
                " message VARCHAR)")  # fmt: skip
            for number, *values in {**ROWS, **(rows or {})}[table.entry]:
                row = [f"crm:{table.object}:{number}", *values, table.object, str(number)]
                run(f"INSERT INTO {table.table} VALUES ({', '.join('?' * len(row))})", row)
                run("INSERT INTO target._accounted VALUES (?, ?)", [table.object, str(number)])
        for entry, *finding in findings:
            run(f'INSERT INTO target."{entry}__findings" VALUES (?, ?, ?, ?)', finding)
        ensure_merges(self.staging)
        for merge in merges:
            run("INSERT INTO target._merges VALUES (?, ?, ?, ?)", list(merge))

    def plan(self, *, sample: int | None = None) -> PlanReport:
        """Owners, merges and plan, in the order of the commands."""
        reconcile_owners(
            self.staging, self.destination, self.tables, self.folder / "decisions" / "owners.csv"
        )
        decisions = Decisions.load(self.folder / "decisions")
        apply_merges(
            self.staging, self.tables, decisions, ledger=self.ledger,
            destination_id=self.destination_id,
        )  # fmt: skip
        return make_plan(
            self.staging, self.ledger, self.destination, self.destination_id, self.tables,
            decisions, mapping_digest="m", sample=sample,
        )  # fmt: skip

    def row(self, key: str) -> dict[str, Any]:
        """The plan's row of one key."""
        cursor = self.staging.connection.execute("SELECT * FROM meta.plan WHERE key = ?", [key])
        names = [column[0] for column in cursor.description]
        (row,) = cursor.fetchall()
        return dict(zip(names, row, strict=True))

    def operations(self) -> dict[str, str]:
        return dict(
            self.staging.connection.execute("SELECT key, operation FROM meta.plan").fetchall()
        )

    def pretend_run(self) -> None:
        """Write the receipts that a run of this plan would have given."""
        run_id = self.ledger.start_run(self.destination_id, "load", "digest")
        words = {"create": "created", "update": "created", "match": "matched", "merge": "merged"}
        rows = self.staging.connection.execute(
            "SELECT entry, model, key, operation, odoo_id, into_key, digest, loaded FROM meta.plan"
            " ORDER BY operation = 'merge', phase"
        ).fetchall()
        for entry, model, key, operation, known_id, into_key, digest, text in rows:
            if operation not in words:
                continue
            odoo_id, loaded = known_id, text
            if operation == "create":
                odoo_id = self.destination.add(model)
                self.destination.keys.setdefault(model, {})[key] = odoo_id
            if operation == "merge":
                odoo_id, loaded = known_id or self._id_of(model, into_key), ""
            batch = self.ledger.intend(run_id, entry, model, operation, [key])
            self.ledger.receive(
                batch, self.destination_id, [Receipt(key, odoo_id, digest, loaded)],
                operation=words[operation],
            )  # fmt: skip
        self.ledger.end_run(run_id, "done")

    def _id_of(self, model: str, key: str) -> int:
        return int(
            self.ledger.connection.execute(
                "SELECT odoo_id FROM record WHERE model = ? AND key = ?", (model, key)
            ).fetchone()[0]
        )
