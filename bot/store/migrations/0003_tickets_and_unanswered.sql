-- What people report about the data, and what they asked without an answer. Which rows an answer gave.

ALTER TABLE answers ADD COLUMN table_hash TEXT NOT NULL DEFAULT '';

ALTER TABLE answers ADD COLUMN row_numbers TEXT NOT NULL DEFAULT '[]';

CREATE TABLE tickets (
    number BIGINT NOT NULL PRIMARY KEY,
    identity TEXT UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    person TEXT,
    channel TEXT NOT NULL,
    dataset TEXT NOT NULL,
    table_hash TEXT NOT NULL,
    row_numbers TEXT NOT NULL,
    answer TEXT NOT NULL,
    figure TEXT NOT NULL,
    publisher TEXT NOT NULL,
    text TEXT NOT NULL,
    note TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX tickets_person ON tickets (person) WHERE person IS NOT NULL;

CREATE TABLE unanswered (
    text TEXT NOT NULL,
    day TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (text, day)
);

CREATE TABLE unanswered_choices (
    question TEXT NOT NULL,
    dataset TEXT NOT NULL,
    picked BIGINT NOT NULL,
    rephrased BIGINT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (question, dataset)
);

CREATE TABLE unanswered_marks (
    question TEXT NOT NULL,
    mark TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (question, mark)
);
CREATE INDEX unanswered_marks_day ON unanswered_marks (day);
