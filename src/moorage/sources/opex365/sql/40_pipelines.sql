-- Pipelines and stages. The stage that counts is that of the business process flow; where there is
-- none, the pipeline phase, then the sales stage. `tidy._process` holds all flows' instances.

CREATE TABLE tidy._opportunity_processes AS
SELECT opportunity_id, arg_max(process_id, rank) AS process_id, arg_max(process, rank) AS process,
    arg_max(stage_id, rank) AS stage_id, arg_max(stage, rank) AS stage, arg_max(traversed, rank) AS traversed
FROM (
    SELECT *, (coalesce(state, 0) = 0, coalesce(modified, started), id) AS rank
    FROM tidy._process WHERE opportunity_id IS NOT NULL AND process_id IS NOT NULL
) GROUP BY opportunity_id;

CREATE TABLE tidy._opportunity_stages AS
SELECT o.id, coalesce(p.process_id, 'none') AS pipeline_id,
    CASE WHEN p.process_id IS NOT NULL THEN p.stage_id
        WHEN o.stepname IS NOT NULL THEN 'step-' || tidy._name_form(o.stepname)
        WHEN o.salesstage IS NOT NULL THEN 'salesstage-' || o.salesstage
        ELSE 'none' END AS stage_id,
    CASE WHEN p.process_id IS NOT NULL THEN coalesce(s.stagename, p.stage)
        ELSE coalesce(o.stepname, o.salesstage_label, 'No stage') END AS stage
FROM tidy._opportunity o
LEFT JOIN tidy._opportunity_processes p ON p.opportunity_id = o.id
LEFT JOIN tidy._processstage s ON s.id = p.stage_id;

CREATE TABLE tidy.pipeline AS
SELECT process_id AS id, coalesce(any_value(process), 'Business process') AS name, true AS is_process, count(*) AS opportunity_count
FROM tidy._opportunity_processes GROUP BY process_id
UNION ALL
SELECT 'none', 'Sales (OPEX 365)', false, count(*) FROM tidy._opportunity_stages WHERE pipeline_id = 'none' HAVING count(*) > 0
UNION ALL
SELECT 'lead', 'Leads (OPEX 365)', false, 0 FROM tidy._lead HAVING count(*) > 0;

-- The order of a flow's stages is only told by the ways that records took through them.
CREATE TABLE tidy._stage_order AS
SELECT stage_id, avg(place) AS place FROM (
    SELECT unnest(string_split(lower(traversed), ',')) AS stage_id, generate_subscripts(string_split(traversed, ','), 1) AS place
    FROM tidy._process WHERE traversed IS NOT NULL
) GROUP BY stage_id;

CREATE TABLE tidy.stage AS
WITH found AS (
    SELECT s.id, s.stagename AS name, s.processid AS pipeline_id, s.stagecategory AS category, s.stagecategory_label AS category_name,
        o.place, 'open' AS outcome
    FROM tidy._processstage s
    JOIN tidy.pipeline p ON p.id = s.processid
    LEFT JOIN tidy._stage_order o ON o.stage_id = s.id
    WHERE s.primaryentitytypecode IS NULL OR s.primaryentitytypecode IN ('opportunity', 'lead')
    UNION ALL
    SELECT stage_id, any_value(stage), pipeline_id, NULL, NULL,
        TRY_CAST(regexp_extract(any_value(stage), '^\s*([0-9]+)', 1) AS DOUBLE), 'open'
    FROM tidy._opportunity_stages s
    WHERE stage_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM tidy._processstage known WHERE known.id = s.stage_id AND known.processid = s.pipeline_id
        AND (known.primaryentitytypecode IS NULL OR known.primaryentitytypecode IN ('opportunity', 'lead')))
    GROUP BY stage_id, pipeline_id
    UNION ALL
    SELECT 'lead-' || tidy._name_form(statuscode_label), min(statuscode_label), 'lead', NULL, NULL,
        min(1000000000.0 * statecode + statuscode), 'open'
    FROM tidy._lead WHERE statuscode_label IS NOT NULL GROUP BY 1
    UNION ALL
    SELECT id || '-won', 'Won', id, 98, NULL, NULL, 'won' FROM tidy.pipeline WHERE id <> 'lead'
)
SELECT id, coalesce(name, 'Stage') AS name, pipeline_id, category_name AS category, outcome,
    row_number() OVER (PARTITION BY pipeline_id ORDER BY outcome = 'won', coalesce(category, 0), place NULLS LAST, name, id) AS position
FROM found;
