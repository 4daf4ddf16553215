-- Users, teams, units, currencies. Applications and Microsoft's own users are no persons.

CREATE TABLE tidy.systemuser AS
SELECT id, coalesce(fullname, trim(concat_ws(' ', firstname, lastname)), internalemailaddress, domainname) AS name,
    internalemailaddress AS email, domainname AS login, NOT coalesce(isdisabled, false) AS active,
    applicationid IS NULL AND coalesce(accessmode, 0) NOT IN (3, 4, 5)
        AND NOT coalesce(setupuser, false) AND NOT coalesce(isintegrationuser, false)
        AND NOT starts_with(coalesce(fullname, ''), '# ') AS is_person,
    coalesce(title, jobtitle) AS job_title, coalesce(mobilephone, address1_telephone1) AS phone,
    accessmode_label AS access_mode, businessunitid_label AS business_unit,
    parentsystemuserid AS manager_id, createdon AS created_at, modifiedon AS updated_at
FROM tidy._systemuser;

CREATE TABLE tidy.team AS
SELECT id, name, emailaddress AS email, administratorid AS administrator_id, businessunitid_label AS business_unit,
    teamtype_label AS team_type, createdon AS created_at, modifiedon AS updated_at
FROM tidy._team;

CREATE TABLE tidy.businessunit AS
SELECT id, name, parentbusinessunitid AS parent_id, NOT coalesce(isdisabled, false) AS active FROM tidy._businessunit;

CREATE TABLE tidy.transactioncurrency AS
SELECT id, upper(isocurrencycode) AS code, currencyname AS name, currencysymbol AS symbol, exchangerate AS exchange_rate
FROM tidy._transactioncurrency;

-- A team owns records in Dataverse, in Odoo only a user does: `team_owner` says who it is then.
CREATE TABLE tidy._owners AS
SELECT 'systemuser' AS kind, id AS owner, CASE WHEN is_person THEN id END AS user_id, NULL AS team FROM tidy.systemuser
UNION ALL
SELECT 'team', t.id, CASE WHEN u.is_person AND 'administrator' = (
        SELECT json_extract_string(value, '$') FROM meta.settings WHERE name = 'team_owner')
    THEN u.id END, t.name
FROM tidy.team t LEFT JOIN tidy.systemuser u ON u.id = t.administrator_id;

CREATE TABLE tidy._base_currency AS
SELECT coalesce(any_value(c.code), '') AS code
FROM tidy._organization o JOIN tidy.transactioncurrency c ON c.id = o.basecurrencyid;
