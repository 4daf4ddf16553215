-- A mail divisible by 3 opens a thread, the two after it answer; only the first one carries links.
CREATE TABLE emails AS
WITH threaded AS (
    SELECT i AS id, CASE WHEN i > 3 AND i % 3 > 0 THEN i - i % 3 END AS parent_id,
        i - i % 3 AS thread, i % 2 = 0 AS received,
        since_start('email', i, $n_emails) AS created_moment,
        greatest(1, (i - i % 3) * 7 % $n_persons) AS person
    FROM range(1, $n_emails + 1) AS t(i)
),
written AS (
    SELECT t.*, p.clean_email, p.full_name, 'office@moorage-demo.example' AS own_address,
        CASE WHEN received THEN md5('mail' || t.id) || '@mx.example'
             ELSE (1640000000 + t.id * 61) || '@moorage-demo.example' END AS message_id
    FROM threaded AS t JOIN persons AS p ON p.id = t.person
)
SELECT id,
    CASE WHEN parent_id IS NULL THEN '' ELSE 'Re: ' END
        || one_of('mail-subject', thread, ['Your quote', 'Anfrage', 'Rechnung 4711', '询价', 'Pedido']) AS subject,
    CASE WHEN received THEN 'email' ELSE 'web' END AS source,
    CASE WHEN received THEN 'person' ELSE 'admin' END AS user_type,
    CASE WHEN received THEN full_name ELSE 'Sales' END AS name,
    CASE WHEN d_email_hostile_body(id) THEN
            '<p>Hello</p><script>steal()</script><img src="http://track.example/p.gif">'
         WHEN d_email_body_cut(id) THEN left(repeat('<div>quoted text</div>', 4000), 65535)
         WHEN id % 4 = 0 THEN 'Plain text answer' || chr(13) || chr(10) || '-- ' || chr(10) || full_name
         ELSE '<p>Dear ' || replace(full_name, '&', '&amp;') || ',</p><p>please find it attached.'
            || '<img src="cid:logo"></p>' END AS reply,
    (unit('read', id) < 0.8)::INTEGER AS is_read,
    CASE WHEN d_email_folders_object(id) THEN '{"0":"outbox","2":"inbox"}'
         WHEN d_email_empty_folder(id) THEN '[""]'
         WHEN received THEN '["inbox"]'
         ELSE one_of('folder', id, ['["sent"]', '["sent"]', '["outbox","sent"]', '["draft"]']) END AS folders,
    CASE WHEN d_email_from_list(id) THEN '["' || clean_email || '"]'
         WHEN received THEN to_json(clean_email)::VARCHAR ELSE to_json(own_address)::VARCHAR END AS "from",
    NULL AS sender,
    CASE WHEN received THEN '["' || own_address || '"]' ELSE '["' || clean_email || '"]' END AS reply_to,
    CASE WHEN id % 10 = 0 THEN '["boss@' || split_part(clean_email, '@', 2) || '"]' END AS cc,
    CASE WHEN id % 25 = 0 THEN '["archive@moorage-demo.example"]' END AS bcc,
    message_id AS unique_id, message_id,
    CASE WHEN d_email_nested_references(id) THEN '["root@mx.example",["' || message_id || '"]]'
         ELSE '["' || message_id || '"]' END AS reference_ids,
    CASE WHEN parent_id IS NULL AND NOT d_email_unlinked(id) THEN person END AS person_id,
    CASE WHEN parent_id IS NULL AND NOT d_email_unlinked(id) AND unit('mail-lead', id) < 0.6
         THEN 1 + below('mail-of-lead', thread, $n_leads) END AS lead_id,
    db_time(created_moment) AS created_at, db_time(created_moment) AS updated_at, parent_id
FROM written;

CREATE TABLE email_attachments AS
SELECT row_number() OVER (ORDER BY id, n) AS id,
    one_of('attached', id, ['offer.pdf', 'logo.png', 'Übersicht.xlsx', 'virus.exe.txt']) AS name,
    'emails/' || id || '/' || one_of('attached', id, ['offer.pdf', 'logo.png', 'Übersicht.xlsx', 'virus.exe.txt'])
        AS path,
    1000 + below('attached-size', id, 900000) AS size,
    'application/octet-stream' AS content_type,
    CASE WHEN id % 3 = 1 THEN 'logo' END AS content_id,
    id AS email_id, created_at, updated_at
-- Two rows of one name in a mail: the second overwrote the first on disk.
FROM emails JOIN range(0, 2) AS t(n) ON n = 0 OR d_email_attachment_twice(id)
WHERE unit('with-attachment', id) < 0.3 OR d_email_attachment_twice(id);

CREATE TABLE email_tags AS
SELECT 1 + below('email-tag', id, $n_tags) AS tag_id, id AS email_id
FROM emails WHERE unit('email-tagged', id) < 0.1;
