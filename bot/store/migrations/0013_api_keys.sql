-- The keys with which programs read the public API; of a key only a keyed hash is here.

CREATE TABLE api_keys (
    id {id},
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    rate INTEGER NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    used_on TEXT
);
