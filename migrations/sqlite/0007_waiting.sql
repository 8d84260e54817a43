-- Requests that wait: since when with the same people, at most one for a person and a port, who was reminded.

-- When it came to those whose turn it is: when it was sent, approved by the first of two, or moved to another domain.
ALTER TABLE access_request ADD COLUMN waits_since TEXT;
UPDATE access_request SET waits_since = requested_at;

-- Of several that wait the oldest stays.
UPDATE access_request SET state = 'withdrawn', decided_at = requested_at, rule = 'request.sent_twice',
    comment = 'Sent twice; the earlier request waits on', revision = revision + 1
WHERE state = 'requested' AND EXISTS (
    SELECT 1 FROM access_request AS earlier
    WHERE earlier.requester = access_request.requester AND earlier.port = access_request.port
    AND earlier.state = 'requested' AND earlier.id < access_request.id
);
CREATE UNIQUE INDEX access_request_waiting ON access_request (requester, port) WHERE state = 'requested';

-- The domain is the one that answers for the data, which lists and counters look for.
UPDATE access_request SET domain = (SELECT asset.domain FROM asset WHERE asset.id = access_request.asset)
WHERE state = 'requested'
AND EXISTS (SELECT 1 FROM asset WHERE asset.id = access_request.asset AND asset.domain <> '');

-- One reminder for a request, revision, kind and recipient, however many processes look.
CREATE TABLE request_reminder (
    request BLOB NOT NULL REFERENCES access_request (id),
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL,
    recipient BLOB NOT NULL REFERENCES person (id),
    sent_at TEXT NOT NULL,
    PRIMARY KEY (request, revision, kind, recipient)
);

-- Under which rule access ended, which says whether somebody or nobody decided.
ALTER TABLE access_grant ADD COLUMN ended_rule TEXT;
UPDATE access_grant SET ended_rule = 'review.no_answer_revoke' WHERE ended_by = 'system policy';
CREATE INDEX access_grant_review ON access_grant (domain, next_review) WHERE ended IS NULL;

-- Reminders of those who review have a kind of their own, apart from what consumers are asked.
UPDATE reminder SET kind = 'review.' || kind WHERE kind LIKE 'before.%' OR kind LIKE 'overdue.%';
