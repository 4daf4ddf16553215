-- What is done for whom: services, bookings, appointments, quotes, inquiries.

CREATE TABLE t_services AS
SELECT n AS id, name, category, pricing, CAST(price AS DECIMAL(18, 2)) AS base_price, duration
FROM (VALUES (1, 'Window cleaning', 'Cleaning', 'Job', 120, '2 hrs 30 min'),
    (2, 'Carpet steam clean', 'Cleaning', 'Unit', 45.5, '1:15'), (3, 'End of lease, full', 'Cleaning', 'Job', 480, '6 hrs'),
    (4, 'Lawn mowing', 'Garden', 'Time', 55, '1.5'), (5, 'Hedge trimming', 'Garden', 'Time', 62.75, '45 min'),
    (6, 'Gutter clearing', 'Roof', 'Job', 199.99, '3 hrs'), (7, 'Pressure wash', 'Roof', 'Time', 80, '2:30'),
    (8, 'Pest check', 'Pests', 'Job', 149, NULL)) v(n, name, category, pricing, price, duration);

CREATE TABLE t_zone_prices AS
SELECT s.id AS service_id, zone, CAST(round(s.base_price * factor, 2) AS DECIMAL(18, 2)) AS price
FROM t_services s, (VALUES ('North Shore', 1.15), ('Country', 1.4)) z(zone, factor) WHERE s.id <= 4;

-- Numbers and internal ids are different values, and the same digits mean another record.
CREATE TABLE t_bookings AS
SELECT n, n + 57 AS id, 'BOK-' || n AS number,
    CASE WHEN n % 59 = 8 THEN NULL WHEN n % 53 = 9 THEN 990000 + n
        ELSE 1001 + CAST((n - 1) // 3 AS BIGINT) END AS customer_id,
    CASE WHEN n % 61 = 10 AND scale() > 3 THEN 1001 + n % scale() END AS other_customer_id,
    CASE WHEN n % 67 = 11 THEN 1001 + (n * 7) % scale() END AS bill_payer_id,
    11 + CAST((n - 1) // 3 + 1 AS BIGINT) % 2 AS company_id,
    CASE WHEN n % 40 = 39 THEN 'Cancelled' WHEN n % 40 = 29 THEN 'CANCELED'
        WHEN n % 40 = 28 THEN 'Quoted' WHEN n % 40 IN (16, 17) THEN pick('open', n, ['To Do', 'Confirmed', ' in progress', '🟢 Ready to roll'])
        ELSE pick('done', n, ['Completed', 'COMPLETED', 'completed ']) END AS status,
    CAST('2024-01-02' AS TIMESTAMP) + INTERVAL (between_('start', n, 0, 700)) DAY
        + INTERVAL (between_('hour', n, 7, 16)) HOUR AS start_local,
    between_('length', n, 2, 10) * 30 AS minutes,
    [1 + n % 8] || CASE WHEN n % 3 = 0 THEN [1 + (n + 3) % 8] ELSE [] END AS service_ids,
    list_distinct([1 + n % (SELECT count(*) FROM t_workers)] || CASE WHEN n % 4 = 0
        THEN [1 + (n * 3) % (SELECT count(*) FROM t_workers)] ELSE [] END) AS worker_ids,
    pick('booking-source', n, ['Website', 'Phone', 'phone ', 'Referral', 'Google Ads', NULL]) AS source,
    CASE WHEN n % 6 = 0 THEN 'Urgent' END AS labels,
    CASE WHEN n % 40 IN (29, 39) THEN pick('why', n, ['Too expensive', 'Customer moved', 'too expensive ']) END AS cancel_reason,
    CASE WHEN n % 25 = 0 THEN 'Weekly' END AS recurring,
    CASE WHEN n % 10 = 0 THEN 'Australia/Brisbane' END AS timezone,
    CASE WHEN n % 13 = 0 THEN 'Key under mat;' || chr(10) || 'dog is friendly' END AS notes,
    pick('parking', n, ['Yes', 'No', NULL]) AS parking
FROM range(1, 3 * scale() + 1) t(n);

CREATE TABLE t_appointments AS
SELECT b.id * 10 + visit AS id, b.n, b.id AS booking_id, b.number AS booking_number,
    b.service_ids[1 + visit % len(b.service_ids)] AS service_id,
    b.worker_ids[1 + visit % len(b.worker_ids)] AS worker_id,
    b.start_local + INTERVAL (7 * visit) DAY AS start_local, b.minutes,
    pick('progress', b.id * 10 + visit, ['FINISHED', 'STARTED', 'EN ROUTE', NULL]) AS progress
FROM t_bookings b, range(0, 3) v(visit) WHERE visit = 0 OR (visit = 1 AND b.n % 4 = 0) OR (visit = 2 AND b.n % 20 = 0);

CREATE TABLE t_quotes AS
SELECT n, 'EST-' || n AS number, 1000 + n AS customer_id, 11 + n % 2 AS company_id,
    CASE WHEN n % 6 = 0 THEN n * 3 END AS booking_n,
    pick('quote', n, ['Draft', 'Sent', 'Accepted', 'Declined', 'Expired']) AS status,
    CAST('2025-01-01' AS TIMESTAMP) + INTERVAL (between_('quoted', n, 0, 300)) DAY + INTERVAL 9 HOUR AS created_local,
    CASE WHEN n % 5 = 0 THEN 'Found another' END AS decline_reason
FROM range(1, scale() + 1) t(n) WHERE n % 2 = 0;

CREATE TABLE t_quote_lines AS
SELECT q.number AS quote_number, q.n * 10 + k AS id, 1 + (q.n + k) % 8 AS service_id,
    CAST(between_('quote-qty', q.n * 10 + k, 1, 4) AS DECIMAL(18, 2)) AS quantity,
    CAST(between_('quote-price', q.n * 10 + k, 3000, 90000) / 100.0 AS DECIMAL(18, 2)) AS rate
FROM t_quotes q, range(0, 3) v(k) WHERE k <= q.n % 3;

CREATE TABLE t_inquiries AS
SELECT n, 'INQ-' || n AS number, CASE WHEN n % 2 = 0 THEN 1000 + n END AS customer_id,
    pick('inquiry', n, ['New', 'Contacted', 'Converted']) AS status,
    'Do you clean ' || pick('what', n, ['carpets', 'gutters', 'windows']) || '?' AS message,
    'asker' || n || '@example.com' AS email
FROM range(1, scale() + 1) t(n) WHERE n % 10 = 4;
