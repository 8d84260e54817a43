//! Matches as they come: each is counted with those of its shape, and the best are kept.

use std::cmp::Ordering;
use std::collections::HashSet;

use chrono::NaiveDate;
use lakeport_model::catalog::{Facet, HitKind, SearchRequest};

use super::facets::Counts;
use super::facts::{Fact, Facts, Shaped, Slot};
use super::index::begins;
use super::rank;
use super::sights::Sights;
use crate::catalog::{Rights, Sight};

/// What a viewer sees of the matches so far.
pub(super) struct Gathered<'a> {
    facts: &'a Facts,
    words: &'a [String],
    shaped: Shaped<'a>,
    /// What comes now fits only some of the words, or by another name.
    is_widened: bool,
    /// Some of what fits the choices came since then.
    holds_widened: bool,
    /// Only what is seen in full counts: details were asked for.
    asks_for_details: bool,
    /// The first that the viewer sees, whatever was chosen, and how many there are.
    held: Vec<Slot>,
    seen: usize,
    sights: Sights<'a>,
    /// What is retired by then is not found.
    today: NaiveDate,
    /// Shapes of entries that the viewer sees in their own way.
    apart: HashSet<u32>,
    /// By the number of the shape, once something of it matched.
    tallies: Vec<Option<Tally>>,
    counts: Counts<'a>,
    page: Page<'a>,
}

/// The matches of one shape.
#[derive(Debug, Clone, Copy)]
struct Tally {
    seen: Seen,
    kind: HitKind,
    /// How much their scores count.
    factor: f32,
    /// And beside that, where they are seen in full.
    certified: f32,
    /// So many are seen in full, and whether those fit what was chosen.
    full: u32,
    full_fits: bool,
    /// The same of those whose name alone is seen.
    named: u32,
    named_fits: bool,
}

/// How the entries of a shape are seen.
#[derive(Debug, Clone, Copy)]
enum Seen {
    /// None of them.
    Hidden,
    /// All of them in full.
    Full,
    /// Each in its own way, or only where its name answers.
    OneByOne,
}

/// What was found.
pub(super) struct Outcome<'a> {
    pub(super) total: u32,
    /// Some of them fit only a part of the words, or by another name.
    pub(super) is_widened: bool,
    /// The matches of the page.
    pub(super) page: Vec<&'a Fact>,
    pub(super) facets: Vec<Facet>,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(
        facts: &'a Facts,
        rights: &'a Rights,
        request: &'a SearchRequest,
        words: &'a [String],
        limit: usize,
    ) -> Self {
        let (sights, mut shaped) = (Sights::new(facts, rights), facts.shaped());
        Self {
            facts,
            words,
            apart: sights.granted().filter_map(|slot| shaped.of(slot)).collect(),
            shaped,
            is_widened: false,
            holds_widened: false,
            asks_for_details: !request.tag.is_empty() || !request.column.is_empty(),
            held: Vec::new(),
            seen: 0,
            sights,
            today: rights.today(),
            tallies: vec![None; facts.shapes()],
            counts: Counts::new(facts, request),
            page: Page::new(request.sort.as_deref(), request.offset as usize, limit),
        }
    }

    /// Takes in a match. There may be as many as there are entries: of most nothing is looked at but the number of the shape.
    pub(super) fn add(&mut self, score: f32, slot: Slot) {
        let Some(number) = self.shaped.of(slot) else { return };
        let Some(held) = self.tallies.get(number as usize) else { return };
        let Some(mut tally) = held.or_else(|| self.first(number, slot)) else { return };
        let sight = match tally.seen {
            Seen::Hidden => Sight::Hidden,
            Seen::Full => Sight::Full,
            Seen::OneByOne => self.sight(number, slot),
        };
        let (fits, score) = match sight {
            Sight::Full => {
                tally.full += 1;
                (tally.full_fits, score * tally.factor * tally.certified)
            }
            Sight::NameOnly => {
                tally.named += 1;
                // Its details may have made the score of one that fits only some words: its name alone counts.
                (tally.named_fits, tally.factor * if self.is_widened { rank::NAMED } else { score })
            }
            Sight::Hidden => (false, 0.0),
        };
        self.tallies[number as usize] = Some(tally);
        if sight != Sight::Hidden {
            self.seen += 1;
            if self.held.len() < rank::FEW {
                self.held.push(slot);
            }
        }
        if fits {
            self.holds_widened |= self.is_widened;
            let score = if self.is_widened { rank::below(score) } else { score };
            self.page.add(self.facts, score, tally.kind, slot);
        }
    }

    /// Takes in a match; true once the viewer sees one.
    pub(super) fn shows(&mut self, score: f32, slot: Slot) -> bool {
        self.add(score, slot);
        self.seen > 0
    }

    /// How many the viewer sees so far, whatever was chosen: what is found must not depend on the filters beside it.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// Takes in what fits only some of these words, below those so far: fewer than [`rank::FEW`], of which each is known.
    pub(super) fn widen(&mut self, words: &'a [String], matches: Vec<(f32, Slot)>) {
        self.words = words;
        self.is_widened = true;
        let held = self.held.clone();
        for (score, slot) in matches {
            if !held.contains(&slot) {
                self.add(score, slot);
            }
        }
    }

    /// The first match of a shape: what holds for all of them.
    fn first(&mut self, number: u32, slot: Slot) -> Option<Tally> {
        let (fact, shape) = (self.facts.get(slot)?, self.facts.shape(number)?);
        let is_alike = shape.class.is_some() && !self.apart.contains(&number);
        let is_retired = shape.retired_on.is_some_and(|day| self.today >= day);
        let sight = if is_retired {
            Some(Sight::Hidden)
        } else {
            is_alike.then(|| self.sights.of(slot, fact, shape))
        };
        Some(Tally {
            seen: match sight {
                Some(Sight::Full) => Seen::Full,
                Some(Sight::Hidden) => Seen::Hidden,
                Some(Sight::NameOnly) | None => Seen::OneByOne,
            },
            kind: shape.kind,
            factor: rank::factor(shape),
            certified: rank::certified(shape.certified_until.is_some_and(|until| self.today <= until)),
            full: 0,
            full_fits: self.counts.fits(shape, true),
            named: 0,
            named_fits: self.counts.fits(shape, false),
        })
    }

    /// How much the viewer sees of one match.
    fn sight(&mut self, number: u32, slot: Slot) -> Sight {
        let (Some(fact), Some(shape)) = (self.facts.get(slot), self.facts.shape(number)) else {
            return Sight::Hidden;
        };
        let is_named = || {
            if self.is_widened {
                self.words.iter().any(|word| begins(fact, std::slice::from_ref(word)))
            } else {
                named(fact, self.words)
            }
        };
        match self.sights.of(slot, fact, shape) {
            Sight::NameOnly if self.asks_for_details || !is_named() => Sight::Hidden,
            sight => sight,
        }
    }

    pub(super) fn finish(mut self) -> Outcome<'a> {
        let mut total = 0;
        let tallies = (0..).zip(&self.tallies).filter_map(|(number, tally)| Some((number, (*tally)?)));
        for (number, tally) in tallies {
            let Some(shape) = self.facts.shape(number) else { continue };
            self.counts.add(shape, true, tally.full);
            self.counts.add(shape, false, tally.named);
            total += if tally.full_fits { tally.full } else { 0 };
            total += if tally.named_fits { tally.named } else { 0 };
        }
        Outcome {
            total,
            is_widened: self.holds_widened,
            page: self.page.matches(),
            facets: self.counts.facets(total),
        }
    }
}

/// True when the name alone answers the search. Of what a viewer knows only by name nothing else may be found:
/// a search would tell whether a word stands in the details.
fn named(fact: &Fact, words: &[String]) -> bool {
    let in_id = |word: &str| fact.id.to_lowercase().contains(word);
    words.iter().all(|word| fact.name.contains(word.as_str()) || in_id(word))
}

/// A match that the viewer sees.
struct Match<'a> {
    score: f32,
    fact: &'a Fact,
}

impl Match<'_> {
    /// True where it fits only a part of the words: [`rank::below`] scores it below nothing.
    fn is_part(&self) -> bool {
        self.score < 0.0
    }
}

/// The orders of hits: in each of them stands first what fits all words.
#[derive(Debug, Clone, Copy)]
enum Order {
    Score,
    Name,
    Newest,
}

impl Order {
    fn of(self, a: &Match<'_>, b: &Match<'_>) -> Ordering {
        let chosen = match self {
            Self::Name => Ordering::Equal,
            Self::Newest => b.fact.added_at.cmp(&a.fact.added_at),
            Self::Score => by_score((a.score, a.fact.kind), (b.score, b.fact.kind)),
        };
        a.is_part().cmp(&b.is_part()).then(chosen).then_with(|| by_name(a, b))
    }
}

/// Products come before their tables where both fit equally well: they are what one asks for.
fn by_score(a: (f32, HitKind), b: (f32, HitKind)) -> Ordering {
    b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1))
}

/// A product and its dashboard may have name and id in common: a page must not depend on who came first.
fn by_name(a: &Match<'_>, b: &Match<'_>) -> Ordering {
    let names = a.fact.name.cmp(&b.fact.name).then_with(|| a.fact.kind.cmp(&b.fact.kind));
    names.then_with(|| a.fact.id.cmp(&b.fact.id))
}

/// A page of the matches in their order. Only those that stand before its end are kept: an order of all of them would take
/// longer than all else.
struct Page<'a> {
    order: Order,
    offset: usize,
    /// Where it ends.
    end: usize,
    kept: Vec<Match<'a>>,
    /// The first of those kept are the first of all, and the last of them has the place before the end.
    is_full: bool,
}

impl<'a> Page<'a> {
    fn new(sort: Option<&str>, offset: usize, limit: usize) -> Self {
        let order = match sort {
            Some("name") => Order::Name,
            Some("newest") => Order::Newest,
            _ => Order::Score,
        };
        let end = offset.saturating_add(limit);
        Self { order, offset, end, kept: Vec::new(), is_full: false }
    }

    fn add(&mut self, facts: &'a Facts, score: f32, kind: HitKind, slot: Slot) {
        let last = if self.is_full { self.kept.get(self.end - 1) } else { None };
        // Most come after it by score and kind: they are not looked at.
        if let (Some(last), Order::Score) = (last, self.order)
            && by_score((score, kind), (last.score, last.fact.kind)).is_gt()
        {
            return;
        }
        let Some(fact) = facts.get(slot) else { return };
        let found = Match { score, fact };
        if last.is_some_and(|last| self.order.of(&found, last).is_ge()) {
            return;
        }
        self.kept.push(found);
        if self.kept.len() >= self.end.saturating_mul(2) {
            self.cut();
            self.is_full = true;
        }
    }

    /// Keeps what stands before the end.
    fn cut(&mut self) {
        let order = self.order;
        if self.end < self.kept.len() {
            self.kept.select_nth_unstable_by(self.end - 1, |a, b| order.of(a, b));
            self.kept.truncate(self.end);
        }
    }

    fn matches(mut self) -> Vec<&'a Fact> {
        self.cut();
        let order = self.order;
        self.kept.sort_unstable_by(|a, b| order.of(a, b));
        self.kept.into_iter().skip(self.offset).map(|found| found.fact).collect()
    }
}
