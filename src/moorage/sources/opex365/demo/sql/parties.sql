-- Who takes part: one row per activity and role. `who` numbers contacts; mode says how it is broken.
CREATE TABLE all_activities AS
SELECT gid(kind, n) AS activityid, kind, n, owner_id(kind, n) AS owner, owner_type(kind, n) AS owner_type,
    about_id(kind, n) AS about, about_type(kind, n) AS about_type
FROM (SELECT kind, unnest(range(1, size + 1)) AS n FROM (VALUES ('email', $n_email), ('phonecall', $n_phonecall),
    ('task', $n_task), ('appointment', $n_appointment), ('recurring', $n_recurringappointmentmaster),
    ('letter', $n_letter), ('fax', $n_fax), ('sitevisit', $n_opx_sitevisit)) k(kind, size))
UNION ALL SELECT activityid, 'close', 0, _ownerid_value, _ownerid_value__type, _regardingobjectid_value, _regardingobjectid_value__type
FROM gen.opportunityclose
UNION ALL SELECT activityid, 'resolution', 0, _ownerid_value, _ownerid_value__type, _regardingobjectid_value, _regardingobjectid_value__type
FROM gen.incidentresolution;

-- side: 'us' a user or a queue, 'them' a customer. slot tells the parties of one activity apart.
CREATE TABLE roles AS
SELECT activityid, kind, n, role, side, slot, hash(activityid, slot, $seed) AS luck FROM (
    SELECT activityid, kind, n, 1 AS role, CASE WHEN is_outgoing(kind, n) THEN 'us' ELSE 'them' END AS side, 1 AS slot
    FROM all_activities WHERE kind IN ('email', 'phonecall', 'letter', 'fax')
    UNION ALL SELECT activityid, kind, n, 2, CASE WHEN is_outgoing(kind, n) THEN 'them' ELSE 'us' END, 10 + s
    FROM all_activities, range(1, 4) r(s) WHERE kind IN ('email', 'phonecall', 'letter', 'fax')
        AND s <= CASE WHEN kind = 'email' THEN 1 + below('to', n, 3) ELSE 1 END
    UNION ALL SELECT activityid, kind, n, 3, CASE WHEN s = 1 THEN 'them' ELSE 'us' END, 20 + s
    FROM all_activities, range(1, 3) r(s) WHERE kind = 'email' AND s <= below('cc', n, 3)
    UNION ALL SELECT activityid, kind, n, 4, 'us', 30 FROM all_activities WHERE kind = 'email' AND chance('bcc', n, 0.03)
    UNION ALL SELECT activityid, kind, n, 7, 'us', 40 FROM all_activities WHERE kind IN ('appointment', 'recurring')
    UNION ALL SELECT activityid, kind, n, 5, CASE WHEN s < 3 THEN 'them' ELSE 'us' END, 50 + s
    FROM all_activities, range(1, 4) r(s) WHERE kind IN ('appointment', 'recurring', 'sitevisit') AND s <= 1 + below('required', n, 3)
    UNION ALL SELECT activityid, kind, n, 6, 'them', 60 FROM all_activities WHERE kind = 'appointment' AND chance('optional', n, 0.3));

CREATE TABLE people AS
SELECT *, CASE WHEN kind = 'email' AND slot IN (1, 11) AND d_party_deleted(n) THEN 'deleted'
        WHEN kind = 'email' AND slot = 11 AND d_party_unresolved_name(n) THEN 'named'
        WHEN kind = 'email' AND slot = 11 AND d_party_empty(n) THEN 'empty'
        WHEN kind = 'email' AND slot = 11 AND d_party_queue(n) THEN 'queue'
        WHEN kind = 'email' AND slot = 11 AND d_party_unresolved(n) THEN 'unresolved'
        WHEN side = 'us' AND luck % 20 = 0 AND role IN (1, 2) AND kind = 'email' THEN 'queue'
        WHEN side = 'us' THEN 'user' WHEN luck % 10 = 0 THEN 'lead' WHEN luck % 10 = 1 THEN 'account' ELSE 'contact' END AS mode
FROM roles;

CREATE TABLE gen.activityparty AS
WITH found AS (
    SELECT activityid, role, slot, mode, CASE mode WHEN 'deleted' THEN gid('gone', luck % 50) WHEN 'queue' THEN gid('queue', (1 + luck % 2)::BIGINT)
            WHEN 'user' THEN user_id(CASE WHEN luck % 9 = 0 THEN 5 ELSE (5 + luck % ($n_systemuser - 4)::UBIGINT)::BIGINT END)
            WHEN 'lead' THEN gid('lead', (1 + luck % $n_lead)::BIGINT) WHEN 'account' THEN gid('account', (1 + luck % $n_account)::BIGINT)
            WHEN 'contact' THEN gid('contact', (1 + luck % $n_contact)::BIGINT) END AS party,
        CASE mode WHEN 'deleted' THEN 'contact' WHEN 'user' THEN 'systemuser' WHEN 'unresolved' THEN NULL WHEN 'named' THEN NULL
            WHEN 'empty' THEN NULL ELSE mode END AS party_type,
        CASE WHEN mode IN ('unresolved', 'named') THEN 'stranger' || luck % 400 || '@outside.example'
            WHEN mode = 'deleted' THEN 'gone' || luck % 50 || '@client.example' WHEN mode = 'queue' THEN 'support@opex365.example'
            WHEN mode = 'empty' OR kind <> 'email' THEN NULL ELSE mode || luck % 5000 || '@client.example' END AS address
    FROM people
    UNION ALL SELECT activityid, 9, 90, 'owner', owner, owner_type, NULL FROM all_activities WHERE owner_type = 'systemuser'
    UNION ALL SELECT activityid, 8, 80, 'about', about, about_type, NULL FROM all_activities
        WHERE about_type IN ('account', 'contact', 'lead', 'opportunity', 'incident')
    UNION ALL SELECT p.activityid, p.role, 70, 'contact', gid('contact', (1 + luck % $n_contact)::BIGINT), 'contact', 'contact' || luck % 5000 || '@client.example'
        FROM people p WHERE mode = 'contact' AND kind = 'email' AND slot = 11 AND d_party_twice(n))
SELECT md5(activityid::VARCHAR || role || ':' || slot)::UUID AS activitypartyid, activityid AS _activityid_value, party AS _partyid_value, party_type AS _partyid_value__type,
    role AS participationtypemask, address AS addressused, CASE WHEN mode = 'named' THEN 'Stranger, Given' END AS unresolvedpartyname,
    mode = 'deleted' AS ispartydeleted, 0 AS instancetypecode
FROM found;
