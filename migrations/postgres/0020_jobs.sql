-- When a grant and a waiting request are looked at next, so that what is due is found by an index. The first moment of all
-- means now: everything that is there already is looked at once. `looked_as` is the classification that the data had then.
ALTER TABLE access_grant ADD COLUMN next_look TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01T00:00:00+00:00';
ALTER TABLE access_grant ADD COLUMN looked_as TEXT NOT NULL DEFAULT '';
CREATE INDEX access_grant_look ON access_grant (next_look, id) WHERE ended IS NULL;
ALTER TABLE access_request ADD COLUMN next_look TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01T00:00:00+00:00';
CREATE INDEX access_request_look ON access_request (next_look, id) WHERE state = 'requested';

-- What waits to be delivered or taken back.
CREATE INDEX access_grant_delivery ON access_grant (provision_after) WHERE provisioning IN ('pending', 'failed', 'deprovisioning');

-- Keys of reminders name the day from which a reminder counts, and no longer its place in a row of them.
UPDATE reminder SET kind = regexp_replace(reminder.kind, '[0-9]+$', '') || to_char(
    CASE WHEN reminder.kind LIKE 'end.%' THEN held.ends_on ELSE held.next_review END
        - CAST(substring(reminder.kind FROM '[0-9]+$') AS INTEGER), 'YYYY-MM-DD'
)
FROM access_grant AS held
WHERE held.id = reminder.access_grant AND (
    (reminder.kind LIKE 'end.before.%' AND reminder.cycle = 0)
    OR ((reminder.kind LIKE 'ask.before.%' OR reminder.kind LIKE 'review.before.%')
        AND held.cycle = reminder.cycle AND held.next_review IS NOT NULL)
);
UPDATE reminder SET kind = regexp_replace(reminder.kind, '[0-9]+$', '') || to_char(
    held.next_review + 1 + 7 * CAST(substring(reminder.kind FROM '[0-9]+$') AS INTEGER), 'YYYY-MM-DD'
)
FROM access_grant AS held
WHERE held.id = reminder.access_grant AND held.cycle = reminder.cycle AND held.next_review IS NOT NULL
AND (reminder.kind LIKE 'ask.overdue.%' OR reminder.kind LIKE 'review.overdue.%' OR reminder.kind LIKE 'escalated.overdue.%');
UPDATE request_reminder SET kind = 'waits.' || to_char(
    CAST(asked.waits_since AT TIME ZONE 'UTC' AS DATE) + CAST(substring(request_reminder.kind FROM '[0-9]+$') AS INTEGER), 'YYYY-MM-DD'
)
FROM access_request AS asked
WHERE asked.id = request_reminder.request AND asked.revision = request_reminder.revision
AND request_reminder.kind LIKE 'waits.%';

-- When the newest version of a contract is checked next.
CREATE TABLE contract_check (
    contract TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    next_check TIMESTAMPTZ NOT NULL
);
CREATE INDEX contract_check_next ON contract_check (next_check);
INSERT INTO contract_check (contract, version, next_check)
SELECT DISTINCT ON (contract) contract, version, at + INTERVAL '1 day' FROM check_run ORDER BY contract, at DESC;

-- Which process does a job for all of them, until when.
CREATE TABLE job_lease (
    job TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until TIMESTAMPTZ NOT NULL
);

-- What a job could not do with one thing, until it can: how often it failed, why the last time, when that was, when it may
-- be tried again, and when administrators were told.
CREATE TABLE job_fault (
    job TEXT NOT NULL,
    item TEXT NOT NULL,
    error TEXT NOT NULL,
    failures BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    again TIMESTAMPTZ NOT NULL,
    told_at TIMESTAMPTZ,
    PRIMARY KEY (job, item)
);
