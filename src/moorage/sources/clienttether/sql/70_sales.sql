-- Proposals as quotations, and work orders. Taxes and discounts are amounts in ClientTether: each is
-- a line of its own, so that the order adds up to the cent whatever taxes Odoo knows.

CREATE TABLE tidy._lines AS
SELECT _id AS id, tidy._id(_account, tidy._filled(proposal_number)) AS proposal_id,
    coalesce(TRY_CAST(line AS BIGINT), 500) AS position, coalesce(tidy._filled(description), 'Line') AS name,
    coalesce(tidy._decimal(quantity), 1) AS quantity,
    coalesce(tidy._decimal(unit_price), tidy._decimal(amount) / nullif(coalesce(tidy._decimal(quantity), 1), 0), 0) AS unit_price,
    tidy._truth(taxable) AS taxable, tidy._decimal(amount) AS stated
FROM tidy._proposal_lines;

CREATE TABLE tidy._line_sums AS
SELECT proposal_id, count(*) AS line_count,
    CAST(sum(round(CAST(quantity * round(unit_price, 2) AS DECIMAL(18,4)), 2)) AS DECIMAL(18,4)) AS lines_total
FROM tidy._lines GROUP BY proposal_id;

CREATE TABLE tidy.proposals AS
WITH amounts AS (
    SELECT p.*, tidy._zone(_account) AS zone, coalesce(tidy._amount(labor_tax, "labor_tax.given"), 0) AS labor,
        coalesce(tidy._amount(material_tax, "material_tax.given"), 0) AS material,
        abs(coalesce(tidy._amount(discount, "discount.given"), 0)) AS discounted,
        tidy._amount(total, "total.given") AS stated_total, coalesce(l.line_count, 0) AS line_count,
        coalesce(l.lines_total, 0) AS lines_total
    FROM tidy._proposals p LEFT JOIN tidy._line_sums l ON l.proposal_id = p._id
)
SELECT a._id AS id, nullif(a._account, '') AS account_id, a._own AS number, c.id AS client_id, o.id AS opportunity_id,
    tidy._filled(a.status) AS status, tidy._filled(a.type) AS proposal_type, e.user_id AS owner_id,
    tidy._utc(a.created, a.zone) AS created_at, TRY_CAST(a.valid_until AS DATE) AS valid_until,
    TRY_CAST(a.job_start_date AS DATE) AS job_start_date,
    tidy._amount(a.subtotal, a."subtotal.given") AS subtotal, a.labor AS labor_tax, a.material AS material_tax,
    a.discounted AS discount, a.stated_total AS total,
    CAST(a.lines_total + a.labor + a.material - a.discounted AS DECIMAL(18,4)) AS computed_total, a.line_count,
    CASE WHEN tidy._setting('proposal_differences') = 'computed' OR a.stated_total IS NULL
        THEN CAST(a.lines_total + a.labor + a.material - a.discounted AS DECIMAL(18,4)) ELSE a.stated_total END AS total_to_be,
    tidy._filled(a.template) AS template, tidy._html(a.terms) AS terms, tidy._html(a.notes) AS notes,
    tidy._filled(a.url) AS url, a._from AS found_in
FROM amounts a
LEFT JOIN tidy.opportunities o ON o.id = tidy._id(a._account, tidy._filled(a.opportunity_id))
LEFT JOIN tidy.clients c ON c.id = coalesce(tidy._id(a._account, tidy._filled(a.client_id)), o.client_id)
LEFT JOIN tidy._owners e ON e.account = a._account AND e.given = tidy._filled(a.estimator);

CREATE TABLE tidy.proposal_lines AS
SELECT l.id, p.id AS proposal_id, 'item' AS product_id, l.position, l.name, l.quantity, l.unit_price,
    l.taxable, l.stated AS amount
FROM tidy._lines l JOIN tidy.proposals p ON p.id = l.proposal_id;

CREATE TABLE tidy.proposal_extras AS
WITH amounts AS (
    SELECT id, labor_tax, material_tax, CAST(-discount AS DECIMAL(18,4)) AS discount,
        CASE WHEN tidy._setting('proposal_differences') = 'line' THEN CAST(total_to_be - computed_total AS DECIMAL(18,4))
            ELSE CAST(0 AS DECIMAL(18,4)) END AS difference
    FROM tidy.proposals
), lines AS (
    UNPIVOT (SELECT id, CAST(COLUMNS(* EXCLUDE (id)) AS DECIMAL(18,4)) FROM amounts)
    ON labor_tax, material_tax, discount, difference INTO NAME kind VALUE amount
)
SELECT id || '-' || kind AS id, id AS proposal_id, kind AS product_id,
    CASE kind WHEN 'labor_tax' THEN 'Labor tax' WHEN 'material_tax' THEN 'Material tax' WHEN 'discount' THEN 'Discount'
        ELSE 'Difference to the total stated in ClientTether' END AS name,
    1000 + list_position(['labor_tax', 'material_tax', 'discount', 'difference'], kind) AS position,
    CAST(1 AS DOUBLE) AS quantity, amount AS unit_price
FROM lines WHERE round(amount, 2) <> 0;

-- An order line needs a product: these stand for what is none, and are made only when used.
CREATE TABLE tidy.line_products AS
SELECT id, name FROM (VALUES ('item', 'Proposal line (ClientTether)'), ('labor_tax', 'Labor tax (ClientTether)'),
    ('material_tax', 'Material tax (ClientTether)'), ('discount', 'Discount (ClientTether)'),
    ('difference', 'Difference (ClientTether)')) v(id, name)
WHERE id IN (SELECT product_id FROM tidy.proposal_lines UNION ALL SELECT product_id FROM tidy.proposal_extras);

CREATE TABLE tidy.work_orders AS
WITH zoned AS (SELECT *, tidy._zone(_account) AS zone FROM tidy._work_orders)
SELECT w._id AS id, nullif(w._account, '') AS account_id, w._own AS number,
    coalesce(tidy._filled(w.title), concat_ws(' ', coalesce(tidy._filled(w.type), 'Work order'), w._own)) AS name,
    'work_orders' AS project_id, p.id AS proposal_id, c.id AS client_id, tidy._filled(w.type) AS type,
    tidy._filled(w.status) AS status, coalesce(left(md5(tidy._form(tidy._filled(w.status))), 12), 'none') AS task_stage_id,
    coalesce(tidy._meaning('work_order_outcomes', w.status), 'open') AS outcome, tidy._utc(w.start, w.zone) AS starts_at, tidy._utc(w."end", w.zone) AS ends_at,
    o.user_id AS owner_id, tidy._filled(w.assigned_user) AS assigned_to, tidy._html(w.notes) AS notes, w._from AS found_in
FROM zoned w
LEFT JOIN tidy.proposals p ON p.id = tidy._id(w._account, tidy._filled(w.proposal_number))
LEFT JOIN tidy.clients c ON c.id = coalesce(tidy._id(w._account, tidy._filled(w.client_id)), p.client_id)
LEFT JOIN tidy._owners o ON o.account = w._account AND o.given = tidy._filled(w.assigned_user);

CREATE TABLE tidy.projects AS SELECT 'work_orders' AS id, 'Work orders (ClientTether)' AS name FROM tidy.work_orders LIMIT 1;

CREATE TABLE tidy.task_stages AS
SELECT task_stage_id AS id, coalesce(min(status), 'Without a status') AS name, 'work_orders' AS project_id,
    CASE min(outcome) WHEN 'open' THEN 1 WHEN 'done' THEN 2 ELSE 3 END AS position, min(outcome) <> 'open' AS folded
FROM tidy.work_orders GROUP BY task_stage_id;

INSERT INTO tidy._findings
SELECT 'proposals', id, 'total', 'the total is ' || total || ', lines and taxes give ' || computed_total,
    CASE WHEN tidy._setting('proposal_differences') IN ('line', 'computed') THEN 'warning' ELSE 'set_aside' END
FROM tidy.proposals WHERE abs(total - computed_total) >= 0.005
UNION ALL
SELECT 'proposals', id, 'lines', 'the proposal has no lines', 'warning' FROM tidy.proposals WHERE line_count = 0
UNION ALL
SELECT 'proposals', id, 'client_id', 'no client that there is has this proposal', 'set_aside' FROM tidy.proposals WHERE client_id IS NULL
UNION ALL
SELECT 'proposals', id, 'template', 'terms and looks of the template are not moved, its name is', 'warning'
FROM tidy.proposals WHERE template IS NOT NULL
UNION ALL
SELECT 'work_orders', id, 'proposal_number', 'the proposal that it names is not there: not linked', 'warning'
FROM tidy.work_orders w JOIN tidy._work_orders r ON r._id = w.id
WHERE w.proposal_id IS NULL AND tidy._filled(r.proposal_number) IS NOT NULL
UNION ALL
SELECT 'work_orders', id, 'assigned_user', 'nobody is named for this work', 'warning' FROM tidy.work_orders WHERE owner_id IS NULL;
