//! When tables last changed, as far as the portal has seen: whoever looks at a table notes it, and lists that must not look
//! at each of theirs ask here. A table that nobody looked at says nothing.
//!
//! What was seen is kept in memory and written every few seconds, as readings are; a process that is killed forgets the
//! looks of its last seconds, which the next look mends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lakeport_frame::{LakeError, TableInfo, TableRef};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::store::{Db, Tx, catalog as store};
use crate::{Ctx, Result};

/// Most tables that a page which is about something else looks at, and how long it waits for each. Of what is not answered
/// by then nothing is said.
const MOST_LOOKS: usize = 20;
const BRIEFLY: Duration = Duration::from_millis(500);

/// The newest change of each table that this process has seen.
#[derive(Debug, Default)]
pub struct Looks(Mutex<BTreeMap<String, Seen>>);

#[derive(Debug, Clone, Copy)]
struct Seen {
    changed_at: DateTime<Utc>,
    is_written: bool,
}

/// When tables of a list last changed.
#[derive(Debug, Default)]
pub(crate) struct LastChanges(BTreeMap<String, DateTime<Utc>>);

impl LastChanges {
    /// Of one of the tables that were asked about; `None` where nobody looked at it yet.
    pub(crate) fn of(&self, table: &str) -> Option<DateTime<Utc>> {
        self.0.get(table).copied()
    }
}

impl Ctx {
    /// What the Delta log says about a table; its last change is noted.
    pub(crate) async fn look(&self, table: &TableRef) -> std::result::Result<TableInfo, LakeError> {
        let info = self.lake.describe(table).await?;
        self.looks.note(&table.name, info.modified_at);
        Ok(info)
    }

    /// Those of the first of these tables that are not there, by the names of their assets.
    pub(crate) async fn gone(&self, tables: impl Iterator<Item = TableRef>) -> BTreeSet<String> {
        let mut looks = JoinSet::new();
        // Two ports may offer the same.
        let tables: BTreeMap<String, TableRef> = tables.map(|table| (table.name.clone(), table)).collect();
        for table in tables.into_values().take(MOST_LOOKS) {
            let ctx = self.clone();
            looks.spawn(async move {
                let look = ctx.results.table_or(table.location.clone(), ctx.look(&table));
                let is_gone = timeout(BRIEFLY, look).await.is_ok_and(|seen| is_gone(&seen));
                is_gone.then_some(table.name)
            });
        }
        looks.join_all().await.into_iter().flatten().collect()
    }

    /// That no table is there, in the sentence of the lake.
    pub(crate) async fn no_table(&self, table: &TableRef) -> Option<String> {
        match timeout(BRIEFLY, self.lake.describe(table)).await {
            Ok(Err(LakeError::TableGone(said))) => Some(said),
            _ => None,
        }
    }
}

/// True where the lake answered that no table is there.
pub(super) fn is_gone<T>(described: &std::result::Result<T, LakeError>) -> bool {
    matches!(described, Err(LakeError::TableGone(_)))
}

impl Looks {
    fn note(&self, asset: &str, changed_at: DateTime<Utc>) {
        let mut seen = self.seen();
        if seen.get(asset).is_none_or(|before| before.changed_at < changed_at) {
            seen.insert(asset.to_owned(), Seen { changed_at, is_written: false });
        }
    }

    fn seen(&self) -> MutexGuard<'_, BTreeMap<String, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last changes of these tables that this process or another one has seen; one question for a whole list.
    pub(crate) async fn last_changes(&self, tx: &mut Tx, tables: &BTreeSet<&str>) -> Result<LastChanges> {
        if tables.is_empty() {
            return Ok(LastChanges::default());
        }
        let mut last: BTreeMap<String, DateTime<Utc>> =
            store::last_changes(tx, tables).await?.into_iter().collect();
        let seen = self.seen();
        for table in tables {
            if let Some(seen) = seen.get(*table).map(|seen| seen.changed_at) {
                let last = last.entry((*table).to_owned()).or_insert(seen);
                *last = seen.max(*last);
            }
        }
        Ok(LastChanges(last))
    }

    /// True where something waits to be written.
    pub(crate) fn wait_to_be_written(&self) -> bool {
        self.seen().values().any(|seen| !seen.is_written)
    }

    /// Writes what was seen since the last round. What could not be written is written with the next one.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let waits =
            |(asset, seen): (&String, &Seen)| (!seen.is_written).then(|| (asset.clone(), seen.changed_at));
        let waiting: Vec<(String, DateTime<Utc>)> = self.seen().iter().filter_map(waits).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let mut tx = db.write().await?;
        for (asset, changed_at) in &waiting {
            store::put_last_change(&mut tx, asset, *changed_at).await?;
        }
        tx.commit_unrecorded("what was seen of tables changes nothing").await?;
        let mut seen = self.seen();
        for (asset, written) in waiting {
            if let Some(seen) = seen.get_mut(&asset) {
                seen.is_written |= seen.changed_at == written;
            }
        }
        Ok(())
    }
}
