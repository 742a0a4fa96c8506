-- What channels have to remember: how people stand to us, the providers' tokens and uploads, and what buttons mean whose
-- value is longer than a provider allows. Where else a message may go; where one of our people is talking.

ALTER TABLE conversations ADD COLUMN silent_until BIGINT;

ALTER TABLE outbox ADD COLUMN elsewhere {bytes};

CREATE TABLE standings (
    person TEXT NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    interacted_at BIGINT,
    unreachable_at BIGINT,
    unreachable_code TEXT NOT NULL DEFAULT ''
);

CREATE TABLE tokens (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    sealed {bytes} NOT NULL,
    obtained_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    refresher TEXT,
    refreshing_until BIGINT,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (channel, account)
);

CREATE TABLE uploads (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    reference TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (channel, account, reference)
);

CREATE TABLE long_choices (
    digest TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    value TEXT NOT NULL,
    used_at BIGINT NOT NULL
);

CREATE INDEX long_choices_person ON long_choices (person);
