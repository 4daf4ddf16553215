"""The files and columns this source knows.

OctopusPro documents no export: names stand here under which a column was seen or may well come.
They are aliases, not constants; a person adds others in the project file (`headers`,
`bundle_files`).
"""

from __future__ import annotations

from moorage.bundles import Column, Expected, Kind


def _column(
    name: str, kind: Kind = "text", also: str = "", note: str = "", example: str = ""
) -> Column:
    aliases = tuple(part.strip() for part in also.split(",") if part.strip())
    return Column(name, kind, aliases, note=note, example=example)


def _codes(*names: str) -> tuple[Column, ...]:
    return tuple(_column(name, "code") for name in names)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(_column(name) for name in names)


COMPANY = _column("company_id", "code", "user_company_id, branch id, booking_invoice_company_id")
CUSTOMER = _column("customer_id", "code", "client id, customer no, customer number", example="1042")
BOOKING = (
    _column("booking_id", "code", note="The internal number, not the one people see."),
    _column("booking_number", "code", "booking_num, booking no, booking ref, job number",
            example="BOK-123"),
)  # fmt: skip
INVOICE = _column("invoice_number", "code", "invoice_num, invoice no", example="INV-123")
WORKER = _column("fieldworker_id", "code", "worker id, user_id, staff id")
ADDRESS = (
    _column("unit", "code", "unit/lot, unit_lot_number, unit lot"),
    _column("street_number", "code"),
    _column("street", also="street address, street_address, address line 1, street name"),
    _column("suburb", also="city, town"),
    _column("state", also="province, region"),
    _column("postcode", "code", "zip, zip code, postal code"),
    _column("country"),
)
CURRENCY = _column("currency", also="currency_code", example="AUD")
SUB_TOTAL = _column("sub_total", "money", "subtotal, net, net amount, amount excl tax")
DISCOUNT = _column("discount", "money", "discount amount, total discount")
TAX = _column("tax", "money", "gst, vat, tax amount, total tax")
TOTAL = _column("total", "money", "qoute, grand total, total amount, amount incl tax")
CREATED = _column("created", "datetime", "created at, date created, created on")
UPDATED = _column("updated", "datetime", "updated at, last modified")
NOTES = _column("notes", also="note, comments, special instructions, internal notes")
LABELS = _column("labels", "list", "tags, label")

CUSTOMERS = Expected(
    "customers",
    (
        CUSTOMER,
        COMPANY,
        _column("customer_type", also="type", note="Personal or Business.", example="Personal"),
        _column("title", also="customer title", example="Mrs"),
        _column("first_name", also="given name", example="Ann"),
        _column("last_name", also="surname, family name", example="Lee"),
        *_texts("first_name2", "last_name2", "first_name3", "last_name3"),
        _column("business_name", also="company name, trading name"),
        _column("email", also="email1, e-mail, primary email", example="ann@example.com"),
        _column("email2"), _column("email3"),
        _column("mobile", "code", "mobile1, mobile phone, cell"),
        *_codes("mobile2", "mobile3"),
        _column("phone", "code", "phone1, telephone, landline"),
        *_codes("phone2", "phone3"),
        *ADDRESS,
        _column("address", also="full address"),
        _column("date_joined", "date", "joined, customer since", example="2024/03/12"),
        LABELS, NOTES,
        _column("deleted", "boolean", "is_deleted"),
        _column("abn", "code", "tax number, vat number, business number"),
        CREATED, UPDATED,
    ),
    files=("customers*", "clients*", "customer list*"),
)  # fmt: skip
PROPERTIES = Expected(
    "customer_properties",
    (
        _column("property_id", "code"), CUSTOMER,
        _column("property_type", also="type", example="Vehicle"),
        _column("property_name", also="name"),
        _column("address", also="property address"), NOTES, CREATED,
    ),
    files=("properties*", "customer properties*"),
)  # fmt: skip
WORKERS = Expected(
    "fieldworkers",
    (
        _column("fieldworker_id", "code", "user_id, worker id, staff id, id"), COMPANY,
        *_texts("username", "display_name", "first_name", "last_name"),
        _column("email", also="email1"), *_texts("email2", "email3"),
        _column("mobile", "code", "mobile1"), *_codes("mobile2", "mobile3"),
        _column("phone", "code", "phone1"), *_codes("phone2", "phone3"),
        *ADDRESS,
        _column("timezone", also="time zone"),
        *(_column(name, "boolean") for name in ("active", "blocked")),
        _column("deleted", "boolean", "is_deleted"),
        _column("pay_type", also="payment method, payment rate type"),
        _column("pay_rate", "money", "hourly rate, rate"),
        _column("first_hour_rate", "money"), _column("overtime_rate", "money"),
        _column("commission", "percent", "commission %, base commission"),
        _column("tracking", also="gps tracking, location tracking, tracking preference"),
        _column("job_title", also="role, position"),
        _column("last_login", "datetime"), CREATED, UPDATED,
    ),
    files=("fieldworkers*", "field workers*", "staff*", "workers*"),
)  # fmt: skip
SERVICES = Expected(
    "services",
    (
        _column("service_id", "code", "id", example="12"),
        _column("service", also="service name, name", example="Window cleaning"),
        _column("category", also="service category"),
        _column("pricing", also="priced by, pricing type", note="Time, job or unit."),
        _column("base_price", "money", "price, rate"),
        _column("duration", "duration", "default duration, estimated duration"),
        _column("zone", also="price zone, geographic zone"),
        _column("options", "list", "add-ons, extras"),
        _column("description"), _column("active", "boolean", "enabled"), COMPANY,
    ),
    files=("services*", "price list*"),
)  # fmt: skip
BOOKINGS = Expected(
    "bookings",
    (
        *BOOKING, COMPANY, CUSTOMER,
        _column("customer_name", also="customer, client"),
        _column("other_customers", "list", "additional customers"),
        _column("bill_payer_id", "code", "bill to, third party payer"),
        _column("status", also="booking status"),
        CREATED, UPDATED,
        _column("start", "datetime", "booking_start, start date, date"),
        _column("end", "datetime", "booking_end, end date"),
        _column("time", "times", "time range, appointment time"),
        _column("duration", "duration"),
        _column("timezone", also="time zone"),
        _column("services", "list", "service"),
        _column("fieldworkers", "list", "fieldworker, field worker, workers, assigned to"),
        _column("address", also="location, service address, job address"),
        _column("source", also="booking source, lead source"),
        LABELS, _column("sales_rep", also="owner, sales person, booked by"),
        SUB_TOTAL, _column("discount", also="discount %, discount amount"), TAX, TOTAL,
        _column("paid", "money", "paid_amount, amount paid"),
        _column("refund", "money", "refunded"),
        CURRENCY, INVOICE,
        _column("invoice_status", also="status 2, status_2, payment status"),
        _column("recurring", also="recurrence, repeat"),
        _column("cancel_reason", also="cancellation reason, reason"),
        NOTES,
    ),
    files=("bookings*", "jobs*", "booking list*"),
)  # fmt: skip
APPOINTMENTS = Expected(
    "appointments",
    (
        _column("appointment_id", "code", "visit id"), *BOOKING,
        _column("service_id", "code"), _column("service"),
        _column("start", "datetime", "start date, date"), _column("end", "datetime", "end date"),
        _column("time", "times", "time range"), _column("duration", "duration"),
        _column("timezone", also="time zone"),
        WORKER, _column("fieldworker", also="field worker"),
        _column("quantity", "number", "qty"), _column("rate", "money", "price"),
        _column("status"), _column("progress"),
    ),
    files=("appointments*", "visits*", "schedule*"),
)  # fmt: skip
INQUIRIES = Expected(
    "inquiries",
    (
        _column("inquiry_number", "code", "inquiry no, inquiry_num, number", example="INQ-9"),
        CUSTOMER, COMPANY, _column("status"), CREATED,
        _column("service", also="services"), _column("message", also="description, details"),
        _column("email"), _column("phone", "code", "mobile"),
        _column("name", also="customer name, customer"), _column("source"),
        _column("booking_number", "code", "converted to"),
    ),
    files=("inquiries*", "enquiries*"),
)  # fmt: skip
QUOTES = Expected(
    "quotes",
    (
        _column("quote_number", "code", "estimate number, quote no, number", example="EST-4"),
        CUSTOMER, COMPANY, _column("booking_number", "code"), _column("status"), CREATED,
        _column("expiry", "date", "expiry date, valid until, expires"),
        _column("follow_up", "date", "follow-up date"),
        _column("decline_reason", also="reason"),
        SUB_TOTAL, DISCOUNT, TAX, TOTAL, CURRENCY, NOTES,
    ),
    files=("quotes*", "estimates*"),
)  # fmt: skip
LINE = (
    _column("line_id", "code"), _column("service_id", "code"), _column("service"),
    _column("description"), _column("quantity", "number", "qty, units, hours"),
    _column("rate", "money", "price, unit price"), _column("discount", "percent", "discount %"),
    TAX, _column("tax_rate", "percent", "gst rate, vat rate, tax percent"),
    _column("sub_total", "money", "subtotal, net, amount"),
    _column("total", "money", "line total"),
)  # fmt: skip
QUOTE_LINES = Expected(
    "quote_lines",
    (_column("quote_number", "code", "estimate number, quote no"), *LINE),
    files=("quote lines*", "quote items*", "estimate lines*"),
)
INVOICES = Expected(
    "invoices",
    (
        _column("invoice_id", "code", "id"), INVOICE,
        _column("booking", "json", note="Of saved pages: the booking within."),
        *BOOKING, CUSTOMER, COMPANY,
        _column("bill_payer_id", "code", "bill to, third party payer"),
        _column("status", also="invoice status"),
        _column("invoice_type", note="Of saved pages: overdue and the like."),
        _column("kind", also="document type, type", note="Credit notes say so here."),
        _column("credits", "code", "credit note for, original invoice"),
        _column("issue_date", "date", "invoice date, date, created", example="12/03/2026"),
        _column("due_date", "date", "custom_due_date, due"),
        SUB_TOTAL, DISCOUNT, TAX, TOTAL,
        _column("paid", "money", "paid_amount, amount paid"),
        _column("balance", "money", "balance due, amount due, outstanding"),
        CURRENCY,
        _column("merged_into", "code", "consolidated into"),
        _column("merged_invoice_id", "code"), _column("parent_id", "code"),
        _column("purchase_order", also="purchase_order_number, po number, reference"),
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
        _column("payment_id", "code", "id", example="77"),
        _column("invoice_numbers", "list",
                "invoice number, invoice no, invoices, invoice_num, applied to"),
        *BOOKING, CUSTOMER, COMPANY,
        _column("date", "datetime", "payment date, date-time, received, paid on"),
        _column("method", also="payment method, payment type"),
        _column("reference", also="transaction id, reference number"),
        _column("added_by", also="received by"), _column("insert_type"),
        _column("amount", "money", "payment amount"),
        CURRENCY, _column("status", also="approval, approval status"), NOTES,
    ),
    files=("payments*", "receipts*"),
)  # fmt: skip
REFUNDS = Expected(
    "refunds",
    (
        _column("refund_id", "code", "id"), _column("payment_id", "code"),
        _column("invoice_number", "code", "invoice no"), *BOOKING, CUSTOMER, COMPANY,
        _column("date", "datetime", "refund date, date-time"),
        _column("method", also="refund method"), _column("reference"),
        _column("added_by"), _column("amount", "money", "refund amount"),
        CURRENCY, _column("status", also="approval, approval status"),
        _column("notes", also="reason, note"),
    ),
    files=("refunds*",),
)  # fmt: skip
ANSWERS = Expected(
    "form_answers",
    (
        *BOOKING, _column("form", also="form name, checklist"),
        _column("stage", also="shown at"), _column("fieldworker", also="field worker, worker"),
        _column("question", also="field, label"), _column("type", also="field type"),
        _column("answer", also="value"), _column("answered_at", "datetime", "answered at, date"),
    ),
    files=("form answers*", "forms*", "checklists*", "form submissions*"),
)  # fmt: skip
FILES = Expected(
    "attachments",
    (
        _column("attachment_id", "code", "file id, id"), *BOOKING, CUSTOMER, INVOICE,
        _column("form"), _column("file", also="path, file path, file name, filename"),
        _column("name", also="title, original name"), _column("uploaded_by", also="added by"),
        _column("uploaded_at", "datetime", "uploaded, date, created"),
    ),
    files=("attachments*", "files*", "photos*"),
)  # fmt: skip
AUTOMATIONS = Expected(
    "automations",
    (
        *_texts("name", "trigger", "conditions", "channel", "template", "delay", "audience"),
        _column("action", also="actions"), _column("object", also="applies to"),
        _column("active", "boolean", "enabled, status"),
    ),
    files=("automations*", "automated procedures*", "rules*"),
)  # fmt: skip
CUSTOM_FIELDS = Expected(
    "custom_fields",
    (
        _column("field_id", "code", "id"), _column("object", also="applies to, belongs to"),
        *_texts("label", "type", "options", "visibility"),
        _column("price_adjustment", "money"), _column("required", "boolean"),
    ),
    files=("custom fields*",),
)  # fmt: skip

EXPECTED = (
    CUSTOMERS, PROPERTIES, WORKERS, SERVICES, BOOKINGS, APPOINTMENTS, INQUIRIES, QUOTES,
    QUOTE_LINES, INVOICES, INVOICE_LINES, PAYMENTS, REFUNDS, ANSWERS, FILES, AUTOMATIONS,
    CUSTOM_FIELDS,
)  # fmt: skip
