-- E-mails: who wrote to whom, in which direction, in which thread, on which record. Only the top
-- mail of a thread carries links in Krayin; the others have those of the top.

CREATE TABLE tidy._mail_parts AS
WITH once AS (
    SELECT id, tidy._json_once(folders) AS folders, tidy._json_once("from") AS sent_from,
        tidy._json_once(reply_to) AS sent_to, tidy._json_once(cc) AS cc, tidy._json_once(bcc) AS bcc
    FROM raw.emails
), inner_once AS (
    SELECT id, tidy._json_inner(folders) AS folders, tidy._json_inner(sent_from) AS sent_from,
        tidy._json_inner(sent_to) AS sent_to, tidy._json_inner(cc) AS cc, tidy._json_inner(bcc) AS bcc
    FROM once
)
SELECT id,
    list_transform(tidy._list(folders), lambda f: lower(json_extract_string(f, '$'))) AS folders,
    CAST(sent_from AS VARCHAR) AS from_text, CAST(sent_to AS VARCHAR) AS to_text,
    CAST(cc AS VARCHAR) AS cc_text, CAST(bcc AS VARCHAR) AS bcc_text
FROM inner_once;

-- Addresses as people read them, and in small letters to compare them.
CREATE TABLE tidy._mail_addresses AS
SELECT id, tidy._distinct(tidy._mails_in(from_text)) AS froms,
    tidy._distinct(tidy._mails_in(to_text)) AS tos, tidy._distinct(tidy._mails_in(cc_text)) AS ccs,
    tidy._distinct(tidy._mails_in(bcc_text)) AS bccs
FROM tidy._mail_parts;

-- An address that several persons have belongs to none of them for sure.
CREATE TABLE tidy._address_book AS
SELECT address, CASE WHEN count(DISTINCT user_id) = 1 THEN any_value(user_id) END AS user_id,
    CASE WHEN count(DISTINCT person_id) = 1 THEN any_value(person_id) END AS person_id
FROM (
    SELECT email AS address, id AS user_id, NULL AS person_id FROM tidy.users WHERE email IS NOT NULL
    UNION ALL
    SELECT unnest(emails_all), NULL, id FROM tidy.persons
) GROUP BY address;

CREATE TABLE tidy._own_addresses AS
SELECT email AS address FROM tidy.users WHERE email IS NOT NULL
UNION
SELECT lower(trim(json_extract_string(entry.value, '$')))
FROM meta.settings s, json_each(s.value) entry
WHERE s.name = 'own_addresses' AND json_type(s.value) = 'ARRAY';

-- Incoming mails are a person's, unless folder or sender say that they were sent from here.
CREATE TABLE tidy._mail_directions AS
SELECT e.id, list_contains(p.folders, 'draft') AS is_draft,
    e.user_type = 'admin' OR list_contains(p.folders, 'sent') OR list_contains(p.folders, 'draft')
        OR a.froms[1] IN (SELECT address FROM tidy._own_addresses) AS is_outgoing,
    a.froms[1] AS sender
FROM raw.emails e
JOIN tidy._mail_parts p ON p.id = e.id
JOIN tidy._mail_addresses a ON a.id = e.id;

-- The person on the other side, where exactly one has one of the addresses.
CREATE TABLE tidy._correspondents AS
WITH others AS (
    SELECT a.id, unnest(CASE WHEN d.is_outgoing THEN a.tos ELSE a.froms END) AS address
    FROM tidy._mail_addresses a JOIN tidy._mail_directions d ON d.id = a.id
)
SELECT o.id, CASE WHEN count(DISTINCT b.person_id) = 1 THEN 'persons:' || any_value(b.person_id) END AS record
FROM others o JOIN tidy._address_book b ON b.address = o.address GROUP BY o.id;

-- The top of each thread; a mail whose parent is gone is a top itself. A circle ends after 50 steps.
CREATE TABLE tidy._threads AS
WITH RECURSIVE up(id, top, step) AS (
    SELECT id, id, 0 FROM raw.emails
    UNION ALL
    SELECT up.id, parent.id, up.step + 1 FROM up
    JOIN raw.emails e ON e.id = up.top
    JOIN raw.emails parent ON parent.id = tidy._link(e.parent_id) AND parent.id <> e.id
    WHERE up.step < 50
)
SELECT id, arg_max(top, step) AS top_id FROM up GROUP BY id;

CREATE TABLE tidy._mail_records AS
WITH own AS (
    SELECT e.id, coalesce('leads:' || l.id, 'persons:' || p.id) AS linked, p.id AS person_id, c.record AS guessed
    FROM raw.emails e
    LEFT JOIN raw.leads l ON l.id = tidy._link(e.lead_id)
    LEFT JOIN raw.persons p ON p.id = tidy._link(e.person_id)
    LEFT JOIN tidy._correspondents c ON c.id = e.id
)
SELECT o.id, t.top_id, coalesce(o.linked, top.linked, top.guessed, o.guessed) AS record,
    coalesce(o.linked, top.linked) IS NULL AS is_guessed, coalesce(o.person_id, top.person_id) AS person_id
FROM own o
JOIN tidy._threads t ON t.id = o.id
JOIN own top ON top.id = t.top_id;

CREATE TABLE tidy._mail_recipients AS
SELECT id, list_sort(list(DISTINCT reference)) AS recipients
FROM (
    SELECT r.id, coalesce('persons:' || b.person_id, 'users:' || b.user_id) AS reference
    FROM (SELECT id, unnest(list_concat(coalesce(tos, []), coalesce(ccs, []))) AS address
          FROM tidy._mail_addresses) r
    JOIN tidy._address_book b ON b.address = r.address
) WHERE reference IS NOT NULL GROUP BY id;

-- Images within a mail are attachments that its body names by their content id: a body in Odoo can
-- name them by nothing that is known before they are there, so their names stand in their place.
CREATE TABLE tidy._mail_images AS
SELECT email_id, list({'cid': 'cid:' || trim(content_id, '<> '), 'name': coalesce(name, 'image')}
    ORDER BY CAST(id AS BIGINT)) AS images
FROM raw.email_attachments WHERE tidy._filled(trim(content_id, '<> ')) IS NOT NULL GROUP BY email_id;

CREATE TABLE tidy._mail_bodies AS
WITH html AS (SELECT id, tidy._html(reply) AS body FROM raw.emails)
SELECT h.id, CASE WHEN contains(h.body, 'cid:') THEN regexp_replace(list_reduce(
        list_concat([{'cid': h.body, 'name': ''}], coalesce(i.images, [])),
        lambda done, image: {'cid': regexp_replace(done.cid,
            '<img[^<>]*' || regexp_escape(image.cid) || '["''\s/>][^<>]*>?',
            '<em>[' || replace(tidy._escaped(image.name), chr(92), '') || ']</em>', 'gi'), 'name': ''}).cid,
        '<img[^<>]*["''=]cid:[^<>]*>', '<em>[image]</em>', 'gi') ELSE h.body END AS body
FROM html h LEFT JOIN tidy._mail_images i ON i.email_id = h.id;

CREATE TABLE tidy.emails AS
WITH named AS (
    SELECT e.*, row_number() OVER (PARTITION BY trim(e.message_id, '<> ') ORDER BY CAST(e.id AS BIGINT)) AS n
    FROM raw.emails e
)
SELECT e.id, tidy._filled(e.subject) AS subject, b.body, d.is_outgoing, d.is_draft,
    tidy._utc(coalesce(e.created_at, e.updated_at)) AS sent_at,
    CASE WHEN d.is_outgoing THEN 'outgoing' ELSE 'incoming' END AS direction,
    CASE WHEN d.sender IS NULL THEN tidy._filled(e.name)
        WHEN tidy._filled(e.name) IS NULL OR lower(e.name) = d.sender THEN d.sender
        ELSE '"' || regexp_replace(e.name, '["\\<>\x00-\x1f]+', ' ', 'g') || '" <' || d.sender || '>' END AS sender,
    d.sender AS sender_address,
    CASE WHEN d.is_outgoing THEN coalesce('users:' || book.user_id, 'persons:' || book.person_id)
        -- Of several persons with the address, the one that the mail hangs on.
        ELSE coalesce('persons:' || book.person_id, 'persons:' || linked.id, 'users:' || book.user_id) END AS author,
    array_to_string(a.tos, ', ') AS sent_to, array_to_string(a.ccs, ', ') AS cc,
    array_to_string(a.bccs, ', ') AS bcc, c.recipients,
    '<' || coalesce(tidy._filled(trim(e.message_id, '<> ')), 'krayin-' || e.id || '@moorage.invalid')
        || CASE WHEN e.n > 1 THEN '.' || e.id ELSE '' END || '>' AS message_id,
    CASE WHEN r.top_id <> e.id THEN r.top_id END AS thread_id,
    r.record, split_part(r.record, ':', 1) AS record_object,
    array_to_string(p.folders, ', ') AS folders, coalesce(e.is_read, '0') = '1' AS is_read,
    g.names AS tags, f.files,
    tidy._utc(e.created_at) AS created_at, tidy._utc(e.updated_at) AS updated_at
FROM named e
JOIN tidy._mail_directions d ON d.id = e.id
JOIN tidy._mail_parts p ON p.id = e.id
JOIN tidy._mail_addresses a ON a.id = e.id
JOIN tidy._mail_records r ON r.id = e.id
JOIN tidy._mail_bodies b ON b.id = e.id
LEFT JOIN tidy._mail_recipients c ON c.id = e.id
LEFT JOIN tidy._address_book book ON book.address = d.sender
LEFT JOIN tidy.persons linked ON linked.id = r.person_id
    AND (d.sender IS NULL OR list_contains(linked.emails_all, d.sender))
LEFT JOIN (
    SELECT et.email_id, list(DISTINCT t.name ORDER BY t.name) AS names
    FROM raw.email_tags et JOIN raw.tags t ON t.id = et.tag_id GROUP BY et.email_id
) g ON g.email_id = e.id
LEFT JOIN (
    SELECT email_id, list(id ORDER BY CAST(id AS BIGINT)) AS files FROM raw.email_attachments GROUP BY email_id
) f ON f.email_id = e.id;

INSERT INTO tidy._findings
SELECT 'emails', id, 'record', 'it hangs on no lead and no person, and not exactly one person has its address', 'set_aside'
FROM tidy.emails WHERE record IS NULL
UNION ALL
SELECT 'emails', id, 'record', 'it hangs on nothing: put on the one person with its address', 'warning'
FROM tidy._mail_records WHERE is_guessed AND record IS NOT NULL
UNION ALL
SELECT 'emails', id, 'sent_at', 'it has no time at all', 'set_aside' FROM tidy.emails WHERE sent_at IS NULL
UNION ALL
SELECT 'emails', id, 'message_id', 'another mail has the same message id: the number of this one is put behind it', 'warning'
FROM tidy.emails WHERE message_id LIKE '%.' || id || '>'
UNION ALL
SELECT 'emails', id, 'body', 'the text fills its column: the end may be missing since Krayin stored it', 'warning'
FROM raw.emails WHERE tidy._is_cut(reply);
