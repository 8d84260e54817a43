-- The glossary: what words of the company mean, each as the document that says it.
CREATE TABLE term (
    id TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- Terms have revisions as other documents have.
ALTER TABLE revision DROP CONSTRAINT revision_kind_check;
ALTER TABLE revision ADD CONSTRAINT revision_kind_check
    CHECK (kind IN ('product', 'contract', 'dashboard', 'term'));
