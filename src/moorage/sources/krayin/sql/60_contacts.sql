-- Organizations and persons.

CREATE TABLE tidy.organizations AS
SELECT o.id, o.name,
    a.street AS "address.street", a.street2 AS "address.street2", a.city AS "address.city",
    a.zip AS "address.zip", a.state_code AS "address.state_code", a.state_name AS "address.state_name",
    a.country_code AS "address.country_code", a.country_text AS "address.country_text",
    u.id AS user_id,
    tidy._utc(o.created_at) AS created_at, tidy._utc(o.updated_at) AS updated_at,
    c.* EXCLUDE (entity_id)
FROM raw.organizations o
LEFT JOIN tidy._addresses a ON a.object = 'organizations' AND a.id = o.id
LEFT JOIN tidy._native n ON n.entity_type = 'organizations' AND n.code = 'user_id' AND n.entity_id = o.id
LEFT JOIN raw.users u ON u.id = coalesce(tidy._link(o.user_id), n.value)
LEFT JOIN tidy._custom_organizations c ON c.entity_id = o.id;

CREATE TABLE tidy._native_persons AS
SELECT entity_id, max(value) FILTER (code = 'job_title') AS job_title,
    max(value) FILTER (code = 'user_id') AS user_id,
    max(value) FILTER (code = 'organization_id') AS organization_id
FROM tidy._native WHERE entity_type = 'persons' GROUP BY entity_id;

CREATE TABLE tidy.persons AS
SELECT p.id, p.name, m.valid[1] AS email, m.valid AS emails_all, m.valid[2:] AS other_emails,
    m.readable AS emails_labelled,
    t.valid[1] AS phone, t.valid AS phones_all, t.valid[2:] AS other_phones,
    t.readable AS phones_labelled,
    coalesce(p.job_title, n.job_title) AS job_title,
    o.id AS organization_id, a.street AS "company.street", a.street2 AS "company.street2",
    a.city AS "company.city", a.zip AS "company.zip", a.state_name AS "company.state_name",
    a.country_code AS "company.country_code", u.id AS user_id, p.unique_id, g.tags,
    tidy._utc(p.created_at) AS created_at, tidy._utc(p.updated_at) AS updated_at,
    c.* EXCLUDE (entity_id)
FROM raw.persons p
LEFT JOIN tidy._reach m ON m.object = 'persons.emails' AND m.id = p.id
LEFT JOIN tidy._reach t ON t.object = 'persons.phones' AND t.id = p.id
LEFT JOIN tidy._native_persons n ON n.entity_id = p.id
LEFT JOIN raw.organizations o ON o.id = coalesce(tidy._link(p.organization_id), n.organization_id)
LEFT JOIN tidy._addresses a ON a.object = 'organizations' AND a.id = o.id
LEFT JOIN raw.users u ON u.id = coalesce(tidy._link(p.user_id), n.user_id)
LEFT JOIN (
    SELECT person_id, list(DISTINCT tag_id ORDER BY tag_id) AS tags FROM raw.person_tags
    WHERE tag_id IN (SELECT id FROM raw.tags) GROUP BY person_id
) g ON g.person_id = p.id
LEFT JOIN tidy._custom_persons c ON c.entity_id = p.id;

INSERT INTO tidy._findings
SELECT 'persons', id, 'email', 'an e-mail entry holds no valid address: kept in emails_labelled', 'warning'
FROM tidy._reach WHERE object = 'persons.emails'
    AND len(list_filter(contacts, lambda c: len(tidy._mails_in(c.value)) = 0)) > 0
UNION ALL
SELECT 'persons', id, 'phone', 'a phone entry holds no number: kept in phones_labelled', 'warning'
FROM tidy._reach WHERE object = 'persons.phones'
    AND len(list_filter(contacts, lambda c: NOT regexp_matches(c.value, '[0-9].*[0-9].*[0-9]'))) > 0;
