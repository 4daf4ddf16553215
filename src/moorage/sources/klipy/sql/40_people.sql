-- Users, contacts, and contacts that are gone.

CREATE TABLE tidy._owner_names AS
SELECT tidy._form(name) AS form, min(name) AS name FROM (
    SELECT tidy._filled(owner) AS name FROM tidy._people UNION ALL SELECT tidy._filled(owner) FROM tidy._companies
    UNION ALL SELECT tidy._filled(owner) FROM tidy._deals UNION ALL SELECT tidy._filled(owner_name) FROM tidy._deal_words
    UNION ALL SELECT tidy._filled(author) FROM tidy._notes UNION ALL SELECT tidy._filled(author) FROM tidy._drafts
    UNION ALL SELECT tidy._filled(created_by) FROM tidy._interactions
) WHERE name IS NOT NULL GROUP BY 1;

-- By id or e-mail, or by a name that one member has; else the owners' queue asks.
CREATE TABLE tidy._owners AS
WITH named AS (SELECT tidy._form(name) AS form, min(id) AS id, count(*) AS number FROM tidy._users GROUP BY 1)
SELECT o.form, o.name, n.number > 1 AS is_ambiguous,
    coalesce(i.id, m.id, CASE WHEN n.number = 1 THEN n.id END, 'name-' || left(md5(o.form), 12)) AS user_id
FROM tidy._owner_names o
LEFT JOIN tidy._users i ON tidy._form(i.id) = o.form
LEFT JOIN (SELECT tidy._form(email) AS form, min(id) AS id FROM tidy._users WHERE email IS NOT NULL GROUP BY 1) m ON m.form = o.form
LEFT JOIN named n ON n.form = o.form;

CREATE TABLE tidy.users AS
SELECT id, coalesce(tidy._filled(name), tidy._mail(email), id) AS name, tidy._mail(email) AS email, tidy._filled(role) AS role,
    coalesce(tidy._truth(active), true) AS active, false AS is_only_a_name
FROM tidy._users
UNION ALL
SELECT user_id, any_value(name), tidy._mail(any_value(name)), NULL, false, true
FROM tidy._owners WHERE user_id LIKE 'name-%' GROUP BY user_id;

CREATE TABLE tidy._person_all AS
WITH read AS (
    SELECT id, tidy._plain_name(first_name) AS first_name,
        CASE WHEN last_name NOT LIKE '%@%' THEN tidy._plain_name(last_name) END AS last_name, tidy._plain_name(name) AS full_name,
        tidy._joined([trim(concat_ws(' ', first_name, last_name)), name]) AS given_name,
        tidy._unique(list_concat([tidy._mail(email), tidy._mail(email2)], list_transform(tidy._list(emails), lambda e: tidy._mail(e)))) AS mails,
        tidy._unique(list_concat([tidy._filled(phone)], tidy._list(phones))) AS numbers,
        nullif(trim(regexp_extract(coalesce(name, last_name), '\s[|•·]\s+(.*)$', 1)), '') AS said_title,
        * EXCLUDE (id, first_name, last_name, name)
    FROM tidy._people
)
SELECT *, tidy._turned(coalesce(nullif(trim(concat_ws(' ', first_name, last_name)), ''), full_name)) AS name FROM read;

CREATE TABLE tidy.people AS
SELECT p.id, p.name, p.given_name, p.first_name, p.last_name, p.mails[1] AS email, array_to_string(p.mails, ', ') AS emails_all,
    p.numbers[1] AS phone, array_to_string(p.numbers, ', ') AS phones_all, coalesce(tidy._filled(p.title), p.said_title) AS title,
    coalesce(c.id, o.company_id) AS company_id, tidy._filled(p.company) AS company_name, tidy._filled(p.linkedin) AS linkedin,
    tidy._filled(p.notes) AS notes, tidy._filled(p.city) AS city, tidy._filled(p.state) AS state, tidy._filled(p.country) AS country,
    coalesce(u.user_id, m.id) AS owner_id, tidy._is_private(p.private, p.problems) AS is_private,
    tidy._utc(p.created) AS created_at, tidy._utc(p.updated) AS updated_at, false AS is_placeholder, p.tags AS given_tags, p.place AS _place
FROM tidy._person_all p
LEFT JOIN tidy.companies c ON c.id = p.company_id
LEFT JOIN tidy._company_of o ON c.id IS NULL AND o.form IS NOT DISTINCT FROM tidy._form(tidy._filled(p.company))
    AND o.domain IS NOT DISTINCT FROM CASE WHEN NOT tidy._is_generic(tidy._domain(p.company_domain)) THEN tidy._domain(p.company_domain) END
LEFT JOIN (SELECT email, min(id) AS id FROM tidy.users GROUP BY 1) m ON m.email = tidy._mail(p.owner_email)
LEFT JOIN tidy._owners u ON u.form = tidy._form(tidy._filled(p.owner));

-- Whom interactions still name though Klipy deleted them.
INSERT INTO tidy.people BY NAME
SELECT DISTINCT id, 'Deleted contact ' || id AS name, true AS is_placeholder, false AS is_private FROM (
    SELECT unnest(tidy._ids(contacts)) AS id FROM tidy._interactions
) WHERE id NOT LIKE '%@%' AND id NOT IN (SELECT id FROM tidy.people);

-- A contact by id, or by any of its e-mails where one contact has it.
CREATE TABLE tidy._known AS
SELECT word, min(id) AS id FROM (
    SELECT id AS word, id FROM tidy.people
    UNION SELECT unnest(string_split(emails_all, ', ')), id FROM tidy.people WHERE emails_all <> ''
) GROUP BY word HAVING count(DISTINCT id) = 1;

INSERT INTO tidy._findings
SELECT 'people', id, 'company_id', 'several companies fit what it says: none is taken', 'warning'
FROM tidy.people p JOIN tidy._company_of o ON o.form = tidy._form(p.company_name) WHERE p.company_id IS NULL AND o.fitting_count > 1
UNION ALL
SELECT 'people', p.id, 'company_id', 'its company is not among those given', 'warning'
FROM tidy.people p JOIN tidy._person_all a USING (id) WHERE p.company_id IS NULL AND tidy._filled(a.company_id) IS NOT NULL
UNION ALL
SELECT 'people', id, 'id', 'deleted in Klipy, still named by interactions: a placeholder', 'warning' FROM tidy.people WHERE is_placeholder
UNION ALL
SELECT 'people', id, 'last_name', 'held an e-mail address', 'warning' FROM tidy._people WHERE last_name LIKE '%@%'
UNION ALL
SELECT 'people', id, p.problem, tidy._unread(p.problem), 'warning' FROM tidy._people, unnest(tidy._list(problems)) p(problem)
UNION ALL
SELECT 'users', user_id, 'name', 'several members have this name: the queue asks who it is', 'warning' FROM tidy._owners WHERE is_ambiguous;
