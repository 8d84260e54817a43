-- Every text of a document that was published: who did, when, where from and why. Those of one document count from 1 without a
-- gap. `in_files` says that files held this text when they were imported last: an import tells by it who changed a document.
CREATE TABLE revision (
    kind TEXT NOT NULL CHECK (kind IN ('product', 'contract', 'dashboard')),
    document TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    at TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('page', 'api', 'files')),
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    added BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    in_files BOOLEAN NOT NULL,
    PRIMARY KEY (kind, document, number)
);
CREATE INDEX revision_apart ON revision (kind, document, number) WHERE NOT in_files;

-- What is here already came from files; how it read before, nobody kept.
INSERT INTO revision (kind, document, number, at, actor, source, reason, text, added, removed, in_files)
SELECT 'product', id, 1, created_at, 'system import', 'files', '', document,
    length(document) - length(replace(document, chr(10), ''))
    + CASE WHEN document = '' OR right(document, 1) = chr(10) THEN 0 ELSE 1 END, 0, TRUE
FROM product;
INSERT INTO revision (kind, document, number, at, actor, source, reason, text, added, removed, in_files)
SELECT 'contract', contract || ' ' || version, 1, published_at, 'system import', 'files', '', document,
    length(document) - length(replace(document, chr(10), ''))
    + CASE WHEN document = '' OR right(document, 1) = chr(10) THEN 0 ELSE 1 END, 0, TRUE
FROM contract_version;
INSERT INTO revision (kind, document, number, at, actor, source, reason, text, added, removed, in_files)
SELECT 'dashboard', id, 1, created_at, 'system import', 'files', '', document,
    length(document) - length(replace(document, chr(10), ''))
    + CASE WHEN document = '' OR right(document, 1) = chr(10) THEN 0 ELSE 1 END, 0, TRUE
FROM dashboard;

-- Whether an id is taken, also by one that differs in capital letters alone.
CREATE INDEX product_lower ON product (lower(id));
