CREATE TABLE leads AS
WITH numbered AS (
    SELECT i AS id,
        1 + floor($n_persons * pow(unit('lead-person', i), 1.3))::BIGINT AS person,
        CASE WHEN d_lead_closed_at_missing(i) OR unit('pipeline', i) < 0.6 THEN 1 WHEN unit('pipeline', i) < 0.8 THEN 2 ELSE 3 END
            AS pipeline,
        -- Dirt about closing needs a lead that is lost, won or open; 0.6 is won in pipeline 1.
        CASE WHEN d_lead_lost_reason_long(i) OR d_lead_lost_reason_case(i) THEN 0.999
             WHEN d_lead_closed_at_missing(i) THEN CASE WHEN i % 2 = 0 THEN 0.6 ELSE 0.999 END
             WHEN d_lead_closed_at_stray(i) THEN 0.001
             ELSE unit('stage', i) END AS progress,
        since_start('lead', i, $n_leads) AS created_moment,
        CASE WHEN d_lead_same_title(i) THEN i - 1 ELSE i END AS titled_after
    FROM range(1, $n_leads + 1) AS t(i)
),
staged AS (
    SELECT n.*, s.id AS stage, s.outcome
    FROM numbered AS n
    JOIN stage_shares AS s ON s.pipeline = n.pipeline
        AND n.progress >= s.from_share AND n.progress < s.to_share
),
titled AS (
    SELECT s.*,
        replace(replace(one_of('lead-title', s.titled_after, [
            'Website relaunch – {org}', 'Angebot für {org}', '{n} licences for {org}', 'Orçamento {org}',
            'Renouvellement du contrat {org}', 'Presupuesto {org}', 'ERP rollout, phase {n}', '{org}',
            'Anfrage über Webformular', 'Lead From Web Form', 'طلب عرض سعر {org}', '{org} 采购项目',
            'Maintenance {n}/2025', 'कोटेशन {org}', 'Call back {org} re: pricing', 'Upgrade "Pro" {n}x']),
            '{org}', coalesce(o.name, p.full_name)),
            '{n}', (1 + below('lead-number', s.titled_after, 60))::VARCHAR) AS plain_title,
        round(exp(8.2 + 1.3 * gauss('lead-value', s.id)), CASE WHEN s.id % 4 = 0 THEN 2 ELSE 0 END)
            AS plain_value,
        days_after(s.created_moment, 'lead-close', s.id, 120) AS closed_moment,
        (s.created_moment + to_days(14 + below('lead-expected', s.id, 150)::INTEGER))::DATE AS expected
    FROM staged AS s
    JOIN persons AS p ON p.id = s.person
    LEFT JOIN organizations AS o ON o.id = p.organization_id
)
SELECT id,
    CASE
        WHEN d_lead_html_title(id) THEN '<img src=x onerror=alert(1)>' || left(plain_title, 200)
        WHEN d_lead_emoji_title(id) THEN '🔥 ' || left(plain_title, 200) || ' 💶'
        WHEN d_lead_rtl_title(id) THEN chr(8238) || 'صفقة ' || left(plain_title, 200) || chr(8236)
        WHEN d_lead_control_title(id) THEN left(plain_title, 200) || chr(27) || '[31m' || chr(13) || chr(10)
        WHEN d_lead_long_title(id) THEN left(repeat(left(plain_title, 200) || ' – Fortsetzung ', 20), 255)
        WHEN d_lead_formula_title(id) THEN '=1+1+' || left(plain_title, 200)
        WHEN d_lead_blank_title(id) THEN '    '
        ELSE left(plain_title, 255)
    END AS title,
    CASE
        WHEN d_lead_long_description(id) THEN left(repeat('Long story, wörtlich kopiert. ', 3000), 63000)
        WHEN d_lead_script_description(id) THEN
            '<p>Hi</p><script>document.location=''http://evil.example''</script><a href="javascript:x">go</a>'
        WHEN unit('lead-text', id) < 0.4 THEN NULL
        WHEN id % 5 = 0 THEN ''
        ELSE 'Met at the fair.' || chr(10) || 'Wants ' || below('lead-pieces', id, 500)
            || ' pieces; budget "open", see C:\offers\' || id
    END AS description,
    CASE
        WHEN d_lead_value_negative(id) THEN -plain_value
        WHEN d_lead_value_max(id) THEN 99999999.9999
        WHEN d_lead_value_null(id) THEN NULL
        WHEN d_lead_value_zero(id) THEN 0
        ELSE plain_value
    END::DECIMAL(12, 4) AS lead_value,
    CASE WHEN d_lead_status_null(id) THEN NULL ELSE 1 END AS status,
    CASE
        WHEN d_lead_lost_reason_long(id) THEN repeat('They compared us with three others. ', 20)
        WHEN d_lead_lost_reason_case(id) THEN
            one_of('lost-spelling', id, ['PRICE', 'too Expensive', 'price ', 'Too expensive!!', 'preis'])
        WHEN outcome = 'lost' AND unit('lost-told', id) < 0.7 THEN
            one_of('lost-reason', id, ['Too expensive', 'Price', 'No budget', 'Went with competitor',
                'Sem orçamento', 'Kein Bedarf', 'no answer', 'Trop cher'])
    END AS lost_reason,
    CASE WHEN d_lead_closed_at_stray(id) THEN db_time(closed_moment)
         -- The third pipeline has no won/lost code, so the application never closed its leads.
         WHEN outcome = 'open' OR pipeline = 3 OR d_lead_closed_at_missing(id) THEN NULL
         ELSE db_time(closed_moment) END AS closed_at,
    CASE WHEN d_lead_without_owner(id) THEN NULL ELSE owner('lead-owner', id) END AS user_id,
    CASE WHEN d_lead_without_person(id) THEN NULL ELSE person END AS person_id,
    CASE WHEN d_lead_without_source(id) THEN NULL
         ELSE 1 + below('lead-source', id, $n_sources) END AS lead_source_id,
    CASE WHEN d_lead_without_type(id) THEN NULL ELSE 1 + below('lead-type', id, $n_types) END AS lead_type_id,
    CASE WHEN d_lead_without_pipeline(id) THEN NULL ELSE pipeline END AS lead_pipeline_id,
    CASE WHEN d_lead_without_pipeline(id) OR d_lead_without_stage(id) THEN NULL
         WHEN d_lead_stage_elsewhere(id) THEN CASE WHEN pipeline = 1 THEN $other_stage ELSE 1 END
         ELSE stage END AS lead_pipeline_stage_id,
    CASE WHEN d_lead_zero_created(id) THEN '0000-00-00 00:00:00'
         WHEN d_lead_no_times(id) THEN NULL ELSE db_time(created_moment) END AS created_at,
    CASE WHEN d_lead_no_times(id) THEN NULL
         ELSE db_time(days_after(created_moment, 'lead-update', id, 100)) END AS updated_at,
    CASE WHEN d_lead_zero_close_date(id) THEN '0000-00-00'
         WHEN d_lead_close_date_wiped(id) OR unit('lead-dated', id) < 0.2 THEN NULL
         ELSE expected::VARCHAR END AS expected_close_date,
    CASE WHEN d_lead_zero_close_date(id) THEN '0000-00-00'
         WHEN d_lead_close_date_wiped(id) OR unit('lead-dated', id) >= 0.2 THEN expected::VARCHAR
    END AS shadow_close_date,
    CASE WHEN d_lead_stage_drift(id) THEN pipeline_first ELSE stage END AS shadow_stage,
    person AS true_person, pipeline, stage, outcome, created_moment
FROM titled JOIN (
    SELECT pipeline, min(id) AS pipeline_first FROM stage_shares GROUP BY pipeline) USING (pipeline);

CREATE TABLE lead_tags AS
SELECT 1 + floor($n_tags * pow(unit('lead-tag-' || n::VARCHAR, l.id), 2))::BIGINT AS tag_id, l.id AS lead_id
FROM leads AS l JOIN range(0, 3) AS t(n)
    ON unit('lead-tags', l.id) < 0.35 / (n + 1) OR (d_lead_tag_twice(l.id) AND n = 0)
UNION ALL
SELECT 1 + floor($n_tags * pow(unit('lead-tag-0', id), 2))::BIGINT, id
FROM leads WHERE d_lead_tag_twice(id);

CREATE TABLE person_tags AS
SELECT 1 + below('person-tag', id, $n_tags) AS tag_id, id AS person_id
FROM persons WHERE unit('person-tagged', id) < 0.25;

CREATE TABLE lead_products AS
WITH picked AS (
    SELECT l.id AS lead_id, 1 + below('lead-product', l.id * 4 + n, $n_products) AS product_id,
           1 + below('lead-quantity', l.id * 4 + n, 25) AS quantity, l.created_at, l.updated_at
    FROM leads AS l JOIN range(0, 3) AS t(n) ON unit('lead-products', l.id) < 0.45 / (n + 1)
    UNION ALL
    SELECT id, 1 + below('lead-product', id * 4, $n_products), q, created_at, updated_at
    FROM leads CROSS JOIN range(1, 3) AS t(q) WHERE d_lead_product_twice(id)
    UNION ALL
    SELECT id, 1, 7, created_at, updated_at FROM leads WHERE d_lead_product_stale(id)
)
SELECT row_number() OVER (ORDER BY k.lead_id, k.product_id, k.quantity) AS id,
    k.quantity, p.price,
    (coalesce(p.price, 0) * k.quantity + CASE WHEN d_lead_product_stale(k.lead_id) THEN 5 ELSE 0 END)
        ::DECIMAL(12, 4) AS amount,
    k.lead_id, k.product_id, k.created_at, k.updated_at
FROM picked AS k JOIN products AS p ON p.id = k.product_id;
