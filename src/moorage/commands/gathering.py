"""What a hand-off tells, gathered from staging, ledger, decisions, reports and Odoo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Any

from moorage.commands.answering import answers_of
from moorage.commands.building import plan_folder
from moorage.commands.mapping import confirmation
from moorage.commands.opening import REHEARSAL
from moorage.commands.rehearsal import rehearsal_of
from moorage.commands.result import OnProgress
from moorage.errors import MoorageError
from moorage.handoff import Contents, Draft, RunFacts
from moorage.handoff.drafts import MODEL, NOT_INSTALLED, can_draft, make_drafts
from moorage.ledger import Ledger
from moorage.ledger.ledger import now_text
from moorage.ledger.runs import DRAFTS
from moorage.load import LoadReport
from moorage.load.work import PhaseCount
from moorage.mapping.spec import Mapping as MappingSpec
from moorage.odoo import OdooClient
from moorage.plan.confirm import load_plan
from moorage.project import Project
from moorage.reports.assessment import assess
from moorage.reports.compatibility import Filled
from moorage.reports.estimate import measured_rates
from moorage.reports.inventory import inventory_of
from moorage.reports.kept import KeptPage, kept_page
from moorage.reports.signoff import unsigned_page
from moorage.reports.tables import Row as TableRow
from moorage.reports.writing import MAIN
from moorage.sources.base import Discovery
from moorage.staging.staging import Staging, identifier


@dataclass(frozen=True)
class Gathering:
    """Everything open that the contents of a hand-off are taken from."""

    project: Project
    to: str
    destination: OdooClient
    ledger: Ledger
    destination_id: int
    discovery: Discovery
    mapping: MappingSpec
    on_progress: OnProgress

    def contents(self, drafts: tuple[Draft, ...], drafts_note: str) -> Contents:
        """All that the folder tells."""
        models = sorted({entry.to for entry in self.mapping.objects.values()})
        confirmed, _ = confirmation(self.project)
        saved = load_plan(plan_folder(self.project, self.to))
        return Contents(
            project=self.project.name,
            destination=self.to,
            made_at=datetime.now(UTC),
            assessment=assess(
                self.discovery,
                self.mapping,
                identity=self.destination.identity,
                survey=self.destination.survey(models),
                filled=filled_counts(self.project, self.mapping),
                rates=measured_rates(self.ledger, self.destination_id),
                is_confirmed=confirmed is not None,
            ),
            confirmed_by=confirmed.name if confirmed else "",
            runs=tuple(_run(row) for row in self.ledger.runs(self.destination_id)),
            standing=self._standing(),
            prepared=self._counts(
                "SELECT kind, count(*) FROM preparation WHERE destination_id = ?"
                " AND status = 'done' GROUP BY 1"
            ),
            warnings=saved.report.warnings if saved else (),
            answers=answers_of(self.project, self.to),
            pages=self.pages(),
            drafts=drafts,
            drafts_note=drafts_note,
            ids=self._ids,
            asides=lambda: self._rows("entry, model, key, place, reason, run_id", "set_aside"),
            left_out=lambda: self._rows("entry, model, key, field, message, run_id", "warning"),
        )

    def pages(self) -> dict[str, KeptPage]:
        """Pages of earlier reports on this destination, as far as they still hold.

        What is signed for production is the rehearsal.
        """
        folder = self.project.reports
        ending = "" if self.to == MAIN else f"-{self.to}"
        found = {
            "mapping": kept_page(folder, "mapping"),
            "verification": kept_page(folder, f"verification{ending}"),
            "signoff": kept_page(folder, f"signoff{ending}")
            or kept_page(folder, f"signoff-{REHEARSAL}"),
        }
        rehearsal = rehearsal_of(self.project)
        if not found["signoff"] and rehearsal.is_enough:
            found["signoff"] = KeptPage(unsigned_page(rehearsal.words), now_text())
        verified = found["verification"]
        if verified and verified.made_at < self._last_change():
            found["verification"] = None
        return {name: page for name, page in found.items() if page}

    def _last_change(self) -> str:
        """When a run last changed records of the source in Odoo; empty before the first."""
        runs = [
            run
            for run in self.ledger.runs(self.destination_id)
            if run["kind"] in ("load", "rollback") and run["plan_digest"] != DRAFTS
        ]
        return max((str(run["ended_at"] or run["started_at"]) for run in runs), default="")

    def drafts(self) -> tuple[tuple[Draft, ...], str]:
        """Drafts of automation rules in Odoo, made where there are none; or why there are none."""
        if not can_draft(self.destination):
            return (), NOT_INSTALLED
        items = inventory_of(self.discovery)
        models = self._models()
        ids = make_drafts(
            self.destination,
            self.ledger,
            self.destination_id,
            items=items,
            models=models,
            source=self.discovery.kind,
        )
        wanted = [("id", "in", list(ids.values()))]
        pages = self.destination.pages(MODEL, wanted, ["name", "model_name"])
        made = tuple(
            Draft(
                row["name"], row["model_name"], row["id"], self._link("base.automation", row["id"])
            )
            for page in pages
            for row in page
        )
        left = sum(item.get("kind") == "workflow" for item in items) - len(made)
        note = f"{left} workflows have no draft: their object became several models, or none."
        return made, note if left else ""

    def _models(self) -> dict[str, str]:
        """The model that each object of the source became, where it is one."""
        found: dict[str, set[str]] = {}
        for name, entry in self.mapping.objects.items():
            found.setdefault(self.mapping.object_of(name), set()).add(entry.to)
        return {name: next(iter(models)) for name, models in found.items() if len(models) == 1}

    def _run_sql(self, sql: str) -> list[Any]:
        return self.ledger.connection.execute(sql, (self.destination_id,)).fetchall()

    def _counts(self, sql: str) -> dict[str, int]:
        return dict(self._run_sql(sql))

    def _standing(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for model, operation, count in self._run_sql(
            "SELECT model, operation, count(*) FROM record WHERE destination_id = ?"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        ):
            found.setdefault(model, {})[operation] = count
        return found

    def _rows(self, columns: str, table: str) -> Iterator[TableRow]:
        cursor = self.ledger.connection.execute(
            f"SELECT {columns} FROM {table} WHERE destination_id = ? ORDER BY entry, model, key",
            (self.destination_id,),
        )
        yield from map(tuple, cursor)

    def _ids(self) -> Iterator[TableRow]:
        """Every row under `ID_HEADS`, as the ledger gives them."""
        cursor = self.ledger.connection.execute(
            "SELECT model, key, odoo_id, operation FROM record WHERE destination_id = ?"
            " ORDER BY model, key",
            (self.destination_id,),
        )
        total = sum(sum(counts.values()) for counts in self._standing().values())
        for done, (model, key, odoo_id, operation) in enumerate(cursor, 1):
            if done % 1000 == 0 or done == total:
                self.on_progress("ids", done, total)
            _, source_object, source_id = key.split(":", 2)
            name = f"{self.destination.module}.{self.destination.external_name(model, key)}"
            link = self._link(model, odoo_id)
            yield (source_object, source_id, model, odoo_id, name, operation, link)

    def _link(self, model: str, odoo_id: int) -> str:
        shown = model if "." in model else f"m-{model}"
        return f"{self.destination.identity.url.rstrip('/')}/odoo/{shown}/{odoo_id}"


def _run(row: Row) -> RunFacts:
    report = json.loads(row["report"] or "{}")
    load = None
    if row["kind"] == "load" and report:
        phases = [PhaseCount(**phase) for phase in report.pop("phases", ())]
        load = LoadReport(**report, phases=phases)
    return RunFacts(
        row["id"], row["kind"], row["status"], row["started_at"] or "", row["ended_at"] or "", load
    )


def filled_counts(project: Project, mapping: MappingSpec) -> Filled:
    """How many rows hold a value in each field, as far as staging has them; empty without one."""
    if not project.staging_path.exists():
        return {}
    try:
        with Staging(project.staging_path, read_only=True) as staging:
            objects = {mapping.object_of(name) for name in mapping.objects}
            return {
                (name, column): count
                for name in sorted(objects)
                for column, count in _filled(staging, name).items()
            }
    except MoorageError:
        return {}


def _filled(staging: Staging, name: str) -> dict[str, int]:
    """Per column of a tidy table, the rows with a value; empty texts and lists are none."""
    columns = staging.connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'tidy' AND table_name = ?",
        [name],
    ).fetchall()
    counted = [
        f"count(*) FILTER (length({identifier(column)}) > 0)"
        if data_type.startswith("VARCHAR")
        else f"count({identifier(column)})"
        for column, data_type in columns
    ]
    if not counted:
        return {}
    row = staging.connection.execute(
        f"SELECT {', '.join(counted)} FROM tidy.{identifier(name)}"
    ).fetchone()
    return dict(zip([column for column, _ in columns], row or (), strict=True))
