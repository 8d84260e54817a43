-- When a table last changed, as far as the portal has seen: lists say it and look at no table.
CREATE TABLE table_look (
    asset TEXT PRIMARY KEY,
    changed_at TIMESTAMPTZ NOT NULL
);
