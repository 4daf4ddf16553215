-- Answers of forms: one readable note for each booking, form, moment and worker. `tidy._form_fields`,
-- made before, has the same answers as columns of bookings. Then the files.

CREATE TABLE tidy.form_notes AS
WITH answers AS (
    SELECT r.id AS booking_id, coalesce(tidy._word(a.form), 'Form') AS form, tidy._word(a.stage) AS stage, tidy._filled(a.fieldworker) AS fieldworker,
        coalesce(tidy._word(a.question), 'Answer') AS question, tidy._filled(a.answer) AS answer, tidy._utc(a.answered_at, NULL) AS answered_at,
        a._file, TRY_CAST(a._line AS BIGINT) AS line, tidy._ref(a.booking_id, a.booking_number) AS ref
    FROM raw.form_answers a LEFT JOIN tidy._booking_refs r ON r.ref = tidy._ref(a.booking_id, a.booking_number)
)
SELECT tidy._made_id(concat_ws('|', ref, a.form, stage, fieldworker)) AS id, any_value(a.booking_id) AS booking_id, 'bookings:' || any_value(a.booking_id) AS record, a.form, stage, fieldworker, w.id AS fieldworker_id,
    coalesce(max(answered_at), any_value(t.start_at)) AS answered_at, count(*) AS answer_count, coalesce(any_value(a.booking_id) IN (FROM tidy._elsewhere), false) AS is_elsewhere,
    '<p><b>' || tidy._escaped(concat_ws(' · ', a.form, stage, fieldworker)) || '</b></p><ul>'
        || string_agg('<li>' || tidy._escaped(question) || ': ' || coalesce(replace(tidy._escaped(answer), chr(10), '<br>'), '–') || '</li>', '' ORDER BY _file, line) || '</ul>' AS body
FROM answers a
LEFT JOIN tidy._worker_names w ON w.form = tidy._form(a.fieldworker)
LEFT JOIN tidy._booking_times t ON t.id = a.booking_id
GROUP BY ref, a.form, stage, fieldworker, w.id;

CREATE TABLE tidy._file_rows AS
SELECT coalesce(tidy._id(f.attachment_id), tidy._made_id(concat_ws('|', f.booking_id, f.booking_number, f.customer_id, f.file))) AS id,
    replace(trim(f.file), chr(92), '/') AS given_path, coalesce(tidy._filled(f.name), regexp_extract(f.file, '[^/\\]+$')) AS name,
    CASE WHEN r.id IS NOT NULL THEN 'bookings:' || r.id WHEN c.id IS NOT NULL THEN 'customers:' || c.id END AS record,
    tidy._word(f.form) AS form, tidy._filled(f.uploaded_by) AS uploaded_by, tidy._utc(f.uploaded_at, NULL) AS created_at
FROM raw.attachments f
LEFT JOIN tidy._booking_refs r ON r.ref = tidy._ref(f.booking_id, f.booking_number)
LEFT JOIN tidy.customers c ON c.id = tidy._id(f.customer_id)
QUALIFY row_number() OVER (PARTITION BY coalesce(tidy._id(f.attachment_id), tidy._made_id(concat_ws('|', f.booking_id, f.booking_number, f.customer_id, f.file))) ORDER BY f._line) = 1;

-- A path as the list gives it, or below attachments/; what a browser would run is plain text.
CREATE TABLE tidy.files AS
SELECT id, name, coalesce(p.path, below.path, given_path) AS path, record, split_part(record, ':', 1) AS record_object, form, uploaded_by, created_at,
    coalesce(record IN (SELECT 'bookings:' || id FROM tidy._elsewhere), false) AS is_elsewhere,
    CASE lower(regexp_extract(name, '\.([A-Za-z0-9]{1,8})$', 1)) WHEN 'png' THEN 'image/png' WHEN 'jpg' THEN 'image/jpeg' WHEN 'jpeg' THEN 'image/jpeg'
        WHEN 'gif' THEN 'image/gif' WHEN 'webp' THEN 'image/webp' WHEN 'heic' THEN 'image/heic' WHEN 'pdf' THEN 'application/pdf'
        WHEN 'txt' THEN 'text/plain' WHEN 'csv' THEN 'text/csv' WHEN 'mp4' THEN 'video/mp4' WHEN 'html' THEN 'text/plain' WHEN 'htm' THEN 'text/plain'
        WHEN 'svg' THEN 'text/plain' WHEN 'xml' THEN 'text/plain' WHEN 'js' THEN 'text/plain' ELSE 'application/octet-stream' END AS mimetype
FROM tidy._file_rows f
LEFT JOIN tidy._paths p ON p.path = f.given_path
LEFT JOIN tidy._paths below ON below.path = 'attachments/' || f.given_path;

INSERT INTO tidy._findings
SELECT 'form_notes', id, 'booking_number', 'names no booking that is there', 'set_aside' FROM tidy.form_notes WHERE booking_id IS NULL
UNION ALL
SELECT 'files', id, 'record', 'names no booking or customer that is there', 'set_aside' FROM tidy.files WHERE record IS NULL;
