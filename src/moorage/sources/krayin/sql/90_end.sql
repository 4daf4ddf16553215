-- Zero dates of the remaining tables, then the working tables go.

INSERT INTO tidy._findings
SELECT object, id, field, 'a zero date: taken as empty', 'warning' FROM (
    SELECT 'persons' AS object, id, field, text
    FROM (UNPIVOT (SELECT id, created_at, updated_at FROM raw.persons) ON created_at, updated_at INTO NAME field VALUE text)
    UNION ALL
    SELECT 'organizations', id, field, text
    FROM (UNPIVOT (SELECT id, created_at, updated_at FROM raw.organizations) ON created_at, updated_at INTO NAME field VALUE text)
    UNION ALL
    SELECT 'products', id, field, text
    FROM (UNPIVOT (SELECT id, created_at, updated_at FROM raw.products) ON created_at, updated_at INTO NAME field VALUE text)
    UNION ALL
    SELECT 'quotes', id, field, text
    FROM (UNPIVOT (SELECT id, created_at, updated_at, expired_at FROM raw.quotes) ON created_at, updated_at, expired_at INTO NAME field VALUE text)
    UNION ALL
    SELECT 'activities', id, field, text
    FROM (UNPIVOT (SELECT id, created_at, updated_at, schedule_from, schedule_to FROM tidy._activities)
        ON created_at, updated_at, schedule_from, schedule_to INTO NAME field VALUE text)
    UNION ALL
    SELECT 'emails', id, field, text
    FROM (UNPIVOT (SELECT id, created_at, updated_at FROM raw.emails) ON created_at, updated_at INTO NAME field VALUE text)
) WHERE text LIKE '0000-00-00%';

DROP TABLE tidy._values;
DROP TABLE tidy._entities;
DROP TABLE tidy._native;
DROP TABLE tidy._native_persons;
DROP TABLE tidy._native_leads;
DROP TABLE tidy._native_quotes;
DROP TABLE tidy._custom_attributes;
DROP TABLE tidy._custom_values;
DROP TABLE tidy._lookups;
DROP TABLE tidy._tokens;
DROP TABLE tidy._choices;
DROP TABLE tidy._chosen;
DROP TABLE tidy._addresses;
DROP TABLE tidy._documents;
DROP TABLE tidy._reach;
DROP TABLE tidy._reasons;
DROP TABLE tidy._lead_tags;
DROP TABLE tidy._lead_products;
DROP TABLE tidy._lead_links;
DROP TABLE tidy._items;
DROP TABLE tidy._quote_sums;
DROP TABLE tidy._custom_organizations;
DROP TABLE tidy._custom_persons;
DROP TABLE tidy._custom_products;
DROP TABLE tidy._custom_leads;
DROP TABLE tidy._custom_quotes;
DROP TABLE tidy._activities;
DROP TABLE tidy._activity_links;
DROP TABLE tidy._participants;
DROP TABLE tidy._activity_records;
DROP TABLE tidy._mail_parts;
DROP TABLE tidy._mail_addresses;
DROP TABLE tidy._address_book;
DROP TABLE tidy._own_addresses;
DROP TABLE tidy._mail_directions;
DROP TABLE tidy._correspondents;
DROP TABLE tidy._threads;
DROP TABLE tidy._mail_records;
DROP TABLE tidy._mail_recipients;
DROP TABLE tidy._mail_images;
DROP TABLE tidy._mail_bodies;
