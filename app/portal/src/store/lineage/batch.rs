//! What many events at once look up and write, each in one statement over a list.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::FromRow;

use super::{EdgeRow, RunRow};
use crate::Result;
use crate::policy::Authorized;
use crate::policy::rules::TakeEvents;
use crate::store::catalog::AssetRow;
use crate::store::lists::{list, moment, rows_at_once, rows_of_list, run_list};
use crate::store::stored::{Moment, OverSince};
use crate::store::{Tx, run};

/// Most jobs that are kept of what flows from one asset to another, where they say nothing of columns that another one does
/// not say: pages name no more, and a job whose name holds a day would be another one each day.
const MOST_OF_EDGE: i64 = 20;
/// Most of them whatever they say.
const MOST_ROWS_OF_EDGE: i64 = 500;
/// Most assets that are known of one run.
const MOST_OF_RUN: i64 = 1_000;
/// Uses by single runs that one look forgets.
const MOST_FORGOTTEN: i64 = 5_000;

/// Those of these events that are kept already.
pub async fn kept(tx: &mut Tx, ids: &BTreeSet<&str>) -> Result<BTreeSet<String>> {
    let found = rows_of_list!(
        tx,
        (String,),
        "SELECT event.id FROM ",
        " CROSS JOIN lineage_event AS event WHERE event.id = item.value ->> 0",
        singles(ids)?
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Keeps events as they came, by id.
pub async fn put_events(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    events: &[(&str, &str)],
    at: DateTime<Utc>,
) -> Result<()> {
    run_list!(
        tx,
        "INSERT INTO lineage_event (id, document, received_at) SELECT item.value ->> 0, item.value ->> 1, $2 FROM ",
        " WHERE true ON CONFLICT (id) DO NOTHING",
        list(events)?,
        at
    )?;
    Ok(())
}

/// Adds what events say of runs; once ended they stay so, in whatever order the events come.
pub async fn put_runs(tx: &mut Tx, _proof: &Authorized<TakeEvents>, runs: &[RunRow]) -> Result<()> {
    let rows = runs.iter().map(|row| {
        let at = |at: Option<DateTime<Utc>>| at.map(moment);
        (&row.job, &row.run, &row.state, at(row.started_at), at(row.ended_at), moment(row.seen_at))
    });
    run_list!(
        tx,
        ["INSERT INTO lineage_run (job, run, state, started_at, ended_at, seen_at) \
          SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, " at 3, ", " at 4, ", " at 5, " FROM "],
        " WHERE true ON CONFLICT (job, run) DO UPDATE SET state = CASE WHEN excluded.ended_at IS NULL \
         AND lineage_run.ended_at IS NOT NULL THEN lineage_run.state ELSE excluded.state END, \
         started_at = COALESCE(lineage_run.started_at, excluded.started_at), \
         ended_at = COALESCE(excluded.ended_at, lineage_run.ended_at), seen_at = excluded.seen_at",
        list(&rows.collect::<Vec<_>>())?
    )?;
    Ok(())
}

/// Notes that jobs completed a run: which of their edges are former by now is looked up later.
pub async fn put_due(tx: &mut Tx, _proof: &Authorized<TakeEvents>, jobs: &BTreeSet<&str>) -> Result<()> {
    run_list!(
        tx,
        "INSERT INTO lineage_due (job) SELECT item.value ->> 0 FROM ",
        " WHERE true ON CONFLICT (job) DO NOTHING",
        singles(jobs)?
    )?;
    Ok(())
}

/// How many names the events of each of these jobs, or of datasets under keys of their own, have for what they read and
/// write.
pub async fn counts_of_names(tx: &mut Tx, jobs: &BTreeSet<&str>) -> Result<Vec<(String, i64)>> {
    rows_at_once!(
        tx,
        (String, i64),
        "item.value ->> 0, (SELECT COUNT(*) FROM lineage_name AS named WHERE named.job = item.value ->> 0)",
        "",
        singles(jobs)?
    )
}

/// Those of these names (a job, a digest) that are noted.
pub async fn names_like(tx: &mut Tx, names: &[(&str, &str)]) -> Result<Vec<(String, String)>> {
    Ok(rows_of_list!(
        tx,
        (String, String),
        "SELECT named.job, named.digest FROM ",
        " CROSS JOIN lineage_name AS named WHERE named.job = item.value ->> 0 AND named.digest = item.value ->> 1",
        list(names)?
    )?)
}

/// Notes what events call what they read and write: the job and the digest of a name.
pub async fn put_names(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    names: &[(String, String)],
) -> Result<()> {
    run_list!(
        tx,
        "INSERT INTO lineage_name (job, digest) SELECT item.value ->> 0, item.value ->> 1 FROM ",
        " WHERE true ON CONFLICT (job, digest) DO NOTHING",
        list(names)?
    )?;
    Ok(())
}

/// Which jobs use an asset, as far as it matters whether there is another one than a certain job.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UsersRow {
    /// The asset.
    pub asset: String,
    /// The first of its jobs.
    pub first: Option<String>,
    /// The last of its jobs.
    pub last: Option<String>,
    /// The job without a name, where an edge of it comes from no job.
    pub stated: Option<String>,
}

/// The users of these assets. Whatever job draws an edge is noted as a user of its two ends, too.
pub async fn users(tx: &mut Tx, assets: &BTreeSet<&str>) -> Result<Vec<UsersRow>> {
    rows_at_once!(
        tx,
        UsersRow,
        "item.value ->> 0, \
         (SELECT MIN(used.job) FROM lineage_use AS used WHERE used.asset = item.value ->> 0 AND used.run = ''), \
         (SELECT MAX(used.job) FROM lineage_use AS used WHERE used.asset = item.value ->> 0 AND used.run = ''), \
         CASE WHEN EXISTS (SELECT 1 FROM lineage_edge AS edge WHERE edge.source = item.value ->> 0 AND edge.job = '') \
         OR EXISTS (SELECT 1 FROM lineage_edge AS edge WHERE edge.target = item.value ->> 0 AND edge.job = '') \
         THEN '' END",
        "",
        singles(assets)?
    )
}

/// What a run reads or writes.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RunUseRow {
    /// Key of the job.
    pub job: String,
    /// The run.
    pub run: String,
    /// The asset.
    pub asset: String,
    /// True when it is written.
    pub writes: bool,
}

/// What these runs (a job, a run) are known to read and to write since a moment, of each at most a thousand.
pub async fn uses_of_runs(
    tx: &mut Tx,
    runs: &BTreeSet<(&str, &str)>,
    since: DateTime<Utc>,
) -> Result<Vec<RunUseRow>> {
    let runs: Vec<_> = runs.iter().collect();
    Ok(rows_of_list!(
        tx,
        RunUseRow,
        "SELECT job, run, asset, writes FROM (SELECT used.job, used.run, used.asset, used.writes, \
         ROW_NUMBER() OVER (PARTITION BY used.job, used.run ORDER BY used.asset) AS place FROM ",
        " CROSS JOIN lineage_use AS used WHERE used.job = item.value ->> 0 AND used.run = item.value ->> 1 \
         AND used.seen_at >= $2) AS placed WHERE place <= $3",
        list(&runs)?,
        since,
        MOST_OF_RUN
    )?)
}

/// A job, a run of it, an asset, and whether it is written.
pub type Use = (String, String, String, bool);

/// Notes that runs read or write assets; what was noted before `since` counts as forgotten.
pub async fn put_uses_of_runs(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    uses: &[Use],
    at: DateTime<Utc>,
    since: DateTime<Utc>,
) -> Result<()> {
    run_list!(
        tx,
        "INSERT INTO lineage_use (job, run, asset, writes, seen_at) SELECT item.value ->> 0, item.value ->> 1, \
         item.value ->> 2, CAST(item.value ->> 3 AS BOOLEAN), $2 FROM ",
        " WHERE true ON CONFLICT (job, run, asset, writes) DO UPDATE SET seen_at = excluded.seen_at \
         WHERE lineage_use.seen_at < $3",
        list(uses)?,
        at,
        since
    )?;
    Ok(())
}

/// Notes that jobs as such read or write assets (a job, an asset, whether it is written); answers the assets of which that
/// is new.
pub async fn put_uses(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    uses: &[(String, String, bool)],
    at: DateTime<Utc>,
) -> Result<BTreeSet<String>> {
    let new = rows_of_list!(
        tx,
        (String,),
        "INSERT INTO lineage_use (job, run, asset, writes, seen_at) SELECT item.value ->> 0, '', item.value ->> 1, \
         CAST(item.value ->> 2 AS BOOLEAN), $2 FROM ",
        " WHERE true ON CONFLICT (job, run, asset, writes) DO NOTHING RETURNING asset",
        list(uses)?,
        at
    )?;
    Ok(new.into_iter().map(|(asset,)| asset).collect())
}

/// Forgets the oldest of what single runs used before this moment; what the jobs use stays.
pub async fn forget_uses(tx: &mut Tx, _proof: &Authorized<TakeEvents>, before: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "DELETE FROM lineage_use WHERE (job, run, asset, writes) IN (SELECT old.job, old.run, old.asset, old.writes \
         FROM lineage_use AS old WHERE old.run <> '' AND old.seen_at < $1 ORDER BY old.seen_at LIMIT $2)",
        before,
        MOST_FORGOTTEN
    )?;
    Ok(())
}

/// Adds or replaces edges.
pub async fn put_edges(tx: &mut Tx, _proof: &Authorized<TakeEvents>, edges: &[EdgeRow]) -> Result<()> {
    let rows = edges.iter().map(|edge| {
        let EdgeRow { source, target, job, columns, seen_at, former_since } = edge;
        (source, target, job, columns, moment(*seen_at), former_since.map(moment))
    });
    run_list!(
        tx,
        ["INSERT INTO lineage_edge (source, target, job, columns, seen_at, former_since) \
          SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, item.value ->> 3, " at 4, ", " at 5, " FROM "],
        " WHERE true ON CONFLICT (source, target, job) DO UPDATE SET columns = excluded.columns, \
         seen_at = excluded.seen_at, former_since = excluded.former_since",
        list(&rows.collect::<Vec<_>>())?
    )?;
    Ok(())
}

/// Of many jobs that move data between the same two assets (a source, a target), the ones seen last stay, what no job says,
/// and of those that say the same of columns one.
pub async fn forget_edges(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    pairs: &BTreeSet<(&str, &str)>,
) -> Result<()> {
    run_list!(
        tx,
        "DELETE FROM lineage_edge WHERE (source, target, job) IN (SELECT source, target, job FROM (SELECT edge.source, \
         edge.target, edge.job, edge.columns, ROW_NUMBER() OVER (PARTITION BY edge.source, edge.target \
         ORDER BY CASE WHEN edge.job = '' THEN 0 ELSE 1 END, edge.seen_at DESC, edge.job) AS place, \
         ROW_NUMBER() OVER (PARTITION BY edge.source, edge.target, edge.columns \
         ORDER BY CASE WHEN edge.job = '' THEN 0 ELSE 1 END, edge.seen_at DESC, edge.job) AS alike FROM ",
        " CROSS JOIN lineage_edge AS edge WHERE edge.source = item.value ->> 0 AND edge.target = item.value ->> 1) \
         AS placed WHERE place > $3 OR (place > $2 AND (columns = '[]' OR alike > 1)))",
        list(&pairs.iter().collect::<Vec<_>>())?,
        MOST_OF_EDGE,
        MOST_ROWS_OF_EDGE
    )?;
    Ok(())
}

/// Adds assets that only events name.
pub async fn add_assets(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    assets: &[AssetRow],
    at: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<[&String; 10]> = assets
        .iter()
        .map(|row| {
            let AssetRow { id, kind, namespace, name, domain, description, .. } = row;
            let AssetRow { classification, tags, columns, origin, .. } = row;
            [id, kind, namespace, name, domain, description, classification, tags, columns, origin]
        })
        .collect();
    run_list!(
        tx,
        "INSERT INTO asset (id, kind, namespace, name, domain, description, classification, tags, columns, origin, \
         created_at) SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2, item.value ->> 3, item.value ->> 4, \
         item.value ->> 5, item.value ->> 6, item.value ->> 7, item.value ->> 8, item.value ->> 9, $2 FROM ",
        " WHERE true ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, layer = NULL, namespace = excluded.namespace, \
         name = excluded.name, domain = excluded.domain, description = excluded.description, platform = NULL, \
         location = NULL, classification = excluded.classification, tags = excluded.tags, columns = excluded.columns, \
         origin = excluded.origin",
        list(&rows)?,
        at
    )?;
    Ok(())
}

/// Renews columns and descriptions (an id, either of them or none) of assets that only lineage events name; answers those
/// that are others now.
pub async fn describe(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    rows: &[(String, Option<String>, Option<String>)],
) -> Result<BTreeSet<String>> {
    let changed = rows_of_list!(
        tx,
        (String,),
        "UPDATE asset SET columns = COALESCE(item.value ->> 1, asset.columns), \
         description = COALESCE(item.value ->> 2, asset.description) FROM ",
        " WHERE asset.id = item.value ->> 0 AND asset.origin = 'lineage' \
         AND (asset.columns <> COALESCE(item.value ->> 1, asset.columns) \
         OR asset.description <> COALESCE(item.value ->> 2, asset.description)) RETURNING asset.id",
        list(rows)?
    )?;
    Ok(changed.into_iter().map(|(id,)| id).collect())
}

/// Gives assets other addresses: namespace, name, asset.
pub async fn put_aliases(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    aliases: &[(&str, &str, &str)],
) -> Result<()> {
    run_list!(
        tx,
        "INSERT INTO lineage_alias (namespace, name, asset) SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2 \
         FROM ",
        " WHERE true ON CONFLICT (namespace, name) DO UPDATE SET asset = excluded.asset",
        list(aliases)?
    )?;
    Ok(())
}

/// What events last said of an asset.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DatasetRow {
    /// The asset.
    pub asset: String,
    /// The moment of its newest schema.
    #[sqlx(try_from = "Moment")]
    pub schema_at: Option<DateTime<Utc>>,
    /// Since when it is gone.
    #[sqlx(try_from = "OverSince")]
    pub dropped_at: Option<DateTime<Utc>>,
}

/// What events last said of these assets.
pub async fn datasets(tx: &mut Tx, assets: &BTreeSet<&str>) -> Result<Vec<DatasetRow>> {
    Ok(rows_of_list!(
        tx,
        DatasetRow,
        "SELECT dataset.asset, dataset.schema_at, dataset.dropped_at FROM ",
        " CROSS JOIN lineage_dataset AS dataset WHERE dataset.asset = item.value ->> 0",
        singles(assets)?
    )?)
}

/// Adds or replaces what events last said of assets.
pub async fn put_datasets(tx: &mut Tx, _proof: &Authorized<TakeEvents>, rows: &[DatasetRow]) -> Result<()> {
    let rows = rows.iter().map(|row| (&row.asset, row.schema_at.map(moment), row.dropped_at.map(moment)));
    run_list!(
        tx,
        ["INSERT INTO lineage_dataset (asset, schema_at, dropped_at) SELECT item.value ->> 0, " at 1, ", " at 2, " FROM "],
        " WHERE true ON CONFLICT (asset) DO UPDATE SET schema_at = excluded.schema_at, dropped_at = excluded.dropped_at",
        list(&rows.collect::<Vec<_>>())?
    )?;
    Ok(())
}

/// A list whose rows have one member.
fn singles(values: &BTreeSet<&str>) -> Result<String> {
    list(&values.iter().map(|value| (value,)).collect::<Vec<_>>())
}
