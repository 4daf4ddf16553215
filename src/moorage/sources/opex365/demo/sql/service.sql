CREATE TABLE gen.subject AS
SELECT gid('subject', i) AS subjectid, ['Service', 'Pumps', 'Valves', 'Default Subject'][i] AS title,
    CASE WHEN i IN (2, 3) THEN gid('subject', 1) END AS _parentsubject_value
FROM range(1, 5) r(i);

CREATE TABLE gen.entitlement AS
SELECT gid('entitlement', i) AS entitlementid, 'Gold support ' || i AS name, contact_account(i) AS _customerid_value,
    DATE '2024-01-01' AS startdate, DATE '2026-12-31' AS enddate, 40 AS totalterms, 40 - i AS remainingterms,
    1 AS allocationtypecode, 1 AS statecode, 1 AS statuscode
FROM range(1, 9) r(i);

CREATE MACRO incident_state(i) AS CASE WHEN d_incident_merged(i) THEN 2 WHEN d_incident_without_resolution(i) THEN 1 WHEN unit('incident-state', i) < 0.4 THEN 0
    WHEN unit('incident-state', i) < 0.93 THEN 1 ELSE 2 END;
CREATE TABLE gen.incident AS
WITH base AS (
    SELECT i, since_start('incident', i, $n_incident) AS created, incident_state(i) AS state,
        1 + below('incident-contact', i, $n_contact) AS c
    FROM range(1, $n_incident + 1) r(i))
SELECT gid('incident', i) AS incidentid, one_of('incident-title', i, ['Pump leaks', 'Sensor offline', 'Invoice question',
        'Crew late', 'Valve stuck']) || ' ' || i AS title,
    CASE WHEN d_incident_number_null(i) THEN NULL ELSE 'CAS-' || lpad(i::VARCHAR, 5, '0') || '-X' || digits('cas', i, 4) END AS ticketnumber,
    CASE WHEN d_incident_contact_customer(i) THEN gid('contact', c) ELSE contact_account(c) END AS _customerid_value,
    CASE WHEN d_incident_contact_customer(i) THEN 'contact' ELSE 'account' END AS _customerid_value__type,
    gid('contact', c) AS _primarycontactid_value, gid('subject', 1 + below('incident-subject', i, 4)) AS _subjectid_value,
    CASE WHEN chance('incident-product', i, 0.4) THEN gid('product', product_number('incident', i)) END AS _productid_value,
    CASE WHEN chance('incident-entitlement', i, 0.2) THEN gid('entitlement', 1 + below('incident-entitlement', i, 8)) END AS _entitlementid_value,
    CASE WHEN d_incident_child(i) THEN gid('incident', i - 1) END AS _parentcaseid_value,
    one_of('case-type', i, [1, 2, 3, NULL]) AS casetypecode, one_of('origin', i, [1, 2, 3, 2483, 100000000]) AS caseorigincode,
    one_of('case-priority', i, [1, 2, 2, 3]) AS prioritycode, 1 AS severitycode,
    CASE WHEN state = 1 AND chance('satisfaction', i, 0.4) THEN 1 + below('satisfaction', i, 5) END AS customersatisfactioncode,
    CASE WHEN d_incident_hostile_description(i) THEN '<a href="javascript:alert(1)">x</a>' WHEN chance('incident-text', i, 0.7)
         THEN 'It drips since Monday.' || chr(10) || 'Serial 4711.' END AS description,
    CASE WHEN chance('incident-vessel', i, 0.3) THEN gid('vessel', 1 + below('incident-vessel', i, $n_opx_vessel)) END AS _opx_vesselid_value,
    days_after(created, 'resolve-by', i, 10) AS resolveby, chance('escalated', i, 0.05) AS isescalated,
    d_incident_merged(i) AS merged, CASE WHEN d_incident_merged(i) THEN gid('incident', i - 1) END AS _masterid_value,
    state AS statecode, CASE WHEN d_incident_merged(i) THEN 2000 WHEN state = 0 THEN one_of('case-open', i, [1, 1, 2, 3, 4, 100000000])
        WHEN state = 1 THEN one_of('case-done', i, [5, 5, 1000]) ELSE 6 END AS statuscode,
    owner_id('incident', i) AS _ownerid_value, owner_type('incident', i) AS _ownerid_value__type,
    created AS createdon, days_after(created, 'incident-changed', i, 30) AS modifiedon
FROM base;

CREATE TABLE gen.opx_vessel AS
SELECT gid('vessel', i) AS opx_vesselid, one_of('vessel', i, ['Aurora', 'Nordlys', 'Estrella', 'Cormorant', 'Wisła']) || ' ' || i AS opx_name,
    CASE WHEN chance('operator', i, 0.8) THEN gid('account', 1 + below('operator', i, $n_account))
         ELSE gid('contact', 1 + below('operator', i, $n_contact)) END AS _opx_account_value,
    CASE WHEN chance('operator', i, 0.8) THEN 'account' ELSE 'contact' END AS _opx_account_value__type,
    one_of('class', i, [100000000, 100000001, 100000002]) AS opx_class,
    CASE WHEN d_vessel_option_gone(i) THEN '100000001,100000009'
         ELSE one_of('certificates', i, ['100000000', '100000000,100000003', '100000001,100000002', NULL]) END AS opx_certificates,
    chance('service', i, 0.8) AS opx_isactiveservice, DATE '1985-01-01' + below('built', i, 14000)::INTEGER AS opx_built,
    since_start('survey', i, $n_opx_vessel) AS opx_lastsurvey,
    TIMESTAMP '2025-06-01 07:30:00' + to_hours(below('departure', i, 9000)) AS opx_departurelocal,
    round(unit('tonnage', i) * 90000, 3) AS opx_tonnage, round(unit('draught', i) * 14, 2) AS opx_draught,
    below('crew', i, 40) AS opx_crew, 9000000 + i AS opx_imo, amount('day-rate', i, 60000) AS opx_dayrate,
    currency('vessel-currency', i) AS _transactioncurrencyid_value,
    CASE WHEN d_vessel_hostile_remarks(i) THEN '<p onclick="x()">Hull</p><script>1</script>' ELSE '<p>Hull <b>fine</b></p>' END AS opx_remarks,
    'https://ais.example/' || (9000000 + i) AS opx_website, 'bridge' || i || '@fleet.example' AS opx_contactmail,
    CASE WHEN i = 1 OR chance('plan', i, 0.1) THEN gid('plan', i) END AS opx_plan,
    CASE WHEN i = 1 OR chance('vessel-photo', i, 0.1) THEN $pixel END AS opx_photo,
    CASE WHEN chance('master', i, 0.6) THEN gid('contact', 1 + below('master', i, $n_contact)) END AS _opx_masterid_value,
    CASE WHEN i > 1 AND chance('sister', i, 0.2) THEN gid('vessel', i - 1) END AS _opx_sisterid_value,
    d_vessel_inactive(i)::INTEGER AS statecode, 1 + d_vessel_inactive(i)::INTEGER AS statuscode,
    owner_id('vessel', i) AS _ownerid_value, owner_type('vessel', i) AS _ownerid_value__type,
    since_start('vessel-made', i, $n_opx_vessel) AS createdon
FROM range(1, $n_opx_vessel + 1) r(i);

CREATE TABLE gen.new_equipmentlog AS
SELECT gid('log', i) AS new_equipmentlogid, 'Reading ' || i AS new_name,
    gid('vessel', 1 + below('log-vessel', i, $n_opx_vessel)) AS _new_vesselid_value,
    round(unit('reading', i) * 100, 4) AS new_reading, since_start('log', i, $n_new_equipmentlog) AS new_readat,
    since_start('log', i, $n_new_equipmentlog) AS createdon
FROM range(1, $n_new_equipmentlog + 1) r(i);
