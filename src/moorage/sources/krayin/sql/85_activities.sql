-- Activities. In release 1.0.0 `lead_activities` was the table itself; since then it ties leads to
-- `activities`, and from 2.0 on there are such tables for persons, products and warehouses.

CREATE TABLE tidy._activities AS
SELECT id, title, type, comment, schedule_from, schedule_to, is_done, user_id, location,
    additional, created_at, updated_at
FROM raw.activities
UNION ALL
SELECT id, title, type, comment, schedule_from, schedule_to, is_done, user_id, NULL,
    NULL, created_at, updated_at
FROM raw.lead_activities WHERE activity_id IS NULL AND id IS NOT NULL;

-- What each activity hangs on, by rank: its record is the first.
CREATE TABLE tidy._activity_links AS
WITH tied AS (
    SELECT coalesce(activity_id, id) AS activity_id, 1 AS rank, 'leads' AS object, lead_id AS linked
    FROM raw.lead_activities
    UNION SELECT activity_id, 2, 'persons', person_id FROM raw.person_activities
    UNION SELECT activity_id, 3, 'products', product_id FROM raw.product_activities
    UNION SELECT activity_id, 9, 'warehouses', warehouse_id FROM raw.warehouse_activities
)
SELECT t.*, CASE t.object WHEN 'leads' THEN 'Lead: ' || l.title WHEN 'persons' THEN 'Person: ' || p.name
        WHEN 'products' THEN 'Product: ' || coalesce(d.name, d.sku) ELSE 'Warehouse: ' || w.name END AS label
FROM tied t
LEFT JOIN raw.leads l ON t.object = 'leads' AND l.id = t.linked
LEFT JOIN raw.persons p ON t.object = 'persons' AND p.id = t.linked
LEFT JOIN raw.products d ON t.object = 'products' AND d.id = t.linked
LEFT JOIN raw.warehouses w ON t.object = 'warehouses' AND w.id = t.linked
WHERE coalesce(l.id, p.id, d.id, w.id) IS NOT NULL;

CREATE TABLE tidy._participants AS
SELECT a.activity_id,
    list(DISTINCT 'persons:' || p.id) FILTER (p.id IS NOT NULL) AS persons,
    list(DISTINCT 'users:' || u.id) FILTER (u.id IS NOT NULL) AS users,
    string_agg(DISTINCT coalesce(p.name, u.name), ', ' ORDER BY coalesce(p.name, u.name)) AS names
FROM raw.activity_participants a
LEFT JOIN raw.persons p ON p.id = a.person_id
LEFT JOIN raw.users u ON u.id = a.user_id
GROUP BY a.activity_id;

-- A product's record in Odoo is its template: that is where people look at its history.
CREATE TABLE tidy._activity_records AS
SELECT a.id,
    coalesce(l.record, CASE WHEN len(p.persons) = 1 THEN p.persons[1] END) AS record,
    l.record IS NULL AND len(p.persons) = 1 AS by_participant, l.labels, l.warehouse_only
FROM tidy._activities a
LEFT JOIN (
    SELECT activity_id,
        arg_min(object || ':' || linked, (rank, CAST(linked AS BIGINT))) FILTER (rank < 9) AS record,
        list(label ORDER BY rank, CAST(linked AS BIGINT)) AS labels, min(rank) = 9 AS warehouse_only
    FROM tidy._activity_links GROUP BY activity_id
) l ON l.activity_id = a.id
LEFT JOIN tidy._participants p ON p.activity_id = a.id;

CREATE TABLE tidy.activities AS
WITH dated AS (
    SELECT *, tidy._utc(schedule_from) AS starts, tidy._utc(schedule_to) AS ends,
        tidy._utc(created_at) AS made, tidy._utc(updated_at) AS changed
    FROM tidy._activities
), told AS (
    SELECT d.id, tidy._filled(d.title) AS title, d.type, coalesce(d.is_done, '0') = '1' AS is_done,
        tidy._html(d.comment) AS comment, d.starts AS schedule_from, d.ends AS schedule_to,
        coalesce(d.starts, d.made, d.changed) AS happened_at,
        CAST(greatest(TRY_CAST(d.schedule_from AS TIMESTAMP), TRY_CAST(d.schedule_to AS TIMESTAMP)) AS DATE) AS due,
        TRY_CAST(d.created_at AS TIMESTAMP) AS created_wall,
        CASE WHEN d.ends > d.starts THEN date_diff('minute', d.starts, d.ends) END AS duration_minutes,
        tidy._filled(d.location) AS location, u.id AS user_id,
        CASE WHEN u.email IS NOT NULL THEN '"' || replace(u.name, '"', '') || '" <' || u.email || '>' END AS author_email,
        r.record, split_part(r.record, ':', 1) AS record_object,
        CASE WHEN r.record LIKE 'leads:%' THEN split_part(r.record, ':', 2) END AS lead_id,
        array_to_string(CASE WHEN r.by_participant THEN r.labels ELSE r.labels[2:] END, chr(10)) AS other_links,
        list_sort(list_concat(coalesce(p.persons, []), coalesce(p.users, []))) AS participants,
        p.names AS participant_names, d.made, d.changed,
        CASE WHEN d.type = 'system' AND json_valid(d.additional) THEN concat_ws(' → ',
            json_extract_string(d.additional, '$.old.label'),
            json_extract_string(d.additional, '$.new.label')) END AS log
    FROM dated d
    LEFT JOIN tidy._activity_records r ON r.id = d.id
    LEFT JOIN tidy._participants p ON p.activity_id = d.id
    LEFT JOIN tidy.users u ON u.id = tidy._link(d.user_id)
)
SELECT id, title, type, is_done,
    '<p><strong>' || tidy._escaped(title) || '</strong></p>' AS heading, comment,
    '<p>' || nullif(array_to_string(list_filter([
        CASE WHEN type IN ('note', 'file', 'system') THEN NULL ELSE upper(type[1]) || tidy._escaped(type[2:]) END,
        tidy._escaped(nullif(log, '')), 'Duration: ' || duration_minutes || ' min', 'Location: ' || tidy._escaped(location),
        'Participants: ' || tidy._escaped(participant_names),
        'Also linked to: ' || replace(tidy._escaped(nullif(other_links, '')), chr(10), ', ')],
        lambda part: part IS NOT NULL), '<br>'), '') || '</p>' AS details,
    schedule_from, schedule_to, happened_at, coalesce(due, CAST(created_wall AS DATE)) AS deadline,
    duration_minutes, location, user_id, author_email, record, record_object, lead_id,
    nullif(other_links, '') AS other_links, participants, participant_names,
    list_sort(list_distinct(list_concat(participants,
        CASE WHEN user_id IS NULL THEN [] ELSE ['users:' || user_id] END))) AS attendees,
    f.files, made AS created_at, changed AS updated_at
FROM told
LEFT JOIN (
    SELECT activity_id, list(id ORDER BY CAST(id AS BIGINT)) AS files FROM raw.activity_files GROUP BY activity_id
) f ON f.activity_id = told.id;

INSERT INTO tidy._findings
SELECT 'activities', a.id, 'record', CASE WHEN r.warehouse_only
    THEN 'it hangs on a warehouse only, which has no place in Odoo'
    ELSE 'it hangs on no lead, person or product, and not just one person takes part' END, 'set_aside'
FROM tidy.activities a JOIN tidy._activity_records r ON r.id = a.id WHERE a.record IS NULL
UNION ALL
SELECT 'activities', a.id, 'record', 'it hangs on nothing: put on the one person who takes part', 'warning'
FROM tidy.activities a JOIN tidy._activity_records r ON r.id = a.id WHERE r.by_participant
UNION ALL
SELECT 'activities', id, 'schedule_to', 'it ends before it begins', 'warning'
FROM tidy.activities WHERE schedule_to < schedule_from
UNION ALL
SELECT 'activities', id, 'schedule_from', 'it has no time of its own: the time of its making is taken', 'warning'
FROM tidy.activities WHERE type IN ('call', 'meeting', 'lunch') AND schedule_from IS NULL
UNION ALL
SELECT 'activities', id, 'happened_at', 'it has no time at all', 'set_aside'
FROM tidy.activities WHERE happened_at IS NULL
UNION ALL
SELECT 'activities', id, 'comment', 'the text fills its column: the end may be missing since Krayin stored it', 'warning'
FROM tidy._activities WHERE tidy._is_cut(comment)
UNION ALL
SELECT 'activities', id, 'files', 'an activity of type file without a file', 'warning'
FROM tidy.activities WHERE type = 'file' AND files IS NULL;
