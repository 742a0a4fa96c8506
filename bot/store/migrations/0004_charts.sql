-- What an answer was about, so that a chart of it can be asked for later; and the chart itself, where the answer is one.

ALTER TABLE answers ADD COLUMN row_total BIGINT NOT NULL DEFAULT 0;

ALTER TABLE answers ADD COLUMN asked TEXT NOT NULL DEFAULT '[]';

ALTER TABLE answers ADD COLUMN chart TEXT;
