-- Users, and owners as records name them: a JSON document, a name, or a name that nobody has any more.

CREATE TABLE tidy._user_rows AS
SELECT _id AS id, _account AS account, _own AS own,
    coalesce(tidy._filled(name), nullif(trim(concat_ws(' ', tidy._filled(first_name), tidy._filled(last_name))), '')) AS name,
    tidy._mail(email) AS email, tidy._filled(user_name) AS user_name, tidy._filled(phone) AS phone,
    tidy._filled(user_type) AS user_type, coalesce(tidy._truth(active), true) AS active
FROM tidy._users;

CREATE TABLE tidy._owner_texts AS
SELECT DISTINCT _account AS account, tidy._filled(owner) AS given FROM (
    SELECT _account, assigned_user AS owner FROM tidy._clients
    UNION ALL SELECT _account, assigned_user FROM tidy._opportunities
    UNION ALL SELECT _account, author FROM tidy._history_notes
    UNION ALL SELECT _account, assigned_user FROM tidy._events
    UNION ALL SELECT _account, estimator FROM tidy._proposals
    UNION ALL SELECT _account, assigned_user FROM tidy._work_orders
    UNION ALL SELECT _account, "user" FROM tidy._call_logs
) WHERE tidy._filled(owner) IS NOT NULL AND NOT list_contains(tidy._listed('nobody_names'), lower(trim(owner)));

CREATE TABLE tidy._owner_words AS
WITH read AS (
    SELECT account, given, CASE WHEN given LIKE '{%' AND json_valid(given) THEN CAST(given AS JSON) END AS j FROM tidy._owner_texts
)
SELECT account, given, coalesce(json_extract_string(j, '$.user_id'), json_extract_string(j, '$.id')) AS own,
    tidy._mail(CASE WHEN j IS NULL THEN regexp_extract(given, '[^\s<>]+@[^\s<>]+') ELSE json_extract_string(j, '$.email') END) AS email,
    CASE WHEN j IS NULL THEN given ELSE coalesce(json_extract_string(j, '$.name'),
        nullif(trim(concat_ws(' ', json_extract_string(j, '$.first_name'), json_extract_string(j, '$.last_name'))), '')) END AS name
FROM read;

-- By id, else by e-mail, else by a name that one user has: in the account, or anywhere.
CREATE TABLE tidy._owners AS
WITH named AS (
    SELECT account, tidy._form(name) AS form, min(id) AS id, count(*) AS number FROM tidy._user_rows GROUP BY ALL
), anywhere AS (
    SELECT tidy._form(name) AS form, min(id) AS id,
        count(DISTINCT coalesce(email, id)) AS number FROM tidy._user_rows GROUP BY ALL
)
SELECT w.account, w.given, w.name, coalesce(i.id, m.id,
    CASE WHEN n.number = 1 THEN n.id END, CASE WHEN n.id IS NULL AND a.number = 1 THEN a.id END,
    'name_' || left(md5(tidy._form(w.name)), 12)) AS user_id, n.number > 1 AS is_ambiguous
FROM tidy._owner_words w
LEFT JOIN tidy._user_rows i ON i.account = w.account AND i.own = w.own
LEFT JOIN (SELECT account, email, min(id) AS id FROM tidy._user_rows WHERE email IS NOT NULL GROUP BY ALL) m
    ON m.account = w.account AND m.email = w.email
LEFT JOIN named n ON n.account = w.account AND n.form = tidy._form(w.name)
LEFT JOIN anywhere a ON a.form = tidy._form(w.name)
WHERE tidy._filled(w.name) IS NOT NULL OR i.id IS NOT NULL OR m.id IS NOT NULL;

-- The same person in several accounts, by e-mail, is one user. Without an address nothing says who is whom: the id parts those of one name.
CREATE TABLE tidy.users AS
SELECT id, nullif(account, '') AS account_id, coalesce(name, email, user_name, 'User ' || own) AS name, email, user_name,
    coalesce(email, lower(coalesce(name, user_name, 'user')) || ' (' || id || ')') AS login,
    phone, user_type, active, false AS is_only_a_name,
    CASE WHEN email IS NULL THEN id ELSE min(id) OVER (PARTITION BY email) END AS canonical_id
FROM tidy._user_rows
UNION ALL
SELECT user_id, NULL, any_value(name), NULL, NULL, lower(any_value(name)), NULL, NULL, false, true, user_id
FROM tidy._owners WHERE user_id LIKE 'name!_%' ESCAPE '!' GROUP BY user_id;

INSERT INTO tidy._findings
SELECT 'users', id, 'email', 'only a name that records carry: say in the owners'' queue who it is', 'warning'
FROM tidy.users WHERE is_only_a_name;
