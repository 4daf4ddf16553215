-- Templates of mails. Their placeholders ({%leads.title%}) say which records they are written for.

CREATE TABLE tidy.email_templates AS
SELECT id, name, subject, tidy._html(content) AS content, CASE
        WHEN regexp_matches(coalesce(subject, '') || content, '\{%\s*leads\.') THEN 'leads'
        WHEN regexp_matches(coalesce(subject, '') || content, '\{%\s*quotes\.') THEN 'quotes'
        WHEN regexp_matches(coalesce(subject, '') || content, '\{%\s*activities\.') THEN 'activities'
        WHEN regexp_matches(coalesce(subject, '') || content, '\{%\s*persons\.') THEN 'persons'
        ELSE 'leads' END AS written_for,
    tidy._utc(created_at) AS created_at, tidy._utc(updated_at) AS updated_at
FROM raw.email_templates;
