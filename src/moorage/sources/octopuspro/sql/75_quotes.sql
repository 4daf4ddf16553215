-- Quotes. An order holds no tax of its own here: what Odoo makes of its lines must be the stated total.

CREATE TABLE tidy._quotes AS
SELECT *, coalesce(tidy._number(quote_number, 'EST'), tidy._made_id(concat_ws('|', customer_id, created, total))) AS id FROM raw.quotes
QUALIFY row_number() OVER (PARTITION BY coalesce(tidy._number(quote_number, 'EST'), _file || _line) ORDER BY _file DESC, TRY_CAST(_line AS BIGINT) DESC) = 1;

CREATE TABLE tidy._quote_amounts AS
SELECT q.id AS quote_id, row_number() OVER (PARTITION BY q.id ORDER BY l._file, TRY_CAST(l._line AS BIGINT)) AS position,
    coalesce(s.id, n.id, CASE WHEN tidy._id(l.service_id) IS NULL AND tidy._form(l.service) IS NOT NULL THEN tidy._made_id(tidy._form(l.service)) END) AS service_id,
    coalesce(tidy._plain(l.description), tidy._filled(l.service), s.name, 'Line') AS name,
    coalesce(tidy._exact(l.quantity), 1) AS quantity, coalesce(tidy._exact(l.rate), tidy._exact(l.sub_total), 0) AS unit_price,
    coalesce(tidy._exact(l.discount), 0) AS discount_percent,
    CASE WHEN contains(l."tax.given", '%') THEN NULL ELSE tidy._money(l.tax) END AS stated_tax
FROM raw.quote_lines l
JOIN tidy._quotes q ON q.id = tidy._number(l.quote_number, 'EST')
LEFT JOIN tidy.services s ON s.id = tidy._id(l.service_id)
LEFT JOIN tidy._service_names n ON n.form = tidy._form(l.service) AND tidy._id(l.service_id) IS NULL;

CREATE TABLE tidy._quote_sums AS
SELECT quote_id, sum(CAST(round(CAST(quantity * unit_price AS DECIMAL(30, 8)) * CAST(100 - discount_percent AS DECIMAL(9, 4)) * 0.01, 2) AS DECIMAL(18, 2))) AS net,
    sum(coalesce(stated_tax, 0)) AS tax, count(*) AS line_count
FROM tidy._quote_amounts GROUP BY quote_id;

CREATE TABLE tidy.quotes AS
SELECT q.id, coalesce(tidy._number(q.quote_number, 'EST'), q.id) AS number, c.id AS customer_id, r.id AS booking_id, tidy._word(q.status) AS status,
    CASE tidy._status(q.status) WHEN 'draft' THEN 'draft' WHEN 'sent' THEN 'sent' WHEN 'accepted' THEN 'sale'
        WHEN 'declined' THEN 'cancel' WHEN 'expired' THEN 'sent' WHEN 'cancelled' THEN 'cancel' END AS state,
    tidy._utc(q.created, NULL) AS created_at, TRY_CAST(q.expiry AS DATE) AS valid_until, TRY_CAST(q.follow_up AS DATE) AS follow_up,
    tidy._filled(q.decline_reason) AS decline_reason, tidy._money(q.sub_total) AS sub_total, tidy._money(q.discount) AS discount,
    coalesce(tidy._money(q.tax), s.tax, 0) AS tax, tidy._money(q.total) AS total, coalesce(s.net, 0) AS lines_net,
    coalesce(s.line_count, 0) AS line_count,
    coalesce(tidy._code(q.currency), tidy._code(q."total.currency"), tidy._currency()) AS currency, coalesce(o.is_elsewhere, false) AS is_elsewhere,
    tidy._plain(q.notes) AS notes, coalesce(o.is_known, true) AS company_is_known, tidy._place(q._file, q._line) AS _place
FROM tidy._quotes q
LEFT JOIN tidy._quote_sums s ON s.quote_id = q.id
LEFT JOIN tidy._booking_refs r ON r.ref = tidy._ref(NULL, q.booking_number)
LEFT JOIN tidy._booking_customers who ON who.id = r.id
LEFT JOIN tidy.customers c ON c.id = coalesce(tidy._id(q.customer_id), who.customer_id)
LEFT JOIN tidy._companies o ON o.id = tidy._id(q.company_id);

-- Tax and whatever else the total has beyond the lines are lines of their own, as with no tax in Odoo.
CREATE TABLE tidy.quote_lines AS
SELECT l.*, q.is_elsewhere FROM (
SELECT quote_id || '/' || position AS id, quote_id, position, coalesce(service_id, 'none') AS service_id, name, quantity, unit_price, discount_percent
FROM tidy._quote_amounts
UNION ALL
SELECT id || '/tax', id, 1000000, 'tax', 'Tax', 1, tax, 0 FROM tidy.quotes WHERE tax <> 0
UNION ALL
SELECT id || '/discount', id, 1000001, 'discount', 'Discount', 1, -discount, 0 FROM tidy.quotes WHERE discount <> 0
) l JOIN tidy.quotes q ON q.id = l.quote_id;

-- Order lines need a product: these stand for what is no service, and are made only where used.
INSERT INTO tidy.services
SELECT id, name, NULL, NULL, 0, NULL, NULL, NULL, true, true
FROM (VALUES ('tax', 'Tax (OctopusPro)'), ('discount', 'Discount (OctopusPro)'), ('none', 'Service without a name (OctopusPro)')) v(id, name)
WHERE id IN (SELECT service_id FROM tidy.quote_lines) AND id NOT IN (SELECT id FROM tidy.services);

INSERT INTO tidy._findings
SELECT 'quotes', id, 'total', 'its total is ' || total || ', its lines give ' || (lines_net + tax - coalesce(discount, 0)) || ': settings.quote_differences (keep) decides',
    CASE WHEN tidy._setting('quote_differences') = 'keep' THEN 'warning' ELSE 'set_aside' END
FROM tidy.quotes WHERE total <> lines_net + tax - coalesce(discount, 0)
UNION ALL
SELECT 'quotes', id, 'status', 'its status is none that is known: taken as a draft', 'warning' FROM tidy.quotes WHERE state IS NULL
UNION ALL
SELECT 'quotes', id, 'company_id', 'settings.companies does not say whether this company moves (main) or not (other)', 'set_aside' FROM tidy.quotes WHERE NOT company_is_known;
