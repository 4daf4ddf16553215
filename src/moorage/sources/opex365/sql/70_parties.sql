-- Who takes part in activities: every party is looked up before any activity is made.

CREATE TABLE tidy._address_book AS
SELECT address, CASE WHEN count(DISTINCT reference) = 1 THEN any_value(reference) END AS reference
FROM (SELECT *, min(rank) OVER (PARTITION BY address) AS first FROM (
    SELECT lower(trim(unnest([emailaddress1, emailaddress2, emailaddress3]))) AS address,
        'contact:' || CASE WHEN merged AND masterid IS NOT NULL THEN masterid ELSE id END AS reference, 1 AS rank FROM tidy._contact
    UNION ALL SELECT lower(trim(unnest([emailaddress1, emailaddress2, emailaddress3]))),
        'account:' || CASE WHEN merged AND masterid IS NOT NULL THEN masterid ELSE id END, 2 FROM tidy._account
    UNION ALL SELECT lower(trim(email)), 'systemuser:' || id, 0 FROM tidy.systemuser WHERE is_person
)) WHERE address <> '' AND rank = first GROUP BY address;

CREATE TABLE tidy._lead_people AS
SELECT l.id, coalesce('contact:' || l.contact_id, CASE WHEN b.reference LIKE 'contact:%' THEN b.reference END) AS reference
FROM tidy.lead l LEFT JOIN tidy._address_book b ON b.address = lower(trim(l.email));

-- All that a party may point to: the person in Odoo that it means, if there is one.
CREATE TABLE tidy._known AS
SELECT 'contact:' || id AS reference, 'contact:' || id AS person, 'resolved' AS how, name, NOT active AS inactive FROM tidy.contact
UNION ALL SELECT 'account:' || id, 'account:' || id, 'resolved', name, NOT active FROM tidy.account
UNION ALL SELECT 'systemuser:' || id, CASE WHEN is_person THEN 'systemuser:' || id END,
    CASE WHEN is_person THEN 'resolved' ELSE 'no person' END, name, NOT active FROM tidy.systemuser
UNION ALL SELECT 'lead:' || l.id, coalesce(p.reference, 'placeholder:' || l.id),
    CASE WHEN p.reference IS NULL THEN 'placeholder' ELSE 'resolved' END, coalesce(l.contact_name, l.company_name, l.title), false
    FROM tidy.lead l LEFT JOIN tidy._lead_people p ON p.id = l.id
UNION ALL SELECT 'opportunity:' || id, customer, CASE WHEN customer IS NULL THEN 'no person' ELSE 'resolved' END, name, false FROM tidy.opportunity
UNION ALL SELECT 'incident:' || id, customer, CASE WHEN customer IS NULL THEN 'no person' ELSE 'resolved' END, title, false FROM tidy.incident
UNION ALL SELECT 'queue:' || id, NULL, 'no person', name, false FROM tidy._queue;

-- Parties of roles 8 and 9 repeat what the activity says itself: regarding and owner.
CREATE TABLE tidy.activityparty AS
WITH given AS (
    SELECT id, activityid AS activity_id, participationtypemask AS role_code,
        coalesce(participationtypemask_label, CAST(participationtypemask AS VARCHAR)) AS role,
        CASE WHEN partyid IS NOT NULL THEN partyid_table || ':' || partyid END AS party, partyid, partyid_table, partyid_label AS label,
        nullif(lower(trim(addressused)), '') AS address, unresolvedpartyname, coalesce(ispartydeleted, false) AS is_deleted
    FROM tidy._activityparty
)
SELECT g.id, g.activity_id, g.role_code, g.role, g.party, g.address,
    coalesce(k.name, g.label, g.unresolvedpartyname, g.address) AS name,
    CASE WHEN g.role_code IN (8, 9) THEN 'said by the activity'
        WHEN k.reference IS NOT NULL AND NOT (g.is_deleted AND k.how <> 'resolved') THEN k.how
        WHEN g.partyid IS NOT NULL AND g.partyid_table IN ('account', 'contact', 'lead', 'systemuser') THEN 'placeholder'
        WHEN g.partyid IS NOT NULL AND g.partyid_table IS NULL THEN 'placeholder'
        WHEN g.partyid IS NOT NULL THEN 'no person'
        WHEN b.reference IS NOT NULL THEN 'by address'
        ELSE 'unresolved' END AS resolution,
    CASE WHEN g.role_code IN (8, 9) THEN NULL
        WHEN k.reference IS NOT NULL THEN k.person
        WHEN g.partyid IS NOT NULL AND coalesce(g.partyid_table, 'contact') IN ('account', 'contact', 'lead', 'systemuser')
            THEN 'placeholder:' || g.partyid
        WHEN g.partyid IS NULL THEN b.reference END AS person,
    g.is_deleted, coalesce(k.inactive, false) AS is_inactive
FROM given g
LEFT JOIN tidy._known k ON k.reference = g.party
LEFT JOIN tidy._address_book b ON b.address = g.address;

-- Contacts that stand for people of whom only activities still know.
CREATE TABLE tidy.placeholder AS
SELECT split_part(person, ':', 2) AS id, coalesce(any_value(name), any_value(address), 'Deleted in OPEX 365') AS name,
    any_value(address) AS email, any_value(split_part(coalesce(party, 'contact:'), ':', 1)) AS party_table,
    CASE WHEN any_value(party) LIKE 'lead:%' AND NOT bool_or(is_deleted) THEN 'a lead who is no contact' ELSE 'deleted' END AS reason,
    count(DISTINCT activity_id) AS activity_count
FROM tidy.activityparty WHERE person LIKE 'placeholder:%' GROUP BY 1;

CREATE TABLE tidy._mail_names AS
SELECT id, CASE WHEN address IS NULL THEN name
    WHEN name IS NULL OR lower(name) = address THEN address
    ELSE '"' || regexp_replace(name, '["\\<>\x00-\x1f]+', ' ', 'g') || '" <' || address || '>' END AS text
FROM tidy.activityparty;

CREATE TABLE tidy._participants AS
SELECT activity_id,
    min(n.text) FILTER (role_code = 1) AS sender, min(person) FILTER (role_code = 1) AS author,
    string_agg(n.text, ', ' ORDER BY n.text) FILTER (role_code = 2) AS sent_to,
    string_agg(n.text, ', ' ORDER BY n.text) FILTER (role_code = 3) AS cc,
    string_agg(n.text, ', ' ORDER BY n.text) FILTER (role_code = 4) AS bcc,
    list(DISTINCT person ORDER BY person) FILTER (role_code IN (2, 3, 4) AND person IS NOT NULL) AS recipients,
    list(DISTINCT person ORDER BY person) FILTER (role_code IN (5, 6, 7, 10, 11, 12) AND person IS NOT NULL) AS attendees,
    min(split_part(person, ':', 2)) FILTER (role_code = 7 AND person LIKE 'systemuser:%') AS organizer_id,
    string_agg(DISTINCT name, ', ' ORDER BY name) FILTER (role_code NOT IN (8, 9)) AS names,
    string_agg(DISTINCT name, ', ' ORDER BY name) FILTER (role_code NOT IN (8, 9) AND person IS NULL) AS unresolved,
    arg_min(person, (role_code, person)) FILTER (role_code NOT IN (8, 9)
        AND (person LIKE 'contact:%' OR person LIKE 'account:%')) AS somebody
FROM tidy.activityparty JOIN tidy._mail_names n USING (id)
GROUP BY activity_id;

INSERT INTO tidy._findings
SELECT 'placeholder', id, 'name', 'stands for a party of ' || activity_count || ' activities that is ' || reason, 'warning' FROM tidy.placeholder;
