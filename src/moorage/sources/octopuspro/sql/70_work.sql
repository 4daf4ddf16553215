-- Bookings as they go, and the words they use.

CREATE TABLE tidy._statuses AS
SELECT status_form AS id, mode(tidy._word(status)) AS name, count(*) AS booking_count
FROM tidy._bookings WHERE status_form IS NOT NULL GROUP BY 1;

CREATE TABLE tidy.teams AS SELECT 'bookings' AS id, 'Bookings (OctopusPro)' AS name
WHERE (SELECT count(*) FROM tidy._bookings) + (SELECT count(*) FROM raw.inquiries) > 0;

-- Won has a stage of its own: a booking that is completed but not invoiced is not won.
CREATE TABLE tidy.stages AS
SELECT id, CASE WHEN upper(name) = name OR lower(name) = name THEN upper(name[1]) || lower(name[2:]) ELSE name END AS name,
    'bookings' AS team_id, false AS is_won, booking_count,
    coalesce(list_position(['inquiry', 'tentative', 'on hold', 'to visit', 'to schedule', 'pending', 'quoted', 'new', 'to do',
        'confirmed', 'in progress', 'awaiting update', 'completed', 'failed', 'cancelled'], id), 50) AS position
FROM tidy._statuses
UNION ALL
SELECT 'inquiry', 'Inquiry', 'bookings', false, 0, 0 WHERE (SELECT count(*) FROM raw.inquiries) > 0
    AND 'inquiry' NOT IN (SELECT id FROM tidy._statuses)
UNION ALL
SELECT 'won', 'Won: completed and invoiced', 'bookings', true, 0, 99 WHERE (SELECT count(*) FROM tidy._bookings) > 0;

CREATE TABLE tidy.sources AS
SELECT tidy._form(source) AS id, mode(tidy._word(source)) AS name
FROM (SELECT source FROM tidy._bookings UNION ALL SELECT source FROM raw.inquiries)
WHERE tidy._form(source) IS NOT NULL GROUP BY 1;

CREATE TABLE tidy.lost_reasons AS
SELECT tidy._form(cancel_reason) AS id, mode(tidy._word(cancel_reason)) AS name
FROM tidy._bookings WHERE status_form = 'cancelled' AND tidy._form(cancel_reason) IS NOT NULL GROUP BY 1;

CREATE TABLE tidy.labels AS
SELECT tidy._form(label) AS id, mode(tidy._word(label)) AS name,
    bool_or(kind = 'customer') AS used_on_customers, bool_or(kind = 'booking') AS used_on_bookings
FROM (SELECT 'customer' AS kind, unnest(tidy._items(labels)) AS label FROM tidy._customers
    UNION ALL SELECT 'booking', unnest(tidy._items(labels)) FROM tidy._bookings)
WHERE tidy._form(label) IS NOT NULL GROUP BY 1;

-- `invoice_state`: none, dead (void or merged), open or settled, from the invoices themselves.
CREATE TABLE tidy.bookings AS
SELECT b.id, b.number, who.customer_id, who.other_customer_ids, who.bill_payer_id, tidy._filled(b.customer_name) AS customer_name,
    concat_ws(' · ', b.number, coalesce(nullif(array_to_string(tidy._items(b.services), ', '), ''), 'Booking')) AS name,
    b.status_form AS status_id, tidy._word(b.status) AS status,
    coalesce(i.state, 'none') AS invoice_state, coalesce(i.numbers, tidy._filled(b.invoice_number)) AS invoice_numbers,
    tidy._word(b.invoice_status) AS invoice_status,
    t.start_at, CASE WHEN t.end_at > t.start_at THEN t.end_at END AS end_at,
    coalesce(t.minutes, date_diff('minute', t.start_at, t.end_at)) AS duration_minutes, tidy._filled(b.timezone) AS timezone,
    nullif(array_to_string(tidy._items(b.services), ', '), '') AS services,
    nullif(list_distinct(coalesce(s.ids, []) || coalesce(v.service_ids, [])), []) AS service_ids,
    nullif(array_to_string(tidy._items(b.fieldworkers), ', '), '') AS fieldworkers,
    nullif(list_distinct(coalesce(w.ids, []) || coalesce(v.fieldworker_ids, [])), []) AS fieldworker_ids,
    coalesce(v.appointment_count, 0) AS appointment_count, v.said AS appointments,
    tidy._plain(b.address) AS address, tidy._form(b.source) AS source_id, l.labels,
    tidy._filled(b.sales_rep) AS sales_rep, rep.id AS sales_rep_id, tidy._money(b.sub_total) AS sub_total, tidy._filled(b.discount) AS discount,
    tidy._money(b.tax) AS tax, tidy._money(b.total) AS total, tidy._money(b.paid) AS paid, tidy._money(b.refund) AS refund,
    coalesce(tidy._code(b.currency), tidy._currency()) AS currency,
    tidy._filled(b.recurring) AS recurring, CASE WHEN b.status_form = 'cancelled' THEN tidy._form(b.cancel_reason) END AS lost_reason_id,
    tidy._filled(b.cancel_reason) AS cancel_reason, tidy._plain(b.notes) AS notes, coalesce(o.is_elsewhere, false) AS is_elsewhere,
    tidy._utc(b.created, b.zone) AS created_at, tidy._utc(b.updated, b.zone) AS updated_at, tidy._place(b._file, b._line) AS _place,
    k.* EXCLUDE (_file, _line), f.* EXCLUDE (booking_id)
FROM tidy._bookings b
JOIN tidy._booking_times t ON t.id = b.id
JOIN tidy._booking_customers who ON who.id = b.id
LEFT JOIN tidy._booking_invoices i ON i.booking_id = b.id
LEFT JOIN tidy._listed s ON s.kind = 'service' AND s.given = trim(b."services.given")
LEFT JOIN tidy._listed w ON w.kind = 'worker' AND w.given = trim(b."fieldworkers.given")
LEFT JOIN tidy._worker_names rep ON rep.form = tidy._form(b.sales_rep)
LEFT JOIN tidy._booking_visits v ON v.booking_id = b.id
LEFT JOIN tidy._booking_labels l ON l.id = b.id
LEFT JOIN tidy._companies o ON o.id = trim(b.company_id)
LEFT JOIN tidy._custom_bookings k ON k._file = b._file AND k._line = b._line
LEFT JOIN tidy._form_fields f ON f.booking_id = b.id;

CREATE TABLE tidy.inquiries AS
SELECT coalesce(tidy._number(i.inquiry_number, 'INQ'), tidy._made_id(concat_ws('|', i.customer_id, i.created, i.message, i.email))) AS id,
    tidy._number(i.inquiry_number, 'INQ') AS number, c.id AS customer_id, tidy._filled(i.name) AS name,
    tidy._filled(i.email) AS email, tidy._filled(i.phone) AS phone,
    -- Of a customer what that one has: Odoo keeps the two the same.
    CASE WHEN c.id IS NULL THEN tidy._filled(i.email) ELSE c.email END AS contact_email,
    CASE WHEN c.id IS NULL THEN tidy._filled(i.phone) ELSE c.phone END AS contact_phone,
    coalesce(tidy._setting('phone_country'), '') AS phone_country, tidy._word(i.status) AS status,
    tidy._filled(i.service) AS service, tidy._plain(i.message) AS message, tidy._form(i.source) AS source_id, r.id AS booking_id,
    tidy._utc(i.created, NULL) AS created_at, tidy._place(i._file, i._line) AS _place
FROM raw.inquiries i
LEFT JOIN tidy.customers c ON c.id = tidy._id(i.customer_id)
LEFT JOIN tidy._booking_refs r ON r.ref = tidy._ref(NULL, i.booking_number)
QUALIFY row_number() OVER (PARTITION BY coalesce(tidy._number(i.inquiry_number, 'INQ'), tidy._made_id(concat_ws('|', i.customer_id, i.created, i.message, i.email)))
    ORDER BY i._file DESC, TRY_CAST(i._line AS BIGINT) DESC) = 1;

INSERT INTO tidy._findings
SELECT 'bookings', id, 'customer_id', CASE WHEN tidy._id(customer_id) IS NULL THEN 'the booking names no customer'
    ELSE 'names a customer who is not in the bundle' END, 'warning'
FROM tidy._bookings WHERE id IN (SELECT id FROM tidy.bookings WHERE customer_id IS NULL)
UNION ALL
SELECT 'bookings', b.id, 'company_id', 'settings.companies does not say whether this company moves (main) or not (other)', 'set_aside'
FROM tidy._bookings b JOIN tidy._companies o ON o.id = trim(b.company_id) WHERE NOT o.is_known
UNION ALL
SELECT 'bookings', id, 'start', 'the start cannot be read as a time', 'warning' FROM tidy._bookings WHERE start IS NULL AND tidy._filled("start.given") IS NOT NULL
UNION ALL
SELECT 'bookings', id, 'timezone', 'there is no time zone of this name: the account''s is taken', 'warning'
FROM tidy._bookings WHERE tidy._filled(timezone) IS NOT NULL AND zone IS NULL
UNION ALL
SELECT 'bookings', id, 'status', 'completed, but no invoice says so: it stays open', 'warning'
FROM tidy.bookings WHERE status_id = 'completed' AND invoice_state NOT IN ('open', 'settled')
UNION ALL
SELECT 'bookings', id, 'status', 'cancelled, but an invoice is outstanding: it stays open until a person looks', 'warning'
FROM tidy.bookings WHERE status_id = 'cancelled' AND invoice_state = 'open'
UNION ALL
SELECT 'appointments', id, 'booking_id', 'names no booking that is there', 'warning' FROM tidy.appointments WHERE booking_id IS NULL
UNION ALL
SELECT 'appointments', id, 'end_at', 'has no end: an hour is taken', 'warning' FROM tidy.appointments WHERE end_is_assumed;
