-- Items come first: a quote's totals are the sums of its items, unless dirt says otherwise.
CREATE TABLE quote_items AS
WITH picked AS (
    SELECT q AS quote_id, n, q * 8 + n AS pick
    FROM range(1, $n_quotes + 1) AS t(q) JOIN range(0, 6) AS s(n)
        ON (n = 0 OR unit('quote-items', q) > n / 6.0)
    WHERE NOT d_quote_without_items(q) OR d_quote_dangling_product(q) OR d_quote_total_wrong(q)
),
priced AS (
    SELECT k.*, p.id AS product_id, p.sku, p.name, coalesce(p.price, 10) AS price,
        CASE WHEN n = 0 AND d_quote_zero_quantity(quote_id) THEN 0
             ELSE 1 + below('item-quantity', pick, 20) END AS quantity,
        one_of('item-tax', quote_id, [0.0, 0.0, 0.05, 0.18, 0.19]) AS tax_share,
        one_of('item-discount', pick, [0.0, 0.0, 0.0, 0.05, 0.1]) AS discount_share
    FROM picked AS k JOIN products AS p ON p.id = 1 + below('item-product', pick, $n_products)
)
SELECT row_number() OVER (ORDER BY quote_id, n) AS id,
    sku, name, quantity, price,
    NULL AS coupon_code, 0 AS discount_percent,
    money(price * quantity * discount_share) AS discount_amount,
    0 AS tax_percent,
    money(price * quantity * (1 - discount_share) * tax_share) AS tax_amount,
    (price * quantity)::DECIMAL(12, 4) AS total,
    CASE WHEN n = 0 AND d_quote_dangling_product(quote_id) THEN 90000000 + pick ELSE product_id END
        AS product_id,
    quote_id,
    db_time(since_start('quote', quote_id, $n_quotes)) AS created_at,
    db_time(since_start('quote', quote_id, $n_quotes)) AS updated_at
FROM priced;

CREATE TABLE quotes AS
WITH summed AS (
    SELECT quote_id AS id, sum(total) AS sub_total, sum(discount_amount) AS discount_amount,
        sum(tax_amount) AS tax_amount
    FROM quote_items GROUP BY quote_id
),
made AS (
    SELECT i AS id, 1 + below('quote-lead', i, $n_leads) AS lead_id,
        since_start('quote', i, $n_quotes) AS created_moment,
        CASE WHEN d_quote_adjustment_negative(i) THEN -round(5 + 90 * unit('adjustment', i), 2)
             WHEN unit('adjusted', i) < 0.2 THEN 4.9 ELSE 0 END::DECIMAL(12, 4) AS adjustment_amount,
        coalesce(s.sub_total, 0)::DECIMAL(12, 4) AS sub_total,
        coalesce(s.discount_amount, 0)::DECIMAL(12, 4) AS discount_amount,
        coalesce(s.tax_amount, 0)::DECIMAL(12, 4) AS tax_amount
    FROM range(1, $n_quotes + 1) AS t(i) LEFT JOIN summed AS s ON s.id = i
),
addressed AS (
    SELECT m.*, l.true_person, l.user_id AS lead_user, l.title, o.full_address, o.id AS org
    FROM made AS m
    JOIN leads AS l ON l.id = m.lead_id
    JOIN organizations AS o ON o.id = 1 + l.true_person % $n_organizations
)
SELECT id,
    left(one_of('quote-subject', id, ['Quote for ', 'Angebot: ', 'Devis ', 'Orçamento ', ''])
        || title, 255) AS subject,
    CASE WHEN d_quote_description_cut(id) THEN left(repeat('Lieferung frei Haus, 2% Skonto. ', 20), 255)
         WHEN unit('quote-text', id) < 0.5 THEN NULL
         ELSE 'Valid 30 days.' || chr(10) || 'Terms: net ' || 10 * (1 + below('terms', id, 6)) END
        AS description,
    CASE WHEN d_quote_address_null(id) THEN NULL
         WHEN d_quote_address_double(id) THEN encoded_twice(full_address)
         ELSE full_address END AS billing_address,
    CASE WHEN unit('ship-there', id) < 0.6 THEN full_address END AS shipping_address,
    0 AS discount_percent, discount_amount, tax_amount, adjustment_amount, sub_total,
    (sub_total - discount_amount + tax_amount + adjustment_amount
        + CASE WHEN d_quote_total_wrong(id) THEN 0.01 + below('wrong-by', id, 3) * 100 ELSE 0 END
    )::DECIMAL(12, 4) AS grand_total,
    CASE WHEN d_quote_zero_expiry(id) THEN '0000-00-00 00:00:00'
         ELSE strftime(created_moment + to_days(30), '%Y-%m-%d 00:00:00') END AS expired_at,
    true_person AS person_id,
    coalesce(lead_user, 1) AS user_id,
    db_time(created_moment) AS created_at,
    db_time(days_after(created_moment, 'quote-update', id, 30)) AS updated_at,
    lead_id, created_moment
FROM addressed;

CREATE TABLE lead_quotes AS
SELECT id AS quote_id, lead_id FROM quotes WHERE NOT d_quote_without_lead(id) OR d_quote_linked_twice(id)
UNION ALL
SELECT id, lead_id FROM quotes WHERE d_quote_linked_twice(id);
