-- One sender per account; who wants diacritics where each part costs money.

ALTER TABLE conversations ADD COLUMN accents INTEGER NOT NULL DEFAULT 0;

CREATE TABLE sender_leases (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (channel, account)
);
