CREATE MACRO email_of(first, last, k, i) AS slug(first) || '.' || slug(last) || i || '@' || k || '.example';

CREATE TABLE gen.account AS
WITH base AS (
    SELECT i, city('account-city', i) AS place, since_start('account', i, $n_account) AS created,
        CASE WHEN d_account_near_duplicate(i) THEN i - 1 ELSE i END AS n
    FROM range(1, $n_account + 1) r(i)),
named AS (
    SELECT *, one_of('account-a', n, ['North', 'Blue', 'Ibero', 'Gulf', 'Delta', 'Hansa', 'Atlas', 'Norse', 'Vistula',
            'Coral']) || one_of('account-b', n, ['sea', 'port', 'tech', 'line', 'works', 'flow', 'steel', 'yard'])
        || ' ' || one_of('account-c', n, ['Offshore', 'Marine', 'Maintenance', 'Energy', 'Logistics', 'Facilities',
            'Engineering']) || CASE WHEN n > 40 THEN ' ' || n ELSE '' END AS plain FROM base)
SELECT gid('account', i) AS accountid,
    CASE WHEN d_account_name_null(i) THEN NULL
         WHEN d_account_formula_name(i) THEN '=HYPERLINK("http://example.org";"' || plain || '")'
         WHEN d_account_html_name(i) THEN '<b>' || plain || '</b><script>alert(1)</script>'
         WHEN d_account_long_name(i) THEN rpad(plain || ' ', 160, 'and partners ')
         WHEN d_account_padded_name(i) THEN '  ' || plain || ' '
         WHEN d_account_near_duplicate(i) THEN plain || ' GmbH'
         ELSE plain || one_of('account-form', i, [' GmbH', ' B.V.', ' Ltd', ' S.A.', ' AS', ' Sp. z o.o.', '']) END AS name,
    'ACC-' || lpad(i::VARCHAR, 6, '0') AS accountnumber,
    CASE WHEN d_account_parent_cycle(i) THEN gid('account', i + 1)
         WHEN d_account_parent_cycle(i - 1) THEN gid('account', i - 1)
         WHEN i > 10 AND chance('account-parent', i, 0.15)
         THEN gid('account', 1 + below('account-parent', i, i - 1)) END AS _parentaccountid_value,
    CASE WHEN chance('account-primary', i, 0.6)
         THEN gid('contact', 1 + below('account-primary', i, $n_contact)) END AS _primarycontactid_value,
    gid('territory', 1 + below('account-territory', i, 4)) AS _territoryid_value,
    CASE WHEN d_account_email_broken(i) THEN 'info at ' || slug(plain)
         WHEN chance('account-mail', i, 0.8) THEN 'info@' || slug(plain) || '.example' END AS emailaddress1,
    CASE WHEN d_account_phone_text(i) THEN 'call reception' ELSE place.dial || digits('account-phone', i, 6) END AS telephone1,
    CASE WHEN d_account_website_bare(i) THEN 'www.' || slug(plain) || '.example'
         WHEN chance('account-web', i, 0.7) THEN 'https://' || slug(plain) || '.example' END AS websiteurl,
    CASE WHEN d_account_unknown_option(i) THEN 55
         ELSE one_of('industry', i, [1, 2, 3, 6, 7, 9, 15, 17, 28, 33, 100000001, 100000002, NULL]) END AS industrycode,
    one_of('customertype', i, [3, 3, 3, 5, 8, 10, 11, NULL]) AS customertypecode,
    one_of('category', i, [1, 2, NULL]) AS accountcategorycode, one_of('ownership', i, [1, 2, 3, 4, NULL]) AS ownershipcode,
    one_of('terms', i, [1, 3, 4, NULL]) AS paymenttermscode,
    CASE WHEN d_account_negative_revenue(i) THEN -1 * amount('revenue', i, 90000) - 1
         WHEN chance('has-revenue', i, 0.7) THEN amount('revenue', i, 90000000) END AS revenue,
    currency('account-currency', i) AS _transactioncurrencyid_value,
    CASE WHEN chance('has-staff', i, 0.6) THEN 1 + below('staff', i, 5000) END AS numberofemployees,
    chance('hold', i, 0.03) AS creditonhold, chance('account-donotemail', i, 0.05) AS donotemail,
    CASE WHEN d_account_hostile_description(i) THEN '<img src=x onerror=alert(1)>Line one' || chr(10) || 'Line two'
         WHEN chance('account-text', i, 0.3) THEN 'Met at a trade fair.' || chr(10) || 'Wants a frame contract.' END AS description,
    CASE WHEN chance('segments', i, 0.3) THEN one_of('segments', i, ['100000000', '100000000,100000002', '100000001,100000003'])
         END AS opx_segments,
    CASE WHEN chance('account-file', i, 0.05) OR i = 1 THEN gid('account-file', i) END AS opx_contractfile,
    CASE WHEN chance('account-logo', i, 0.05) OR i = 2 THEN $pixel END AS entityimage,
    round(unit('risk', i) * 100, 2) AS opx_riskscore,
    street('account-street', i) AS address1_line1, place.city AS address1_city, place.zip AS address1_postalcode,
    place.state AS address1_stateorprovince,
    CASE WHEN d_account_country_free(i) THEN one_of('free', i, ['GERMANY', 'Deutschland', 'The Netherlands', 'espana', 'England'])
         ELSE place.country END AS address1_country,
    concat_ws(chr(13) || chr(10), street('account-street', i), place.zip || ' ' || place.city, place.country)
        AS address1_composite,
    CASE WHEN chance('account-second', i, 0.1) THEN street('account-street-2', i) END AS address2_line1,
    CASE WHEN chance('account-second', i, 0.1) THEN place.city END AS address2_city,
    owner_id('account', i) AS _ownerid_value, owner_type('account', i) AS _ownerid_value__type,
    (d_account_inactive(i) OR d_account_merged(i))::INTEGER AS statecode,
    1 + (d_account_inactive(i) OR d_account_merged(i))::INTEGER AS statuscode,
    d_account_merged(i) AS merged, CASE WHEN d_account_merged(i) THEN gid('account', i - 1) END AS _masterid_value,
    created AS createdon, days_after(created, 'account-changed', i, 400) AS modifiedon,
    CASE WHEN d_account_imported(i) THEN created::DATE::TIMESTAMP END AS overriddencreatedon
FROM named;

CREATE TABLE gen.contact AS
WITH base AS (
    SELECT i, CASE WHEN d_contact_email_case_twin(i) THEN i - 1 ELSE i END AS n, city('contact-city', i) AS place,
        since_start('contact', i, $n_contact) AS created, first_name('first', i) AS first
    FROM range(1, $n_contact + 1) r(i)),
named AS (
    SELECT *, last_name('last', n) AS last, email_of(first_name('first', n), last_name('last', n), 'client', n) AS mail
    FROM base)
SELECT gid('contact', i) AS contactid,
    CASE WHEN d_contact_no_first_name(i) THEN NULL WHEN d_contact_emoji_name(i) THEN first || ' 🚀' ELSE first END AS firstname,
    CASE WHEN d_contact_formula_name(i) THEN '+' || last WHEN d_contact_control_name(i) THEN last || chr(9) || chr(7)
         WHEN d_contact_html_name(i) THEN '<i>' || last || '</i>' ELSE last END AS lastname,
    concat_ws(' ', CASE WHEN d_contact_no_first_name(i) THEN NULL WHEN d_contact_emoji_name(i) THEN first || ' 🚀' ELSE first END,
        CASE WHEN d_contact_formula_name(i) THEN '+' || last WHEN d_contact_control_name(i) THEN last || chr(9) || chr(7)
             WHEN d_contact_html_name(i) THEN '<i>' || last || '</i>' ELSE last END) AS fullname,
    one_of('salutation', i, ['Mr.', 'Ms.', 'Dr.', NULL, NULL]) AS salutation,
    one_of('job', i, ['Plant manager', 'Buyer', 'HSE officer', 'CEO', 'Fleet manager', NULL]) AS jobtitle,
    CASE WHEN d_contact_parent_contact(i) THEN gid('contact', i - 1)
         WHEN d_contact_no_parent(i) THEN NULL
         ELSE gid('account', 1 + below('contact-account', i, $n_account)) END AS _parentcustomerid_value,
    CASE WHEN d_contact_parent_contact(i) THEN 'contact'
         WHEN d_contact_no_parent(i) THEN NULL ELSE 'account' END AS _parentcustomerid_value__type,
    CASE WHEN NOT d_contact_no_parent(i) AND NOT d_contact_parent_contact(i)
         THEN gid('account', 1 + below('contact-account', i, $n_account)) END AS _accountid_value,
    CASE WHEN d_contact_email_none(i) THEN NULL WHEN d_contact_email_broken(i) THEN slug(last) || '@'
         WHEN d_contact_email_two(i) THEN mail || '; ' || slug(first) || '@private.example'
         WHEN d_contact_email_padded(i) THEN ' ' || mail || ' '
         WHEN d_contact_email_case_twin(i) THEN upper(mail) ELSE mail END AS emailaddress1,
    CASE WHEN chance('mail2', i, 0.1) THEN slug(last) || i || '@private.example' END AS emailaddress2,
    CASE WHEN d_contact_phone_extension(i) THEN place.dial || digits('phone', i, 6) || ' ext. 12'
         WHEN chance('phone', i, 0.7) THEN place.dial || digits('phone', i, 6) END AS telephone1,
    CASE WHEN chance('mobile', i, 0.6) THEN one_of('mobile', i, ['+49 170 ', '0049170', '(0)170-', '+34 6']) || digits('mobile', i, 7)
         END AS mobilephone,
    CASE WHEN d_contact_birthdate_odd(i) THEN DATE '1753-01-01'
         WHEN chance('birth', i, 0.4) THEN DATE '1950-01-01' + below('birth', i, 18000)::INTEGER END AS birthdate,
    one_of('gender', i, [1, 2, NULL]) AS gendercode, one_of('family', i, [1, 2, NULL, NULL]) AS familystatuscode,
    one_of('role', i, [1, 2, 3, 100000000, NULL]) AS accountrolecode, 1 AS preferredcontactmethodcode, 1 AS leadsourcecode,
    chance('contact-donotemail', i, 0.08) AS donotemail, chance('contact-bulk', i, 0.1) AS donotbulkemail,
    CASE WHEN chance('income', i, 0.05) THEN amount('income', i, 200000) END AS annualincome,
    currency('contact-currency', i) AS _transactioncurrencyid_value,
    CASE WHEN chance('contact-text', i, 0.2) THEN 'Prefers calls in the morning.' END AS description,
    CASE WHEN chance('photo', i, 0.03) OR i = 1 THEN $pixel END AS entityimage,
    CASE WHEN chance('briefing', i, 0.3) THEN TIMESTAMP '2024-01-01 08:00:00' + to_hours(below('briefing', i, 9000)) END
        AS opx_safetybriefing,
    CASE WHEN chance('badge', i, 0.3) THEN 'B-' || digits('badge', i, 5) END AS opx_badgenumber,
    street('contact-street', i) AS address1_line1, place.city AS address1_city, place.zip AS address1_postalcode,
    place.state AS address1_stateorprovince, place.country AS address1_country,
    CASE WHEN d_contact_second_address(i) THEN street('contact-street-2', i) END AS address2_line1,
    CASE WHEN d_contact_second_address(i) THEN 'Genève' END AS address2_city,
    CASE WHEN d_contact_second_address(i) THEN 'Suisse' END AS address2_country,
    CASE WHEN d_contact_third_address(i) THEN 'Berth 7' END AS address3_line1,
    CASE WHEN d_contact_third_address(i) THEN 'Singapore' END AS address3_city,
    owner_id('contact', i) AS _ownerid_value, owner_type('contact', i) AS _ownerid_value__type,
    (d_contact_inactive(i) OR d_contact_merged(i))::INTEGER AS statecode,
    1 + (d_contact_inactive(i) OR d_contact_merged(i))::INTEGER AS statuscode,
    d_contact_merged(i) AS merged, CASE WHEN d_contact_merged(i) THEN gid('contact', i - 1) END AS _masterid_value,
    created AS createdon, days_after(created, 'contact-changed', i, 400) AS modifiedon
FROM named;
