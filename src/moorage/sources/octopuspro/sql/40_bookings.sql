-- Bookings, found by internal id or by number, never one for the other.

CREATE TABLE tidy._bookings AS
SELECT *, CASE WHEN NOT tidy._is_number(booking_id) THEN tidy._id(booking_id) END AS internal_id,
    coalesce(tidy._number(booking_number, 'BOK'), CASE WHEN tidy._is_number(booking_id) THEN tidy._number(booking_id, 'BOK') END) AS number,
    coalesce(internal_id, number, tidy._made_id(concat_ws('|', customer_id, customer_name, start, services, total))) AS id,
    tidy._status(status) AS status_form,
    CASE WHEN z.name IS NOT NULL THEN z.name END AS zone
FROM raw.bookings b LEFT JOIN tidy._zones z ON z.name = trim(b.timezone)
QUALIFY row_number() OVER (PARTITION BY coalesce(internal_id, number, _file || _line) ORDER BY _file DESC, TRY_CAST(_line AS BIGINT) DESC) = 1;

CREATE TABLE tidy._booking_numbers AS
SELECT number, min(id) AS id FROM tidy._bookings WHERE number IS NOT NULL GROUP BY 1 HAVING count(*) = 1;

-- Every way a booking is named by another file, and the booking it is. Two that disagree are none.
CREATE TABLE tidy._booking_refs AS
WITH named AS (
    SELECT DISTINCT booking_id, booking_number FROM (
        SELECT booking_id, booking_number FROM raw.appointments UNION ALL SELECT booking_id, booking_number FROM raw.invoices
        UNION ALL SELECT booking_id, booking_number FROM raw.payments UNION ALL SELECT booking_id, booking_number FROM raw.refunds
        UNION ALL SELECT booking_id, booking_number FROM raw.form_answers UNION ALL SELECT booking_id, booking_number FROM raw.attachments
        UNION ALL SELECT NULL, booking_number FROM raw.quotes UNION ALL SELECT NULL, booking_number FROM raw.inquiries)
), told AS (
    SELECT *, CASE WHEN NOT tidy._is_number(booking_id) THEN tidy._id(booking_id) END AS internal_id,
        coalesce(tidy._number(booking_number, 'BOK'), CASE WHEN tidy._is_number(booking_id) THEN tidy._number(booking_id, 'BOK') END) AS number
    FROM named
)
SELECT coalesce(t.booking_id, '') || '|' || coalesce(t.booking_number, '') AS ref,
    CASE WHEN i.id IS NOT NULL AND n.id IS NOT NULL AND i.id <> n.id THEN NULL ELSE coalesce(i.id, n.id) END AS id,
    i.id <> n.id AS is_contradictory
FROM told t
LEFT JOIN tidy._bookings i ON i.internal_id = t.internal_id
LEFT JOIN tidy._booking_numbers n ON n.number = t.number
QUALIFY row_number() OVER (PARTITION BY ref) = 1;

CREATE MACRO tidy._ref(booking_id, booking_number) AS coalesce(booking_id, '') || '|' || coalesce(booking_number, '');

CREATE TABLE tidy._booking_labels AS
SELECT id, list(DISTINCT tidy._form(label)) AS labels
FROM (SELECT id, unnest(tidy._items(labels)) AS label FROM tidy._bookings) WHERE tidy._form(label) IS NOT NULL GROUP BY id;

CREATE TABLE tidy._visits AS
SELECT coalesce(tidy._id(a.appointment_id), tidy._made_id(concat_ws('|', a.booking_id, a.booking_number, a.service_id, a.service, a.start, a.fieldworker_id, a.fieldworker))) AS id,
    r.id AS booking_id, coalesce(s.id, n.id) AS service_id, coalesce(tidy._filled(a.service), s.name) AS service_name,
    coalesce(w.id, wn.id) AS fieldworker_id, coalesce(w.name, tidy._filled(a.fieldworker)) AS fieldworker_name,
    tidy._utc(CASE WHEN a.times IS NULL THEN a.start ELSE a.start[:10] || ' ' || json_extract_string(a.times, '$[0]') END, z.name) AS start_at,
    tidy._utc(CASE WHEN a.times IS NULL THEN a."end" ELSE a.start[:10] || ' ' || json_extract_string(a.times, '$[1]') END, z.name) AS given_end_at,
    TRY_CAST(a.duration AS DOUBLE) AS given_minutes,
    tidy._exact(a.quantity) AS quantity, tidy._money(a.rate) AS rate, tidy._word(a.status) AS status, tidy._word(a.progress) AS progress
FROM (SELECT * RENAME ("time" AS times) FROM raw.appointments) a
LEFT JOIN tidy._zones z ON z.name = trim(a.timezone)
LEFT JOIN tidy._booking_refs r ON r.ref = tidy._ref(a.booking_id, a.booking_number)
LEFT JOIN tidy.services s ON s.id = tidy._id(a.service_id)
LEFT JOIN tidy._service_names n ON n.form = tidy._form(a.service) AND tidy._id(a.service_id) IS NULL
LEFT JOIN tidy.fieldworkers w ON w.id = tidy._id(a.fieldworker_id)
LEFT JOIN tidy._worker_names wn ON wn.form = tidy._form(a.fieldworker) AND tidy._id(a.fieldworker_id) IS NULL;

-- Bookings of a company that waits for a project of its own: what hangs on them waits too.
CREATE TABLE tidy._elsewhere AS
SELECT b.id FROM tidy._bookings b JOIN tidy._companies o ON o.id = tidy._id(b.company_id) WHERE o.is_elsewhere;

CREATE TABLE tidy.appointments AS
SELECT id, booking_id, service_id, service_name, fieldworker_id, fieldworker_name, start_at,
    CASE WHEN given_end_at > start_at THEN given_end_at
        ELSE start_at + to_minutes(CAST(coalesce(given_minutes, 60) AS BIGINT)) END AS end_at,
    given_end_at IS NULL AND given_minutes IS NULL AS end_is_assumed,
    quantity, rate, status, progress, coalesce(booking_id IN (FROM tidy._elsewhere), false) AS is_elsewhere
FROM tidy._visits QUALIFY row_number() OVER (PARTITION BY id) = 1;

-- What hangs on a booking, in words and in links.
CREATE TABLE tidy._booking_visits AS
SELECT booking_id, count(*) AS appointment_count,
    list(DISTINCT service_id) FILTER (service_id IS NOT NULL) AS service_ids,
    list(DISTINCT fieldworker_id) FILTER (fieldworker_id IS NOT NULL) AS fieldworker_ids,
    string_agg(concat_ws(' · ', strftime(timezone(tidy._zone(), timezone('UTC', start_at)), '%Y-%m-%d %H:%M'), service_name, fieldworker_name, progress), chr(10) ORDER BY start_at, id) AS said
FROM tidy.appointments WHERE booking_id IS NOT NULL GROUP BY booking_id;

CREATE TABLE tidy._booking_times AS
SELECT id, zone, tidy._utc(CASE WHEN "time" IS NULL THEN start ELSE start[:10] || ' ' || json_extract_string("time", '$[0]') END, zone) AS start_at,
    tidy._utc(CASE WHEN "time" IS NULL THEN "end" ELSE start[:10] || ' ' || json_extract_string("time", '$[1]') END, zone) AS end_at,
    TRY_CAST(duration AS DOUBLE) AS minutes
FROM tidy._bookings;

CREATE TABLE tidy._customer_names AS
SELECT tidy._form(name) AS form, min(id) AS id FROM tidy.customers GROUP BY 1 HAVING count(*) = 1;

CREATE TABLE tidy._booking_customers AS
SELECT b.id, c.id AS customer_id, payer.id AS bill_payer_id,
    list_distinct(list(other.id) FILTER (other.id IS NOT NULL)) AS other_customer_ids
FROM tidy._bookings b
LEFT JOIN tidy._customer_names n ON tidy._id(b.customer_id) IS NULL AND n.form = tidy._form(b.customer_name)
LEFT JOIN tidy.customers c ON c.id = coalesce(tidy._id(b.customer_id), n.id)
LEFT JOIN tidy.customers payer ON payer.id = tidy._id(b.bill_payer_id)
LEFT JOIN LATERAL (SELECT unnest(tidy._items(b.other_customers)) AS named) o ON true
LEFT JOIN tidy.customers other ON other.id = trim(o.named)
GROUP BY ALL;
