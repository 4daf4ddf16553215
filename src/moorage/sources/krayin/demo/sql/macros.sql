-- Everything random comes from a hash of (record id, purpose, seed): any row can be made alone, and
-- the same seed gives the same row whatever the order or number of threads.
CREATE MACRO h(k, i) AS hash(i, k, $seed);
CREATE MACRO unit(k, i) AS (h(k, i) >> 11)::DOUBLE / 9007199254740992;
CREATE MACRO below(k, i, n) AS (h(k, i) % n)::BIGINT;
CREATE MACRO one_of(k, i, list) AS list[1 + (h(k, i) % len(list))::BIGINT];
CREATE MACRO gauss(k, i) AS sqrt(-2 * ln(1 - unit(k || '-radius', i))) * cos(2 * pi() * unit(k, i));
CREATE MACRO money(x) AS round(x, 2)::DECIMAL(12, 4);
CREATE MACRO slug(s) AS regexp_replace(lower(strip_accents(s)), '[^a-z0-9]', '', 'g');
CREATE MACRO digits(k, i, n) AS lpad((h(k, i) % (10 ** n)::UBIGINT)::VARCHAR, n, '0');
CREATE MACRO dialled(k, i, template) AS replace(replace(replace(replace(template,
    '{4}', digits(k, i, 4)), '{5}', digits(k, i, 5)), '{7}', digits(k, i, 7)), '{8}', digits(k, i, 8));
CREATE MACRO entry(v, label) AS '{"value":' || to_json(v)::VARCHAR || ',"label":"' || label || '"}';
CREATE MACRO encoded_twice(j) AS to_json(j)::VARCHAR;
CREATE MACRO street_number(k, i) AS (1 + below(k, i, 240))::VARCHAR;

-- Days run with the ids, as in a database that grew. Office hours are those of the zone's standard
-- time; one record in twenty comes at night, as web forms do.
CREATE MACRO wall(utc) AS $wall;
CREATE MACRO since_start(k, i, n) AS wall(
    TIMESTAMP '2022-01-03 00:00:00'
    + to_days(((i - unit(k || '-day', i)) * 1700 / n)::INTEGER)
    + to_seconds(CASE WHEN unit(k || '-night', i) < 0.05 THEN below(k, i, 86400)
                      ELSE 32400 + below(k, i, 36000) END)
    - to_minutes($standard_minutes));
CREATE MACRO days_after(t, k, i, n) AS least(
    t + to_seconds(below(k, i, n * 86400)), TIMESTAMP '2026-09-30 18:00:00');
CREATE MACRO db_time(t) AS strftime(t, '%Y-%m-%d %H:%M:%S');

-- Owners: a few users hold most records.
CREATE MACRO owner(k, i) AS 1 + floor($n_users * pow(unit(k, i), 1.6))::BIGINT;
