-- Columns that seemed to hold personal data by their names, and of which somebody said that they hold none of that kind: they
-- are not suggested again.
CREATE TABLE dismissed (
    asset TEXT NOT NULL,
    column_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    person UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (asset, column_name, kind)
);
CREATE INDEX dismissed_at ON dismissed (at);
