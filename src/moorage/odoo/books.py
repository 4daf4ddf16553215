"""The accounting of an Odoo as a migration finds it: what is there, what stands in the way.

Seen on 19.0: without a chart of accounts an invoice has no receivable line; entries of a journal
that is secured by hash, or of a company with a restrictive audit trail, can never be taken back; an
invoice dated up to a lock date is posted all the same, at another date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from moorage.destination import BooksFacts, JournalFacts, Json, ModelField

Read = Callable[..., Json]
Fields = Callable[[str], Mapping[str, ModelField]]

#: Lock dates of a company, by what they lock.
LOCKS = (
    "fiscalyear_lock_date", "tax_lock_date", "sale_lock_date", "purchase_lock_date",
    "hard_lock_date",
)  # fmt: skip
_COMPANY = (
    "name", "currency_id", "chart_template", "restrictive_audit_trail",
    "tax_calculation_rounding_method", "account_sale_tax_id", *LOCKS,
)  # fmt: skip
_MONEY = ("bank", "cash", "credit")


def books(read: Read, fields: Fields) -> tuple[BooksFacts, ...]:
    """The accounting of each company; empty where Invoicing is not installed."""
    known = fields("res.company")
    if not fields("account.move"):
        return ()
    names = [name for name in _COMPANY if name in known]
    rows = read("res.company", "search_read", domain=[], fields=names, order="id")
    return tuple(_books(read, fields, row) for row in rows)


def _books(read: Read, fields: Fields, company: Mapping[str, Any]) -> BooksFacts:
    own = [("company_id", "=", company["id"])]
    journals = _journals(read, own)
    taxes = read(
        "account.tax",
        "search_read",
        domain=[*own, ("type_tax_use", "=", "sale")],
        fields=["name", "amount", "price_include"],
        order="sequence, id",
    )
    rounding = str(company.get("tax_calculation_rounding_method"))
    roundings = dict(fields("res.company")["tax_calculation_rounding_method"].selection)
    default_tax = company.get("account_sale_tax_id")
    return BooksFacts(
        company_id=int(company["id"]),
        company=str(company["name"]),
        currency_id=int(company["currency_id"][0]),
        currency=str(company["currency_id"][1]),
        chart=str(company.get("chart_template") or ""),
        rounding=roundings.get(rounding, rounding),
        is_rounded_per_line=rounding == "round_per_line",
        default_tax=str(default_tax[1]) if default_tax else "",
        taxes=tuple(
            f"{tax['name']} ({tax['amount']:g} %{', in the price' if tax['price_include'] else ''})"
            for tax in taxes
        ),
        journals=journals,
        locks={name: str(company[name]) for name in LOCKS if company.get(name)},
        problems=tuple(_problems(company, journals, _has_receivable(read, company))),
    )


def _journals(read: Read, own: Sequence[Any]) -> tuple[JournalFacts, ...]:
    """The journals of a company that documents and payments go to."""
    rows = read(
        "account.journal",
        "search_read",
        domain=[*own, ("type", "in", ["sale", *_MONEY])],
        fields=["name", "code", "type", "restrict_mode_hash_table"],
        order="sequence, id",
    )
    return tuple(
        JournalFacts(
            id=int(row["id"]),
            code=str(row["code"]),
            name=str(row["name"]),
            type=str(row["type"]),
            is_hashed=bool(row["restrict_mode_hash_table"]),
        )
        for row in rows
    )


def _has_receivable(read: Read, company: Mapping[str, Any]) -> bool:
    domain = [
        ("account_type", "=", "asset_receivable"),
        ("company_ids", "parent_of", [company["id"]]),
    ]
    return bool(read("account.account", "search_count", domain=domain))


def _problems(
    company: Mapping[str, Any], journals: Sequence[JournalFacts], has_receivable: bool
) -> Iterator[str]:
    types = {journal.type for journal in journals}
    if not company.get("chart_template") and not has_receivable:
        yield "it has no chart of accounts: install a fiscal localisation package in its settings"
    elif not has_receivable:
        yield "its chart of accounts has no receivable account"
    if "sale" not in types:
        yield "it has no journal for sales"
    if not types & set(_MONEY):
        yield "it has no bank or cash journal for payments"
    if company.get("restrictive_audit_trail"):
        yield "its restrictive audit trail forbids deleting what was posted: no rollback"
    for journal in journals:
        if journal.is_hashed:
            yield f"journal {journal.code} secures entries by hash: they could not be taken back"
