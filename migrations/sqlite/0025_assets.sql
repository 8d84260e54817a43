-- Assets have revisions as other documents have, once somebody changed them on a page or by a push. What a column may hold
-- cannot be changed here: the table is made anew.
ALTER TABLE revision RENAME TO revision_before;
CREATE TABLE revision (
    kind TEXT NOT NULL CHECK (kind IN ('product', 'contract', 'dashboard', 'term', 'asset')),
    document TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('page', 'api', 'files')),
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    added BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    in_files BOOLEAN NOT NULL,
    PRIMARY KEY (kind, document, number)
);
INSERT INTO revision (kind, document, number, at, actor, source, reason, text, added, removed, in_files)
SELECT kind, document, number, at, actor, source, reason, text, added, removed, in_files FROM revision_before;
DROP TABLE revision_before;
CREATE INDEX revision_apart ON revision (kind, document, number) WHERE NOT in_files;

-- Whether an id is taken, also by one that differs in capital letters alone.
CREATE INDEX asset_lower ON asset (lower(id));
