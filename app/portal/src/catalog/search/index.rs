//! The index: on the disk, followed by a thread of its own, read by everybody. The search library stays below this file.

mod document;
mod folder;
mod follower;
mod near;
mod query;
mod reading;
mod store;
mod text;

#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

pub(super) use document::first_bytes;
use follower::Shared;
pub(super) use near::differ;
use reading::Reading;
pub(super) use store::Home;
pub(super) use text::{Stems, mark, searched, words};

use super::facts::{Fact, Facts, Slot};
use super::question::Notion;
use crate::snapshot::{Snapshot, Touch};
use crate::{Error, Result};

/// A search index that follows the catalog.
pub struct Index {
    shared: Arc<Shared>,
    home: Home,
    /// One after the other: facts are made from those before.
    following: Mutex<()>,
    follower: Mutex<Option<JoinHandle<()>>>,
    /// A search waits until it reflects the catalog.
    waits: AtomicBool,
}

/// What the index is asked for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// Words, all of which have to match.
    pub(super) words: Vec<String>,
    /// Tags that it has to have.
    pub(super) tags: Vec<String>,
    /// Columns that it has to have, by the beginnings of their words.
    pub(super) columns: Vec<String>,
}

impl Asked {
    /// These words alone.
    pub(super) fn for_words(words: &[String]) -> Self {
        Self { words: words.to_vec(), ..Self::default() }
    }

    /// True where there is nothing to ask an index for.
    fn is_empty(&self) -> bool {
        self.words.is_empty() && !self.asks_for_details()
    }

    /// True where only those are meant whose details say so.
    pub(super) fn asks_for_details(&self) -> bool {
        !self.tags.is_empty() || !self.columns.is_empty()
    }
}

/// Everything that matches, in no order, whoever may see it.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Scores and entries.
    pub(super) matches: Vec<(f32, Slot)>,
    /// The index does not reflect the catalog yet.
    pub(super) is_catching_up: bool,
}

/// How far the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// It is being built, or has been behind for a while: results may be missing.
    pub is_catching_up: bool,
    /// Number of the change that it reflects; `None` before it reflects any.
    pub reflects: Option<i64>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("home", &self.home).finish_non_exhaustive()
    }
}

impl Index {
    /// An index in memory, for commands and tests. It is built when somebody searches, and a search waits for it.
    pub fn in_memory() -> Self {
        Self::at(Home::Memory)
    }

    /// An index in a folder, which is made where there is none. A search answers from what is there.
    pub fn on_disk(folder: PathBuf) -> Self {
        let index = Self::at(Home::Folder(folder));
        index.begin();
        index
    }

    fn at(home: Home) -> Self {
        let waits = AtomicBool::new(home == Home::Memory);
        Self { shared: Arc::default(), home, following: Mutex::new(()), follower: Mutex::new(None), waits }
    }

    /// Builds the index from now on, also where that is in memory and nobody searches; no search waits for it.
    pub fn keep_ready(&self) {
        self.waits.store(false, Ordering::Relaxed);
        self.begin();
    }

    /// Lets the follower's thread begin, unless it did.
    fn begin(&self) {
        let mut follower = locked(&self.follower);
        if follower.is_none() {
            let (shared, home) = (Arc::clone(&self.shared), self.home.clone());
            let thread = std::thread::Builder::new().name("search-index".to_owned());
            match thread.spawn(move || follower::run(&shared, &home)) {
                Ok(thread) => *follower = Some(thread),
                Err(error) => tracing::error!(%error, "the search index is not followed: no thread begins"),
            }
        }
    }

    /// Takes in the next snapshot, before anybody sees it. `touched` names every entry that differs from the snapshot
    /// before: those whose own texts, address, domain, visibility, ports or dashboard changed, and all of a domain whose
    /// name, place or members did. The index itself is written beside, and some calls may become one.
    pub fn follow(&self, snapshot: &Arc<Snapshot>, touched: &Touch) {
        let _one = locked(&self.following);
        let before = self.shared.facts();
        if before.reflects(snapshot.change.saturating_add(1)) {
            return;
        }
        self.shared.keep(before.next(snapshot, touched), touched);
    }

    /// The facts of a snapshot, or of a newer one.
    pub(super) fn facts(&self, snapshot: &Arc<Snapshot>) -> Arc<Facts> {
        let facts = self.shared.facts();
        if facts.reflects(snapshot.change) {
            return facts;
        }
        // Nobody told of it: what is hidden since must not be shown by older facts.
        self.follow(snapshot, &Touch::All);
        self.shared.facts()
    }

    /// Entries that match all that is asked for; all entries where that is nothing, for which no index is asked.
    pub(super) fn find(&self, facts: &Facts, asked: &Asked) -> Found {
        if asked.is_empty() {
            let matches = facts.all_slots().map(|slot| (1.0, slot)).collect();
            return Found { matches, is_catching_up: false };
        }
        if self.waits.load(Ordering::Relaxed) {
            self.begin();
            self.shared.wait_for(facts.snapshot().change);
        }
        let is_catching_up = self.standing().is_catching_up;
        if let Some(matches) = self.read(|reading| reading.find(asked)) {
            return Found { matches, is_catching_up };
        }
        // Tags and columns stand in the index alone.
        let is_named = |fact: &Fact| !asked.asks_for_details() && begins(fact, &asked.words);
        let named = |(slot, fact): (Slot, &Fact)| is_named(fact).then_some((1.0, slot));
        Found { matches: facts.all().filter_map(named).collect(), is_catching_up: true }
    }

    /// Entries that match one of these notions at least, and have the tags and columns that are asked for. The words of
    /// what is asked for say nothing here.
    pub(super) fn find_any(&self, notions: &[Notion], asked: &Asked) -> Vec<(f32, Slot)> {
        self.read(|reading| reading.find_any(notions, asked)).unwrap_or_default()
    }

    /// True where an entry that has this word in any text, as it is or in another form, is meant; each is asked until one is.
    pub(super) fn leads(&self, word: &str, is_meant: &mut dyn FnMut(Slot) -> bool) -> bool {
        self.read(|reading| reading.leads(word, is_meant)).unwrap_or_default()
    }

    /// True where the index has a word in one of its forms; it may be that of something that the viewer does not see.
    pub(super) fn knows(&self, word: &str, stems: &mut Stems) -> bool {
        self.read(|reading| reading.knows(word, stems)).unwrap_or_default()
    }

    /// Words of names, columns and tags that differ from this one by a letter or two, nearest first. Not all of them lead to
    /// something that the viewer sees.
    pub(super) fn near(&self, word: &str) -> Vec<String> {
        self.read(|reading| reading.near(word)).unwrap_or_default()
    }

    /// The same of words of columns alone.
    pub(super) fn near_column(&self, word: &str) -> Vec<String> {
        self.read(|reading| reading.near_column(word)).unwrap_or_default()
    }

    /// The same of whole tags, in lower case.
    pub(super) fn near_tag(&self, tag: &str) -> Vec<String> {
        self.read(|reading| reading.near_tag(tag)).unwrap_or_default()
    }

    /// What the index answers; `None` where there is none, or none that can be read.
    fn read<T>(&self, ask: impl FnOnce(&Reading) -> tantivy::Result<T>) -> Option<T> {
        let reading = self.shared.reading()?;
        // What a file that was damaged meanwhile makes of the library must not cost the call its answer.
        let error = match std::panic::catch_unwind(AssertUnwindSafe(|| ask(&reading))) {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the search library panicked".to_owned(),
        };
        tracing::error!(error, "the search index cannot be read: it is opened again, and names are searched");
        self.shared.give_up(&reading);
        None
    }

    /// How far the index is.
    pub fn standing(&self) -> Standing {
        self.shared.standing()
    }

    /// Waits until the index reflects a change, for a while; false when it does not then.
    pub fn wait_for(&self, change: i64) -> bool {
        self.begin();
        self.shared.wait_for(change)
    }

    /// How many documents match, asked of the index alone: what a search is measured against.
    pub fn count(&self, q: &str) -> Result<usize> {
        let (words, _) = searched(q);
        let Some(reading) = self.shared.reading() else { return Ok(0) };
        reading.count(&Asked::for_words(&words)).map_err(Error::fault)
    }

    /// Number of the change that the index in a folder reflects; `None` where there is none that can be used.
    pub fn reflected(folder: &Path) -> Option<i64> {
        folder::reflected(folder)
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.shared.close();
        if let Some(follower) = locked(&self.follower).take() {
            // It ends with what it is at; whoever opens the folder next finds it free.
            _ = follower.join();
        }
    }
}

/// True where every word begins a part of the name or the id: the simple search while there is no index.
pub(super) fn begins(fact: &Fact, words: &[String]) -> bool {
    words.iter().all(|word| [&*fact.name, &*fact.id].into_iter().any(|text| has_part(text, word)))
}

/// True where a part of a text begins with a word in lower case. Every entry is asked, most have no letters but ASCII's, and
/// these are looked at several times as fast.
fn has_part(text: &str, word: &str) -> bool {
    if !(text.is_ascii() && word.is_ascii()) {
        return text.split(|letter: char| !letter.is_alphanumeric()).any(|part| starts_with(part, word));
    }
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let mut is_inside = false;
    (0..text.len()).any(|at| {
        let was_inside = std::mem::replace(&mut is_inside, text[at].is_ascii_alphanumeric());
        let begins = is_inside && !was_inside;
        begins && text[at..].get(..word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word))
    })
}

/// True where a text begins with a word in lower case; nothing is made for it.
fn starts_with(text: &str, word: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    word.chars().all(|letter| letters.next() == Some(letter))
}

/// What a lock keeps, also when a thread panicked that held it: everything kept so is replaced as a whole.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
