-- What people follow, each with the moment they began to.
CREATE TABLE follow (
    person BLOB NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (person, kind, id)
);
-- Whoever follows something: up to when their digest has told what changed, and when it is looked at next.
CREATE TABLE follower (
    person BLOB NOT NULL PRIMARY KEY,
    told_at TEXT NOT NULL,
    next_look TEXT NOT NULL
);
CREATE INDEX follower_next_look ON follower (next_look);

-- What changed of a document since a moment.
CREATE INDEX revision_at ON revision (kind, document, at);
