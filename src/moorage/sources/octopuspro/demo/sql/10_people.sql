-- Who there is: customers, their properties, field workers. `scale()` and `seed()` stand before this
-- file. Tables named t_… are the truth that tests hold Moorage to; files are made of them.

CREATE MACRO unit(name, n) AS (hash(name || '|' || seed() || '|' || n) % 1000003) / 1000003.0;
CREATE MACRO pick(name, n, items) AS items[1 + CAST(floor(unit(name, n) * len(items)) AS INTEGER)];
CREATE MACRO between_(name, n, low, high) AS low + CAST(floor(unit(name, n) * (high - low + 1)) AS INTEGER);

CREATE TABLE t_workers AS
SELECT n AS id, first_name, last_name, first_name || ' ' || last_name AS display_name,
    lower(first_name) || '.' || n || '@crew.example' AS email,
    n % 7 <> 5 AS active, CAST(28 + n % 15 AS DECIMAL(18, 2)) AS pay_rate,
    pick('track', n, ['Always', 'On the job', 'Never']) AS tracking, 11 + n % 2 AS company_id
FROM (SELECT n,
        pick('worker-first', n, ['Liam', 'Noah', 'Ava', 'Mia', 'Zoë', 'Omar', 'Ngozi', 'Wei', 'Priya', 'José']) AS first_name,
        pick('worker-last', n, ['Smith', 'Nguyen', 'O''Brien', 'Díaz', 'Khan', 'Müller', 'Rossi', 'Papadopoulos, Jr.']) AS last_name
    FROM range(1, greatest(6, least(scale() // 50, 120)) + 1) t(n));

CREATE TABLE t_customers AS
SELECT n, n + 1000 AS id, n % 4 = 0 AS is_business,
    pick('title', n, ['Mr', 'Mrs', 'Ms', 'Dr', NULL]) AS title,
    pick('first', n, ['Ann', 'Bob', 'Chloé', 'Dinesh', 'Eva', 'Farid', 'Grace', 'Hugo', 'Ines', 'Jack', 'Kim', 'Lucy']) AS first_name,
    pick('last', n, ['Lee', 'Brown', 'García', 'Singh', 'Tran', 'Kelly', 'Weiß', 'Novak', 'Okafor', 'D’Angelo', 'White', 'Young']) AS last_name,
    CASE WHEN n % 4 = 0 THEN pick('business', n, ['Harbour', 'Sunrise', 'Blue Gum', 'Northside', 'Coastal', 'Metro & Co'])
        || ' ' || pick('business-2', n, ['Cafe', 'Dental', 'Strata', 'Realty', 'Logistics', 'Childcare']) || ' ' || n END AS business_name,
    CASE WHEN n % 23 <> 7 THEN 'customer' || n || '@example.com' END AS email,
    CASE WHEN n % 9 = 0 THEN 'second' || n || '@example.com' END AS email2,
    CASE WHEN n % 27 = 0 THEN 'third' || n || '@example.com' END AS email3,
    '04' || lpad(CAST(10000000 + n AS VARCHAR), 8, '0') AS mobile,
    CASE WHEN n % 9 = 0 THEN '04' || lpad(CAST(20000000 + n AS VARCHAR), 8, '0') END AS mobile2,
    CASE WHEN n % 3 = 0 THEN '02 9' || lpad(CAST(n % 1000 AS VARCHAR), 3, '0') || ' 4' || lpad(CAST(n % 997 AS VARCHAR), 3, '0') END AS phone,
    CASE WHEN n % 8 = 0 THEN 'Pat' END AS first_name2, CASE WHEN n % 8 = 0 THEN 'Contact' || n END AS last_name2,
    CASE WHEN n % 16 = 0 THEN 'Sam' END AS first_name3, CASE WHEN n % 16 = 0 THEN 'Third' || n END AS last_name3,
    CASE WHEN n % 6 = 0 THEN 'Unit ' || n % 40 END AS unit, CAST(1 + n % 250 AS VARCHAR) AS street_number,
    pick('street', n, ['George St', 'Hunter Street', 'Ocean Parade', 'King Rd', 'The "Old" Lane']) AS street,
    pick('suburb', n, ['Bondi', 'Parramatta', 'Manly', 'Richmond', 'Fitzroy']) AS suburb,
    pick('state', n, ['NSW', 'VIC', 'QLD']) AS state, lpad(CAST(800 + n % 3000 AS VARCHAR), 4, '0') AS postcode,
    'Australia' AS country,
    CAST('2019-01-01' AS DATE) + between_('joined', n, 0, 2200) AS date_joined,
    CASE WHEN n % 5 = 0 THEN 'VIP' WHEN n % 5 = 1 THEN 'regular; Vip' END AS labels,
    CASE WHEN n % 11 = 0 THEN 'Gate on the left.<br>Beware &amp; call first'
        WHEN n % 11 = 1 THEN 'Two lines' || chr(10) || 'of “notes”' END AS notes,
    n % 41 = 6 AS is_deleted, 11 + n % 2 AS company_id,
    pick('roof', n, ['Tile', 'Metal', 'Slate', NULL]) AS roof, CASE WHEN n % 2 = 0 THEN n % 9 END AS windows
FROM range(1, scale() + 1) t(n);

-- The same people once more, from an import that was repeated: another id, the phone written anew.
CREATE TABLE t_repeated AS
SELECT * REPLACE (id + 900000 AS id, '+61 ' || mobile[2:4] || ' ' || mobile[5:] AS mobile)
FROM t_customers WHERE n % 31 = 5;

CREATE TABLE t_properties AS
SELECT n AS id, n + 1000 AS customer_id, pick('property', n, ['Site', 'Vehicle', 'Pet', 'Child']) AS property_type,
    pick('property-name', n, ['Beach house', 'White van', 'Rex', 'Holiday flat']) || ' ' || n AS property_name,
    CASE WHEN n % 2 = 0 THEN 'colour: white' END AS remark
FROM range(1, scale() + 1) t(n) WHERE n % 5 = 0;
