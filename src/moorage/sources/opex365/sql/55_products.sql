-- Products, bundles, units and price lists.

CREATE TABLE tidy.uom AS
SELECT u.id, u.name, coalesce(u.quantity, 1) AS quantity, u.baseuom AS base_id, u.uomscheduleid_label AS unit_group
FROM tidy._uom u
UNION ALL
-- What products without a unit are counted in.
SELECT 'none', 'Units', 1, NULL, NULL FROM tidy._product HAVING bool_or(defaultuomid IS NULL);

CREATE TABLE tidy._bundles AS
SELECT productid AS id, string_agg(coalesce(associatedproduct_label, '?') || ' × '
    || coalesce(rtrim(rtrim(CAST(quantity AS VARCHAR), '0'), '.'), '1') || coalesce(' ' || uomid_label, '')
    || CASE WHEN productisrequired = 1 THEN '' ELSE ' (optional)' END, chr(10) ORDER BY associatedproduct_label, id) AS text
FROM tidy._productassociation WHERE coalesce(statecode, 0) = 0 GROUP BY productid;

CREATE TABLE tidy.product AS
SELECT p.id, p.name, p.productnumber AS number, p.description,
    CASE p.productstructure WHEN 2 THEN 'family' WHEN 3 THEN 'bundle' ELSE 'product' END AS structure,
    p.producttypecode_label AS product_type, coalesce(p.producttypecode, 1) IN (3, 4) AS is_service,
    p.price AS list_price, p.standardcost AS standard_cost, p.currentcost AS current_cost, cur.code AS currency,
    coalesce(p.defaultuomid, 'none') AS uom_id, p.parentproductid AS family_id, p.quantityonhand AS on_hand, p.stockweight AS weight,
    p.stockvolume AS volume, p.suppliername AS supplier, p.vendorpartnumber AS supplier_number, p.producturl AS url,
    p.validfromdate AS valid_from, p.validtodate AS valid_to, b.text AS bundle, p.statecode_label AS status,
    coalesce(p.statecode, 0) <> 1 AS active, c.* EXCLUDE (id), p.createdon AS created_at, p.modifiedon AS updated_at
FROM tidy._product p
JOIN tidy._custom_product c ON c.id = p.id
LEFT JOIN tidy._bundles b ON b.id = p.id
LEFT JOIN tidy.transactioncurrency cur ON cur.id = p.transactioncurrencyid;

CREATE TABLE tidy.pricelevel AS
SELECT p.id, p.name, p.begindate AS valid_from, p.enddate AS valid_to, cur.code AS currency, p.description,
    coalesce(p.statecode, 0) = 0 AS active, p.createdon AS created_at, p.modifiedon AS updated_at
FROM tidy._pricelevel p LEFT JOIN tidy.transactioncurrency cur ON cur.id = p.transactioncurrencyid;

-- A price for another unit than the product's own has no place in Odoo 19's price lists.
CREATE TABLE tidy.productpricelevel AS
SELECT i.id, i.pricelevelid AS pricelevel_id, i.productid AS product_id, i.uomid_label AS unit, i.uomid AS uom_id,
    i.amount, i.percentage, i.pricingmethodcode_label AS method,
    CASE WHEN coalesce(i.pricingmethodcode, 1) = 1 OR (i.pricingmethodcode > 2 AND i.amount IS NOT NULL) THEN 'fixed'
        WHEN i.pricingmethodcode = 2 THEN 'percentage' ELSE 'none' END AS kind,
    l.begindate AS valid_from, l.enddate AS valid_to, i.createdon AS created_at, i.modifiedon AS updated_at
FROM tidy._productpricelevel i LEFT JOIN tidy._pricelevel l ON l.id = i.pricelevelid;

INSERT INTO tidy._findings
SELECT 'productpricelevel', id, 'method', 'Odoo has no such way to a price: ' || coalesce(method, 'none given'), 'set_aside'
FROM tidy.productpricelevel WHERE kind = 'none'
UNION ALL
SELECT 'productpricelevel', i.id, 'unit', 'the price is for another unit than the product''s own', 'set_aside'
FROM tidy.productpricelevel i JOIN tidy.product p ON p.id = i.product_id
WHERE i.uom_id IS NOT NULL AND p.uom_id IS NOT NULL AND i.uom_id <> p.uom_id AND i.kind <> 'none'
UNION ALL
SELECT 'product', id, 'currency', 'its list price is in ' || currency || ', not in the base currency, ' || base.code, 'warning'
FROM tidy.product, tidy._base_currency base WHERE base.code <> '' AND currency <> base.code AND list_price IS NOT NULL;
