"""The files this source knows.

OctopusPro documents no export: names stand here under which a column was seen or may well come.
They are aliases, not constants; a person adds others in the project file (`headers`,
`bundle_files`).
"""

from __future__ import annotations

from moorage.bundles import Expected
from moorage.sources.octopuspro.columns import (
    ADDRESS,
    BOOKING,
    COMPANY,
    CREATED,
    CURRENCY,
    CUSTOMER,
    INVOICE,
    LABELS,
    NOTES,
    SUB_TOTAL,
    TAX,
    TOTAL,
    UPDATED,
    WORKER,
    codes,
    column,
    texts,
)
from moorage.sources.octopuspro.money_tables import MONEY

CUSTOMERS = Expected(
    "customers",
    (
        CUSTOMER,
        COMPANY,
        column("customer_type", also="type", note="Personal or Business.", example="Personal"),
        column("title", also="customer title", example="Mrs"),
        column("first_name", also="given name", example="Ann"),
        column("last_name", also="surname, family name", example="Lee"),
        *texts("first_name2", "last_name2", "first_name3", "last_name3"),
        column("business_name", also="company name, trading name"),
        column("email", also="email1, e-mail, primary email", example="ann@example.com"),
        column("email2"), column("email3"),
        column("mobile", "code", "mobile1, mobile phone, cell"),
        *codes("mobile2", "mobile3"),
        column("phone", "code", "phone1, telephone, landline"),
        *codes("phone2", "phone3"),
        *ADDRESS,
        column("address", also="full address"),
        column("date_joined", "date", "joined, customer since", example="2024/03/12"),
        LABELS, NOTES,
        column("deleted", "boolean", "is_deleted"),
        column("abn", "code", "tax number, vat number, business number"),
        CREATED, UPDATED,
    ),
    files=("customers*", "clients*", "customer list*"),
)  # fmt: skip
PROPERTIES = Expected(
    "customer_properties",
    (
        column("property_id", "code"), CUSTOMER,
        column("property_type", also="type", example="Vehicle"),
        column("property_name", also="name"),
        column("address", also="property address"), NOTES, CREATED,
    ),
    files=("properties*", "customer properties*"),
)  # fmt: skip
WORKERS = Expected(
    "fieldworkers",
    (
        column("fieldworker_id", "code", "user_id, worker id, staff id, id"), COMPANY,
        *texts("username", "display_name", "first_name", "last_name"),
        column("email", also="email1"), *texts("email2", "email3"),
        column("mobile", "code", "mobile1"), *codes("mobile2", "mobile3"),
        column("phone", "code", "phone1"), *codes("phone2", "phone3"),
        *ADDRESS,
        column("timezone", also="time zone"),
        *(column(name, "boolean") for name in ("active", "blocked")),
        column("deleted", "boolean", "is_deleted"),
        column("pay_type", also="payment method, payment rate type"),
        column("pay_rate", "money", "hourly rate, rate"),
        column("first_hour_rate", "money"), column("overtime_rate", "money"),
        column("commission", "percent", "commission %, base commission"),
        column("tracking", also="gps tracking, location tracking, tracking preference"),
        column("job_title", also="role, position"),
        column("last_login", "datetime"), CREATED, UPDATED,
    ),
    files=("fieldworkers*", "field workers*", "staff*", "workers*"),
)  # fmt: skip
SERVICES = Expected(
    "services",
    (
        column("service_id", "code", "id", example="12"),
        column("service", also="service name, name", example="Window cleaning"),
        column("category", also="service category"),
        column("pricing", also="priced by, pricing type", note="Time, job or unit."),
        column("base_price", "money", "price, rate"),
        column("duration", "duration", "default duration, estimated duration"),
        column("zone", also="price zone, geographic zone"),
        column("options", "list", "add-ons, extras"),
        column("description"), column("active", "boolean", "enabled"), COMPANY,
    ),
    files=("services*", "price list*"),
)  # fmt: skip
BOOKINGS = Expected(
    "bookings",
    (
        *BOOKING, COMPANY, CUSTOMER,
        column("customer_name", also="customer, client"),
        column("other_customers", "list", "additional customers"),
        column("bill_payer_id", "code", "bill to, third party payer"),
        column("status", also="booking status"),
        CREATED, UPDATED,
        column("start", "datetime", "booking_start, start date, date"),
        column("end", "datetime", "booking_end, end date"),
        column("time", "times", "time range, appointment time"),
        column("duration", "duration"),
        column("timezone", also="time zone"),
        column("services", "list", "service"),
        column("fieldworkers", "list", "fieldworker, field worker, workers, assigned to"),
        column("address", also="location, service address, job address"),
        column("source", also="booking source, lead source"),
        LABELS, column("sales_rep", also="owner, sales person, booked by"),
        SUB_TOTAL, column("discount", also="discount %, discount amount"), TAX, TOTAL,
        column("paid", "money", "paid_amount, amount paid"),
        column("refund", "money", "refunded"),
        CURRENCY, INVOICE,
        column("invoice_status", also="status 2, status_2, payment status"),
        column("recurring", also="recurrence, repeat"),
        column("cancel_reason", also="cancellation reason, reason"),
        NOTES,
    ),
    files=("bookings*", "jobs*", "booking list*"),
)  # fmt: skip
APPOINTMENTS = Expected(
    "appointments",
    (
        column("appointment_id", "code", "visit id"), *BOOKING,
        column("service_id", "code"), column("service"),
        column("start", "datetime", "start date, date"), column("end", "datetime", "end date"),
        column("time", "times", "time range"), column("duration", "duration"),
        column("timezone", also="time zone"),
        WORKER, column("fieldworker", also="field worker"),
        column("quantity", "number", "qty"), column("rate", "money", "price"),
        column("status"), column("progress"),
    ),
    files=("appointments*", "visits*", "schedule*"),
)  # fmt: skip
INQUIRIES = Expected(
    "inquiries",
    (
        column("inquiry_number", "code", "inquiry no, inquiry_num, number", example="INQ-9"),
        CUSTOMER, COMPANY, column("status"), CREATED,
        column("service", also="services"), column("message", also="description, details"),
        column("email"), column("phone", "code", "mobile"),
        column("name", also="customer name, customer"), column("source"),
        column("booking_number", "code", "converted to"),
    ),
    files=("inquiries*", "enquiries*"),
)  # fmt: skip
ANSWERS = Expected(
    "form_answers",
    (
        *BOOKING, column("form", also="form name, checklist"),
        column("stage", also="shown at"), column("fieldworker", also="field worker, worker"),
        column("question", also="field, label"), column("type", also="field type"),
        column("answer", also="value"), column("answered_at", "datetime", "answered at, date"),
    ),
    files=("form answers*", "forms*", "checklists*", "form submissions*"),
)  # fmt: skip
FILES = Expected(
    "attachments",
    (
        column("attachment_id", "code", "file id, id"), *BOOKING, CUSTOMER, INVOICE,
        column("form"), column("file", also="path, file path, file name, filename"),
        column("name", also="title, original name"), column("uploaded_by", also="added by"),
        column("uploaded_at", "datetime", "uploaded, date, created"),
    ),
    files=("attachments*", "files*", "photos*"),
)  # fmt: skip
AUTOMATIONS = Expected(
    "automations",
    (
        *texts("name", "trigger", "conditions", "channel", "template", "delay", "audience"),
        column("action", also="actions"), column("object", also="applies to"),
        column("active", "boolean", "enabled, status"),
    ),
    files=("automations*", "automated procedures*", "rules*"),
)  # fmt: skip
CUSTOM_FIELDS = Expected(
    "custom_fields",
    (
        column("field_id", "code", "id"), column("object", also="applies to, belongs to"),
        *texts("label", "type", "options", "visibility"),
        column("price_adjustment", "money"), column("required", "boolean"),
    ),
    files=("custom fields*",),
)  # fmt: skip

EXPECTED = (
    CUSTOMERS, PROPERTIES, WORKERS, SERVICES, BOOKINGS, APPOINTMENTS, INQUIRIES, *MONEY, ANSWERS,
    FILES, AUTOMATIONS, CUSTOM_FIELDS,
)  # fmt: skip
