//! Results of queries, kept while the tables they read keep their version.
//!
//! Who may read is decided before; a result depends only on the statement, its values and the tables' versions,
//! all of which are in the key.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use lakeport_frame::Frame;

/// Most cells kept in all; at some 24 bytes a cell this stays near 25 MB.
const MOST_CELLS: usize = 1_000_000;

/// Results by key; the oldest leave first.
#[derive(Debug, Default)]
pub struct ResultCache {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    frames: HashMap<String, Arc<Frame>>,
    order: VecDeque<String>,
    cells: usize,
}

impl ResultCache {
    /// The result under `key`.
    pub fn get(&self, key: &str) -> Option<Arc<Frame>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).frames.get(key).cloned()
    }

    /// Keeps a result.
    pub fn put(&self, key: String, frame: Arc<Frame>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.cells += cells(&frame);
        if let Some(before) = held.frames.insert(key.clone(), frame) {
            held.cells -= cells(&before);
        } else {
            held.order.push_back(key);
        }
        while held.cells > MOST_CELLS {
            let Some(oldest) = held.order.pop_front() else { break };
            if let Some(gone) = held.frames.remove(&oldest) {
                held.cells -= cells(&gone);
            }
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Held::default();
    }
}

fn cells(frame: &Frame) -> usize {
    frame.rows() * frame.columns().len() + 1
}

#[cfg(test)]
mod tests {
    use lakeport_frame::{Column, Values};

    use super::*;

    fn frame(rows: usize) -> Arc<Frame> {
        let column = Column { name: "a".to_owned(), values: Values::Bool(vec![None; rows]) };
        Arc::new(Frame::new(vec![column]).expect("one column is as long as itself"))
    }

    fn put(cache: &ResultCache, key: &str, rows: usize) {
        cache.put(key.to_owned(), frame(rows));
    }

    fn held(cache: &ResultCache, keys: &str) -> String {
        keys.chars().filter(|key| cache.get(&key.to_string()).is_some()).collect()
    }

    #[test]
    fn the_oldest_leave_when_it_gets_crowded() {
        let cache = ResultCache::default();
        for key in ["a", "b", "c"] {
            put(&cache, key, MOST_CELLS / 3 - 1);
        }
        assert_eq!(held(&cache, "abc"), "abc");
        put(&cache, "d", 10);
        assert_eq!(held(&cache, "abcd"), "bcd");
        cache.clear();
        assert_eq!(held(&cache, "abcd"), "");
    }

    #[test]
    fn the_same_key_counts_once() {
        let cache = ResultCache::default();
        for _ in 0..10 {
            put(&cache, "a", MOST_CELLS / 2);
        }
        put(&cache, "b", MOST_CELLS / 3);
        assert_eq!(held(&cache, "ab"), "ab");
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let cache = ResultCache::default();
        put(&cache, "a", 1);
        put(&cache, "b", MOST_CELLS);
        assert_eq!(
            held(&cache, "ab"),
            "",
            "nothing of what was there fits beside it, and it does not fit either"
        );
        put(&cache, "c", 1);
        assert_eq!(held(&cache, "c"), "c");
    }
}
