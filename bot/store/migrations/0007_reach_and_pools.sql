-- Messages that must reach somebody, by which of their addresses they went and what became of each; the weights between
-- accounts for the same people, what moved them, and where sending fails.

ALTER TABLE outbox ADD COLUMN moves INTEGER NOT NULL DEFAULT 0;

CREATE TABLE ladders (
    id {id},
    key TEXT NOT NULL,
    rung INTEGER NOT NULL,
    confirm_within BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    begun_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX ladders_key ON ladders (key);

CREATE INDEX ladders_open ON ladders (due_at) WHERE state = 'open';

CREATE INDEX ladders_ended ON ladders (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE rungs (
    ladder BIGINT NOT NULL,
    number INTEGER NOT NULL,
    outbox_id BIGINT NOT NULL,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    PRIMARY KEY (ladder, number)
);

CREATE INDEX rungs_outbox ON rungs (outbox_id);

CREATE INDEX rungs_person ON rungs (person);

CREATE TABLE pools (
    name TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    shares TEXT NOT NULL,
    errors_at BIGINT,
    slow_at BIGINT,
    moved_at BIGINT
);

CREATE TABLE pool_steps (
    pool TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    shares TEXT NOT NULL,
    PRIMARY KEY (pool, version)
);

CREATE TABLE send_troubles (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (channel, account, at)
);

CREATE INDEX outbox_parts_left ON outbox_parts (channel, account, at);
