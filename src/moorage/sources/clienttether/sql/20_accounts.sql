-- Accounts: brand, owner, unit. Those that only a web key or a folder names have no more than that.

CREATE TABLE tidy._account_rows AS
SELECT coalesce(a._own, n.account) AS id, tidy._filled(a.company_name) AS name,
    tidy._filled(a.parent_account_id) AS parent, tidy._filled(a.level) AS level,
    tidy._filled(a.account_owner) AS owner, tidy._filled(a.email) AS email, tidy._filled(a.phone) AS phone,
    tidy._filled(a.web_address) AS website, tidy._decimal(a.royalty_rate) AS royalty_rate,
    tidy._decimal(a.marketing_rate) AS marketing_rate, tidy._truth(a.proposals_active) AS proposals_active,
    tidy._filled(a.time_zone) AS zone_given,
    (SELECT min(z.name) FROM pg_timezone_names() z WHERE lower(z.name) = lower(trim(a.time_zone))) AS zone
FROM tidy._accounts a
FULL JOIN (SELECT DISTINCT account FROM tidy._named_accounts WHERE account <> '') n ON n.account = a._own;

-- From the top down, so that a circle of parents ends.
CREATE TABLE tidy._levels AS
WITH RECURSIVE down AS (
    SELECT id, 1 AS depth FROM tidy._account_rows
    WHERE parent IS NULL OR parent = id OR parent NOT IN (SELECT id FROM tidy._account_rows)
    UNION ALL
    SELECT a.id, d.depth + 1 FROM tidy._account_rows a JOIN down d ON a.parent = d.id AND a.id <> d.id
)
SELECT id, max(depth) AS depth FROM down GROUP BY id;

CREATE TABLE tidy.accounts AS
SELECT a.id, coalesce(a.name, 'Account ' || a.id) AS name,
    CASE WHEN l.depth > 1 THEN a.parent END AS parent_id, a.level, l.depth, a.owner AS owner_name,
    a.email, a.phone, tidy._given_country() AS phone_country, a.website, a.royalty_rate, a.marketing_rate,
    a.proposals_active, coalesce(a.zone, tidy._given_zone()) AS time_zone
FROM tidy._account_rows a LEFT JOIN tidy._levels l ON l.id = a.id;

CREATE TABLE tidy._zones AS
SELECT id AS account, time_zone AS zone FROM tidy.accounts UNION ALL SELECT '', tidy._given_zone();

CREATE MACRO tidy._zone(a) AS coalesce((SELECT zone FROM tidy._zones WHERE account = a), tidy._given_zone());

INSERT INTO tidy._findings
SELECT 'accounts', id, 'parent_id', 'it stands on level ' || depth || ' of the hierarchy: three were expected', 'warning'
FROM tidy.accounts WHERE depth > 3
UNION ALL
SELECT 'accounts', id, 'parent_id', 'its parents form a circle: it stands alone', 'warning'
FROM tidy.accounts WHERE depth IS NULL
UNION ALL
SELECT 'accounts', id, 'parent_id', 'the account above it is not among those given', 'warning'
FROM tidy._account_rows WHERE parent NOT IN (SELECT id FROM tidy._account_rows)
UNION ALL
SELECT 'accounts', id, 'time_zone', 'the time zone is not known by this name: the project''s is taken', 'warning'
FROM tidy._account_rows WHERE zone IS NULL AND zone_given IS NOT NULL;
