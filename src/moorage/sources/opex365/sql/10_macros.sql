-- Words that the later files share. `tidy._zone()` stands before this file.

CREATE MACRO tidy._escaped(x) AS replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');

CREATE MACRO tidy._is_html(x) AS regexp_matches(x, '<(p|div|br|span|html|body|table|a|ul|ol|b|i|strong|em|h[1-6]|img|font)[\s/>]', 'i');

-- Plain text as paragraphs; what is HTML already stays.
CREATE MACRO tidy._html(x) AS CASE
    WHEN x IS NULL OR trim(x) = '' THEN NULL
    WHEN tidy._is_html(x) THEN x
    ELSE '<p>' || replace(regexp_replace(tidy._escaped(trim(regexp_replace(x, '\r\n?', chr(10), 'g'))),
        '\n[ \t]*\n\s*', '</p><p>', 'g'), chr(10), '<br>') || '</p>' END;

-- As Odoo itself would write it.
CREATE MACRO tidy._url(x) AS CASE WHEN x IS NULL OR contains(x, '://') THEN x ELSE 'http://' || x END;

CREATE MACRO tidy._name_form(x) AS coalesce(
    nullif(regexp_replace(lower(nfc_normalize(x)), '[\s\p{Z}\p{C}._,;:''"’`´–—\-/\\()\[\]!?]', '', 'g'), ''),
    lower(trim(x)));

CREATE MACRO tidy._lines(parts) AS nullif(array_to_string(list_filter(parts, lambda p: p IS NOT NULL AND p <> ''), chr(10)), '');

CREATE MACRO tidy._joined(parts) AS nullif(array_to_string(list_filter(parts, lambda p: p IS NOT NULL AND p <> ''), ', '), '');

-- 'Duration: 12 min' and the like, one to a line.
CREATE MACRO tidy._details(parts) AS
    '<p>' || nullif(array_to_string(list_filter(parts, lambda p: p IS NOT NULL), '<br>'), '') || '</p>';

-- Whether a call is a record of Odoo's own, or stands in the history of another one.
CREATE MACRO tidy._calls_are_records() AS coalesce(
    (SELECT json_extract_string(value, '$') FROM meta.settings WHERE name = 'phonecalls_to') = 'crm.phonecall', false);

CREATE TABLE tidy._findings (object VARCHAR, source_key VARCHAR, field VARCHAR, message VARCHAR, severity VARCHAR);

-- What people write for a country, in small letters, and its name in Odoo.
CREATE TABLE tidy._countries AS
SELECT lower(trim(entry.key)) AS written, json_extract_string(entry.value, '$') AS country
FROM meta.settings s, json_each(s.value) entry
WHERE s.name = 'countries' AND json_type(s.value) = 'OBJECT';

CREATE TABLE tidy._states AS
SELECT lower(trim(entry.key)) AS written, json_extract_string(entry.value, '$') AS state
FROM meta.settings s, json_each(s.value) entry
WHERE s.name = 'states' AND json_type(s.value) = 'OBJECT';
