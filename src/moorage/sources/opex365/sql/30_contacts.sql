-- Companies, persons and their further addresses.

CREATE TABLE tidy._addresses AS
WITH given AS (
    SELECT 'account' AS object, id, 1 AS n, address1_line1 AS l1, address1_line2 AS l2, address1_line3 AS l3,
        address1_city AS city, address1_stateorprovince AS state, address1_postalcode AS zip, address1_country AS country
    FROM tidy._account
    UNION ALL SELECT 'account', id, 2, address2_line1, address2_line2, address2_line3, address2_city,
        address2_stateorprovince, address2_postalcode, address2_country FROM tidy._account
    UNION ALL SELECT 'contact', id, 1, address1_line1, address1_line2, address1_line3, address1_city,
        address1_stateorprovince, address1_postalcode, address1_country FROM tidy._contact
    UNION ALL SELECT 'contact', id, 2, address2_line1, address2_line2, address2_line3, address2_city,
        address2_stateorprovince, address2_postalcode, address2_country FROM tidy._contact
    UNION ALL SELECT 'contact', id, 3, address3_line1, address3_line2, address3_line3, address3_city,
        address3_stateorprovince, address3_postalcode, address3_country FROM tidy._contact
    UNION ALL SELECT 'lead', id, 1, address1_line1, address1_line2, address1_line3, address1_city,
        address1_stateorprovince, address1_postalcode, address1_country FROM tidy._lead
)
SELECT g.object, g.id, g.n, trim(g.l1) AS street, tidy._joined([trim(g.l2), trim(g.l3)]) AS street2, trim(g.city) AS city,
    trim(g.zip) AS zip, trim(g.state) AS state, trim(g.country) AS country,
    coalesce(s.state, trim(g.state)) AS state_name, coalesce(c.country, trim(g.country)) AS country_name
FROM given g
LEFT JOIN tidy._countries c ON c.written = lower(trim(g.country))
LEFT JOIN tidy._states s ON s.written = lower(trim(g.state))
WHERE coalesce(g.l1, g.l2, g.l3, g.city, g.zip, g.state, g.country) IS NOT NULL;

-- What sorts accounts and contacts in Dataverse is a tag in Odoo.
CREATE TABLE tidy.tag AS
SELECT tidy._name_form(name) AS id, min(name) AS name, count(*) AS record_count FROM (
    SELECT customertypecode_label AS name FROM tidy._account
    UNION ALL SELECT accountrolecode_label FROM tidy._contact
) WHERE name IS NOT NULL GROUP BY 1;

-- One link of a circle of parents has to go; any will do, so it is that of the smallest id.
CREATE TABLE tidy._account_circles AS
WITH RECURSIVE up(id, above, least, step) AS (
    SELECT id, parentaccountid, id, 1 FROM tidy._account WHERE parentaccountid IS NOT NULL
    UNION ALL
    SELECT up.id, a.parentaccountid, least(up.least, a.id), up.step + 1
    FROM up JOIN tidy._account a ON a.id = up.above WHERE up.above <> up.id AND up.step < 50
)
SELECT DISTINCT id FROM up WHERE above = id AND least = id;

CREATE TABLE tidy.account AS
SELECT a.id, a.name, a.accountnumber AS account_number,
    CASE WHEN a.id NOT IN (SELECT id FROM tidy._account_circles)
        AND coalesce(CASE WHEN up.merged THEN up.masterid END, a.parentaccountid)
            <> coalesce(CASE WHEN a.merged THEN a.masterid END, a.id) THEN a.parentaccountid END AS parent_id,
    a.primarycontactid AS primary_contact_id, a.primarycontactid_label AS primary_contact,
    a.emailaddress1 AS email, tidy._joined([a.emailaddress1, a.emailaddress2, a.emailaddress3]) AS emails_all,
    a.telephone1 AS phone, tidy._joined([a.telephone1, a.telephone2, a.telephone3, 'Fax ' || a.fax]) AS phones_all,
    tidy._url(a.websiteurl) AS website, a.industrycode_label AS industry, a.customertypecode_label AS relationship,
    a.accountcategorycode_label AS category, a.ownershipcode_label AS ownership, a.revenue,
    a.numberofemployees AS employees, a.sic, a.tickersymbol AS ticker, a.creditlimit AS credit_limit,
    a.creditonhold AS credit_on_hold, a.paymenttermscode_label AS payment_terms, cur.code AS currency,
    CASE WHEN a.customertypecode_label IS NOT NULL THEN [tidy._name_form(a.customertypecode_label)] END AS tags,
    a.description, coalesce(a.donotemail, false) AS do_not_email, coalesce(a.donotphone, false) AS do_not_phone,
    coalesce(a.donotbulkemail, false) AS do_not_bulk_email,
    d.street AS "address.street", d.street2 AS "address.street2", d.city AS "address.city", d.zip AS "address.zip",
    d.state AS "address.state", d.country AS "address.country", d.state_name AS "address.state_name",
    d.country_name AS "address.country_name",
    coalesce(a.statecode, 0) = 0 AS active, a.statuscode_label AS status,
    CASE WHEN a.merged THEN a.masterid END AS master_id, o.user_id AS owner_id, o.team AS owner_team,
    c.* EXCLUDE (id), a.createdon AS created_at, a.modifiedon AS updated_at
FROM tidy._account a
JOIN tidy._custom_account c ON c.id = a.id
LEFT JOIN tidy._account up ON up.id = a.parentaccountid
LEFT JOIN tidy._addresses d ON d.object = 'account' AND d.id = a.id AND d.n = 1
LEFT JOIN tidy._owners o ON o.owner = a.ownerid
LEFT JOIN tidy.transactioncurrency cur ON cur.id = a.transactioncurrencyid;

-- A person under another person belongs to that one's company.
CREATE TABLE tidy.contact AS
SELECT p.id, coalesce(p.fullname, tidy._joined([p.firstname, p.lastname]), p.emailaddress1, p.telephone1) AS name,
    p.salutation, p.firstname AS first_name, p.middlename AS middle_name, p.lastname AS last_name, p.suffix, p.nickname,
    p.jobtitle AS job_title, p.department,
    CASE p.parentcustomerid_table WHEN 'account' THEN p.parentcustomerid WHEN 'contact' THEN
        CASE WHEN up.parentcustomerid_table = 'account' THEN up.parentcustomerid END END AS account_id,
    CASE WHEN p.parentcustomerid_table = 'contact' THEN p.parentcustomerid_label END AS parent_contact,
    p.emailaddress1 AS email, tidy._joined([p.emailaddress1, p.emailaddress2, p.emailaddress3]) AS emails_all,
    coalesce(p.telephone1, p.mobilephone, p.telephone2) AS phone, p.mobilephone AS mobile,
    tidy._joined([p.telephone1, p.telephone2, p.telephone3, 'Mobile ' || p.mobilephone, 'Fax ' || p.fax]) AS phones_all,
    tidy._url(p.websiteurl) AS website, p.birthdate AS birthday, p.anniversary, p.gendercode_label AS gender,
    p.familystatuscode_label AS family_status, p.spousesname AS spouse, p.assistantname AS assistant,
    p.assistantphone AS assistant_phone, p.managername AS manager, p.accountrolecode_label AS role,
    p.preferredcontactmethodcode_label AS preferred_contact, p.leadsourcecode_label AS lead_source,
    CASE WHEN p.accountrolecode_label IS NOT NULL THEN [tidy._name_form(p.accountrolecode_label)] END AS tags, p.description,
    coalesce(p.donotemail, false) AS do_not_email, coalesce(p.donotphone, false) AS do_not_phone,
    coalesce(p.donotbulkemail, false) AS do_not_bulk_email,
    d.id IS NOT NULL AS has_own_address, coalesce(d.street, CASE WHEN d.id IS NULL THEN f.street END) AS "address.street",
    coalesce(d.street2, CASE WHEN d.id IS NULL THEN f.street2 END) AS "address.street2",
    coalesce(d.city, CASE WHEN d.id IS NULL THEN f.city END) AS "address.city",
    coalesce(d.zip, CASE WHEN d.id IS NULL THEN f.zip END) AS "address.zip",
    d.state AS "address.state", d.country AS "address.country",
    coalesce(d.state_name, CASE WHEN d.id IS NULL THEN f.state_name END) AS "address.state_name",
    coalesce(d.country_name, CASE WHEN d.id IS NULL THEN f.country_name END) AS "address.country_name",
    coalesce(p.statecode, 0) = 0 AS active, p.statuscode_label AS status,
    CASE WHEN p.merged THEN p.masterid END AS master_id, o.user_id AS owner_id, o.team AS owner_team,
    c.* EXCLUDE (id), p.createdon AS created_at, p.modifiedon AS updated_at
FROM tidy._contact p
JOIN tidy._custom_contact c ON c.id = p.id
LEFT JOIN tidy._contact up ON p.parentcustomerid_table = 'contact' AND up.id = p.parentcustomerid
LEFT JOIN tidy._addresses d ON d.object = 'contact' AND d.id = p.id AND d.n = 1
LEFT JOIN tidy._addresses f ON f.object = 'account' AND f.n = 1 AND f.id = CASE p.parentcustomerid_table
    WHEN 'account' THEN p.parentcustomerid ELSE up.parentcustomerid END
LEFT JOIN tidy._owners o ON o.owner = p.ownerid;

CREATE TABLE tidy.address AS
SELECT object || '-' || id || '-' || n AS id, object || ':' || id AS record, 'Address ' || n AS name, street, street2, city, zip, state,
    country, state_name, country_name
FROM tidy._addresses WHERE n > 1 AND object IN ('account', 'contact')
AND (object, id) NOT IN (
    SELECT 'account', id FROM tidy.account WHERE master_id IS NOT NULL
    UNION ALL SELECT 'contact', id FROM tidy.contact WHERE master_id IS NOT NULL);

INSERT INTO tidy._findings
SELECT 'account', a.id, 'parent_id', 'its parent account is not to be read', 'warning'
FROM tidy.account a ANTI JOIN tidy.account p ON p.id = a.parent_id WHERE a.parent_id IS NOT NULL
UNION ALL
SELECT 'account', id, 'parent_id', 'accounts are each other''s parents: the link of this one is left out', 'warning'
FROM tidy._account_circles
UNION ALL
SELECT 'contact', id, 'parent_contact', 'it belongs to another person: that one''s company is taken', 'warning'
FROM tidy.contact WHERE parent_contact IS NOT NULL;
