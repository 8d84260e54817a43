//! Results of queries, kept while the tables they read keep their version.
//!
//! Who may read is decided before; a result depends only on the statement, its values, the tables' versions and how much
//! of them may be read, all of which are in the key. Whoever asks what is being computed already waits for that answer.

use std::sync::Arc;
use std::time::Duration;

use lakeport_frame::{Frame, LakeError, TableInfo};
use moka::future::Cache;

/// What all kept results may take together where nothing else is said, in MiB.
pub const RESULTS_MB: u32 = 64;

/// How old the known version of a table may be. While many move filters, the lake is not asked by each of them.
const VERSION_AGE: Duration = Duration::from_secs(1);
const MOST_TABLES: u64 = 10_000;

/// Results by key, and the newest versions of tables; what is asked for least leaves first.
#[derive(Debug, Clone)]
pub struct ResultCache {
    frames: Cache<String, Arc<Frame>>,
    tables: Cache<String, TableInfo>,
}

impl Default for ResultCache {
    fn default() -> Self {
        Self::new(RESULTS_MB)
    }
}

impl ResultCache {
    /// Keeps results of at most this many MiB together.
    pub fn new(megabytes: u32) -> Self {
        let most = u64::from(megabytes) * 1024 * 1024;
        Self {
            frames: Cache::builder()
                .max_capacity(most)
                .weigher(|key: &String, frame: &Arc<Frame>| weight(key, frame))
                .build(),
            tables: Cache::builder().max_capacity(MOST_TABLES).time_to_live(VERSION_AGE).build(),
        }
    }

    /// The result under `key`; where there is none, that of `compute`, which is then kept.
    ///
    /// # Errors
    /// What `compute` fails with. A failure is not kept; those who waited for the same answer share it.
    pub async fn get_or(
        &self,
        key: String,
        compute: impl Future<Output = Result<Frame, LakeError>>,
    ) -> Result<Arc<Frame>, LakeError> {
        let shared = async { compute.await.map(Arc::new) };
        let entry = self.frames.entry(key).or_try_insert_with(shared).await;
        let entry = entry.map_err(|error| LakeError::clone(&error))?;
        if entry.is_fresh() {
            // Otherwise what is too much would stay until the next maintenance, however large it is.
            self.frames.run_pending_tasks().await;
        }
        Ok(entry.into_value())
    }

    /// The table at a location as it was at most a second ago.
    ///
    /// # Errors
    /// What `describe` fails with; a failure is not kept.
    pub async fn table_or(
        &self,
        location: String,
        describe: impl Future<Output = Result<TableInfo, LakeError>>,
    ) -> Result<TableInfo, LakeError> {
        self.tables.try_get_with(location, describe).await.map_err(|error| LakeError::clone(&error))
    }
}

/// Bytes, with the texts of cells and key.
fn weight(key: &str, frame: &Frame) -> u32 {
    u32::try_from(key.len() + frame.bytes() + size_of::<Frame>()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use lakeport_frame::{Column, Values};

    use super::*;

    fn frame(rows: usize) -> Frame {
        let column = Column { name: "a".to_owned(), values: Values::Bool(vec![None; rows]) };
        Frame::new(vec![column]).expect("one column is as long as itself")
    }

    async fn ask(
        cache: &ResultCache,
        key: &str,
        answer: Result<Frame, LakeError>,
        asked: &AtomicUsize,
    ) -> bool {
        let compute = async {
            asked.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            answer
        };
        cache.get_or(key.to_owned(), compute).await.is_ok()
    }

    #[tokio::test]
    async fn what_many_ask_at_once_is_computed_once() {
        let (cache, asked) = (ResultCache::default(), AtomicUsize::new(0));
        let one = || ask(&cache, "a", Ok(frame(1)), &asked);
        assert_eq!(tokio::join!(one(), one(), one()), (true, true, true));
        assert!(one().await);
        assert_eq!(asked.into_inner(), 1);
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_kept() {
        let (cache, asked) = (ResultCache::default(), AtomicUsize::new(0));
        let busy = Err(LakeError::Busy("Later.".to_owned()));
        assert!(!ask(&cache, "a", busy, &asked).await);
        assert!(ask(&cache, "a", Ok(frame(1)), &asked).await);
        assert_eq!(asked.into_inner(), 2);
    }

    #[tokio::test]
    async fn large_cells_never_take_more_than_the_room() {
        const MIB: usize = 1024 * 1024;
        let (cache, asked) = (ResultCache::new(20), AtomicUsize::new(0));
        let texts = |bytes: usize| {
            let column = Column { name: "a".to_owned(), values: Values::Text(vec![Some("x".repeat(bytes))]) };
            Frame::new(vec![column]).expect("one column is as long as itself")
        };
        for index in 0..30 {
            assert!(ask(&cache, &format!("q{index}"), Ok(texts(8 * MIB)), &asked).await);
            let (held, entries) = (cache.frames.weighted_size(), cache.frames.entry_count());
            assert!(held <= 20 * MIB as u64 && entries <= 2, "{entries} results, {held} bytes");
        }
        assert!(ask(&cache, "wide", Ok(texts(30 * MIB)), &asked).await, "it is answered all the same");
        assert!(cache.frames.weighted_size() <= 20 * MIB as u64);
    }
}
