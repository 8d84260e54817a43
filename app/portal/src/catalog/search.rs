//! Search over products and assets: an index on the disk that follows the catalog.

mod compound;
mod facets;
mod facts;
mod gathered;
mod german;
mod hits;
mod index;
mod numbered;
mod question;
mod rank;
mod sights;
mod typed;

use std::collections::BTreeSet;

use lakeport_model::catalog::{Hit, HitKind, LONGEST_SEARCH, MOST_WORDS, SearchRequest, SearchResult};

use facets::{FACETS, TYPED, chosen, unknown};
use facts::{Facts, Slot};
use gathered::{Gathered, Outcome};
use hits::hit;
use index::Asked;
pub use index::{Index, Standing};
use question::Question;

use super::lists::{self, Thing};
use super::{Rights, unread};
use crate::beside::WORDS;
use crate::{Call, Error, Result, glossary, text};

const MOST_HITS: u32 = 100;
/// Values that can be chosen under one facet.
const MOST_CHOSEN: usize = 100;
/// Other words that are suggested where nothing is found, and words of a search for which some are looked for.
const MOST_NEAREST: usize = 3;
const MOST_LOOKED_FOR: usize = 4;

/// Searches what the viewer may see.
pub async fn search(call: &Call, request: &SearchRequest) -> Result<SearchResult> {
    let ctx = &call.ctx;
    // Only so much is read, also of what may be filters.
    let q: String = request.q.chars().take(LONGEST_SEARCH).collect();
    let is_long = q.len() < request.q.trim_end().len();
    let request = SearchRequest { q, ..request.clone() }.understood();
    within_limits(&request)?;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let (index, whose) = (ctx.index.clone(), rights.clone());
    let look = move || {
        let facts = index.facts(&snapshot);
        (look(&index, &facts, &whose, &request), facts)
    };
    let (mut found, facts) = WORDS.run(call.party(), look).await?;
    found.is_cut |= is_long;
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
    Ok(())
}

fn look(index: &Index, facts: &Facts, rights: &Rights, request: &SearchRequest) -> SearchResult {
    let snapshot = facts.snapshot();
    let request = typed::by_id(snapshot, request.clone());
    let (words, is_cut) = index::searched(&request.q);
    // However many columns are named, so many words are looked for, as in the search itself.
    let columns = request.column.iter().flat_map(|column| index::searched(column).0).take(MOST_WORDS);
    let asked = Asked { words, tags: request.tag.clone(), columns: columns.collect() };
    let words = &asked.words;
    let found = index.find(facts, &asked);
    let limit = request.limit.clamp(1, MOST_HITS) as usize;
    let mut gathered = Gathered::new(facts, rights, &request, words, limit);
    for (score, slot) in found.matches {
        gathered.add(score, slot);
    }
    let fit = gathered.seen();
    let question = (!words.is_empty() && fit < rank::FEW).then(|| {
        let leads = |word: &str| leads(index, facts, rights, word);
        // Most parts of a word are none: the index knows it sooner.
        Question::of(snapshot, words, |word, stems| index.knows(word, stems) && leads(word))
    });
    let said = question.as_ref().map(Question::words);
    if let (Some(question), Some(said)) = (&question, &said) {
        gathered.widen(said, answers(index, facts, question, &asked));
    }
    let seen = gathered.seen();
    let Outcome { total, page, facets } = gathered.finish();
    let shown = said.as_deref().unwrap_or(words);
    let hits = page.iter().filter_map(|fact| hit(snapshot, rights, fact, shown)).collect();
    let asks = !words.is_empty() && request.offset == 0;
    SearchResult {
        hits,
        terms: if asks { glossary::matching(snapshot, &request.q) } else { Vec::new() },
        total,
        unknown: unknown(snapshot, &request, &facets),
        facets,
        unread: unread::searched(snapshot, rights, &request, words),
        nearest: if seen == 0 { nearest(index, facts, rights, words) } else { Vec::new() },
        is_widened: seen > fit,
        is_cut,
        is_catching_up: found.is_catching_up,
        asked: request,
    }
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

/// Words near to those that were typed under which the viewer finds something: of what they do not see, no word is told.
fn nearest(index: &Index, facts: &Facts, rights: &Rights, words: &[String]) -> Vec<String> {
    let near = words.iter().take(MOST_LOOKED_FOR).flat_map(|word| index.near(word));
    let mut nearest: Vec<String> = Vec::new();
    for other in near {
        if nearest.len() < MOST_NEAREST && !nearest.contains(&other) && leads(index, facts, rights, &other) {
            nearest.push(other);
        }
    }
    nearest
}

/// True where the viewer sees something that has this word: nobody learns from an answer what stands in what is hidden.
fn leads(index: &Index, facts: &Facts, rights: &Rights, word: &str) -> bool {
    let (request, words) = (SearchRequest::default(), [word.to_owned()]);
    let mut gathered = Gathered::new(facts, rights, &request, &words, 1);
    for (score, slot) in index.find_word(word) {
        gathered.add(score, slot);
    }
    gathered.seen() > 0
}
