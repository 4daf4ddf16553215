"""The columns that several files of a bundle share, and how columns are written down."""

from __future__ import annotations

from moorage.bundles import Column, Kind


def column(
    name: str, kind: Kind = "text", also: str = "", note: str = "", example: str = ""
) -> Column:
    """A column with further names, divided by commas."""
    aliases = [part.strip() for part in also.split(",") if part.strip()]
    # The first is what a template calls it.
    words = name.replace("_", " ").capitalize()
    header = f"{words.removesuffix('id')}ID" if name.endswith("_id") else words
    return Column(name, kind, (header, *aliases), note=note, example=example)


def codes(*names: str) -> tuple[Column, ...]:
    """Columns of ids and numbers that are no figures."""
    return tuple(column(name, "code") for name in names)


def texts(*names: str) -> tuple[Column, ...]:
    """Columns of text."""
    return tuple(column(name) for name in names)


COMPANY = column("company_id", "code", "user_company_id, branch id, booking_invoice_company_id")
CUSTOMER = column("customer_id", "code", "client id, customer no, customer number", example="1042")
BOOKING = (
    column("booking_id", "code", note="The internal number, not the one people see."),
    column("booking_number", "code", "booking_num, booking no, booking ref, job number",
            example="BOK-123"),
)  # fmt: skip
INVOICE = column("invoice_number", "code", "invoice_num, invoice no", example="INV-123")
WORKER = column("fieldworker_id", "code", "worker id, user_id, staff id")
ADDRESS = (
    column("unit", "code", "unit/lot, unit_lot_number, unit lot"),
    column("street_number", "code"),
    column("street", also="street address, street_address, address line 1, street name"),
    column("suburb", also="city, town"),
    column("state", also="province, region"),
    column("postcode", "code", "zip, zip code, postal code"),
    column("country"),
)
CURRENCY = column("currency", also="currency_code", example="AUD")
SUB_TOTAL = column("sub_total", "money", "subtotal, net, net amount, amount excl tax")
DISCOUNT = column("discount", "money", "discount amount, total discount")
TAX = column("tax", "money", "gst, vat, tax amount, total tax")
TOTAL = column("total", "money", "qoute, grand total, total amount, amount incl tax")
CREATED = column("created", "datetime", "created at, date created, created on")
UPDATED = column("updated", "datetime", "updated at, last modified")
NOTES = column("notes", also="note, comments, special instructions, internal notes")
LABELS = column("labels", "list", "tags, label")
