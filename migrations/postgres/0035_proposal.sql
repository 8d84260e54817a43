-- What members propose to change of a product, an asset or a term of their domain: the text that publishing would take, and on
-- which one it was written. What is settled stays, with who said so, when and why.
CREATE TABLE proposal (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    domain TEXT NOT NULL,
    person UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    base TEXT NOT NULL,
    text TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn')),
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    answer TEXT
);
-- Of one thing, a person has one that is open.
CREATE UNIQUE INDEX proposal_open ON proposal (kind, document, person) WHERE state = 'open';
CREATE INDEX proposal_domain ON proposal (domain, at) WHERE state = 'open';
CREATE INDEX proposal_person ON proposal (person, id);
