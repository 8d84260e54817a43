//! Lineage events as they came, and the edges they say.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::lists::{list, rows_of_list, run_list};
use super::{Tx, row, rows, run};
use crate::Result;

/// A stored edge: data flows from `source` to `target`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct EdgeRow {
    /// Asset the data comes from.
    pub source: String,
    /// Asset the data goes to.
    pub target: String,
    /// Key of the job that moves it; empty when no job was named.
    pub job: String,
    /// Column lineage as JSON: `[["source column", "target column"], ..]`.
    pub columns: String,
    /// The newest event that said so.
    pub seen_at: DateTime<Utc>,
}

/// Those of these edges that are there, by source, target and job.
pub async fn edges_like(tx: &mut Tx, edges: &[EdgeRow]) -> Result<Vec<EdgeRow>> {
    let keys: Vec<_> = edges.iter().map(|edge| (&edge.source, &edge.target, &edge.job)).collect();
    Ok(rows_of_list!(
        tx,
        EdgeRow,
        "SELECT edge.source, edge.target, edge.job, edge.columns, edge.seen_at FROM ",
        " CROSS JOIN lineage_edge AS edge WHERE edge.source = item.value ->> 0 AND edge.target = item.value ->> 1 \
         AND edge.job = item.value ->> 2",
        list(&keys)?
    )?)
}

/// Adds or replaces edges that were all seen at this moment, in one statement.
pub async fn put_edges(tx: &mut Tx, edges: &[EdgeRow], seen_at: DateTime<Utc>) -> Result<()> {
    let rows: Vec<_> =
        edges.iter().map(|edge| (&edge.source, &edge.target, &edge.job, &edge.columns)).collect();
    run_list!(
        tx,
        "INSERT INTO lineage_edge (source, target, job, columns, seen_at) \
         SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, item.value ->> 3, $2 FROM ",
        " WHERE true ON CONFLICT (source, target, job) DO UPDATE SET columns = excluded.columns, \
         seen_at = excluded.seen_at",
        list(&rows)?,
        seen_at
    )?;
    Ok(())
}

/// A run as its events tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table, described in the migration")]
pub struct RunRow {
    pub job: String,
    pub run: String,
    pub state: String,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub seen_at: DateTime<Utc>,
}

/// Adds what an event says of a run; once ended it stays so, in whatever order the events come.
pub async fn put_run(tx: &mut Tx, row: &RunRow) -> Result<()> {
    run!(
        tx,
        "INSERT INTO lineage_run (job, run, state, started_at, ended_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (job, run) DO UPDATE SET state = CASE WHEN excluded.ended_at IS NULL \
         AND lineage_run.ended_at IS NOT NULL THEN lineage_run.state ELSE excluded.state END, \
         started_at = COALESCE(lineage_run.started_at, excluded.started_at), \
         ended_at = COALESCE(excluded.ended_at, lineage_run.ended_at), seen_at = excluded.seen_at",
        &row.job,
        &row.run,
        &row.state,
        row.started_at,
        row.ended_at,
        row.seen_at
    )?;
    Ok(())
}

/// What a run is known to read and to write (true).
pub async fn uses(tx: &mut Tx, job: &str, run: &str) -> Result<Vec<(String, bool)>> {
    Ok(rows!(
        tx,
        (String, bool),
        "SELECT asset, writes FROM lineage_use WHERE job = $1 AND run = $2 ORDER BY asset LIMIT 1000",
        job,
        run
    )?)
}

/// A job and an asset that it reads or writes.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UseRow {
    /// Key of the job.
    pub job: String,
    /// The asset.
    pub asset: String,
    /// True when it is written.
    pub writes: bool,
}

/// How many names the events of a job, or of a dataset under a key of its own, have for what it reads and writes.
pub async fn names_of(tx: &mut Tx, job: &str) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM lineage_name WHERE job = $1";
    Ok(row!(tx, (i64,), sql, job)?.map_or(0, |(count,)| count))
}

/// Notes what such an event calls what it reads and writes, each name by its digest.
pub async fn put_names(tx: &mut Tx, job: &str, digests: &[String]) -> Result<()> {
    let rows: Vec<_> = digests.iter().map(|digest| (digest,)).collect();
    run_list!(
        tx,
        "INSERT INTO lineage_name (job, digest) SELECT $2, item.value ->> 0 FROM ",
        " WHERE true ON CONFLICT (job, digest) DO NOTHING",
        list(&rows)?,
        job
    )?;
    Ok(())
}

/// Notes that a run of a job (or, with an empty run, the job as such) reads or writes assets; true when that is new.
pub async fn put_uses(
    tx: &mut Tx,
    (job, run): (&str, &str),
    assets: &BTreeSet<String>,
    writes: bool,
    at: DateTime<Utc>,
) -> Result<bool> {
    let rows: Vec<_> = assets.iter().map(|asset| (asset,)).collect();
    let done = run_list!(
        tx,
        "INSERT INTO lineage_use (job, run, asset, writes, seen_at) SELECT $2, $3, item.value ->> 0, $4, $5 FROM ",
        " WHERE true ON CONFLICT (job, run, asset, writes) DO NOTHING",
        list(&rows)?,
        job,
        run,
        writes,
        at
    )?;
    Ok(done > 0)
}

/// Forgets what single runs of a job used before this moment; what the job uses stays.
pub async fn forget_uses(tx: &mut Tx, job: &str, before: DateTime<Utc>) -> Result<()> {
    run!(tx, "DELETE FROM lineage_use WHERE job = $1 AND run <> '' AND seen_at < $2", job, before)?;
    Ok(())
}

/// An asset found by an address.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FoundRow {
    /// Namespace of the address it was found by.
    pub namespace: String,
    /// Name within the namespace.
    pub name: String,
    /// The asset.
    pub id: String,
    /// `file` or `lineage`.
    pub origin: String,
    /// Where its data lies.
    pub location: Option<String>,
}

/// Assets with one of these addresses of their own.
pub async fn found(tx: &mut Tx, addresses: &[(&str, &str)]) -> Result<Vec<FoundRow>> {
    Ok(rows_of_list!(
        tx,
        FoundRow,
        "SELECT asset.namespace, asset.name, asset.id, asset.origin, asset.location FROM ",
        " CROSS JOIN asset WHERE asset.namespace = item.value ->> 0 AND asset.name = item.value ->> 1",
        list(addresses)?
    )?)
}

/// Assets that have one of these as another address.
pub async fn found_by_alias(tx: &mut Tx, addresses: &[(&str, &str)]) -> Result<Vec<FoundRow>> {
    Ok(rows_of_list!(
        tx,
        FoundRow,
        "SELECT alias.namespace, alias.name, asset.id, asset.origin, asset.location FROM ",
        " CROSS JOIN lineage_alias AS alias JOIN asset ON asset.id = alias.asset \
         WHERE alias.namespace = item.value ->> 0 AND alias.name = item.value ->> 1",
        list(addresses)?
    )?)
}

/// Tables whose data lies at one of these places.
pub async fn found_by_location(tx: &mut Tx, places: &[&str]) -> Result<Vec<FoundRow>> {
    let places: Vec<_> = places.iter().map(|place| (place,)).collect();
    Ok(rows_of_list!(
        tx,
        FoundRow,
        "SELECT asset.namespace, asset.name, asset.id, asset.origin, asset.location FROM ",
        " CROSS JOIN asset WHERE asset.location = item.value ->> 0 AND asset.kind = 'table' ORDER BY asset.id DESC",
        list(&places)?
    )?)
}

/// Those of these assets that some job other than this one reads or writes.
pub async fn used_by_others(tx: &mut Tx, assets: &[&str], job: &str) -> Result<BTreeSet<String>> {
    let asked: Vec<_> = assets.iter().map(|asset| (asset, job)).collect();
    let found = rows_of_list!(
        tx,
        (String,),
        "SELECT item.value ->> 0 FROM ",
        " WHERE EXISTS (SELECT 1 FROM lineage_use AS used WHERE used.asset = item.value ->> 0 \
         AND used.job <> item.value ->> 1) \
         OR EXISTS (SELECT 1 FROM lineage_edge AS edge WHERE edge.source = item.value ->> 0 \
         AND edge.job <> item.value ->> 1) \
         OR EXISTS (SELECT 1 FROM lineage_edge AS edge WHERE edge.target = item.value ->> 0 \
         AND edge.job <> item.value ->> 1)",
        list(&asked)?
    )?;
    Ok(found.into_iter().map(|(asset,)| asset).collect())
}

/// Gives an asset another address.
pub async fn put_alias(tx: &mut Tx, namespace: &str, name: &str, asset: &str) -> Result<()> {
    run!(
        tx,
        "INSERT INTO lineage_alias (namespace, name, asset) VALUES ($1, $2, $3) \
         ON CONFLICT (namespace, name) DO UPDATE SET asset = excluded.asset",
        namespace,
        name,
        asset
    )?;
    Ok(())
}

/// Gives an asset a new address of its own; the one before still finds it.
pub async fn rename(tx: &mut Tx, asset: &str, namespace: &str, name: &str) -> Result<()> {
    keep_address(tx, asset, asset).await?;
    run!(tx, "UPDATE asset SET namespace = $2, name = $3 WHERE id = $1", asset, namespace, name)?;
    Ok(())
}

async fn keep_address(tx: &mut Tx, of: &str, asset: &str) -> Result<()> {
    run!(
        tx,
        "INSERT INTO lineage_alias (namespace, name, asset) SELECT namespace, name, $2 FROM asset WHERE id = $1 \
         ON CONFLICT (namespace, name) DO UPDATE SET asset = excluded.asset",
        of,
        asset
    )?;
    Ok(())
}

/// Notes the moment of an asset's newest schema; false when a newer one is known.
pub async fn renew_schema(tx: &mut Tx, asset: &str, at: DateTime<Utc>) -> Result<bool> {
    let done = run!(
        tx,
        "INSERT INTO lineage_dataset (asset, schema_at) VALUES ($1, $2) ON CONFLICT (asset) DO UPDATE \
         SET schema_at = excluded.schema_at \
         WHERE lineage_dataset.schema_at IS NULL OR lineage_dataset.schema_at <= excluded.schema_at",
        asset,
        at
    )?;
    Ok(done == 1)
}

/// Notes that an asset is gone since this moment, or is there again; true when that is new.
pub async fn set_dropped(tx: &mut Tx, asset: &str, at: Option<DateTime<Utc>>) -> Result<bool> {
    let done = if at.is_some() {
        run!(
            tx,
            "INSERT INTO lineage_dataset (asset, dropped_at) VALUES ($1, $2) ON CONFLICT (asset) DO UPDATE \
             SET dropped_at = excluded.dropped_at WHERE lineage_dataset.dropped_at IS NULL",
            asset,
            at
        )?
    } else {
        run!(
            tx,
            "UPDATE lineage_dataset SET dropped_at = NULL WHERE asset = $1 AND dropped_at IS NOT NULL",
            asset
        )?
    };
    Ok(done == 1)
}

/// Keeps an event as it came; false when one with this id was kept before.
pub async fn put_event(tx: &mut Tx, id: &str, document: &str, at: DateTime<Utc>) -> Result<bool> {
    let done = run!(
        tx,
        "INSERT INTO lineage_event (id, document, received_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
        id,
        document,
        at
    )?;
    Ok(done == 1)
}

/// All events as they came, by id.
pub async fn events(tx: &mut Tx) -> Result<Vec<String>> {
    let found = rows!(tx, (String,), "SELECT document FROM lineage_event ORDER BY id")?;
    Ok(found.into_iter().map(|(document,)| document).collect())
}

/// Gives all that lineage knows of one asset to another, its address included. What the other one has already is not
/// kept twice, and nothing flows from an asset into itself.
pub async fn join(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
    run!(tx, "UPDATE lineage_alias SET asset = $2 WHERE asset = $1", from, to)?;
    keep_address(tx, from, to).await?;
    run!(
        tx,
        "INSERT INTO lineage_use (job, run, asset, writes, seen_at) SELECT job, run, $2, writes, seen_at \
         FROM lineage_use WHERE asset = $1 ON CONFLICT (job, run, asset, writes) DO NOTHING",
        from,
        to
    )?;
    run!(tx, "DELETE FROM lineage_use WHERE asset = $1", from)?;
    run!(tx, "DELETE FROM lineage_dataset WHERE asset = $1", from)?;
    run!(
        tx,
        "DELETE FROM lineage_edge WHERE source = $1 AND EXISTS (SELECT 1 FROM lineage_edge AS kept \
         WHERE kept.source = $2 AND kept.target = lineage_edge.target AND kept.job = lineage_edge.job)",
        from,
        to
    )?;
    run!(tx, "UPDATE lineage_edge SET source = $2 WHERE source = $1", from, to)?;
    run!(
        tx,
        "DELETE FROM lineage_edge WHERE target = $1 AND EXISTS (SELECT 1 FROM lineage_edge AS kept \
         WHERE kept.target = $2 AND kept.source = lineage_edge.source AND kept.job = lineage_edge.job)",
        from,
        to
    )?;
    run!(tx, "UPDATE lineage_edge SET target = $2 WHERE target = $1", from, to)?;
    run!(tx, "DELETE FROM lineage_edge WHERE source = target")?;
    Ok(())
}
