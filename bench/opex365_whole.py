"""The whole journey from Dataverse: discover to hand-off, through storms of 429 and ended tokens,
with a second run, a delta by delta links, and the way back. The stand-in counts every call.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from bench.journey import EDITS, Journey
from bench.opex365 import check_limits
from bench.project import Project
from moorage.commands import mapping
from moorage.project import Project as ProjectFolder
from moorage.sandbox import OdooServer, Sandbox
from moorage.sources.opex365 import SOURCE
from moorage.sources.opex365.demo.sizes import ROWS_PER_UNIT
from moorage.sources.opex365.demo.starter import RunningStandIn, start

#: Some 61,000 records, 40,000 activities and 162,000 parties.
ROWS = 268_000
_NAME = "bench_opex365"
#: Each hits calls on the tables it names, after so many of them: the first is the pulse's.
_STORM = (
    {"kind": "throttle", "match": "/emails?", "after": 1, "times": 6, "retry_after": 2},
    {"kind": "throttle", "match": "/activityparties?", "after": 1, "times": 4, "retry_after": 3,
     "limit": "execution"},
    {"kind": "throttle", "match": "/annotations(", "after": 9, "times": 4, "retry_after": 5,
     "limit": "concurrent"},
    {"kind": "expire", "match": "/contacts?", "after": 1},
    {"kind": "expire", "match": "/activitymimeattachments(", "after": 30},
    {"kind": "drop", "match": "/phonecalls?", "after": 1},
    {"kind": "cut", "match": "/tasks?", "after": 1},
    {"kind": "page", "match": "/opportunities?", "after": 1},
)  # fmt: skip
_LEADS_OF_NOBODY = (
    "SELECT leadid FROM lead WHERE statecode = 0 AND _parentcontactid_value IS NULL"
    " ORDER BY 1 LIMIT 3"
)


def run(rows: int | None) -> None:
    """Print the table for about `rows` source rows (default 268,000)."""
    sandbox = Sandbox()
    running = start((rows or ROWS) / ROWS_PER_UNIT, 1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            sandbox.drop(_NAME)  # What a bench that was killed left.
            odoo = sandbox.odoo(_NAME)
            folder_made = _folder(Path(folder) / "whole", running, odoo)
            _Dataverse(running, folder_made, odoo).run()
    finally:
        sandbox.drop(_NAME)
        running.stop()


def _folder(path: Path, running: RunningStandIn, odoo: OdooServer) -> ProjectFolder:
    return ProjectFolder.create(
        path, "bench", SOURCE, given={**running.options, "timezone": "Europe/Berlin"},
        url=odoo.url, database=odoo.database,
    )  # fmt: skip


class _Dataverse:
    def __init__(self, running: RunningStandIn, folder: ProjectFolder, odoo: OdooServer) -> None:
        self._running = running
        self._folder = folder
        self._odoo = odoo
        environment = {
            **os.environ,
            "MOORAGE_SOURCE_CLIENT_SECRET": running.secrets["client_secret"],
            "MOORAGE_ODOO_KEY": odoo.api_key,
        }
        (count,) = self._truth("SELECT sum(estimated_size) FROM duckdb_tables()")
        self._journey = Journey(Project(folder.root, environment, int(count)), odoo)

    def run(self) -> None:
        journey = self._journey
        journey.step("discover", "discover")
        self._extract()
        mapping.map_settings(self._folder, {"custom_models": ["opx_vessel"]})
        journey.load()
        journey.again()
        self._delta()
        journey.step("hand-off", "handoff")
        check_limits(self._running.control("account"))
        journey.back()
        journey.show()

    def _extract(self) -> None:
        self._running.control("faults", _STORM)
        read = self._journey.step("extract", "extract")
        account = self._running.control("account")
        assert account["statuses"]["429"] >= 14 and account["tokens"] >= 3, account
        check_limits(account)
        # `bench.opex365` holds the rate of rows; each file costs a call, of which 20 a second are
        # allowed.
        self._journey.say(
            f"{sum(read['raw_counts'].values()):,} records and {read['files']['count']:,} files,"
            f" {account['requests']:,} calls, {account['statuses']['429']} refused"
        )

    def _delta(self) -> None:
        ids = self._truth("SELECT opportunityid FROM opportunity ORDER BY 1")
        tasks = self._truth("SELECT activityid FROM task ORDER BY 1 LIMIT 3")
        changed = _of(ids, "source") | _of(ids, "both")
        orders: list[dict[str, Any]] = [
            {"table": "opportunity", "id": one, "values": {"name": f"Renamed {one}"}}
            for one in sorted(changed)
        ]
        orders += [{"table": "task", "id": one, "delete": True} for one in tasks]
        # Of a lead that gets a customer Odoo would take over that one's name and address.
        (customer,) = self._truth("SELECT min(contactid) FROM contact")
        orders += [
            {"table": "lead", "id": one, "values": {"_parentcontactid_value": customer}}
            for one in self._truth(_LEADS_OF_NOBODY)
        ]
        self._running.control("rows", orders)
        people = ", ".join(f"'{one}'" for one in sorted(_of(ids, "odoo") | _of(ids, "both")))
        self._odoo.psql(
            "UPDATE crm_lead SET name = 'By people ' || id,"
            " write_date = now() AT TIME ZONE 'UTC',"
            " write_uid = (SELECT max(id) FROM res_users)"
            f" WHERE x_opex365_opportunity_id IN ({people}) RETURNING id"
        )
        read = self._journey.step("extract the changes", "extract", "--since", "last")["in_part"]
        assert (read["opportunity"], read["contact"]) == (len(changed), 0), "not by delta link"
        self._journey.say(f"{sum(read.values()):,} rows in {len(read)} tables")
        self._journey.delta("opportunity")

    def _truth(self, sql: str) -> list[Any]:
        return [row[0] for row in self._running.control("sql", {"sql": sql})]


def _of(ids: list[str], side: str) -> set[str]:
    return set(ids[:: EDITS[side]])
