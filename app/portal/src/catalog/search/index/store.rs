//! The index on the disk: opened, checked, written, built anew.
//!
//! Its folder holds numbered folders, each a whole index. The newest that was finished by this version is the index; a new
//! one is built beside it under the next number, and when its first commit is there, the others go. Whatever a process
//! leaves that is killed is one of these states.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::{IndexReader, IndexSettings, IndexWriter, TantivyError, Term};

use super::super::facts::{Fact, Facts, Slot};
use super::document::{Document, Fields, KEY, PRINT, VERSION, schema};
use super::folder::{lock, numbered, payload, remove, whole};
use super::reading::{Reading, prepare, reader, slots_of};
use crate::snapshot::{Entry, Touch};

/// Memory in which documents are gathered before they become a segment.
const WRITER_BYTES: usize = 15_000_000;
/// Segments of about the same size that are merged into one, and what counts as small.
const MOST_ALIKE: usize = 4;
const SMALL: u32 = 2_000;
/// Part of a segment that may be deleted before it is written anew.
const MOST_DELETED: f32 = 0.3;
/// Time after which it is looked whether another process still holds the folder.
const AGAIN: Duration = Duration::from_secs(2);

/// Where an index lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Home {
    /// In memory only; whoever searches waits for it.
    Memory,
    /// In this folder.
    Folder(PathBuf),
}

/// An index that is written.
pub(super) struct Store {
    writer: IndexWriter,
    reader: IndexReader,
    fields: Fields,
    /// Fingerprints of the documents in it, by key.
    written: HashMap<u64, u64>,
    /// Slots of the documents of each segment.
    slots: HashMap<SegmentId, Arc<[Slot]>>,
    /// It reflects a whole catalog, be it an older one.
    is_whole: bool,
    /// Something was written since the last commit.
    is_changed: bool,
    /// The change that it reflects, and the one that its last commit names.
    reflects: i64,
    named: i64,
    /// Indexes that are not needed once this one is whole.
    outdated: Vec<PathBuf>,
    /// When another process was last found to hold the folder; this index is in memory meanwhile.
    displaced: Option<Instant>,
    /// Keeps other processes out of the folder; let go after the writer.
    _lock: Option<File>,
}

impl Store {
    /// The index of a home; where there is none of this version that can be read, a new one, and one of another version
    /// to answer until that is whole.
    pub(super) fn open(home: &Home, facts: &Facts) -> tantivy::Result<(Self, Option<Reading>)> {
        let Home::Folder(folder) = home else {
            return Ok((Self::new(tantivy::Index::create_in_ram(schema()), None)?, None));
        };
        if let Some(opened) = Self::in_folder(folder, facts)? {
            return Ok(opened);
        }
        tracing::warn!(
            folder = %folder.display(),
            "another process keeps the search index in this folder; this one is in memory until it is free"
        );
        let mut store = Self::new(tantivy::Index::create_in_ram(schema()), None)?;
        store.displaced = Some(Instant::now());
        Ok((store, None))
    }

    /// True while another process holds the folder.
    pub(super) fn is_displaced(&self) -> bool {
        self.displaced.is_some()
    }

    /// The index in the folder, once the process that held that has ended; looked for every few seconds.
    pub(super) fn moved(&mut self, home: &Home, facts: &Facts) -> Option<(Self, Option<Reading>)> {
        let Home::Folder(folder) = home else { return None };
        if self.displaced?.elapsed() < AGAIN {
            return None;
        }
        self.displaced = Some(Instant::now());
        match Self::in_folder(folder, facts) {
            Ok(moved) => moved,
            // What is in memory answers as well: a folder that cannot be used takes nothing from it.
            Err(error) => {
                tracing::debug!(%error, "the search index stays in memory");
                None
            }
        }
    }

    /// The index in a folder; `None` while another process holds that.
    fn in_folder(folder: &Path, facts: &Facts) -> tantivy::Result<Option<(Self, Option<Reading>)>> {
        std::fs::create_dir_all(folder)?;
        let Some(lock) = lock(folder)? else { return Ok(None) };
        let held = numbered(folder)?;
        let next = held.first().map_or(1, |(number, _)| number + 1);
        let mut paths: Vec<PathBuf> = held.into_iter().map(|(_, path)| path).collect();
        let ours = paths.iter().position(|path| whole(path).is_some_and(|(version, _)| version == VERSION));
        if let Some(place) = ours {
            let path = paths.remove(place);
            match Self::sound(&path) {
                Ok(index) => {
                    let mut store = Self::new(index, Some(lock))?;
                    store.is_whole = true;
                    store.outdated = paths;
                    store.remove_outdated();
                    store.read_prints()?;
                    let reading = store.reading(facts)?;
                    return Ok(Some((store, Some(reading))));
                }
                Err(error) => {
                    tracing::warn!(%error, "the search index is damaged and is built anew");
                    remove(&path);
                }
            }
        }
        Self::beside(folder, next, paths, lock, facts).map(Some)
    }

    /// A new index beside those of other versions, the newest of which answers until it is whole.
    fn beside(
        folder: &Path,
        next: u64,
        mut others: Vec<PathBuf>,
        lock: File,
        facts: &Facts,
    ) -> tantivy::Result<(Self, Option<Reading>)> {
        // What was never finished answers nothing.
        others.retain(|path| {
            let is_whole = whole(path).is_some();
            if !is_whole {
                remove(path);
            }
            is_whole
        });
        let old = others.iter().find_map(|path| old(path, facts));
        let path = folder.join(next.to_string());
        std::fs::create_dir_all(&path)?;
        let index = tantivy::Index::create(MmapDirectory::open(&path)?, schema(), IndexSettings::default())?;
        let mut store = Self::new(index, Some(lock))?;
        store.outdated = others;
        Ok((store, old))
    }

    /// An index of this version whose files are as they were written.
    fn sound(path: &Path) -> tantivy::Result<tantivy::Index> {
        let check = || {
            let index = tantivy::Index::open(MmapDirectory::open(path)?)?;
            if index.schema() != schema() {
                return Err(TantivyError::SchemaError("its fields are other ones".to_owned()));
            }
            let damaged = index.validate_checksum()?;
            if let Some(file) = damaged.iter().next() {
                return Err(TantivyError::SystemError(format!("{} was changed", file.display())));
            }
            reader(&index)?;
            Ok(index)
        };
        std::panic::catch_unwind(check)
            .unwrap_or_else(|_| Err(TantivyError::SystemError("the search library panicked".to_owned())))
    }

    fn new(mut index: tantivy::Index, lock: Option<File>) -> tantivy::Result<Self> {
        let unknown = || TantivyError::SchemaError("its fields are other ones".to_owned());
        let fields = Fields::of(&index.schema()).ok_or_else(unknown)?;
        prepare(&mut index);
        let options = IndexWriterOptions::builder();
        let options =
            options.memory_budget_per_thread(WRITER_BYTES).num_worker_threads(1).num_merge_threads(1);
        let writer: IndexWriter = index.writer_with_options(options.build())?;
        let mut merging = LogMergePolicy::default();
        merging.set_min_num_segments(MOST_ALIKE);
        merging.set_min_layer_size(SMALL);
        merging.set_del_docs_ratio_before_merge(MOST_DELETED);
        writer.set_merge_policy(Box::new(merging));
        Ok(Self {
            writer,
            reader: reader(&index)?,
            fields,
            written: HashMap::new(),
            slots: HashMap::new(),
            is_whole: false,
            is_changed: false,
            reflects: 0,
            named: 0,
            outdated: Vec::new(),
            displaced: None,
            _lock: lock,
        })
    }

    /// Reads which documents are there.
    fn read_prints(&mut self) -> tantivy::Result<()> {
        for segment in self.reader.searcher().segment_readers() {
            let (keys, prints) = (segment.fast_fields().u64(KEY)?, segment.fast_fields().u64(PRINT)?);
            let documents = segment.doc_ids_alive();
            let read =
                documents.filter_map(|document| Some((keys.first(document)?, prints.first(document)?)));
            self.written.extend(read);
        }
        Ok(())
    }

    /// Takes in what changed, without a commit; false when it was told to end.
    pub(super) fn write(
        &mut self,
        facts: &Facts,
        touched: &Touch,
        is_over: &dyn Fn() -> bool,
    ) -> tantivy::Result<bool> {
        match touched {
            Touch::Entries(entries) => {
                for entry in entries {
                    self.note(facts, entry)?;
                }
            }
            Touch::All => {
                let gone = |key: &u64| facts.get(facts.slot(*key)).is_none();
                let gone: Vec<u64> = self.written.keys().copied().filter(gone).collect();
                for key in gone {
                    self.delete(key);
                }
                for (_, fact) in facts.all() {
                    self.put(facts, fact)?;
                    if is_over() {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(!is_over())
    }

    fn note(&mut self, facts: &Facts, entry: &Entry) -> tantivy::Result<()> {
        let Some(slot) = facts.find(entry) else { return Ok(()) };
        if let Some(fact) = facts.get(slot) {
            return self.put(facts, fact);
        }
        if let Some(key) = facts.key(slot) {
            self.delete(key);
        }
        Ok(())
    }

    /// Writes a document unless it is there as it is.
    fn put(&mut self, facts: &Facts, fact: &Fact) -> tantivy::Result<()> {
        let Some(document) = Document::of(facts.snapshot(), fact) else { return Ok(()) };
        let print = document.print(fact.key);
        if self.written.get(&fact.key) == Some(&print) {
            return Ok(());
        }
        self.delete(fact.key);
        self.writer.add_document(document.indexed(self.fields, fact.key, print))?;
        self.is_changed = true;
        self.written.insert(fact.key, print);
        Ok(())
    }

    fn delete(&mut self, key: u64) {
        if self.written.remove(&key).is_some() {
            self.writer.delete_term(Term::from_field_u64(self.fields.key, key));
            self.is_changed = true;
        }
    }

    /// Makes what was written the state of the facts' change; `None` where nothing was, so that searches go on as they do.
    pub(super) fn commit(&mut self, facts: &Facts) -> tantivy::Result<Option<Reading>> {
        self.reflects = facts.snapshot().change;
        if self.is_whole && !self.is_changed {
            return Ok(None);
        }
        self.name_change()?;
        self.is_whole = true;
        self.is_changed = false;
        self.reader.reload()?;
        self.remove_outdated();
        self.reading(facts).map(Some)
    }

    fn name_change(&mut self) -> tantivy::Result<()> {
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&payload(self.reflects));
        commit.commit()?;
        self.named = self.reflects;
        Ok(())
    }

    /// What waits for a quiet moment: the disk names the change that is reflected, and searches go to segments that were
    /// merged since.
    pub(super) fn tidy(&mut self, facts: &Facts) -> tantivy::Result<Option<Reading>> {
        if self.is_whole && self.named < self.reflects {
            self.name_change()?;
        }
        let segments = self.writer.index().searchable_segment_ids()?;
        if segments.len() == self.slots.len() && segments.iter().all(|id| self.slots.contains_key(id)) {
            return Ok(None);
        }
        self.reader.reload()?;
        self.reading(facts).map(Some)
    }

    fn reading(&mut self, facts: &Facts) -> tantivy::Result<Reading> {
        let searcher = self.reader.searcher();
        let mut slots = HashMap::new();
        for segment in searcher.segment_readers() {
            let held = match self.slots.get(&segment.segment_id()) {
                Some(held) => Arc::clone(held),
                None => slots_of(segment, facts)?,
            };
            slots.insert(segment.segment_id(), held);
        }
        self.slots = slots;
        let by_place = searcher.segment_readers().iter();
        let slots = by_place.filter_map(|segment| self.slots.get(&segment.segment_id()).cloned()).collect();
        Ok(Reading { searcher, fields: self.fields, slots, is_whole: self.is_whole })
    }

    fn remove_outdated(&mut self) {
        self.outdated.drain(..).for_each(|path| remove(&path));
    }

    /// Number of segments that a search walks through.
    #[cfg(test)]
    pub(super) fn segments(&self) -> usize {
        self.slots.len()
    }
}

/// An index of another version, as far as it can be read.
fn old(path: &Path, facts: &Facts) -> Option<Reading> {
    let read = || {
        let mut index = tantivy::Index::open(MmapDirectory::open(path)?)?;
        let Some(fields) = Fields::of(&index.schema()) else { return Ok(None) };
        if !index.validate_checksum()?.is_empty() {
            return Ok(None);
        }
        prepare(&mut index);
        let searcher = reader(&index)?.searcher();
        let slots = searcher.segment_readers().iter().map(|segment| slots_of(segment, facts));
        let slots = slots.collect::<tantivy::Result<_>>()?;
        Ok::<_, TantivyError>(Some(Reading { searcher, fields, slots, is_whole: false }))
    };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).ok()?.ok()?
}
