-- Two fifths are made by people, the rest is the automatic change log (from 2.0.0 on).
CREATE TABLE activities AS
WITH typed AS (
    SELECT i AS id,
        CASE WHEN d_activity_odd_type(i) THEN 'sms'
             WHEN d_activity_no_schedule(i) OR d_activity_ends_early(i) THEN 'meeting'
             WHEN d_activity_file_missing(i) OR d_activity_file_outside(i) THEN 'file'
             WHEN d_activity_hostile_comment(i) THEN 'call'
             WHEN i % 5 > 1 AND $has_system_log THEN 'system'
             ELSE one_of('activity-type', i,
                ['note', 'note', 'note', 'call', 'call', 'meeting', 'meeting', 'lunch', 'file'])
        END AS type,
        since_start('activity', i, $n_activities) AS created_moment,
        1 + below('activity-lead', i, $n_leads) AS lead_id,
        1 + below('activity-person', i, $n_persons) AS person_id,
        unit('activity-parent', i) AS parent
    FROM range(1, $n_activities + 1) AS t(i)
),
planned AS (
    SELECT *,
        CASE WHEN type IN ('call', 'meeting', 'lunch') AND NOT d_activity_no_schedule(id)
             THEN date_trunc('minute', created_moment)
                  + to_hours(2 + below('activity-delay', id, 900)::INTEGER) END AS starts,
        one_of('changed-from', id, ['New', 'Follow Up', 'Prospect']) AS old_label,
        one_of('changed-to', id, ['Negotiation', 'Won', 'Qualifica\u00e7\u00e3o']) AS new_label
    FROM typed
)
SELECT id,
    CASE type WHEN 'note' THEN NULL
        WHEN 'system' THEN one_of('log', id, ['Created', 'Updated Stage', 'Updated Sales Owner'])
        ELSE one_of('activity-title', id, ['Intro call', 'Demo', 'Rückruf', 'Almoço', 'Vertrag.pdf',
            'Follow up', 'Zoom', 'Présentation', '回访']) END AS title,
    type,
    CASE WHEN type = 'system' THEN NULL
        WHEN d_activity_hostile_comment(id) THEN '<svg onload=alert(1)>note</svg> &lt;b&gt;x&lt;/b&gt;'
        WHEN id % 6 = 0 THEN '<p>Spoke to <strong>him</strong>.<br>Next: offer</p>'
        WHEN unit('commented', id) < 0.75 THEN 'Talked ' || below('minutes', id, 50) || ' min.' || chr(10)
            || 'Naïve question: price? "soon" 👍' END AS comment,
    CASE WHEN type = 'system' AND id % 3 > 0 THEN
        '{"attribute":"Stage","new":{"value":4,"label":"' || new_label || '"},"old":{"value":1,"label":"'
        || old_label || '"}}' END AS additional,
    db_time(starts) AS schedule_from,
    db_time(CASE WHEN d_activity_ends_early(id) THEN starts - INTERVAL 1 HOUR
                 ELSE starts + to_minutes(15 * (1 + below('length', id, 8))) END) AS schedule_to,
    CASE WHEN type IN ('system', 'note') THEN 1 WHEN type = 'file' THEN 0
         ELSE (unit('done', id) < 0.7)::INTEGER END AS is_done,
    CASE WHEN d_activity_without_user(id) THEN NULL ELSE owner('activity-owner', id) END AS user_id,
    db_time(created_moment) AS created_at, db_time(created_moment) AS updated_at,
    CASE WHEN type IN ('meeting', 'lunch') AND id % 2 = 0
         THEN one_of('room', id, ['Zoom', 'Café Müller', 'HQ, room 2', 'https://meet.example/abc']) END AS location,
    lead_id, person_id,
    CASE WHEN d_activity_without_link(id) THEN 'none'
         WHEN parent < 0.72 OR NOT $has_system_log THEN 'lead'
         WHEN parent < 0.96 THEN 'person' ELSE 'product' END AS parent
FROM planned;

CREATE TABLE lead_activities AS
SELECT id AS activity_id, lead_id FROM activities WHERE parent = 'lead'
UNION ALL
SELECT id, lead_id FROM activities WHERE parent = 'lead' AND d_activity_linked_twice(id)
UNION ALL
SELECT id, lead_id % $n_leads + 1 FROM activities WHERE parent = 'lead' AND id % 97 = 0;

CREATE TABLE person_activities AS
SELECT id AS activity_id, person_id FROM activities WHERE parent = 'person';

CREATE TABLE product_activities AS
SELECT id AS activity_id, 1 + person_id % $n_products AS product_id FROM activities WHERE parent = 'product';

CREATE TABLE activity_participants AS
SELECT row_number() OVER (ORDER BY a.id, n) AS id, a.id AS activity_id,
    CASE WHEN n = 0 THEN owner('participant', a.id) END AS user_id,
    CASE WHEN n = 1 THEN a.person_id END AS person_id
FROM activities AS a JOIN range(0, 2) AS t(n) ON unit('invited', a.id) > n * 0.4
WHERE a.type IN ('call', 'meeting', 'lunch');

CREATE TABLE activity_files AS
SELECT row_number() OVER (ORDER BY id) AS id,
    one_of('file-name', id, ['Vertrag final.pdf', 'offer', 'Scan 001.PDF', '合同.docx', '../../etc/passwd'])
        AS name,
    CASE WHEN d_activity_file_outside(id) THEN '../../../etc/passwd'
         ELSE 'activities/' || id || '/' || left(md5(id::VARCHAR) || md5(id || 'x'), 40) || '.'
            || one_of('file-type', id, ['pdf', 'docx', 'png', 'svg']) END AS path,
    id AS activity_id, created_at, updated_at
FROM activities WHERE type = 'file' AND NOT d_activity_file_missing(id);
