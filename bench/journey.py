"""The whole journey of a project, verb by verb: their seconds, and what must hold after each."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from contextlib import closing
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.project import Project
from moorage.ledger import Ledger
from moorage.project import Project as Folder
from moorage.reports.estimate import measured_rates
from moorage.sandbox import OdooServer

#: Odoo's own statistics, queues and cache counters: docs/rollback.md says why they stay.
_STAY = ("bus_bus", "crm_lead_scoring_frequency", "ir_cron_trigger", "orm_signaling_")
#: Which records are edited in the source, in Odoo, and on both sides: each so-many-th.
EDITS = {"source": 10, "odoo": 11, "both": 13}


class Journey:
    """The steps that are the same for every source; what they find is asserted."""

    def __init__(self, project: Project, odoo: OdooServer) -> None:
        self.project = project
        self.odoo = odoo
        self._lines: list[tuple[str, float, str]] = []
        self._rates: dict[str, float] = {}
        self._before = odoo.row_counts()
        self._mail = self._mails()
        ((self._last_message,),) = odoo.psql("SELECT coalesce(max(id), 0) FROM mail_message")

    def extract(self) -> None:
        """Read the whole source."""
        self.step("extract", "extract")

    def load(self) -> None:
        """From the mapping to a verified Odoo."""
        self.project.moorage("map", "--propose")
        self.project.moorage("map", "--confirm", "--name", "Bench")
        self.step("prepare", "prepare", "--apply")
        self.project.moorage("owners", "--all", "create")
        self.project.moorage("duplicates", "--all", "keep")
        self.step("plan", "plan")
        self.project.moorage("plan", "--confirm", "--name", "Bench")
        load = self.step("run", "run", "--yes")["load"]
        created = sum(phase["created"] for phase in load["phases"])
        aside = sum(phase["set_aside"] for phase in load["phases"])
        rate = created / self._lines[-1][1]
        self.say(f"{created:,} created ({rate:.0f}/s), {aside:,} set aside")
        self._rates = self._measured()
        self._assert_quiet()
        self.verify("verify")

    def again(self) -> None:
        """A second run over an unchanged source."""
        stamp = self._written()
        self.step("extract again", "extract")
        self.step("plan again", "plan")
        assert self.step("run again", "run", "--yes", codes=(0, 1, 3))["exit_code"] != 1
        assert self._written() == stamp, "the second run wrote"
        self.say("nothing written")

    def delta(self, entry: str) -> None:
        """What changed on both sides, in `entry` above all."""
        told = self.step("delta", "delta", "--since", "last")
        (about,) = [one for one in told["entries"] if one["entry"] == entry]
        self.say(f"{entry}: {about['changed']:,} changed, {about['conflicts']:,} conflicts")
        assert about["changed"] and about["conflicts"]
        self.project.moorage("plan", "--confirm", "--name", "Bench")
        self.step("run the delta", "run", "--yes")
        self.verify("verify again")

    def verify(self, name: str) -> None:
        """Every value, read back."""
        found = self.step(name, "verify")["verification"]
        people = found["by_people"]
        assert found["difference_count"] == people, found["kinds"]
        values = sum(entry["values"] for entry in found["entries"])
        rate = values / self._lines[-1][1]
        self.say(f"{values:,} values ({rate:,.0f}/s), 0 wrong, {people} by people")

    def back(self) -> None:
        """Rollback: every table has as many rows as before, but for those that do not run back."""
        assert self._mails() == self._mail, "Odoo made a mail or a notification"
        self.step("rollback", "rollback", "--force", "--yes", codes=(0,))
        after = self.odoo.row_counts()
        moved = {
            name: (self._before.get(name, 0), after.get(name, 0))
            for name in {*self._before, *after}
            if self._before.get(name) != after.get(name) and not name.startswith(_STAY)
        }
        assert moved == {}, f"tables differ after the rollback: {moved}"
        self.say(f"all {len(self._before)} tables as before")

    def step(self, name: str, *arguments: str, codes: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
        """Run a verb and keep its seconds; its JSON."""
        start = time.perf_counter()
        process = self.project.start(*arguments, "--json", stdout=subprocess.PIPE)
        output, _ = process.communicate()
        self._lines.append((name, time.perf_counter() - start, ""))
        self._tell()
        assert process.returncode in codes, (arguments, process.returncode, output[-2000:])
        return dict(json.loads(output))

    def say(self, words: str) -> None:
        """What the last step came to."""
        self._lines[-1] = (*self._lines[-1][:2], words)
        self._tell()

    def note(self, name: str, words: str) -> None:
        """A line of its own: something found beside the verbs."""
        self._lines.append((name, 0.0, words))
        self._tell()

    def _tell(self) -> None:
        """The last line at once: a bench may take hours, and be stopped."""
        name, seconds, words = self._lines[-1]
        Console(stderr=True).print(f"{time.strftime('%X')} {name} {seconds:.1f} s {words}")

    @property
    def seconds(self) -> float:
        """How long the last step took."""
        return self._lines[-1][1]

    def show(self) -> None:
        """Print the table."""
        table = Table(title=f"The whole journey, {self.project.row_count:,} source rows")
        for column in ("verb", "seconds", ""):
            table.add_column(column, justify="right" if column == "seconds" else "left")
        for name, seconds, words in self._lines:
            table.add_row(name, f"{seconds:.1f}" if seconds else "", words)
        # Of all verbs, for each was waited for; in kB.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
        table.caption = f"at most {peak:,.0f} MB in a verb"
        console = Console(width=110)
        console.print(table)
        rates = Table(title="Records created a second, by model")
        for column in ("model", "a second"):
            rates.add_column(column, justify="right" if column == "a second" else "left")
        for model, rate in sorted(self._rates.items(), key=lambda pair: pair[1]):
            rates.add_row(model, f"{rate:,.0f}")
        console.print(rates)

    def _measured(self) -> dict[str, float]:
        """Records a second by model, from the ledger; what took under five seconds says nothing."""
        path = Folder(self.project.folder).ledger_path
        with closing(Ledger(path)) as ledger:
            row = ledger.connection.execute("SELECT id FROM destination").fetchone()
            return measured_rates(ledger, int(row["id"]))

    def _mails(self) -> list[tuple[Any, ...]]:
        return self.odoo.psql(
            "SELECT (SELECT count(*) FROM mail_mail), (SELECT count(*) FROM mail_notification)"
        )

    def _assert_quiet(self) -> None:
        """No message in Odoo but the source's own: a log line of Odoo's is one nobody wrote."""
        told = self.odoo.psql(
            "SELECT m.model, left(body, 60), array_agg(DISTINCT f.name), count(*)"
            " FROM mail_message m LEFT JOIN mail_tracking_value t ON t.mail_message_id = m.id"
            " LEFT JOIN ir_model_fields f ON f.id = t.field_id"
            f" WHERE m.id > {self._last_message} AND x_moorage_key IS NULL GROUP BY 1, 2"
        )
        assert told == [], f"Odoo wrote messages of its own: {told}"

    def _written(self) -> list[tuple[Any, ...]]:
        models = (
            "res_partner", "crm_lead", "sale_order", "mail_message", "calendar_event",
            "project_task", "account_move", "account_payment",
        )  # fmt: skip
        parts = [f"(SELECT (max(write_date), count(*))::text FROM {name})" for name in models]
        return self.odoo.psql(f"SELECT {', '.join(parts)}")
