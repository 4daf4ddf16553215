CREATE TABLE products AS
SELECT i AS id,
    one_of('sku', i, ['HW', 'SW', 'SRV', 'KIT', 'PT']) || '-' || lpad(i::VARCHAR, 5, '0') AS sku,
    CASE
        WHEN d_product_name_null(i) THEN NULL
        WHEN d_product_html_name(i) THEN '<i>Widget</i> &amp; Co ' || i
        ELSE one_of('product-kind', i, ['Sensor', 'Pumpe', 'Licence', 'Câble', 'Motor', 'Schulung',
                'Consulting day', 'Válvula', 'शृंखला', '传感器', 'Wartungsvertrag', '12" Panel'])
            || ' ' || one_of('product-line', i, ['Alpha', 'Basic', 'Pro', 'XL', 'Eco', 'Ω'])
            || ' ' || (100 + below('product-model', i, 900))
    END AS name,
    CASE
        WHEN d_product_description_cut(i) THEN
            left(repeat('Robust, für Innen- und Außeneinsatz; ', 20), 255)
        WHEN unit('product-text', i) < 0.3 THEN NULL
        ELSE 'Catalogue page ' || below('product-page', i, 400) || ', colour "grey"'
    END AS description,
    CASE WHEN d_product_quantity_negative(i) THEN -3 ELSE below('product-stock', i, 500) END AS quantity,
    CASE WHEN d_product_price_null(i) THEN NULL
         ELSE round(exp(3.8 + 1.4 * gauss('product-price', i)), 2 + (i % 3)::INTEGER)::DECIMAL(12, 4)
    END AS price,
    db_time(since_start('product', i, $n_products)) AS created_at,
    db_time(days_after(since_start('product', i, $n_products), 'product-update', i, 300)) AS updated_at
FROM range(1, $n_products + 1) AS t(i);

CREATE TABLE product_inventories AS
SELECT row_number() OVER (ORDER BY p.id, w.id) AS id,
    below('in-stock', p.id * 8 + w.id, 300) AS in_stock,
    below('allocated', p.id * 8 + w.id, 40) AS allocated,
    p.id AS product_id, w.id AS warehouse_id,
    (w.id - 1) * 2 + 1 + p.id % 2 AS warehouse_location_id,
    p.created_at, p.updated_at
FROM products AS p JOIN range(1, 3) AS w(id) ON (p.id + w.id) % 3 <> 0;

CREATE TABLE product_tags AS
SELECT 1 + below('product-tag', id, $n_tags) AS tag_id, id AS product_id
FROM products WHERE unit('product-tagged', id) < 0.2;
