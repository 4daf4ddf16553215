-- Invoices as the bundle gives them, their lines, and what they come to.

-- Saved pages hold the amounts in the booking within.
CREATE TABLE tidy._given_invoices AS
SELECT *, tidy._id(invoice_id) AS internal_id, tidy._number(invoice_number, 'INV') AS number,
    coalesce(tidy._money(total), tidy._money(json_extract_string(booking, '$.qoute'))) AS stated_total,
    coalesce(tidy._money(tax), tidy._money(json_extract_string(booking, '$.qoute')) - tidy._money(json_extract_string(booking, '$.sub_total'))) AS stated_tax,
    coalesce(tidy._money(paid), tidy._money(json_extract_string(booking, '$.paid_amount')) - coalesce(tidy._money(json_extract_string(booking, '$.refund')), 0)) AS stated_paid,
    coalesce(tidy._id(customer_id), tidy._id(json_extract_string(booking, '$.customer_id'))) AS given_customer_id,
    coalesce(tidy._id(company_id), tidy._id(json_extract_string(booking, '$.company_id'))) AS given_company_id,
    coalesce(tidy._code(currency), tidy._code("total.currency"), tidy._code(json_extract_string(booking, '$.currency_code'))) AS given_currency,
    tidy._status(coalesce(tidy._filled(status), invoice_type)) AS status_form
FROM raw.invoices;

CREATE TABLE tidy._invoices AS
SELECT *, coalesce(number, 'id-' || internal_id,
        tidy._made_id(concat_ws('|', given_customer_id, booking_id, booking_number, issue_date, stated_total))) AS id,
    tidy._form(kind) LIKE '%credit%' OR number LIKE 'CN-%' OR stated_total < 0 AS is_credit_note
FROM tidy._given_invoices
-- The same invoice in a file and in a saved page: the file knows more.
QUALIFY row_number() OVER (PARTITION BY coalesce(number, 'id-' || internal_id, _file || _line)
    ORDER BY tidy._money(total) IS NULL, _file DESC, TRY_CAST(_line AS BIGINT) DESC) = 1;

CREATE TABLE tidy._invoice_words AS
SELECT lower(trim(entry.key)) AS status, json_extract_string(entry.value, '$') AS state
FROM meta.settings s, json_each(s.value) entry WHERE s.name = 'invoice_statuses' AND json_type(s.value) = 'OBJECT';

CREATE TABLE tidy._headers AS
SELECT i.id, i.number, i.internal_id, coalesce(i.is_credit_note, false) AS is_credit_note, i.status_form,
    r.id AS booking_id, b.status_form AS booking_status, coalesce(r.is_contradictory, false) AS is_contradictory,
    coalesce(payer.id, own.id, of_booking.id, who.bill_payer_id, who.customer_id) AS customer_id,
    abs(i.stated_total) AS total, abs(coalesce(i.stated_tax, 0)) AS tax, i.stated_paid,
    tidy._money(i.balance) AS stated_balance, abs(coalesce(tidy._money(i.discount), 0)) AS discount,
    coalesce(tidy._number(i.merged_into, 'INV'), m.id) AS merged_into_id, parent.id AS parent_id,
    tidy._number(i.credits, 'INV') AS credits_id, coalesce(i.given_currency, tidy._currency()) AS currency,
    coalesce(o.is_elsewhere, false) AS is_elsewhere, coalesce(o.is_known, true) AS company_is_known,
    TRY_CAST(i.issue_date AS DATE) AS issue_date, TRY_CAST(i.due_date AS DATE) AS due_date,
    tidy._word(coalesce(tidy._filled(i.status), i.invoice_type)) AS status, tidy._filled(i.purchase_order) AS reference, tidy._plain(i.notes) AS notes, tidy._place(i._file, i._line) AS _place,
    coalesce(w.state, CASE WHEN i.status_form IN ('void', 'deleted', 'cancelled') THEN 'cancel' WHEN i.status_form = 'draft' THEN 'draft'
        WHEN i.status_form = 'credited' THEN 'credited'
        WHEN i.status_form IN ('open', 'overdue', 'closed', 'outstanding', 'paid', 'unpaid', 'partial', 'partially paid', 'sent', 'due', 'issued', 'completed') THEN 'posted' END) AS word_state
FROM tidy._invoices i
LEFT JOIN tidy._booking_refs r ON r.ref = tidy._ref(i.booking_id, i.booking_number)
LEFT JOIN tidy._bookings b ON b.id = r.id
LEFT JOIN tidy._booking_customers who ON who.id = r.id
LEFT JOIN tidy.customers payer ON payer.id = tidy._id(i.bill_payer_id)
LEFT JOIN tidy.customers own ON own.id = i.given_customer_id
LEFT JOIN tidy.customers of_booking ON of_booking.id = who.bill_payer_id
LEFT JOIN tidy._companies o ON o.id = i.given_company_id
LEFT JOIN tidy._invoices m ON m.internal_id = tidy._id(i.merged_invoice_id)
LEFT JOIN tidy._invoices parent ON parent.internal_id = tidy._id(i.parent_id)
LEFT JOIN tidy._invoice_words w ON w.status = i.status_form;

CREATE TABLE tidy._given_lines AS
SELECT coalesce(tidy._id(l.line_id), row_number() OVER (PARTITION BY h.id ORDER BY l._file, TRY_CAST(l._line AS BIGINT))::VARCHAR) AS line, h.id AS invoice_id,
    row_number() OVER (PARTITION BY h.id ORDER BY l._file, TRY_CAST(l._line AS BIGINT)) AS position,
    coalesce(s.id, n.id, CASE WHEN tidy._id(l.service_id) IS NULL AND tidy._form(l.service) IS NOT NULL THEN tidy._made_id(tidy._form(l.service)) END) AS service_id,
    coalesce(tidy._plain(l.description), tidy._filled(l.service), s.name, 'Line') AS name,
    coalesce(tidy._exact(l.quantity), 1) AS quantity, coalesce(tidy._exact(l.rate), tidy._exact(l.sub_total), tidy._exact(l.total)) AS unit_price,
    coalesce(tidy._exact(l.discount), 0) AS discount_percent,
    CASE WHEN contains(l."tax.given", '%') THEN NULL ELSE tidy._money(l.tax) END AS stated_tax,
    coalesce(tidy._exact(l.tax_rate), CASE WHEN contains(l."tax.given", '%') THEN tidy._exact(l.tax) END) AS stated_rate,
    tidy._money(l.sub_total) AS stated_amount, tidy._place(l._file, l._line) AS _place
FROM raw.invoice_lines l
JOIN tidy._headers h ON h.id = tidy._number(l.invoice_number, 'INV')
LEFT JOIN tidy.services s ON s.id = tidy._id(l.service_id)
LEFT JOIN tidy._service_names n ON n.form = tidy._form(l.service) AND tidy._id(l.service_id) IS NULL;

-- The rates of this account: those that lines name, and those that larger lines show by their amounts.
CREATE TABLE tidy._rates AS
SELECT rate, count(*) AS line_count FROM (
    SELECT CAST(stated_rate AS DECIMAL(9, 4)) AS rate FROM tidy._given_lines WHERE stated_rate IS NOT NULL
    UNION ALL
    SELECT CAST(round(100 * stated_tax / stated_amount * 2, 0) / 2 AS DECIMAL(9, 4)) FROM tidy._given_lines
    WHERE stated_rate IS NULL AND stated_amount >= 50 AND stated_tax IS NOT NULL
        AND abs(round(stated_amount * (round(100 * stated_tax / stated_amount * 2, 0) / 200), 2) - stated_tax) <= 0.01
    UNION ALL
    SELECT CAST(round(100 * stated_tax / (stated_amount - stated_tax) * 2, 0) / 2 AS DECIMAL(9, 4)) FROM tidy._given_lines
    WHERE stated_rate IS NULL AND stated_amount >= 50 AND stated_tax > 0 AND stated_tax < stated_amount
        AND abs(round(stated_amount * (round(100 * stated_tax / (stated_amount - stated_tax) * 2, 0) / 2) / (100 + round(100 * stated_tax / (stated_amount - stated_tax) * 2, 0) / 2), 2) - stated_tax) <= 0.01)
WHERE rate BETWEEN 0 AND 100 GROUP BY rate HAVING count(*) > 1 OR (SELECT count(*) FROM tidy._given_lines) < 10
UNION SELECT 0, 0;

-- Both readings of a line: tax on top of its amount, or held in it. The commonest rate that fits to a cent.
CREATE MACRO tidy._tax(amount, rate, is_included) AS CASE
    WHEN is_included THEN round(amount * rate / (100 + rate), 2) ELSE round(amount * rate * 0.01, 2) END;

CREATE TABLE tidy._readings AS
WITH amounts AS (
    SELECT invoice_id, line, is_included, stated_tax, stated_rate, stated_amount,
        CAST(round(CAST(quantity * unit_price AS DECIMAL(30, 8)) * CAST(100 - discount_percent AS DECIMAL(9, 4)) * 0.01, 2) AS DECIMAL(18, 2)) AS amount
    FROM tidy._given_lines, (VALUES (true), (false)) v(is_included)
), taxed AS (
    SELECT a.*, r.rate, r.line_count,
        CAST(tidy._tax(amount, r.rate, is_included) AS DECIMAL(18, 2)) AS tax
    FROM amounts a JOIN tidy._rates r ON r.rate = a.stated_rate OR (a.stated_rate IS NULL
        AND abs(tidy._tax(amount, r.rate, is_included) - coalesce(a.stated_tax, 0)) <= 0.01)
)
SELECT invoice_id, line, is_included, rate, amount, tax, CASE WHEN is_included THEN amount ELSE amount + tax END AS total
FROM taxed
-- A small line may fit several rates: no tax where it states none, else the commonest.
QUALIFY row_number() OVER (PARTITION BY invoice_id, line, is_included
    ORDER BY (rate = 0) <> (coalesce(stated_tax, 0) = 0), line_count DESC, rate) = 1;

-- Tax is rounded for each line, or once for each rate of an invoice: accounts do the one or the other.
CREATE TABLE tidy._line_sums AS
WITH rates AS (
    SELECT invoice_id, is_included, rate, count(*) AS line_count, sum(amount) AS amount, sum(tax) AS by_line,
        CAST(tidy._tax(sum(amount), rate, is_included) AS DECIMAL(18, 2)) AS at_once
    FROM tidy._readings GROUP BY invoice_id, is_included, rate
), sums AS (
    SELECT invoice_id, is_included, sum(line_count) AS line_count, sum(amount) AS amount, sum(by_line) AS by_line, sum(at_once) AS at_once
    FROM rates GROUP BY ALL
)
SELECT invoice_id, is_included, line_count, is_by_line, CASE WHEN is_by_line THEN by_line ELSE at_once END AS tax,
    amount + CASE WHEN is_included THEN 0 WHEN is_by_line THEN by_line ELSE at_once END AS total
FROM sums, (VALUES (true), (false)) v(is_by_line);

-- The reading that comes to the stated total, and to the stated tax where several do.
CREATE TABLE tidy._computed AS
SELECT h.id, n.line_count, s.is_included, s.total, s.tax, n.line_count = s.line_count AND s.total = h.total AS agrees
FROM tidy._headers h
JOIN (SELECT invoice_id, count(*) AS line_count FROM tidy._given_lines GROUP BY 1) n ON n.invoice_id = h.id
JOIN tidy._line_sums s ON s.invoice_id = h.id
QUALIFY row_number() OVER (PARTITION BY h.id ORDER BY n.line_count = s.line_count AND s.total = h.total DESC, s.tax = h.tax DESC,
    s.line_count DESC, abs(s.total - coalesce(h.total, 0)), s.is_included, s.is_by_line DESC) = 1;
