"""The trial balance: what Odoo's accounts held before, what was imported, what they hold now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from moorage.reports.page import Cell, Chip, Page, Section, Tile, code, number, text
from moorage.reports.writing import write_report
from moorage.verify import BalanceLine, TrialBalance

FIRST = 200
_NOTHING = BalanceLine("", 0, 0, 0)


def write_balance(
    folder: Path,
    project: str,
    destination: str,
    now: TrialBalance,
    before: TrialBalance | None = None,
    *,
    undone: bool = False,
) -> tuple[Path, ...]:
    """Write trial-balance.html and .json; `before` is how it was before the first run.

    After a rollback (`undone`) the accounts must hold what they held before.
    """
    page = _page(destination, now, before, undone=undone)
    data = {"now": asdict(now), "before": asdict(before) if before else None}
    return write_report(folder, project, page, data, destination=destination)


def is_as_before(now: TrialBalance, before: TrialBalance) -> bool:
    """Whether each account holds what it held: sums and number of items."""
    return now.accounts == before.accounts


def _page(
    destination: str, now: TrialBalance, before: TrialBalance | None, *, undone: bool
) -> Page:
    debit = sum(line.debit for line in now.accounts)
    credit = sum(line.credit for line in now.accounts)
    is_balanced = abs(debit - credit) < 0.005
    verdict = Chip("balanced", "good") if is_balanced else Chip("not balanced", "bad")
    lead = f"Posted journal items of {destination} by account."
    if undone and before is not None:
        same = is_as_before(now, before)
        verdict = Chip("as before", "good") if same else Chip("not as before", "warn")
        lead += (
            " Each account holds what it held before the first run."
            if same
            else " Some accounts hold something else than before the first run: by what stays, or"
            " by what people entered since."
        )
    imported = sum(line.debit for line in now.imported)
    return Page(
        name="trial-balance",
        title="Trial balance",
        verdict=verdict,
        lead=lead,
        tiles=(
            Tile("Debit", f"{debit:,.2f}"),
            Tile("Credit", f"{credit:,.2f}"),
            Tile("Imported", f"{imported:,.2f}", "debit of this project's documents"),
            Tile("Accounts", f"{len(now.accounts):,}"),
        ),
        sections=(
            _accounts(now, before),
            *(_part(name, lines) for name, lines in now.parts.items()),
        ),
    )


def _accounts(now: TrialBalance, before: TrialBalance | None) -> Section:
    formerly = {line.name: line for line in before.accounts} if before else {}
    ours = {line.name: line for line in now.imported}
    present = {line.name: line for line in now.accounts}
    names = sorted({*formerly, *ours, *present})
    rows = tuple(
        (
            text(name),
            *((_money(formerly.get(name, _NOTHING).balance),) if before else ()),
            _money(ours.get(name, _NOTHING).debit),
            _money(ours.get(name, _NOTHING).credit),
            _money(present.get(name, _NOTHING).balance),
            number(present.get(name, _NOTHING).lines),
        )
        for name in names
    )
    first = ("#Before",) if before else ()
    heads = ("Account", *first, "#Imported debit", "#Imported credit", "#Balance now", "#Items now")
    return Section("By account", "", heads, rows, empty="Nothing is posted.")


def _part(name: str, lines: Sequence[BalanceLine]) -> Section:
    rows = tuple(
        (
            code(line.name),
            _money(line.debit),
            _money(line.credit),
            _money(line.balance),
            number(line.lines),
        )
        for line in lines[:FIRST]
    )
    intro = "Journal items of this project's invoices and payments, drafts and cancelled ones too."
    heads = (name, "#Debit", "#Credit", "#Balance", "#Items")
    return Section(
        f"Imported, by {name.lower()}", intro, heads, rows, cut=max(0, len(lines) - FIRST)
    )


def _money(amount: float) -> Cell:
    return Cell(f"{amount:,.2f}", is_figure=True)
