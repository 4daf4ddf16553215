-- Tables beyond those a mapping takes: they are met by discovery and must be accounted for.
CREATE TABLE gen.competitor AS
SELECT gid('competitor', i) AS competitorid, ['Rotomax', 'Seaserv', 'Fixit 24'][i] AS name, 'Price' AS strengths,
    20 * i AS winpercentage FROM range(1, 4) r(i);

CREATE TABLE gen.quote AS
SELECT gid('quote', i * 10 + v) AS quoteid, 'Quote for deal ' || i AS name, 'QUO-' || lpad(i::VARCHAR, 5, '0') AS quotenumber, v AS revisionnumber,
    contact_account(opportunity_contact(i)) AS _customerid_value, gid('opportunity', i) AS _opportunityid_value,
    gid('pricelevel', 1) AS _pricelevelid_value, opportunity_made(i)::DATE AS effectivefrom, opportunity_made(i)::DATE + 30 AS expireson,
    opportunity_value(i) AS totalamount, opportunity_value(i) AS totallineitemamount,
    currency('opportunity-currency', i) AS _transactioncurrencyid_value,
    CASE WHEN v = 0 AND chance('revised', i, 0.3) THEN 3 ELSE 1 END AS statecode,
    CASE WHEN v = 0 AND chance('revised', i, 0.3) THEN 7 ELSE 3 END AS statuscode,
    owner_id('opportunity', i) AS _ownerid_value, owner_type('opportunity', i) AS _ownerid_value__type, opportunity_made(i) AS createdon
FROM range(1, $n_opportunity + 1) r(i), range(0, 2) s(v) WHERE chance('quoted', i, 0.3) AND (v = 0 OR chance('revised', i, 0.3));

CREATE TABLE gen.connectionrole AS
SELECT gid('connectionrole', i) AS connectionroleid, ['Owner', 'Influencer', 'Former employer'][i] AS name, [1, 1000, 5][i] AS category
FROM range(1, 4) r(i);

-- Each link is stored twice, once in each direction; one of the two is the master.
CREATE TABLE gen.connection AS
SELECT gid('connection', i * 2 + d) AS connectionid, 'Link ' || i AS name,
    CASE d WHEN 0 THEN gid('contact', 1 + below('link', i, $n_contact)) ELSE gid('vessel', 1 + below('link-to', i, $n_opx_vessel)) END AS _record1id_value,
    CASE d WHEN 0 THEN 'contact' ELSE 'opx_vessel' END AS _record1id_value__type, CASE d WHEN 0 THEN 2 ELSE 10231 END AS record1objecttypecode,
    CASE d WHEN 1 THEN gid('contact', 1 + below('link', i, $n_contact)) ELSE gid('vessel', 1 + below('link-to', i, $n_opx_vessel)) END AS _record2id_value,
    CASE d WHEN 1 THEN 'contact' ELSE 'opx_vessel' END AS _record2id_value__type, CASE d WHEN 1 THEN 2 ELSE 10231 END AS record2objecttypecode,
    gid('connectionrole', 1 + i % 3) AS _record1roleid_value, gid('connectionrole', 1 + i % 3) AS _record2roleid_value,
    gid('connection', i * 2 + 1 - d) AS _relatedconnectionid_value, d = 0 AS ismaster
FROM range(1, $n_opx_vessel // 2 + 1) r(i), range(0, 2) s(d);

CREATE TABLE gen.queueitem AS
SELECT gid('queueitem', i) AS queueitemid, 'Case ' || i AS title, gid('queue', 1) AS _queueid_value, gid('incident', i) AS _objectid_value,
    'incident' AS _objectid_value__type, since_start('incident', i, $n_incident) AS enteredon
FROM range(1, $n_incident + 1) r(i) WHERE chance('queued', i, 0.3);

CREATE TABLE gen.sharepointdocumentlocation AS
SELECT gid('location', i) AS sharepointdocumentlocationid, 'Documents' AS name, 'account_' || i AS relativeurl,
    gid('account', i) AS _regardingobjectid_value, 'account' AS _regardingobjectid_value__type
FROM range(1, 6) r(i);
