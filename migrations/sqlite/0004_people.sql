-- People who leave, service accounts with an owner and an end, members added on pages, the audit by domain.

-- Named by a people file. Who is an administrator by the configuration alone is worked out at each start.
ALTER TABLE person ADD COLUMN listed_administrator BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE person SET listed_administrator = administrator WHERE issuer IS NULL;

-- Since when somebody can no longer sign in.
ALTER TABLE person ADD COLUMN disabled_at TEXT;

ALTER TABLE person ADD COLUMN kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service'));
UPDATE person SET kind = 'service' WHERE email LIKE '%@service.invalid';

-- Who answers for a service account, and its last moment. Tokens of before belong to whoever made them, where the audit
-- knows it, and end 90 days from now.
ALTER TABLE token ADD COLUMN owner BLOB REFERENCES person (id);
ALTER TABLE token ADD COLUMN ends_at TEXT;
ALTER TABLE token ADD COLUMN ended_at TEXT;
UPDATE token SET ended_at = revoked_at;
UPDATE token SET ends_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '+90 days');
UPDATE token SET owner = (
    SELECT person.id FROM audit
    JOIN person ON person.id = unhex(substr(audit.actor, 8), '-')
    WHERE audit.action = 'token.create' AND audit.actor LIKE 'person %'
    AND unhex(substr(audit.subject, 7), '-') = token.id
);

-- Whether a file or a page made somebody a member: an import replaces only what files said.
ALTER TABLE member ADD COLUMN source TEXT NOT NULL DEFAULT 'file' CHECK (source IN ('file', 'page'));

-- What a record is about, beside the chain: its domain chooses what the domain's stewards see; the output port and the
-- people it concerns are what somebody looks for.
ALTER TABLE audit ADD COLUMN domain TEXT;
ALTER TABLE audit ADD COLUMN port TEXT;
UPDATE audit SET (domain, port) = (
    SELECT access_request.domain, access_request.port FROM access_request
    WHERE access_request.id = unhex(substr(audit.subject, 9), '-')
) WHERE subject LIKE 'request %';
UPDATE audit SET (domain, port) = (
    SELECT access_grant.domain, access_grant.port FROM access_grant
    WHERE access_grant.id = unhex(substr(audit.subject, 7), '-')
) WHERE subject LIKE 'grant %';
CREATE INDEX audit_domain ON audit (domain, number);
CREATE INDEX audit_action ON audit (action, number);
CREATE INDEX audit_actor ON audit (actor, number);

CREATE TABLE audit_about (
    person BLOB NOT NULL,
    number INTEGER NOT NULL REFERENCES audit (number) ON DELETE CASCADE,
    PRIMARY KEY (person, number)
);
INSERT INTO audit_about (person, number)
SELECT person.id, audit.number FROM audit JOIN person ON person.id = unhex(substr(audit.actor, 8), '-')
WHERE audit.actor LIKE 'person %'
UNION
SELECT person.id, audit.number FROM audit JOIN person ON person.id = unhex(substr(audit.subject, 8), '-')
WHERE audit.subject LIKE 'person %'
UNION
SELECT access_request.requester, audit.number FROM audit
JOIN access_request ON access_request.id = unhex(substr(audit.subject, 9), '-')
WHERE audit.subject LIKE 'request %'
UNION
SELECT access_grant.consumer, audit.number FROM audit
JOIN access_grant ON access_grant.id = unhex(substr(audit.subject, 7), '-')
WHERE audit.subject LIKE 'grant %';
