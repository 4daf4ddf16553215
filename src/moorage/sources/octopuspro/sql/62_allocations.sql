-- Which payment pays which invoice. What a refund gave back pays nothing; nothing pays more than is open.

CREATE TABLE tidy._given_back AS
SELECT refunds_id AS id, sum(amount) AS amount FROM tidy._refunds
WHERE state = 'posted' AND same_as_id IS NULL AND refunds_id IS NOT NULL GROUP BY refunds_id;

-- Claims: what each payment says it pays. One over several invoices with one amount is clear only if
-- that is the sum of what they are.
CREATE TABLE tidy._claims AS
WITH live AS (SELECT id, total, issue_date FROM tidy._live WHERE state = 'posted' AND NOT is_credit_note),
shared AS (
    SELECT n.id, n.invoice_id, l.total, any_value(n.total) OVER (PARTITION BY n.id) = sum(l.total) OVER (PARTITION BY n.id) AS is_clear,
        any_value(n.total) OVER (PARTITION BY n.id) AS amount,
        coalesce(sum(l.total) OVER (PARTITION BY n.id ORDER BY l.issue_date, l.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM tidy._named n JOIN live l ON l.id = n.invoice_id WHERE n.is_shared
)
SELECT n.id, n.invoice_id, n.amount FROM tidy._named n JOIN live l ON l.id = n.invoice_id WHERE NOT n.is_shared
UNION ALL
SELECT id, invoice_id, CASE WHEN is_clear THEN total ELSE greatest(0, least(total, amount - before)) END FROM shared
WHERE is_clear OR tidy._setting('split_payments') = 'oldest_first'
UNION ALL
SELECT p.id, s.invoice_id, p.amount FROM tidy._positive p JOIN tidy._sole_invoices s ON s.booking_id = p.booking_id WHERE p.names_no_invoice;

CREATE TABLE tidy._allocated AS
WITH available AS (
    SELECT c.id, c.invoice_id, p.date, p.amount - coalesce(g.amount, 0) AS available,
        coalesce(sum(c.amount) OVER (PARTITION BY c.id ORDER BY c.invoice_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before, c.amount
    FROM tidy._claims c JOIN tidy._positive p ON p.id = c.id LEFT JOIN tidy._given_back g ON g.id = c.id
    WHERE p.state = 'posted'
), effective AS (
    SELECT id, invoice_id, date, CAST(greatest(0, least(amount, available - before)) AS DECIMAL(18, 2)) AS amount FROM available
), running AS (
    SELECT e.*, l.total, coalesce(sum(e.amount) OVER (PARTITION BY e.invoice_id ORDER BY e.date, e.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM effective e JOIN tidy._live l ON l.id = e.invoice_id
)
SELECT id AS payment_id, invoice_id, date, amount AS effective, CAST(greatest(0, least(amount, total - before)) AS DECIMAL(18, 2)) AS amount FROM running;

-- Credit notes that name their invoice.
CREATE TABLE tidy._credited AS
SELECT c.id AS credit_note_id, c.credits_id AS invoice_id, c.issue_date AS date,
    CAST(greatest(0, least(c.total, i.total - coalesce(p.paid, 0))) AS DECIMAL(18, 2)) AS amount
FROM tidy._live c JOIN tidy._live i ON i.id = c.credits_id AND i.state = 'posted'
LEFT JOIN (SELECT invoice_id, sum(amount) AS paid FROM tidy._allocated GROUP BY 1) p ON p.invoice_id = i.id
WHERE c.is_credit_note AND c.state = 'posted'
QUALIFY row_number() OVER (PARTITION BY c.credits_id ORDER BY c.id) = 1;

-- What each invoice comes to, beside what the bundle says of it.
CREATE TABLE tidy._open AS
SELECT l.id, l.total - coalesce(a.amount, 0) - coalesce(c.amount, 0) AS residual, coalesce(a.effective, 0) AS effective,
    coalesce(a.amount, 0) AS paid, coalesce(c.amount, 0) AS credited, d.stated_balance, d.stated_paid
FROM tidy._live l LEFT JOIN tidy._decided d ON d.id = l.id
LEFT JOIN (SELECT invoice_id, sum(effective) AS effective, sum(amount) AS amount FROM tidy._allocated GROUP BY 1) a ON a.invoice_id = l.id
LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM tidy._credited GROUP BY 1) c ON c.invoice_id = l.id
WHERE l.state = 'posted' AND NOT l.is_credit_note;

CREATE TABLE tidy._wrong AS
SELECT id, 'balance' AS field, CASE WHEN stated_balance IS NOT NULL
        THEN 'its balance is ' || stated_balance || ', its payments leave ' || (total - effective - credited) || ' (difference ' || (stated_balance - (total - effective - credited)) || ')'
        ELSE stated_paid || ' is paid, its payments give ' || effective || ' (difference ' || (stated_paid - effective) || ')' END AS message
FROM (SELECT o.*, o.residual + o.paid + o.credited AS total FROM tidy._open o)
WHERE (stated_balance IS NOT NULL AND stated_balance <> total - effective - credited AND NOT (stated_balance = 0 AND total - effective - credited < 0))
    OR (stated_balance IS NULL AND stated_paid <> effective AND credited = 0);

-- What an amount in another currency comes to in the books, no bundle tells: who pays or is paid so.
CREATE TABLE tidy._foreign AS
WITH pairs AS (
    SELECT 'payments:' || c.id AS one, p.currency AS of_one, 'invoices:' || c.invoice_id AS other, l.currency AS of_other
    FROM tidy._claims c JOIN tidy._positive p ON p.id = c.id AND p.state = 'posted' JOIN tidy._live l ON l.id = c.invoice_id
    UNION ALL
    SELECT 'invoices:' || n.id, n.currency, 'invoices:' || i.id, i.currency
    FROM tidy._credited c JOIN tidy._live n ON n.id = c.credit_note_id JOIN tidy._live i ON i.id = c.invoice_id
    UNION ALL
    SELECT 'payments:' || r.id, r.currency, 'payments:' || p.id, p.currency
    FROM tidy._refunds r JOIN tidy._positive p ON p.id = r.refunds_id AND p.state = 'posted' WHERE r.state = 'posted' AND r.same_as_id IS NULL
)
SELECT DISTINCT unnest([one, other]) AS record FROM pairs
WHERE coalesce(of_one, of_other, tidy._currency()) <> tidy._currency() OR coalesce(of_other, of_one, tidy._currency()) <> tidy._currency();

-- What a person must look at takes along what hangs on it: its payments, their refunds, their invoices.
CREATE TABLE tidy._ties AS
SELECT 'payments:' || id AS one, 'invoices:' || invoice_id AS other FROM tidy._named
UNION SELECT 'payments:' || p.id, 'invoices:' || s.invoice_id FROM tidy._positive p JOIN tidy._sole_invoices s ON s.booking_id = p.booking_id WHERE p.names_no_invoice
UNION SELECT 'payments:' || id, 'payments:' || refunds_id FROM tidy._refunds WHERE refunds_id IS NOT NULL
UNION SELECT 'payments:' || id, 'payments:' || same_as_id FROM tidy._refunds WHERE same_as_id IS NOT NULL
UNION SELECT 'invoices:' || credit_note_id, 'invoices:' || invoice_id FROM tidy._credited;

CREATE TABLE tidy._held AS
WITH RECURSIVE ties AS (SELECT one, other FROM tidy._ties UNION SELECT other, one FROM tidy._ties),
held AS (
    SELECT 'invoices:' || id AS record FROM tidy._reasons UNION SELECT 'invoices:' || id FROM tidy._wrong
    UNION SELECT 'payments:' || id FROM tidy._positive WHERE state IS NULL
    UNION SELECT t.other FROM held h JOIN ties t ON t.one = h.record
)
SELECT DISTINCT record FROM held;
