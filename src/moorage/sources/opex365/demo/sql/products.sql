CREATE TABLE gen.uomschedule AS
SELECT gid('uomschedule', i) AS uomscheduleid, ['Default Unit', 'Time', 'Length'][i] AS name,
    ['Primary Unit', 'Hour', 'Metre'][i] AS baseuomname
FROM range(1, 4) r(i);

CREATE TABLE gen.uom AS
SELECT gid('uom', i) AS uomid,
    ['Primary Unit', 'Dozen', 'Hour', 'Day', 'Week', 'Metre', 'Roll'][i] AS name,
    [1, 12, 1, 8, 40, 1, 50][i]::DECIMAL(28, 10) AS quantity, i IN (1, 3, 6) AS isschedulebaseuom,
    CASE i WHEN 2 THEN gid('uom', 1) WHEN 4 THEN gid('uom', 3) WHEN 5 THEN gid('uom', 4) WHEN 7 THEN gid('uom', 6)
        END AS _baseuom_value,
    gid('uomschedule', [1, 1, 2, 2, 2, 3, 3][i]) AS _uomscheduleid_value
FROM range(1, 8) r(i);

CREATE TABLE gen.pricelevel AS
SELECT gid('pricelevel', i) AS pricelevelid,
    ['Standard EUR', 'Standard USD', 'UK 2024', 'Partners (markup)', 'Old list'][i] AS name,
    gid('transactioncurrency', [1, 2, 3, 1, 1][i]) AS _transactioncurrencyid_value,
    CASE WHEN i = 3 THEN DATE '2024-01-01' END AS begindate, CASE WHEN i = 3 THEN DATE '2024-12-31' END AS enddate,
    (i = 5)::INTEGER AS statecode, CASE WHEN i = 5 THEN 100002 ELSE 100001 END AS statuscode
FROM range(1, 6) r(i);

-- One in ten is a family, one in ten a bundle; the families come first, so that parents exist.
CREATE MACRO product_kind(i) AS CASE i % 10 WHEN 1 THEN 2 WHEN 0 THEN 3 ELSE 1 END;
CREATE MACRO product_number(k, i) AS least($n_product, 10 * below(k, i, greatest(1, $n_product // 10))
    + 2 + below(k || '-in-ten', i, 8));
CREATE TABLE gen.product AS
WITH base AS (
    SELECT i, one_of('product-a', i, ['Valve', 'Pump', 'Gasket', 'Sensor', 'Inspection', 'Scaffold', 'Training', 'Hose'])
        || ' ' || one_of('product-b', i, ['DN50', 'X200', 'ATEX', 'class B', '24h', 'onshore']) || ' ' || i AS plain
    FROM range(1, $n_product + 1) r(i))
SELECT gid('product', i) AS productid,
    CASE WHEN d_product_html_name(i) THEN plain || ' <i>new</i>' WHEN product_kind(i) = 2 THEN 'Family ' || plain
         WHEN product_kind(i) = 3 THEN 'Bundle ' || plain ELSE plain END AS name,
    CASE WHEN d_product_number_twice(i) THEN 'P-' || lpad((i - 1)::VARCHAR, 5, '0')
         ELSE 'P-' || lpad(i::VARCHAR, 5, '0') END AS productnumber,
    product_kind(i) AS productstructure, one_of('product-type', i, [1, 1, 3, 3, 2, NULL]) AS producttypecode,
    CASE WHEN d_product_price_null(i) OR product_kind(i) = 2 THEN NULL ELSE amount('price', i, 9000) + 1 END AS price,
    CASE WHEN product_kind(i) = 1 THEN amount('cost', i, 5000) END AS standardcost,
    CASE WHEN product_kind(i) = 1 THEN amount('cost', i, 5000) END AS currentcost,
    CASE WHEN d_product_no_unit(i) THEN NULL ELSE gid('uom', one_of('product-uom', i, [1, 1, 3, 4, 6])) END
        AS _defaultuomid_value,
    gid('uomschedule', 1 + below('product-schedule', i, 3)) AS _defaultuomscheduleid_value,
    CASE WHEN product_kind(i) = 1 AND chance('family', i, 0.5) THEN gid('product', 10 * ((i - 1) // 10) + 1) END
        AS _parentproductid_value,
    CASE WHEN chance('list', i, 0.7) THEN gid('pricelevel', 1) END AS _pricelevelid_value,
    2 AS quantitydecimal, CASE WHEN d_product_quantity_negative(i) THEN -3 ELSE below('stock', i, 500) END AS quantityonhand,
    round(unit('weight', i) * 40, 3) AS stockweight, 'Supplier ' || below('supplier', i, 9) AS suppliername,
    CASE WHEN chance('valid', i, 0.3) THEN DATE '2023-01-01' END AS validfromdate,
    CASE WHEN chance('valid', i, 0.3) THEN DATE '2027-12-31' END AS validtodate,
    CASE WHEN chance('product-text', i, 0.4) THEN 'Delivered to site.' || chr(10) || 'Certificate included.' END AS description,
    CASE WHEN d_product_retired(i) THEN 1 WHEN d_product_draft(i) THEN 2 WHEN d_product_revision(i) THEN 3 ELSE 0 END AS statecode,
    CASE WHEN d_product_retired(i) THEN 2 WHEN d_product_draft(i) THEN 0 WHEN d_product_revision(i) THEN 3 ELSE 1 END AS statuscode,
    since_start('product', i, $n_product) AS createdon
FROM base;

CREATE TABLE gen.productpricelevel AS
SELECT gid('productpricelevel', p * 10 + l) AS productpricelevelid, gid('pricelevel', l) AS _pricelevelid_value,
    gid('product', p) AS _productid_value, gid('uom', one_of('product-uom', p, [1, 1, 3, 4, 6])) AS _uomid_value,
    gid('transactioncurrency', [1, 2, 3, 1, 1][l]) AS _transactioncurrencyid_value,
    CASE WHEN l = 4 THEN 1 + p % 6 ELSE 1 END AS pricingmethodcode,
    CASE WHEN l = 4 AND p % 6 > 0 THEN NULL ELSE amount('price', p, 9000) + 1 END AS amount,
    CASE WHEN l = 4 AND p % 6 > 0 THEN 15 END AS percentage, 1 AS quantitysellingcode, 1 AS roundingpolicycode
FROM range(1, $n_product + 1) r(p), range(1, 6) s(l)
WHERE product_kind(p) <> 2 AND (l = 1 OR chance('in-list', p * 10 + l, 0.35));

CREATE TABLE gen.productassociation AS
SELECT gid('productassociation', p * 10 + n) AS productassociationid, gid('product', p) AS _productid_value,
    gid('product', product_number('bundle', p * 10 + n)) AS _associatedproduct_value, gid('uom', 1) AS _uomid_value,
    n AS quantity, n % 2 AS productisrequired
FROM range(1, $n_product + 1) r(p), range(1, 4) s(n) WHERE product_kind(p) = 3;
