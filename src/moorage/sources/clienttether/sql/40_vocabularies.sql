-- Teams, stages, sources and tags. A contact type with its sales cycles is a pipeline; every account
-- has cycles of its own, which are one where type and name are the same (settings.shared_pipelines).

CREATE TABLE tidy._types AS
WITH met AS (
    SELECT word AS number, meaning AS name, 1 AS rank FROM tidy._pairs WHERE setting = 'contact_types'
    UNION ALL SELECT tidy._filled(contact_type), tidy._filled(contact_type_name), 2 FROM tidy._sales_cycles
)
SELECT number, arg_min(name, rank) FILTER (name IS NOT NULL) AS name FROM met WHERE number IS NOT NULL GROUP BY number;

-- A type is a number, or in files of people its name.
CREATE MACRO tidy._type(x) AS coalesce((SELECT min(number) FROM tidy._types WHERE tidy._form(name) = tidy._form(x)),
    tidy._filled(x), '0');

CREATE MACRO tidy._type_name(x) AS coalesce((SELECT min(name) FROM tidy._types WHERE number = x),
    CASE WHEN x = '0' THEN 'Without a type' WHEN regexp_full_match(x, '[0-9]+') THEN 'Contact type ' || x ELSE x END);

CREATE TABLE tidy._cycle_rows AS
SELECT _id AS id, _account AS account, _own AS own, tidy._type(contact_type) AS type, trim(tidy._filled(sales_cycle_name)) AS name,
    TRY_CAST(position AS BIGINT) AS position, tidy._decimal(likelihood) AS likelihood,
    coalesce(tidy._truth(active), true) AS active, tidy._truth(quoted) AS quoted, tidy._truth(closed) AS closed, false AS is_made
FROM tidy._sales_cycles;

-- Steps that records name: a blank one is the virtual first step; a renamed one is in no list.
CREATE TABLE tidy._steps_met AS
SELECT DISTINCT account, type, tidy._form(name) AS form, name FROM (
    SELECT _account AS account, tidy._type(contact_type) AS type,
        coalesce(trim(tidy._filled(sales_cycle)), tidy._setting('blank_cycle'), 'New Lead') AS name
    FROM (SELECT _account, contact_type, sales_cycle FROM tidy._clients
        UNION ALL SELECT _account, contact_type, sales_cycle FROM tidy._opportunities)
);

INSERT INTO tidy._cycle_rows
SELECT tidy._id(account, 'step_' || type || '_' || left(md5(form), 10)), account, NULL, type, min(name),
    CASE WHEN form = tidy._form(coalesce(tidy._setting('blank_cycle'), 'New Lead')) THEN 0 ELSE 900 END, NULL, true, NULL, NULL, true
FROM tidy._steps_met m
WHERE NOT EXISTS (FROM tidy._cycle_rows c WHERE c.account = m.account AND c.type = m.type AND tidy._form(c.name) = m.form)
GROUP BY account, type, form;

CREATE TABLE tidy.stages AS
SELECT id, nullif(account, '') AS account_id, name,
    CASE WHEN coalesce(tidy._setting('shared_pipelines'), 'true') = 'true' THEN type ELSE tidy._id(account, type) END AS pipeline_id,
    coalesce(position, 800) AS position, likelihood, active, quoted, closed, is_made,
    coalesce((SELECT lower(min(p.meaning)) FROM tidy._pairs p WHERE p.setting = 'stage_outcomes'
            AND (p.word = c.own OR tidy._form(p.word) = tidy._form(c.name))),
        CASE WHEN NOT active THEN coalesce(tidy._setting('inactive_steps'), 'open') ELSE 'open' END) AS outcome,
    CASE WHEN coalesce(tidy._setting('shared_pipelines'), 'true') = 'true'
        THEN min(id) OVER (PARTITION BY type, tidy._form(name)) ELSE id END AS canonical_id,
    type AS _type, tidy._form(name) AS _form, account AS _account
FROM tidy._cycle_rows c;

CREATE TABLE tidy.pipelines AS
SELECT s.pipeline_id AS id, any_value(tidy._type_name(s._type)
    || CASE WHEN s.pipeline_id = s._type THEN '' ELSE coalesce(' – ' || a.name, '') END) AS name,
    any_value(s._type) AS contact_type, count(*) AS stage_count
FROM tidy.stages s LEFT JOIN tidy.accounts a ON a.id = s._account GROUP BY s.pipeline_id;

-- The step of a record: of its account and type, by name.
CREATE TABLE tidy._steps AS
SELECT _account AS account, _type AS type, _form AS form, min(id) AS id, min(canonical_id) AS stage_id,
    min(pipeline_id) AS pipeline_id, min(name) AS name, max(likelihood) AS likelihood, min(outcome) AS outcome
FROM tidy.stages GROUP BY ALL;
ALTER TABLE tidy.stages DROP COLUMN _type;
ALTER TABLE tidy.stages DROP COLUMN _form;
ALTER TABLE tidy.stages DROP COLUMN _account;

CREATE TABLE tidy.lead_sources AS
WITH named AS (
    SELECT tidy._filled(lead_source_name) AS name FROM tidy._lead_sources
    UNION ALL SELECT tidy._filled(lead_source) FROM tidy._clients
    UNION ALL SELECT tidy._filled(lead_source) FROM tidy._opportunities
)
SELECT left(md5(tidy._form(name)), 12) AS id, min(name) AS name, list(DISTINCT name ORDER BY name) AS variants
FROM named WHERE name IS NOT NULL GROUP BY tidy._form(name);

CREATE TABLE tidy._tagged AS
SELECT 'clients' AS object, _id AS record, trim(unnest(CAST(from_json(tags, '["VARCHAR"]') AS VARCHAR[]))) AS tag FROM tidy._clients
UNION ALL
SELECT 'opportunities', _id, trim(unnest(CAST(from_json(tags, '["VARCHAR"]') AS VARCHAR[]))) FROM tidy._opportunities;

CREATE TABLE tidy.tags AS
WITH named AS (
    SELECT tag AS name, object FROM tidy._tagged UNION ALL SELECT tidy._filled(name), 'list' FROM tidy._tags
)
SELECT left(md5(tidy._form(name)), 12) AS id, min(name) AS name, list(DISTINCT name ORDER BY name) AS variants,
    count(*) FILTER (object = 'clients') AS client_count, count(*) FILTER (object = 'opportunities') AS opportunity_count
FROM named WHERE coalesce(name, '') <> '' GROUP BY tidy._form(name);

CREATE TABLE tidy._tag_lists AS
SELECT object, record, list(DISTINCT left(md5(tidy._form(tag)), 12) ORDER BY left(md5(tidy._form(tag)), 12)) AS tags
FROM tidy._tagged WHERE tag <> '' GROUP BY ALL;

INSERT INTO tidy._findings
SELECT 'stages', id, 'name', 'records name this step, and the list of sales cycles does not: it was renamed or removed', 'warning'
FROM tidy.stages WHERE is_made AND position = 900
UNION ALL
SELECT 'stages', id, 'name', 'the same step as ' || canonical_id || ', of another account: merged into it', 'warning'
FROM tidy.stages WHERE id <> canonical_id
UNION ALL
SELECT 'tags', id, 'name', 'written in several ways: ' || array_to_string(variants, ', '), 'warning' FROM tidy.tags WHERE len(variants) > 1
UNION ALL
SELECT 'lead_sources', id, 'name', 'written in several ways: ' || array_to_string(variants, ', '), 'warning'
FROM tidy.lead_sources WHERE len(variants) > 1;
