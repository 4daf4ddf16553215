"""Files with amounts: quotes, invoices, payments and refunds."""

from __future__ import annotations

from moorage.bundles import Expected
from moorage.sources.octopuspro.columns import (
    BOOKING,
    COMPANY,
    CREATED,
    CURRENCY,
    CUSTOMER,
    DISCOUNT,
    INVOICE,
    LABELS,
    NOTES,
    SUB_TOTAL,
    TAX,
    TOTAL,
    column,
)

QUOTES = Expected(
    "quotes",
    (
        column("quote_number", "code", "estimate number, quote no, number", example="EST-4"),
        CUSTOMER, COMPANY, column("booking_number", "code"), column("status"), CREATED,
        column("expiry", "date", "expiry date, valid until, expires"),
        column("follow_up", "date", "follow-up date"),
        column("decline_reason", also="reason"),
        SUB_TOTAL, DISCOUNT, TAX, TOTAL, CURRENCY, NOTES,
    ),
    files=("quotes*", "estimates*"),
)  # fmt: skip
LINE = (
    column("line_id", "code"), column("service_id", "code"), column("service"),
    column("description"), column("quantity", "number", "qty, units, hours"),
    column("rate", "money", "price, unit price"), column("discount", "percent", "discount %"),
    TAX, column("tax_rate", "percent", "gst rate, vat rate, tax percent"),
    column("sub_total", "money", "subtotal, net, amount"),
    column("total", "money", "line total"),
)  # fmt: skip
QUOTE_LINES = Expected(
    "quote_lines",
    (column("quote_number", "code", "estimate number, quote no"), *LINE),
    files=("quote lines*", "quote items*", "estimate lines*"),
)
INVOICES = Expected(
    "invoices",
    (
        column("invoice_id", "code", "id"), INVOICE,
        column("booking", "json", note="Of saved pages: the booking within."),
        *BOOKING, CUSTOMER, COMPANY,
        column("bill_payer_id", "code", "bill to, third party payer"),
        column("status", also="invoice status"),
        column("invoice_type", note="Of saved pages: overdue and the like."),
        column("kind", also="document type, type", note="Credit notes say so here."),
        column("credits", "code", "credit note for, original invoice"),
        column("issue_date", "date", "invoice date, date, created", example="12/03/2026"),
        column("due_date", "date", "custom_due_date, due"),
        SUB_TOTAL, DISCOUNT, TAX, TOTAL,
        column("paid", "money", "paid_amount, amount paid"),
        column("balance", "money", "balance due, amount due, outstanding"),
        CURRENCY,
        column("merged_into", "code", "consolidated into"),
        column("merged_invoice_id", "code"), column("parent_id", "code"),
        column("purchase_order", also="purchase_order_number, po number, reference"),
        LABELS, NOTES,
    ),
    files=("invoices*", "invoice list*"),
)  # fmt: skip
INVOICE_LINES = Expected(
    "invoice_lines", (INVOICE, *LINE), files=("invoice lines*", "invoice items*")
)
PAYMENTS = Expected(
    "payments",
    (
        column("payment_id", "code", "id", example="77"),
        column("invoice_numbers", "list",
                "invoice number, invoice no, invoices, invoice_num, applied to"),
        *BOOKING, CUSTOMER, COMPANY,
        column("date", "datetime", "payment date, date-time, received, paid on"),
        column("method", also="payment method, payment type"),
        column("reference", also="transaction id, reference number"),
        column("added_by", also="received by"), column("insert_type"),
        column("amount", "money", "payment amount"),
        CURRENCY, column("status", also="approval, approval status"), NOTES,
    ),
    files=("payments*", "receipts*"),
)  # fmt: skip
REFUNDS = Expected(
    "refunds",
    (
        column("refund_id", "code", "id"), column("payment_id", "code"),
        column("invoice_number", "code", "invoice no"), *BOOKING, CUSTOMER, COMPANY,
        column("date", "datetime", "refund date, date-time"),
        column("method", also="refund method"), column("reference"),
        column("added_by"), column("amount", "money", "refund amount"),
        CURRENCY, column("status", also="approval, approval status"),
        column("notes", also="reason, note"),
    ),
    files=("refunds*",),
)  # fmt: skip

MONEY = (QUOTES, QUOTE_LINES, INVOICES, INVOICE_LINES, PAYMENTS, REFUNDS)
