-- Companies: as the API and the lists give them, then those that people and deals only name.

CREATE TABLE tidy._company_all AS
SELECT id, coalesce(tidy._filled(name), tidy._domain(domain), id) AS name, coalesce(tidy._domain(domain), tidy._domain(website)) AS domain,
    * EXCLUDE (id, name, domain)
FROM tidy._companies;

-- What records call their company: by name, by domain, or both.
CREATE TABLE tidy._mentions AS
SELECT DISTINCT name, tidy._form(name) AS form, CASE WHEN NOT tidy._is_generic(domain) THEN domain END AS domain FROM (
    SELECT tidy._filled(company) AS name, tidy._domain(company_domain) AS domain FROM tidy._people
        WHERE company_id IS NULL OR company_id NOT IN (SELECT id FROM tidy._company_all)
    UNION ALL SELECT tidy._filled(company), tidy._domain(company_domain) FROM tidy._deals
    UNION ALL SELECT tidy._filled(company), tidy._domain(company_domain) FROM tidy._notes
    UNION ALL SELECT tidy._filled(data->'company'->>'name'), tidy._domain(data->'company'->>'domain') FROM tidy._deal_words
) WHERE name IS NOT NULL OR domain IS NOT NULL;

CREATE TABLE tidy._named AS
WITH fitting AS (
    SELECT m.form, m.domain, c.id, m.domain = c.domain AS is_sure
    FROM tidy._mentions m JOIN tidy._company_all c ON m.form = tidy._form(c.name)
    WHERE m.domain = c.domain OR m.domain IS NULL OR c.domain IS NULL
    UNION
    SELECT m.form, m.domain, c.id, false FROM tidy._mentions m JOIN tidy._company_all c ON m.domain = c.domain WHERE m.form IS NULL
)
SELECT form, domain, count(DISTINCT id) AS fitting_count,
    CASE WHEN count(DISTINCT id) FILTER (is_sure) = 1 THEN min(id) FILTER (is_sure) WHEN count(DISTINCT id) = 1 THEN min(id) END AS id
FROM fitting GROUP BY ALL;

CREATE TABLE tidy._company_of AS
SELECT m.form, m.domain, coalesce(n.fitting_count, 0) AS fitting_count,
    coalesce(n.id, CASE WHEN m.form IS NOT NULL AND n.fitting_count IS NULL THEN 'named-' || left(md5(m.form), 12) END) AS company_id
FROM (SELECT form, domain FROM tidy._mentions GROUP BY ALL) m
LEFT JOIN tidy._named n ON n.form IS NOT DISTINCT FROM m.form AND n.domain IS NOT DISTINCT FROM m.domain;

CREATE TABLE tidy.companies AS
SELECT id, tidy._filled(name) AS name, CASE WHEN NOT tidy._is_generic(domain) THEN domain END AS domain,
    tidy._is_generic(domain) AND tidy._form(name) IN (tidy._form(domain), tidy._form(split_part(domain, '.', 1))) AS is_generic,
    tidy._filled(industry) AS industry, tidy._filled(size) AS size, tidy._filled(website) AS website,
    tidy._decimal(estimated_revenue) AS estimated_revenue, tidy._filled(linkedin) AS linkedin, tidy._filled(description) AS description,
    tidy._filled(city) AS city, tidy._filled(state) AS state, tidy._filled(country) AS country,
    false AS is_only_named, tidy._form(owner) AS owner_form, tidy._utc(created) AS created_at, tidy._utc(updated) AS updated_at,
    tags AS given_tags, place AS _place
FROM tidy._company_all
UNION ALL BY NAME
SELECT o.company_id AS id, min(m.name) AS name, min(m.domain) AS domain, false AS is_generic, true AS is_only_named
FROM tidy._company_of o JOIN tidy._mentions m USING (form) WHERE o.company_id LIKE 'named-%' GROUP BY o.company_id;

INSERT INTO tidy._findings
SELECT 'companies', id, 'domain', 'has the domain of a mail service: it is left out', 'warning' FROM tidy.companies c
WHERE NOT is_generic AND EXISTS (SELECT 1 FROM tidy._company_all a WHERE a.id = c.id AND tidy._is_generic(a.domain))
UNION ALL
SELECT 'companies', id, 'domain', 'shares its domain with a company of another name: they are not merged', 'warning' FROM (
    SELECT id, count(DISTINCT tidy._form(name)) OVER (PARTITION BY domain) AS number FROM tidy.companies WHERE domain IS NOT NULL
) WHERE number > 1
UNION ALL
SELECT 'companies', id, p.problem, 'cannot be read: left empty', 'warning' FROM tidy._companies, unnest(tidy._list(problems)) p(problem);
