-- Whatever job draws an edge uses its two ends. Edges of the first version of the portal came without.
INSERT INTO lineage_use (job, run, asset, writes, seen_at)
SELECT job, '', source, FALSE, MAX(seen_at) FROM lineage_edge WHERE job <> '' GROUP BY job, source
ON CONFLICT (job, run, asset, writes) DO NOTHING;
INSERT INTO lineage_use (job, run, asset, writes, seen_at)
SELECT job, '', target, TRUE, MAX(seen_at) FROM lineage_edge WHERE job <> '' GROUP BY job, target
ON CONFLICT (job, run, asset, writes) DO NOTHING;

-- Which jobs use an asset; the uses of single runs are found by their job, and forgotten by their age.
DROP INDEX lineage_use_asset;
CREATE INDEX lineage_use_job ON lineage_use (asset, job, run) WHERE run = '';
CREATE INDEX lineage_use_run ON lineage_use (seen_at) WHERE run <> '';

-- Edges that no job draws.
CREATE INDEX lineage_edge_stated_source ON lineage_edge (source, job) WHERE job = '';
CREATE INDEX lineage_edge_stated_target ON lineage_edge (target, job) WHERE job = '';
