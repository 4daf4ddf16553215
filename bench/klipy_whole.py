"""The whole journey from Klipy: API and bundle to hand-off, through faults of the API, with a
second run, a delta of API and log of webhooks, and the way back.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

from bench.journey import EDITS, Journey
from bench.project import Project
from moorage.commands import mapping
from moorage.project import Project as ProjectFolder
from moorage.sandbox import OdooServer, Sandbox
from moorage.sources.klipy import SOURCE
from moorage.sources.klipy.demo.exports import write
from moorage.sources.klipy.demo.offer import ANSWERS, options_of
from moorage.sources.klipy.demo.starter import RunningStandIn, start
from moorage.sources.klipy.demo.workspace import Workspace, make

ROWS = 30_000
_NAME = "bench_klipy"
_FAULTS = (
    {"kind": "throttle", "match": "people/query", "retry_after": 2},
    {"kind": "overlap", "match": "interactions/query"},
    {"kind": "cut", "match": "interactions/query"},
    {"kind": "page", "match": "companies/"},
    {"kind": "drop", "match": "companies/"},
)
#: Later than anything in the made-up log.
_NOW = "2026-06-01T09:00:00.000Z"


def run(rows: int | None) -> None:
    """Print the table for about `rows` records (default 30,000)."""
    sandbox = Sandbox()
    made = make(rows or ROWS, 1)
    running = start(rows or ROWS, 1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            bundle = Path(folder) / "bundle"
            write(made, bundle)
            sandbox.drop(_NAME)  # What a bench that was killed left.
            odoo = sandbox.odoo(_NAME)
            project = ProjectFolder.create(
                Path(folder) / "whole", "bench", SOURCE, given=options_of(running, bundle),
                url=odoo.url, database=odoo.database,
            )  # fmt: skip
            _Klipy(made, running, bundle / "webhooks.jsonl", project, odoo).run()
    finally:
        sandbox.drop(_NAME)
        running.stop()


class _Klipy:
    def __init__(
        self,
        made: Workspace,
        running: RunningStandIn,
        log: Path,
        folder: ProjectFolder,
        odoo: OdooServer,
    ) -> None:
        self._made = made
        self._running = running
        self._log = log
        self._folder = folder
        self._odoo = odoo
        environment = {
            **os.environ,
            "MOORAGE_SOURCE_API_KEY": running.secrets["api_key"],
            "MOORAGE_ODOO_KEY": odoo.api_key,
        }
        count = sum(len(getattr(made, kind.name)) for kind in fields(made))
        self._journey = Journey(Project(folder.root, environment, count), odoo)

    def run(self) -> None:
        journey = self._journey
        journey.step("discover", "discover")
        self._extract()
        mapping.map_settings(self._folder, ANSWERS)
        journey.load()
        journey.again()
        journey.step("freeze", "freeze", "--watch", "0", codes=(0,))
        self._edit()
        journey.delta("people")
        journey.step("hand-off", "handoff")
        assert self._running.control("account")["writes"] == []
        journey.back()
        journey.show()

    def _extract(self) -> None:
        before = self._running.control("faults", _FAULTS)["calls"]
        read = self._journey.step("extract", "extract")["raw_counts"]
        made, calls = self._made, self._running.control("account")["calls"] - before
        assert read["interactions"] == len(made.interactions), read
        assert read["events"] == len(made.events), read
        self._journey.say(f"{sum(read.values()):,} rows, {calls:,} calls of the API")

    def _edit(self) -> None:
        """Other titles of contacts in Klipy, in Odoo, and some in both; a new one; deals that moved
        on, and some that were won.
        """
        # The first contacts stand in a sheet as well, or are dirty in ways of their own.
        ids = [str(one["id"]) for one in self._made.people[60:]]
        for one in sorted(_of(ids, "source") | _of(ids, "both")):
            self._running.control("person", {"id": one, "title": f"Head of {one}"})
        self._running.control("person", {"id": "pe_new", "firstName": "New", "lastName": "Comer"})
        people = ", ".join(f"'{one}'" for one in sorted(_of(ids, "odoo") | _of(ids, "both")))
        self._odoo.psql(
            "UPDATE res_partner SET function = 'By people ' || id,"
            " write_date = now() AT TIME ZONE 'UTC',"
            " write_uid = (SELECT max(id) FROM res_users)"
            f" WHERE x_klipy_contact_id IN ({people}) RETURNING id"
        )
        deals = [one for one in self._made.deals if one["in_log"] and not one["closed"]]
        with self._log.open("a", encoding="utf-8") as file:
            for deal in deals[:: EDITS["source"]]:
                told = {"from": deal["road"][-1], "to": "Negotiation"}
                file.write(_event("deal.moved", deal, told) + "\n")
            for deal in deals[1 :: EDITS["source"]]:
                file.write(_event("deal.closed", deal, {"won": True}) + "\n")


def _of(ids: list[str], side: str) -> set[str]:
    return set(ids[:: EDITS[side]])


def _event(kind: str, deal: dict[str, Any], told: dict[str, Any]) -> str:
    data = {name: deal[name] for name in ("deal_id", "deal_name", "pipeline", "owner_name")}
    return json.dumps(
        {"type": kind, "object": "event", "data": {**data, **told}, "created_at": _NOW}
    )
