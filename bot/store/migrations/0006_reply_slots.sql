-- Requests of providers that are held until the reply to their message can be the answer to them.

CREATE TABLE reply_slots (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    external_id TEXT NOT NULL,
    person TEXT NOT NULL,
    state TEXT NOT NULL,
    part TEXT,
    text TEXT,
    until BIGINT NOT NULL,
    PRIMARY KEY (channel, account, external_id)
);

CREATE INDEX reply_slots_person ON reply_slots (person);
