-- Leads and opportunities. A lead that became an opportunity lives on as that one.

CREATE TABLE tidy._became AS
SELECT l.id, coalesce(any_value(q.id), min(o.id)) AS opportunity_id
FROM tidy._lead l
LEFT JOIN tidy._opportunity q ON q.id = l.qualifyingopportunityid
LEFT JOIN tidy._opportunity o ON o.originatingleadid = l.id
WHERE l.statecode = 1 GROUP BY l.id HAVING coalesce(any_value(q.id), min(o.id)) IS NOT NULL;

CREATE TABLE tidy._closes AS
SELECT opportunityid AS id, arg_max(subject, rank) AS subject, arg_max(description, rank) AS description,
    arg_max(actualrevenue, rank) AS revenue, arg_max(actualend, rank) AS closed_at, arg_max(competitorid_label, rank) AS competitor
FROM (SELECT *, (coalesce(actualend, createdon), id) AS rank FROM tidy._opportunityclose WHERE opportunityid IS NOT NULL)
GROUP BY opportunityid;

CREATE TABLE tidy._products_sold AS
SELECT opportunityid AS id, string_agg(
    coalesce(productid_label, productdescription, 'Product') || ': '
        || coalesce(rtrim(rtrim(CAST(quantity AS VARCHAR), '0'), '.'), '1') || coalesce(' ' || uomid_label, '')
        || ' × ' || coalesce(CAST(CAST(priceperunit AS DECIMAL(23,2)) AS VARCHAR), '?')
        || coalesce(' = ' || CAST(CAST(extendedamount AS DECIMAL(23,2)) AS VARCHAR), ''),
    chr(10) ORDER BY lineitemnumber, id) AS text, sum(extendedamount) AS amount
FROM tidy._opportunityproduct GROUP BY opportunityid;

CREATE TABLE tidy._sources AS
SELECT tidy._name_form(leadsourcecode_label) AS id, min(leadsourcecode_label) AS name
FROM tidy._lead WHERE leadsourcecode_label IS NOT NULL GROUP BY 1;

CREATE TABLE tidy.lead_source AS SELECT id, name FROM tidy._sources;

CREATE TABLE tidy.lost_reason AS
SELECT tidy._name_form(label) AS id, min(label) AS name, sum(n) AS record_count FROM (
    SELECT statuscode_label AS label, count(*) AS n FROM tidy._opportunity WHERE statecode = 2 GROUP BY 1
    UNION ALL
    SELECT statuscode_label, count(*) FROM tidy._lead WHERE statecode = 2 GROUP BY 1
) WHERE label IS NOT NULL GROUP BY 1;

CREATE TABLE tidy.lead AS
SELECT l.id, coalesce(l.subject, l.fullname, l.companyname, l.emailaddress1) AS title, l.fullname AS contact_name,
    l.firstname AS first_name, l.lastname AS last_name, l.salutation, l.companyname AS company_name, l.jobtitle AS job_title,
    l.emailaddress1 AS email, tidy._joined([l.emailaddress1, l.emailaddress2, l.emailaddress3]) AS emails_all,
    coalesce(l.telephone1, l.mobilephone, l.telephone2) AS phone, l.mobilephone AS mobile,
    tidy._joined([l.telephone1, l.telephone2, l.telephone3, 'Mobile ' || l.mobilephone, 'Fax ' || l.fax]) AS phones_all,
    tidy._url(l.websiteurl) AS website, tidy._name_form(l.leadsourcecode_label) AS source_id, l.leadsourcecode_label AS source,
    l.leadqualitycode_label AS rating, CASE l.leadqualitycode WHEN 1 THEN '3' WHEN 2 THEN '2' WHEN 3 THEN '1' ELSE '0' END AS priority,
    l.industrycode_label AS industry, l.revenue, l.numberofemployees AS employees, l.budgetamount AS budget,
    l.estimatedamount AS amount, coalesce(l.estimatedamount_base, l.estimatedamount) AS amount_base, cur.code AS currency,
    l.estimatedclosedate AS expected_close_date, l.description, l.qualificationcomments AS qualification,
    'lead-' || tidy._name_form(l.statuscode_label) AS stage_id,
    coalesce(pc.id, CASE WHEN l.customerid_table = 'contact' THEN l.customerid END) AS contact_id,
    coalesce(pa.id, CASE WHEN l.customerid_table = 'account' THEN l.customerid END) AS account_id,
    CASE WHEN coalesce(l.parentcontactid, CASE WHEN l.customerid_table = 'contact' THEN l.customerid END) IS NOT NULL
        THEN 'contact:' || coalesce(l.parentcontactid, l.customerid)
        WHEN coalesce(l.parentaccountid, l.customerid) IS NOT NULL THEN 'account:' || coalesce(l.parentaccountid, l.customerid) END AS customer,
    -- Of merged leads all, or none: they become one record.
    bool_or(coalesce(l.parentcontactid, l.parentaccountid, l.customerid) IS NOT NULL)
        OVER (PARTITION BY coalesce(CASE WHEN l.merged THEN l.masterid END, l.id)) AS has_customer,
    d.street AS "address.street", d.street2 AS "address.street2", d.city AS "address.city", d.zip AS "address.zip",
    d.state AS "address.state", d.country AS "address.country", d.state_name AS "address.state_name",
    d.country_name AS "address.country_name",
    CASE l.statecode WHEN 1 THEN 'qualified' WHEN 2 THEN 'disqualified' ELSE 'open' END AS outcome, l.statuscode_label AS status,
    CASE WHEN l.statecode = 2 THEN tidy._name_form(l.statuscode_label) END AS lost_reason_id,
    b.opportunity_id, CASE WHEN l.merged THEN l.masterid END AS master_id, o.user_id AS owner_id, o.team AS owner_team,
    c.* EXCLUDE (id), l.createdon AS created_at, l.modifiedon AS updated_at
FROM tidy._lead l
JOIN tidy._custom_lead c ON c.id = l.id
LEFT JOIN tidy._became b ON b.id = l.id
LEFT JOIN tidy.contact pc ON pc.id = l.parentcontactid
LEFT JOIN tidy.account pa ON pa.id = l.parentaccountid
LEFT JOIN tidy._addresses d ON d.object = 'lead' AND d.id = l.id
LEFT JOIN tidy._owners o ON o.owner = l.ownerid
LEFT JOIN tidy.transactioncurrency cur ON cur.id = l.transactioncurrencyid;

CREATE TABLE tidy.opportunity AS
SELECT p.id, coalesce(p.name, 'Opportunity') AS name, p.description,
    CASE WHEN p.parentcontactid IS NOT NULL THEN 'contact:' || p.parentcontactid
        WHEN p.customerid IS NOT NULL THEN p.customerid_table || ':' || p.customerid
        WHEN p.parentaccountid IS NOT NULL THEN 'account:' || p.parentaccountid END AS customer,
    coalesce(p.parentaccountid, CASE WHEN p.customerid_table = 'account' THEN p.customerid END) AS account_id,
    coalesce(p.parentcontactid, CASE WHEN p.customerid_table = 'contact' THEN p.customerid END) AS contact_id,
    CASE p.statecode WHEN 1 THEN 'won' WHEN 2 THEN 'lost' ELSE 'open' END AS outcome, p.statuscode_label AS status,
    s.pipeline_id, CASE WHEN p.statecode = 1 THEN s.pipeline_id || '-won' ELSE coalesce(s.stage_id, 'none') END AS stage_id, s.stage,
    coalesce(p.closeprobability, 0) AS probability, p.estimatedvalue AS amount,
    coalesce(p.estimatedvalue_base, p.estimatedvalue) AS amount_base, p.actualvalue AS actual_amount, cur.code AS currency,
    p.estimatedclosedate AS expected_close_date, p.actualclosedate AS closed_on,
    CASE WHEN p.statecode IN (1, 2) THEN coalesce(k.closed_at, CAST(p.actualclosedate AS TIMESTAMP), p.modifiedon) END AS closed_at,
    CASE WHEN p.statecode = 2 THEN tidy._name_form(p.statuscode_label) END AS lost_reason_id,
    tidy._lines([k.subject, k.description, 'Competitor: ' || k.competitor]) AS close_notes, k.revenue AS close_revenue,
    p.opportunityratingcode_label AS rating,
    CASE p.opportunityratingcode WHEN 1 THEN '3' WHEN 2 THEN '2' WHEN 3 THEN '1' ELSE '0' END AS priority,
    p.budgetamount AS budget, p.need_label AS need, p.timeline_label AS timeline,
    tidy._lines(['Customer need: ' || p.customerneed, 'Current situation: ' || p.currentsituation,
        'Proposed solution: ' || p.proposedsolution, 'Quote comments: ' || p.quotecomments,
        'Qualification: ' || p.qualificationcomments]) AS sales_notes,
    p.totalamount AS total_amount, p.pricelevelid_label AS price_list, sold.text AS products_text,
    coalesce(p.originatingleadid, b.id) AS lead_id, l.subject AS lead_title, tidy._name_form(l.leadsourcecode_label) AS source_id,
    o.user_id AS owner_id, o.team AS owner_team, c.* EXCLUDE (id), p.createdon AS created_at, p.modifiedon AS updated_at
FROM tidy._opportunity p
JOIN tidy._custom_opportunity c ON c.id = p.id
LEFT JOIN tidy._opportunity_stages s ON s.id = p.id
LEFT JOIN tidy._closes k ON k.id = p.id
LEFT JOIN tidy._products_sold sold ON sold.id = p.id
LEFT JOIN (SELECT opportunity_id, min(id) AS id FROM tidy._became GROUP BY 1) b ON b.opportunity_id = p.id
LEFT JOIN tidy._lead l ON l.id = coalesce(p.originatingleadid, b.id)
LEFT JOIN tidy._owners o ON o.owner = p.ownerid
LEFT JOIN tidy.transactioncurrency cur ON cur.id = p.transactioncurrencyid;

CREATE TABLE tidy.opportunityproduct AS
SELECT id, opportunityid AS opportunity_id, productid AS product_id, coalesce(productid_label, productdescription) AS name,
    quantity, priceperunit AS price, extendedamount AS amount, createdon AS created_at, modifiedon AS updated_at
FROM tidy._opportunityproduct;

INSERT INTO tidy._findings
SELECT 'opportunity', id, 'currency', 'it is in ' || currency || ': the expected revenue is that in the base currency, ' || base.code, 'warning'
FROM tidy.opportunity, tidy._base_currency base WHERE base.code <> '' AND currency <> base.code AND amount IS NOT NULL;
