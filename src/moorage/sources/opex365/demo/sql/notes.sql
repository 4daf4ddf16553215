-- Texts and files on records. Bodies are between 100 bytes and some ten kilobytes; one is of 4.5 MB.
CREATE MACRO note_type(i) AS CASE WHEN unit('note', i) < 0.3 THEN 'contact' WHEN unit('note', i) < 0.5 THEN 'account' WHEN unit('note', i) < 0.7 THEN 'opportunity'
    WHEN unit('note', i) < 0.8 THEN 'incident' WHEN unit('note', i) < 0.88 THEN 'lead' WHEN unit('note', i) < 0.93 THEN 'opx_vessel'
    WHEN unit('note', i) < 0.97 THEN 'appointment' ELSE 'task' END;
CREATE MACRO content(i) AS CASE WHEN i = $n_annotation THEN repeat(md5(i::VARCHAR), 140000)
    ELSE repeat(md5(i::VARCHAR) || chr(10), 3 + (1200 * pow(unit('size', i), 4))::BIGINT) END;
CREATE TABLE gen.annotation AS
WITH base AS (
    SELECT i, note_type(i) AS kind, i = $n_annotation OR d_note_odd_filename(i) OR d_note_no_mimetype(i) OR d_note_same_content(i)
            OR d_note_size_wrong(i) OR d_note_body_gone(i) OR chance('note-file', i, 0.5) AS is_file,
        encode(content(CASE WHEN d_note_same_content(i) THEN 1 ELSE i END)) AS body
    FROM range(1, $n_annotation + 1) r(i))
SELECT gid('annotation', i) AS annotationid, CASE WHEN chance('note-title', i, 0.6) THEN one_of('note-title', i, ['Meeting', 'Phone', 'Drawing']) END AS subject,
    CASE WHEN d_note_hostile(i) THEN '<div><script>x()</script>Site <b>plan</b></div>' WHEN d_note_plain(i) THEN 'a < b' || chr(10) || 'second line'
         WHEN is_file AND chance('note-empty', i, 0.5) THEN NULL ELSE '<p>Talked to the plant.</p><p>Next step: offer.</p>' END AS notetext,
    is_file AS isdocument,
    CASE WHEN NOT is_file THEN NULL WHEN d_note_odd_filename(i) THEN '../../=plan "A" ' || chr(9) || '<b>.pdf' ELSE one_of('file', i, ['plan', 'Angebot', 'photo', 'łuk'])
        || i || one_of('file-ending', i, ['.pdf', '.docx', '.png', '']) END AS filename,
    CASE WHEN NOT is_file OR d_note_no_mimetype(i) THEN NULL ELSE one_of('file-ending', i, ['application/pdf', 'application/octet-stream', 'image/png', 'text/plain']) END AS mimetype,
    CASE WHEN is_file AND NOT d_note_body_gone(i) THEN base64(body) END AS documentbody,
    CASE WHEN NOT is_file THEN NULL WHEN d_note_size_wrong(i) THEN octet_length(body)::INTEGER + 7 ELSE octet_length(body)::INTEGER END AS filesize,
    CASE WHEN d_note_no_object(i) THEN NULL ELSE CASE kind WHEN 'contact' THEN gid('contact', 1 + below('note', i, $n_contact)) WHEN 'account' THEN gid('account', 1 + below('note', i, $n_account))
        WHEN 'opportunity' THEN gid('opportunity', 1 + below('note', i, $n_opportunity)) WHEN 'incident' THEN gid('incident', 1 + below('note', i, $n_incident))
        WHEN 'lead' THEN gid('lead', 1 + below('note', i, $n_lead)) WHEN 'opx_vessel' THEN gid('vessel', 1 + below('note', i, $n_opx_vessel))
        WHEN 'appointment' THEN gid('appointment', 1 + below('note', i, $n_appointment)) ELSE gid('task', 1 + below('note', i, $n_task)) END END AS _objectid_value,
    CASE WHEN d_note_no_object(i) THEN NULL ELSE kind END AS _objectid_value__type, CASE WHEN NOT d_note_no_object(i) THEN kind END AS objecttypecode,
    owner_id('annotation', i) AS _ownerid_value, owner_type('annotation', i) AS _ownerid_value__type,
    since_start('annotation', i, $n_annotation) AS createdon
FROM base;

-- Files of e-mails; every fifth shares the body of the first. An inline picture has a content id.
CREATE TABLE gen.activitymimeattachment AS
WITH base AS (
    SELECT i, n, i * 10 + n AS k, CASE WHEN (i * 10 + n) % 5 = 0 THEN 0 ELSE i * 10 + n END AS shared
    FROM range(1, $n_email + 1) r(i), range(1, 3) s(n) WHERE (chance('mail-file', i, 0.15) OR i <= 3) AND n <= 1 + below('mail-file', i, 2)),
bodied AS (SELECT *, encode(repeat(md5(shared::VARCHAR), 4 + (900 * pow(unit('mail-size', shared), 4))::BIGINT)) AS body FROM base)
SELECT gid('mime', k) AS activitymimeattachmentid, CASE WHEN n = 2 THEN 'image001.png' ELSE 'offer' || i || '.pdf' END AS filename,
    CASE WHEN n = 2 THEN 'image/png' ELSE 'application/pdf' END AS mimetype, octet_length(body)::INTEGER AS filesize, n AS attachmentnumber,
    CASE WHEN n = 2 THEN 'image001.png@01DA.' || k END AS attachmentcontentid, gid('email', i) AS _objectid_value, 'activitypointer' AS _objectid_value__type,
    'email' AS objecttypecode, gid('email', i) AS _activityid_value, gid('attachment', shared) AS _attachmentid_value, base64(body) AS body
FROM bodied;
