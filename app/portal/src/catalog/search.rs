//! Search over products and assets: an index on the disk that follows the catalog.

mod compound;
mod facets;
mod facts;
mod gathered;
mod german;
mod hits;
mod index;
mod nearest;
mod numbered;
mod question;
mod rank;
mod sights;
mod typed;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use lakeport_model::catalog::{Hit, HitKind, LONGEST_SEARCH, MOST_WORDS, SearchRequest, SearchResult};

use facets::{FACETS, TYPED, chosen, unknown};
use facts::{Facts, Slot};
use gathered::{Gathered, Outcome};
use hits::hit;
use index::Asked;
pub use index::{Index, Standing};
use nearest::nearest;
use question::Question;
use typed::Understood;

use super::lists::{self, Thing};
use super::{Rights, unread};
use crate::beside::WORDS;
use crate::{Call, Error, Result, glossary, text};

const MOST_HITS: u32 = 100;
/// Values that can be chosen under one facet.
const MOST_CHOSEN: usize = 100;
/// Words of a search for which others are looked for.
const MOST_LOOKED_FOR: usize = 4;

/// Searches what the viewer may see.
pub async fn search(call: &Call, request: &SearchRequest) -> Result<SearchResult> {
    let ctx = &call.ctx;
    let mut request = request.clone();
    // Before anything is read of it: a form may send megabytes.
    let is_cut = cut(&mut request.q);
    within_limits(&request.clone().understood())?;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let (index, whose) = (ctx.index.clone(), rights.clone());
    let look = move || {
        let facts = index.facts(&snapshot);
        (look(&index, &facts, &whose, &request), facts)
    };
    let (mut found, facts) = WORDS.run(call.party(), look).await?;
    found.is_cut |= is_cut;
    let (snapshot, rights) = (facts.snapshot(), &rights);
    let thing = |hit: &Hit| match hit.kind {
        HitKind::Product => snapshot.products.get(&hit.id).map(Thing::Product),
        _ => snapshot.assets.get(&hit.id).map(Thing::Asset),
    };
    // Each of them is there: what was found is of this very state of the catalog.
    let things: Vec<Thing<'_>> = found.hits.iter().filter_map(thing).collect();
    let mut tx = ctx.db.read().await?;
    let standings = lists::standings(&mut tx, ctx, snapshot, rights, &things).await?;
    for (hit, standing) in found.hits.iter_mut().zip(standings) {
        hit.contract_state = standing.contract;
        hit.changed_at = standing.changed_at;
    }
    Ok(found)
}

/// Cuts what was typed to the letters that are searched for; true where something is lost.
fn cut(q: &mut String) -> bool {
    let Some((end, _)) = q.char_indices().nth(LONGEST_SEARCH) else { return false };
    let is_cut = !q[end..].trim_end().is_empty();
    q.truncate(end);
    is_cut
}

/// Facets are chosen from what is shown: longer lists are no person's, and every hit is compared with each of them.
fn within_limits(request: &SearchRequest) -> Result<()> {
    if request.sort.as_ref().is_some_and(|sort| sort.len() > text::SHORT) {
        return Err(Error::invalid("sort", "Choose one of the orders that the search offers."));
    }
    for (key, label) in FACETS.into_iter().chain(TYPED) {
        let values = chosen(request, key);
        if values.len() > MOST_CHOSEN || values.iter().any(|value| value.len() > text::SHORT) {
            let label = label.to_lowercase();
            return Err(Error::invalid(
                key,
                format!("Choose at most {MOST_CHOSEN} values of {label}, from those that the search offers."),
            ));
        }
    }
    // The index looks for each of these words.
    let column_words: usize = request.column.iter().map(|column| index::searched(column).0.len()).sum();
    if column_words > MOST_WORDS {
        return Err(Error::invalid("column", format!("Name columns by at most {MOST_WORDS} words in all.")));
    }
    Ok(())
}

fn look(index: &Index, facts: &Facts, rights: &Rights, request: &SearchRequest) -> SearchResult {
    let snapshot = facts.snapshot();
    let Understood { request, said: of_filters, left_out } = typed::understood(facts, request.clone());
    let (words, is_cut) = index::searched(&request.q);
    let asked = Asked { words, tags: request.tag.clone(), columns: request.column.clone() };
    let words = &asked.words;
    let found = index.find(facts, &asked);
    let limit = request.limit.clamp(1, MOST_HITS) as usize;
    let mut gathered = Gathered::new(facts, rights, &request, words, limit);
    for (score, slot) in found.matches {
        gathered.add(score, slot);
    }
    let fit = gathered.seen();
    let leads = Leads { index, facts, rights, known: RefCell::default() };
    let question = (!words.is_empty() && fit < rank::FEW).then(|| {
        // Most parts of a word are none: the index knows it sooner.
        Question::of(snapshot, rights.today(), words, |word, stems| {
            index.knows(word, stems) && leads.to(word)
        })
    });
    let said = question.as_ref().map(Question::words);
    if let (Some(question), Some(said)) = (&question, &said) {
        gathered.widen(said, answers(index, facts, question, &asked));
    }
    let seen = gathered.seen();
    let Outcome { total, is_widened, page, facets } = gathered.finish();
    let shown = said.as_deref().unwrap_or(words);
    let hits = page.iter().filter_map(|fact| hit(snapshot, rights, fact, shown)).collect();
    let asks = !words.is_empty() && request.offset == 0;
    let missing = if seen == 0 && !found.is_catching_up { missing(&leads, &request) } else { Vec::new() };
    SearchResult {
        hits,
        terms: if asks { glossary::matching(snapshot, rights.today(), &request.q) } else { Vec::new() },
        total,
        unknown: of_filters.into_iter().chain(unknown(snapshot, &request, &facets)).chain(missing).collect(),
        facets,
        unread: unread::searched(snapshot, rights, &request, words),
        nearest: if seen == 0 { nearest(&leads, words) } else { Vec::new() },
        // Nothing fits only a part of one word; what answers it by its meaning is no exception to tell.
        is_widened: is_widened && words.len() > 1,
        is_cut,
        is_catching_up: found.is_catching_up,
        asked: SearchRequest { q: in_the_box(&request.q, &left_out), ..request },
    }
}

/// What stands in the field of a search: its words, and filters that do not count and can be corrected.
fn in_the_box(words: &str, left_out: &[String]) -> String {
    let words = (!words.is_empty()).then_some(words);
    words.into_iter().chain(left_out.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

/// What answers a part of a question, and what its terms link to.
fn answers(index: &Index, facts: &Facts, question: &Question, asked: &Asked) -> Vec<(f32, Slot)> {
    let mut found = index.find_any(&question.notions, asked);
    // Of what a term links to nobody knows here whether it has the tags and columns that are asked for.
    let linked = question.linked.iter().filter(|_| !asked.asks_for_details());
    let mut linked: BTreeSet<Slot> = linked.filter_map(|entry| facts.find(entry)).collect();
    for (score, slot) in &mut found {
        if linked.remove(slot) {
            *score += rank::LINKED;
        }
    }
    found.extend(linked.into_iter().map(|slot| (rank::LINKED, slot)));
    found
}

/// Tags and words of columns that lead the viewer to nothing, each in a sentence.
fn missing(leads: &Leads<'_>, request: &SearchRequest) -> Vec<String> {
    let with_tag = |tag: &str| Asked { tags: vec![tag.to_owned()], ..Asked::default() };
    let with_column = |word: &str| Asked { columns: vec![word.to_owned()], ..Asked::default() };
    let tags = request.tag.iter().take(MOST_LOOKED_FOR).filter(|tag| !leads.to_details(&with_tag(tag)));
    let tags = tags.map(|tag| {
        let near = leads.index.near_tag(tag).into_iter().find(|other| leads.to_details(&with_tag(other)));
        none_is_called("tag", tag, near)
    });
    let words = request.column.iter().flat_map(|column| index::searched(column).0).take(MOST_LOOKED_FOR);
    let words = words.filter(|word| !leads.to_details(&with_column(word)));
    let words = words.map(|word| {
        let near = leads.index.near_column(&word);
        let near = near.into_iter().find(|other| leads.to_details(&with_column(other)));
        none_is_called("column", &word, near)
    });
    tags.chain(words).collect()
}

fn none_is_called(what: &str, value: &str, near: Option<String>) -> String {
    let meant = near.map(|near| format!(" Did you mean \"{}\"?", text::legible(&near)));
    format!("No {what} is called \"{}\".{}", text::legible(value), meant.unwrap_or_default())
}

/// Which words lead the viewer to something, remembered for one search: nobody learns from an answer what stands in what is
/// hidden.
struct Leads<'a> {
    index: &'a Index,
    facts: &'a Facts,
    rights: &'a Rights,
    known: RefCell<HashMap<String, bool>>,
}

impl Leads<'_> {
    /// True where the viewer sees something that has this word.
    fn to(&self, word: &str) -> bool {
        if let Some(known) = self.known.borrow().get(word) {
            return *known;
        }
        let leads = self.look(word);
        self.known.borrow_mut().insert(word.to_owned(), leads);
        leads
    }

    /// True where the viewer sees the details of something that has these tags and columns.
    fn to_details(&self, asked: &Asked) -> bool {
        let (tag, column) = (asked.tags.clone(), asked.columns.clone());
        let request = SearchRequest { tag, column, ..SearchRequest::default() };
        let mut gathered = Gathered::new(self.facts, self.rights, &request, &[], 1);
        let mut matches = self.index.find(self.facts, asked).matches.into_iter();
        matches.any(|(score, slot)| gathered.shows(score, slot))
    }

    fn look(&self, word: &str) -> bool {
        let (request, words) = (SearchRequest::default(), [word.to_owned()]);
        let mut gathered = Gathered::new(self.facts, self.rights, &request, &words, 1);
        self.index.leads(word, &mut |slot| gathered.shows(1.0, slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_before_it_is_read() {
        let mut q = "é".repeat(LONGEST_SEARCH);
        assert!(!cut(&mut q));
        q.push(' ');
        assert!(!cut(&mut q), "a blank says nothing");
        q.push('x');
        assert!(cut(&mut q));
        assert_eq!(q.chars().count(), LONGEST_SEARCH);
    }

    #[test]
    fn columns_are_named_by_so_many_words_in_all() {
        let named =
            |words: usize| SearchRequest { column: vec!["id".to_owned(); words], ..SearchRequest::default() };
        assert!(within_limits(&named(MOST_WORDS)).is_ok());
        assert!(within_limits(&named(MOST_WORDS + 1)).is_err());
    }
}
