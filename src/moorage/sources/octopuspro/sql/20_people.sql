-- Customers, the other people of a customer, what they own, and those who work.

CREATE TABLE tidy._customers AS
SELECT *, coalesce(tidy._id(customer_id),
        tidy._made_id(concat_ws('|', first_name, last_name, business_name, email, mobile, phone, address))) AS id,
    tidy._form(customer_type) LIKE '%business%' OR tidy._form(customer_type) LIKE '%company%'
        OR (tidy._form(customer_type) IS NULL AND tidy._filled(business_name) IS NOT NULL) AS is_business,
    list_filter([trim(email), trim(email2), trim(email3)], lambda e: contains(e, '@')) AS emails,
    list_filter([mobile, phone, mobile2, phone2, mobile3, phone3], lambda p: regexp_matches(p, '[0-9].*[0-9].*[0-9]')) AS phones
FROM raw.customers
QUALIFY row_number() OVER (PARTITION BY id ORDER BY _file DESC, TRY_CAST(_line AS BIGINT) DESC) = 1;

CREATE TABLE tidy._customer_labels AS
SELECT id, list(DISTINCT tidy._form(label)) AS labels
FROM (SELECT id, unnest(tidy._items(labels)) AS label FROM tidy._customers) WHERE tidy._form(label) IS NOT NULL GROUP BY id;

CREATE TABLE tidy.customers AS
SELECT c.id, coalesce(c.is_business, false) AS is_business, tidy._filled(c.title) AS title,
    CASE WHEN c.is_business THEN coalesce(tidy._filled(c.business_name), tidy._joined([c.first_name, c.last_name], ' '))
        ELSE coalesce(tidy._joined([tidy._filled(c.first_name), tidy._filled(c.last_name)], ' '), tidy._filled(c.business_name)) END AS name,
    tidy._filled(c.first_name) AS first_name, tidy._filled(c.last_name) AS last_name, tidy._filled(c.business_name) AS business_name,
    c.emails[1] AS email, nullif(array_to_string(c.emails, ', '), '') AS all_emails,
    c.phones[1] AS phone, nullif(array_to_string(c.phones, ', '), '') AS all_phones,
    coalesce(tidy._joined([tidy._filled(c.street_number), tidy._filled(c.street)], ' '), tidy._filled(c.address)) AS street,
    tidy._filled(c.unit) AS street2, tidy._filled(c.suburb) AS city,
    -- Excel takes the zero off Australian postcodes of the Northern Territory.
    CASE WHEN regexp_full_match(c.postcode, '[0-9]{3}') AND tidy._form(c.country) = 'australia' THEN '0' || c.postcode
        ELSE tidy._filled(c.postcode) END AS zip,
    tidy._filled(c.state) AS state, tidy._filled(c.country) AS country,
    TRY_CAST(c.date_joined AS DATE) AS date_joined, l.labels, tidy._plain(c.notes) AS notes,
    tidy._yes(c.deleted) AS is_deleted, tidy._filled(c.abn) AS tax_number, coalesce(tidy._setting('phone_country'), '') AS phone_country,
    tidy._utc(c.created, NULL) AS created_at, tidy._utc(c.updated, NULL) AS updated_at, tidy._place(c._file, c._line) AS _place,
    k.* EXCLUDE (_file, _line)
FROM tidy._customers c
LEFT JOIN tidy._customer_labels l ON l.id = c.id
LEFT JOIN tidy._custom_customers k ON k._file = c._file AND k._line = c._line;

-- Of a business the first name is a person too; the second and third have the second and third address.
CREATE TABLE tidy.customer_people AS
WITH people AS (
    SELECT id, 1 AS place, tidy._joined([tidy._filled(first_name), tidy._filled(last_name)], ' ') AS name, email, mobile, phone, title FROM tidy._customers WHERE is_business
    UNION ALL
    SELECT id, 2, tidy._joined([tidy._filled(first_name2), tidy._filled(last_name2)], ' '), email2, mobile2, phone2, NULL FROM tidy._customers
    UNION ALL
    SELECT id, 3, tidy._joined([tidy._filled(first_name3), tidy._filled(last_name3)], ' '), email3, mobile3, phone3, NULL FROM tidy._customers
)
SELECT id || '-' || place AS id, id AS customer_id, place, name, tidy._filled(title) AS title,
    CASE WHEN contains(email, '@') THEN trim(email) END AS email,
    list_filter([mobile, phone], lambda p: regexp_matches(p, '[0-9].*[0-9].*[0-9]'))[1] AS phone,
    nullif(array_to_string(list_filter([mobile, phone], lambda p: regexp_matches(p, '[0-9].*[0-9].*[0-9]')), ', '), '') AS all_phones
FROM people WHERE name IS NOT NULL;

CREATE TABLE tidy.properties AS
SELECT coalesce(tidy._id(p.property_id), tidy._made_id(concat_ws('|', p.customer_id, p.property_type, p.property_name))) AS id,
    c.id AS customer_id, coalesce(tidy._filled(p.property_name), tidy._filled(p.property_type), 'Property') AS name,
    tidy._word(p.property_type) AS type, tidy._plain(p.address) AS address, tidy._plain(p.notes) AS notes,
    tidy._utc(p.created, NULL) AS created_at, tidy._place(p._file, p._line) AS _place, k.* EXCLUDE (_file, _line)
FROM raw.customer_properties p
LEFT JOIN tidy.customers c ON c.id = tidy._id(p.customer_id)
LEFT JOIN tidy._custom_customer_properties k ON k._file = p._file AND k._line = p._line
QUALIFY row_number() OVER (PARTITION BY coalesce(tidy._id(p.property_id), tidy._made_id(concat_ws('|', p.customer_id, p.property_type, p.property_name)))
    ORDER BY p._file DESC, TRY_CAST(p._line AS BIGINT) DESC) = 1;

CREATE TABLE tidy.fieldworkers AS
SELECT coalesce(tidy._id(w.fieldworker_id), tidy._made_id(concat_ws('|', w.username, w.display_name, w.email))) AS id,
    coalesce(tidy._filled(w.display_name), tidy._joined([w.first_name, w.last_name], ' '), tidy._filled(w.username)) AS name,
    lower(tidy._filled(w.email)) AS email, coalesce(lower(tidy._filled(w.email)), lower(tidy._filled(w.username))) AS login,
    tidy._filled(w.mobile) AS mobile, tidy._filled(w.phone) AS phone, tidy._filled(w.job_title) AS job_title,
    coalesce(w.active, 'true') = 'true' AND NOT tidy._yes(w.deleted) AS active, tidy._yes(w.blocked) AS is_blocked,
    tidy._joined([tidy._joined([w.street_number, w.street], ' '), w.suburb, w.state, w.postcode], ', ') AS address,
    tidy._filled(w.timezone) AS timezone, tidy._filled(w.pay_type) AS pay_type, tidy._money(w.pay_rate) AS pay_rate,
    tidy._money(w.first_hour_rate) AS first_hour_rate, tidy._money(w.overtime_rate) AS overtime_rate,
    tidy._exact(w.commission) AS commission, tidy._filled(w.tracking) AS tracking,
    tidy._utc(w.created, NULL) AS created_at, tidy._utc(w.updated, NULL) AS updated_at, tidy._place(w._file, w._line) AS _place, k.* EXCLUDE (_file, _line)
FROM raw.fieldworkers w
LEFT JOIN tidy._custom_fieldworkers k ON k._file = w._file AND k._line = w._line
QUALIFY row_number() OVER (PARTITION BY coalesce(tidy._id(w.fieldworker_id), tidy._made_id(concat_ws('|', w.username, w.display_name, w.email)))
    ORDER BY w._file DESC, TRY_CAST(w._line AS BIGINT) DESC) = 1;

INSERT INTO tidy._findings
SELECT 'customers', id, 'customer_id', 'the file gives several rows for this customer: the last is taken', 'warning'
FROM (SELECT tidy._id(customer_id) AS id FROM raw.customers) WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1
UNION ALL
SELECT 'customers', id, 'phone', 'a phone number was destroyed by a spreadsheet (as 6.14E+10)', 'warning'
FROM tidy._customers WHERE concat_ws(' ', "mobile.given", "mobile2.given", "mobile3.given", "phone.given", "phone2.given", "phone3.given") SIMILAR TO '.*[0-9]E\+?[0-9].*'
UNION ALL
SELECT 'customers', id, 'email', 'the customer has no e-mail address', 'warning' FROM tidy.customers WHERE email IS NULL
UNION ALL
SELECT 'properties', id, 'customer_id', 'names no customer that is there', 'warning' FROM tidy.properties WHERE customer_id IS NULL;
