-- How the odd values of Klipy are read. `tidy._zone()` and `tidy._currency()` stand before this
-- file: they hold the project's time zone and currency.

CREATE TABLE tidy._findings (object VARCHAR, source_key VARCHAR, field VARCHAR, message VARCHAR, severity VARCHAR);

CREATE MACRO tidy._setting(n) AS (SELECT any_value(json_extract_string(value, '$')) FROM meta.settings WHERE name = n);

-- Settings that are maps, pair by pair.
CREATE TABLE tidy._pairs AS
SELECT setting, word, trim(json_extract_string(value, '$."' || replace(word, '"', chr(92) || '"') || '"')) AS meaning
FROM (SELECT name AS setting, value, unnest(json_keys(value)) AS word FROM meta.settings WHERE json_type(value) = 'OBJECT');

CREATE MACRO tidy._listed(n) AS (SELECT coalesce(list(lower(trim(item))), []) FROM (
    SELECT unnest(CAST(json_extract_string(value, '$[*]') AS VARCHAR[])) AS item FROM meta.settings WHERE name = n));

CREATE MACRO tidy._filled(x) AS nullif(trim(regexp_replace(x, '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', '', 'g')), '');

-- A name without case, blanks and marks: `CLOSED_WON` is `Closed Won`.
CREATE MACRO tidy._form(x) AS coalesce(
    nullif(regexp_replace(lower(nfc_normalize(x)), '[\s\p{Z}\p{C}._,;:''"’`´–—\-/\\()\[\]!?#]', '', 'g'), ''),
    nullif(lower(trim(x)), ''));

CREATE MACRO tidy._list(x) AS coalesce(CAST(from_json(x, '["VARCHAR"]') AS VARCHAR[]), CAST([] AS VARCHAR[]));

-- Ids of records, which stand there bare or within the record itself.
CREATE MACRO tidy._ids(x) AS list_filter(list_transform(tidy._list(x),
    lambda p: CASE WHEN p LIKE '{%' AND json_valid(p) THEN json_extract_string(p, '$.id') ELSE trim(p) END), lambda p: p <> '');

CREATE MACRO tidy._truth(x) AS x = 'true';

-- A mark that cannot be read keeps a record private rather than shows it.
CREATE MACRO tidy._is_private(x, problems) AS coalesce(tidy._truth(x), list_contains(tidy._list(problems), 'private'));

CREATE MACRO tidy._unread(problem) AS CASE problem WHEN 'private' THEN 'cannot be read: taken as private' ELSE 'cannot be read: left empty' END;

CREATE MACRO tidy._decimal(x) AS TRY_CAST(x AS DECIMAL(18,4));

CREATE MACRO tidy._escaped(x) AS replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');

CREATE MACRO tidy._html(x) AS CASE
    WHEN tidy._filled(x) IS NULL THEN NULL
    WHEN regexp_matches(x, '</?(p|br|div|span|b|i|u|a|em|strong|ul|ol|li|h[1-6]|table|tr|td|font|img|script|style)(\s[^<>]*)?/?>', 'i')
        THEN tidy._filled(x)
    ELSE '<p>' || replace(regexp_replace(tidy._escaped(
        trim(regexp_replace(x, '\r\n?', chr(10), 'g'), ' ' || chr(9) || chr(10))),
        '\n[ \t]*\n\s*', '</p><p>', 'g'), chr(10), '<br>') || '</p>' END;

CREATE MACRO tidy._mail(x) AS nullif(regexp_extract(lower(x), '[^\s<>;,]+@[^\s<>;,]+'), '');

-- Clocks on the wall stand in the project's zone; a moment that named its own ends in +00.
CREATE MACRO tidy._utc(x) AS CASE
    WHEN x LIKE '%+00' THEN TRY_CAST(left(x, length(x) - 3) AS TIMESTAMP)
    ELSE timezone('UTC', timezone(tidy._zone(), TRY_CAST(x AS TIMESTAMP))) END;

-- `https://www.Acme.com/about` is acme.com.
CREATE MACRO tidy._domain(x) AS nullif(regexp_extract(lower(trim(x)),
    '^(?:[a-z]+://)?(?:[^/@]*@)?(?:www\d?\.)?([^/:?#\s]+\.[^/:?#\s.]+)', 1), '');

CREATE MACRO tidy._is_generic(domain) AS coalesce(list_contains(tidy._listed('generic_domains'), domain), false);

-- Names from LinkedIn come with pictures, and with a job behind a bar.
CREATE MACRO tidy._plain_name(x) AS nullif(trim(regexp_replace(regexp_replace(regexp_replace(x,
    '[\x{1F000}-\x{1FAFF}\x{2600}-\x{27BF}\x{2B50}\x{FE0F}\x{200D}]', '', 'g'), '\s+[|•·]\s.*$', ''), '\s+', ' ', 'g')), '');

-- `Patel, Jordan` is Jordan Patel; `Jordan Patel, PhD` stays.
CREATE MACRO tidy._turned(x) AS CASE
    WHEN regexp_matches(x, '^[^,]+, *[\p{Lu}][\p{Ll}][^,]*$') AND NOT regexp_matches(x, ', *(PhD|Dr|Jr|Sr|Esq|Inc|Ltd|Mag|Dipl)\b')
        AND NOT regexp_matches(x, '\S \S+,')
    THEN trim(regexp_extract(x, ', *(.*)$', 1)) || ' ' || trim(regexp_extract(x, '^([^,]+),', 1)) ELSE x END;

CREATE MACRO tidy._joined(parts) AS nullif(array_to_string(list_filter(parts, lambda p: p <> ''), ' · '), '');

-- A list without repetitions and empty places, in its order.
CREATE MACRO tidy._unique(x) AS list_filter(x, lambda v, i: v IS NOT NULL AND list_position(x, v) = i);
