-- The money as Odoo is to get it.

CREATE TABLE tidy.taxes AS
SELECT CAST(tax_rate AS VARCHAR) || CASE WHEN is_included THEN '-included' ELSE '-excluded' END AS id,
    tax_rate AS rate, is_included, regexp_replace(CAST(tax_rate AS VARCHAR), '\.?0+$', '') || ' %' || CASE WHEN is_included THEN ' in the price' ELSE '' END AS name,
    count(*) AS line_count
FROM tidy._lines WHERE tax_rate <> 0 GROUP BY tax_rate, is_included;

CREATE TABLE tidy.invoices AS
WITH every_one AS (
    SELECT id, id AS lines_of, number, is_credit_note, state, credits_id, NULL AS of_status FROM tidy._decided
    UNION ALL
    SELECT l.id, l.lines_of, 'Credit of ' || d.number, true, 'posted', l.credits_id, 'Credited' FROM tidy._live l JOIN tidy._decided d ON d.id = l.lines_of WHERE l.made = 'credit'
), open AS (
    SELECT id, residual, paid, credited FROM tidy._open
    UNION ALL
    SELECT l.id, l.total - coalesce(sum(c.amount), 0), 0, coalesce(sum(c.amount), 0) FROM tidy._live l
    LEFT JOIN tidy._credited c ON c.credit_note_id = l.id WHERE l.is_credit_note AND l.state = 'posted' GROUP BY l.id, l.total
)
SELECT e.id, coalesce(e.number, e.id) AS number, CASE WHEN e.is_credit_note THEN 'out_refund' ELSE 'out_invoice' END AS kind,
    coalesce(e.state, 'draft') AS state, d.status, d.customer_id, d.booking_id, d.is_elsewhere, d.currency, d.issue_date,
    greatest(d.due_date, d.issue_date) AS due_date,
    coalesce(d.total, 0) - d.lines_tax AS sub_total, d.lines_tax AS tax_total, coalesce(d.total, 0) AS total,
    o.residual, CASE WHEN o.id IS NULL THEN NULL WHEN o.residual = 0 AND o.credited > 0 AND o.paid = 0 AND NOT e.is_credit_note THEN 'reversed'
        WHEN o.residual = 0 THEN 'paid' WHEN o.residual = d.total THEN 'not_paid' ELSE 'partial' END AS payment_state,
    e.credits_id, d.merged_into_id, d.parent_id, d.reference, d.notes, d.is_included, d.booking_status = 'cancelled' AS booking_is_cancelled, d._place
FROM every_one e
JOIN tidy._decided d ON d.id = e.lines_of
LEFT JOIN open o ON o.id = e.id;

CREATE TABLE tidy.invoice_lines AS
SELECT CASE WHEN i.id = l.invoice_id THEN l.id ELSE l.id || '-credit' END AS id, i.id AS invoice_id, l.position, l.service_id, l.name,
    l.quantity, l.unit_price, l.discount_percent,
    CASE WHEN l.tax_rate <> 0 THEN [CAST(l.tax_rate AS VARCHAR) || CASE WHEN l.is_included THEN '-included' ELSE '-excluded' END] END AS tax_ids,
    l.tax_rate, l.is_included, CAST(l.total - l.tax_total AS DECIMAL(18, 2)) AS sub_total, l.tax_total, CAST(l.total AS DECIMAL(18, 2)) AS total, i.is_elsewhere, l._place
FROM tidy._lines l
JOIN (SELECT id, id AS lines_of, is_elsewhere FROM tidy.invoices
    UNION ALL SELECT i.id, v.lines_of, i.is_elsewhere FROM tidy.invoices i JOIN tidy._live v ON v.id = i.id AND v.made = 'credit'
) i ON i.lines_of = l.invoice_id;

CREATE TABLE tidy.payments AS
WITH payers AS (
    SELECT n.id, CASE WHEN count(DISTINCT l.customer_id) = 1 THEN min(l.customer_id) END AS customer_id,
        min(l.booking_id) AS booking_id, bool_or(l.is_elsewhere) AS is_elsewhere, min(l.currency) AS currency, string_agg(n.invoice_id, ', ' ORDER BY n.invoice_id) AS invoices
    FROM (SELECT id, invoice_id FROM tidy._claims UNION SELECT id, invoice_id FROM tidy._named) n
    LEFT JOIN tidy._decided l ON l.id = n.invoice_id GROUP BY n.id
), every_one AS (
    SELECT id, 'payment' AS kind, 'inbound' AS direction, state, NULL AS same_as_id, NULL AS refunds_id, id AS payer_of, NULL AS given_payment_id,
        booking_id, customer_id, company_id, amount, date, paid_at, method, reference, added_by, status, currency, notes, _place FROM tidy._positive
    UNION ALL
    SELECT id, 'refund', 'outbound', state, same_as_id, refunds_id, refunds_id, given_payment_id,
        booking_id, customer_id, company_id, amount, date, paid_at, method, reference, added_by, status, currency, notes, _place FROM tidy._refunds
), allocated AS (SELECT payment_id AS id, sum(amount) AS amount FROM tidy._allocated GROUP BY 1)
SELECT e.id, e.kind, e.direction, coalesce(e.state, 'draft') AS state, e.same_as_id,
    coalesce(e.customer_id, p.customer_id, own.customer_id, who.bill_payer_id, who.customer_id) AS customer_id,
    coalesce(e.booking_id, p.booking_id) AS booking_id, coalesce(o.is_elsewhere, p.is_elsewhere, false) AS is_elsewhere,
    coalesce(e.currency, p.currency, tidy._currency()) AS currency, e.amount, e.date, e.paid_at,
    tidy._method(e.method) AS method, e.method AS method_name, e.reference, e.added_by, e.status, e.refunds_id, p.invoices, e.notes,
    CAST(coalesce(a.amount, 0) + coalesce(CASE WHEN e.kind = 'refund' AND e.state = 'posted' AND e.same_as_id IS NULL THEN e.amount END, g.amount, 0) AS DECIMAL(18, 2)) AS allocated,
    e.given_payment_id IS NOT NULL AND e.refunds_id IS NULL AS payment_is_missing, e._place
FROM every_one e
LEFT JOIN payers p ON p.id = e.payer_of
LEFT JOIN tidy._positive own ON own.id = e.refunds_id
LEFT JOIN tidy._booking_customers who ON who.id = coalesce(e.booking_id, p.booking_id)
LEFT JOIN tidy._companies o ON o.id = e.company_id
LEFT JOIN tidy._given_back g ON g.id = e.id
LEFT JOIN allocated a ON a.id = e.id;

-- What is due by `debit` is paid by `credit`: an invoice by a payment or credit note, a refund by the
-- payment that it gives back.
CREATE TABLE tidy.allocations AS
WITH every_one AS (
    SELECT payment_id || '/' || invoice_id AS id, 'invoices:' || invoice_id AS debit, 'payments:' || payment_id AS credit, amount, date
    FROM tidy._allocated WHERE amount > 0
    UNION ALL
    SELECT credit_note_id || '/' || invoice_id, 'invoices:' || invoice_id, 'invoices:' || credit_note_id, amount, date FROM tidy._credited WHERE amount > 0
    UNION ALL
    SELECT id || '/' || refunds_id, 'payments:' || id, 'payments:' || refunds_id, amount, date FROM tidy._refunds
    WHERE state = 'posted' AND same_as_id IS NULL AND refunds_id IN (SELECT id FROM tidy._positive WHERE state = 'posted')
), elsewhere AS (
    SELECT 'invoices:' || id AS record FROM tidy.invoices WHERE is_elsewhere UNION SELECT 'payments:' || id FROM tidy.payments WHERE is_elsewhere
)
SELECT e.*, e.debit IN (SELECT record FROM elsewhere) OR e.credit IN (SELECT record FROM elsewhere) AS is_elsewhere FROM every_one e;

-- A refund without its payment in the bundle stays an open debit of the customer.
CREATE TABLE tidy._booking_invoices AS
SELECT booking_id, string_agg(number, ', ' ORDER BY number) AS numbers,
    CASE WHEN bool_or(state = 'posted' AND kind = 'out_invoice' AND coalesce(residual, 0) > 0) THEN 'open'
        WHEN bool_or(state = 'posted') THEN 'settled' ELSE 'dead' END AS state
FROM tidy.invoices WHERE booking_id IS NOT NULL GROUP BY booking_id;

INSERT INTO tidy._findings
SELECT 'invoices', id, field, message, 'set_aside' FROM tidy._reasons
UNION ALL SELECT 'invoices', id, field, message, 'set_aside' FROM tidy._wrong
UNION ALL
SELECT split_part(record, ':', 1), split_part(record, ':', 2), 'currency',
    'pays or is paid in another currency than the account''s (' || tidy._currency() || '): enter it in Odoo, which knows the rates', 'set_aside'
FROM tidy._foreign
UNION ALL
SELECT split_part(record, ':', 1), split_part(record, ':', 2), NULL,
    CASE WHEN record LIKE 'payments:%' THEN 'pays or gives back what is set aside' ELSE 'is paid together with what is set aside' END, 'set_aside'
FROM tidy._held WHERE split_part(record, ':', 2) NOT IN (SELECT id FROM tidy._reasons UNION SELECT id FROM tidy._wrong)
    AND record NOT IN (SELECT record FROM tidy._foreign)
    AND (record LIKE 'payments:%' OR split_part(record, ':', 2) IN (SELECT id FROM tidy.invoices))
    AND record NOT IN (SELECT 'payments:' || id FROM tidy._positive WHERE state IS NULL)
UNION ALL
SELECT 'payments', id, 'status', 'settings.payment_statuses does not say what its status means: posted, draft or cancel', 'set_aside'
FROM tidy._positive WHERE state IS NULL
UNION ALL
SELECT 'payments', id, 'customer_id', 'names no customer, invoice or booking that is there', 'set_aside' FROM tidy.payments WHERE customer_id IS NULL
UNION ALL
SELECT 'payments', id, 'payment_id', 'gives back a payment that is not in the bundle: an open debit of the customer', 'warning' FROM tidy.payments WHERE payment_is_missing
UNION ALL
SELECT 'payments', id, 'invoice_numbers', 'pays several invoices that do not come to its amount: settings.split_payments (oldest_first) decides', 'set_aside'
FROM tidy._named WHERE is_shared AND id NOT IN (SELECT id FROM tidy._claims) GROUP BY id
UNION ALL
SELECT 'payments', id, 'amount', (amount - allocated) || ' of ' || amount || ' are the customer''s credit', 'warning'
FROM tidy.payments WHERE kind = 'payment' AND state = 'posted' AND allocated < amount
UNION ALL
SELECT 'invoices', id, 'booking_number', 'its booking is cancelled', 'warning' FROM tidy.invoices WHERE booking_is_cancelled AND state <> 'cancel';
