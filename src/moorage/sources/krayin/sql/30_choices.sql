-- Values of custom fields: the column that the attribute's type writes, or another one if the type
-- was changed after data were entered; ids of options and lookups told as labels and links.

CREATE TABLE tidy._custom_values AS
WITH told AS (
    SELECT *, CASE
        WHEN type = 'price' THEN float_value
        WHEN type = 'boolean' THEN boolean_value
        WHEN type IN ('email', 'phone', 'address') THEN json_value
        WHEN type = 'date' THEN date_value
        WHEN type = 'datetime' THEN datetime_value
        WHEN type IN ('select', 'lookup', 'radio') THEN integer_value
        ELSE text_value END AS expected
    FROM tidy._values WHERE attribute_id IN (SELECT id FROM tidy._custom_attributes)
        AND entity_type IN ('organizations', 'persons', 'leads', 'products', 'quotes')
), chosen AS (
    SELECT *, expected IS NULL AS is_fallback, coalesce(expected, text_value, json_value,
        datetime_value, date_value, float_value, integer_value, boolean_value) AS chosen
    FROM told
)
SELECT entity_type, entity_id, attribute_id, code, type, lookup_type, is_foreign, is_fallback, chosen
FROM chosen WHERE chosen IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY entity_type, entity_id, attribute_id
    ORDER BY is_foreign, is_fallback, chosen) = 1;

CREATE TABLE tidy._lookups AS
SELECT 'leads' AS lookup_type, id, title AS label FROM raw.leads
UNION ALL SELECT 'persons', id, name FROM raw.persons
UNION ALL SELECT 'organizations', id, name FROM raw.organizations
UNION ALL SELECT 'users', id, name FROM raw.users
UNION ALL SELECT 'lead_sources', id, name FROM raw.lead_sources
UNION ALL SELECT 'lead_types', id, name FROM raw.lead_types
UNION ALL SELECT 'lead_pipelines', id, name FROM raw.lead_pipelines
UNION ALL SELECT 'lead_pipeline_stages', id, name FROM raw.lead_pipeline_stages
UNION ALL SELECT 'warehouses', id, name FROM raw.warehouses
UNION ALL SELECT 'locations', id, name FROM raw.warehouse_locations;

CREATE TABLE tidy._tokens AS
WITH split AS (
    SELECT entity_type, entity_id, attribute_id, code, tidy._filled(lookup_type) AS lookup_type,
        unnest(string_split(chosen, ',')) AS token,
        generate_subscripts(string_split(chosen, ','), 1) AS place
    FROM tidy._custom_values
    WHERE type IN ('select', 'lookup', 'radio', 'multiselect', 'checkbox')
)
SELECT * REPLACE (trim(token) AS token) FROM split WHERE trim(token) <> '';

-- A token is the id of an option or of a looked-up record; an old text value may be a label.
CREATE TABLE tidy._choices AS
SELECT t.entity_type, t.entity_id, t.attribute_id, t.code, t.token, t.place,
    l.id AS link_id, coalesce(l.label, o.name, w.name,
        CASE WHEN t.lookup_type IS NULL AND NOT regexp_full_match(t.token, '[0-9]+') THEN t.token END) AS label,
    coalesce(l.label, o.name, w.name) IS NULL AS is_unknown
FROM tidy._tokens t
LEFT JOIN tidy._lookups l ON l.lookup_type = t.lookup_type AND l.id = t.token
LEFT JOIN raw.attribute_options o ON t.lookup_type IS NULL AND o.id = t.token
LEFT JOIN (
    SELECT attribute_id, tidy._name_form(name) AS form, min(name) AS name
    FROM raw.attribute_options GROUP BY ALL
) w ON t.lookup_type IS NULL AND o.id IS NULL AND w.attribute_id = t.attribute_id
    AND w.form = tidy._name_form(t.token);

CREATE TABLE tidy._chosen AS
SELECT entity_type, entity_id, attribute_id,
    list(label ORDER BY place) FILTER (label IS NOT NULL) AS labels,
    list(link_id ORDER BY place) FILTER (link_id IS NOT NULL) AS links
FROM tidy._choices GROUP BY ALL;

INSERT INTO tidy._findings
SELECT entity_type, entity_id, 'custom.' || code, CASE
    WHEN token = '0' THEN 'the choice is 0, as an import wrote it for a label: taken as empty'
    WHEN label IS NOT NULL THEN 'a text that is no option of the field: kept as it stands'
    WHEN regexp_full_match(token, '[0-9]+') THEN 'the choice ' || token || ' no longer exists: left empty'
    ELSE 'a text where a record should be named: left empty' END, 'warning'
FROM tidy._choices WHERE is_unknown;

INSERT INTO tidy._findings
SELECT entity_type, entity_id, 'custom.' || code,
    'the value stood in the column of another type: read from there', 'warning'
FROM tidy._custom_values WHERE is_fallback;

INSERT INTO tidy._findings
SELECT entity_type, entity_id, 'custom.' || code,
    'the value named the attribute of another object: placed by its code', 'warning'
FROM tidy._custom_values WHERE is_foreign;

INSERT INTO tidy._findings
SELECT entity_type, entity_id, 'custom.' || code, CASE
    WHEN chosen LIKE '0000-00-00%' THEN 'a zero date: taken as empty'
    ELSE 'the value is not of the type ' || type || ': left empty' END, 'warning'
FROM tidy._custom_values
WHERE (type IN ('date', 'datetime') AND TRY_CAST(chosen AS TIMESTAMP) IS NULL)
    OR (type = 'price' AND TRY_CAST(chosen AS DOUBLE) IS NULL);
