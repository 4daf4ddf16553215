-- Payments and refunds, each once, and how they are approved.

CREATE TABLE tidy._payment_words AS
SELECT lower(trim(entry.key)) AS status, json_extract_string(entry.value, '$') AS state
FROM meta.settings s, json_each(s.value) entry WHERE s.name = 'payment_statuses' AND json_type(s.value) = 'OBJECT';

-- Without a status nobody says that it is approved: settings.payments_without_status decides.
CREATE TABLE tidy._approvals AS
SELECT status, coalesce((SELECT w.state FROM tidy._payment_words w WHERE w.status = tidy._form(g.status)),
    CASE WHEN tidy._form(g.status) IS NULL THEN coalesce(tidy._setting('payments_without_status'), 'draft')
        WHEN tidy._form(g.status) IN ('approved', 'paid', 'completed', 'success', 'successful', 'settled', 'cleared', 'processed', 'refunded') THEN 'posted'
        WHEN tidy._form(g.status) IN ('pending', 'awaiting approval', 'submitted', 'draft') THEN 'draft'
        WHEN tidy._form(g.status) IN ('unapproved', 'declined', 'rejected', 'failed', 'void', 'cancelled', 'canceled') THEN 'cancel' END) AS state
FROM (SELECT DISTINCT coalesce(status, '') AS status FROM raw.payments UNION SELECT coalesce(status, '') FROM raw.refunds) g;

CREATE MACRO tidy._method(x) AS CASE
    WHEN tidy._form(x) IS NULL THEN 'other' WHEN regexp_matches(tidy._form(x), 'card|stripe|visa|master|amex|paypal|square') THEN 'card'
    WHEN regexp_matches(tidy._form(x), 'cash') THEN 'cash' WHEN regexp_matches(tidy._form(x), 'che(que|ck)') THEN 'cheque'
    WHEN regexp_matches(tidy._form(x), 'bank|eft|transfer|direct') THEN 'bank' WHEN regexp_matches(tidy._form(x), 'pos|terminal') THEN 'pos' ELSE 'other' END;

-- Rows of the payments file. The same id several times is one payment over several invoices.
CREATE TABLE tidy._payment_rows AS
SELECT coalesce(tidy._id(p.payment_id), tidy._made_id(concat_ws('|', p.invoice_numbers, p.booking_id, p.booking_number, p.customer_id, p.date, p.amount, p.reference))) AS id,
    list_distinct(list_transform(tidy._items(p.invoice_numbers), lambda n: tidy._number(n, 'INV'))) AS invoice_ids,
    r.id AS booking_id, c.id AS customer_id, tidy._money(p.amount) AS amount, tidy._utc(p.date, NULL) AS paid_at,
    CASE WHEN p.date LIKE '%+00' THEN CAST(timezone(tidy._zone(), timezone('UTC', tidy._utc(p.date, NULL))) AS DATE) ELSE TRY_CAST(p.date[:10] AS DATE) END AS date,
    tidy._filled(p.method) AS method, tidy._filled(p.reference) AS reference, tidy._filled(p.added_by) AS added_by,
    coalesce(tidy._code(p.currency), tidy._code(p."amount.currency")) AS currency,
    tidy._id(p.company_id) AS company_id, tidy._word(p.status) AS status, a.state, tidy._plain(p.notes) AS notes, tidy._place(p._file, p._line) AS _place
FROM raw.payments p
JOIN tidy._approvals a ON a.status = coalesce(p.status, '')
LEFT JOIN tidy._booking_refs r ON r.ref = tidy._ref(p.booking_id, p.booking_number)
LEFT JOIN tidy.customers c ON c.id = tidy._id(p.customer_id)
-- A row that says the very same twice was imported twice.
QUALIFY row_number() OVER (PARTITION BY p.payment_id, p.invoice_numbers, p.booking_id, p.booking_number, p.amount, p.date, p.reference, p.customer_id) = 1;

CREATE TABLE tidy._refund_rows AS
SELECT 'refund-' || coalesce(tidy._id(f.refund_id), tidy._made_id(concat_ws('|', f.payment_id, f.invoice_number, f.date, f.amount))) AS id,
    tidy._id(f.payment_id) AS given_payment_id, tidy._number(f.invoice_number, 'INV') AS invoice_id, r.id AS booking_id, c.id AS customer_id,
    abs(tidy._money(f.amount)) AS amount, tidy._utc(f.date, NULL) AS paid_at, TRY_CAST(f.date[:10] AS DATE) AS date,
    tidy._filled(f.method) AS method, tidy._filled(f.reference) AS reference, tidy._filled(f.added_by) AS added_by,
    coalesce(tidy._code(f.currency), tidy._code(f."amount.currency")) AS currency,
    tidy._id(f.company_id) AS company_id, tidy._word(f.status) AS status, a.state, tidy._plain(f.notes) AS notes, tidy._place(f._file, f._line) AS _place
FROM raw.refunds f
JOIN tidy._approvals a ON a.status = coalesce(f.status, '')
LEFT JOIN tidy._booking_refs r ON r.ref = tidy._ref(f.booking_id, f.booking_number)
LEFT JOIN tidy.customers c ON c.id = tidy._id(f.customer_id)
QUALIFY row_number() OVER (PARTITION BY coalesce(tidy._id(f.refund_id), tidy._made_id(concat_ws('|', f.payment_id, f.invoice_number, f.date, f.amount))) ORDER BY f._line) = 1;

-- Payments, with all invoices that they name; a deposit names its booking, and pays its one invoice.
CREATE TABLE tidy._named AS
SELECT id, invoice_id, count(*) OVER (PARTITION BY id) AS invoice_count, sum(amount) AS amount, bool_or(is_shared) AS is_shared, max(total) AS total
FROM (SELECT p.id, unnest(p.invoice_ids) AS invoice_id, p.amount, len(p.invoice_ids) > 1 AS is_shared, p.amount AS total
    FROM tidy._payment_rows p WHERE p.amount > 0)
GROUP BY id, invoice_id;

CREATE TABLE tidy._sole_invoices AS
SELECT booking_id, min(id) AS invoice_id FROM tidy._live
WHERE state = 'posted' AND NOT is_credit_note AND booking_id IS NOT NULL GROUP BY booking_id HAVING count(*) = 1;

CREATE TABLE tidy._positive AS
SELECT id, sum(amount) AS amount, any_value(booking_id) AS booking_id, any_value(customer_id) AS customer_id,
    min(paid_at) AS paid_at, min(date) AS date, any_value(method) AS method, any_value(reference) AS reference,
    any_value(added_by) AS added_by, any_value(currency) AS currency, any_value(company_id) AS company_id,
    any_value(status) AS status, CASE WHEN count(DISTINCT state) = 1 THEN min(state) END AS state, any_value(notes) AS notes, min(_place) AS _place,
    bool_and(len(coalesce(invoice_ids, [])) = 0) AS names_no_invoice
FROM tidy._payment_rows WHERE amount > 0 GROUP BY id;

-- A negative payment is a refund; the refunds file may have it too.
CREATE TABLE tidy._negative AS
SELECT n.*, n.invoice_ids[1] AS invoice_id, -n.amount AS given_back, twin.id AS same_as_id,
    CASE WHEN count(DISTINCT p.id) OVER (PARTITION BY n.id) = 1 THEN p.id END AS refunds_id
FROM tidy._payment_rows n
LEFT JOIN tidy._named p ON p.invoice_id = n.invoice_ids[1]
LEFT JOIN (SELECT f.id, f.amount, f.date, coalesce(f.invoice_id, m.invoice_id) AS invoice_id FROM tidy._refund_rows f
    LEFT JOIN tidy._named m ON m.id = f.given_payment_id) twin
    ON twin.invoice_id = n.invoice_ids[1] AND twin.amount = -n.amount AND twin.date = n.date
WHERE n.amount < 0 QUALIFY row_number() OVER (PARTITION BY n.id ORDER BY p.id, twin.id) = 1;

CREATE TABLE tidy._refunds AS
SELECT f.id, coalesce(p.id, CASE WHEN f.given_payment_id IS NULL THEN one.id END) AS refunds_id, f.given_payment_id, f.invoice_id, f.booking_id, f.customer_id, f.amount, f.paid_at, f.date,
    f.method, f.reference, f.added_by, f.currency, f.company_id, f.status, f.state, f.notes, NULL AS same_as_id, f._place
FROM tidy._refund_rows f
LEFT JOIN tidy._positive p ON p.id = f.given_payment_id
LEFT JOIN (SELECT invoice_id, min(id) AS id FROM tidy._named GROUP BY 1 HAVING count(*) = 1) one ON one.invoice_id = f.invoice_id
UNION ALL
SELECT id, refunds_id, NULL, invoice_id, booking_id, customer_id, given_back, paid_at, date, method, reference, added_by, currency, company_id, status, state, notes, same_as_id, _place
FROM tidy._negative;
