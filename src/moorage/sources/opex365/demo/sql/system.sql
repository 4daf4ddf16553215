CREATE TABLE gen.businessunit AS
SELECT gid('businessunit', i) AS businessunitid,
    ['OPEX 365 Group', 'Northern Europe', 'Iberia', 'Gulf', 'Closed branch'][i] AS name,
    CASE WHEN i > 1 THEN gid('businessunit', 1) END AS _parentbusinessunitid_value,
    i = 5 AS isdisabled
FROM range(1, 6) r(i);

CREATE TABLE gen.transactioncurrency AS
SELECT gid('transactioncurrency', i) AS transactioncurrencyid,
    ['Euro', 'US Dollar', 'Pound Sterling', 'Złoty', 'Japanese Yen'][i] AS currencyname,
    ['EUR', 'USD', 'GBP', 'PLN', 'JPY'][i] AS isocurrencycode, ['€', '$$', '£', 'zł', '¥'][i] AS currencysymbol,
    CASE WHEN i = 5 THEN 0 ELSE 2 END AS currencyprecision,
    [1.0, 1.0845, 0.8542, 4.3127, 162.75][i]::DECIMAL(28, 10) AS exchangerate
FROM range(1, 6) r(i);

CREATE TABLE gen.organization AS
SELECT gid('organization', 1) AS organizationid, 'orgopex365' AS name,
    gid('transactioncurrency', 1) AS _basecurrencyid_value, 7 AS expirechangetrackingindays,
    5242880 AS maxuploadfilesize, 1033 AS languagecode, 1033 AS localeid;

CREATE TABLE gen.territory AS
SELECT gid('territory', i) AS territoryid, ['North', 'South', 'Gulf', 'north '][i] AS name,
    CASE WHEN i < 4 THEN user_id(i) END AS _managerid_value
FROM range(1, 5) r(i);

-- Users: 1 administrator; 2 and 3 of the system; 4 the migration's own application user; then people.
CREATE TABLE gen.systemuser AS
WITH people AS (SELECT i, first_name('user-first', i) AS first, last_name('user-last', i) AS last
                FROM range(1, $n_systemuser + 1) r(i))
SELECT user_id(i) AS systemuserid,
    CASE i WHEN 2 THEN 'SYSTEM' WHEN 3 THEN 'INTEGRATION' WHEN 4 THEN '# moorage-migration'
        ELSE first || ' ' || last END AS fullname,
    CASE WHEN i IN (2, 3, 4) THEN NULL ELSE first END AS firstname,
    CASE i WHEN 2 THEN 'SYSTEM' WHEN 3 THEN 'INTEGRATION' WHEN 4 THEN '# moorage-migration' ELSE last END AS lastname,
    CASE WHEN i IN (2, 3) OR d_user_no_email(i) THEN NULL
         WHEN d_user_email_case(i) THEN upper(slug(first) || '.' || slug(last)) || i || '@OPEX365.example'
         ELSE slug(first) || '.' || slug(last) || i || '@opex365.example' END AS internalemailaddress,
    slug(first) || i || '@opex365.onmicrosoft.example' AS domainname,
    gid('entra', i) AS azureactivedirectoryobjectid,
    CASE WHEN i = 4 THEN gid('application', 4) END AS applicationid,
    i = 2 OR d_user_disabled(i) AS isdisabled,
    CASE i WHEN 2 THEN 3 WHEN 3 THEN 3 WHEN 4 THEN 4 ELSE 0 END AS accessmode,
    i NOT IN (2, 3, 4) AS islicensed, i = 1 AS setupuser, i = 3 AS isintegrationuser,
    gid('businessunit', 1 + below('user-unit', i, 4)) AS _businessunitid_value,
    CASE WHEN i > 5 THEN user_id(5 + below('user-boss', i, i - 5)) END AS _parentsystemuserid_value,
    one_of('user-title', i, ['Account Manager', 'Site Engineer', 'Service Desk', NULL]) AS title,
    since_start('user', i, $n_systemuser) AS createdon
FROM people;

CREATE TABLE gen.team AS
SELECT gid('team', i) AS teamid,
    ['OPEX 365 Group', 'Key Accounts', 'Service Desk', 'Access team of an account'][i] AS name,
    CASE WHEN i = 3 THEN 'service@opex365.example' END AS emailaddress,
    CASE WHEN i > 1 THEN user_id(4 + i) END AS _administratorid_value,
    gid('businessunit', 1) AS _businessunitid_value, i = 1 AS isdefault, i = 4 AS systemmanaged,
    [0, 0, 2, 1][i] AS teamtype
FROM range(1, $n_team + 1) r(i);

CREATE TABLE gen.usersettings AS
SELECT systemuserid, one_of('zone', 1, [110, 110, 85]) AS timezonecode, 1033 AS uilanguageid, 1033 AS localeid,
    _businessunitid_value AS businessunitid
FROM gen.systemuser;

CREATE TABLE gen.timezonedefinition AS
SELECT gid('zone', i) AS timezonedefinitionid,
    ['W. Europe Standard Time', 'GMT Standard Time', 'Arabian Standard Time'][i] AS standardname,
    ['(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna', '(GMT+00:00) Dublin, London',
     '(GMT+04:00) Abu Dhabi, Muscat'][i] AS userinterfacename,
    [110, 85, 165][i] AS timezonecode, [-60, 0, -240][i] AS bias
FROM range(1, 4) r(i);

CREATE TABLE gen.queue AS
SELECT gid('queue', i) AS queueid, ['Support', 'Sales inbox', '<Service Desk>'][i] AS name,
    ['support@opex365.example', 'sales@opex365.example', NULL][i] AS emailaddress,
    CASE WHEN i = 3 THEN 1 ELSE 0 END AS queueviewtype
FROM range(1, 4) r(i);

CREATE TABLE gen.teammembership AS
SELECT gid('membership', t * 100000 + u) AS teammembershipid, gid('team', t) AS teamid, user_id(u) AS systemuserid
FROM range(1, $n_team + 1) r(t), range(5, $n_systemuser + 1) s(u)
WHERE t = 1 OR chance('membership', t * 100000 + u, 0.2);
