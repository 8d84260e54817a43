-- What a job wrote is read from the edges of lineage, not from its runs: nothing reads by this index any more.
DROP INDEX lineage_run_complete;
