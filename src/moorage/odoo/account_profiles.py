"""How the models of accounting are loaded well: entries, payments, and what pays what.

An entry is made as a draft, gets its lines, is compared with the source, and is posted. What a
payment pays is a record of its own, made when both sides are posted: only so the amounts are the
source's own. Seen on 19.0.
"""

from __future__ import annotations

from moorage.destination import LoadProfile

#: An empty list of links, said so that no default takes its place.
_NONE = [[6, 0, []]]
#: What a line of an invoice comes to without tax. Odoo looks again where a line has a tax, and then
#: it may differ: on credit notes, with tax in the price, in another currency.
_AMOUNT = (
    "CASE WHEN len({tax_ids}) > 0 THEN 0 - round(coalesce({quantity}, 1) * {price_unit}"
    " * (1 - coalesce({discount}, 0) / 100), 2) END"
)

ACCOUNT_PROFILES = {
    "account.move": LoadProfile(
        batch_rows=300,
        given={
            # Else: the terms of the company, of the customer, and who made the entry.
            "narration": False,
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "invoice_user_id": False,
            "partner_bank_id": False,
        },
        # A credit note that names its invoice is matched with all of it when it is posted.
        later=("reversed_entry_id",),
        final="state",
        begins_as="draft",
        checked=("amount_untaxed", "amount_tax", "amount_total"),
        is_logged=True,
    ),
    # Without taxes said, a line gets those of its product, its account or the company; without its
    # analytic accounts, Odoo searches for rules, line by line.
    "account.move.line": LoadProfile(
        batch_rows=400,
        group_field="move_id",
        given={"tax_ids": _NONE, "analytic_distribution": False},
        foretold={"amount_currency": _AMOUNT, "balance": _AMOUNT},
    ),
    "account.payment": LoadProfile(
        batch_rows=200, final="state", begins_as="draft", checked=("amount",), is_logged=True
    ),
    "account.partial.reconcile": LoadProfile(batch_rows=400, wants_final=True),
}
