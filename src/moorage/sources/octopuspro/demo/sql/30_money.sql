-- Invoices, lines, payments and refunds. `fate` is what happens to an invoice; what is open at the
-- end stands in t_invoices.residual, to the cent.

CREATE TABLE t_plain AS
SELECT b.n, 'INV-' || b.n AS number, b.id AS booking_id, b.number AS booking_number, b.customer_id,
    b.company_id, b.n % 40 AS fate, CAST(b.start_local AS DATE) + 1 AS issue_date,
    CAST(b.start_local AS DATE) + 15 AS due_date,
    -- The second company's prices hold their tax, unless that is switched off.
    b.company_id = 12 AND included() AS is_included,
    CASE WHEN b.n % 17 = 3 THEN 10 ELSE 0 END AS discount_percent
FROM t_bookings b;

CREATE TABLE t_own_lines AS
WITH items AS (
    SELECT p.n, p.number AS invoice_number, k, 1 + (p.n + k) % 8 AS service_id, p.is_included, p.discount_percent,
        CAST(CASE WHEN (p.n + k) % 9 = 0 THEN 1.5 ELSE between_('qty', p.n * 10 + k, 1, 3) END AS DECIMAL(18, 2)) AS quantity,
        -- Such that no line has parts of a cent before tax.
        CAST(between_('price', p.n * 10 + k, 100, 3000) / 5.0 AS DECIMAL(18, 2)) AS rate,
        CASE WHEN (p.n + k) % 14 = 0 THEN 0 ELSE 15 END AS tax_rate
    FROM t_plain p, range(0, 4) v(k) WHERE k <= p.n % 4
), amounts AS (
    SELECT *, CAST(round(quantity * rate * (100 - discount_percent) * 0.01, 2) AS DECIMAL(18, 2)) AS amount FROM items
)
SELECT *, CASE WHEN is_included THEN CAST(round(amount * tax_rate / (100 + tax_rate), 2) AS DECIMAL(18, 2))
    ELSE CAST(round(amount * tax_rate * 0.01, 2) AS DECIMAL(18, 2)) END AS tax
FROM amounts;

-- 35 is merged into 36, which then carries the lines of both.
CREATE TABLE t_lines AS
SELECT n * 100 + k AS id, * FROM t_own_lines
UNION ALL
SELECT (l.n + 1) * 100 + 50 + l.k, l.* REPLACE (l.n + 1 AS n, 'INV-' || (l.n + 1) AS invoice_number)
FROM t_own_lines l JOIN t_plain p ON p.n = l.n JOIN t_plain up ON up.n = p.n + 1
WHERE p.fate = 35 AND p.customer_id = up.customer_id;

CREATE TABLE t_merged AS
SELECT p.n, 'INV-' || (p.n + 1) AS into_number FROM t_plain p JOIN t_plain up ON up.n = p.n + 1
WHERE p.fate = 35 AND p.customer_id = up.customer_id;

-- Tax is rounded line by line, or once for all lines of a rate.
CREATE TABLE t_sums AS
WITH rates AS (
    SELECT n, is_included, tax_rate, sum(amount) AS amount, CASE WHEN by_line() THEN sum(tax)
        WHEN is_included THEN CAST(round(sum(amount) * tax_rate / (100 + tax_rate), 2) AS DECIMAL(18, 2))
        ELSE CAST(round(sum(amount) * tax_rate * 0.01, 2) AS DECIMAL(18, 2)) END AS tax
    FROM t_lines GROUP BY n, is_included, tax_rate
)
SELECT p.*, CAST(sum(CASE WHEN r.is_included THEN amount ELSE amount + tax END) AS DECIMAL(18, 2)) AS total,
    CAST(sum(tax) AS DECIMAL(18, 2)) AS tax
FROM t_plain p JOIN rates r ON r.n = p.n GROUP BY ALL;

-- `given`: as the file names it: by invoice, by booking (a deposit), or together with the next one.
CREATE TABLE t_payments AS
WITH paid AS (
    SELECT s.n, k, s.number, s.booking_number, s.company_id, s.issue_date, s.fate, s.total,
        CASE WHEN fate < 16 OR fate IN (30, 31, 32, 36, 37, 38) THEN [s.total]
            WHEN fate BETWEEN 23 AND 25 THEN [CAST(round(s.total * 0.4, 2) AS DECIMAL(18, 2))]
            WHEN fate IN (26, 34) THEN [CAST(round(s.total * 0.3, 2) AS DECIMAL(18, 2)), s.total - CAST(round(s.total * 0.3, 2) AS DECIMAL(18, 2))]
            WHEN fate = 27 THEN [s.total]
            WHEN fate = 33 THEN [s.total + 20] ELSE [] END AS parts
    FROM t_sums s, range(1, 3) v(k)
    WHERE fate <> 30
)
SELECT n * 10 + k AS id, n, number AS invoice_number, booking_number, company_id, fate, k,
    parts[k] AS amount,
    CASE WHEN fate = 27 THEN CASE WHEN n % 80 = 27 THEN 'Pending' ELSE 'unapproved' END ELSE pick('approved', n, ['Approved', 'APPROVED ']) END AS status,
    pick('method', n * 10 + k, ['Credit Card', 'Cash', 'Bank Transfer/EFT', 'cheque', 'POS']) AS method,
    CASE WHEN fate = 34 AND k = 1 THEN CAST(issue_date AS TIMESTAMP) - INTERVAL 9 DAY
        ELSE CAST(issue_date AS TIMESTAMP) + INTERVAL (k * 3) DAY END + INTERVAL 10 HOUR AS paid_local
FROM paid WHERE k <= len(parts);

-- One payment over two invoices: 37 takes 38 along, where both are the same customer's.
CREATE TABLE t_together AS
SELECT a.n, a.id, b.id AS other_id, b.invoice_number AS other_number, b.amount AS other_amount
FROM t_payments a JOIN t_payments b ON b.n = a.n + 1 AND b.fate = 38
JOIN t_plain pa ON pa.n = a.n JOIN t_plain pb ON pb.n = b.n AND pb.customer_id = pa.customer_id WHERE a.fate = 37;

CREATE TABLE t_refunds AS
SELECT p.n * 10 + 7 AS id, p.id AS payment_id, p.n, p.invoice_number, p.fate,
    CAST(round(p.amount * 0.3, 2) AS DECIMAL(18, 2)) AS amount, p.paid_local + INTERVAL 5 DAY AS paid_local
FROM t_payments p WHERE p.fate IN (31, 32);

CREATE TABLE t_invoices AS
WITH approved AS (SELECT n, sum(amount) AS paid FROM t_payments WHERE fate <> 27 GROUP BY n),
    given_back AS (SELECT n, sum(amount) AS refunded FROM t_refunds GROUP BY n)
SELECT s.*, CASE WHEN fate = 28 THEN 'Draft' WHEN fate = 29 OR m.n IS NOT NULL THEN pick('void', s.n, ['Void', 'VOID'])
        WHEN fate = 30 THEN 'Credited' WHEN fate BETWEEN 20 AND 22 THEN 'Overdue'
        WHEN fate < 16 OR fate IN (26, 33, 34, 36, 37, 38) THEN pick('closed', s.n, ['Closed', 'closed ']) ELSE 'Open' END AS status,
    m.into_number,
    CAST(coalesce(a.paid, 0) - coalesce(g.refunded, 0) AS DECIMAL(18, 2)) AS paid,
    CAST(CASE WHEN fate IN (28, 29, 30) OR m.n IS NOT NULL THEN 0
        ELSE s.total - coalesce(a.paid, 0) + coalesce(g.refunded, 0) END AS DECIMAL(18, 2)) AS balance,
    -- Two kinds of broken: a header that its lines do not give, and an invoice without lines.
    s.n % 120 = 17 AS is_off, s.n % 120 = 18 AS has_no_lines,
    fate BETWEEN 19 AND 22 AND s.n % 5 <> 0 AS is_in_pages
FROM t_sums s LEFT JOIN t_merged m ON m.n = s.n
LEFT JOIN approved a ON a.n = s.n LEFT JOIN given_back g ON g.n = s.n;
