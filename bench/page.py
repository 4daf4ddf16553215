"""How long each page of `moorage serve` takes on a project of 1,000 fields and long queues.

The first look at a page and the middle of four more, by the clock, and the processor time of the
page's process for one of the later looks. Each look at a rule is one at another rule.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import psutil
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from tests.web.ground import Page, served

from moorage.commands.opening import keep_discovery
from moorage.ledger import Ledger, SetAside
from moorage.odoo import OdooClient
from moorage.plan.conflict_decisions import ConflictDecision, DeletionDecision
from moorage.plan.decisions import DuplicateDecision, MatchDecision, OwnerDecision, write_rows
from moorage.project import Project
from moorage.sandbox import OdooServer, Sandbox
from moorage.sources.base import Discovery, SourceField, SourceObject, source_kind
from moorage.staging import Staging

#: Objects with their fields, their share of the rows, and the model that they become.
OBJECTS = {
    "accounts": (200, 0.2, "res.partner"),
    "contacts": (400, 0.4, "res.partner"),
    "deals": (200, 0.2, "crm.lead"),
    "notes": (200, 0.2, "mail.message"),
}
ROWS, QUESTIONS, LOOKS = 100_000, 10_000, 5
PAGES = (
    "/", "/scope", "/map", "/map/contacts", "/map/contacts?only=open&page=3",
    "/map/contacts/x_f20{look}", "/prepare", "/questions", "/questions/issues?page=50",
    "/questions/owners", "/questions/owners?q=777", "/questions/duplicates", "/questions/matches",
    "/questions/conflicts", "/questions/deletions", "/plan", "/run", "/check", "/rollback",
    "/handoff", "/history",
)  # fmt: skip


def run(rows: int | None) -> None:
    """Print milliseconds by page over `rows` staged rows (default 100,000)."""
    sandbox, count = Sandbox(), rows or ROWS
    table = Table(title=f"Pages: 1,000 fields, {count:,} rows, {QUESTIONS:,} in each queue")
    for name in ("page", "KB", "first ms", "then ms", "processor ms"):
        table.add_column(name, justify="left" if name == "page" else "right")
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = _made(Path(folder), sandbox.odoo("bench_page"), count)
            with served(project.root) as page:
                cookie, process = page.enter(), psutil.Process(page.process)
                for path in PAGES:
                    table.add_row(path, *_looked(page, process, path, cookie))
    finally:
        sandbox.drop("bench_page")
    Console(width=100).print(table)


def _looked(page: Page, process: psutil.Process, path: str, cookie: str) -> list[str]:
    took, busy = [], []
    for look in range(LOOKS):
        before, began = sum(process.cpu_times()[:2]), time.perf_counter()
        answer = page.ask(path.format(look=look), cookie=cookie)
        took.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (sum(process.cpu_times()[:2]) - before))
        assert answer.status == 200, (path, answer.status)
    middle = statistics.median(took[1:])
    figures = (len(answer.data) / 1024, took[0], middle, statistics.mean(busy[1:]))
    return [f"{figure:,.0f}" for figure in figures]


def _made(folder: Path, odoo: OdooServer, rows: int) -> Project:
    """A project with everything that pages read, as the verbs would have left it."""
    project = Project.create(
        folder / "bench", "bench", source_kind("krayin"), url=odoo.url, database=odoo.database,
        given={"database": "crm", "user": "reader", "timezone": "UTC"},
    )  # fmt: skip
    project.secrets.keep_throw_away({"production": SecretStr(odoo.api_key)})
    _staged(project, rows)
    project.mapping_path.write_text("\n".join(_mapping()))
    _asked(project)
    _loaded(project, odoo)
    return project


def _staged(project: Project, rows: int) -> None:
    """Tidy tables with values in three of ten places, and what a plan kept out of them."""
    objects = []
    with Staging(project.staging_path) as staging:
        connection = staging.connection
        staging.remember("snapshot_digest", "made up")
        staging.remember("extracted_at", "2026-01-01T00:00:00+00:00")
        for name, (fields, share, _) in OBJECTS.items():
            count = int(rows * share)
            values = ", ".join(
                f"CASE WHEN hash(range + {n}) % 10 < 3 THEN 'value {n} of ' || range END AS f{n}"
                for n in range(fields - 1)
            )
            connection.execute(
                f"CREATE TABLE tidy.{name} AS SELECT range AS id, {values},"
                f" '{name}.csv, line ' || range AS _place FROM range({count})"
            )
            known = [SourceField(f"f{n}", "text", f"Field {n}", True) for n in range(fields - 1)]
            key = SourceField("id", "integer", "Id")
            objects.append(SourceObject(name, name.title(), count, (key, *known)))
        connection.execute(
            "CREATE TABLE meta.plan AS SELECT 'contacts' AS entry, 'res.partner' AS model,"
            " 'krayin:contacts:' || range AS key, 'set_aside' AS operation, 'f' || range % 37 ||"
            " ': no date' AS reason, 1 AS phase, 'contacts' AS object, range::VARCHAR AS source_key"
            f" FROM range({QUESTIONS})"
        )
        connection.execute(
            "CREATE TABLE meta.conflicts (entry VARCHAR, model VARCHAR, key VARCHAR, field VARCHAR,"
            " wanted VARCHAR, decision VARCHAR); CREATE TABLE target._emptied (entry VARCHAR,"
            " field VARCHAR, why VARCHAR, key VARCHAR)"
        )
    keep_discovery(project, Discovery("krayin", "2.2", "crm", tuple(objects)))


def _mapping() -> list[str]:
    lines = ["moorage: 1", "source: krayin", "objects:"]
    for name, (fields, _, model) in OBJECTS.items():
        lines += [f"  {name}:", f"    to: {model}", "    fields:"]
        lines += [
            f"      x_f{n}: {{from: f{n}, create: {{type: char, label: Field {n}}},"
            f" status: proposed, confidence: 0.{50 + n % 50}, why: nothing has that name}}"
            for n in range(fields - 1)
        ]
    return lines


def _asked(project: Project) -> None:
    folder, model = project.decisions, "res.partner"
    keys = [f"krayin:contacts:{number}" for number in range(QUESTIONS)]
    record = "https://odoo.example.com/odoo/res.partner/1"
    write_rows(folder / "owners.csv", OwnerDecision, [OwnerDecision(key, key) for key in keys])
    write_rows(
        folder / "duplicates.csv",
        DuplicateDecision,
        [DuplicateDecision(f"g{n // 2}", model, key, key) for n, key in enumerate(keys)],
    )
    write_rows(
        folder / "matches.csv", MatchDecision, [MatchDecision(model, key, "1 2") for key in keys]
    )
    write_rows(
        folder / "conflicts.csv",
        ConflictDecision,
        [ConflictDecision(model, key, "name", "Name", record, "a", "b", "c") for key in keys],
    )
    write_rows(
        folder / "deletions.csv",
        DeletionDecision,
        [DeletionDecision(model, key, key, record) for key in keys],
    )


def _loaded(project: Project, odoo: OdooServer) -> None:
    """A run that was stopped after Odoo had refused many rows."""
    client = OdooClient(
        odoo.url, odoo.database, odoo.api_key, project="bench", source="krayin", connections=1
    )
    ledger = Ledger(project.ledger_path)
    destination_id = ledger.destination("production", client.identity)
    number = ledger.start_run(destination_id, "load", "made up", "2026-01-01 00:00:00")
    refused = [
        SetAside(
            f"krayin:contacts:{QUESTIONS + n}", "refused", f"Odoo says no, for reason {n % 53}"
        )
        for n in range(QUESTIONS)
    ]
    ledger.put_aside(number, destination_id, "contacts", "res.partner", refused)
    ledger.end_run(number, "stopped")
    ledger.close()
    client.close()
