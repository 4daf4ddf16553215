CREATE TABLE persons AS
WITH numbered AS (
    SELECT i AS id,
           CASE WHEN d_person_email_case_twin(i) OR d_person_same_unique_parts(i)
                THEN i - 1 ELSE i END AS same_as
    FROM range(1, $n_persons + 1) AS t(i)
),
housed AS (
    SELECT n.id, n.same_as, below('person-org', n.same_as, $n_organizations) + 1 AS org
    FROM numbered AS n
),
parts AS (
    SELECT h.id, h.same_as, h.org, o.domain, p.*,
        one_of('given', same_as, p.given) AS first_name,
        one_of('family', same_as, p.family) AS last_name,
        slug(one_of('given', same_as,
             CASE WHEN len(p.given_latin) > 0 THEN p.given_latin ELSE p.given END)) AS first_latin,
        slug(one_of('family', same_as,
             CASE WHEN len(p.family_latin) > 0 THEN p.family_latin ELSE p.family END)) AS last_latin,
        dialled('phone', same_as, one_of('phone-form', same_as, p.phones)) AS phone,
        dialled('phone-2', h.id, one_of('phone-form-2', h.id, p.phones)) AS second_phone,
        d_person_no_organization(same_as) AS alone,
        CASE WHEN unit('person-owned', same_as) < 0.2 THEN NULL
             ELSE owner('person-owner', same_as) END AS true_owner
    FROM housed AS h
    JOIN organizations AS o ON o.id = h.org
    JOIN places AS p ON p.slot = o.slot
),
addressed AS (
    SELECT *,
        replace(replace(name_template, '{given}', first_name), '{family}', last_name) AS full_name,
        CASE below('mail-form', same_as, 4)
            WHEN 0 THEN first_latin || '.' || last_latin
            WHEN 1 THEN left(first_latin, 1) || last_latin
            WHEN 2 THEN first_latin || below('mail-number', same_as, 99)
            ELSE last_latin || '_' || first_latin || below('mail-number', same_as, 999)
        END || '@' || CASE WHEN alone THEN 'mail.' || tld || '.example' ELSE domain END AS clean_email
    FROM parts
),
written AS (
    SELECT *,
        CASE
            WHEN d_person_email_none(id) THEN one_of('no-mail', id, ['n/a', '-', 'none', 'keine', 'x@x'])
            WHEN d_person_email_broken(id) THEN split_part(clean_email, '@', 1) || '@'
            WHEN d_person_email_two_in_one(id) THEN
                clean_email || one_of('joint', id, ['; ', ', ', ' / ', ' ']) || 'info@' || domain
            WHEN d_person_email_padded(id) THEN ' ' || clean_email || '  '
            WHEN d_person_email_case_twin(id) THEN upper(left(clean_email, 1))
                || split_part(substr(clean_email, 2), '@', 1) || '@' || upper(split_part(clean_email, '@', 2))
            ELSE clean_email
        END AS email,
        CASE WHEN d_person_phone_none(id)
             THEN one_of('no-phone', id, ['call me', 'n/a', '?', '000', 'see e-mail', 'ask Bob'])
             ELSE phone END AS first_phone
    FROM addressed
),
listed AS (
    SELECT *,
        entry(email, one_of('mail-label', id, ['work', 'work', 'home'])) AS first_mail_entry,
        CASE WHEN unit('second-mail', id) < 0.15
             THEN entry('info+' || first_latin || '@' || domain, 'home') END AS second_mail_entry,
        entry(first_phone, one_of('phone-label', id, ['work', 'home'])) AS first_phone_entry,
        CASE WHEN unit('second-phone', id) < 0.2 THEN entry(second_phone, 'home') END AS second_phone_entry
    FROM written
),
final AS (
    SELECT *,
        '[' || concat_ws(',', first_mail_entry, second_mail_entry) || ']' AS mail_list,
        '[' || concat_ws(',', first_phone_entry, second_phone_entry) || ']' AS phone_list,
        since_start('person', id, $n_persons) AS created_moment,
        CASE WHEN d_person_owner_wiped(id) THEN coalesce(true_owner, 1) ELSE true_owner END AS shadow_user_id,
        CASE WHEN alone THEN NULL ELSE org END AS organization_id
    FROM listed
),
keyed AS (
    SELECT *, row_number() OVER (
        PARTITION BY true_owner, organization_id, lower(trim(email)) ORDER BY id) AS repetition
    FROM final
)
SELECT id,
    CASE
        WHEN d_person_blank_name(id) THEN '  '
        WHEN d_person_html_name(id) THEN '<b>' || full_name || '</b>'
        WHEN d_person_emoji_name(id) THEN full_name || ' 🚀👩‍💻'
        WHEN d_person_control_name(id) THEN first_name || chr(9) || last_name || chr(7) || chr(11)
        WHEN d_person_formula_name(id) THEN '=cmd|''/C calc''!' || full_name
        WHEN d_person_long_name(id) THEN left(repeat(full_name || ' ', 60), 255)
        WHEN d_person_email_case_twin(id) AND id % 2 = 0 THEN upper(last_name) || ', ' || first_name
        WHEN d_person_email_case_twin(id) THEN left(first_name, 1) || '. ' || last_name
        ELSE full_name
    END AS name,
    CASE
        WHEN d_person_emails_none_at_all(id) THEN '[]'
        WHEN d_person_emails_json_null(id) THEN 'null'
        WHEN d_person_emails_empty(id) THEN '""'
        WHEN d_person_emails_double(id) THEN encoded_twice(mail_list)
        WHEN d_person_emails_object(id) THEN
            '{"1":' || first_mail_entry || coalesce(',"3":' || second_mail_entry, '') || '}'
        ELSE mail_list
    END AS emails,
    CASE
        WHEN d_person_phones_double(id) THEN encoded_twice(phone_list)
        WHEN d_person_phones_object(id) THEN
            '{"1":' || first_phone_entry || coalesce(',"2":' || second_phone_entry, '') || '}'
        WHEN d_person_phones_null(id) AND NOT d_person_phone_none(id) THEN NULL
        ELSE phone_list
    END AS contact_numbers,
    organization_id,
    CASE WHEN d_person_zero_created(id) THEN '0000-00-00 00:00:00'
         WHEN d_person_no_times(id) THEN NULL ELSE db_time(created_moment) END AS created_at,
    CASE WHEN d_person_no_times(id) THEN NULL
         ELSE db_time(days_after(created_moment, 'person-update', id, 300)) END AS updated_at,
    one_of('job', id, ['CEO', 'Geschäftsführer', 'Directeur des achats', 'Sales Manager', 'IT',
                       'Jefa de compras', 'Diretora', '采购经理', 'Assistant', NULL, NULL]) AS job_title,
    CASE WHEN d_person_owner_wiped(id) THEN NULL ELSE true_owner END AS user_id,
    CASE
        WHEN repetition > 1 OR unit('unique-id', id) < 0.1 THEN NULL
        WHEN d_person_unique_id_stale(id) THEN 'old|' || id || '|' || lower(trim(email))
        ELSE concat_ws('|', true_owner, organization_id, trim(email), first_phone)
    END AS unique_id,
    shadow_user_id, mail_list, phone_list, created_moment, slot, full_name, clean_email
FROM keyed;
