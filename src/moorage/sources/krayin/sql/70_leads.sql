-- Leads, which are deals too. The stage's outcome is the lead's; the company is the person's.

CREATE TABLE tidy._native_leads AS
SELECT entity_id, max(value) FILTER (code = 'description') AS description,
    max(value) FILTER (code = 'lead_value') AS lead_value,
    max(value) FILTER (code = 'lead_source_id') AS source_id,
    max(value) FILTER (code = 'lead_type_id') AS type_id,
    max(value) FILTER (code = 'user_id') AS user_id,
    max(value) FILTER (code = 'lead_pipeline_id') AS pipeline_id,
    max(value) FILTER (code = 'lead_pipeline_stage_id') AS stage_id,
    max(value) FILTER (code = 'expected_close_date') AS expected_close_date
FROM tidy._native WHERE entity_type = 'leads' GROUP BY entity_id;

CREATE TABLE tidy._lead_tags AS
SELECT lead_id, list(DISTINCT tag_id ORDER BY tag_id) AS tags
FROM raw.lead_tags WHERE tag_id IN (SELECT id FROM raw.tags) GROUP BY lead_id;

CREATE TABLE tidy._lead_products AS
SELECT lp.lead_id, string_agg(concat_ws(' × ', lp.quantity,
    coalesce(p.name, p.sku, 'product ' || lp.product_id)) || coalesce(' @ ' || tidy._money(lp.price), ''),
    chr(10) ORDER BY CAST(lp.id AS BIGINT)) AS products_text
FROM raw.lead_products lp LEFT JOIN raw.products p ON p.id = lp.product_id GROUP BY lp.lead_id;

CREATE TABLE tidy._lead_links AS
SELECT l.id, coalesce(tidy._link(l.lead_pipeline_id), n.pipeline_id) AS pipeline_id,
    coalesce(tidy._link(l.lead_pipeline_stage_id), old.id,
        CASE WHEN l.lead_stage_id IS NULL THEN n.stage_id END) AS stage_id
FROM raw.leads l
LEFT JOIN tidy._native_leads n ON n.entity_id = l.id
LEFT JOIN (
    SELECT lead_stage_id, pipeline_id, min(id) AS id FROM tidy.stages
    WHERE lead_stage_id IS NOT NULL GROUP BY ALL
) old ON old.lead_stage_id = l.lead_stage_id AND old.pipeline_id = l.lead_pipeline_id;

CREATE TABLE tidy.leads AS
SELECT l.id, l.title, coalesce(l.description, n.description) AS description,
    coalesce(tidy._money(l.lead_value), tidy._money(n.lead_value)) AS lead_value,
    tidy._currency() AS currency, TRY_CAST(l.status AS BIGINT) AS status,
    coalesce(s.outcome, 'open') AS outcome, s.position AS stage_position,
    s.probability AS stage_probability, s.name AS stage_name,
    coalesce(s.pipeline_id, p.id) AS pipeline_id, s.id AS stage_id,
    tidy._filled(l.lost_reason) AS lost_reason,
    CASE WHEN s.outcome = 'lost' THEN r.id END AS lost_reason_id,
    tidy._utc(l.closed_at) AS closed_at,
    CASE WHEN s.outcome IN ('won', 'lost')
        THEN coalesce(tidy._utc(l.closed_at), tidy._utc(l.updated_at)) END AS closed_at_effective,
    coalesce(TRY_CAST(l.expected_close_date AS DATE), TRY_CAST(n.expected_close_date AS DATE))
        AS expected_close_date,
    u.id AS user_id, person.id AS person_id, person.name AS person_name, person.email, person.phone,
    person.organization_id, o.name AS organization_name,
    src.id AS source_id, kind.id AS type_id, kind.name AS type_name,
    t.tags, products.products_text,
    tidy._utc(l.created_at) AS created_at, tidy._utc(l.updated_at) AS updated_at,
    c.* EXCLUDE (entity_id)
FROM raw.leads l
LEFT JOIN tidy._lead_links k ON k.id = l.id
LEFT JOIN tidy._native_leads n ON n.entity_id = l.id
LEFT JOIN tidy.stages s ON s.id = k.stage_id
LEFT JOIN tidy.pipelines p ON p.id = k.pipeline_id
LEFT JOIN tidy._reasons r ON r.lead_id = l.id
LEFT JOIN raw.users u ON u.id = coalesce(tidy._link(l.user_id), n.user_id)
LEFT JOIN tidy.persons person ON person.id = l.person_id
LEFT JOIN raw.organizations o ON o.id = person.organization_id
LEFT JOIN raw.lead_sources src ON src.id = coalesce(tidy._link(l.lead_source_id), n.source_id)
LEFT JOIN raw.lead_types kind ON kind.id = coalesce(tidy._link(l.lead_type_id), n.type_id)
LEFT JOIN tidy._lead_tags t ON t.lead_id = l.id
LEFT JOIN tidy._lead_products products ON products.lead_id = l.id
LEFT JOIN tidy._custom_leads c ON c.entity_id = l.id;

INSERT INTO tidy._findings
SELECT 'leads', id, 'stage_id', 'the lead has no stage', 'warning'
FROM tidy.leads WHERE stage_id IS NULL
UNION ALL
SELECT 'leads', id, 'closed_at', 'won or lost without a closing date: the last change is taken', 'warning'
FROM tidy.leads WHERE outcome <> 'open' AND closed_at IS NULL
UNION ALL
SELECT 'leads', l.id, 'expected_close_date', 'the column is empty, the attribute keeps the date: taken from there', 'warning'
FROM tidy.leads l JOIN raw.leads r ON r.id = l.id
WHERE l.expected_close_date IS NOT NULL AND r.expected_close_date IS NULL
UNION ALL
SELECT 'leads', l.id, 'pipeline_id', 'the stage belongs to another pipeline than the lead: the stage decides', 'warning'
FROM tidy.leads l JOIN tidy._lead_links k ON k.id = l.id
WHERE k.pipeline_id <> l.pipeline_id;

INSERT INTO tidy._findings
SELECT 'leads', id, field, 'a zero date: taken as empty', 'warning'
FROM (UNPIVOT raw.leads ON created_at, updated_at, closed_at, expected_close_date
    INTO NAME field VALUE text)
WHERE text LIKE '0000-00-00%';
