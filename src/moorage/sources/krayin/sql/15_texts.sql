-- Texts that are HTML, plain text, or HTML whose signs were escaped once too often. What comes out
-- is HTML in every case; the mapping takes out of it what could act (sanitize_html).

CREATE MACRO tidy._has_tags(x) AS regexp_matches(x,
    '<(/?(p|br|div|span|b|i|u|a|s|em|strong|ul|ol|li|h[1-6]|hr|img|table|tr|td|th|tbody|thead|font|pre|code|blockquote|html|body|head|center|script|style|svg|iframe|small|sub|sup|section|article|o:p)(\s[^<>]*)?/?>|!--|!doctype)', 'i');

CREATE MACRO tidy._has_escaped_tags(x) AS regexp_matches(x,
    '&lt;/?(p|br|div|span|b|i|u|a|em|strong|ul|ol|li|h[1-6]|table|blockquote|img)(\s.*?)?/?&gt;', 'i');

-- Krayin shows what people type as HTML, so an entity in plain text is one sign, not its letters.
CREATE MACRO tidy._escaped(x) AS regexp_replace(
    replace(replace(replace(x, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'),
    '&amp;(#[0-9]{1,6}|#x[0-9a-fA-F]{1,5}|amp|lt|gt|quot|apos|nbsp);', '&\1;', 'g');

CREATE MACRO tidy._unescaped(x) AS replace(replace(replace(replace(replace(replace(x,
    '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#039;', ''''), '&#39;', ''''), '&amp;', '&');

CREATE MACRO tidy._text_html(x) AS '<p>' || replace(regexp_replace(tidy._escaped(
    trim(regexp_replace(x, '\r\n?', chr(10), 'g'), ' ' || chr(9) || chr(10))),
    '\n[ \t]*\n\s*', '</p><p>', 'g'), chr(10), '<br>') || '</p>';

CREATE MACRO tidy._html(x) AS CASE
    WHEN trim(x, ' ' || chr(9) || chr(10) || chr(13)) = '' THEN NULL
    WHEN tidy._has_tags(x) THEN x
    WHEN tidy._has_escaped_tags(x) THEN tidy._unescaped(x)
    ELSE tidy._text_html(x) END;

-- A TEXT column holds 65,535 bytes; Krayin cuts what is longer without a word.
CREATE MACRO tidy._is_cut(x) AS strlen(x) >= 65532;

-- The last part of a path or of a name that pretends to be one, without signs that act in a shell,
-- a header or a list of files.
CREATE MACRO tidy._base_name(x) AS nullif(trim(regexp_replace(
    list_last(string_split(replace(x, chr(92), '/'), '/')),
    '[\x00-\x1f\x7f"*:<>?|\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]+', '', 'g'), ' .'), '');

CREATE MACRO tidy._extension(x) AS nullif(lower(regexp_extract(x, '\.([A-Za-z0-9]{1,8})$', 1)), '');

-- The name of a file: as people gave it; one without an extension gets that of the path.
CREATE MACRO tidy._file_name(name, path) AS CASE
    WHEN tidy._base_name(name) IS NULL THEN coalesce(tidy._base_name(path), 'file')
    WHEN tidy._extension(tidy._base_name(name)) IS NULL AND tidy._extension(path) IS NOT NULL
        THEN tidy._base_name(name) || '.' || tidy._extension(path)
    ELSE tidy._base_name(name) END;

-- By the extension of its name. What a browser would run is plain text.
CREATE MACRO tidy._mimetype(name, told) AS coalesce(CASE tidy._extension(name)
    WHEN 'pdf' THEN 'application/pdf' WHEN 'png' THEN 'image/png'
    WHEN 'jpg' THEN 'image/jpeg' WHEN 'jpeg' THEN 'image/jpeg'
    WHEN 'gif' THEN 'image/gif' WHEN 'webp' THEN 'image/webp'
    WHEN 'txt' THEN 'text/plain' WHEN 'csv' THEN 'text/csv' WHEN 'md' THEN 'text/plain'
    WHEN 'html' THEN 'text/plain' WHEN 'htm' THEN 'text/plain' WHEN 'svg' THEN 'text/plain'
    WHEN 'xhtml' THEN 'text/plain' WHEN 'xml' THEN 'text/plain' WHEN 'js' THEN 'text/plain'
    WHEN 'doc' THEN 'application/msword' WHEN 'xls' THEN 'application/vnd.ms-excel'
    WHEN 'ppt' THEN 'application/vnd.ms-powerpoint'
    WHEN 'docx' THEN 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
    WHEN 'xlsx' THEN 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
    WHEN 'pptx' THEN 'application/vnd.openxmlformats-officedocument.presentationml.presentation'
    WHEN 'zip' THEN 'application/zip' WHEN 'mp3' THEN 'audio/mpeg' WHEN 'wav' THEN 'audio/x-wav'
    WHEN 'mp4' THEN 'video/mp4' WHEN 'ics' THEN 'text/calendar' WHEN 'eml' THEN 'message/rfc822'
    END, CASE WHEN regexp_full_match(told, '(image/(png|jpeg|gif|webp)|application/pdf|audio/[a-z0-9.-]+|video/[a-z0-9.-]+)')
        THEN told END, 'application/octet-stream');
