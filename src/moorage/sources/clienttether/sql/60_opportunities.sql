-- Opportunities; whose they are was found with the clients.

CREATE TABLE tidy.opportunities AS
WITH typed AS (
    SELECT *, tidy._type(contact_type) AS type, tidy._zone(_account) AS zone FROM tidy._opportunities
)
SELECT o._id AS id, nullif(o._account, '') AS account_id, l.client_id,
    coalesce(tidy._filled(o.name), nullif(trim(concat_ws(' ', tidy._filled(o.first_name), tidy._filled(o.last_name))), ''),
        tidy._filled(o.company_name), c.name) AS name,
    nullif(trim(concat_ws(' ', tidy._filled(o.first_name), tidy._filled(o.last_name))), '') AS contact_name,
    tidy._filled(o.company_name) AS company_name,
    tidy._amount(o.deal_size, o."deal_size.given") AS deal_size,
    coalesce(tidy._decimal(o.likelihood), s.likelihood) AS likelihood, s.likelihood AS stage_likelihood,
    TRY_CAST(o.close_date AS DATE) AS close_date, tidy._truth(o.quoted) AS quoted, tidy._truth(o.closed) AS closed,
    s.id AS stage_id, s.pipeline_id,
    CASE WHEN tidy._truth(o.closed) AND tidy._is_set('closed_means_won') THEN 'won' ELSE s.outcome END AS outcome,
    coalesce(tidy._filled(o.sales_cycle), s.name) AS sales_cycle,
    CASE WHEN tidy._filled(o.lead_source) IS NOT NULL THEN left(md5(tidy._form(tidy._filled(o.lead_source))), 12) END AS lead_source_id,
    tidy._filled(o.action_plan) AS action_plan, o.type AS contact_type, tidy._type_name(o.type) AS contact_type_name,
    w.user_id AS owner_id, g.tags,
    tidy._utc(o.created, o.zone) AS created_at, tidy._utc(o.updated, o.zone) AS updated_at,
    o._from AS found_in, k.* EXCLUDE (_id)
FROM typed o
JOIN tidy._linked l ON l.id = o._id
LEFT JOIN tidy.clients c ON c.id = l.client_id
LEFT JOIN tidy._steps s ON s.account = o._account AND s.type = o.type
    AND s.form = tidy._form(coalesce(trim(tidy._filled(o.sales_cycle)), tidy._setting('blank_cycle'), 'New Lead'))
LEFT JOIN tidy._owners w ON w.account = o._account AND w.given = tidy._filled(o.assigned_user)
LEFT JOIN tidy._tag_lists g ON g.object = 'opportunities' AND g.record = o._id
LEFT JOIN tidy._custom_opportunities k ON k._id = o._id;

INSERT INTO tidy._findings
SELECT 'opportunities', id, 'client_id', 'several clients have these names (' || array_to_string(ids[:5], ', ')
    || CASE WHEN len(ids) > 5 THEN ' …' ELSE '' END || '): say which in settings.opportunity_clients, as {"' || id || '": "'
    || ids[1] || '"}, or "-" for none',
    CASE WHEN tidy._setting('ambiguous_clients') = 'without' THEN 'warning' ELSE 'set_aside' END
FROM tidy._linked WHERE told IS NULL AND word IS NULL AND len(ids) > 1
UNION ALL
SELECT 'opportunities', id, 'client_id', 'it names its client by no id, and no client has its names: it stands alone', 'warning'
FROM tidy._linked WHERE told IS NULL AND word IS NULL AND ids IS NULL
UNION ALL
SELECT 'opportunities', id, 'client_id', 'its client is not among those given: it stands alone', 'warning'
FROM tidy._linked WHERE told IS NOT NULL AND word IS NULL AND by_id IS NULL
UNION ALL
SELECT 'opportunities', id, 'client_id', 'settings.opportunity_clients names no client that there is', 'set_aside'
FROM tidy._linked WHERE word <> '-' AND said IS NULL
UNION ALL
SELECT 'opportunities', _id, 'deal_size', 'it is no amount: left out', 'warning' FROM tidy._opportunities
WHERE tidy._filled("deal_size.given") IS NOT NULL AND tidy._amount(deal_size, "deal_size.given") IS NULL;
