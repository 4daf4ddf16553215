"""Fits the mapping to what a person said of accounts, and to what an Odoo has installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moorage.sources.base import Discovery
from moorage.sources.clienttether.calls import fit_calls

PARTNER, COMPANY = "res.partner", "res.company"
#: What a partner has and a company of Odoo has not, or gets by itself.
OF_PARTNERS = ("is_company", "type")
FIELD = "x_clienttether_account"
TRANSFERS, TRANSFER = "transfers", "stock.picking"
NO_TRANSFERS = "false"


def adapt(tree: Any, _discovery: Discovery, has_model: Callable[[str], bool]) -> list[str]:
    """Change `tree`; what was decided, in sentences."""
    return [*_accounts(tree), *_transfers(tree, has_model), *fit_calls(tree, has_model)]


def _accounts(tree: Any) -> list[str]:
    entry = tree["objects"].get("accounts")
    asked = str(tree["settings"].get("accounts_as", "partner"))
    if entry is None or asked == "partner" or entry["to"] == COMPANY:
        return []
    if asked != "company":
        return [f"settings.accounts_as is neither partner nor company, but {asked!r}: partners."]
    entry["to"] = COMPANY
    for name in OF_PARTNERS:
        entry["fields"].pop(name, None)
    for other in tree["objects"].values():
        if FIELD in other["fields"]:
            other["fields"][FIELD]["create"]["relation"] = COMPANY
    return [
        "Accounts become companies of Odoo (settings.accounts_as); records name theirs in"
        f" {FIELD} and stay shared among all companies. A rollback deletes these companies, unless"
        " something was booked in one: then Odoo keeps it, and it is archived."
    ]


def _transfers(tree: Any, has_model: Callable[[str], bool]) -> list[str]:
    """Without Inventory no transfers; where a person asked for them, the check says so."""
    rule = str(tree["settings"].get("work_order_is_picking", NO_TRANSFERS)).strip().lower()
    if TRANSFERS not in tree["objects"] or rule != NO_TRANSFERS or has_model(TRANSFER):
        return []
    del tree["objects"][TRANSFERS]
    return ["This Odoo has no Inventory: all work orders become tasks."]
