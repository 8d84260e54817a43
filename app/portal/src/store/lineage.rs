//! Lineage events as they came, and the edges they say.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Tx, rows, run};
use crate::Result;

/// A stored edge: data flows from `source` to `target`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct EdgeRow {
    /// Asset the data comes from.
    pub source: String,
    /// Asset the data goes to.
    pub target: String,
    /// The job that moves it: `NAMESPACE/NAME`.
    pub job: String,
    /// Column lineage as JSON: `[["source column", "target column"], ..]`.
    pub columns: String,
    /// The newest event that said so.
    pub seen_at: DateTime<Utc>,
}

/// All edges.
pub async fn edges(tx: &mut Tx) -> Result<Vec<EdgeRow>> {
    Ok(rows!(
        tx,
        EdgeRow,
        "SELECT source, target, job, columns, seen_at FROM lineage_edge ORDER BY source, target, job"
    )?)
}

/// Adds an edge, or renews what is known of it; column lineage is replaced where a newer event carries some.
pub async fn put_edge(tx: &mut Tx, edge: &EdgeRow) -> Result<()> {
    run!(
        tx,
        "INSERT INTO lineage_edge (source, target, job, columns, seen_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (source, target, job) DO UPDATE SET \
         columns = CASE WHEN excluded.columns = '[]' OR (excluded.seen_at < lineage_edge.seen_at \
         AND lineage_edge.columns <> '[]') THEN lineage_edge.columns ELSE excluded.columns END, \
         seen_at = CASE WHEN excluded.seen_at < lineage_edge.seen_at THEN lineage_edge.seen_at \
         ELSE excluded.seen_at END",
        &edge.source,
        &edge.target,
        &edge.job,
        &edge.columns,
        edge.seen_at
    )?;
    Ok(())
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

/// Gives the edges of one asset to another. What the other one has already is not kept twice, and nothing flows from
/// an asset into itself.
pub async fn move_edges(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
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
