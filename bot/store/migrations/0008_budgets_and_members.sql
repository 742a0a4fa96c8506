-- What providers count of us, message by message, and who has a place among a bot's users. Who is an officer or one of the
-- staff: invitations with a one-time code, of which only the keyed hash is kept, and the addresses that were bound by them.

CREATE TABLE budget_messages (
    id {id},
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    month TEXT NOT NULL,
    key TEXT
);
CREATE UNIQUE INDEX budget_messages_key ON budget_messages (channel, account, key);
CREATE INDEX budget_messages_month ON budget_messages (channel, account, month);

CREATE TABLE budget_users (
    id {id},
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    person TEXT
);
CREATE UNIQUE INDEX budget_users_person ON budget_users (channel, account, person);

CREATE TABLE budget_months (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    month TEXT NOT NULL,
    told BIGINT NOT NULL,
    PRIMARY KEY (channel, account, month)
);

CREATE TABLE members (
    id {id},
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    bound_at BIGINT NOT NULL,
    unbound_at BIGINT
);
CREATE UNIQUE INDEX members_person ON members (person) WHERE unbound_at IS NULL;

CREATE TABLE invitations (
    id {id},
    code TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    invited_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE wrong_codes (
    id {id},
    person TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX wrong_codes_at ON wrong_codes (at);

CREATE TABLE strangers (
    person TEXT NOT NULL PRIMARY KEY,
    told_at BIGINT NOT NULL
);
