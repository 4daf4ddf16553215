"""Invoices, payments and what pays what, as target tables made by hand, on a real Odoo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moorage.destination import WantedField
from moorage.mapping.target import Linked, TargetField, TargetTable
from moorage.sandbox import OdooServer

from .scene import Scene

_MOVE, _PAYMENT, _LINE = "account.move", "account.payment", "account.move.line"
_PARTNER = TargetField("partner_id", "many2one", "link", "res.partner", required=True)
_CURRENCY = TargetField("currency_id", "many2one", "id", "res.currency")
_JOURNAL = TargetField("journal_id", "many2one", "id", "account.journal")


def _open_item(name: str, *objects: tuple[str, str]) -> TargetField:
    links = tuple(Linked(one, model, _LINE) for one, model in objects)
    return TargetField(name, "many2one", "link", _LINE, required=True, links=links)


CUSTOMERS = TargetTable("customers", "customers", "res.partner", (TargetField("name", "char"),))
INVOICES = TargetTable(
    "invoices",
    "invoices",
    _MOVE,
    (
        TargetField("move_type", "selection"),
        TargetField("name", "char"),
        _PARTNER,
        TargetField("invoice_date", "date"),
        TargetField("date", "date"),
        TargetField("invoice_date_due", "date"),
        _CURRENCY,
        TargetField("state", "selection"),
        TargetField("x_total", "float"),
        TargetField("x_residual", "float"),
    ),
    phase=1,
    sums=("amount_total=x_total", "amount_residual=x_residual"),
)
LINES = TargetTable(
    "invoice_lines",
    "invoice_lines",
    _LINE,
    (
        TargetField(
            "move_id", "many2one", "link", _MOVE, required=True,
            links=(Linked("invoices", _MOVE, _MOVE),),
        ),
        TargetField("name", "char"),
        TargetField("quantity", "float"),
        TargetField("price_unit", "float"),
        TargetField("tax_ids", "many2many", "id", "account.tax"),
    ),
    phase=2,
)  # fmt: skip
PAYMENTS = TargetTable(
    "payments",
    "payments",
    _PAYMENT,
    (
        TargetField("payment_type", "selection"),
        TargetField("partner_type", "selection"),
        _PARTNER,
        TargetField("amount", "monetary"),
        TargetField("date", "date"),
        _JOURNAL,
        _CURRENCY,
        TargetField("state", "selection"),
    ),
    phase=1,
)
ALLOCATIONS = TargetTable(
    "allocations",
    "allocations",
    "account.partial.reconcile",
    (
        _open_item("debit_move_id", ("invoices", _MOVE), ("payments", _PAYMENT)),
        _open_item("credit_move_id", ("invoices", _MOVE), ("payments", _PAYMENT)),
        TargetField("amount", "monetary"),
        TargetField("debit_amount_currency", "monetary"),
        TargetField("credit_amount_currency", "monetary"),
    ),
    phase=2,
)
#: In an order in which what pays what would come before the lines, were it not for the load room.
TABLES = [CUSTOMERS, INVOICES, PAYMENTS, ALLOCATIONS, LINES]


class Books(Scene):
    """A scene with a chart of accounts; rows are added in the source's words."""

    def __init__(self, folder: Path, server: OdooServer, source: str) -> None:
        super().__init__(folder, server, TABLES, source)
        self.client.make_fields(
            [WantedField(_MOVE, name, "float", name) for name in ("x_total", "x_residual")]
        )
        self.tax = self._one("account.tax", [("type_tax_use", "=", "sale"), ("amount", "=", 15)])
        self.bank = self._one("account.journal", [("type", "=", "bank")])
        self.currency = self._one("res.currency", [("name", "=", "USD")])

    def _one(self, model: str, domain: list[Any]) -> int:
        return int(self.client.read(model, "search", domain=domain, limit=1)[0])

    def key(self, name: str, odoo_object: str = "invoices") -> str:
        return f"{self.source}:{odoo_object}:{name}"

    def customer(self, name: str) -> None:
        self.insert("customers", name, name=f"Customer {name}")

    def invoice(
        self, name: str, *prices: float, tax: bool = False, total: float, residual: float,
        state: str = "posted", kind: str = "out_invoice", customer: str = "1",
        day: str = "2024-03-05",
    ) -> None:  # fmt: skip
        self.insert(
            "invoices", name, move_type=kind, name=name, partner_id=self.key(customer, "customers"),
            invoice_date=day, date=day, invoice_date_due="2024-04-30", currency_id=self.currency,
            state=state, x_total=total, x_residual=residual,
        )  # fmt: skip
        for number, price in enumerate(prices):
            self.insert(
                "invoice_lines", f"{name}-{number}", move_id=self.key(name), name="Work",
                quantity=1, price_unit=price, tax_ids=[self.tax] if tax else [],
            )  # fmt: skip

    def payment(
        self, name: str, amount: float, *, state: str = "in_process", customer: str = "1",
        direction: str = "inbound",
    ) -> None:  # fmt: skip
        self.insert(
            "payments", name, payment_type=direction, partner_type="customer",
            partner_id=self.key(customer, "customers"), amount=amount, date="2024-03-20",
            journal_id=self.bank, currency_id=self.currency, state=state,
        )  # fmt: skip

    def allocate(self, debit: str, credit: str, amount: float) -> None:
        """What is due by `debit` is paid by `credit`, both as `object:id`."""
        self.insert(
            "allocations", f"{debit}={credit}".replace(":", "_"),
            debit_move_id=f"{self.source}:{debit}", credit_move_id=f"{self.source}:{credit}",
            amount=amount, debit_amount_currency=amount, credit_amount_currency=amount,
        )  # fmt: skip

    def insert(self, entry: str, name: str, /, **values: Any) -> None:
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        self.staging.connection.execute(
            f"INSERT INTO target.{entry} (key, {names}) VALUES (?, {marks})",
            [self.key(name, entry), *values.values()],
        )

    def read(self, model: str, name: str, *fields: str, entry: str) -> dict[str, Any]:
        """What Odoo holds of one record; empty if it is not there."""
        found = self.client.find_keys(model, [self.key(name, entry)])
        pages = self.client.pages(model, [("id", "in", list(found.values()))], fields)
        return next((row for page in pages for row in page), {})

    def invoice_in_odoo(self, name: str) -> tuple[Any, ...]:
        """State, total, residual and state of payment; nothing if it is not there."""
        names = ("state", "amount_total", "amount_residual", "payment_state")
        row = self.read("account.move", name, *names, entry="invoices")
        return tuple(row[one] for one in names) if row else ()
