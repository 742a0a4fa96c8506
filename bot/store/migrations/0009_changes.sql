-- What each new version of a source changed, and how far a source was read. A change counts once its version was published.

ALTER TABLE sources ADD COLUMN mark TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN whole_at BIGINT;

CREATE TABLE publications (
    id {id},
    source_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT publications_once UNIQUE (source_id, version)
);

CREATE TABLE changes (
    source_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    province TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (source_id, version, code)
);
CREATE INDEX changes_code ON changes (code);
