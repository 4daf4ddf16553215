-- Countries and states; e-mails and phones as lists; every address in its parts.

CREATE TABLE tidy.countries AS
SELECT id, upper(code) AS code, name FROM raw.countries;

CREATE TABLE tidy.states AS
SELECT s.id, upper(coalesce(c.code, s.country_code)) AS country_code, s.code, s.name
FROM raw.country_states s LEFT JOIN raw.countries c ON c.id = s.country_id;

-- Every JSON value with e-mails, phones or an address, from columns and from custom fields alike.
CREATE TABLE tidy._documents AS
WITH given AS (
    SELECT 'email' AS kind, 'persons.emails' AS object, p.id, coalesce(tidy._filled(p.emails), n.value) AS x
    FROM raw.persons p LEFT JOIN tidy._native n
        ON n.entity_type = 'persons' AND n.code = 'emails' AND n.entity_id = p.id
    UNION ALL
    SELECT 'phone', 'persons.phones', p.id, coalesce(tidy._filled(p.contact_numbers), n.value)
    FROM raw.persons p LEFT JOIN tidy._native n
        ON n.entity_type = 'persons' AND n.code = 'contact_numbers' AND n.entity_id = p.id
    UNION ALL
    SELECT 'address', 'organizations', o.id, coalesce(tidy._filled(o.address), n.value)
    FROM raw.organizations o LEFT JOIN tidy._native n
        ON n.entity_type = 'organizations' AND n.code = 'address' AND n.entity_id = o.id
    UNION ALL
    SELECT 'address', 'billing', q.id, coalesce(tidy._filled(q.billing_address), n.value)
    FROM raw.quotes q LEFT JOIN tidy._native n
        ON n.entity_type = 'quotes' AND n.code = 'billing_address' AND n.entity_id = q.id
    UNION ALL
    SELECT 'address', 'shipping', q.id, coalesce(tidy._filled(q.shipping_address), n.value)
    FROM raw.quotes q LEFT JOIN tidy._native n
        ON n.entity_type = 'quotes' AND n.code = 'shipping_address' AND n.entity_id = q.id
    UNION ALL
    SELECT type, 'custom:' || attribute_id, entity_id, chosen
    FROM tidy._custom_values WHERE type IN ('email', 'phone', 'address')
), once AS (
    SELECT kind, object, id, tidy._json_once(x) AS j FROM given WHERE tidy._filled(x) IS NOT NULL
), twice AS (
    SELECT kind, object, id, tidy._json_inner(j) AS j FROM once WHERE j IS NOT NULL
)
SELECT kind, object, id, tidy._json_inner(j) AS j FROM twice WHERE j IS NOT NULL;

CREATE TABLE tidy._reach AS
WITH listed AS (
    SELECT kind, object, id, tidy._list(j) AS l FROM tidy._documents WHERE kind <> 'address'
), told AS (
    SELECT kind, object, id, tidy._contacts(l) AS contacts FROM listed
)
SELECT kind, object, id, contacts, tidy._contact_text(contacts) AS readable,
    CASE kind WHEN 'email' THEN tidy._mails(contacts) ELSE tidy._phones(contacts) END AS valid
FROM told;

CREATE TABLE tidy._addresses AS
WITH parts AS (
    SELECT object, id,
        tidy._address(j) AS a
    FROM (SELECT object, id, CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[0]') ELSE j END AS j
        FROM tidy._documents WHERE kind = 'address')
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
