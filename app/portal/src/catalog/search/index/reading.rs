//! A state of the index as it is searched.

use std::sync::Arc;

use tantivy::collector::{Collector, Count, SegmentCollector, TopDocs};
use tantivy::query::Query;
use tantivy::schema::IndexRecordOption;
use tantivy::{
    DocId, DocSet, IndexReader, ReloadPolicy, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED,
};

use super::super::facts::{Facts, Slot};
use super::super::question::Notion;
use super::super::rank;
use super::document::{Fields, GERMAN, KEY, PLAIN, STEMMED};
use super::text::Stems;
use super::{Asked, query, text};

/// Matches that a search which is only measured keeps: as many as a page shows.
const BEST: usize = 20;

/// A state of the index that is searched.
pub(super) struct Reading {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    /// Of the documents of each segment.
    pub(super) slots: Vec<Arc<[Slot]>>,
    pub(super) is_whole: bool,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("is_whole", &self.is_whole).finish_non_exhaustive()
    }
}

impl Reading {
    /// False while an index of another version answers.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Every match with its score, in no order: which of them count is known when it is known who looks.
    pub(super) fn find(&self, asked: &Asked) -> tantivy::Result<Vec<(f32, Slot)>> {
        self.every(&*query::all_of(self.fields, asked))
    }

    /// The same for what matches one of these notions; the more of them, the better.
    pub(super) fn find_any(&self, notions: &[Notion], asked: &Asked) -> tantivy::Result<Vec<(f32, Slot)>> {
        // By slot: where thousands match, a map takes longer than the index.
        let mut scores: Vec<Option<f32>> = Vec::new();
        let mut found = Vec::new();
        for notion in notions {
            for (score, slot) in self.every(&*query::one_of(self.fields, notion, asked))? {
                if scores.len() <= slot.place() {
                    scores.resize(slot.place() + 1, None);
                }
                let Some(sum) = scores.get_mut(slot.place()) else { continue };
                if sum.is_none() {
                    found.push(slot);
                }
                *sum = Some(sum.unwrap_or_default() + rank::notion(score));
            }
        }
        let score = |slot: Slot| scores.get(slot.place()).copied().flatten().unwrap_or_default();
        Ok(found.into_iter().map(|slot| (score(slot), slot)).collect())
    }

    /// True where one of those that have this word in any text, as it is or in another form, is meant. They are asked one by
    /// one until then, some of them twice.
    pub(super) fn leads(&self, word: &str, is_meant: &mut dyn FnMut(Slot) -> bool) -> tantivy::Result<bool> {
        for term in query::forms(self.fields, word, &mut Stems::default()) {
            for (segment, slots) in self.searcher.segment_readers().iter().zip(&self.slots) {
                let words = segment.inverted_index(term.field())?;
                let Some(mut postings) = words.read_postings(&term, IndexRecordOption::Basic)? else {
                    continue;
                };
                let is_there = |document| segment.alive_bitset().is_none_or(|alive| alive.is_alive(document));
                while postings.doc() != TERMINATED {
                    let slot = slots.get(postings.doc() as usize).filter(|slot| **slot != Slot::NONE);
                    if slot.is_some_and(|slot| is_there(postings.doc()) && is_meant(*slot)) {
                        return Ok(true);
                    }
                    postings.advance();
                }
            }
        }
        Ok(false)
    }

    fn every(&self, query: &dyn Query) -> tantivy::Result<Vec<(f32, Slot)>> {
        self.searcher.search(query, &Every { slots: &self.slots })
    }

    /// How many match, and the best of them, as the library itself finds them.
    pub(super) fn count(&self, asked: &Asked) -> tantivy::Result<usize> {
        let best = TopDocs::with_limit(BEST).order_by_score();
        Ok(self.searcher.search(&*query::all_of(self.fields, asked), &(Count, best))?.0)
    }
}

/// Gathers every match.
struct Every<'a> {
    slots: &'a [Arc<[Slot]>],
}

/// The matches of one segment.
struct Matches {
    slots: Option<Arc<[Slot]>>,
    found: Vec<(f32, Slot)>,
}

impl Collector for Every<'_> {
    type Fruit = Vec<(f32, Slot)>;
    type Child = Matches;

    fn for_segment(&self, place: SegmentOrdinal, _segment: &SegmentReader) -> tantivy::Result<Matches> {
        Ok(Matches { slots: self.slots.get(place as usize).cloned(), found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, found: Vec<Vec<(f32, Slot)>>) -> tantivy::Result<Vec<(f32, Slot)>> {
        Ok(found.concat())
    }
}

impl SegmentCollector for Matches {
    type Fruit = Vec<(f32, Slot)>;

    fn collect(&mut self, document: DocId, score: Score) {
        let slot = self.slots.as_ref().and_then(|slots| slots.get(document as usize).copied());
        self.found.extend(slot.filter(|slot| *slot != Slot::NONE).map(|slot| (score, slot)));
    }

    fn harvest(self) -> Vec<(f32, Slot)> {
        self.found
    }
}

/// Which entry each document of a segment is.
pub(super) fn slots_of(segment: &SegmentReader, facts: &Facts) -> tantivy::Result<Arc<[Slot]>> {
    let keys = segment.fast_fields().u64(KEY)?;
    let slot = |document| keys.first(document).map_or(Slot::NONE, |key| facts.slot(key));
    Ok((0..segment.max_doc()).map(slot).collect())
}

/// Teaches an index how texts are cut into words.
pub(super) fn prepare(index: &mut tantivy::Index) {
    index.tokenizers().register(PLAIN, text::plain());
    index.tokenizers().register(STEMMED, text::english());
    index.tokenizers().register(GERMAN, text::german());
}

/// A reader that looks again when it is told to.
pub(super) fn reader(index: &tantivy::Index) -> tantivy::Result<IndexReader> {
    index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
}
