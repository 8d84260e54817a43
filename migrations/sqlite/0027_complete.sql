-- When a run of a job was last complete, however many there were.
CREATE INDEX lineage_run_complete ON lineage_run (job, ended_at) WHERE state = 'COMPLETE';
