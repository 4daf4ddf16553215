-- Clients: ClientTether has one kind of record for contacts and leads. What a company name means
-- (settings.company_name_means) a person says: companies are made only then.

CREATE MACRO tidy._is_no_name(x) AS list_contains(tidy._listed('no_names'), lower(trim(x)));

CREATE TABLE tidy._client_rows AS
WITH plain AS (
    SELECT *, tidy._filled(first_name) AS first, tidy._filled(last_name) AS last,
        tidy._filled(company_name) AS comp, tidy._type(contact_type) AS type,
        tidy._state_code(state) AS code, tidy._filled(state) AS state_text, tidy._zone(_account) AS zone
    FROM tidy._clients
)
SELECT *, CASE WHEN tidy._is_no_name(first) THEN NULL ELSE first END AS good_first,
    CASE WHEN tidy._is_no_name(last) THEN NULL ELSE last END AS good_last,
    CASE WHEN tidy._filled(country) IS NOT NULL THEN upper(trim(country))
        WHEN tidy._given_country() IN ('US', 'CA') THEN
            CASE WHEN tidy._is_canadian(code) OR regexp_full_match(upper(trim(zip)), '[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]') THEN 'CA' ELSE 'US' END
        ELSE tidy._given_country() END AS country_code,
    client_id IS NULL OR trim(client_id) = '' AS has_no_id
FROM plain;

CREATE TABLE tidy.companies AS
SELECT tidy._id(_account, 'co_' || left(md5(tidy._form(comp)), 12)) AS id, nullif(_account, '') AS account_id,
    min(comp) AS name, count(*) AS client_count
FROM tidy._client_rows WHERE comp IS NOT NULL AND tidy._setting('company_name_means') = 'company'
GROUP BY _account, tidy._form(comp);

-- The client of an opportunity is told by id, or by names that one client has. Where several have
-- them a person says which: settings.opportunity_clients. Nothing is guessed.

CREATE MACRO tidy._names(first, last, comp) AS
    concat_ws('|', coalesce(tidy._form(tidy._filled(first)), ''), coalesce(tidy._form(tidy._filled(last)), ''), coalesce(tidy._form(tidy._filled(comp)), ''));

CREATE TABLE tidy._by_names AS
SELECT _account AS account, tidy._names(first_name, last_name, company_name) AS names, list(_id ORDER BY _id) AS ids
FROM tidy._client_rows GROUP BY ALL;

CREATE TABLE tidy._linked AS
SELECT o._id AS id, tidy._filled(o.client_id) AS told, m._id AS by_id, c._id AS said, w.meaning AS word, b.ids,
    CASE WHEN w.meaning = '-' THEN NULL ELSE coalesce(c._id, m._id,
        CASE WHEN tidy._filled(o.client_id) IS NULL AND len(b.ids) = 1 THEN b.ids[1] END) END AS client_id
FROM tidy._opportunities o
LEFT JOIN tidy._pairs w ON w.setting = 'opportunity_clients' AND w.word IN (o._id, o._own)
LEFT JOIN tidy._client_rows c ON c._id = w.meaning OR (c._own = w.meaning AND c._account = o._account)
LEFT JOIN tidy._client_rows m ON m._account = o._account AND m._own = tidy._filled(o.client_id)
LEFT JOIN tidy._by_names b ON b.account = o._account AND b.names <> '||' AND b.names = tidy._names(o.first_name, o.last_name, o.company_name);

CREATE TABLE tidy._opportunity_clients AS
SELECT client_id AS id, count(*) AS number FROM tidy._linked WHERE client_id IS NOT NULL GROUP BY client_id;

-- Whom a contact is attached to; who is attached to somebody attached hangs on the same one.
CREATE TABLE tidy._attached AS
SELECT r._id AS id, m._id AS main FROM tidy._client_rows r
JOIN tidy._client_rows m ON m._account = r._account AND m._own = tidy._filled(r.main_contact_id) AND m._id <> r._id;

CREATE TABLE tidy._hangs_on AS
WITH RECURSIVE up AS (
    SELECT id, main, [id, main] AS path FROM tidy._attached
    UNION ALL
    SELECT u.id, a.main, list_append(u.path, a.main) FROM up u JOIN tidy._attached a ON a.id = u.main
    WHERE NOT list_contains(u.path, a.main)
)
SELECT id, arg_max(main, len(path)) AS main, max(len(path)) AS length FROM up
WHERE main NOT IN (SELECT id FROM tidy._attached) GROUP BY id;

CREATE TABLE tidy.clients AS
SELECT r._id AS id, nullif(r._account, '') AS account_id, r._own AS client_id, tidy._filled(r.external_id) AS external_id,
    coalesce(nullif(trim(concat_ws(' ', r.good_first, r.good_last)), ''), r.comp, tidy._filled(r.email), tidy._filled(r.phone)) AS name,
    r.good_first AS first_name, r.good_last AS last_name,
    CASE WHEN tidy._setting('company_name_means') = 'market' THEN NULL ELSE r.comp END AS company_name,
    CASE WHEN tidy._setting('company_name_means') = 'market' THEN r.comp END AS market,
    c.id AS company_id, h.main AS main_contact_id,
    coalesce('clients:' || h.main, 'companies:' || c.id) AS parent,
    tidy._filled(r.address) AS "address.street", tidy._filled(r.city) AS "address.city",
    CASE WHEN r.country_code = 'US' AND regexp_full_match(trim(r.zip), '[0-9]{3,4}') THEN lpad(trim(r.zip), 5, '0')
        ELSE tidy._filled(r.zip) END AS "address.zip",
    r.code AS "address.state_code", r.state_text AS "address.state", r.country_code AS "address.country_code",
    tidy._filled(r.address) IS NOT NULL OR tidy._filled(r.city) IS NOT NULL OR tidy._filled(r.zip) IS NOT NULL AS has_address,
    coalesce(tidy._mail(regexp_extract(r.email, '[^\s,;<>]+@[^\s,;<>]+')), tidy._mail(r.email)) AS email,
    CASE WHEN tidy._mail(regexp_replace(r.email, '^[^,;]*[,;]?', '')) IS NOT NULL THEN tidy._filled(r.email) END AS emails_all,
    coalesce(tidy._filled(r.phone), CASE WHEN r."phone.given" NOT LIKE '%E+%' THEN tidy._filled(r."phone.given") END) AS phone,
    r.country_code AS phone_country,
    tidy._filled(r.sms_ok) AS sms_ok, tidy._filled(r.age) AS age, tidy._filled(r.gender) AS gender,
    tidy._html(r.whiteboard) AS whiteboard, tidy._amount(r.deal_size, r."deal_size.given") AS deal_size,
    tidy._decimal(r.likelihood) AS likelihood, TRY_CAST(r.close_date AS DATE) AS close_date,
    tidy._truth(r.quoted) AS quoted, tidy._truth(r.closed) AS closed,
    coalesce(tidy._truth(r.archived), false) OR tidy._form(tidy._type_name(r.type)) IN ('archived', 'moved') AS archived,
    tidy._filled(r.action_plan) AS action_plan, coalesce(tidy._filled(r.sales_cycle), s.name) AS sales_cycle,
    s.id AS stage_id, s.pipeline_id, s.outcome, s.likelihood AS stage_likelihood,
    CASE WHEN tidy._filled(r.lead_source) IS NOT NULL THEN left(md5(tidy._form(tidy._filled(r.lead_source))), 12) END AS lead_source_id,
    r.type AS contact_type, tidy._type_name(r.type) AS contact_type_name, o.user_id AS owner_id,
    g.tags, tidy._filled(r.campaign) AS campaign, tidy._filled(r.form) AS form, tidy._decimal(r.score) AS score,
    coalesce(n.number, 0) AS opportunity_count, r.has_no_id,
    tidy._utc(r.created, r.zone) AS created_at, tidy._utc(r.updated, r.zone) AS updated_at,
    r._from AS found_in, k.* EXCLUDE (_id)
FROM tidy._client_rows r
LEFT JOIN tidy.companies c ON c.id = tidy._id(r._account, 'co_' || left(md5(tidy._form(r.comp)), 12))
LEFT JOIN tidy._hangs_on h ON h.id = r._id
LEFT JOIN tidy._steps s ON s.account = r._account AND s.type = r.type
    AND s.form = tidy._form(coalesce(trim(tidy._filled(r.sales_cycle)), tidy._setting('blank_cycle'), 'New Lead'))
LEFT JOIN tidy._owners o ON o.account = r._account AND o.given = tidy._filled(r.assigned_user)
LEFT JOIN tidy._tag_lists g ON g.object = 'clients' AND g.record = r._id
LEFT JOIN tidy._opportunity_clients n ON n.id = r._id
LEFT JOIN tidy._custom_clients k ON k._id = r._id;

INSERT INTO tidy._findings
SELECT 'clients', id, 'client_id', 'it has no id: it is known by its content, and is another record when that changes',
    CASE WHEN tidy._setting('clients_without_id') = 'by_content' THEN 'warning' ELSE 'set_aside' END
FROM tidy.clients WHERE has_no_id
UNION ALL
SELECT 'clients', _id, 'first_name', 'the name is a placeholder that ClientTether wrote: left out', 'warning'
FROM tidy._client_rows WHERE tidy._is_no_name(first) OR tidy._is_no_name(last)
UNION ALL
SELECT 'clients', _id, 'deal_size', 'it is no amount: left out', 'warning' FROM tidy._client_rows
WHERE tidy._filled("deal_size.given") IS NOT NULL AND tidy._amount(deal_size, "deal_size.given") IS NULL
UNION ALL
SELECT 'clients', _id, 'phone', 'a spreadsheet has rounded this number: its last digits are lost', 'warning'
FROM tidy._client_rows WHERE "phone.given" LIKE '%E+%'
UNION ALL
SELECT 'clients', _id, 'zip', 'a zip of ' || length(trim(zip)) || ' digits: the zero that it lost was put back', 'warning'
FROM tidy._client_rows WHERE country_code = 'US' AND regexp_full_match(trim(zip), '[0-9]{3,4}')
UNION ALL
SELECT 'clients', _id, 'state', 'this state is not known: kept as text (settings.states)', 'warning'
FROM tidy._client_rows WHERE state_text IS NOT NULL AND code IS NULL
UNION ALL
SELECT 'clients', _id, 'created', 'this is no date that can be read: left out', 'warning' FROM tidy._client_rows
WHERE tidy._is_no_moment(created, "created.given") OR tidy._is_no_moment(updated, "updated.given")
UNION ALL
SELECT 'clients', _id, 'main_contact_id', 'the main contact is not among the clients', 'warning' FROM tidy._client_rows r
WHERE tidy._filled(main_contact_id) IS NOT NULL AND NOT EXISTS (FROM tidy._attached a WHERE a.id = r._id)
UNION ALL
SELECT 'clients', a.id, 'main_contact_id', 'contacts are attached to one another in a circle: it hangs on nobody', 'warning'
FROM tidy._attached a WHERE a.id NOT IN (SELECT id FROM tidy._hangs_on);
