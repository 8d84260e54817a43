//! Lineage events as they came, and the edges they say.

pub mod ageing;
pub mod batch;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::FromRow;

use super::lists::{list, rows_at_once, rows_of_list, run_list};
use super::stored::{self, Moment, Text};
use super::{Tx, rows, run};
use crate::Result;
use crate::policy::rules::TakeEvents;
use crate::policy::{Authorized, JoinAssets, WriteDocument};

/// A stored edge: data flows from `source` to `target`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Deserialize)]
pub struct EdgeRow {
    /// Asset the data comes from.
    pub source: String,
    /// Asset the data goes to.
    pub target: String,
    /// Key of the job that moves it; empty when no job was named.
    pub job: String,
    /// Column lineage as JSON: `[["source column", "target column"], ..]`.
    #[sqlx(try_from = "Text")]
    pub columns: String,
    /// The newest event that said so.
    #[sqlx(try_from = "Moment")]
    #[serde(deserialize_with = "stored::old_moment")]
    pub seen_at: DateTime<Utc>,
    /// Since when the runs of the job no longer draw it; never where no job was named.
    #[sqlx(try_from = "Moment")]
    #[serde(deserialize_with = "stored::moment")]
    pub former_since: Option<DateTime<Utc>>,
}

/// Those of these edges (source, target, job) that are there.
pub async fn edges_like(tx: &mut Tx, keys: &[(&str, &str, &str)]) -> Result<Vec<EdgeRow>> {
    rows_at_once!(
        tx,
        EdgeRow,
        "edge.source, edge.target, edge.job, edge.columns, edge.seen_at, edge.former_since",
        " CROSS JOIN lineage_edge AS edge WHERE edge.source = item.value ->> 0 AND edge.target = item.value ->> 1 \
         AND edge.job = item.value ->> 2",
        list(keys)?
    )
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

/// An asset found by an address.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Deserialize)]
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
    rows_at_once!(
        tx,
        FoundRow,
        "asset.namespace, asset.name, asset.id, asset.origin, asset.location",
        " CROSS JOIN asset WHERE asset.namespace = item.value ->> 0 AND asset.name = item.value ->> 1",
        list(addresses)?
    )
}

/// Assets that have one of these as another address.
pub async fn found_by_alias(tx: &mut Tx, addresses: &[(&str, &str)]) -> Result<Vec<FoundRow>> {
    rows_at_once!(
        tx,
        FoundRow,
        "alias.namespace, alias.name, asset.id, asset.origin, asset.location",
        " CROSS JOIN lineage_alias AS alias JOIN asset ON asset.id = alias.asset \
         WHERE alias.namespace = item.value ->> 0 AND alias.name = item.value ->> 1",
        list(addresses)?
    )
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

/// Gives an asset a new address of its own; the one before still finds it.
pub async fn rename(
    tx: &mut Tx,
    _proof: &Authorized<TakeEvents>,
    asset: &str,
    namespace: &str,
    name: &str,
) -> Result<()> {
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

/// Assets leave addresses that were their own: namespace, name and asset of each. Events that name these mean something else
/// from then on, and others may describe it.
pub async fn leave_addresses(
    tx: &mut Tx,
    _proof: &Authorized<WriteDocument>,
    left: &[(String, String, String)],
) -> Result<()> {
    run_list!(
        tx,
        "DELETE FROM lineage_alias WHERE (namespace, name, asset) IN \
         (SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2 FROM ",
        ")",
        list(left)?
    )?;
    Ok(())
}

/// All events as they came, by id.
pub async fn events(tx: &mut Tx) -> Result<Vec<String>> {
    let found = rows!(tx, (String,), "SELECT document FROM lineage_event ORDER BY id")?;
    Ok(found.into_iter().map(|(document,)| document).collect())
}

/// Where data of an asset flows to directly, as far as so many of them go.
pub async fn targets(tx: &mut Tx, source: &str, limit: i64) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT target FROM lineage_edge WHERE source = $1 LIMIT $2";
    let found = rows!(tx, (String,), sql, source, limit)?;
    Ok(found.into_iter().map(|(target,)| target).collect())
}

/// When each job last said that something flows into these assets: asset, job and moment.
pub async fn last_written(tx: &mut Tx, assets: &[String]) -> Result<Vec<(String, String, DateTime<Utc>)>> {
    let assets: Vec<_> = assets.iter().map(|asset| (asset,)).collect();
    let found = rows_of_list!(
        tx,
        (String, String, Moment),
        "SELECT edge.target, edge.job, MAX(edge.seen_at) FROM ",
        " CROSS JOIN lineage_edge AS edge WHERE edge.target = item.value ->> 0 AND edge.job <> '' \
         GROUP BY edge.target, edge.job",
        list(&assets)?
    )?;
    Ok(found.into_iter().map(|(asset, job, at)| (asset, job, at.into())).collect())
}

/// Gives all that lineage knows of one asset to another, its address included. What the other one has already is not
/// kept twice, and nothing flows from an asset into itself.
pub async fn join(tx: &mut Tx, _proof: &Authorized<JoinAssets>, from: &str, to: &str) -> Result<()> {
    run!(tx, "UPDATE lineage_alias SET asset = $2 WHERE asset = $1", from, to)?;
    keep_address(tx, from, to).await?;
    // What a run uses, its job uses; so the uses of runs are found without an index of their own.
    run!(
        tx,
        "INSERT INTO lineage_use (job, run, asset, writes, seen_at) SELECT job, run, $2, writes, seen_at \
         FROM lineage_use WHERE asset = $1 AND job IN (SELECT known.job FROM lineage_use AS known \
         WHERE known.asset = $1 AND known.run = '') ON CONFLICT (job, run, asset, writes) DO NOTHING",
        from,
        to
    )?;
    run!(
        tx,
        "DELETE FROM lineage_use WHERE asset = $1 AND job IN (SELECT known.job FROM lineage_use AS known \
         WHERE known.asset = $1 AND known.run = '')",
        from
    )?;
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
    run!(tx, "DELETE FROM lineage_edge WHERE source = $1 AND target = $1", to)?;
    Ok(())
}
