-- What happened, and what is to be done. One message on the main record, all people linked.

CREATE TABLE tidy._interaction_people AS
SELECT w.id, tidy._unique(list(k.id ORDER BY w.place)) AS people, arg_min(k.id, w.place) AS first_id,
    string_agg(DISTINCT w.word, ', ' ORDER BY w.word) FILTER (k.id IS NULL) AS unknown
FROM (SELECT id, unnest(words) AS word, generate_subscripts(words, 1) AS place
    FROM (SELECT id, list_concat(tidy._ids(contacts), [tidy._filled(contact_email)]) AS words FROM tidy._interactions)) w
LEFT JOIN tidy._known k ON k.word = coalesce(tidy._mail(w.word), w.word) WHERE w.word IS NOT NULL
GROUP BY w.id;

CREATE TABLE tidy._interaction_companies AS
SELECT w.id, tidy._unique(list(c.id ORDER BY w.place) FILTER (NOT c.is_generic)) AS company_ids, count(DISTINCT c.id) AS named_count
FROM (SELECT id, unnest(words) AS word, generate_subscripts(words, 1) AS place FROM (SELECT id, tidy._ids(companies) AS words FROM tidy._interactions)) w
JOIN tidy.companies c ON c.id = w.word GROUP BY w.id;

CREATE TABLE tidy._interaction_all AS
SELECT i.id, p.people, p.first_id, p.unknown AS unknown_people, coalesce(b.company_ids, []) AS company_ids,
    len(tidy._unique(tidy._ids(i.companies))) > coalesce(b.named_count, 0) AS lacks_company,
    d.id AS deal_id, d.id IS NULL AND tidy._filled(i.deal_id) IS NOT NULL AS lacks_deal, upper(trim(i.direction)) AS direction, tidy._filled(i.sentiment) AS sentiment, tidy._filled(i.source) AS channel,
    upper(replace(replace(trim(i.type), ' ', '_'), '-', '_')) AS type, tidy._filled(i.title) AS title, i.summary,
    coalesce(tidy._utc(i.date), tidy._utc(i.created)) AS happened_at, tidy._utc(i."end") AS ended_at, tidy._utc(i.created) AS created_at,
    u.user_id AS author_id, tidy._filled(i.created_by) AS author_name, lower(tidy._filled(i.status)) AS status,
    tidy._is_private(i.private, i.problems) AS is_private, i.problems, i.place AS _place
FROM tidy._interactions i LEFT JOIN tidy._interaction_people p ON p.id = i.id LEFT JOIN tidy._interaction_companies b ON b.id = i.id
LEFT JOIN tidy.deals d ON d.id = i.deal_id LEFT JOIN tidy._owners u ON u.form = tidy._form(tidy._filled(i.created_by));

CREATE TABLE tidy.interactions AS
SELECT id, CASE WHEN deal_id IS NOT NULL THEN 'deals:' || deal_id WHEN first_id IS NOT NULL THEN 'people:' || first_id
        WHEN len(company_ids) > 0 THEN 'companies:' || company_ids[1] END AS record,
    CASE WHEN deal_id IS NOT NULL THEN 'deals' WHEN first_id IS NOT NULL THEN 'people' WHEN len(company_ids) > 0 THEN 'companies' END AS record_object,
    list_concat(list_transform(coalesce(people, []), lambda x: 'people:' || x), list_transform(company_ids, lambda x: 'companies:' || x)) AS participants,
    deal_id, type, channel, direction, sentiment, coalesce(title, type, 'Interaction') AS title, tidy._html(summary) AS body,
    happened_at, CASE WHEN ended_at > happened_at THEN ended_at ELSE happened_at + INTERVAL 30 MINUTE END AS ended_at,
    CAST(happened_at AS DATE) AS deadline, created_at, author_id, is_private,
    CASE WHEN list_contains(tidy._listed('open_statuses'), status) THEN 'activity'
        WHEN list_contains(list_transform(tidy._listed('meeting_types'), lambda x: upper(x)), type) THEN 'meeting' ELSE 'message' END AS kind,
    coalesce(status IN ('cancelled', 'canceled') OR type = 'BOOKING_CANCELLED', false) AS is_cancelled,
    CASE WHEN direction = 'INBOUND' AND len(people) > 0 THEN 'people:' || people[1] WHEN author_id IS NOT NULL THEN 'users:' || author_id END AS author,
    '<p><b>' || tidy._escaped(coalesce(title, type, 'Interaction')) || '</b></p>' AS heading,
    '<p>' || tidy._escaped(concat_ws(' · ', 'Klipy', coalesce(channel, type), direction, sentiment, status, CASE WHEN author_id LIKE 'name-%' THEN author_name END, 'also with ' || unknown_people)) || '</p>' AS details, _place
FROM tidy._interaction_all;

CREATE TABLE tidy.notes AS
SELECT n.id, CASE WHEN d.id IS NOT NULL THEN 'deals:' || d.id WHEN k.id IS NOT NULL THEN 'people:' || k.id WHEN o.company_id IS NOT NULL THEN 'companies:' || o.company_id END AS record,
    CASE WHEN d.id IS NOT NULL THEN 'deals' WHEN k.id IS NOT NULL THEN 'people' WHEN o.company_id IS NOT NULL THEN 'companies' END AS record_object,
    tidy._html(n.body) AS body, tidy._utc(n.created) AS happened_at, u.user_id AS author_id, tidy._is_private(n.private, n.problems) AS is_private,
    '<p>' || tidy._escaped(CASE WHEN u.user_id LIKE 'name-%' THEN 'By ' || tidy._filled(n.author) END) || '</p>' AS details, n.place AS _place
FROM tidy._notes n LEFT JOIN tidy.deals d ON d.id = n.deal_id
LEFT JOIN tidy._known k ON k.word = coalesce(n.contact_id, tidy._mail(n.contact_email))
LEFT JOIN tidy._company_of o ON o.form IS NOT DISTINCT FROM tidy._form(tidy._filled(n.company)) AND o.domain IS NOT DISTINCT FROM CASE WHEN NOT tidy._is_generic(tidy._domain(n.company_domain)) THEN tidy._domain(n.company_domain) END
LEFT JOIN tidy._owners u ON u.form = tidy._form(tidy._filled(n.author));

CREATE TABLE tidy.drafts AS
SELECT n.id, CASE WHEN d.id IS NOT NULL THEN 'deals:' || d.id WHEN k.id IS NOT NULL THEN 'people:' || k.id END AS record,
    CASE WHEN d.id IS NOT NULL THEN 'deals' WHEN k.id IS NOT NULL THEN 'people' END AS record_object,
    tidy._filled(n.subject) AS subject, tidy._html(n.body) AS body, tidy._utc(n.created) AS happened_at, u.user_id AS author_id,
    tidy._filled(n.status) AS status, tidy._filled(n.channel) AS channel, tidy._filled(n.trigger) AS trigger,
    '<p><b>AI draft' || coalesce(': ' || tidy._escaped(tidy._filled(n.subject)), '') || '</b></p><p>' || tidy._escaped(concat_ws(' · ',
        'Written by Klipy''s AI, not sent by this migration', tidy._filled(n.channel), tidy._filled(n.trigger), tidy._filled(n.status))) || '</p>' AS heading, n.place AS _place
FROM tidy._drafts n LEFT JOIN tidy.deals d ON d.id = n.deal_id
LEFT JOIN tidy._known k ON k.word = coalesce(n.contact_id, tidy._mail(n.contact_email))
LEFT JOIN tidy._owners u ON u.form = tidy._form(tidy._filled(n.author));

-- Tags: what differs in case, blanks and marks is one.
CREATE TABLE tidy._tagged AS
SELECT 'people' AS object, id, unnest(tidy._list(given_tags)) AS tag FROM tidy.people
UNION SELECT 'companies', id, unnest(tidy._list(given_tags)) FROM tidy.companies
UNION SELECT 'deals', id, unnest(tidy._list(given_tags)) FROM tidy.deals
UNION SELECT object, id, tag FROM (
    SELECT CASE WHEN tidy._form(record_type) LIKE 'deal%' THEN 'deals' WHEN tidy._form(record_type) LIKE 'compan%' THEN 'companies' ELSE 'people' END AS object,
        coalesce(k.id, record_id) AS id, unnest(string_split_regex(tag, '[;|,]')) AS tag
    FROM raw.tags t LEFT JOIN tidy._known k ON k.word = coalesce(tidy._mail(t.record_id), t.record_id) AND tidy._form(record_type) NOT LIKE 'deal%');

CREATE TABLE tidy.tags AS
SELECT tidy._form(tag) AS id, first(trim(tag) ORDER BY tag = lower(tag), tag = upper(tag), tag) AS name, list_sort(list(DISTINCT trim(tag))) AS variants,
    count(*) FILTER (object <> 'deals') AS partner_count, count(*) FILTER (object = 'deals') AS deal_count
FROM tidy._tagged WHERE tidy._form(tag) IS NOT NULL GROUP BY 1;

CREATE TABLE tidy._tag_lists AS
SELECT object, id, list_sort(list(DISTINCT tidy._form(tag))) AS tags FROM tidy._tagged WHERE tidy._form(tag) IS NOT NULL GROUP BY ALL;

CREATE TABLE tidy.attachments AS
WITH read AS (
    SELECT a.*, tidy._form(record_type) AS form, coalesce(tidy._filled(path), CASE WHEN file_name IS NOT NULL THEN 'attachments/' || trim(file_name) END) AS found FROM tidy._attachments a
), placed AS (
    SELECT a.*, CASE WHEN form LIKE 'deal%' THEN 'deals' WHEN form LIKE 'compan%' THEN 'companies' WHEN form LIKE 'interaction%' OR form LIKE 'activit%' THEN 'interactions' ELSE 'people' END AS object FROM read a
)
SELECT a.id, coalesce(tidy._filled(a.file_name), list_last(string_split(split_part(a.found, '?', 1), '/'))) AS name, a.found AS path,
    coalesce(i.record, a.object || ':' || coalesce(d.id, c.id, k.id)) AS record, split_part(coalesce(i.record, a.object || ':' || coalesce(d.id, c.id, k.id)), ':', 1) AS record_object,
    tidy._utc(a.created) AS created_at, a.place AS _place
FROM placed a LEFT JOIN tidy.deals d ON a.object = 'deals' AND d.id = a.record_id
LEFT JOIN tidy.companies c ON a.object = 'companies' AND c.id = a.record_id
LEFT JOIN tidy._known k ON a.object = 'people' AND k.word = coalesce(tidy._mail(a.record_id), a.record_id)
LEFT JOIN tidy.interactions i ON a.object = 'interactions' AND i.id = a.record_id;

INSERT INTO tidy._findings
SELECT object, id, 'record', 'what it belongs to is not among the records given', 'set_aside' FROM (
    SELECT 'interactions' AS object, id, record FROM tidy.interactions UNION ALL SELECT 'notes', id, record FROM tidy.notes
    UNION ALL SELECT 'drafts', id, record FROM tidy.drafts UNION ALL SELECT 'attachments', id, record FROM tidy.attachments
) WHERE record IS NULL
UNION ALL SELECT object, id, 'happened_at', 'has no time that can be read', 'set_aside' FROM (
    SELECT 'interactions' AS object, id, happened_at FROM tidy.interactions UNION ALL SELECT 'notes', id, happened_at FROM tidy.notes
    UNION ALL SELECT 'drafts', id, happened_at FROM tidy.drafts) WHERE happened_at IS NULL
UNION ALL SELECT 'interactions', id, 'body', 'is longer than the 10,000 characters that Klipy keeps', 'warning' FROM tidy.interactions WHERE length(body) > 10000
UNION ALL SELECT 'interactions', id, p.problem, tidy._unread(p.problem), 'warning' FROM tidy._interaction_all, unnest(tidy._list(problems)) p(problem)
UNION ALL SELECT 'notes', id, p.problem, tidy._unread(p.problem), 'warning' FROM tidy._notes, unnest(tidy._list(problems)) p(problem)
UNION ALL SELECT 'interactions', id, 'participants', 'some who took part are no contacts, or several have the address: named in its text', 'warning'
    FROM tidy._interaction_all WHERE unknown_people IS NOT NULL
UNION ALL SELECT 'interactions', id, 'participants', 'some of its companies are not among those given', 'warning' FROM tidy._interaction_all WHERE lacks_company
UNION ALL SELECT 'interactions', id, 'happened_at', 'another meeting on this record begins at the same moment: it may be the same', 'warning' FROM (
    SELECT id, count(*) OVER (PARTITION BY record, happened_at) AS count FROM tidy.interactions WHERE kind = 'meeting' AND record IS NOT NULL
) WHERE count > 1
UNION ALL SELECT 'interactions', id, 'deal_id', 'its deal is not among those given', 'warning' FROM tidy._interaction_all WHERE lacks_deal
UNION ALL SELECT object, id, 'deal_id', 'its deal is not among those given: it goes to the contact or company', 'warning' FROM (
    SELECT 'notes' AS object, n.id, n.deal_id, t.record FROM tidy._notes n JOIN tidy.notes t USING (id)
    UNION ALL SELECT 'drafts', n.id, n.deal_id, t.record FROM tidy._drafts n JOIN tidy.drafts t USING (id)
) WHERE tidy._filled(deal_id) IS NOT NULL AND record IS NOT NULL AND record NOT LIKE 'deals:%'
UNION ALL SELECT DISTINCT 'tags', tidy._form(t.tag), 'id', 'a list of tags names records that are not there', 'warning' FROM tidy._tagged t
    ANTI JOIN (SELECT 'people' AS object, id FROM tidy.people UNION ALL SELECT 'companies', id FROM tidy.companies UNION ALL SELECT 'deals', id FROM tidy.deals) r USING (object, id)
    WHERE tidy._form(t.tag) IS NOT NULL
UNION ALL SELECT 'attachments', id, 'path', 'several rows have this name, and none says its path: it may be the file of another', 'set_aside' FROM (
    SELECT id, count(*) OVER (PARTITION BY trim(file_name)) AS count FROM tidy._attachments WHERE tidy._filled(path) IS NULL AND tidy._filled(file_name) IS NOT NULL
) WHERE count > 1;

ALTER TABLE tidy.people ADD COLUMN tags VARCHAR[];
UPDATE tidy.people SET tags = t.tags FROM tidy._tag_lists t WHERE t.object = 'people' AND t.id = people.id;
ALTER TABLE tidy.companies ADD COLUMN tags VARCHAR[];
UPDATE tidy.companies SET tags = t.tags FROM tidy._tag_lists t WHERE t.object = 'companies' AND t.id = companies.id;
ALTER TABLE tidy.companies ADD COLUMN owner_id VARCHAR;
UPDATE tidy.companies SET owner_id = u.user_id FROM tidy._owners u WHERE u.form = companies.owner_form;
ALTER TABLE tidy.deals ADD COLUMN tags VARCHAR[];
UPDATE tidy.deals SET tags = t.tags FROM tidy._tag_lists t WHERE t.object = 'deals' AND t.id = deals.id;
