-- How the words of a bundle are read. `tidy._zone()` and `tidy._currency()` stand before this file: the
-- account's clock and currency. Cells came here as ISO dates and plain numbers; what was no such
-- thing is NULL beside its `.given`.

CREATE TABLE IF NOT EXISTS meta.settings (name VARCHAR PRIMARY KEY, value JSON);

CREATE TABLE tidy._findings (object VARCHAR, source_key VARCHAR, field VARCHAR, message VARCHAR, severity VARCHAR);

CREATE MACRO tidy._filled(x) AS CASE WHEN trim(x) IN ('', '-', 'N/A', 'n/a') THEN NULL ELSE trim(x) END;

-- Internal ids: `0` is none.
CREATE MACRO tidy._id(x) AS CASE WHEN trim(x) IN ('', '0') THEN NULL ELSE trim(x) END;

-- A number as people see it: `inv 00123`, `INV-123` and `123` are one. Another prefix stays another.
CREATE MACRO tidy._number(x, prefix) AS CASE
    WHEN tidy._id(x) IS NULL THEN NULL
    WHEN regexp_full_match(upper(trim(x)), '(' || prefix || ')?[\s#_-]*0*[0-9]+')
        THEN prefix || '-' || ltrim(regexp_extract(x, '([0-9]+)\s*$', 1), '0')
    ELSE upper(regexp_replace(trim(x), '\s+', ' ', 'g')) END;

-- Whether what stands in a column of internal ids is a number as people see it.
CREATE MACRO tidy._is_number(x) AS coalesce(regexp_matches(trim(x), '^[A-Za-z]{2,5}[\s#_-]*[0-9]'), false);

CREATE MACRO tidy._money(x) AS TRY_CAST(x AS DECIMAL(18, 2));

CREATE MACRO tidy._exact(x) AS TRY_CAST(x AS DECIMAL(18, 6));

CREATE MACRO tidy._yes(x) AS coalesce(x = 'true', false);

-- Entities, `<br>` and tags that a text was exported with.
CREATE MACRO tidy._plain(x) AS tidy._filled(replace(replace(replace(replace(replace(replace(replace(
    regexp_replace(regexp_replace(x, '<br\s*/?>|</p>', chr(10), 'gi'), '</?(p|b|i|u|div|span|strong|em|ul|ol|li|a|font|h[1-6])(\s[^<>]*)?>', '', 'gi'),
    '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#039;', ''''), '&#39;', ''''), '&amp;', '&'));

-- Letters and figures only, in small letters: spellings with one form are one word.
CREATE MACRO tidy._form(x) AS nullif(trim(regexp_replace(lower(nfc_normalize(x)), '[^\p{L}\p{N}]+', ' ', 'g')), '');

-- A status as people mean it; British and American spelling are one.
CREATE MACRO tidy._status(x) AS CASE tidy._form(x) WHEN 'canceled' THEN 'cancelled' WHEN 'complete' THEN 'completed'
    WHEN 'cancel' THEN 'cancelled' WHEN 'voided' THEN 'void' ELSE tidy._form(x) END;

-- A word without pictures and double blanks, as it can be shown.
CREATE MACRO tidy._word(x) AS nullif(trim(regexp_replace(regexp_replace(x, '[\p{So}\p{Sk}\p{Cs}\x{FE0F}\x{200D}]', '', 'g'), '\s+', ' ', 'g')), '');

-- The code of a currency; signs as `$` say none.
CREATE MACRO tidy._code(x) AS CASE WHEN regexp_full_match(upper(trim(x)), '[A-Z]{3}') THEN upper(trim(x)) END;

-- A time on the wall of a zone as UTC; `+00` at its end says that it is UTC.
CREATE MACRO tidy._utc(x, zone) AS CASE
    WHEN x LIKE '%+00' THEN TRY_CAST(x[:-4] AS TIMESTAMP)
    ELSE timezone('UTC', timezone(coalesce(zone, tidy._zone()), TRY_CAST(x AS TIMESTAMP))) END;

-- Where a row stands in the bundle; a line of issues names it.
CREATE MACRO tidy._place(file, line) AS file || ', line ' || line;

CREATE MACRO tidy._joined(parts, mark) AS nullif(array_to_string(list_filter(parts, lambda p: p IS NOT NULL AND p <> ''), mark), '');

CREATE MACRO tidy._items(x) AS list_filter(list_transform(CAST(CAST(x AS JSON) AS VARCHAR[]), lambda i: trim(i)), lambda i: i <> '');

-- A row without an id or number is known by what it says.
CREATE MACRO tidy._made_id(x) AS 'x' || md5(x)[:16];

CREATE MACRO tidy._setting(setting) AS (SELECT json_extract_string(value, '$') FROM meta.settings WHERE name = setting);

CREATE MACRO tidy._escaped(x) AS replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');

CREATE TABLE tidy._zones AS SELECT DISTINCT name FROM pg_timezone_names();

-- Which companies of the account move into the company of Odoo that Moorage works in; the others wait for
-- a project of their own.
CREATE TABLE tidy._companies AS
WITH met AS (
    SELECT DISTINCT trim(company_id) AS id FROM (
        SELECT company_id FROM raw.customers UNION ALL SELECT company_id FROM raw.bookings
        UNION ALL SELECT company_id FROM raw.invoices UNION ALL SELECT company_id FROM raw.quotes
        UNION ALL SELECT company_id FROM raw.payments)
    WHERE tidy._id(company_id) IS NOT NULL
), said AS (
    SELECT entry.key AS id, json_extract_string(entry.value, '$') AS word
    FROM meta.settings s, json_each(s.value) entry WHERE s.name = 'companies' AND json_type(s.value) = 'OBJECT'
)
SELECT m.id, coalesce(s.word = 'other', false) AS is_elsewhere, s.word IN ('main', 'other') OR (SELECT count(*) FROM met) = 1 AS is_known
FROM met m LEFT JOIN said s ON s.id = m.id;
