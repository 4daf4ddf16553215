"""The trial balance beside the verbs that move it: kept before, told after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from moorage.commands.building import plan_folder
from moorage.ledger import Ledger
from moorage.mapping.target import TargetTable
from moorage.odoo import OdooClient
from moorage.project import Project
from moorage.reports.balance import is_as_before, write_balance
from moorage.verify import BalanceLine, TrialBalance, trial_balance

#: How the accounts stood before the first run, in the folder of the destination's plan.
BEFORE_FILE = "trial-balance.json"


def keep_balance(
    project: Project,
    to: str,
    destination: OdooClient,
    ledger: Ledger,
    tables: Sequence[TargetTable],
) -> None:
    """Before a run that writes invoices or payments note how the accounts stand.

    What was noted before stays while a run is not rolled back.
    """
    if not any(table.model.startswith("account.") for table in tables):
        return
    loads = [
        run["status"]
        for run in ledger.runs(ledger.destination(to, destination.identity))
        if run["kind"] == "load"
    ]
    path = plan_folder(project, to) / BEFORE_FILE
    if path.exists() and any(status != "rolled_back" for status in loads):
        return
    found = trial_balance(destination, project.settings.source.kind)
    if found is not None:
        path.write_text(json.dumps(asdict(found)), encoding="utf-8")


def tell_balance(
    project: Project, to: str, destination: OdooClient, *, undone: bool = False
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write the report where accounting was touched; its paths, and what to say of a rollback."""
    before = _kept(plan_folder(project, to) / BEFORE_FILE)
    if before is None:
        return (), ()
    now = trial_balance(destination, project.settings.source.kind)
    if now is None or not (now.imported or undone):
        return (), ()
    paths = write_balance(project.reports, project.name, to, now, before, undone=undone)
    if not undone:
        return paths, ()
    words = "what they held" if is_as_before(now, before) else "something else than"
    return paths, (f"The accounts of Odoo hold {words} before the first run.",)


def _kept(path: Path) -> TrialBalance | None:
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    return TrialBalance(
        at=kept["at"],
        accounts=tuple(BalanceLine(**line) for line in kept["accounts"]),
        imported=(),
        parts={},
    )
