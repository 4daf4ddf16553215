CREATE TABLE organizations AS
WITH numbered AS (
    SELECT i AS id,
           CASE WHEN d_org_near_duplicate(i) THEN i - 1 ELSE i END AS named_after
    FROM range(1, $n_organizations + 1) AS t(i)
),
chosen AS (
    SELECT n.id, n.named_after, below('org-place', n.named_after, $n_places) AS slot
    FROM numbered AS n
),
parts AS (
    SELECT c.id, c.named_after, p.*,
           one_of('org-stem', c.named_after, p.family) AS stem,
           one_of('org-stem', c.named_after,
                  CASE WHEN len(p.family_latin) > 0 THEN p.family_latin ELSE p.family END) AS latin,
           one_of('org-sector', c.named_after, p.sectors) AS sector,
           one_of('org-suffix', c.id, p.suffixes) AS suffix,
           one_of('org-city', c.named_after, p.cities) AS city,
           one_of('org-street', c.named_after, p.streets_json) AS street_json
    FROM chosen AS c JOIN places AS p USING (slot)
),
named AS (
    SELECT *,
        CASE
            WHEN d_org_blank_name(id) THEN '   '
            WHEN d_org_formula_name(id) THEN '=HYPERLINK("http://a.example";"' || stem || '")' || id
            WHEN d_org_script_name(id) THEN '<script>alert(' || id || ')</script>' || stem
            WHEN d_org_long_name(id) THEN left(repeat(stem || ' & ' || sector || ' ', 30), 240) || id
            WHEN d_org_near_duplicate(id) AND id % 3 = 0 THEN upper(stem || ' ' || sector)
            WHEN d_org_near_duplicate(id) THEN stem || ' ' || sector || ', ' || suffix
            ELSE stem || ' ' || sector || ' ' || suffix
        END AS plain_name
    FROM parts
),
-- The unique key ignores case and accents, so a repeated name gets a number as a user would add.
counted AS (
    SELECT *, row_number() OVER (
        PARTITION BY lower(strip_accents(plain_name)) ORDER BY id) AS repetition
    FROM named
),
placed AS (
    SELECT *,
        '{"address":"' || street_json || ' ' || street_number('org-number', named_after)
        || CASE WHEN id % 7 = 0 THEN '\n2. OG' ELSE '' END
        || '","country":"' || country || '","state":"'
        || CASE WHEN d_org_address_free_state(id) THEN 'near ' || city.city_json ELSE city.state_json END
        || '","city":"' || city.city_json || '","postcode":"' || city.postcode || '"}' AS full_address
    FROM counted
)
SELECT id,
    CASE WHEN repetition > 1 THEN plain_name || ' ' || repetition ELSE plain_name END AS name,
    CASE
        WHEN d_org_address_json_null(id) THEN 'null'
        WHEN d_org_address_empty(id) THEN '""'
        WHEN d_org_address_double(id) THEN encoded_twice(full_address)
        WHEN d_org_address_partial(id) THEN '{"address":"","country":"' || country || '","state":null}'
        WHEN d_org_address_null(id) THEN NULL
        ELSE full_address
    END AS address,
    CASE WHEN d_org_no_owner(id) THEN NULL ELSE owner('org-owner', id) END AS user_id,
    since_start('org', id, $n_organizations) AS created_moment,
    db_time(since_start('org', id, $n_organizations)) AS created_at,
    db_time(days_after(since_start('org', id, $n_organizations), 'org-update', id, 200)) AS updated_at,
    slot,
    full_address,
    slug(latin) || (100 + below('org-domain', named_after, 900)) || '.' || tld || '.example' AS domain
FROM placed;
