"""Runs as the load room makes them: records created, ledger kept, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from moorage.destination import NewRecord
from moorage.ledger import Change, Ledger, Receipt
from moorage.odoo.client import OdooClient
from moorage.odoo.models.undo import UNDO, drop_keys
from moorage.prepare import PreparationPlan, apply_preparation, undo_preparations
from moorage.rollback import RollbackPlan, RollbackReport, plan_rollback, roll_back
from moorage.sandbox import OdooServer


@dataclass
class Ground:
    """One Odoo, one ledger, the ids by key."""

    server: OdooServer
    client: OdooClient
    ledger: Ledger
    destination_id: int
    run_id: int = 0
    ids: dict[str, int] = field(default_factory=dict)

    def prepare(self, *models: str) -> None:
        """Make the marker fields of `models`, as a preparation."""
        wanted = [field for model in models for field in self.client.markers(model)]
        apply_preparation(
            self.client, self.ledger, self.destination_id, PreparationPlan(tuple(wanted), ())
        )

    def start(self, digest: str = "plan") -> int:
        now = self.client.now()
        self.run_id = self.ledger.start_run(self.destination_id, "load", digest, now)
        return self.run_id

    def end(self) -> None:
        self.ledger.end_run(self.run_id, "done", odoo_ended_at=self.client.now())

    def load(self, model: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Create rows by key; a value '@key' is a link, in the ledger as key, in Odoo as id."""
        records = [
            NewRecord(key, orjson.dumps({k: self._sent(v) for k, v in row.items()}).decode())
            for key, row in rows.items()
        ]
        batch = self.ledger.intend(self.run_id, model, model, "create", list(rows))
        made = self.client.create(model, records)
        self.ids.update(zip(rows, made, strict=True))
        receipts = [
            Receipt(key, odoo_id, "d", json.dumps({k: _loaded(v) for k, v in row.items()}))
            for (key, row), odoo_id in zip(rows.items(), made, strict=True)
        ]
        self.ledger.receive(batch, self.destination_id, receipts)

    def adopt(self, model: str, key: str, odoo_id: int, operation: str = "match") -> None:
        batch = self.ledger.intend(self.run_id, model, model, operation, [key])
        self.client.adopt(model, {key: odoo_id})
        past = {"match": "matched", "merge": "merged"}[operation]
        receipts = [Receipt(key, odoo_id, "d", "{}")]
        self.ledger.receive(batch, self.destination_id, receipts, operation=past)

    def update(self, model: str, key: str, name: str, value: Any) -> None:
        """Overwrite one field as a delta does, before-image first."""
        odoo_id = self.ledger_id(model, key)
        (row,) = self.client.read(model, "read", ids=[odoo_id], fields=[name], load=None)
        change = Change(key, odoo_id, name, json.dumps(row[name]), json.dumps(value))
        self.ledger.intend_changes(self.run_id, model, [change])
        self.client.write(model, [odoo_id], {name: value})
        self.ledger.changes_done(self.run_id, model, [key])
        loaded = json.loads(self.ledger.loaded(self.destination_id, model, [key])[key] or "{}")
        row_now = ("d2", json.dumps({**loaded, name: value}), key)
        self.ledger.update_records(self.destination_id, model, [row_now])

    def ledger_id(self, model: str, key: str) -> int:
        return {
            (row["model"], row["key"]): int(row["odoo_id"])
            for page in self.ledger.records(self.destination_id)
            for row in page
        }[model, key]

    def plan(self, run_id: int | None = None, *, force: bool = False) -> RollbackPlan:
        return plan_rollback(self.ledger, self.client, self.destination_id, run_id, force=force)

    def roll_back(self, run_id: int | None = None, *, force: bool = False) -> RollbackReport:
        return roll_back(
            self.ledger, self.client, self.destination_id, run_id,
            drop_keys=partial(drop_keys, self.client), undo=UNDO,
            undo_preparations=undo_preparations, force=force,
        )  # fmt: skip

    def other_user(self) -> OdooClient:
        """A client of another person with an API key of their own."""
        # Odoo gives no key by its API: the shell does.
        key = (
            self.server.shell(
                "import datetime\n"
                "user = env['res.users'].search([('login', '=', 'someone')]) or"
                " env['res.users'].create({'name': 'Someone', 'login': 'someone',"
                " 'group_ids': [(4, env.ref('base.group_system').id),"
                " (4, env.ref('sales_team.group_sale_manager').id)]})\n"
                "key = env['res.users.apikeys'].with_user(user)._generate("
                "'rpc', 'test', datetime.datetime.now() + datetime.timedelta(days=1))\n"
                "env.cr.commit()\nprint('KEY=' + key)\n"
            )
            .partition("KEY=")[2]
            .split()[0]
        )
        return OdooClient(
            self.server.url, self.server.database, key, project="people", source="none"
        )

    def value(self, model: str, odoo_id: int, name: str) -> Any:
        rows = self.client.read(
            model, "search_read", domain=[("id", "=", odoo_id)], fields=[name], load=None,
            context={"active_test": False},
        )  # fmt: skip
        return rows[0][name] if rows else None

    def _sent(self, value: Any) -> Any:
        if isinstance(value, list):
            return [[6, 0, [self._sent(item) for item in value]]]
        if isinstance(value, str) and value.startswith("@"):
            return self.ids[value[1:]]
        return value


def _loaded(value: Any) -> Any:
    if isinstance(value, list):
        return [_loaded(item) for item in value]
    return value[1:] if isinstance(value, str) and value.startswith("@") else value


def lay_ground(server: OdooServer, folder: Path) -> Ground:
    """An empty ledger for a fresh Odoo."""
    client = OdooClient(
        server.url, server.database, server.api_key, project="rollback", source="krayin"
    )
    ledger = Ledger(folder / "ledger.sqlite")
    return Ground(server, client, ledger, ledger.destination("test", client.identity))
