-- Assets have revisions as other documents have, once somebody changed them on a page or by a push.
ALTER TABLE revision DROP CONSTRAINT revision_kind_check;
ALTER TABLE revision ADD CONSTRAINT revision_kind_check
    CHECK (kind IN ('product', 'contract', 'dashboard', 'term', 'asset'));

-- Whether an id is taken, also by one that differs in capital letters alone.
CREATE INDEX asset_lower ON asset (lower(id));
