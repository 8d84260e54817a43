//! All that is stored of lineage and of assets, from the beginning to the end, for who reads all of it.
//!
//! It comes in parts, and a part as one text: JSON that the database writes. As rows of their own, a million edges would
//! cost several times as much to hand over as to read.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::stored::Text;
use super::super::{Tx, row, rows, run};
use crate::Result;

/// Rows of a part.
const PART: i64 = 20_000;

/// A stored edge.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct StoredEdge<'a> {
    /// Asset the data comes from.
    #[serde(borrow)]
    pub source: Cow<'a, str>,
    /// Asset the data goes to.
    #[serde(borrow)]
    pub target: Cow<'a, str>,
    /// Key of the job that moves it; empty when no job was named.
    #[serde(borrow)]
    pub job: Cow<'a, str>,
    /// Column lineage as JSON.
    #[serde(borrow)]
    pub columns: Cow<'a, str>,
    /// 1 when the runs of the job no longer draw it, otherwise 0.
    pub former: u8,
}

/// What a job as such does with an asset.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct StoredUse<'a> {
    /// Key of the job.
    #[serde(borrow)]
    pub job: Cow<'a, str>,
    /// The asset.
    #[serde(borrow)]
    pub asset: Cow<'a, str>,
    /// 1 when it is written, 0 when it is read.
    pub writes: u8,
}

/// A table, and how far it was read. On `SQLite` the rows of a part are found by their place in the file and in one
/// sweep, whatever order they came in; on `PostgreSQL` by a cursor, which lives as long as the transaction.
#[derive(Debug)]
pub struct Flows {
    sqlite: &'static str,
    open: &'static str,
    fetch: &'static str,
    close: &'static str,
    after: Option<i64>,
}

impl Flows {
    /// All assets but those that events dropped; a part is a list of
    /// [`AssetRow`](crate::store::catalog::AssetRow).
    pub fn assets() -> Self {
        Self {
            // At most 4 MiB of columns and descriptions and one row more.
            sqlite: "SELECT MAX(place), json_group_array(json_array(id, kind, layer, namespace, name, domain, description, \
                     platform, location, classification, tags, columns, origin, CAST(created_at AS TEXT))) FILTER (WHERE NOT is_dropped AND typeof(id) = 'text') \
                     FROM (SELECT rowid AS place, asset.*, EXISTS (SELECT 1 FROM lineage_dataset AS seen \
                     WHERE seen.asset = asset.id AND seen.dropped_at IS NOT NULL) AS is_dropped FROM asset \
                     WHERE rowid > $1 AND rowid <= (SELECT MAX(place) FROM (SELECT place, \
                     SUM(bytes) OVER (ORDER BY place) - bytes AS before FROM (SELECT rowid AS place, \
                     octet_length(columns) + octet_length(description) AS bytes FROM asset WHERE rowid > $1 \
                     ORDER BY rowid LIMIT $2)) WHERE before < 4194304))",
            open: "DECLARE all_assets NO SCROLL CURSOR FOR \
                   SELECT CAST(json_build_array(id, kind, layer, namespace, name, domain, description, platform, location, \
                   classification, tags, columns, origin, created_at) AS TEXT) FROM asset \
                   WHERE NOT EXISTS (SELECT 1 FROM lineage_dataset AS seen \
                   WHERE seen.asset = asset.id AND seen.dropped_at IS NOT NULL)",
            fetch: "FETCH FORWARD 1000 FROM all_assets",
            close: "CLOSE all_assets",
            after: None,
        }
    }

    /// All edges; a part is a list of [`StoredEdge`].
    pub fn edges() -> Self {
        Self {
            // At most 16 MiB of columns and one row more: SQLite makes no text of more than a billion bytes.
            sqlite: "SELECT MAX(rowid), json_group_array(json_array(source, target, job, columns, \
                     former_since IS NOT NULL)) FROM lineage_edge \
                     WHERE rowid > $1 AND rowid <= (SELECT MAX(place) FROM (SELECT place, \
                     SUM(bytes) OVER (ORDER BY place) - bytes AS before FROM (SELECT rowid AS place, \
                     octet_length(columns) AS bytes FROM lineage_edge WHERE rowid > $1 ORDER BY rowid LIMIT $2)) \
                     WHERE before < 16777216)",
            open: "DECLARE all_edges NO SCROLL CURSOR FOR \
                   SELECT CAST(json_build_array(source, target, job, columns, CAST(former_since IS NOT NULL AS INTEGER)) \
                   AS TEXT) FROM lineage_edge",
            fetch: "FETCH FORWARD 1000 FROM all_edges",
            close: "CLOSE all_edges",
            after: None,
        }
    }

    /// What all jobs as such do; a part is a list of [`StoredUse`].
    pub fn uses() -> Self {
        Self {
            sqlite: "SELECT MAX(place), json_group_array(json_array(job, asset, writes)) FROM \
                     (SELECT rowid AS place, job, asset, writes FROM lineage_use WHERE run = '' AND rowid > $1 \
                     ORDER BY rowid LIMIT $2)",
            open: "DECLARE all_uses NO SCROLL CURSOR FOR \
                   SELECT CAST(json_build_array(job, asset, CAST(writes AS INTEGER)) AS TEXT) FROM lineage_use \
                   WHERE run = ''",
            fetch: "FETCH FORWARD 20000 FROM all_uses",
            close: "CLOSE all_uses",
            after: None,
        }
    }

    /// The next part, if there is one.
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Option<String>> {
        let is_first = self.after.is_none();
        let after = *self.after.get_or_insert(i64::MIN);
        if let Tx::Sqlite(..) = tx {
            let found = row!(tx, (Option<i64>, Text), self.sqlite, after, PART)?;
            let part = found.and_then(|(last, part)| Some((last?, part.0)));
            return Ok(part.map(|(last, part)| {
                self.after = Some(last);
                part
            }));
        }
        if is_first {
            run!(tx, self.open)?;
        }
        let found = rows!(tx, (String,), self.fetch)?;
        if found.is_empty() {
            run!(tx, self.close)?;
            return Ok(None);
        }
        let rows: Vec<String> = found.into_iter().map(|(row,)| row).collect();
        Ok(Some(format!("[{}]", rows.join(","))))
    }
}
