-- What happened: notes, messages, calls, events, files. It hangs on the client.

CREATE TABLE tidy.notes AS
WITH zoned AS (SELECT *, tidy._zone(_account) AS zone FROM tidy._history_notes)
SELECT n._id AS id, nullif(n._account, '') AS account_id, c.id AS client_id, tidy._utc(n.date, n.zone) AS happened_at,
    tidy._filled(n.author) AS author_name, o.user_id AS author_id, tidy._filled(n.type) AS note_type,
    coalesce(tidy._meaning('note_channels', n.type), 'note') AS channel, tidy._filled(n.direction) AS direction, tidy._filled(n.subject) AS subject,
    tidy._html(n.content) AS body,
    '<p>' || nullif(concat_ws(' · ', tidy._escaped(tidy._filled(n.type)), tidy._escaped(tidy._filled(n.direction)),
        CASE WHEN o.user_id IS NULL OR o.user_id LIKE 'name!_%' ESCAPE '!' THEN tidy._escaped(tidy._filled(n.author)) END), '') || '</p>' AS heading
FROM zoned n
LEFT JOIN tidy.clients c ON c.id = tidy._id(n._account, tidy._filled(n.client_id))
LEFT JOIN tidy._owners o ON o.account = n._account AND o.given = tidy._filled(n.author);

-- `4:05` is minutes and seconds or hours and minutes, `245` seconds or minutes: as a person says.
CREATE MACRO tidy._minutes(x) AS CASE
    WHEN regexp_full_match(x, '[0-9]+:[0-9]{2}:[0-9]{2}') THEN CAST(split_part(x, ':', 1) AS BIGINT) * 60
        + CAST(split_part(x, ':', 2) AS BIGINT) + round(CAST(split_part(x, ':', 3) AS BIGINT) / 60, 2)
    WHEN regexp_full_match(x, '[0-9]+:[0-9]{2}') AND tidy._setting('call_colon') = 'h:m'
        THEN CAST(split_part(x, ':', 1) AS BIGINT) * 60 + CAST(split_part(x, ':', 2) AS BIGINT)
    WHEN regexp_full_match(x, '[0-9]+:[0-9]{2}')
        THEN CAST(split_part(x, ':', 1) AS BIGINT) + round(CAST(split_part(x, ':', 2) AS BIGINT) / 60, 2)
    WHEN tidy._setting('call_number') = 'minutes' THEN TRY_CAST(x AS DOUBLE)
    ELSE round(TRY_CAST(x AS DOUBLE) / 60, 2) END;

CREATE TABLE tidy.calls AS
WITH zoned AS (SELECT *, tidy._zone(_account) AS zone FROM tidy._call_logs)
SELECT n._id AS id, nullif(n._account, '') AS account_id, c.id AS client_id, tidy._utc(n.date, n.zone) AS happened_at,
    coalesce(tidy._meaning('call_directions', coalesce(tidy._filled(n.direction), '-')),
        CASE WHEN tidy._form(n.direction) LIKE 'in%' THEN 'inbound' WHEN tidy._form(n.direction) LIKE 'out%' THEN 'outbound'
        ELSE tidy._filled(n.direction) END) AS direction,
    tidy._minutes(tidy._filled(n.duration)) AS duration_minutes, tidy._filled(n.duration) AS duration_text,
    tidy._filled(n.disposition) AS disposition,
    tidy._filled(n.recording_url) AS recording_url, o.user_id AS owner_id, tidy._filled(n."user") AS user_name,
    tidy._html(n.notes) AS notes,
    '<p>' || concat_ws('<br>', 'Call' || coalesce(', ' || tidy._escaped(tidy._filled(n.direction)), ''),
        'Duration: ' || tidy._escaped(tidy._filled(n.duration)), 'Disposition: ' || tidy._escaped(tidy._filled(n.disposition)),
        CASE WHEN n.recording_url LIKE 'https://%' THEN '<a href="' || replace(tidy._escaped(trim(n.recording_url)), '"', '%22') || '">Recording</a>'
            ELSE 'Recording: ' || tidy._escaped(tidy._filled(n.recording_url)) END,
        'By: ' || tidy._escaped(tidy._filled(n."user"))) || '</p>' AS details
FROM zoned n
LEFT JOIN tidy.clients c ON c.id = tidy._id(n._account, tidy._filled(n.client_id))
LEFT JOIN tidy._owners o ON o.account = n._account AND o.given = tidy._filled(n."user");

CREATE TABLE tidy.events AS
WITH zoned AS (SELECT *, tidy._utc(from_date, tidy._zone(_account)) AS starts, tidy._utc(end_date, tidy._zone(_account)) AS ends FROM tidy._events)
SELECT e._id AS id, nullif(e._account, '') AS account_id, c.id AS client_id, tidy._filled(e.title) AS title,
    tidy._filled(e.event_type) AS event_type, e.starts AS starts_at,
    CASE WHEN e.ends > e.starts THEN e.ends ELSE e.starts + INTERVAL 1 HOUR END AS ends_at,
    tidy._filled(e.location) AS location, tidy._html(e.notes) AS notes, o.user_id AS owner_id
FROM zoned e
LEFT JOIN tidy.clients c ON c.id = tidy._id(e._account, tidy._filled(e.client_id))
LEFT JOIN tidy._owners o ON o.account = e._account AND o.given = tidy._filled(e.assigned_user);

CREATE TABLE tidy.files AS
SELECT f._id AS id, nullif(f._account, '') AS account_id, c.id AS client_id,
    coalesce(tidy._filled(f.file_name), list_last(string_split(split_part(trim(f.path), '?', 1), '/')), 'file') AS name, tidy._filled(f.path) AS path,
    tidy._utc(f.created, tidy._zone(f._account)) AS created_at
FROM tidy._files f LEFT JOIN tidy.clients c ON c.id = tidy._id(f._account, tidy._filled(f.client_id));

-- Templates: text messages have no e-mail template in Odoo, they are listed in the inventory.
CREATE TABLE tidy.templates AS
SELECT _id AS id, nullif(_account, '') AS account_id, coalesce(tidy._filled(name), 'Template ' || _own) AS name,
    coalesce(tidy._filled(type), 'Email') AS type, tidy._form(coalesce(tidy._filled(type), 'Email')) = 'email' AS is_mail,
    tidy._filled(subject) AS subject, tidy._html(body) AS body
FROM tidy._templates;

INSERT INTO tidy._findings
SELECT object, id, 'client_id', 'its client is not among those given', 'set_aside' FROM (
    SELECT 'notes' AS object, id FROM tidy.notes WHERE client_id IS NULL
    UNION ALL SELECT 'calls', id FROM tidy.calls WHERE client_id IS NULL
    UNION ALL SELECT 'files', id FROM tidy.files WHERE client_id IS NULL)
UNION ALL
SELECT object, id, 'happened_at', 'it has no time that can be read', 'set_aside' FROM (
    SELECT 'notes' AS object, id FROM tidy.notes WHERE happened_at IS NULL
    UNION ALL SELECT 'calls', id FROM tidy.calls WHERE happened_at IS NULL
    UNION ALL SELECT 'events', id FROM tidy.events WHERE starts_at IS NULL)
UNION ALL
SELECT 'templates', id, 'type', 'a template of text messages: described in the inventory', 'warning' FROM tidy.templates WHERE NOT is_mail;
