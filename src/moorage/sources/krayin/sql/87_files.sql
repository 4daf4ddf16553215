-- Files: names, kinds and the record each belongs to. What is in them stands in the file store.

CREATE TABLE tidy.activity_files AS
WITH files AS (
    SELECT f.id, f.name, f.path, a.id AS activity_id,
        -- A meeting is a record of its own in Odoo, and its files are there.
        CASE WHEN a.type = 'meeting' THEN 'activities:' || a.id ELSE a.record END AS record,
        f.created_at, f.updated_at
    FROM raw.activity_files f LEFT JOIN tidy.activities a ON a.id = f.activity_id
    UNION ALL
    SELECT f.id, f.name, f.path, NULL, 'leads:' || f.lead_id, f.created_at, f.updated_at
    FROM raw.lead_files f WHERE NOT EXISTS (SELECT 1 FROM raw.activities)
)
SELECT id, tidy._file_name(name, path) AS name, path,
    tidy._mimetype(tidy._file_name(name, path), NULL) AS mimetype, activity_id,
    record, split_part(record, ':', 1) AS record_object,
    tidy._utc(created_at) AS created_at, tidy._utc(updated_at) AS updated_at
FROM files;

CREATE TABLE tidy.email_attachments AS
SELECT f.id, tidy._file_name(f.name, f.path) AS name, f.path,
    tidy._mimetype(tidy._file_name(f.name, f.path), f.content_type) AS mimetype,
    TRY_CAST(f.size AS BIGINT) AS size, tidy._filled(trim(f.content_id, '<> ')) AS content_id,
    e.id AS email_id, e.record, split_part(e.record, ':', 1) AS record_object,
    tidy._utc(f.created_at) AS created_at, tidy._utc(f.updated_at) AS updated_at
FROM raw.email_attachments f LEFT JOIN tidy.emails e ON e.id = f.email_id;

-- Custom fields of type file or image, and the photos of users. Krayin keeps no names of these.
CREATE TABLE tidy.attribute_files AS
WITH files AS (
    SELECT v.entity_type || '-' || v.entity_id || '-' || v.code AS id, v.chosen AS path, a.name AS label,
        v.entity_type || ':' || v.entity_id AS record
    FROM tidy._custom_values v
    JOIN raw.attributes a ON a.id = v.attribute_id
    JOIN tidy._entities e ON e.entity_type = v.entity_type AND e.id = v.entity_id
    WHERE v.type IN ('file', 'image')
    UNION ALL
    SELECT 'users-' || id || '-image', image, 'Photo', 'users:' || id
    FROM raw.users WHERE tidy._filled(image) IS NOT NULL
)
SELECT id, tidy._file_name(NULL, path) AS name, path,
    tidy._mimetype(tidy._file_name(NULL, path), NULL) AS mimetype, label,
    record, split_part(record, ':', 1) AS record_object
FROM files;

INSERT INTO tidy._findings
SELECT object, id, 'record', 'what it belongs to has no place in Odoo, or is gone', 'set_aside'
FROM (SELECT 'activity_files' AS object, id, record FROM tidy.activity_files
    UNION ALL SELECT 'email_attachments', id, record FROM tidy.email_attachments)
WHERE record IS NULL
UNION ALL
SELECT 'email_attachments', id, 'path',
    'another attachment of the mail has the same path: the later one was stored over the earlier', 'warning'
FROM tidy.email_attachments
WHERE path IN (SELECT path FROM raw.email_attachments GROUP BY path HAVING count(*) > 1);
