"""The whole journey from ClientTether: an API with a web key for each account, files beside it.

Discover to hand-off, through broken answers, with a second run, a look whether somebody works
there, a delta with edits on both sides, and the way back.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from bench.journey import EDITS, Journey
from bench.project import Project
from moorage.commands import mapping
from moorage.project import Project as ProjectFolder
from moorage.sandbox import OdooServer, Sandbox
from moorage.sources.clienttether import SOURCE
from moorage.sources.clienttether.demo.exports import write
from moorage.sources.clienttether.demo.franchise import Franchise, make
from moorage.sources.clienttether.demo.offer import ANSWERS, options_of
from moorage.sources.clienttether.demo.starter import RunningStandIn, start

#: Records of the API and of the files together, nearly.
ROWS = 30_000
_NAME = "bench_clienttether"
_SEED = 1
#: Each hits calls whose path holds what it names, after so many of them.
_STORM = (
    {"kind": "status", "status": 429, "match": "read_client_list", "after": 3, "times": 3,
     "headers": {"Retry-After": "2"}},
    {"kind": "status", "status": 503, "match": "read_opportunity_list", "times": 2},
    {"kind": "code", "code": "CT_500", "match": "read_user_list", "times": 2},
    {"kind": "drop", "match": "read_client_history_notes", "after": 9, "times": 3},
    {"kind": "cut", "match": "read_client_list", "after": 5},
    {"kind": "page", "match": "read_lead_source_list"},
    {"kind": "short", "match": "read_client_list", "after": 9},
)  # fmt: skip


def run(rows: int | None) -> None:
    """Print the table for about `rows` source rows (default 30,000)."""
    scale = rows or ROWS
    sandbox = Sandbox()
    made = make(scale, _SEED)
    running = start(scale, _SEED)
    try:
        with tempfile.TemporaryDirectory() as folder:
            write(made, Path(folder) / "bundle")
            sandbox.drop(_NAME)  # What a bench that was killed left.
            odoo = sandbox.odoo(_NAME)
            project = ProjectFolder.create(
                Path(folder) / "whole", "bench", SOURCE,
                given=options_of(running, Path(folder) / "bundle"), url=odoo.url,
                database=odoo.database,
            )  # fmt: skip
            _ClientTether(running, project, odoo, made).run(scale)
    finally:
        sandbox.drop(_NAME)
        running.stop()


class _ClientTether:
    def __init__(
        self, running: RunningStandIn, folder: ProjectFolder, odoo: OdooServer, made: Franchise
    ) -> None:
        self._running = running
        self._folder = folder
        self._odoo = odoo
        self._made = made

    def run(self, scale: int) -> None:
        secrets = {
            f"MOORAGE_SOURCE_{name.upper()}": value for name, value in self._running.secrets.items()
        }
        environment = {**os.environ, **secrets, "MOORAGE_ODOO_KEY": self._odoo.api_key}
        journey = Journey(Project(self._folder.root, environment, scale), self._odoo)
        try:
            self._steps(journey)
        finally:
            journey.show()

    def _steps(self, journey: Journey) -> None:
        journey.step("discover", "discover")
        self._extract(journey)
        mapping.map_settings(self._folder, ANSWERS)
        journey.load()
        journey.again()
        journey.step("freeze", "freeze", "--watch", "0", codes=(0,))
        self._edit()
        journey.delta("opportunities")
        journey.step("hand-off", "handoff")
        assert self._running.control("account")["writes"] == []
        journey.back()

    def _extract(self, journey: Journey) -> None:
        self._running.control("reset")
        self._running.control("faults", _STORM)
        read = journey.step("extract", "extract")
        calls = self._running.control("account")["calls"]
        journey.say(
            f"{sum(read['raw_counts'].values()):,} rows of API and files as"
            f" {sum(read['object_counts'].values()):,} records, {calls:,} calls,"
            f" {read['files']['count']:,} files"
        )

    def _edit(self) -> None:
        """Other amounts in the source, others in Odoo, and both on some."""
        ids = [
            (account, row["opportunity_id"])
            for account, one in self._made.accounts.items()
            for row in one.opportunities
        ]
        for account, number in dict.fromkeys([*ids[:: EDITS["source"]], *ids[:: EDITS["both"]]]):
            values = {"deal_size": "4321", "last_modified_date": "2026-01-02 10:00:00"}
            order: dict[str, Any] = {"account": account, "list": "opportunities"}
            self._running.control("change", {**order, "id": number, "values": values})
        people = {*ids[:: EDITS["odoo"]], *ids[:: EDITS["both"]]}
        keys = ", ".join(f"'{account}_{number}'" for account, number in sorted(people))
        self._odoo.psql(
            "UPDATE crm_lead SET expected_revenue = expected_revenue + 17,"
            " write_date = now() AT TIME ZONE 'UTC',"
            " write_uid = (SELECT max(id) FROM res_users)"
            f" WHERE x_clienttether_opportunity_id IN ({keys}) RETURNING id"
        )
