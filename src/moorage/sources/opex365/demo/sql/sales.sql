-- Lead i, when qualified, became opportunity i, with the lead's contact and the contact's account.
CREATE MACRO contact_account(c) AS gid('account', 1 + below('contact-account', c, $n_account));
CREATE MACRO lead_state(i) AS CASE WHEN i > $n_lead THEN 0 WHEN d_lead_qualified_into_nothing(i) THEN 1
    WHEN unit('lead-state', i) < 0.55 THEN 0 WHEN unit('lead-state', i) < 0.8 THEN 1 ELSE 2 END;
CREATE MACRO lead_contact(i) AS 1 + below('lead-contact', i, $n_contact);
-- One that was qualified has a contact by that; of the others some were a contact's from the start.
CREATE MACRO is_lead_of_contact(i) AS (lead_state(i) = 1 AND NOT d_lead_qualified_into_nothing(i)) OR chance('lead-known', i, 0.15);
CREATE MACRO opportunity_contact(i) AS CASE WHEN i <= $n_lead AND lead_state(i) = 1 THEN lead_contact(i)
    ELSE 1 + below('opportunity-contact', i, $n_contact) END;
CREATE MACRO opportunity_state(i) AS CASE
    WHEN d_opportunity_closed_without_date(i) OR d_opportunity_without_close(i) OR d_opportunity_closed_twice(i) THEN 1 + below('closed', i, 2)
    WHEN unit('opportunity-state', i) < 0.5 THEN 0
    WHEN unit('opportunity-state', i) < 0.75 THEN 1 ELSE 2 END;
CREATE MACRO opportunity_made(i) AS since_start('opportunity', i, $n_opportunity);
CREATE MACRO opportunity_value(i) AS CASE WHEN d_opportunity_value_null(i) THEN NULL
    WHEN d_opportunity_value_negative(i) THEN -500.00 ELSE amount('opportunity', i, 800000) END;
CREATE MACRO opportunity_process(i) AS CASE WHEN lead_state(i) = 1 AND i <= $n_lead THEN 2
    WHEN chance('tender', i, 0.2) THEN 3 ELSE 1 END;
CREATE MACRO opportunity_stage(i) AS 1 + below('stage', i, 4);

CREATE TABLE gen.lead AS
WITH base AS (
    SELECT i, first_name('lead-first', i) AS first, last_name('lead-last', i) AS last, city('lead-city', i) AS place,
        since_start('lead', i, $n_lead) AS created, lead_state(i) AS state,
        one_of('lead-topic', i, ['Shutdown maintenance', 'Valve replacement', 'Frame contract', 'ATEX inspection',
            'Crane rental', 'Data centre cooling']) AS topic
    FROM range(1, $n_lead + 1) r(i))
SELECT gid('lead', i) AS leadid,
    CASE WHEN d_lead_topic_formula(i) THEN '@' || topic WHEN d_lead_topic_null(i) THEN NULL
         WHEN d_lead_topic_rtl(i) THEN chr(8238) || topic || chr(8236) ELSE topic || ' ' || i END AS subject,
    first AS firstname, last AS lastname, first || ' ' || last AS fullname,
    CASE WHEN d_lead_no_company(i) THEN NULL ELSE one_of('lead-company', i, ['Portworks', 'Refinex', 'Hospital Trust', 'Datacool'])
        || ' ' || below('lead-company', i, 900) END AS companyname,
    CASE WHEN d_lead_same_email_as_contact(i) THEN slug(first_name('first', lead_contact(i))) || '.'
            || slug(last_name('last', lead_contact(i))) || lead_contact(i) || '@client.example'
         WHEN chance('lead-mail', i, 0.8) THEN email_of(first, last, 'prospect', i) END AS emailaddress1,
    place.dial || digits('lead-phone', i, 6) AS telephone1, one_of('lead-job', i, ['Buyer', 'CTO', NULL]) AS jobtitle,
    one_of('lead-source', i, [1, 2, 3, 4, 6, 7, 8, 9, 10, 100000000, NULL]) AS leadsourcecode,
    one_of('quality', i, [1, 2, 2, 3]) AS leadqualitycode, one_of('lead-industry', i, [1, 7, 15, 33, NULL]) AS industrycode,
    1 AS prioritycode, 0 AS salesstage, one_of('budget', i, [0, 1, 2, 3, NULL]) AS budgetstatus,
    amount('lead-budget', i, 90000) AS budgetamount, amount('lead-value', i, 200000) AS estimatedamount,
    amount('lead-value', i, 200000)::DOUBLE AS estimatedvalue, amount('lead-revenue', i, 5000000) AS revenue,
    currency('lead-currency', i) AS _transactioncurrencyid_value, below('lead-staff', i, 900) AS numberofemployees,
    created::DATE + (30 + below('lead-close', i, 200))::INTEGER AS estimatedclosedate,
    CASE WHEN d_lead_hostile_description(i) THEN '<script>alert(1)</script>' WHEN chance('lead-text', i, 0.5)
         THEN 'Came by the form.' || chr(13) || chr(10) || 'Call back.' END AS description,
    place.city AS address1_city, place.country AS address1_country, place.zip AS address1_postalcode,
    street('lead-street', i) AS address1_line1,
    CASE WHEN is_lead_of_contact(i) THEN contact_account(lead_contact(i)) END AS _parentaccountid_value,
    CASE WHEN is_lead_of_contact(i) THEN gid('contact', lead_contact(i)) END AS _parentcontactid_value,
    CASE WHEN state = 1 AND NOT d_lead_qualified_into_nothing(i) THEN contact_account(lead_contact(i)) END AS _customerid_value,
    CASE WHEN state = 1 AND i <= $n_opportunity AND NOT d_lead_qualified_into_nothing(i) THEN gid('opportunity', i) END
        AS _qualifyingopportunityid_value,
    state AS statecode, CASE state WHEN 0 THEN one_of('lead-open', i, [1, 1, 2, 823270000]) WHEN 1 THEN 3
        ELSE one_of('lead-lost', i, [4, 5, 6, 7, 804240004]) END AS statuscode,
    owner_id('lead', i) AS _ownerid_value, owner_type('lead', i) AS _ownerid_value__type,
    created AS createdon, days_after(created, 'lead-changed', i, 90) AS modifiedon
FROM base;

CREATE TABLE gen.opportunity AS
WITH base AS (
    SELECT i, opportunity_made(i) AS created, opportunity_state(i) AS state, opportunity_contact(i) AS c,
        opportunity_stage(i) AS stage, days_after(opportunity_made(i), 'opportunity-close', i, 300) AS closed
    FROM range(1, $n_opportunity + 1) r(i))
SELECT gid('opportunity', i) AS opportunityid,
    CASE WHEN d_opportunity_long_name(i) THEN rpad('Turnaround ' || i, 300, ' phase') WHEN d_opportunity_same_name(i)
         THEN 'Renewal' WHEN d_opportunity_html_name(i) THEN 'Offer <b>' || i || '</b>'
         ELSE one_of('opportunity-name', i, ['Maintenance contract', 'Pump overhaul', 'Inspection campaign', 'Spare parts'])
             || ' ' || i END AS name,
    CASE WHEN d_opportunity_contact_customer(i) THEN gid('contact', c) ELSE contact_account(c) END AS _customerid_value,
    CASE WHEN d_opportunity_contact_customer(i) THEN 'contact' ELSE 'account' END AS _customerid_value__type,
    CASE WHEN NOT d_opportunity_contact_customer(i) THEN contact_account(c) END AS _parentaccountid_value,
    gid('contact', c) AS _parentcontactid_value,
    CASE WHEN i <= $n_lead AND lead_state(i) = 1 AND NOT d_lead_qualified_into_nothing(i) THEN gid('lead', i) END
        AS _originatingleadid_value,
    CASE WHEN chance('opportunity-list', i, 0.5) THEN gid('pricelevel', 1 + below('opportunity-list', i, 3)) END AS _pricelevelid_value,
    opportunity_value(i) AS estimatedvalue, CASE WHEN state = 1 THEN opportunity_value(i) END AS actualvalue,
    amount('opportunity-budget', i, 500000) AS budgetamount, currency('opportunity-currency', i) AS _transactioncurrencyid_value,
    CASE WHEN d_opportunity_no_probability(i) THEN NULL WHEN state = 1 THEN 100 WHEN state = 2 THEN 0
         ELSE 10 * (1 + below('probability', i, 9)) END AS closeprobability,
    CASE WHEN chance('opportunity-date', i, 0.9) THEN created::DATE + (20 + below('opportunity-date', i, 300))::INTEGER END AS estimatedclosedate,
    CASE WHEN state > 0 AND NOT d_opportunity_closed_without_date(i) THEN closed::DATE END AS actualclosedate,
    CASE WHEN chance('followup', i, 0.1) THEN date_trunc('day', closed) - INTERVAL 2 HOUR END AS schedulefollowup_prospect,
    CASE WHEN d_opportunity_stepname_free(i) THEN one_of('step', i, ['Propuesta', 'propose', '3 - Angebot'])
         WHEN chance('step', i, 0.85) THEN stage || '-' || ['Qualify', 'Develop', 'Propose', 'Close'][stage] END AS stepname,
    gid('stage', opportunity_process(i) * 10 + stage) AS stageid, stage - 1 AS salesstage, 1 AS salesstagecode,
    one_of('rating', i, [1, 2, 2, 3]) AS opportunityratingcode, one_of('opportunity-need', i, [0, 1, 2, 3, NULL]) AS need,
    CASE WHEN chance('need-text', i, 0.3) THEN 'Two crews for six weeks.' END AS customerneed,
    CASE WHEN chance('opportunity-text', i, 0.4) THEN 'First offer sent.' || chr(10) || '- scope open' END AS description,
    one_of('forecast', i, [100000001, 100000002, 100000003, 100000004]) AS msdyn_forecastcategory,
    CASE WHEN chance('opportunity-vessel', i, 0.2) THEN gid('vessel', 1 + below('opportunity-vessel', i, $n_opx_vessel)) END AS _opx_vesselid_value,
    one_of('contract', i, [100000000, 100000001, 100000002, NULL]) AS opx_contracttype,
    state AS statecode, CASE state WHEN 0 THEN one_of('opportunity-open', i, [1, 1, 2, 100000000]) WHEN 1 THEN 3
        ELSE one_of('opportunity-lost', i, [4, 5, 100000001]) END AS statuscode,
    owner_id('opportunity', i) AS _ownerid_value, owner_type('opportunity', i) AS _ownerid_value__type,
    created AS createdon, CASE WHEN state > 0 THEN closed ELSE days_after(created, 'opportunity-changed', i, 200) END AS modifiedon
FROM base;

CREATE TABLE gen.opportunityproduct AS
WITH lines AS (
    SELECT i, n, i * 10 + n AS k, product_number('line', i * 10 + n) AS p, chance('write-in', i * 10 + n, 0.15) AS own,
        1 + below('quantity', i * 10 + n, 20) AS quantity, amount('line-price', i * 10 + n, 4000) + 1 AS price
    FROM range(1, $n_opportunity + 1) r(i), range(1, 4) s(n) WHERE chance('lines', i, 0.3) AND n <= 1 + below('lines', i, 3))
SELECT gid('opportunityproduct', k) AS opportunityproductid, gid('opportunity', i) AS _opportunityid_value,
    CASE WHEN NOT own THEN gid('product', p) END AS _productid_value, own AS isproductoverridden,
    CASE WHEN own THEN 'Special work ' || k END AS productdescription, gid('uom', 1) AS _uomid_value,
    quantity, price AS priceperunit, chance('override', k, 0.2) AS ispriceoverridden,
    CASE WHEN chance('discount', k, 0.2) THEN 10.00 END AS manualdiscountamount, round(quantity * price, 2) AS baseamount,
    round(quantity * price, 2) - CASE WHEN chance('discount', k, 0.2) THEN 10 ELSE 0 END AS extendedamount,
    n AS lineitemnumber, 1 AS producttypecode, currency('opportunity-currency', i) AS _transactioncurrencyid_value,
    opportunity_made(i) AS createdon
FROM lines;

-- The stage a process is in; one in ten opportunities has no process at all.
CREATE TABLE process_instances AS
SELECT i, opportunity_process(i) AS p, opportunity_stage(i) AS stage, opportunity_state(i) AS state, opportunity_made(i) AS created
FROM range(1, $n_opportunity + 1) r(i) WHERE NOT d_opportunity_without_process(i);

CREATE TABLE gen.opportunitysalesprocess AS
SELECT gid('process-instance', i) AS businessprocessflowinstanceid, 'Opportunity Sales Process' AS name,
    gid('opportunity', i) AS _opportunityid_value, gid('workflow', 101) AS _processid_value,
    gid('stage', 10 + stage) AS _activestageid_value, created AS activestagestartedon,
    CASE WHEN state > 0 THEN created + INTERVAL 20 DAY END AS completedon,
    array_to_string(list_transform(range(1, stage + 1), lambda s: gid('stage', 10 + s)::VARCHAR), ',') AS traversedpath,
    (state > 0)::INTEGER AS statecode, CASE state WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 3 END AS statuscode, created AS createdon
FROM process_instances WHERE p = 1;
CREATE TABLE gen.leadtoopportunitysalesprocess AS
SELECT gid('process-instance', i) AS businessprocessflowinstanceid, 'Lead to Opportunity Sales Process' AS name,
    gid('opportunity', i) AS _opportunityid_value, gid('lead', i) AS _leadid_value, gid('workflow', 102) AS _processid_value,
    gid('stage', 20 + stage) AS _activestageid_value, created AS activestagestartedon,
    array_to_string(list_transform(range(1, stage + 1), lambda s: gid('stage', 20 + s)::VARCHAR), ',') AS traversedpath,
    (state > 0)::INTEGER AS statecode, CASE state WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 3 END AS statuscode, created AS createdon
FROM process_instances WHERE p = 2;
CREATE TABLE gen.opx_tenderprocess AS
SELECT gid('process-instance', i) AS businessprocessflowinstanceid, 'Tender' AS bpf_name,
    gid('opportunity', i) AS _bpf_opportunityid_value, gid('workflow', 103) AS _processid_value,
    gid('stage', 30 + stage) AS _activestageid_value, created AS activestagestartedon,
    (state > 0)::INTEGER AS statecode, CASE state WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 3 END AS statuscode, created AS createdon
FROM process_instances WHERE p = 3;
