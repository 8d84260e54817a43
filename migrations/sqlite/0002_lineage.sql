-- Runs of jobs. What their events say adds up: inputs with START, outputs with COMPLETE.
CREATE TABLE lineage_run (
    job TEXT NOT NULL,
    run TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (job, run)
);

-- Which asset a run reads or writes; the run '' stands for the job as such.
CREATE TABLE lineage_use (
    job TEXT NOT NULL,
    run TEXT NOT NULL,
    asset TEXT NOT NULL,
    writes BOOLEAN NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (job, run, asset, writes)
);
CREATE INDEX lineage_use_asset ON lineage_use (asset);

-- Other addresses of an asset: symlinks and earlier names.
CREATE TABLE lineage_alias (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    asset TEXT NOT NULL,
    PRIMARY KEY (namespace, name)
);
CREATE INDEX lineage_alias_asset ON lineage_alias (asset);

-- What events last said of an asset that only they name.
CREATE TABLE lineage_dataset (
    asset TEXT PRIMARY KEY,
    schema_at TEXT,
    dropped_at TEXT
);

CREATE INDEX lineage_edge_target ON lineage_edge (target);
CREATE INDEX asset_location ON asset (location);

-- A job's key is its namespace with slashes escaped, a slash, and its name: the first slash divides them. Before, the
-- last one was taken to.
UPDATE lineage_edge SET job =
    replace(replace(substr(rtrim(job, replace(job, '/', '')), 1, length(rtrim(job, replace(job, '/', ''))) - 1),
        '%', '%25'), '/', '%2F')
    || '/' || substr(job, length(rtrim(job, replace(job, '/', ''))) + 1)
WHERE job LIKE '%/%/%';
