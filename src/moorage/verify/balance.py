"""The trial balance of an Odoo: what its accounts hold, and which part of it is this project's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moorage.destination import Destination, Json
from moorage.verify.reading import MARKER

LINES = "account.move.line"
#: How what was imported is parted: heading by grouping of Odoo's.
PARTS = {
    "Month": "date:month",
    "State": "parent_state",
    "Journal": "journal_id",
    "Customer": "partner_id",
}


@dataclass(frozen=True)
class BalanceLine:
    """Journal items of one group: their sums in the company's currency, and their number.

    A customer is named by id, not by name.
    """

    name: str
    debit: float
    credit: float
    lines: int

    @property
    def balance(self) -> float:
        return round(self.debit - self.credit, 2)


@dataclass(frozen=True)
class TrialBalance:
    """Posted items by account: all of Odoo's (`accounts`), and those of this project's documents.

    `parts` are the latter by month, state, journal and customer, drafts and cancelled ones too.
    """

    at: str
    accounts: tuple[BalanceLine, ...]
    imported: tuple[BalanceLine, ...]
    parts: Mapping[str, tuple[BalanceLine, ...]]


def trial_balance(destination: Destination, source: str) -> TrialBalance | None:
    """What the accounts hold now; None where Invoicing is not installed.

    `source` is the kind of source, with which the keys of this project's records begin.
    """
    if not destination.fields(LINES):
        return None
    posted = [("parent_state", "=", "posted")]
    own = _own(destination, source)
    accounts = _accounts(destination)
    return TrialBalance(
        at=destination.now(),
        accounts=_grouped(destination, posted, "account_id", accounts),
        imported=_grouped(destination, [*posted, *own], "account_id", accounts) if own else (),
        parts={name: _grouped(destination, own, by) for name, by in PARTS.items()} if own else {},
    )


def _own(destination: Destination, source: str) -> list[Json]:
    """The items of our invoices and of our payments' entries; empty before anything is prepared."""
    terms = [
        (f"{link}.{MARKER}", "=like", f"{source}:%")
        for link, model in (("move_id", "account.move"), ("payment_id", "account.payment"))
        if MARKER in destination.fields(model)
    ]
    return ["|"] * (len(terms) - 1) + terms


def _accounts(destination: Destination) -> dict[int, str]:
    """What each account is called: its code and name."""
    return {
        int(row["id"]): " ".join(filter(None, (row["code"], row["name"])))
        for page in destination.pages("account.account", [], ["code", "name"])
        for row in page
    }


def _grouped(
    destination: Destination,
    domain: Sequence[Json],
    by: str,
    names: Mapping[int, str] | None = None,
) -> tuple[BalanceLine, ...]:
    groups = destination.read(
        LINES,
        "formatted_read_group",
        domain=list(domain),
        groupby=[by],
        aggregates=["debit:sum", "credit:sum", "__count"],
    )
    lines = [
        BalanceLine(
            _name(group[by], by, names or {}),
            round(group["debit:sum"] or 0, 2),
            round(group["credit:sum"] or 0, 2),
            int(group["__count"]),
        )
        for group in groups
    ]
    return tuple(sorted(lines, key=lambda line: line.name))


def _name(value: Json, by: str, names: Mapping[int, str]) -> str:
    if not isinstance(value, list):
        return str(value or "none")
    if by == "partner_id":
        return f"res.partner {value[0]}"
    # A month comes as its first day and its name in words.
    return names.get(value[0], str(value[0])[:7] if by.startswith("date") else str(value[1]))
