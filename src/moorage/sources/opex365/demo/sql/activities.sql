-- What an activity is about: mostly people and deals, sometimes nothing.
CREATE MACRO about_type(k, i) AS CASE WHEN unit(k || '-about', i) < 0.28 THEN 'contact' WHEN unit(k || '-about', i) < 0.48 THEN 'account'
    WHEN unit(k || '-about', i) < 0.72 THEN 'opportunity' WHEN unit(k || '-about', i) < 0.80 THEN 'lead'
    WHEN unit(k || '-about', i) < 0.90 THEN 'incident' WHEN unit(k || '-about', i) < 0.94 THEN 'opx_vessel' END;
CREATE MACRO about_id(k, i) AS CASE about_type(k, i) WHEN 'contact' THEN gid('contact', 1 + below(k || '-about', i, $n_contact))
    WHEN 'account' THEN gid('account', 1 + below(k || '-about', i, $n_account))
    WHEN 'opportunity' THEN gid('opportunity', 1 + below(k || '-about', i, $n_opportunity))
    WHEN 'lead' THEN gid('lead', 1 + below(k || '-about', i, $n_lead))
    WHEN 'incident' THEN gid('incident', 1 + below(k || '-about', i, $n_incident))
    WHEN 'opx_vessel' THEN gid('vessel', 1 + below(k || '-about', i, $n_opx_vessel)) END;
CREATE MACRO done_state(k, i) AS CASE WHEN unit(k || '-state', i) < 0.25 THEN 0 WHEN unit(k || '-state', i) < 0.93 THEN 1 ELSE 2 END;
CREATE MACRO is_outgoing(k, i) AS chance(k || '-out', i, 0.55);

CREATE TABLE gen.email AS
WITH base AS (
    SELECT i, since_start('email', i, $n_email) AS created, is_outgoing('email', i) AS out,
        CASE WHEN d_email_draft(i) THEN 0 WHEN d_email_canceled(i) THEN 2 ELSE 1 END AS state
    FROM range(1, $n_email + 1) r(i))
SELECT gid('email', i) AS activityid,
    CASE WHEN d_email_subject_null(i) THEN NULL WHEN d_email_subject_emoji(i) THEN 'Offer 📎 ' || i
         ELSE one_of('mail-subject', i, ['RE: ', 'FW: ', '']) || one_of('mail-topic', i, ['Offer', 'Schedule', 'Invoice', 'Safety plan'])
             || ' CRM:' || lpad((i % 9999999)::VARCHAR, 7, '0') END AS subject,
    CASE WHEN d_email_body_null(i) THEN NULL
         WHEN d_email_body_hostile(i) THEN '<html><body onload="x()"><script>x()</script><p>Hello</p><img src="http://track.example/p.gif"></body></html>'
         WHEN d_email_body_plain(i) THEN 'Dear all,' || chr(10) || 'see below < attached >' || chr(10) || '--' || chr(10) || 'Anna'
         WHEN d_email_body_long(i) THEN '<div>' || repeat('<p>Quoted line of a long thread.</p>', 4000) || '</div>'
         ELSE '<html><body><p>Dear team,</p><p>' || repeat('Please find the schedule. ', 1 + below('body', i, 30)) || '</p></body></html>' END AS description,
    'text/html' AS mimetype, out AS directioncode, '<' || gid('message', i)::VARCHAR || '@mail.example>' AS messageid,
    CASE WHEN i > 1 AND chance('reply', i, 0.3) THEN '<' || gid('message', i - 1)::VARCHAR || '@mail.example>' END AS inreplyto,
    'CRM:' || lpad((i % 9999999)::VARCHAR, 7, '0') AS trackingtoken,
    CASE WHEN out THEN 'sales@opex365.example' ELSE 'client' || i || '@client.example' END AS sender,
    CASE WHEN out THEN 'client' || i || '@client.example;' ELSE 'sales@opex365.example;' END AS torecipients,
    chance('mail-file', i, 0.15)::INTEGER AS attachmentcount, CASE WHEN d_email_truncated(i) THEN 2 ELSE 0 END AS notifications,
    CASE WHEN out THEN user_id(user_number('email', i)) ELSE gid('contact', 1 + below('mail-from', i, $n_contact)) END AS _emailsender_value,
    CASE WHEN out THEN 'systemuser' ELSE 'contact' END AS _emailsender_value__type,
    about_id('email', i) AS _regardingobjectid_value, about_type('email', i) AS _regardingobjectid_value__type,
    one_of('mail-priority', i, [1, 1, 1, 2, 0]) AS prioritycode,
    CASE WHEN state = 1 THEN created END AS senton, CASE WHEN state = 1 THEN created END AS actualend, created AS sortdate,
    state AS statecode, CASE state WHEN 0 THEN CASE WHEN out THEN 1 ELSE 8 END WHEN 2 THEN 5 ELSE CASE WHEN out THEN one_of('sent', i, [3, 3, 3, 6]) ELSE 4 END END AS statuscode,
    owner_id('email', i) AS _ownerid_value, owner_type('email', i) AS _ownerid_value__type,
    created AS createdon, days_after(created, 'email-changed', i, 2) AS modifiedon
FROM base;

CREATE TABLE gen.phonecall AS
SELECT gid('phonecall', i) AS activityid, 'Call about ' || one_of('call', i, ['offer', 'delivery', 'complaint']) AS subject,
    CASE WHEN d_phonecall_no_number(i) THEN NULL ELSE '+49 40 ' || digits('call', i, 7) END AS phonenumber,
    is_outgoing('phonecall', i) AS directioncode, chance('voicemail', i, 0.1) AS leftvoicemail,
    'Spoke for a while.' || chr(10) || 'Will call again.' AS description, 5 * below('call-minutes', i, 12) AS actualdurationminutes,
    about_id('phonecall', i) AS _regardingobjectid_value, about_type('phonecall', i) AS _regardingobjectid_value__type,
    CASE WHEN d_phonecall_no_due(i) THEN NULL ELSE since_start('phonecall', i, $n_phonecall) + INTERVAL 1 DAY END AS scheduledend,
    CASE WHEN done_state('phonecall', i) = 1 THEN since_start('phonecall', i, $n_phonecall) + INTERVAL 1 DAY END AS actualend,
    done_state('phonecall', i) AS statecode, CASE done_state('phonecall', i) WHEN 0 THEN 1 WHEN 2 THEN 3
        ELSE CASE WHEN is_outgoing('phonecall', i) THEN 2 ELSE 4 END END AS statuscode, 1 AS prioritycode,
    owner_id('phonecall', i) AS _ownerid_value, owner_type('phonecall', i) AS _ownerid_value__type,
    since_start('phonecall', i, $n_phonecall) AS createdon
FROM range(1, $n_phonecall + 1) r(i);

CREATE TABLE gen.task AS
SELECT gid('task', i) AS activityid,
    CASE WHEN d_task_subject_null(i) THEN NULL ELSE one_of('task', i, ['Send offer', 'Order parts', 'Visit site']) || ' ' || i END AS subject,
    CASE WHEN chance('task-text', i, 0.4) THEN 'See the note.' END AS description,
    CASE done_state('task', i) WHEN 1 THEN 100 ELSE 25 * below('percent', i, 4) END AS percentcomplete,
    about_id('task', i) AS _regardingobjectid_value, about_type('task', i) AS _regardingobjectid_value__type,
    since_start('task', i, $n_task) AS scheduledstart,
    CASE WHEN d_task_due_before_start(i) THEN since_start('task', i, $n_task) - INTERVAL 3 DAY
         WHEN chance('due', i, 0.8) THEN since_start('task', i, $n_task) + INTERVAL 5 DAY END AS scheduledend,
    CASE WHEN done_state('task', i) = 1 THEN since_start('task', i, $n_task) + INTERVAL 4 DAY END AS actualend,
    done_state('task', i) AS statecode, CASE done_state('task', i) WHEN 0 THEN one_of('task-open', i, [2, 3, 4, 7]) WHEN 1 THEN 5 ELSE 6 END AS statuscode,
    one_of('task-priority', i, [0, 1, 1, 2]) AS prioritycode, one_of('task-category', i, ['Sales', 'Service', NULL]) AS category,
    owner_id('task', i) AS _ownerid_value, owner_type('task', i) AS _ownerid_value__type,
    since_start('task', i, $n_task) AS createdon
FROM range(1, $n_task + 1) r(i);

CREATE TABLE gen.appointment AS
WITH base AS (
    SELECT i, since_start('appointment', i, $n_appointment) AS start, d_appointment_all_day(i) AS whole,
        CASE WHEN unit('appointment-state', i) < 0.1 THEN 0 WHEN unit('appointment-state', i) < 0.7 THEN 1
             WHEN unit('appointment-state', i) < 0.78 THEN 2 ELSE 3 END AS state
    FROM range(1, $n_appointment + 1) r(i))
SELECT gid('appointment', i) AS activityid, one_of('meeting', i, ['Kick-off', 'Site visit', 'Negotiation', 'Jour fixe']) || ' ' || i AS subject,
    CASE WHEN d_appointment_long_location(i) THEN rpad('Berth 4, ', 200, 'Berth 4, ') ELSE one_of('location', i, ['Teams', 'Hamburg', 'On board', NULL]) END AS location,
    CASE WHEN chance('agenda', i, 0.5) THEN '<p>Agenda</p><ul><li>Scope</li></ul>' END AS description,
    whole AS isalldayevent, '040000008200E00074C5B7101A82E008' || md5(i::VARCHAR) AS globalobjectid,
    CASE WHEN whole THEN date_trunc('day', start) - INTERVAL 1 HOUR ELSE start END AS scheduledstart,
    CASE WHEN whole THEN date_trunc('day', start) + INTERVAL 23 HOUR WHEN d_appointment_ends_early(i) THEN start - INTERVAL 1 HOUR
         ELSE start + to_minutes(30 * (1 + below('length', i, 6))) END AS scheduledend,
    CASE WHEN whole THEN 1440 ELSE 30 * (1 + below('length', i, 6)) END AS scheduleddurationminutes,
    CASE WHEN i % 12 = 0 THEN gid('recurring', 1 + i % $n_recurringappointmentmaster) END AS seriesid,
    CASE WHEN i % 12 = 0 THEN 2 ELSE 0 END AS instancetypecode,
    about_id('appointment', i) AS _regardingobjectid_value, about_type('appointment', i) AS _regardingobjectid_value__type,
    state AS statecode, [1, 3, 4, 5][state + 1] AS statuscode, 1 AS prioritycode,
    owner_id('appointment', i) AS _ownerid_value, owner_type('appointment', i) AS _ownerid_value__type, start - INTERVAL 5 DAY AS createdon
FROM base;

CREATE TABLE gen.recurringappointmentmaster AS
SELECT gid('recurring', i) AS activityid, 'Weekly call ' || i AS subject, 'Teams' AS location, 1 AS interval, 20 AS occurrences,
    1 AS recurrencepatterntype, 4 AS daysofweekmask, DATE '2024-01-02' AS patternstartdate, DATE '2024-06-30' AS patternenddate,
    2 AS patternendtype, TIMESTAMP '2024-01-02 08:00:00' AS starttime, TIMESTAMP '2024-01-02 08:30:00' AS endtime,
    TIMESTAMP '2024-01-02 08:00:00' AS scheduledstart, TIMESTAMP '2024-01-02 08:30:00' AS scheduledend, 1 AS instancetypecode,
    about_id('recurring', i) AS _regardingobjectid_value, about_type('recurring', i) AS _regardingobjectid_value__type,
    3 AS statecode, 5 AS statuscode, owner_id('recurring', i) AS _ownerid_value, owner_type('recurring', i) AS _ownerid_value__type
FROM range(1, $n_recurringappointmentmaster + 1) r(i);

CREATE TABLE gen.letter AS
SELECT gid('letter', i) AS activityid, 'Contract by post ' || i AS subject, 'Hafenstraße 1' AS address, is_outgoing('letter', i) AS directioncode,
    about_id('letter', i) AS _regardingobjectid_value, about_type('letter', i) AS _regardingobjectid_value__type,
    1 AS statecode, 4 AS statuscode, since_start('letter', i, $n_letter) AS actualend,
    owner_id('letter', i) AS _ownerid_value, owner_type('letter', i) AS _ownerid_value__type, since_start('letter', i, $n_letter) AS createdon
FROM range(1, $n_letter + 1) r(i);

CREATE TABLE gen.fax AS
SELECT gid('fax', i) AS activityid, 'Fax ' || i AS subject, '+49 40 ' || digits('fax', i, 6) AS faxnumber, true AS directioncode,
    about_id('fax', i) AS _regardingobjectid_value, about_type('fax', i) AS _regardingobjectid_value__type,
    1 AS statecode, 3 AS statuscode, owner_id('fax', i) AS _ownerid_value, owner_type('fax', i) AS _ownerid_value__type,
    since_start('fax', i, $n_fax) AS createdon
FROM range(1, $n_fax + 1) r(i);

CREATE TABLE gen.opx_sitevisit AS
SELECT gid('sitevisit', i) AS activityid, 'Site visit ' || i AS subject, last_name('inspector', i) AS opx_inspector, chance('passed', i, 0.8) AS opx_passed,
    about_id('sitevisit', i) AS _regardingobjectid_value, about_type('sitevisit', i) AS _regardingobjectid_value__type,
    since_start('sitevisit', i, $n_opx_sitevisit) AS scheduledstart, since_start('sitevisit', i, $n_opx_sitevisit) + INTERVAL 2 HOUR AS scheduledend,
    i % 4 AS statecode, 1 + i % 4 AS statuscode, owner_id('sitevisit', i) AS _ownerid_value, owner_type('sitevisit', i) AS _ownerid_value__type,
    since_start('sitevisit', i, $n_opx_sitevisit) AS createdon
FROM range(1, $n_opx_sitevisit + 1) r(i);

-- Closed opportunities have a closing activity; those reopened and closed again have two.
CREATE TABLE gen.opportunityclose AS
SELECT gid('close', i * 10 + n) AS activityid, CASE opportunity_state(i) WHEN 1 THEN 'Won' ELSE 'Lost to a competitor' END AS subject,
    CASE WHEN opportunity_state(i) = 2 THEN one_of('reason', i, ['Price', 'price ', 'Went with the incumbent', 'No budget']) END AS description,
    gid('opportunity', i) AS _opportunityid_value, CASE WHEN opportunity_state(i) = 1 THEN opportunity_value(i) ELSE 0 END AS actualrevenue,
    CASE WHEN opportunity_state(i) = 2 AND chance('competitor', i, 0.5) THEN gid('competitor', 1 + below('competitor', i, 3)) END AS _competitorid_value,
    days_after(opportunity_made(i), 'opportunity-close', i, 300) - to_days(((2 - n) * 10)::INTEGER) AS actualend,
    gid('opportunity', i) AS _regardingobjectid_value, 'opportunity' AS _regardingobjectid_value__type,
    currency('opportunity-currency', i) AS _transactioncurrencyid_value, 1 AS statecode, 2 AS statuscode,
    owner_id('opportunity', i) AS _ownerid_value, owner_type('opportunity', i) AS _ownerid_value__type,
    days_after(opportunity_made(i), 'opportunity-close', i, 300) - to_days(((2 - n) * 10)::INTEGER) AS createdon
FROM range(1, $n_opportunity + 1) r(i), range(1, 3) s(n)
WHERE opportunity_state(i) > 0 AND NOT d_opportunity_without_close(i) AND (n = 2 OR d_opportunity_closed_twice(i));

CREATE TABLE gen.incidentresolution AS
SELECT gid('resolution', i) AS activityid, one_of('resolution', i, ['Replaced', 'Explained', 'Duplicate']) AS subject,
    'Part exchanged on board.' AS description, gid('incident', i) AS _incidentid_value, 15 * below('spent', i, 20) AS timespent,
    since_start('incident', i, $n_incident) + INTERVAL 6 DAY AS actualend,
    gid('incident', i) AS _regardingobjectid_value, 'incident' AS _regardingobjectid_value__type, 1 AS statecode, 2 AS statuscode,
    owner_id('incident', i) AS _ownerid_value, owner_type('incident', i) AS _ownerid_value__type,
    since_start('incident', i, $n_incident) + INTERVAL 6 DAY AS createdon
FROM range(1, $n_incident + 1) r(i) WHERE incident_state(i) = 1 AND NOT d_incident_without_resolution(i);
