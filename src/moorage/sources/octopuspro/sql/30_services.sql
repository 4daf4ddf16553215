-- Services with their zones, and how other files name services and workers.

CREATE TABLE tidy._services AS
SELECT *, coalesce(tidy._id(service_id), tidy._made_id(tidy._form(service))) AS id, tidy._filled(zone) AS in_zone
FROM raw.services WHERE tidy._id(service_id) IS NOT NULL OR tidy._form(service) IS NOT NULL;

-- Services that only bookings and lines name: OctopusPro keeps the name when a service is deleted.
CREATE TABLE tidy._named_services AS
SELECT DISTINCT tidy._id(service_id) AS service_id, tidy._filled(service) AS name FROM (
    SELECT service_id, service FROM raw.invoice_lines UNION ALL SELECT service_id, service FROM raw.quote_lines
    UNION ALL SELECT service_id, service FROM raw.appointments);

CREATE TABLE tidy.services AS
WITH listed AS (
    SELECT id, arg_min(tidy._filled(service), coalesce(in_zone, '')) AS name, any_value(tidy._word(category)) AS category,
        any_value(tidy._word(pricing)) AS pricing,
        coalesce(arg_min(tidy._money(base_price), coalesce(in_zone, '')), 0) AS base_price,
        any_value(TRY_CAST(duration AS DOUBLE)) AS duration_minutes,
        any_value(nullif(array_to_string(tidy._items(options), ', '), '')) AS options,
        any_value(tidy._plain(description)) AS description,
        bool_and(coalesce(active, 'true') = 'true') AS active, false AS is_gone
    FROM tidy._services GROUP BY id
), gone AS (
    SELECT coalesce(service_id, tidy._made_id(tidy._form(name))) AS id, min(name) AS name
    FROM tidy._named_services n
    WHERE (service_id IS NOT NULL OR tidy._form(name) IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM listed l WHERE l.id = n.service_id OR (n.service_id IS NULL AND tidy._form(l.name) = tidy._form(n.name)))
    GROUP BY 1
)
SELECT id, coalesce(name, 'Service ' || id) AS name, category, pricing, base_price, duration_minutes, options, description, active, is_gone FROM listed
UNION ALL
SELECT id, coalesce(name, 'Service ' || id), NULL, NULL, 0, NULL, NULL, NULL, false, true FROM gone;

CREATE TABLE tidy.zones AS
SELECT tidy._form(in_zone) AS id, min(in_zone) AS name FROM tidy._services WHERE in_zone IS NOT NULL GROUP BY 1;

CREATE TABLE tidy.zone_prices AS
SELECT id || '/' || tidy._form(in_zone) AS id, id AS service_id, tidy._form(in_zone) AS zone_id, max(tidy._money(base_price)) AS price
FROM tidy._services WHERE in_zone IS NOT NULL AND tidy._money(base_price) IS NOT NULL GROUP BY ALL;

-- Names that mean exactly one service or worker.
CREATE TABLE tidy._service_names AS
SELECT tidy._form(name) AS form, min(id) AS id FROM tidy.services GROUP BY 1 HAVING count(*) = 1;

CREATE TABLE tidy._worker_names AS
SELECT form, min(id) AS id FROM (SELECT DISTINCT tidy._form(name) AS form, id FROM tidy.fieldworkers) GROUP BY 1 HAVING count(*) = 1;

-- The cells of bookings that list services and workers. A name may hold a comma, so a whole cell and
-- two neighbours are tried as one name too.
CREATE TABLE tidy._cells AS
SELECT DISTINCT kind, given, items FROM (
    SELECT 'service' AS kind, trim("services.given") AS given, tidy._items(services) AS items FROM raw.bookings
    UNION ALL SELECT 'worker', trim("fieldworkers.given"), tidy._items(fieldworkers) FROM raw.bookings)
WHERE given <> '';

CREATE TABLE tidy._names AS
SELECT 'service' AS kind, form, id FROM tidy._service_names UNION ALL SELECT 'worker', form, id FROM tidy._worker_names;

CREATE TABLE tidy._listed AS
WITH pieces AS (
    SELECT kind, given, place, items[place] AS piece, items[place] || ', ' || items[place + 1] AS pair
    FROM tidy._cells, unnest(range(1, len(items) + 1)) p(place)
), met AS (
    SELECT p.kind, p.given, p.place, one.id AS alone, two.id AS paired, whole.id AS all_of_it
    FROM pieces p
    LEFT JOIN tidy._names one ON one.kind = p.kind AND one.form = tidy._form(p.piece)
    LEFT JOIN tidy._names two ON two.kind = p.kind AND two.form = tidy._form(p.pair)
    LEFT JOIN tidy._names whole ON whole.kind = p.kind AND whole.form = tidy._form(p.given)
)
SELECT kind, given, list_distinct(CASE WHEN any_value(all_of_it) IS NOT NULL THEN [any_value(all_of_it)]
    ELSE list_filter(list(coalesce(paired, alone) ORDER BY place), lambda i: i IS NOT NULL) END) AS ids
FROM met GROUP BY kind, given;
