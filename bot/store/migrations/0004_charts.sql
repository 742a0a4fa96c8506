-- What an answer was about, so that a chart of it can be asked for later; and the chart itself, where the answer is one.

ALTER TABLE answers ADD COLUMN subject TEXT;

ALTER TABLE answers ADD COLUMN chart TEXT;
