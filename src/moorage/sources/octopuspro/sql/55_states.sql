-- What becomes of each invoice: draft, posted, cancelled, or not before a person decides.

CREATE TABLE tidy._decided AS
SELECT h.*, coalesce(c.is_included, false) AS is_included, c.agrees, c.total AS lines_total, coalesce(c.tax, 0) AS lines_tax, coalesce(c.line_count, 0) AS line_count,
    m.id IS NOT NULL AS is_merged,
    CASE WHEN m.id IS NOT NULL THEN 'cancel'
        WHEN h.word_state = 'credited' THEN CASE tidy._setting('credited_invoices') WHEN 'credit_note' THEN 'posted' WHEN 'cancel' THEN 'cancel' END
        WHEN h.word_state = 'posted' AND h.booking_status = 'cancelled' AND coalesce(h.stated_balance, h.total - coalesce(h.stated_paid, 0)) <> 0
            THEN nullif(coalesce(tidy._setting('invoices_of_cancelled_bookings'), 'set_aside'), 'set_aside')
        WHEN parent.id IS NOT NULL THEN CASE WHEN tidy._setting('child_invoices') = 'post' THEN h.word_state END
        ELSE h.word_state END AS state
FROM tidy._headers h
LEFT JOIN tidy._computed c ON c.id = h.id
LEFT JOIN tidy._headers m ON m.id = h.merged_into_id AND m.id <> h.id
LEFT JOIN tidy._headers parent ON parent.id = h.parent_id AND parent.id <> h.id;

CREATE TABLE tidy._reasons AS
SELECT id, 'company_id' AS field, 'settings.companies does not say whether this company moves (main) or not (other)' AS message FROM tidy._decided WHERE NOT company_is_known
UNION ALL
SELECT id, 'customer_id', 'names no customer who is in the bundle' FROM tidy._decided WHERE customer_id IS NULL
UNION ALL
SELECT id, 'booking_number', 'its booking''s number and internal id name two different bookings' FROM tidy._decided WHERE is_contradictory
UNION ALL
SELECT id, 'issue_date', 'has no date that can be read' FROM tidy._decided WHERE issue_date IS NULL AND state = 'posted'
UNION ALL
SELECT id, 'total', 'has no total' FROM tidy._decided WHERE total IS NULL
UNION ALL
SELECT id, 'status', CASE
    WHEN word_state IS NULL THEN 'settings.invoice_statuses does not say what its status means: draft, posted or cancel'
    WHEN word_state = 'credited' THEN 'is credited, and no credit note says how: settings.credited_invoices (credit_note or cancel) decides'
    WHEN booking_status = 'cancelled' THEN 'is outstanding, but its booking is cancelled: settings.invoices_of_cancelled_bookings (draft or posted) decides'
    ELSE 'is a part of another invoice: settings.child_invoices (post) decides' END
FROM tidy._decided WHERE state IS NULL
UNION ALL
SELECT id, 'lines', 'has no lines in the bundle, and a total of ' || total || ': settings.invoice_differences (line) decides'
FROM tidy._decided WHERE line_count = 0 AND total <> 0 AND coalesce(tidy._setting('invoice_differences'), '') <> 'line'
UNION ALL
SELECT id, 'total', 'its total is ' || total || ', its lines give ' || lines_total || ' (difference ' || (total - lines_total) || '): settings.invoice_differences (line) decides'
FROM tidy._decided WHERE line_count > 0 AND NOT agrees AND coalesce(tidy._setting('invoice_differences'), '') <> 'line';

CREATE TABLE tidy._lines AS
SELECT g.invoice_id || '/' || g.line AS id, g.invoice_id, g.position, g.service_id, g.name, g.quantity, g.unit_price, g.discount_percent,
    r.rate AS tax_rate, r.is_included, r.tax AS tax_total, r.total, g._place
FROM tidy._given_lines g
JOIN tidy._decided d ON d.id = g.invoice_id
JOIN tidy._readings r ON r.invoice_id = g.invoice_id AND r.line = g.line AND r.is_included = d.is_included
UNION ALL
-- A total that no lines explain, as one line without tax, where a person said so.
SELECT id || '/difference', id, 1000000, NULL, CASE WHEN line_count = 0 THEN 'As invoiced in OctopusPro' ELSE 'Difference to the total in OctopusPro' END,
    1, total - coalesce(lines_total, 0), 0, 0, is_included, 0, total - coalesce(lines_total, 0), _place
FROM tidy._decided WHERE total <> coalesce(lines_total, 0) AND tidy._setting('invoice_differences') = 'line';

-- A credit note that only a status tells of takes back all lines of its invoice.
CREATE TABLE tidy._live AS
SELECT id, 'INV' AS made, id AS lines_of, is_credit_note, state, customer_id, booking_id, currency, issue_date, total, credits_id FROM tidy._decided
WHERE id NOT IN (SELECT id FROM tidy._reasons)
UNION ALL
SELECT id || '-credit', 'credit', id, true, 'posted', customer_id, booking_id, currency, issue_date, total, id FROM tidy._decided
WHERE word_state = 'credited' AND state = 'posted' AND id NOT IN (SELECT id FROM tidy._reasons);
