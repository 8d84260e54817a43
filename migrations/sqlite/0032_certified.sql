-- Whether a day has come is asked of what stands in memory: nothing reads by this index.
DROP INDEX retired_on_day;

-- What is certified until a day, and what was checked for that. Once the day is over, the row says nothing any more.
CREATE TABLE certified (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    until TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- The domain whose steward said so: of what moves to another one, it says nothing any more.
    domain TEXT NOT NULL,
    person BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
