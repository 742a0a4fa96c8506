-- Deadlines: agencies and their officers, what was said of duties, who was reminded of what, the record of it all, which rule
-- sets were confirmed in writing, whose calendar a token opens, and when portals were down.

CREATE TABLE agencies (
    id {id},
    province TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    rule_set TEXT NOT NULL,
    applied_by TEXT NOT NULL,
    aliases TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    CONSTRAINT agencies_once UNIQUE (province, key)
);

CREATE TABLE officers (
    id {id},
    name TEXT NOT NULL,
    phone TEXT,
    sealed {bytes},
    imported_at BIGINT NOT NULL
);
CREATE INDEX officers_phone ON officers (phone);

CREATE TABLE posts (
    id {id},
    officer_id BIGINT NOT NULL,
    agency_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    since TEXT,
    until TEXT
);
CREATE INDEX posts_agency ON posts (agency_id);
CREATE INDEX posts_officer ON posts (officer_id);

ALTER TABLE members ADD COLUMN officer_id BIGINT;
ALTER TABLE invitations ADD COLUMN officer_id BIGINT;
ALTER TABLE invitations ADD COLUMN beginning TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN wrong BIGINT NOT NULL DEFAULT 0;

CREATE TABLE acts (
    id {id},
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    officer_id BIGINT,
    by TEXT NOT NULL,
    day TEXT,
    to_officer BIGINT,
    undoes BIGINT,
    note TEXT NOT NULL,
    once TEXT UNIQUE
);
CREATE INDEX acts_key ON acts (key);
CREATE INDEX acts_changed ON acts (id) WHERE kind = 'changed';

CREATE TABLE task_numbers (
    officer_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    key TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (officer_id, number),
    CONSTRAINT task_numbers_once UNIQUE (officer_id, key)
);

CREATE TABLE reminders (
    key TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    step TEXT NOT NULL,
    digest_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (key, officer_id, step)
);

CREATE TABLE digests (
    id {id},
    officer_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    at BIGINT NOT NULL,
    dedupe_key TEXT NOT NULL,
    CONSTRAINT digests_once UNIQUE (officer_id, day)
);

CREATE TABLE record (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    province TEXT NOT NULL,
    agency_id BIGINT,
    officer_id BIGINT,
    document TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    message TEXT,
    once TEXT UNIQUE
);
CREATE INDEX record_agency ON record (province, agency_id, at);
CREATE INDEX record_kind ON record (kind, at);

CREATE TABLE confirmations (
    id {id},
    profile TEXT NOT NULL,
    digest TEXT NOT NULL,
    by TEXT NOT NULL,
    signed_on TEXT NOT NULL,
    basis TEXT NOT NULL,
    at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE feed_tokens (
    id {id},
    token TEXT NOT NULL UNIQUE,
    officer_id BIGINT,
    agency_id BIGINT,
    made_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE feed_stamps (
    uid TEXT NOT NULL PRIMARY KEY,
    mark TEXT NOT NULL,
    day TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE outages (
    id {id},
    province TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT,
    reason TEXT NOT NULL
);
CREATE INDEX outages_province ON outages (province, began_at);
