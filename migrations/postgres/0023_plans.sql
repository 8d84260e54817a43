-- Pushes that were planned, for as long as they can be applied: what was sent, and a digest of what it would change. One is
-- removed when it is applied or over.
CREATE TABLE plan (
    id UUID PRIMARY KEY,
    account UUID NOT NULL REFERENCES token (id),
    made_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    push TEXT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX plan_account ON plan (account, made_at);
CREATE INDEX plan_over ON plan (ends_at);
