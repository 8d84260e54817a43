-- Since when the runs of a job no longer draw an edge; the next event that draws it takes that back.
ALTER TABLE lineage_edge ADD COLUMN former_since TIMESTAMPTZ;
CREATE INDEX lineage_edge_job ON lineage_edge (job) WHERE former_since IS NULL;
CREATE INDEX lineage_edge_former ON lineage_edge (former_since) WHERE former_since IS NOT NULL;

-- When complete runs of a job began.
CREATE INDEX lineage_run_begun ON lineage_run (job, COALESCE(started_at, ended_at)) WHERE state = 'COMPLETE';

-- Jobs that completed a run since it was looked which of their edges are former.
CREATE TABLE lineage_due (
    job TEXT NOT NULL PRIMARY KEY
);
INSERT INTO lineage_due (job) SELECT DISTINCT job FROM lineage_run WHERE state = 'COMPLETE' AND job <> '';
