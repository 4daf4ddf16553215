-- Cases, and the projects that hold cases and tasks.

CREATE TABLE tidy._resolutions AS
SELECT incidentid AS id, arg_max(subject, rank) AS subject, arg_max(description, rank) AS description,
    sum(timespent) AS minutes, max(actualend) AS resolved_at
FROM (SELECT *, (coalesce(actualend, createdon), id) AS rank FROM tidy._incidentresolution WHERE incidentid IS NOT NULL)
GROUP BY incidentid;

CREATE TABLE tidy.incident AS
SELECT i.id, coalesce(i.title, i.ticketnumber, 'Case') AS title, i.ticketnumber AS number, i.description,
    CASE WHEN i.primarycontactid IS NOT NULL THEN 'contact:' || i.primarycontactid
        WHEN i.customerid IS NOT NULL THEN i.customerid_table || ':' || i.customerid END AS customer,
    i.emailaddress AS email, i.subjectid_label AS subject, i.productid_label AS product, i.productserialnumber AS serial_number,
    i.casetypecode_label AS case_type, i.caseorigincode_label AS origin, i.prioritycode_label AS priority_name,
    CASE i.prioritycode WHEN 1 THEN '1' ELSE '0' END AS priority,
    CASE i.prioritycode WHEN 1 THEN '3' WHEN 3 THEN '1' ELSE '2' END AS ticket_priority,
    i.customersatisfactioncode_label AS satisfaction, i.entitlementid_label AS entitlement,
    i.followupby AS follow_up_by, i.resolveby AS resolve_by, coalesce(i.isescalated, false) AS escalated,
    CASE i.statecode WHEN 1 THEN 'done' WHEN 2 THEN 'cancelled' ELSE 'open' END AS outcome, i.statuscode_label AS status,
    'incident-' || tidy._name_form(i.statuscode_label) AS stage_id,
    tidy._lines([r.subject, r.description]) AS resolution, r.minutes AS resolution_minutes, r.resolved_at,
    -- A case that was merged into its own parent is the parent then, and nobody's child.
    CASE WHEN coalesce(CASE WHEN up.merged THEN up.masterid END, i.parentcaseid)
        <> coalesce(CASE WHEN i.merged THEN i.masterid END, i.id) THEN i.parentcaseid END AS parent_id,
    CASE WHEN i.merged THEN i.masterid END AS master_id,
    o.user_id AS owner_id, o.team AS owner_team, c.* EXCLUDE (id), i.createdon AS created_at, i.modifiedon AS updated_at
FROM tidy._incident i
JOIN tidy._custom_incident c ON c.id = i.id
LEFT JOIN tidy._resolutions r ON r.id = i.id
LEFT JOIN tidy._incident up ON up.id = i.parentcaseid
LEFT JOIN tidy._owners o ON o.owner = i.ownerid;

CREATE TABLE tidy.project AS
SELECT 'incident' AS id, 'Cases (OPEX 365)' AS name, (SELECT count(*) FROM tidy._incident) AS record_count
UNION ALL SELECT 'task', 'Tasks (OPEX 365)', (SELECT count(*) FROM tidy._task);

CREATE TABLE tidy.task_stage AS
WITH met AS (
    SELECT 'incident' AS project_id, statuscode_label AS label, statecode, statuscode FROM tidy._incident
    UNION ALL SELECT 'task', statuscode_label, statecode, statuscode FROM tidy._task
)
SELECT project_id || '-' || tidy._name_form(label) AS id, min(label) AS name, project_id, min(statecode) > 0 AS folded,
    row_number() OVER (PARTITION BY project_id ORDER BY min(statecode), min(statuscode)) AS position
FROM met WHERE label IS NOT NULL GROUP BY project_id, tidy._name_form(label);
