-- Quotes and their lines. Krayin stores totals as a browser sent them: they are computed again from
-- the items. An order line in Odoo has no fixed amounts of discount, tax or adjustment, so these become
-- lines of their own (quote_extras), and all lines of a quote add up to its grand total.

CREATE TABLE tidy._items AS
SELECT i.id, i.quote_id, i.product_id, p.id IS NULL AS product_missing,
    i.sku, coalesce(tidy._filled(i.name), p.name, i.sku, 'Item ' || i.id) AS name,
    coalesce(TRY_CAST(i.quantity AS BIGINT), 0) AS quantity,
    coalesce(tidy._money(i.price), 0) AS price,
    coalesce(tidy._money(i.discount_amount), 0) AS discount_amount,
    coalesce(tidy._money(i.tax_amount), 0) AS tax_amount,
    tidy._money(i.discount_percent) AS discount_percent, tidy._money(i.tax_percent) AS tax_percent,
    tidy._filled(i.coupon_code) AS coupon_code, tidy._money(i.total) AS total,
    row_number() OVER (PARTITION BY i.quote_id ORDER BY CAST(i.id AS BIGINT)) AS position,
    tidy._utc(i.created_at) AS created_at, tidy._utc(i.updated_at) AS updated_at
FROM raw.quote_items i
LEFT JOIN tidy.products p ON p.id = i.product_id;

CREATE TABLE tidy._quote_sums AS
SELECT quote_id, count(*) AS item_count,
    CAST(sum(quantity * price) AS DECIMAL(18,4)) AS items_total,
    CAST(sum(CAST(round(quantity * round(price, 2), 2) AS DECIMAL(18,4))) AS DECIMAL(18,4)) AS lines_total,
    CAST(sum(discount_amount) AS DECIMAL(18,4)) AS items_discount,
    CAST(sum(tax_amount) AS DECIMAL(18,4)) AS items_tax
FROM tidy._items GROUP BY quote_id;

CREATE TABLE tidy._native_quotes AS
SELECT entity_id, max(value) FILTER (code = 'description') AS description,
    max(value) FILTER (code = 'discount_amount') AS discount_amount,
    max(value) FILTER (code = 'tax_amount') AS tax_amount,
    max(value) FILTER (code = 'adjustment_amount') AS adjustment_amount,
    max(value) FILTER (code = 'sub_total') AS sub_total,
    max(value) FILTER (code = 'grand_total') AS grand_total,
    max(value) FILTER (code = 'expired_at') AS expired_at
FROM tidy._native WHERE entity_type = 'quotes' GROUP BY entity_id;

CREATE TABLE tidy.quotes AS
WITH linked AS (
    SELECT quote_id, list(DISTINCT lead_id ORDER BY lead_id) AS lead_ids,
        CAST(min(CAST(lead_id AS BIGINT)) AS VARCHAR) AS lead_id
    FROM raw.lead_quotes WHERE lead_id IN (SELECT id FROM raw.leads) GROUP BY quote_id
), sums AS (
    SELECT q.id,
        coalesce(tidy._money(q.discount_percent), 0) AS discount_percent,
        coalesce(tidy._money(q.discount_amount), tidy._money(n.discount_amount), 0) AS discount_amount,
        coalesce(tidy._money(q.tax_amount), tidy._money(n.tax_amount), 0) AS tax_amount,
        coalesce(tidy._money(q.adjustment_amount), tidy._money(n.adjustment_amount), 0) AS adjustment_amount,
        coalesce(tidy._money(q.sub_total), tidy._money(n.sub_total), 0) AS sub_total,
        coalesce(tidy._money(q.grand_total), tidy._money(n.grand_total), 0) AS grand_total,
        coalesce(q.description, n.description) AS description,
        coalesce(q.expired_at, n.expired_at) AS expired_at,
        coalesce(i.item_count, 0) AS item_count, coalesce(i.items_total, 0) AS items_total,
        coalesce(i.items_discount, 0) AS items_discount, coalesce(i.items_tax, 0) AS items_tax
    FROM raw.quotes q
    LEFT JOIN tidy._native_quotes n ON n.entity_id = q.id
    LEFT JOIN tidy._quote_sums i ON i.quote_id = q.id
)
SELECT q.id, q.subject, s.description,
    bill.readable AS billing_address, ship.readable AS shipping_address,
    bill.street AS "billing.street", bill.street2 AS "billing.street2", bill.city AS "billing.city",
    bill.zip AS "billing.zip", bill.state_name AS "billing.state_name", bill.country_code AS "billing.country_code",
    ship.street AS "shipping.street", ship.street2 AS "shipping.street2", ship.city AS "shipping.city",
    ship.zip AS "shipping.zip", ship.state_name AS "shipping.state_name", ship.country_code AS "shipping.country_code",
    s.discount_percent, s.discount_amount, s.tax_amount, s.adjustment_amount, s.sub_total, s.grand_total,
    tidy._currency() AS currency, s.item_count, s.items_total, s.items_discount, s.items_tax,
    CAST(s.items_total + s.items_tax - s.items_discount + s.adjustment_amount AS DECIMAL(18,4)) AS computed_total,
    abs(s.items_total + s.items_tax - s.items_discount + s.adjustment_amount - s.grand_total) < 0.01 AS totals_agree,
    TRY_CAST(s.expired_at AS DATE) AS expired_on, tidy._utc(s.expired_at) AS expired_at,
    person.id AS person_id, person.organization_id, u.id AS user_id, linked.lead_id, linked.lead_ids,
    tidy._utc(q.created_at) AS created_at, tidy._utc(q.updated_at) AS updated_at,
    c.* EXCLUDE (entity_id)
FROM raw.quotes q
JOIN sums s ON s.id = q.id
LEFT JOIN linked ON linked.quote_id = q.id
LEFT JOIN tidy._addresses bill ON bill.object = 'billing' AND bill.id = q.id
LEFT JOIN tidy._addresses ship ON ship.object = 'shipping' AND ship.id = q.id
LEFT JOIN tidy.persons person ON person.id = q.person_id
LEFT JOIN raw.users u ON u.id = q.user_id
LEFT JOIN tidy._custom_quotes c ON c.entity_id = q.id;

-- `amount` is what the line adds to the total, as Odoo rounds it: the unit price, then the line.
CREATE TABLE tidy.quote_items AS
SELECT id, quote_id, position, CASE WHEN NOT product_missing THEN product_id END AS product_id,
    product_missing, CASE WHEN product_missing THEN 'missing' END AS line_product_id,
    sku, name, CAST(quantity AS DOUBLE) AS quantity, price,
    CAST(round(quantity * round(price, 2), 2) AS DECIMAL(18,4)) AS amount,
    discount_amount, tax_amount, discount_percent, tax_percent, coupon_code, total,
    created_at, updated_at
FROM tidy._items WHERE quote_id IN (SELECT id FROM raw.quotes);

-- What rounding to the cent takes from the items or gives to them is a line of its own.
CREATE TABLE tidy.quote_extras AS
WITH allowed AS (
    SELECT coalesce(bool_or(json_extract_string(value, '$') = 'line'), false) AS difference
    FROM meta.settings WHERE name = 'quote_differences'
), rounded AS (
    SELECT q.id, round(-q.items_discount, 2) AS discount, round(q.items_tax, 2) AS tax,
        round(q.adjustment_amount, 2) AS adjustment, round(q.computed_total, 2) AS total,
        coalesce(s.lines_total, 0) AS lines, round(q.grand_total, 2) AS stated,
        -- Totals that agree may still round to different cents.
        a.difference OR q.totals_agree AS is_made_up
    FROM tidy.quotes q LEFT JOIN tidy._quote_sums s ON s.quote_id = q.id CROSS JOIN allowed a
), amounts AS (
    SELECT id, discount, tax, adjustment, total - lines - discount - tax - adjustment AS rounding,
        CASE WHEN is_made_up THEN stated - total ELSE 0 END AS difference
    FROM rounded
), lines AS (
    UNPIVOT (SELECT id, CAST(COLUMNS(* EXCLUDE (id)) AS DECIMAL(18,4)) FROM amounts)
    ON discount, tax, adjustment, rounding, difference INTO NAME kind VALUE amount
)
SELECT id || '-' || kind AS id, id AS quote_id, kind AS line_product_id,
    CASE kind WHEN 'difference' THEN 'Difference to the total stated in Krayin'
        ELSE upper(kind[1]) || kind[2:] END AS name,
    1000000 + list_position(['discount', 'tax', 'adjustment', 'rounding', 'difference'], kind) AS position,
    CAST(1 AS DOUBLE) AS quantity, amount AS price, amount
FROM lines WHERE amount <> 0;

-- An order line needs a product: these stand for what is none, and are made only when used.
CREATE TABLE tidy.line_products AS
SELECT id, name FROM (VALUES
    ('discount', 'Discount (Krayin)'), ('tax', 'Tax (Krayin)'), ('adjustment', 'Adjustment (Krayin)'),
    ('rounding', 'Rounding (Krayin)'), ('difference', 'Difference (Krayin)'),
    ('missing', 'Product no longer in Krayin')) v(id, name)
WHERE id IN (SELECT line_product_id FROM tidy.quote_extras UNION ALL SELECT line_product_id FROM tidy.quote_items);

INSERT INTO tidy._findings
SELECT 'quotes', id, 'grand_total',
    'the grand total is ' || grand_total || ', items and amounts give ' || computed_total,
    CASE WHEN (SELECT bool_or(json_extract_string(value, '$') IN ('line', 'computed')) FROM meta.settings WHERE name = 'quote_differences')
        THEN 'warning' ELSE 'set_aside' END
FROM tidy.quotes WHERE NOT totals_agree
UNION ALL
SELECT 'quotes', id, 'items', 'the quote has no items', 'warning' FROM tidy.quotes WHERE item_count = 0
UNION ALL
SELECT 'quotes', id, 'lead_id', 'the quote hangs on several leads: the first is taken', 'warning'
FROM tidy.quotes WHERE len(lead_ids) > 1
UNION ALL
SELECT 'quote_items', id, 'product_id', 'the product no longer exists: the line keeps its name', 'warning'
FROM tidy.quote_items WHERE product_missing;
