"""One prepared project with a confirmed plan, and copies of it that tests may ruin."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moorage.destination import Json
from moorage.odoo import OdooClient
from moorage.sandbox import MariaDBServer, OdooServer, Sandbox
from tests.journey.command import Done, Moorage
from tests.journey.source import MATCHED_EMAIL, REFUSED, STAGE_OUTCOMES
from tests.rollback.test_counts import EXCEPTIONS

#: The owners of the source that nobody in Odoo is.
OWNERS = (1, 2, 4, 5, 6)
#: What the mapping of a source whose people have addresses in an own field would say.
OWN_ADDRESS = '"custom.site_address.street" IS NOT NULL'


@dataclass
class Voyage:
    """A project, its Odoo, and the numbers of rows there: before `prepare`, after a run."""

    moorage: Moorage
    odoo: OdooServer
    before: dict[str, int]
    after: dict[str, int] = field(default_factory=dict)

    def client(self) -> OdooClient:
        """A way to Odoo beside the command's."""
        odoo = self.odoo
        return OdooClient(odoo.url, odoo.database, odoo.api_key, project="acme", source="krayin")

    def ids(self, model: str) -> dict[str, int]:
        """Where every key stands, from Odoo's own External IDs."""
        rows = self.odoo.psql(
            "SELECT name, res_id FROM ir_model_data"
            f" WHERE module = 'moorage_acme' AND model = '{model}'"
        )
        client = self.client()
        return {client.key(name): res_id for name, res_id in rows}

    def record(self, model: str, key: str, *fields: str) -> dict[str, Json]:
        """Fields of the record behind `key`."""
        client = self.client()
        (record,) = client.read(
            model, "read", ids=[self.ids(model)[key]], fields=list(fields), load=None
        )
        return dict(record)

    def call(self, model: str, method: str, **arguments: Json) -> Json:
        """One call as the administrator."""
        return self.client().call(model, method, **arguments)

    def run(self, *words: str) -> Done:
        """`moorage run`; the source has rows that nobody can take, so it ends with 1."""
        return self.moorage("run", "--yes", *words, code=1)

    def ledger_keys(self) -> set[tuple[str, str, str]]:
        """What the ledger says became of every key."""
        rows = self.moorage.ledger("SELECT model, key, operation FROM record")
        aside = self.moorage.ledger("SELECT model, key, code FROM set_aside")
        return {(str(model), str(key), str(what)) for model, key, what in [*rows, *aside]}

    def open_calls(self) -> list[tuple[str, str]]:
        """Model and keys of the calls that were intended and have no receipt."""
        rows = self.moorage.ledger("SELECT model, keys FROM batch WHERE status = 'intended'")
        return [(str(model), str(keys)) for model, keys in rows]

    def received(self) -> set[str]:
        """The models of which a call has its receipt."""
        rows = self.moorage.ledger("SELECT DISTINCT model FROM batch WHERE status = 'done'")
        return {str(model) for (model,) in rows}

    def shape(self) -> dict[str, int]:
        """Rows of all tables but those that differ from run to run."""
        counts = self.odoo.row_counts()
        return {name: count for name, count in counts.items() if name not in EXCEPTIONS}

    def doubles(self) -> list[Any]:
        """Keys that stand twice, records with two keys, records that nobody's key names."""
        found: list[Any] = self.odoo.psql(
            "SELECT model, res_id FROM ir_model_data WHERE module = 'moorage_acme'"
            " AND model NOT IN ('utm.source', 'crm.tag', 'res.partner.category')"
            " GROUP BY 1, 2 HAVING count(*) > 1"
        )
        tables = self.odoo.psql(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'x_moorage_key' AND table_schema = 'public'"
        )
        for (table,) in tables:
            found += self.odoo.psql(
                f"SELECT '{table}', x_moorage_key FROM {table} WHERE x_moorage_key IS NOT NULL"
                " GROUP BY 1, 2 HAVING count(*) > 1"
            )
        return found


def prepare(
    odoo: OdooServer, mariadb: MariaDBServer, source: str, folder: Path, *, files: Path
) -> Voyage:
    """Everything up to a confirmed plan, by the real command."""
    before = _make_odoo_ready(odoo)
    user, password = mariadb.create_reader(source)
    environment = os.environ | {
        "MOORAGE_SOURCE_PASSWORD": password,
        "MOORAGE_ODOO_KEY": odoo.api_key,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "COLUMNS": "200",
    }
    Moorage(folder, environment)("new", "acme", "--from", "krayin")
    moorage = Moorage(folder / "acme", environment)
    moorage.change(
        "moorage.yaml",
        ('# host: "127.0.0.1"', f"host: {mariadb.host}"),
        ("# port: 3306", f"port: {mariadb.port}"),
        ("  database:\n", f"  database: {source}\n"),
        ("  user:\n", f"  user: {user}\n"),
        ("  timezone:\n", "  timezone: Asia/Kolkata\n"),
        ('# files: ""', f"files: {files}"),
        ("url: https://odoo.example.com", f"url: {odoo.url}"),
        ('database: "odoo"', f"database: {odoo.database}"),
    )
    moorage.change("mapping.yaml", STAGE_OUTCOMES, *_own_addresses())
    moorage("extract")
    moorage("map", "--propose")
    moorage("map", "--confirm", "--name", "Ann Admin")
    moorage("prepare", "--apply")
    answers = [word for n in OWNERS for word in ("--answer", f"krayin:users:{n}=create")]
    moorage("owners", *answers)
    moorage("duplicates", "--all", "keep")
    moorage("plan", code=1)
    moorage("plan", "--confirm", "--name", "Ann Admin", code=1)
    return Voyage(moorage, odoo, before)


def _own_addresses() -> list[tuple[str, str]]:
    """A person with an address of their own keeps it, apart from the company's."""
    changes = []
    for part in ("street", "street2", "city", "zip"):
        own = f'CASE WHEN {OWN_ADDRESS} THEN "custom.site_address.{part}" ELSE "company.{part}" END'
        rule = f"      {part}:\n        sql: >-\n          {own}\n"
        changes.append((f"      {part}: {{from: company.{part}}}\n", rule))
    kind = f"CASE WHEN {OWN_ADDRESS} THEN 'other' ELSE 'contact' END"
    person = "      is_company: {value: false}\n"
    changes.append((person, f"{person}      type:\n        sql: >-\n          {kind}\n"))
    return changes


def _make_odoo_ready(odoo: OdooServer) -> dict[str, int]:
    """One user who is in the source too; a default sales tax; a rule that refuses one lead."""
    client = OdooClient(odoo.url, odoo.database, odoo.api_key, project="before", source="none")
    client.call("res.users", "create", vals_list=[{"name": "Siobhán", "login": MATCHED_EMAIL}])
    client.close()
    odoo.psql(
        "ALTER TABLE crm_lead ADD CONSTRAINT crm_lead_no_refused"
        f" CHECK (name NOT LIKE '{REFUSED}%')"
    )
    return odoo.row_counts()


def copy(
    voyage: Voyage,
    sandbox: Sandbox,
    folder: Path,
    *,
    name: str,
    smtp_port: int | None = None,
) -> Voyage:
    """Project and database copied; the copied Odoo is no longer served, its copy is."""
    sandbox.copy(voyage.odoo.database, name)
    odoo = sandbox.odoo(name, smtp_port=smtp_port)
    old = f"url: {voyage.odoo.url}\n    database: {voyage.odoo.database}\n"
    new = f"url: {odoo.url}\n    database: {name}\n"
    return Voyage(voyage.moorage.twin(folder / name, (old, new)), odoo, voyage.before, voyage.after)


def remove(voyage: Voyage, sandbox: Sandbox) -> None:
    """Drop the Odoo of a copy, and its project."""
    sandbox.drop(voyage.odoo.database)
    shutil.rmtree(voyage.moorage.root, ignore_errors=True)
