-- What the events of a job call what it reads and writes, each name as a digest. The limit of a job counts these, which its
-- sender knows, and not the assets behind them: whether two names are one asset is not for everybody to know. Jobs that are
-- there already are counted from their next event on.
CREATE TABLE lineage_name (
    job TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (job, digest)
);
