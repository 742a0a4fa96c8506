-- What was downloaded and what became of it, which personal data were hidden in a table, and what its columns hold.

CREATE TABLE downloads (
    source_id BIGINT NOT NULL,
    address_hash TEXT NOT NULL,
    address TEXT NOT NULL,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    resources TEXT NOT NULL,
    notices TEXT NOT NULL,
    made_by TEXT NOT NULL,
    read_at BIGINT,
    checked_at BIGINT NOT NULL,
    changed_at BIGINT,
    error TEXT NOT NULL,
    PRIMARY KEY (source_id, address_hash)
);

CREATE TABLE masks (
    hash TEXT NOT NULL,
    position INTEGER NOT NULL,
    heading TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    cells BIGINT NOT NULL,
    PRIMARY KEY (hash, position)
);

CREATE TABLE table_schemas (
    hash TEXT NOT NULL PRIMARY KEY,
    columns TEXT NOT NULL
);
