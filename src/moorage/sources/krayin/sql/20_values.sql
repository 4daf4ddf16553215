-- Attribute values, each tied to the attribute of its own object. A row may name the attribute of
-- another object (an importer looked it up by code alone): then the code decides.

CREATE TABLE IF NOT EXISTS meta.settings (name VARCHAR PRIMARY KEY, value JSON);

CREATE TABLE tidy._findings (
    object VARCHAR, source_key VARCHAR, field VARCHAR, message VARCHAR, severity VARCHAR);

CREATE TABLE tidy._values AS
SELECT v.entity_type, v.entity_id, own.id AS attribute_id, own.code, own.type, own.lookup_type,
    named.entity_type IS DISTINCT FROM v.entity_type AS is_foreign,
    tidy._filled(v.text_value) AS text_value, v.boolean_value, v.integer_value, v.float_value,
    v.datetime_value, v.date_value, tidy._filled(v.json_value) AS json_value
FROM raw.attribute_values v
LEFT JOIN raw.attributes named ON named.id = v.attribute_id
LEFT JOIN raw.attributes own ON own.entity_type = v.entity_type AND own.code = named.code;

-- Rows without an attribute of their object, and rows whose record is gone.
INSERT INTO tidy._findings
SELECT entity_type, entity_id, NULL,
    'attribute values that name no attribute of this object: ' || count(*), 'warning'
FROM tidy._values WHERE attribute_id IS NULL GROUP BY ALL;

CREATE TABLE tidy._entities AS
SELECT 'organizations' AS entity_type, id FROM raw.organizations
UNION ALL SELECT 'persons', id FROM raw.persons
UNION ALL SELECT 'leads', id FROM raw.leads
UNION ALL SELECT 'products', id FROM raw.products
UNION ALL SELECT 'quotes', id FROM raw.quotes;

INSERT INTO tidy._findings
SELECT v.entity_type, v.entity_id, NULL,
    'attribute values of a record that no longer exists: ' || count(*), 'warning'
FROM tidy._values v ANTI JOIN tidy._entities e ON e.entity_type = v.entity_type AND e.id = v.entity_id
WHERE v.entity_type IN ('organizations', 'persons', 'leads', 'products', 'quotes')
GROUP BY ALL;

-- What screens show for a native field whose column is NULL.
CREATE TABLE tidy._native AS
SELECT entity_type, entity_id, code,
    arg_min(coalesce(json_value, text_value, nullif(integer_value, '0'), float_value,
        CASE WHEN date_value NOT LIKE '0000%' THEN date_value END,
        CASE WHEN datetime_value NOT LIKE '0000%' THEN datetime_value END), is_foreign) AS value
FROM tidy._values
WHERE attribute_id IN (SELECT id FROM raw.attributes WHERE is_user_defined = '0')
    AND (entity_type, code) IN (
        ('organizations', 'address'), ('organizations', 'user_id'),
        ('persons', 'emails'), ('persons', 'contact_numbers'), ('persons', 'job_title'),
        ('persons', 'user_id'), ('persons', 'organization_id'),
        ('leads', 'description'), ('leads', 'lead_value'), ('leads', 'lead_source_id'),
        ('leads', 'lead_type_id'), ('leads', 'user_id'), ('leads', 'expected_close_date'),
        ('leads', 'lead_pipeline_id'), ('leads', 'lead_pipeline_stage_id'),
        ('products', 'name'), ('products', 'description'), ('products', 'price'),
        ('quotes', 'description'), ('quotes', 'billing_address'), ('quotes', 'shipping_address'),
        ('quotes', 'discount_amount'), ('quotes', 'tax_amount'), ('quotes', 'adjustment_amount'),
        ('quotes', 'sub_total'), ('quotes', 'grand_total'), ('quotes', 'expired_at'))
GROUP BY ALL;
