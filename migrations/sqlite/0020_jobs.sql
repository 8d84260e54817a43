-- When a grant and a waiting request are looked at next, so that what is due is found by an index. The first moment of all
-- means now: everything that is there already is looked at once. `looked_as` is the classification that the data had then.
ALTER TABLE access_grant ADD COLUMN next_look TEXT NOT NULL DEFAULT '1970-01-01T00:00:00+00:00';
ALTER TABLE access_grant ADD COLUMN looked_as TEXT NOT NULL DEFAULT '';
CREATE INDEX access_grant_look ON access_grant (next_look, id) WHERE ended IS NULL;
ALTER TABLE access_request ADD COLUMN next_look TEXT NOT NULL DEFAULT '1970-01-01T00:00:00+00:00';
CREATE INDEX access_request_look ON access_request (next_look, id) WHERE state = 'requested';

-- What waits to be delivered or taken back.
CREATE INDEX access_grant_delivery ON access_grant (provision_after) WHERE provisioning IN ('pending', 'failed', 'deprovisioning');

-- Keys of reminders name the day from which a reminder counts, and no longer its place in a row of them.
UPDATE reminder SET kind = (
    SELECT substr(reminder.kind, 1, instr(reminder.kind, 'before.') + 6) || date(
        CASE WHEN reminder.kind LIKE 'end.%' THEN held.ends_on ELSE held.next_review END,
        '-' || CAST(substr(reminder.kind, instr(reminder.kind, 'before.') + 7) AS INTEGER) || ' days'
    ) FROM access_grant AS held WHERE held.id = reminder.access_grant
)
WHERE (kind LIKE 'end.before.%' AND cycle = 0)
OR ((kind LIKE 'ask.before.%' OR kind LIKE 'review.before.%') AND EXISTS (
    SELECT 1 FROM access_grant AS held
    WHERE held.id = reminder.access_grant AND held.cycle = reminder.cycle AND held.next_review IS NOT NULL
));
UPDATE reminder SET kind = (
    SELECT substr(reminder.kind, 1, instr(reminder.kind, 'overdue.') + 7) || date(
        held.next_review,
        '+' || (1 + 7 * CAST(substr(reminder.kind, instr(reminder.kind, 'overdue.') + 8) AS INTEGER)) || ' days'
    ) FROM access_grant AS held WHERE held.id = reminder.access_grant
)
WHERE (kind LIKE 'ask.overdue.%' OR kind LIKE 'review.overdue.%' OR kind LIKE 'escalated.overdue.%') AND EXISTS (
    SELECT 1 FROM access_grant AS held
    WHERE held.id = reminder.access_grant AND held.cycle = reminder.cycle AND held.next_review IS NOT NULL
);
UPDATE request_reminder SET kind = (
    SELECT 'waits.' || date(asked.waits_since, '+' || CAST(substr(request_reminder.kind, 7) AS INTEGER) || ' days')
    FROM access_request AS asked WHERE asked.id = request_reminder.request
)
WHERE kind LIKE 'waits.%' AND EXISTS (
    SELECT 1 FROM access_request AS asked
    WHERE asked.id = request_reminder.request AND asked.revision = request_reminder.revision
);

-- When the newest version of a contract is checked next.
CREATE TABLE contract_check (
    contract TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    next_check TEXT NOT NULL
);
CREATE INDEX contract_check_next ON contract_check (next_check);
INSERT INTO contract_check (contract, version, next_check)
SELECT contract, version, strftime('%Y-%m-%dT%H:%M:%S+00:00', last, '+1 day')
FROM (SELECT contract, version, MAX(at) AS last FROM check_run GROUP BY contract);

-- Which process does a job for all of them, until when.
CREATE TABLE job_lease (
    job TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until TEXT NOT NULL
);

-- What a job could not do with one thing, until it can: how often it failed, why the last time, when that was, when it may
-- be tried again, and when administrators were told.
CREATE TABLE job_fault (
    job TEXT NOT NULL,
    item TEXT NOT NULL,
    error TEXT NOT NULL,
    failures INTEGER NOT NULL,
    at TEXT NOT NULL,
    again TEXT NOT NULL,
    told_at TEXT,
    PRIMARY KEY (job, item)
);
