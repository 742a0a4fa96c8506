-- The foundation: inbox, conversations, outbox, receipts, answers, catalogue.
-- {id} is the engine's own growing key (never reused), {bytes} its type for bytes.

CREATE TABLE facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE conversations (
    person TEXT NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    sealed {bytes} NOT NULL,
    state TEXT NOT NULL,
    data TEXT NOT NULL,
    choices TEXT NOT NULL,
    language TEXT NOT NULL,
    updated_at BIGINT,
    version BIGINT NOT NULL,
    mail_count BIGINT NOT NULL,
    flooded_at BIGINT,
    due_at BIGINT,
    waiting_since BIGINT,
    lease_owner TEXT,
    lease_until BIGINT
);
CREATE INDEX conversations_due ON conversations (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE inbox (
    id {id},
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    external_id TEXT NOT NULL,
    person TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT,
    finished_at BIGINT,
    CONSTRAINT inbox_once UNIQUE (channel, account, external_id)
);
CREATE INDEX inbox_pending ON inbox (person, id) WHERE state = 'pending';
CREATE INDEX inbox_dead ON inbox (id) WHERE state = 'dead';

CREATE TABLE outbox (
    id {id},
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    lane INTEGER NOT NULL,
    reply TEXT NOT NULL,
    language TEXT NOT NULL,
    origin TEXT NOT NULL,
    dedupe_key TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    expires_at BIGINT,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    resends INTEGER NOT NULL,
    error TEXT,
    finished_at BIGINT
);
CREATE INDEX outbox_queued ON outbox (person, lane, id) WHERE state = 'queued';
CREATE INDEX outbox_given_up ON outbox (id) WHERE state IN ('dead', 'parked');
CREATE INDEX outbox_expiring ON outbox (expires_at) WHERE expires_at IS NOT NULL AND state = 'queued';

CREATE TABLE outbox_heads (
    person TEXT NOT NULL,
    lane INTEGER NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    due_at BIGINT,
    waiting_since BIGINT,
    lease_owner TEXT,
    lease_until BIGINT,
    PRIMARY KEY (person, lane)
);
CREATE INDEX outbox_heads_due ON outbox_heads (channel, account, lane, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE outbox_parts (
    outbox_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    provider_id TEXT,
    state INTEGER NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (outbox_id, number)
);
CREATE INDEX outbox_parts_provider ON outbox_parts (provider_id);

CREATE TABLE receipts (
    id {id},
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    state INTEGER NOT NULL,
    detail TEXT NOT NULL,
    at BIGINT NOT NULL,
    joined INTEGER NOT NULL,
    CONSTRAINT receipts_once UNIQUE (channel, account, provider_id, state)
);
CREATE INDEX receipts_unjoined ON receipts (id) WHERE joined = 0;

CREATE TABLE quarantine (
    id {id},
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    raw {bytes} NOT NULL,
    reason TEXT NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE TABLE mailbox (
    person TEXT NOT NULL,
    number BIGINT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    part TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, number)
);

CREATE TABLE consents (
    id {id},
    person TEXT NOT NULL,
    topic TEXT,
    given INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX ix_consents_person ON consents (person);

CREATE TABLE answers (
    code TEXT NOT NULL PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    dataset TEXT NOT NULL,
    reply TEXT NOT NULL,
    given_at BIGINT NOT NULL
);

CREATE TABLE sources (
    id {id},
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    province TEXT NOT NULL,
    address TEXT NOT NULL,
    sample INTEGER NOT NULL,
    version BIGINT NOT NULL,
    synced_at BIGINT,
    CONSTRAINT sources_once UNIQUE (kind, name, province)
);

CREATE TABLE datasets (
    source_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (source_id, version, code)
);

CREATE TABLE tables (
    hash TEXT NOT NULL PRIMARY KEY,
    columns TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    stored_at BIGINT NOT NULL
);

CREATE TABLE table_chunks (
    hash TEXT NOT NULL,
    number INTEGER NOT NULL,
    rows TEXT NOT NULL,
    PRIMARY KEY (hash, number)
);

CREATE TABLE takedowns (
    code TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL
);
