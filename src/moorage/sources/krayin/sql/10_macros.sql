-- How the odd values of Krayin are read. `tidy._utc` and `tidy._currency` stand before this file:
-- they hold the project's time zone and currency.

CREATE MACRO tidy._link(x) AS CASE WHEN x IN ('', '0') THEN NULL ELSE x END;

CREATE MACRO tidy._filled(x) AS CASE WHEN trim(x) = '' THEN NULL ELSE x END;

CREATE MACRO tidy._money(x) AS TRY_CAST(x AS DECIMAL(18,4));

-- Only letters, digits and the signs that carry meaning (C++, R&D, 100%): two texts with the same
-- form are variants of one name.
CREATE MACRO tidy._name_form(x) AS coalesce(
    nullif(regexp_replace(lower(nfc_normalize(x)), '[\s\p{Z}\p{C}._,;:''"’`´–—\-/\\()\[\]!?]', '', 'g'), ''),
    lower(trim(x)));

-- JSON that may be NULL, '', broken, or JSON text within JSON text. A macro is its text put in place:
-- they are applied one after the other, in queries within queries, never one within another.
CREATE MACRO tidy._json_once(x) AS CASE
    WHEN x IS NULL OR trim(x) = '' THEN NULL
    WHEN json_valid(x) THEN CASE json_type(x) WHEN 'NULL' THEN NULL ELSE CAST(x AS JSON) END
    ELSE to_json(x) END;

CREATE MACRO tidy._json_inner(j) AS CASE
    WHEN json_type(j) = 'VARCHAR' THEN tidy._json_once(json_extract_string(j, '$')) ELSE j END;

-- A list, or an object whose keys are the places of a list with holes; one object is a list of one.
CREATE MACRO tidy._list(j) AS CASE json_type(j)
    WHEN 'ARRAY' THEN json_extract(j, '$[*]')
    WHEN 'VARCHAR' THEN [j]
    WHEN 'OBJECT' THEN CASE
        WHEN regexp_full_match(array_to_string(json_keys(j), ','), '[0-9]+(,[0-9]+)*')
        THEN list_transform(
            list_sort(list_transform(json_keys(j), lambda k: CAST(k AS BIGINT))),
            lambda k: json_extract(j, '$."' || k || '"'))
        WHEN len(json_keys(j)) = 0 THEN []
        ELSE [j] END
    ELSE [] END;

-- E-mails or phones: [{value, label}], blank values left out.
CREATE MACRO tidy._contacts(l) AS list_filter(
    list_transform(l, lambda e: {
        'value': trim(CASE json_type(e)
            WHEN 'OBJECT' THEN json_extract_string(e, '$.value')
            WHEN 'ARRAY' THEN NULL WHEN 'NULL' THEN NULL
            ELSE json_extract_string(e, '$') END),
        'label': CASE json_type(e) WHEN 'OBJECT' THEN nullif(json_extract_string(e, '$.label'), '') END
    }), lambda c: coalesce(c.value, '') <> '');

CREATE MACRO tidy._distinct(l) AS list_filter(l, lambda x, i: list_position(l, x) = i);

CREATE MACRO tidy._mails_in(x) AS list_transform(
    regexp_extract_all(lower(x), '[^\s,;<>()\[\]"'':|]+@[^\s,;<>()\[\]"'':|@]+\.[^\s,;<>()\[\]"'':|@.]{2,}'),
    lambda m: ltrim(m, '.'));

CREATE MACRO tidy._mails(contacts) AS
    tidy._distinct(flatten(list_transform(contacts, lambda c: tidy._mails_in(c.value))));

CREATE MACRO tidy._phones(contacts) AS
    tidy._distinct(list_transform(
        list_filter(contacts, lambda c: regexp_matches(c.value, '[0-9].*[0-9].*[0-9]')),
        lambda c: c.value));

-- All of it as one readable text, so that labels and what is no address are kept.
CREATE MACRO tidy._contact_text(contacts) AS nullif(array_to_string(list_transform(contacts,
    lambda c: c.value || coalesce(' (' || c.label || ')', '')), ', '), '');

-- The parts of an address: an object, or a text that is the street.
CREATE MACRO tidy._address(j) AS CASE json_type(j)
    WHEN 'OBJECT' THEN {
        'lines': list_filter(list_transform(
            string_split_regex(coalesce(json_extract_string(j, '$.address'), ''), '\r\n|\n|\r'),
            lambda l: trim(l)), lambda l: l <> ''),
        'city': nullif(trim(json_extract_string(j, '$.city')), ''),
        'zip': nullif(trim(json_extract_string(j, '$.postcode')), ''),
        'state': nullif(trim(json_extract_string(j, '$.state')), ''),
        'country': nullif(trim(json_extract_string(j, '$.country')), '')}
    WHEN 'VARCHAR' THEN {
        'lines': list_filter(list_transform(
            string_split_regex(json_extract_string(j, '$'), '\r\n|\n|\r'),
            lambda l: trim(l)), lambda l: l <> ''),
        'city': NULL, 'zip': NULL, 'state': NULL, 'country': NULL}
    END;

CREATE MACRO tidy._address_text(street, street2, city, zip, state, country) AS nullif(
    array_to_string(list_filter([street, street2, nullif(trim(concat_ws(' ', zip, city)), ''),
        state, country], lambda p: p IS NOT NULL), ', '), '');
