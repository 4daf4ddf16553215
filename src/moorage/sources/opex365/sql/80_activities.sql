-- Activities of every kind, each with the record that its history stands on.

-- What holds history in Odoo. A lead that became an opportunity is that one.
CREATE TABLE tidy._records AS
SELECT 'account:' || id AS reference, 'account:' || id AS record FROM tidy.account
UNION ALL SELECT 'contact:' || id, 'contact:' || id FROM tidy.contact
UNION ALL SELECT 'opportunity:' || id, 'opportunity:' || id FROM tidy.opportunity
UNION ALL SELECT 'incident:' || id, 'incident:' || id FROM tidy.incident
UNION ALL SELECT 'lead:' || id, coalesce('opportunity:' || opportunity_id, 'lead:' || id) FROM tidy.lead;

CREATE TABLE tidy._activities AS
WITH every AS (
    SELECT 'email' AS object, id, subject, description, regardingobjectid, regardingobjectid_table, regardingobjectid_label,
        ownerid, statecode, statuscode_label, prioritycode_label, scheduledstart, scheduledend, actualstart, actualend,
        scheduleddurationminutes, actualdurationminutes, createdon, modifiedon, 'email' AS type FROM tidy._email
    UNION ALL SELECT 'phonecall', id, subject, description, regardingobjectid, regardingobjectid_table, regardingobjectid_label,
        ownerid, statecode, statuscode_label, prioritycode_label, scheduledstart, scheduledend, actualstart, actualend,
        scheduleddurationminutes, actualdurationminutes, createdon, modifiedon, 'phonecall' FROM tidy._phonecall
    UNION ALL SELECT 'task', id, subject, description, regardingobjectid, regardingobjectid_table, regardingobjectid_label,
        ownerid, statecode, statuscode_label, prioritycode_label, scheduledstart, scheduledend, actualstart, actualend,
        scheduleddurationminutes, actualdurationminutes, createdon, modifiedon, 'task' FROM tidy._task
    UNION ALL SELECT 'appointment', id, subject, description, regardingobjectid, regardingobjectid_table, regardingobjectid_label,
        ownerid, statecode, statuscode_label, prioritycode_label, scheduledstart, scheduledend, actualstart, actualend,
        scheduleddurationminutes, actualdurationminutes, createdon, modifiedon, 'appointment' FROM tidy._appointment
    UNION ALL SELECT 'activitypointer', id, subject, description, regardingobjectid, regardingobjectid_table, regardingobjectid_label,
        ownerid, statecode, statuscode_label, prioritycode_label, scheduledstart, scheduledend, actualstart, actualend,
        scheduleddurationminutes, actualdurationminutes, createdon, modifiedon, activitytypecode FROM tidy._activitypointer
)
SELECT a.*, coalesce(a.actualend, a.actualstart, a.scheduledend, a.scheduledstart, a.createdon) AS happened_at,
    CASE a.statecode WHEN 1 THEN 'done' WHEN 2 THEN 'cancelled' ELSE 'open' END AS outcome,
    r.record AS regarding, coalesce(r.record, p.somebody) AS record, r.record IS NULL AND p.somebody IS NOT NULL AS by_party,
    CASE WHEN a.regardingobjectid IS NOT NULL AND r.record IS NULL
        THEN coalesce(a.regardingobjectid_label, a.regardingobjectid_table, 'a record') END AS also,
    -- What notes and files of the activity hang on.
    CASE WHEN a.object = 'phonecall' AND tidy._calls_are_records() THEN 'phonecall:' || a.id ELSE coalesce(r.record, p.somebody) END AS place,
    o.user_id AS owner_id, o.team AS owner_team, f.files,
    p.* EXCLUDE (activity_id)
FROM every a
LEFT JOIN tidy._records r ON r.reference = a.regardingobjectid_table || ':' || a.regardingobjectid
LEFT JOIN tidy._participants p ON p.activity_id = a.id
LEFT JOIN tidy._owners o ON o.owner = a.ownerid
LEFT JOIN (
    SELECT coalesce(activityid, objectid) AS id, list(id ORDER BY attachmentnumber, id) AS files
    FROM tidy._activitymimeattachment GROUP BY 1
) f ON f.id = a.id;

CREATE TABLE tidy.email AS
WITH named AS (
    SELECT *, row_number() OVER (PARTITION BY trim(messageid, '<> ') ORDER BY id) AS n FROM tidy._email
)
SELECT a.id, a.subject, regexp_replace(tidy._html(a.description), '<img[^<>]*["''=]cid:[^<>]*>', '<em>[image]</em>', 'gi') AS body,
    coalesce(e.directioncode, true) AS is_outgoing, a.outcome = 'open' AS is_draft, a.statuscode_label AS status,
    coalesce(e.senton, a.actualend, a.createdon) AS sent_at,
    coalesce(a.sender, e.sender) AS sender, coalesce(a.author, book.reference) AS author, a.sent_to, a.cc, a.bcc, a.recipients,
    '<' || coalesce(nullif(trim(e.messageid, '<> '), ''), 'opex365-' || a.id || '@moorage.invalid')
        || CASE WHEN e.n > 1 AND e.messageid IS NOT NULL THEN '.' || a.id ELSE '' END || '>' AS message_id,
    CASE WHEN e.parentactivityid IN (SELECT id FROM tidy._email) AND e.parentactivityid <> a.id THEN e.parentactivityid END AS thread_id,
    a.record, split_part(a.record, ':', 1) AS record_object, a.also AS also_regarding, a.unresolved, a.files, a.owner_id,
    c.* EXCLUDE (id), a.createdon AS created_at, a.modifiedon AS updated_at
FROM tidy._activities a
JOIN named e ON e.id = a.id
JOIN tidy._custom_email c ON c.id = a.id
LEFT JOIN tidy._address_book book ON book.address = lower(regexp_extract(e.sender, '[^\s<>"]+@[^\s<>"]+', 0))
WHERE a.object = 'email';

CREATE TABLE tidy.phonecall AS
SELECT a.id, a.subject, tidy._html(a.description) AS description, coalesce(e.directioncode, true) AS is_outgoing,
    CASE WHEN coalesce(e.directioncode, true) THEN 'outgoing' ELSE 'incoming' END AS direction, e.phonenumber AS number,
    coalesce(e.leftvoicemail, false) AS left_voicemail, coalesce(a.actualdurationminutes, a.scheduleddurationminutes) AS duration_minutes,
    a.outcome, a.statuscode_label AS status, a.happened_at, CAST(coalesce(a.scheduledend, a.scheduledstart, a.createdon) AS DATE) AS deadline,
    tidy._details(['Phone call (' || CASE WHEN coalesce(e.directioncode, true) THEN 'outgoing' ELSE 'incoming' END || ')',
        'Number: ' || tidy._escaped(e.phonenumber),
        'Duration: ' || coalesce(a.actualdurationminutes, a.scheduleddurationminutes) || ' min',
        'Status: ' || tidy._escaped(a.statuscode_label), CASE WHEN e.leftvoicemail THEN 'Voicemail left' END,
        'Participants: ' || tidy._escaped(a.names), 'Regarding: ' || tidy._escaped(a.also)]) AS details,
    '<p><strong>' || tidy._escaped(a.subject) || '</strong></p>' AS heading,
    coalesce(a.author, 'systemuser:' || a.owner_id) AS author,
    coalesce(a.somebody, CASE WHEN split_part(a.record, ':', 1) IN ('account', 'contact') THEN a.record END,
        list_filter(list_prepend(a.author, coalesce(a.recipients, [])), lambda p: p LIKE 'placeholder:%')[1], op.customer, ic.customer, le.customer) AS partner,
    a.record, split_part(a.record, ':', 1) AS record_object, a.files, a.owner_id, a.owner_team, c.* EXCLUDE (id),
    a.createdon AS created_at, a.modifiedon AS updated_at
FROM tidy._activities a JOIN tidy._phonecall e ON e.id = a.id JOIN tidy._custom_phonecall c ON c.id = a.id
LEFT JOIN tidy.opportunity op ON a.record = 'opportunity:' || op.id
LEFT JOIN tidy.incident ic ON a.record = 'incident:' || ic.id
LEFT JOIN tidy.lead le ON a.record = 'lead:' || le.id
WHERE a.object = 'phonecall';

CREATE TABLE tidy.task AS
SELECT a.id, coalesce(a.subject, 'Task') AS subject, tidy._html(a.description) AS description, a.outcome, a.statuscode_label AS status,
    'task-' || tidy._name_form(a.statuscode_label) AS stage_id, e.percentcomplete AS percent_complete,
    CASE e.prioritycode WHEN 2 THEN '1' ELSE '0' END AS priority, a.scheduledstart AS starts_at, a.scheduledend AS due_at,
    CAST(coalesce(a.scheduledend, a.scheduledstart, a.createdon) AS DATE) AS deadline, a.actualend AS done_at,
    coalesce(a.actualdurationminutes, a.scheduleddurationminutes) AS duration_minutes, a.happened_at,
    a.regardingobjectid_label AS regarding, a.record, split_part(a.record, ':', 1) AS record_object,
    CASE WHEN split_part(a.record, ':', 1) IN ('account', 'contact') THEN a.record ELSE coalesce(op.customer, ic.customer, le.customer) END AS customer,
    CASE WHEN a.record LIKE 'opportunity:%' OR a.record LIKE 'lead:%' THEN a.record END AS deal, 'task' AS project_id,
    '<p><strong>' || tidy._escaped(a.subject) || '</strong></p>' AS heading,
    tidy._details(['Task', 'Status: ' || tidy._escaped(a.statuscode_label)]) AS details,
    'systemuser:' || a.owner_id AS author, a.owner_id, a.owner_team, c.* EXCLUDE (id),
    a.createdon AS created_at, a.modifiedon AS updated_at
FROM tidy._activities a JOIN tidy._task e ON e.id = a.id JOIN tidy._custom_task c ON c.id = a.id
LEFT JOIN tidy.opportunity op ON a.record = 'opportunity:' || op.id
LEFT JOIN tidy.incident ic ON a.record = 'incident:' || ic.id
LEFT JOIN tidy.lead le ON a.record = 'lead:' || le.id
WHERE a.object = 'task';

-- A whole day is kept as midnight where the user was.
CREATE TABLE tidy.appointment AS
SELECT a.id, coalesce(a.subject, 'Appointment') AS subject, tidy._html(a.description) AS description, e.location,
    coalesce(e.isalldayevent, false) AS is_all_day, a.starts_at, a.ends_at,
    CAST(timezone(tidy._zone(), timezone('UTC', a.starts_at)) AS DATE) AS first_day,
    greatest(CAST(timezone(tidy._zone(), timezone('UTC', a.starts_at)) AS DATE),
        CAST(timezone(tidy._zone(), timezone('UTC', a.ends_at)) - INTERVAL 1 SECOND AS DATE)) AS last_day,
    a.outcome, a.statuscode_label AS status, a.statuscode_label IN ('Free', 'Tentative') AS is_free, e.seriesid AS series,
    coalesce(a.organizer_id, a.owner_id) AS organizer_id,
    list_sort(list_distinct(list_concat(coalesce(a.attendees, []),
        CASE WHEN coalesce(a.organizer_id, a.owner_id) IS NULL THEN [] ELSE ['systemuser:' || coalesce(a.organizer_id, a.owner_id)] END))) AS attendees,
    a.names AS participant_names, a.unresolved, a.regarding AS record, split_part(a.regarding, ':', 1) AS record_object,
    CASE WHEN a.regarding LIKE 'opportunity:%' OR a.regarding LIKE 'lead:%' THEN a.regarding END AS deal,
    a.regardingobjectid_label AS regarding, a.owner_id, a.owner_team, c.* EXCLUDE (id), a.createdon AS created_at, a.modifiedon AS updated_at
FROM (
    SELECT *, coalesce(scheduledstart, actualstart, createdon) AS starts_at,
        greatest(coalesce(scheduledend, actualend, scheduledstart, createdon), coalesce(scheduledstart, actualstart, createdon)) AS ends_at
    FROM tidy._activities WHERE object = 'appointment'
) a
JOIN tidy._appointment e ON e.id = a.id
JOIN tidy._custom_appointment c ON c.id = a.id;

-- Letters, faxes, closings, resolutions, site visits …: whatever else Dataverse calls an activity.
CREATE TABLE tidy.activitypointer AS
SELECT a.id, a.type, a.subject, tidy._html(coalesce(k.description, r.description, a.description)) AS description, a.outcome,
    a.statuscode_label AS status, a.happened_at,
    '<p><strong>' || tidy._escaped(coalesce(a.subject, a.type)) || '</strong></p>' AS heading,
    tidy._details([tidy._escaped(coalesce(t.label, a.type)), 'Status: ' || tidy._escaped(a.statuscode_label),
        'Duration: ' || coalesce(a.actualdurationminutes, a.scheduleddurationminutes) || ' min',
        'Participants: ' || tidy._escaped(a.names), 'Regarding: ' || tidy._escaped(a.also),
        replace(tidy._escaped(d.text), chr(10), '<br>')]) AS details,
    coalesce(a.author, 'systemuser:' || a.owner_id) AS author,
    a.record, split_part(a.record, ':', 1) AS record_object, a.files, a.owner_id, a.owner_team,
    a.createdon AS created_at, a.modifiedon AS updated_at
FROM tidy._activities a
LEFT JOIN tidy._activity_types t ON t.type = a.type
LEFT JOIN tidy._activity_details d ON d.id = a.id
LEFT JOIN tidy._opportunityclose k ON k.id = a.id
LEFT JOIN tidy._incidentresolution r ON r.id = a.id
WHERE a.object = 'activitypointer';

INSERT INTO tidy._findings
SELECT object, id, 'record', 'it regards nothing that is moved, and no contact takes part', 'set_aside'
FROM tidy._activities WHERE place IS NULL AND object IN ('email', 'phonecall', 'activitypointer')
UNION ALL
SELECT object, id, 'record', 'it regards nothing that is moved: put on a contact who takes part', 'warning'
FROM tidy._activities WHERE by_party AND object <> 'appointment'
UNION ALL
SELECT object, id, 'participants', 'not known by id or address, kept as text: a party', 'warning'
FROM tidy._activities WHERE unresolved IS NOT NULL
UNION ALL
SELECT object, id, 'description', 'the text fills its column: the end may be missing', 'warning'
FROM tidy._activities WHERE object = 'activitypointer' AND length(description) >= 2000
    AND id NOT IN (SELECT id FROM tidy._incidentresolution)
UNION ALL
SELECT 'email', id, 'body', 'Dataverse cut the text when it took the mail in', 'warning' FROM tidy._email WHERE notifications = 2
UNION ALL
SELECT 'appointment', id, 'scheduledend', 'it ends before it begins', 'warning'
FROM tidy._appointment WHERE scheduledend < scheduledstart;
