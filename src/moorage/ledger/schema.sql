-- The ledger of one project: what was intended, what was done, what stood there before.
-- Status columns move forward only; the events table keeps every transition.

CREATE TABLE IF NOT EXISTS destination (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,           -- as in moorage.yaml: production, staging
    url TEXT NOT NULL,
    database TEXT NOT NULL,
    database_uuid TEXT NOT NULL,         -- a restored or renamed database is told apart
    first_seen_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY,
    destination_id INTEGER NOT NULL REFERENCES destination (id),
    kind TEXT NOT NULL CHECK (kind IN ('prepare', 'load', 'rollback')),
    plan_digest TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'stopped', 'done', 'rolled_back', 'partly_rolled_back')),
    started_at TEXT NOT NULL,            -- our clock, UTC
    ended_at TEXT,
    odoo_started_at TEXT,                -- Odoo's clock, UTC: what was written later is not older
    odoo_ended_at TEXT,
    report TEXT                          -- JSON: counts by entry and outcome, silence, extras
);

-- One call that writes records. 'intended' is written before the call, 'done' after the answer:
-- a batch that stays 'intended' is looked up in Odoo by its keys before anything else happens.
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id),
    entry TEXT NOT NULL,
    model TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('create', 'update', 'match', 'merge', 'unlink')),
    status TEXT NOT NULL DEFAULT 'intended' CHECK (status IN ('intended', 'done')),
    keys TEXT NOT NULL,                  -- JSON list, in the order sent
    intended_at TEXT NOT NULL,
    done_at TEXT
);
CREATE INDEX IF NOT EXISTS batch_open ON batch (status) WHERE status = 'intended';

-- Where each key of the source stands in Odoo. One key, one record, for ever.
CREATE TABLE IF NOT EXISTS record (
    destination_id INTEGER NOT NULL REFERENCES destination (id),
    model TEXT NOT NULL,
    key TEXT NOT NULL,
    odoo_id INTEGER NOT NULL,
    entry TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('created', 'matched', 'merged')),
    digest TEXT NOT NULL,                -- of the target row as it was loaded last
    loaded TEXT NOT NULL,                -- that target row (JSON, links as keys); '' for merged
    run_id INTEGER NOT NULL REFERENCES run (id),
    PRIMARY KEY (destination_id, model, key)
) WITHOUT ROWID;
-- Two keys may share a record only by a merge: one creation, one record.
CREATE UNIQUE INDEX IF NOT EXISTS record_created
    ON record (destination_id, model, odoo_id) WHERE operation = 'created';

-- Before-images of what was updated, field by field, in the order of the changes.
CREATE TABLE IF NOT EXISTS change (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id),
    model TEXT NOT NULL,
    key TEXT NOT NULL,
    odoo_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    before TEXT NOT NULL,                -- JSON, as Odoo gave it
    after TEXT NOT NULL,                 -- JSON, as sent
    digest_before TEXT,                  -- record.digest and .loaded before this change
    loaded_before TEXT,
    status TEXT NOT NULL DEFAULT 'intended'
        CHECK (status IN ('intended', 'done', 'restored', 'kept'))
);
CREATE INDEX IF NOT EXISTS change_of_record ON change (model, odoo_id);

-- Rows that did not go, and why, as of the latest run that tried.
CREATE TABLE IF NOT EXISTS set_aside (
    destination_id INTEGER NOT NULL REFERENCES destination (id),
    model TEXT NOT NULL,
    key TEXT NOT NULL,
    entry TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id),
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',      -- where the row stands in the source
    PRIMARY KEY (destination_id, model, key)
) WITHOUT ROWID;

-- Rows that went with something left out, or that were not changed because people had changed them.
CREATE TABLE IF NOT EXISTS warning (
    destination_id INTEGER NOT NULL REFERENCES destination (id),
    model TEXT NOT NULL,
    key TEXT NOT NULL,
    field TEXT NOT NULL,
    entry TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id),
    code TEXT NOT NULL,                  -- link_missing, conflict, update_refused
    message TEXT NOT NULL,
    PRIMARY KEY (destination_id, model, key, field)
) WITHOUT ROWID;

-- What was made or set in Odoo besides records: fields, settings. Undone last, in reverse.
CREATE TABLE IF NOT EXISTS preparation (
    id INTEGER PRIMARY KEY,
    destination_id INTEGER NOT NULL REFERENCES destination (id),
    run_id INTEGER NOT NULL REFERENCES run (id),
    kind TEXT NOT NULL CHECK (kind IN ('field', 'model', 'setting', 'side_effect')),
    model TEXT NOT NULL,
    name TEXT NOT NULL,
    odoo_id INTEGER,
    before TEXT NOT NULL DEFAULT 'null', -- JSON
    after TEXT NOT NULL DEFAULT 'null',  -- JSON
    status TEXT NOT NULL DEFAULT 'intended' CHECK (status IN ('intended', 'done', 'undone', 'kept')),
    UNIQUE (destination_id, run_id, kind, model, name)
);

-- Records that people changed after a run, found before the next run wrote anything.
CREATE TABLE IF NOT EXISTS touched (
    destination_id INTEGER NOT NULL REFERENCES destination (id),
    model TEXT NOT NULL,
    odoo_id INTEGER NOT NULL,
    touched_at TEXT NOT NULL,
    user_id INTEGER,
    PRIMARY KEY (destination_id, model, odoo_id)
) WITHOUT ROWID;

-- What a field of ours held when a run came upon it, other than what was loaded: people's work. The
-- run leaves it, but by writing to the record's other fields it takes the place of its last writer.
CREATE TABLE IF NOT EXISTS left_value (
    destination_id INTEGER NOT NULL REFERENCES destination (id),
    model TEXT NOT NULL,
    odoo_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    found TEXT NOT NULL,                 -- JSON, as Odoo gave it; of a file its checksum
    user_id INTEGER NOT NULL,            -- who wrote the record last, and when (Odoo's clock, UTC)
    written_at TEXT NOT NULL,
    PRIMARY KEY (destination_id, model, odoo_id, field)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    run_id INTEGER,
    what TEXT NOT NULL,                  -- run started, phase reconciled, batch found again, ...
    detail TEXT NOT NULL DEFAULT '{}'    -- JSON; keys and counts only, never a person's data
);
