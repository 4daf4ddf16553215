-- Users, tags, pipelines, stages, sources, types, reasons of loss, products.

CREATE TABLE tidy.users AS
SELECT u.id, u.name, (tidy._mails_in(u.email))[1] AS email, u.email AS login_text,
    coalesce(u.status, '1') = '1' AS active, r.name AS role, r.permission_type,
    u.view_permission, g.names AS groups, u.image,
    tidy._utc(u.created_at) AS created_at, tidy._utc(u.updated_at) AS updated_at
FROM raw.users u
LEFT JOIN raw.roles r ON r.id = u.role_id
LEFT JOIN (
    SELECT m.user_id, list(DISTINCT g.name ORDER BY g.name) AS names
    FROM raw.user_groups m JOIN raw.groups g ON g.id = m.group_id GROUP BY m.user_id
) g ON g.user_id = u.id;

-- Variants of one name share a canonical_id, the smallest id among them.
CREATE TABLE tidy.tags AS
WITH used AS (
    SELECT t.id,
        t.id IN (SELECT tag_id FROM raw.lead_tags) AS on_leads,
        t.id IN (SELECT tag_id FROM raw.person_tags) AS on_persons,
        t.id IN (SELECT tag_id FROM raw.product_tags) AS on_products
    FROM raw.tags t
)
SELECT t.id, t.name, t.color, tidy._link(t.user_id) AS user_id,
    CAST(min(CAST(t.id AS BIGINT)) OVER form AS VARCHAR) AS canonical_id,
    list(t.name) OVER form AS variants,
    bool_or(u.on_leads) OVER form AS used_on_leads,
    bool_or(u.on_persons) OVER form AS used_on_persons,
    bool_or(u.on_products) OVER form AS used_on_products,
    tidy._utc(t.created_at) AS created_at, tidy._utc(t.updated_at) AS updated_at
FROM raw.tags t JOIN used u ON u.id = t.id
WINDOW form AS (PARTITION BY tidy._name_form(t.name));

CREATE TABLE tidy.sources AS
SELECT id, name,
    CAST(min(CAST(id AS BIGINT)) OVER (PARTITION BY tidy._name_form(name)) AS VARCHAR) AS canonical_id,
    tidy._utc(created_at) AS created_at, tidy._utc(updated_at) AS updated_at
FROM raw.lead_sources;

CREATE TABLE tidy.types AS
SELECT id, name,
    CAST(min(CAST(id AS BIGINT)) OVER (PARTITION BY tidy._name_form(name)) AS VARCHAR) AS canonical_id,
    tidy._utc(created_at) AS created_at, tidy._utc(updated_at) AS updated_at
FROM raw.lead_types;

INSERT INTO tidy._findings
SELECT 'tags', id, 'name', 'a variant of the name of tag ' || canonical_id || ': merged into it', 'warning'
FROM tidy.tags WHERE id <> canonical_id
UNION ALL
SELECT 'sources', id, 'name', 'a variant of the name of source ' || canonical_id || ': merged into it', 'warning'
FROM tidy.sources WHERE id <> canonical_id
UNION ALL
SELECT 'types', id, 'name', 'a variant of the name of type ' || canonical_id || ': merged into it', 'warning'
FROM tidy.types WHERE id <> canonical_id;

CREATE TABLE tidy.pipelines AS
SELECT id, name, coalesce(is_default, '0') = '1' AS is_default,
    TRY_CAST(rotten_days AS BIGINT) AS rotten_days,
    row_number() OVER (ORDER BY is_default DESC NULLS LAST, CAST(id AS BIGINT)) AS position,
    tidy._utc(created_at) AS created_at, tidy._utc(updated_at) AS updated_at
FROM raw.lead_pipelines;

-- Only the code decides the outcome; a person may decide otherwise, per stage, in the settings.
CREATE TABLE tidy.stages AS
WITH decided AS (
    SELECT entry.key AS stage_id, lower(json_extract_string(entry.value, '$')) AS outcome
    FROM meta.settings s, json_each(s.value) entry
    WHERE s.name = 'stage_outcomes' AND json_type(s.value) = 'OBJECT'
), named AS (
    SELECT s.id, coalesce(s.code, o.code) AS code, coalesce(s.name, o.name) AS name,
        TRY_CAST(s.probability AS DOUBLE) AS probability, TRY_CAST(s.sort_order AS BIGINT) AS sort_order,
        tidy._link(s.lead_pipeline_id) AS pipeline_id, s.lead_stage_id
    FROM raw.lead_pipeline_stages s LEFT JOIN raw.lead_stages o ON o.id = s.lead_stage_id
)
SELECT n.id, n.code, n.name, n.probability, n.pipeline_id, n.lead_stage_id,
    row_number() OVER (PARTITION BY n.pipeline_id ORDER BY n.sort_order, CAST(n.id AS BIGINT)) AS position,
    CASE WHEN d.outcome IN ('won', 'lost', 'open') THEN d.outcome
        WHEN n.code IN ('won', 'lost') THEN n.code ELSE 'open' END AS outcome,
    p.rotten_days
FROM named n
LEFT JOIN decided d ON d.stage_id = n.id
LEFT JOIN tidy.pipelines p ON p.id = n.pipeline_id;

INSERT INTO tidy._findings
SELECT 'pipelines', p.id, NULL, 'no stage of this pipeline counts as won or as lost:'
    || ' set settings.stage_outcomes for its stages', 'warning'
FROM tidy.pipelines p
WHERE (SELECT count(DISTINCT outcome) FROM tidy.stages s WHERE s.pipeline_id = p.id AND outcome <> 'open') < 2;

CREATE TABLE tidy._reasons AS
WITH spoken AS (
    SELECT id AS lead_id, trim(regexp_replace(lost_reason, '\s+', ' ', 'g')) AS said
    FROM raw.leads WHERE tidy._filled(lost_reason) IS NOT NULL
)
SELECT lead_id, left(said, 100) AS said, substr(md5(tidy._name_form(left(said, 100))), 1, 16) AS id
FROM spoken;

-- One reason per wording; the spelling used most stands for all.
CREATE TABLE tidy.lost_reasons AS
SELECT id, arg_max(said, (n, said)) AS name, list(said ORDER BY n DESC, said) AS variants,
    CAST(sum(n) AS BIGINT) AS lead_count
FROM (SELECT id, said, count(*) AS n FROM tidy._reasons GROUP BY ALL) GROUP BY id;

CREATE TABLE tidy.products AS
SELECT p.id, p.sku, coalesce(tidy._filled(p.name), tidy._filled(n.value), p.sku) AS name,
    coalesce(p.description, d.value) AS description,
    coalesce(tidy._money(p.price), tidy._money(v.value)) AS price, tidy._currency() AS currency,
    TRY_CAST(p.quantity AS BIGINT) AS quantity, s.on_hand AS quantity_on_hand, t.tags,
    tidy._utc(p.created_at) AS created_at, tidy._utc(p.updated_at) AS updated_at,
    c.* EXCLUDE (entity_id)
FROM raw.products p
LEFT JOIN tidy._native n ON n.entity_type = 'products' AND n.code = 'name' AND n.entity_id = p.id
LEFT JOIN tidy._native d ON d.entity_type = 'products' AND d.code = 'description' AND d.entity_id = p.id
LEFT JOIN tidy._native v ON v.entity_type = 'products' AND v.code = 'price' AND v.entity_id = p.id
LEFT JOIN (
    SELECT product_id, CAST(sum(TRY_CAST(in_stock AS BIGINT) - TRY_CAST(allocated AS BIGINT)) AS BIGINT) AS on_hand
    FROM raw.product_inventories GROUP BY product_id
) s ON s.product_id = p.id
LEFT JOIN (
    SELECT product_id, list(DISTINCT tag_id ORDER BY tag_id) AS tags FROM raw.product_tags
    WHERE tag_id IN (SELECT id FROM raw.tags) GROUP BY product_id
) t ON t.product_id = p.id
LEFT JOIN tidy._custom_products c ON c.entity_id = p.id;
