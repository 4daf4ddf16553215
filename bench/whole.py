"""The whole journey with history and files: each verb's seconds, and what must hold at its end.

Load, verify, a second run, a delta with edits on both sides, verify again, and back: then every
table of Odoo has as many rows as before, but for those that do not run back.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.project import Project, demo_project
from moorage.sandbox import OdooServer, Sandbox

ROWS = 30_000
_NAME = "bench_whole"
#: Odoo's own statistics, queues and cache counters: docs/rollback.md says why they stay.
_STAY = ("bus_bus", "crm_lead_scoring_frequency", "ir_cron_trigger", "orm_signaling_")
#: Which leads are edited in the source, in Odoo, and on both sides: those whose id it divides.
_EDITS = {"source": 10, "odoo": 11, "both": 13}


def run(rows: int | None) -> None:
    """Print the table for about `rows` source rows (default 30,000)."""
    sandbox = Sandbox()
    with tempfile.TemporaryDirectory() as folder:
        project = demo_project(
            sandbox, Path(folder) / "whole", rows or ROWS, _NAME, files=Path(folder) / "files"
        )
        try:
            _Whole(sandbox, project).run()
        finally:
            sandbox.drop(_NAME)
            sandbox.mariadb().drop_database(_NAME)


class _Whole:
    def __init__(self, sandbox: Sandbox, project: Project) -> None:
        self.sandbox = sandbox
        self.project = project
        self.lines: list[tuple[str, float, str]] = []

    @property
    def odoo(self) -> OdooServer:
        return self.sandbox.odoo(_NAME)

    def run(self) -> None:
        before = self.odoo.row_counts()
        mail = self._mails()
        self._load()
        self._again()
        self._delta()
        assert self._mails() == mail, "Odoo made a mail or a notification"
        self._step("rollback", "rollback", "--force", "--yes", codes=(0,))
        after = self.odoo.row_counts()
        moved = {
            name: (before.get(name, 0), after.get(name, 0))
            for name in {*before, *after}
            if before.get(name) != after.get(name) and not name.startswith(_STAY)
        }
        assert moved == {}, f"tables differ after the rollback: {moved}"
        self.lines[-1] = (*self.lines[-1][:2], f"all {len(before)} tables as before")
        self._print()

    def _load(self) -> None:
        self._step("extract", "extract")
        self.project.moorage("map", "--propose")
        self.project.moorage("map", "--confirm", "--name", "Bench")
        self._step("prepare", "prepare", "--apply")
        self.project.moorage("owners", "--all", "create")
        self.project.moorage("duplicates", "--all", "keep")
        self._step("plan", "plan")
        self.project.moorage("plan", "--confirm", "--name", "Bench")
        load = self._step("run", "run", "--yes")["load"]
        created = sum(phase["created"] for phase in load["phases"])
        aside = sum(phase["set_aside"] for phase in load["phases"])
        seconds = self.lines[-1][1]
        self._say(f"{created:,} created ({created / seconds:.0f}/s), {aside:,} set aside")
        self._verify("verify")

    def _again(self) -> None:
        stamp = self._written()
        self._step("extract again", "extract")
        self._step("plan again", "plan")
        assert self._step("run again", "run", "--yes", codes=(0, 1, 3))["exit_code"] != 1
        assert self._written() == stamp, "the second run wrote"
        self._say("nothing written")

    def _delta(self) -> None:
        leads = "id % {0} = 0 AND lead_pipeline_stage_id IS NOT NULL"
        mariadb = self.sandbox.mariadb()
        for share in (_EDITS["source"], _EDITS["both"]):
            mariadb.execute(
                "UPDATE leads SET title = concat('Renamed ', id), updated_at = now()"
                f" WHERE {leads.format(share)}",
                _NAME,
            )
        for share in (_EDITS["odoo"], _EDITS["both"]):
            self.odoo.psql(
                "UPDATE crm_lead SET name = 'By people ' || id,"
                " write_date = now() AT TIME ZONE 'UTC',"
                " write_uid = (SELECT max(id) FROM res_users)"
                f" WHERE x_krayin_lead_id % {share} = 0 RETURNING id"
            )
        told = self._step("delta", "delta", "--since", "last")
        (about,) = [entry for entry in told["entries"] if entry["entry"] == "leads"]
        self._say(f"leads: {about['changed']:,} changed, {about['conflicts']:,} conflicts")
        assert about["changed"] and about["conflicts"]
        self.project.moorage("plan", "--confirm", "--name", "Bench")
        self._step("run the delta", "run", "--yes")
        self._verify("verify again")

    def _verify(self, name: str) -> None:
        found = self._step(name, "verify")["verification"]
        people = found["by_people"]
        assert found["difference_count"] == people, found["kinds"]
        seconds = self.lines[-1][1]
        values = sum(entry["values"] for entry in found["entries"])
        self._say(f"{values:,} values ({values / seconds:,.0f}/s), 0 wrong, {people} by people")

    def _step(self, name: str, *arguments: str, codes: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
        start = time.perf_counter()
        process = self.project.start(*arguments, "--json", stdout=subprocess.PIPE)
        output, _ = process.communicate()
        self.lines.append((name, time.perf_counter() - start, ""))
        assert process.returncode in codes, (arguments, process.returncode, output[-2000:])
        return dict(json.loads(output))

    def _say(self, words: str) -> None:
        self.lines[-1] = (*self.lines[-1][:2], words)

    def _mails(self) -> list[tuple[Any, ...]]:
        return self.odoo.psql(
            "SELECT (SELECT count(*) FROM mail_mail), (SELECT count(*) FROM mail_notification)"
        )

    def _written(self) -> list[tuple[Any, ...]]:
        models = ("res_partner", "crm_lead", "sale_order", "mail_message", "calendar_event")
        parts = [f"(SELECT (max(write_date), count(*))::text FROM {name})" for name in models]
        return self.odoo.psql(f"SELECT {', '.join(parts)}")

    def _print(self) -> None:
        table = Table(title=f"The whole journey, {self.project.row_count:,} source rows")
        for column in ("verb", "seconds", ""):
            table.add_column(column, justify="right" if column == "seconds" else "left")
        for name, seconds, words in self.lines:
            table.add_row(name, f"{seconds:.1f}", words)
        Console(width=110).print(table)
