-- People who leave, service accounts with an owner and an end, members added on pages, the audit by domain.

-- Named by a people file. Who is an administrator by the configuration alone is worked out at each start.
ALTER TABLE person ADD COLUMN listed_administrator BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE person SET listed_administrator = administrator WHERE issuer IS NULL;

-- Since when somebody can no longer sign in.
ALTER TABLE person ADD COLUMN disabled_at TIMESTAMPTZ;

ALTER TABLE person ADD COLUMN kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service'));
UPDATE person SET kind = 'service' WHERE email LIKE '%@service.invalid';

-- Who answers for a service account, and its last moment. Tokens of before belong to whoever made them, where the audit
-- knows it, and end 90 days from now.
ALTER TABLE token ADD COLUMN owner UUID REFERENCES person (id);
ALTER TABLE token ADD COLUMN ends_at TIMESTAMPTZ;
ALTER TABLE token ADD COLUMN ended_at TIMESTAMPTZ;
UPDATE token SET ended_at = revoked_at;
UPDATE token SET ends_at = now() + INTERVAL '90 days';
UPDATE token SET owner = (
    SELECT person.id FROM audit
    JOIN person ON audit.actor = 'person ' || person.id::text
    WHERE audit.action = 'token.create' AND audit.subject = 'token ' || token.id::text
);

-- Whether a file or a page made somebody a member: an import replaces only what files said.
ALTER TABLE member ADD COLUMN source TEXT NOT NULL DEFAULT 'file' CHECK (source IN ('file', 'page'));

-- What a record is about, beside the chain: its domain chooses what the domain's stewards see; the output port and the
-- people it concerns are what somebody looks for.
ALTER TABLE audit ADD COLUMN domain TEXT;
ALTER TABLE audit ADD COLUMN port TEXT;
UPDATE audit SET domain = access_request.domain, port = access_request.port FROM access_request
WHERE audit.subject = 'request ' || access_request.id::text;
UPDATE audit SET domain = access_grant.domain, port = access_grant.port FROM access_grant
WHERE audit.subject = 'grant ' || access_grant.id::text;
CREATE INDEX audit_domain ON audit (domain, number);
CREATE INDEX audit_action ON audit (action, number);
CREATE INDEX audit_actor ON audit (actor, number);

CREATE TABLE audit_about (
    person UUID NOT NULL,
    number BIGINT NOT NULL REFERENCES audit (number) ON DELETE CASCADE,
    PRIMARY KEY (person, number)
);
INSERT INTO audit_about (person, number)
SELECT person.id, audit.number FROM audit
JOIN person ON audit.actor = 'person ' || person.id::text
UNION
SELECT person.id, audit.number FROM audit
JOIN person ON audit.subject = 'person ' || person.id::text
UNION
SELECT access_request.requester, audit.number FROM audit
JOIN access_request ON audit.subject = 'request ' || access_request.id::text
UNION
SELECT access_grant.consumer, audit.number FROM audit
JOIN access_grant ON audit.subject = 'grant ' || access_grant.id::text;
