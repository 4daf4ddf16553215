-- Notes and files. The content of a file is had by its path.

CREATE TABLE tidy._note_places AS
SELECT n.id, coalesce(r.record, a.place) AS record, CASE WHEN a.place = a.record THEN a.subject END AS activity
FROM tidy._annotation n
LEFT JOIN tidy._records r ON r.reference = n.objectid_table || ':' || n.objectid
LEFT JOIN tidy._activities a ON a.id = n.objectid AND r.record IS NULL;

CREATE TABLE tidy._product_places AS
SELECT n.id, 'product:' || p.id AS record FROM tidy._annotation n
JOIN tidy.product p ON n.objectid_table = 'product' AND p.id = n.objectid AND p.structure <> 'family';

CREATE TABLE tidy.annotation AS
SELECT n.id, n.subject, tidy._html(n.notetext) AS body, '<p><strong>' || tidy._escaped(n.subject) || '</strong></p>' AS heading,
    tidy._details(['On the activity: ' || tidy._escaped(p.activity)]) AS details,
    coalesce(n.isdocument, false) AS is_document, CASE WHEN n.isdocument THEN [n.id] END AS files,
    coalesce(p.record, d.record) AS record, split_part(coalesce(p.record, d.record), ':', 1) AS record_object,
    'systemuser:' || coalesce(u.id, o.user_id) AS author, n.createdon AS happened_at, n.createdon AS created_at, n.modifiedon AS updated_at
FROM tidy._annotation n
LEFT JOIN tidy._note_places p ON p.id = n.id
LEFT JOIN tidy._product_places d ON d.id = n.id
LEFT JOIN tidy.systemuser u ON u.id = n.createdby AND u.is_person
LEFT JOIN tidy._owners o ON o.owner = n.ownerid;

CREATE TABLE tidy.note_file AS
SELECT n.id, coalesce(n.filename, 'file') AS name, nullif(lower(n.mimetype), 'application/octet-stream') AS mimetype, n.filesize AS size, 'annotations/' || n.id AS path,
    t.record, t.record_object, n.createdon AS created_at
FROM tidy._annotation n JOIN tidy.annotation t ON t.id = n.id WHERE n.isdocument;

CREATE TABLE tidy.activitymimeattachment AS
SELECT m.id, coalesce(m.filename, 'attachment') AS name, nullif(lower(m.mimetype), 'application/octet-stream') AS mimetype, m.filesize AS size,
    'activitymimeattachments/' || m.id AS path, coalesce(m.activityid, m.objectid) AS activity_id,
    CASE WHEN a.object = 'appointment' THEN 'appointment:' || a.id ELSE a.place END AS record,
    CASE WHEN a.object = 'appointment' THEN 'appointment' ELSE split_part(a.place, ':', 1) END AS record_object,
    m.createdon AS created_at
FROM tidy._activitymimeattachment m
LEFT JOIN tidy._activities a ON a.id = coalesce(m.activityid, m.objectid);

-- Files of own tables go where a model is made for the table.
CREATE TABLE tidy._with_files AS
SELECT reference, record FROM tidy._records
UNION ALL SELECT 'product:' || id, 'product:' || id FROM tidy.product WHERE structure <> 'family'
UNION ALL SELECT 'appointment:' || id, 'appointment:' || id FROM tidy.appointment
UNION ALL SELECT 'task:' || id, 'task:' || id FROM tidy.task
UNION ALL SELECT 'phonecall:' || id, 'phonecall:' || id FROM tidy.phonecall WHERE tidy._calls_are_records()
UNION ALL SELECT f.record, f.record FROM (SELECT DISTINCT record FROM tidy._column_files WHERE is_own) f
WHERE EXISTS (SELECT 1 FROM meta.settings s WHERE s.name = 'custom_models'
    AND list_contains(CAST(s.value AS VARCHAR[]), split_part(f.record, ':', 1)));

CREATE TABLE tidy.column_file AS
SELECT f.id, f.name, f.path, w.record, split_part(w.record, ':', 1) AS record_object
FROM tidy._column_files f LEFT JOIN tidy._with_files w ON w.reference = f.record;

INSERT INTO tidy._findings
SELECT 'column_file', id, 'record', 'its record is not moved', 'set_aside' FROM tidy.column_file WHERE record IS NULL
UNION ALL
SELECT 'annotation', id, 'record', 'it hangs on nothing that is moved', 'set_aside' FROM tidy.annotation WHERE record IS NULL
UNION ALL
SELECT 'note_file', id, 'record', 'its note hangs on nothing that is moved', 'set_aside' FROM tidy.note_file WHERE record IS NULL
UNION ALL
SELECT 'activitymimeattachment', id, 'record', 'its activity is not moved, or it belongs to a template', 'set_aside'
FROM tidy.activitymimeattachment WHERE record IS NULL;
