-- Which datasets people follow, whom was told what last, and who took a dataset down or let it be seen again, and why.

CREATE TABLE follows (
    person TEXT NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    since BIGINT NOT NULL,
    publication BIGINT NOT NULL,
    hidden INTEGER NOT NULL,
    PRIMARY KEY (person, code)
);

CREATE TABLE followers (
    person TEXT NOT NULL PRIMARY KEY,
    told_at BIGINT NOT NULL,
    told TEXT NOT NULL
);

CREATE TABLE takedown_log (
    id {id},
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    code TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL
);
