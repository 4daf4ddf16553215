-- Deals, their pipelines and stages. What the log says happened last counts before what a sheet says.

CREATE TABLE tidy._deal_all AS
SELECT coalesce(d.id, w.deal_id, e.deal_id) AS id,
    coalesce(tidy._filled(d.name), tidy._filled(w.data->>'deal_name'), 'Deal ' || coalesce(d.id, w.deal_id, e.deal_id)) AS name,
    coalesce(tidy._filled(d.pipeline), tidy._filled(w.data->>'pipeline')) AS pipeline,
    tidy._filled(d.stage) AS sheet_stage, tidy._filled(e.stage) AS log_stage,
    coalesce(tidy._decimal(d.estimated_value), tidy._decimal(w.data->>'estimated_value')) AS amount,
    upper(coalesce(tidy._filled(d.currency), CASE WHEN length(d."estimated_value.currency") = 3 THEN d."estimated_value.currency" END,
        tidy._filled(w.data->>'currency'), tidy._currency())) AS currency,
    coalesce(tidy._utc(d.created), tidy._utc(replace(replace(w.data->>'deal_creation_date', 'T', ' '), 'Z', '+00'))) AS created_at,
    coalesce(TRY_CAST(d.close_date AS DATE), TRY_CAST(left(w.data->>'estimated_close_date', 10) AS DATE)) AS expected_close_date,
    coalesce(tidy._utc(d.closed_at), e.closed_at) AS closed_at, tidy._utc(d.updated) AS updated_at,
    coalesce(tidy._filled(d.owner), tidy._filled(w.owner_name)) AS owner, tidy._mail(d.owner_email) AS owner_email,
    tidy._form(coalesce(tidy._filled(d.company), w.data->'company'->>'name')) AS company_form,
    tidy._domain(coalesce(tidy._filled(d.company_domain), w.data->'company'->>'domain')) AS company_domain,
    coalesce(tidy._mail(d.contact_email), tidy._mail(w.data->'point_of_contact'->>'email')) AS contact_email, tidy._unique(list_concat(tidy._list(d.stakeholders), c.words)) AS stakeholders,
    coalesce(tidy._truth(d.private), (w.data->>'is_private') = 'true', list_contains(tidy._list(d.problems), 'private')) AS is_private, d.won AS sheet_won, e.won AS log_won,
    e.close_count, e.left_stages, e.is_timed, e.moved_at, e.closed_at AS log_closed_at, coalesce(e.is_unsure, false) AS is_unsure,
    tidy._filled(d.lost_reason) AS lost_reason, tidy._filled(d.next_step) AS next_step, tidy._filled(d.score) AS score,
    tidy._filled(d.description) AS description, d.tags AS given_tags, d.problems, coalesce(d.place, 'the log of webhooks') AS _place
FROM tidy._deals d FULL JOIN tidy._deal_ends e ON e.deal_id = d.id
LEFT JOIN tidy._deal_words w ON w.deal_id = coalesce(d.id, e.deal_id)
LEFT JOIN tidy._deal_contacts c ON c.deal_id = coalesce(d.id, e.deal_id);

-- Pipelines are teams; `settings.team_field` may name another field of deals to split by.
CREATE TABLE tidy._deal_teams AS
SELECT d.id, coalesce(CASE WHEN coalesce(tidy._setting('team_field'), 'pipeline') = 'pipeline' THEN pipeline
    ELSE tidy._filled(json_extract_string(to_json(c), '$."' || tidy._setting('team_field') || '"')) END, 'Klipy') AS team
FROM tidy._deal_all d LEFT JOIN tidy._custom_deals c ON c.id = d.id;

-- A stage is called as a person said (`settings.stages`), else as its list has it, else as most rows
-- write it, rather `Closed Won` than `CLOSED_WON`.
CREATE TABLE tidy._stage_names AS
WITH met AS (
    SELECT tidy._filled(stage) AS name, 0 AS is_met FROM tidy._pipelines
    UNION ALL SELECT coalesce(log_stage, sheet_stage), 1 FROM tidy._deal_all UNION ALL SELECT sheet_stage, 1 FROM tidy._deal_all
    UNION ALL SELECT stage_from, 1 FROM tidy._deal_events UNION ALL SELECT stage_to, 1 FROM tidy._deal_events
), told AS (SELECT tidy._form(word) AS form, any_value(meaning) AS meaning FROM tidy._pairs WHERE setting = 'stages' GROUP BY 1)
SELECT m.form, coalesce(t.meaning, m.name) AS name, tidy._form(coalesce(t.meaning, m.name)) AS stage_form
FROM (
    SELECT tidy._form(name) AS form, first(name ORDER BY is_met, count DESC, name = upper(name), name) AS name
    FROM (SELECT name, is_met, count(*) AS count FROM met WHERE name IS NOT NULL GROUP BY ALL) GROUP BY 1
) m
LEFT JOIN told t USING (form);

CREATE TABLE tidy._stage_outcomes AS
SELECT s.stage_form, CASE
    WHEN bool_or(tidy._truth(p.won)) OR bool_or(list_contains(list_transform(tidy._listed('won_stages'), lambda x: tidy._form(x)), s.stage_form)) THEN 'won'
    WHEN bool_or(tidy._truth(p.lost)) OR bool_or(list_contains(list_transform(tidy._listed('lost_stages'), lambda x: tidy._form(x)), s.stage_form)) THEN 'lost'
    ELSE 'open' END AS outcome
FROM tidy._stage_names s LEFT JOIN tidy._pipelines p ON tidy._form(p.stage) = s.form GROUP BY s.stage_form;

CREATE TABLE tidy._deal_states AS
WITH placed AS (
    SELECT d.*, t.team, coalesce(l.stage_form, h.stage_form) AS stage_form, h.stage_form AS sheet_form, lo.outcome AS stage_outcome
    FROM tidy._deal_all d JOIN tidy._deal_teams t USING (id)
    LEFT JOIN tidy._stage_names l ON l.form = tidy._form(d.log_stage) LEFT JOIN tidy._stage_names h ON h.form = tidy._form(d.sheet_stage)
    LEFT JOIN tidy._stage_outcomes lo ON lo.stage_form = coalesce(l.stage_form, h.stage_form)
), judged AS (
    SELECT *, coalesce(close_count, 0) > 0 AND coalesce(stage_outcome, 'open') = 'open' AND CASE WHEN is_timed THEN coalesce(moved_at > log_closed_at, false)
        ELSE EXISTS (SELECT 1 FROM tidy._stage_outcomes o WHERE o.outcome <> 'open' AND list_contains(left_stages, o.stage_form)) END AS is_reopened
    FROM placed
)
SELECT *, CASE WHEN close_count > 0 AND NOT is_reopened THEN CASE WHEN log_won THEN 'won' ELSE 'lost' END
    WHEN sheet_won = 'true' AND close_count IS NULL THEN 'won' ELSE coalesce(stage_outcome, 'open') END AS outcome
FROM judged;

CREATE TABLE tidy.pipelines AS
SELECT 'team-' || left(md5(tidy._form(team)), 12) AS id, min(team) AS name, count(*) AS deal_count FROM (
    SELECT team FROM tidy._deal_states
    UNION ALL SELECT tidy._filled(pipeline) FROM tidy._pipelines WHERE coalesce(tidy._setting('team_field'), 'pipeline') = 'pipeline'
) WHERE team IS NOT NULL GROUP BY tidy._form(team);

-- A deal that was won or lost stands in a stage of that kind, even where its last stage is none.
CREATE TABLE tidy._deal_stages AS
SELECT s.id, 'team-' || left(md5(tidy._form(s.team)), 12) AS pipeline_id,
    CASE WHEN s.outcome = 'won' AND coalesce(s.stage_outcome, '') <> 'won' THEN coalesce((SELECT min(stage_form) FROM tidy._stage_outcomes WHERE outcome = 'won'), 'won')
        ELSE coalesce(s.stage_form, 'nostage') END AS stage_form
FROM tidy._deal_states s;

CREATE TABLE tidy.stages AS
WITH used AS (
    SELECT pipeline_id, stage_form FROM tidy._deal_stages
    UNION SELECT 'team-' || left(md5(tidy._form(p.pipeline)), 12), n.stage_form FROM tidy._pipelines p JOIN tidy._stage_names n ON n.form = tidy._form(p.stage)
    WHERE coalesce(tidy._setting('team_field'), 'pipeline') = 'pipeline'
), listed AS (
    SELECT 'team-' || left(md5(tidy._form(pipeline)), 12) AS pipeline_id, n.stage_form, min(TRY_CAST(position AS INT)) AS position
    FROM tidy._pipelines p JOIN tidy._stage_names n ON n.form = tidy._form(p.stage) GROUP BY ALL
)
SELECT u.pipeline_id || '-' || u.stage_form AS id, u.pipeline_id,
    coalesce(min(n.name), CASE u.stage_form WHEN 'won' THEN 'Won' WHEN 'nostage' THEN 'No stage' ELSE u.stage_form END) AS name,
    coalesce(min(l.position), min(list_position(list_transform(tidy._listed('stage_order'), lambda x: tidy._form(x)), u.stage_form)), 900) AS position,
    coalesce(any_value(o.outcome), CASE WHEN u.stage_form = 'won' THEN 'won' ELSE 'open' END) AS outcome,
    (SELECT count(*) FROM tidy._pipelines) > 0 AND count(l.stage_form) = 0 AS is_unlisted
FROM used u LEFT JOIN tidy._stage_names n ON n.stage_form = u.stage_form
LEFT JOIN listed l ON l.pipeline_id = u.pipeline_id AND l.stage_form = u.stage_form
LEFT JOIN tidy._stage_outcomes o ON o.stage_form = u.stage_form
GROUP BY u.pipeline_id, u.stage_form;

CREATE TABLE tidy.lost_reasons AS
SELECT 'reason-' || left(md5(tidy._form(coalesce(lost_reason, 'Closed Lost'))), 12) AS id, min(coalesce(lost_reason, 'Closed Lost')) AS name
FROM tidy._deal_states WHERE outcome = 'lost' GROUP BY tidy._form(coalesce(lost_reason, 'Closed Lost'));

CREATE TABLE tidy._stakeholders AS
SELECT id, list(DISTINCT found ORDER BY found) FILTER (found IS NOT NULL) AS people, string_agg(word, ', ') FILTER (found IS NULL) AS unknown
FROM (
    SELECT d.id, d.word, coalesce(k.id, m.id, n.id) AS found FROM (SELECT id, unnest(stakeholders) AS word FROM tidy._deal_states) d
    LEFT JOIN tidy._known k ON k.word = d.word LEFT JOIN tidy._known m ON m.word = lower(d.word)
    LEFT JOIN (SELECT lower(name) AS word, min(id) AS id FROM tidy.people GROUP BY 1 HAVING count(*) = 1) n ON n.word = lower(d.word)
) GROUP BY id;

CREATE TABLE tidy.deals AS
SELECT s.id, s.name, t.pipeline_id, t.pipeline_id || '-' || t.stage_form AS stage_id, coalesce(s.log_stage, s.sheet_stage) AS stage_given,
    s.outcome, s.amount, s.currency,
    CASE WHEN s.currency = tidy._currency() THEN s.amount ELSE s.amount * (SELECT any_value(TRY_CAST(r.meaning AS DECIMAL(18,8)))
        FROM tidy._pairs r WHERE r.setting = 'rates' AND upper(r.word) = s.currency) END AS amount_base, s.created_at, s.updated_at, s.expected_close_date, s.closed_at,
    -- Odoo would take the moment of the migration.
    CASE WHEN s.outcome <> 'open' THEN coalesce(s.closed_at, s.moved_at, s.updated_at, CAST(s.expected_close_date AS TIMESTAMP), s.created_at) END AS closed_at_effective,
    coalesce(m.id, u.user_id) AS owner_id, o.company_id, k.id AS contact_id,
    coalesce('people:' || k.id, 'companies:' || o.company_id) AS customer, s.contact_email,
    p.people AS stakeholder_ids, p.unknown AS stakeholders_unknown, s.is_private,
    CASE WHEN s.outcome = 'lost' THEN 'reason-' || left(md5(tidy._form(coalesce(s.lost_reason, 'Closed Lost'))), 12) END AS lost_reason_id,
    s.next_step, s.score, s.description, s.given_tags, s.pipeline AS pipeline_name, s._place
FROM tidy._deal_states s JOIN tidy._deal_stages t USING (id)
LEFT JOIN (SELECT email, min(id) AS id FROM tidy.users GROUP BY 1) m ON m.email = s.owner_email
LEFT JOIN tidy._owners u ON u.form = tidy._form(s.owner)
LEFT JOIN tidy._company_of o ON o.form IS NOT DISTINCT FROM s.company_form AND o.domain IS NOT DISTINCT FROM CASE WHEN NOT tidy._is_generic(s.company_domain) THEN s.company_domain END
LEFT JOIN tidy._known k ON k.word = s.contact_email
LEFT JOIN tidy._stakeholders p ON p.id = s.id;

INSERT INTO tidy._findings
SELECT 'deals', id, 'stage_id', 'the log gives no times and ends in no one stage: the last line counts', 'warning' FROM tidy._deal_states WHERE is_unsure
UNION ALL SELECT 'deals', id, 'outcome', 'was moved again after it was closed: open', 'warning' FROM tidy._deal_states WHERE is_reopened
UNION ALL SELECT 'deals', id, 'outcome', 'was won, but its last stage is no won one', 'warning' FROM tidy._deal_states WHERE outcome = 'won' AND stage_outcome <> 'won'
UNION ALL SELECT 'deals', id, 'stage_id', 'the sheet names another stage than the log of webhooks: the log counts', 'warning' FROM tidy._deal_states
    WHERE log_stage IS NOT NULL AND sheet_stage IS NOT NULL AND stage_form <> sheet_form
UNION ALL SELECT 'deals', d.id, 'stage_id', 'its stage is in no list of the pipeline', 'warning' FROM tidy.deals d JOIN tidy.stages g ON g.id = d.stage_id WHERE g.is_unlisted
UNION ALL SELECT 'deals', id, 'closed_at', 'no closing time is told: that of its last change, else its expected or first day', 'warning' FROM tidy.deals
    WHERE outcome <> 'open' AND closed_at IS NULL
UNION ALL SELECT 'deals', id, 'customer', 'its contact or company is not among those given', 'warning' FROM tidy.deals WHERE customer IS NULL
UNION ALL SELECT 'deals', id, 'stakeholder_ids', 'some of its stakeholders are not among the contacts', 'warning' FROM tidy.deals WHERE stakeholders_unknown IS NOT NULL
UNION ALL SELECT 'deals', id, 'amount', 'no rate is given for its currency: its expected revenue stays 0', 'warning' FROM tidy.deals WHERE amount <> 0 AND amount_base IS NULL
UNION ALL SELECT 'deals', id, p.problem, tidy._unread(p.problem), 'warning' FROM tidy._deal_states, unnest(tidy._list(problems)) p(problem);
