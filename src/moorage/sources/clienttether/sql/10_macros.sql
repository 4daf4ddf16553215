-- How the odd values of ClientTether are read. `tidy._given_zone()` and `tidy._given_country()`
-- stand before this file: they hold the project's time zone and country; `tidy._named_accounts`
-- holds the names that web keys have.

CREATE TABLE tidy._findings (object VARCHAR, source_key VARCHAR, field VARCHAR, message VARCHAR, severity VARCHAR);

CREATE MACRO tidy._setting(n) AS (SELECT json_extract_string(value, '$') FROM meta.settings WHERE name = n);

CREATE MACRO tidy._is_set(n) AS coalesce((SELECT bool_or(json_extract_string(value, '$') = 'true') FROM meta.settings WHERE name = n), false);

-- Settings that are maps, pair by pair.
CREATE TABLE tidy._pairs AS
SELECT setting, word, trim(json_extract_string(value, '$."' || replace(word, '"', chr(92) || '"') || '"')) AS meaning
FROM (SELECT name AS setting, value, unnest(json_keys(value)) AS word FROM meta.settings WHERE json_type(value) = 'OBJECT');

-- What a person listed under a setting, in small letters.
CREATE MACRO tidy._listed(n) AS (SELECT coalesce(list(lower(trim(item))), []) FROM (
    SELECT unnest(CAST(json_extract_string(value, '$[*]') AS VARCHAR[])) AS item FROM meta.settings WHERE name = n));

CREATE MACRO tidy._filled(x) AS nullif(trim(regexp_replace(x, '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', '', 'g')), '');

CREATE MACRO tidy._form(x) AS coalesce(
    nullif(regexp_replace(lower(nfc_normalize(x)), '[\s\p{Z}\p{C}._,;:''"’`´–—\-/\\()\[\]!?]', '', 'g'), ''),
    lower(trim(x)));

-- What a setting that is a map says of a word, however it is written.
CREATE MACRO tidy._meaning(n, x) AS (SELECT min(meaning) FROM tidy._pairs
    WHERE setting = n AND tidy._form(word) = tidy._form(tidy._filled(x)));

CREATE MACRO tidy._id(account, own) AS CASE WHEN account = '' THEN own ELSE account || '_' || own END;

-- The account of a row: as it says, else by a folder above its file that is one.
CREATE MACRO tidy._account(file, given) AS coalesce(tidy._filled(given), (
    SELECT min(account) FROM tidy._named_accounts WHERE list_contains(string_split(file, '/')[:-2], account)), '');

CREATE MACRO tidy._truth(x) AS x = 'true';

CREATE MACRO tidy._decimal(x) AS TRY_CAST(x AS DECIMAL(18,4));

-- `90k` is how people write ninety thousand.
CREATE MACRO tidy._amount(x, given) AS coalesce(tidy._decimal(x),
    tidy._decimal(regexp_extract(replace(given, ',', ''), '^\s*\$?\s*([0-9]+(?:\.[0-9]+)?)\s*[kK]\s*$', 1)) * 1000);

CREATE MACRO tidy._escaped(x) AS replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');

CREATE MACRO tidy._text_html(x) AS '<p>' || replace(regexp_replace(tidy._escaped(
    trim(regexp_replace(x, '\r\n?', chr(10), 'g'), ' ' || chr(9) || chr(10))),
    '\n[ \t]*\n\s*', '</p><p>', 'g'), chr(10), '<br>') || '</p>';

-- Texts are HTML where they hold a tag, and plain where they do not.
CREATE MACRO tidy._html(x) AS CASE
    WHEN tidy._filled(x) IS NULL THEN NULL
    WHEN regexp_matches(x, '</?(p|br|div|span|b|i|u|a|em|strong|ul|ol|li|h[1-6]|table|tr|td|font|img|script|style)(\s[^<>]*)?/?>', 'i')
        THEN tidy._filled(x)
    ELSE tidy._text_html(tidy._filled(x)) END;

CREATE MACRO tidy._mail(x) AS nullif(lower(trim(x)), '');

-- Clocks on the wall, of an account's zone; a moment that named its own zone ends in +00.
CREATE MACRO tidy._utc(x, zone) AS CASE
    WHEN x LIKE '%+00' THEN TRY_CAST(left(x, length(x) - 3) AS TIMESTAMP)
    ELSE timezone('UTC', timezone(zone, TRY_CAST(x AS TIMESTAMP))) END;

-- A moment that cannot be read is told, empty and zero dates are not.
CREATE MACRO tidy._is_no_moment(x, given) AS x IS NULL AND tidy._filled(given) IS NOT NULL
    AND NOT regexp_matches(given, '^[\s0:/.-]*$');
