-- What was announced of something: that it is retired or restored, certified or not any more. It stays when that is over.
CREATE TABLE announced (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    what TEXT NOT NULL,
    -- From which day on, or until which one.
    day DATE,
    reason TEXT NOT NULL,
    person UUID NOT NULL,
    PRIMARY KEY (kind, id, at, what)
);
INSERT INTO announced (kind, id, at, what, day, reason, person)
SELECT kind, id, at, 'retired', on_day, reason, person FROM retired;
INSERT INTO announced (kind, id, at, what, day, reason, person)
SELECT kind, id, at, 'certified', until, reason, person FROM certified;
