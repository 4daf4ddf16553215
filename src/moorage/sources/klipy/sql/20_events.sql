-- The log of webhooks. Lines that were delivered twice count once; what came first in the log need
-- not have happened first.

CREATE TABLE tidy._event_rows AS
WITH read AS (
    SELECT _file AS file, TRY_CAST(_line AS BIGINT) AS line, lower(trim(type)) AS type, data,
        coalesce(tidy._utc(moment), tidy._utc(replace(replace(coalesce(data->>'timestamp', data->>'occurred_at', data->>'moved_at', data->>'closed_at'), 'T', ' '), 'Z', '+00'))) AS moment
    FROM (SELECT * REPLACE (CASE WHEN json_valid(data) THEN CAST(data AS JSON) END AS data) FROM raw.events)
)
SELECT type, data, moment, arg_min(file, (file, line)) AS file, arg_min(line, (file, line)) AS line
FROM read WHERE data IS NOT NULL GROUP BY type, data, moment;

CREATE TABLE tidy._deal_events AS
SELECT type, data->>'deal_id' AS deal_id, data, moment, file, line, trim(data->>'from') AS stage_from, trim(data->>'to') AS stage_to,
    (data->>'won') = 'true' AS won,
    bool_and(moment IS NOT NULL) OVER (PARTITION BY data->>'deal_id') AS is_timed
FROM tidy._event_rows WHERE type LIKE 'deal.%' AND tidy._filled(data->>'deal_id') IS NOT NULL;

-- Where times are missing, the last stage is the one that was entered once more than left.
CREATE TABLE tidy._deal_ends AS
WITH passed AS (
    SELECT deal_id, tidy._form(stage) AS form, min(stage) AS stage, sum(step) AS balance FROM (
        SELECT deal_id, stage_to AS stage, 1 AS step FROM tidy._deal_events WHERE type = 'deal.moved'
        UNION ALL SELECT deal_id, stage_from, -1 FROM tidy._deal_events WHERE type = 'deal.moved')
    WHERE stage IS NOT NULL GROUP BY deal_id, tidy._form(stage)
), ends AS (
    SELECT deal_id, min(stage) AS stage FROM passed WHERE balance > 0 GROUP BY 1 HAVING count(*) = 1
), lasts AS (
    SELECT deal_id, any_value(is_timed) AS is_timed,
        arg_max(stage_to, (moment, file, line)) FILTER (type = 'deal.moved' AND is_timed) AS timed_stage,
        arg_max(stage_to, (file, line)) FILTER (type = 'deal.moved') AS last_stage,
        max(moment) FILTER (type = 'deal.moved') AS moved_at, max(moment) FILTER (type = 'deal.closed') AS closed_at,
        arg_max(won, (coalesce(moment, TIMESTAMP '1970-01-01'), file, line)) FILTER (type = 'deal.closed') AS won,
        count(*) FILTER (type = 'deal.moved') AS move_count, count(*) FILTER (type = 'deal.closed') AS close_count,
        list(tidy._form(stage_from)) FILTER (type = 'deal.moved') AS left_stages
    FROM tidy._deal_events GROUP BY deal_id
)
SELECT l.deal_id, coalesce(l.timed_stage, e.stage, l.last_stage) AS stage, l.won, l.closed_at, l.moved_at, l.close_count,
    l.is_timed, l.left_stages, NOT l.is_timed AND e.stage IS NULL AND l.move_count > 1 AS is_unsure
FROM lasts l LEFT JOIN ends e USING (deal_id);

CREATE TABLE tidy._deal_words AS
SELECT deal_id, arg_max(data, (type = 'deal.created', coalesce(moment, TIMESTAMP '1970-01-01'), file, line)) AS data,
    arg_max(data->>'owner_name', (coalesce(moment, TIMESTAMP '1970-01-01'), file, line)) AS owner_name
FROM tidy._deal_events WHERE tidy._filled(data->>'deal_name') IS NOT NULL GROUP BY deal_id;

-- What else the log tells: people who came in, and what was said with whom.
CREATE TABLE tidy._event_people AS
SELECT coalesce(data->>'id', data->'lead'->>'id') AS id, d->>'first_name' AS first_name, d->>'last_name' AS last_name, d->>'email' AS email,
    d->>'title' AS title, d->>'company_name' AS company, d->>'company_domain' AS company_domain, d->>'linkedin' AS linkedin,
    d->>'city' AS city, d->>'state' AS state, d->>'country' AS country, file AS _file, CAST(line AS VARCHAR) AS _line
FROM (SELECT *, coalesce(data->'lead', data) AS d FROM tidy._event_rows WHERE type = 'lead.captured')
WHERE coalesce(data->>'id', data->'lead'->>'id') IS NOT NULL;

-- Whom the log adds to a deal.
CREATE TABLE tidy._deal_contacts AS
SELECT deal_id, list(DISTINCT word ORDER BY word) AS words FROM (
    SELECT deal_id, coalesce(c->>'id', data->>'contact_id', tidy._mail(coalesce(c->>'email', data->>'contact_email'))) AS word
    FROM (SELECT *, coalesce(data->'contact', data->'point_of_contact') AS c FROM tidy._deal_events WHERE type = 'deal.contact_added')
) WHERE word IS NOT NULL GROUP BY deal_id;

-- Several events may tell of one booking: what the last one says counts, the others fill the rest.
CREATE TABLE tidy._event_interactions AS
WITH told AS (
    SELECT coalesce(d->>'id', d->>'interaction_id', d->>'booking_id', d->>'meeting_id', 'event-' || left(md5(type || CAST(data AS VARCHAR)), 16)) AS id,
        CAST(coalesce(d->'contacts', d->'attendees', CASE WHEN (d->'contact') IS NOT NULL THEN json_array(d->'contact') END) AS VARCHAR) AS contacts,
        CAST(d->'companies' AS VARCHAR) AS companies, tidy._mail(coalesce(d->>'contact_email', d->'contact'->>'email')) AS contact_email,
        coalesce(d->>'title', d->>'name', d->>'subject') AS title, d->>'summary' AS summary, d->>'direction' AS direction, d->>'source' AS source,
        coalesce(d->>'type', CASE WHEN type = 'booking.cancelled' THEN 'BOOKING_CANCELLED' WHEN type LIKE 'booking.%' THEN 'BOOKING_CREATED' ELSE 'MEETING' END) AS type,
        replace(replace(coalesce(d->>'interaction_date', d->>'start_time', d->>'starts_at', d->>'date'), 'T', ' '), 'Z', '+00') AS date,
        replace(replace(coalesce(d->>'end_time', d->>'ends_at'), 'T', ' '), 'Z', '+00') AS "end",
        CASE WHEN type = 'meeting.no_showed' THEN 'no show' WHEN type LIKE '%cancelled' THEN 'cancelled' ELSE '' END AS status,
        file AS _file, CAST(line AS VARCHAR) AS _line,
        row_number() OVER (ORDER BY moment NULLS FIRST, type IN ('booking.cancelled', 'meeting.no_showed'), type = 'booking.rescheduled', file, line) AS place
    FROM (SELECT *, coalesce(data->'interaction', data->'booking', data->'meeting', data) AS d FROM tidy._event_rows
        WHERE type = 'interaction.captured' OR type LIKE 'booking.%' OR type IN ('meeting.completed', 'meeting.no_showed'))
)
SELECT id, arg_max(COLUMNS(* EXCLUDE (id, place)), place) FROM told GROUP BY id;
