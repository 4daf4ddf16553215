"""The tidy objects and their fields: name, type, `>` the object a link points to, `!` required."""

from __future__ import annotations

from moorage.sources.base import SourceField

#: Object: label, the expected table it is counted by (empty: it is made of others), its fields.
OBJECTS: dict[str, tuple[str, str, str]] = {
    "customers": ("Customers", "customers", """
        id text !, is_business boolean, title text, name text !, first_name text, last_name text,
        business_name text, email email, all_emails text, phone phone, all_phones text,
        street text, street2 text, city text, zip text, state text, country text, date_joined date,
        labels links>labels, notes text, is_deleted boolean, tax_number text, phone_country text,
        created_at datetime, updated_at datetime"""),
    "customer_people": ("People of customers", "", """
        id text !, customer_id link>customers, place integer, name text !, title text, email email,
        phone phone, all_phones text"""),
    "properties": ("Properties", "customer_properties", """
        id text !, customer_id link>customers, name text !, type text, address text, notes text,
        created_at datetime"""),
    "fieldworkers": ("Field workers", "fieldworkers", """
        id text !, name text !, email email, login text, mobile phone, phone phone, job_title text,
        active boolean, is_blocked boolean, address text, timezone text, pay_type text,
        pay_rate money, first_hour_rate money, overtime_rate money, commission decimal,
        tracking text, created_at datetime, updated_at datetime"""),
    "services": ("Services", "services", """
        id text !, name text !, category text, pricing text, base_price money,
        duration_minutes decimal, options text, description text, active boolean,
        is_gone boolean"""),
    "zones": ("Price zones", "", "id text !, name text !"),
    "zone_prices": ("Prices of zones", "", """
        id text !, service_id link>services, zone_id link>zones, price money"""),
    "teams": ("Team of bookings", "", "id text !, name text !"),
    "stages": ("Booking statuses", "", """
        id text !, name text !, team_id link>teams, is_won boolean, booking_count integer,
        position integer"""),
    "sources": ("Booking sources", "", "id text !, name text !"),
    "lost_reasons": ("Reasons of cancelling", "", "id text !, name text !"),
    "labels": ("Labels", "", """
        id text !, name text !, used_on_customers boolean, used_on_bookings boolean"""),
    "bookings": ("Bookings", "bookings", """
        id text !, number text, customer_id link>customers, other_customer_ids links>customers,
        bill_payer_id link>customers, customer_name text, name text !, status_id link>stages,
        status text, invoice_state select, invoice_numbers text, invoice_status text,
        start_at datetime, end_at datetime, duration_minutes decimal, timezone text,
        services text, service_ids links>services, fieldworkers text,
        fieldworker_ids links>fieldworkers, appointment_count integer, appointments text,
        address text, source_id link>sources, labels links>labels, sales_rep text,
        sales_rep_id link>fieldworkers, sub_total money, discount text, tax money, total money,
        paid money, refund money, currency text,
        recurring text, lost_reason_id link>lost_reasons, cancel_reason text, notes text,
        is_elsewhere boolean, created_at datetime, updated_at datetime"""),
    "appointments": ("Appointments", "appointments", """
        id text !, booking_id link>bookings, service_id link>services, service_name text,
        fieldworker_id link>fieldworkers, fieldworker_name text, start_at datetime, end_at datetime,
        end_is_assumed boolean, quantity decimal, rate money, status text, progress text,
        is_elsewhere boolean"""),
    "inquiries": ("Inquiries", "inquiries", """
        id text !, number text, customer_id link>customers, name text, email email, phone phone,
        contact_email email, contact_phone phone, phone_country text, status text, service text,
        message text, source_id link>sources, booking_id link>bookings,
        created_at datetime"""),
    "taxes": ("Tax rates of invoices", "", """
        id text !, rate decimal, is_included boolean, name text, line_count integer"""),
    "invoices": ("Invoices and credit notes", "invoices", """
        id text !, number text !, kind select, state select, status text,
        customer_id link>customers, booking_id link>bookings, is_elsewhere boolean, currency text,
        issue_date date, due_date date,
        sub_total money, tax_total money, total money, residual money, payment_state select,
        credits_id link>invoices, merged_into_id link>invoices, parent_id link>invoices,
        reference text, notes text, is_included boolean, booking_is_cancelled boolean"""),
    "invoice_lines": ("Lines of invoices", "invoice_lines", """
        id text !, invoice_id link>invoices, position integer, service_id link>services, name text,
        quantity decimal, unit_price decimal, discount_percent decimal, tax_ids links>taxes,
        tax_rate decimal, is_included boolean, sub_total money, tax_total money, total money,
        is_elsewhere boolean"""),
    "payments": ("Payments and refunds", "payments", """
        id text !, kind select, direction select, state select, same_as_id link>payments,
        customer_id link>customers, booking_id link>bookings, is_elsewhere boolean, currency text,
        amount money, date date, paid_at datetime, method select, method_name text, reference text,
        added_by text, status text, refunds_id link>payments, invoices text, notes text,
        allocated money, payment_is_missing boolean"""),
    "allocations": ("What payments pay", "", """
        id text !, debit reference, credit reference, amount money, date date,
        is_elsewhere boolean"""),
    "quotes": ("Quotes", "quotes", """
        id text !, number text !, customer_id link>customers, booking_id link>bookings, status text,
        state select, created_at datetime, valid_until date, follow_up date, decline_reason text,
        sub_total money, discount money, tax money, total money, lines_net money,
        line_count integer, currency text, is_elsewhere boolean, notes text,
        company_is_known boolean"""),
    "quote_lines": ("Lines of quotes", "quote_lines", """
        id text !, quote_id link>quotes, position integer, service_id link>services, name text,
        quantity decimal, unit_price decimal, discount_percent decimal,
        is_elsewhere boolean"""),
    "form_notes": ("Answered forms", "form_answers", """
        id text !, booking_id link>bookings, record reference, form text, stage text,
        fieldworker text, fieldworker_id link>fieldworkers, answered_at datetime,
        answer_count integer, is_elsewhere boolean, body html"""),
    "files": ("Files", "attachments", """
        id text !, name text !, path file, record reference, record_object text, form text,
        uploaded_by text, created_at datetime, mimetype text, is_elsewhere boolean"""),
}  # fmt: skip

#: Objects whose table may have columns of the account's own: the expected table of each.
CUSTOMISED = {
    "customers": "customers",
    "properties": "customer_properties",
    "fieldworkers": "fieldworkers",
    "bookings": "bookings",
}


def fields(name: str) -> tuple[SourceField, ...]:
    """The native fields of an object, in the order of its columns."""
    return tuple(_field(" ".join(line.split())) for line in OBJECTS[name][2].split(","))


def _field(spec: str) -> SourceField:
    name, kind, *mark = spec.split(" ")
    kind, _, link = kind.partition(">")
    label = name.removesuffix("_id").removesuffix("_ids").replace("_", " ").capitalize()
    return SourceField(name, kind, label, required=bool(mark), link=link or None)
