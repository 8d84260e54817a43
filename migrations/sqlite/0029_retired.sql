-- What is no longer offered from a day on. Nothing of it is deleted: its own row stays where it is, and so does its page.
CREATE TABLE retired (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    on_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    successor TEXT,
    person BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX retired_on_day ON retired (on_day);
