-- Countries, states, and every address in its parts.

CREATE TABLE tidy.countries AS
SELECT id, upper(code) AS code, name FROM raw.countries;

CREATE TABLE tidy.states AS
SELECT s.id, upper(coalesce(c.code, s.country_code)) AS country_code, s.code, s.name
FROM raw.country_states s LEFT JOIN raw.countries c ON c.id = s.country_id;

CREATE TABLE tidy._addresses AS
WITH given AS (
    SELECT 'organizations' AS object, o.id, tidy._json(coalesce(tidy._filled(o.address), n.value)) AS j
    FROM raw.organizations o
    LEFT JOIN tidy._native n
        ON n.entity_type = 'organizations' AND n.code = 'address' AND n.entity_id = o.id
    UNION ALL
    SELECT 'billing', q.id, tidy._json(coalesce(tidy._filled(q.billing_address), n.value))
    FROM raw.quotes q LEFT JOIN tidy._native n
        ON n.entity_type = 'quotes' AND n.code = 'billing_address' AND n.entity_id = q.id
    UNION ALL
    SELECT 'shipping', q.id, tidy._json(coalesce(tidy._filled(q.shipping_address), n.value))
    FROM raw.quotes q LEFT JOIN tidy._native n
        ON n.entity_type = 'quotes' AND n.code = 'shipping_address' AND n.entity_id = q.id
    UNION ALL
    SELECT 'custom:' || attribute_id, entity_id, tidy._json(chosen)
    FROM tidy._custom_values WHERE type = 'address'
), parts AS (
    SELECT object, id,
        tidy._address(CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[0]') ELSE j END) AS a
    FROM given WHERE j IS NOT NULL
), placed AS (
    SELECT p.object, p.id, a.lines[1] AS street, nullif(array_to_string(a.lines[2:], ', '), '') AS street2,
        a.city, a.zip, a.state, a.country,
        coalesce(by_code.code, by_name.code,
            CASE WHEN regexp_full_match(a.country, '[A-Za-z]{2}') THEN upper(a.country) END) AS country_code
    FROM parts p
    LEFT JOIN (SELECT DISTINCT code FROM tidy.countries) by_code ON by_code.code = upper(p.a.country)
    LEFT JOIN (SELECT lower(name) AS name, min(code) AS code FROM tidy.countries GROUP BY 1) by_name
        ON by_name.name = lower(p.a.country)
)
SELECT p.object, p.id, p.street, p.street2, p.city, p.zip, p.country_code, p.country AS country_text,
    coalesce(c.code, n.code) AS state_code, coalesce(c.name, n.name, p.state) AS state_name,
    tidy._address_text(p.street, p.street2, p.city, p.zip, coalesce(c.name, n.name, p.state),
        coalesce(p.country_code, p.country)) AS readable
FROM placed p
LEFT JOIN (SELECT country_code, upper(code) AS form, min(code) AS code, min(name) AS name
    FROM tidy.states GROUP BY ALL) c
    ON c.country_code = p.country_code AND c.form = upper(p.state)
LEFT JOIN (SELECT country_code, lower(name) AS form, min(code) AS code, min(name) AS name
    FROM tidy.states GROUP BY ALL) n
    ON n.country_code = p.country_code AND n.form = lower(p.state);

INSERT INTO tidy._findings
SELECT object, id, 'address.country_code', 'the country is no country known', 'warning'
FROM tidy._addresses
WHERE object = 'organizations' AND country_text IS NOT NULL AND country_code IS NULL;
