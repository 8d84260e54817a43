//! Search over products and assets: an index on the disk that follows the catalog.

mod facets;
mod facts;
mod index;
mod sights;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use lakeport_model::First;
use lakeport_model::catalog::{Hit, HitKind, MOST_MATCHES, SearchRequest, SearchResult};
use lakeport_model::people::Role;

use facets::{Counts, FACETS, chosen};
use facts::{Fact, Facts, Slot};
pub use index::{Index, Standing};
use sights::Sights;

use super::{Rights, Sight, href, lists};
use crate::beside::WORDS;
use crate::snapshot::{Asset, Port, Product, Snapshot};
use crate::{Call, Error, Result, text};

const MOST_HITS: u32 = 100;
/// Columns that a hit names.
const SHOWN_COLUMNS: usize = 5;
/// Values that can be chosen under one facet.
const MOST_CHOSEN: usize = 100;

/// A match that the viewer sees.
struct Match<'a> {
    score: f32,
    slot: Slot,
    fact: &'a Fact,
    /// It is seen in full, not by name only.
    is_full: bool,
}

/// Searches what the viewer may see.
pub async fn search(call: &Call, request: &SearchRequest) -> Result<SearchResult> {
    let ctx = &call.ctx;
    within_limits(request)?;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let (index, whose, request) = (ctx.index.clone(), rights.clone(), request.clone());
    let look = move || {
        let facts = index.facts(&snapshot);
        (look(&index, &facts, &whose, &request), facts)
    };
    let (mut found, facts) = WORDS.run(look).await?;
    let mut tx = ctx.db.read().await?;
    for hit in &mut found.hits {
        let (snapshot, rights) = (facts.snapshot(), &rights);
        let standing = match (hit.kind, snapshot.products.get(&hit.id), snapshot.assets.get(&hit.id)) {
            (HitKind::Product, Some(product), _) => {
                lists::of_product(&mut tx, ctx, snapshot, rights, product).await?
            }
            (_, _, Some(asset)) => lists::of_asset(&mut tx, ctx, snapshot, rights, asset).await?,
            _ => continue,
        };
        hit.contract_state = standing.contract;
        hit.changed_at = standing.changed_at;
    }
    Ok(found)
}

/// Facets are chosen from what is shown: longer lists are no person's, and every hit is compared with each of them.
fn within_limits(request: &SearchRequest) -> Result<()> {
    for (key, label) in FACETS {
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
    let (words, is_cut) = index::searched(&request.q);
    let found = index.find(facts, &words);
    let mut sights = Sights::new(facts, rights);
    let mut seen = Vec::new();
    for (score, slot) in found.matches {
        let Some(fact) = facts.get(slot) else { continue };
        let sight = sights.of(slot, fact);
        let is_full = sight == Sight::Full;
        if sight != Sight::Hidden && (is_full || named(fact, &words)) {
            seen.push(Match { score, slot, fact, is_full });
        }
    }
    // Only of what the viewer sees: what is hidden takes no place, and nobody is told of it.
    let is_capped = found.is_ranked && seen.len() > MOST_MATCHES;
    if is_capped {
        let best_first = |a: &Match<'_>, b: &Match<'_>| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot));
        seen.select_nth_unstable_by(MOST_MATCHES, best_first);
        seen.truncate(MOST_MATCHES);
    }
    let mut counts = Counts::new(facts, request);
    let limit = request.limit.clamp(1, MOST_HITS) as usize;
    let mut page = Page::new(request.sort.as_deref(), request.offset as usize, limit);
    for found in seen {
        if counts.add(found.fact, found.is_full) {
            page.add(found);
        }
    }
    let total = u32::try_from(page.total).unwrap_or(u32::MAX);
    let hits = page.matches();
    let hits = hits.iter().filter_map(|found| hit(facts.snapshot(), rights, found.fact, &words)).collect();
    let (facets, is_catching_up) = (counts.facets(), found.is_catching_up);
    SearchResult { hits, total, facets, is_cut, is_capped, is_catching_up }
}

/// The orders of hits.
#[derive(Debug, Clone, Copy)]
enum Order {
    Score,
    Name,
    Newest,
}

impl Order {
    fn of(self, a: &Match<'_>, b: &Match<'_>) -> Ordering {
        match self {
            Self::Name => by_name(a, b),
            Self::Newest => b.fact.added_at.cmp(&a.fact.added_at).then_with(|| by_name(a, b)),
            // Products come before their tables where both fit equally well: they are what one asks for.
            Self::Score => b
                .score
                .total_cmp(&a.score)
                .then_with(|| a.fact.kind.cmp(&b.fact.kind))
                .then_with(|| by_name(a, b)),
        }
    }
}

/// A product and its dashboard may have name and id in common: a page must not depend on who came first.
fn by_name(a: &Match<'_>, b: &Match<'_>) -> Ordering {
    let names = a.fact.name.cmp(&b.fact.name).then_with(|| a.fact.kind.cmp(&b.fact.kind));
    names.then_with(|| a.fact.id.cmp(&b.fact.id))
}

/// A page of the matches in their order. Only those that stand before its end are kept, and the others counted: an order of
/// all of them would take longer than all else.
struct Page<'a> {
    order: Order,
    offset: usize,
    /// Where it ends.
    end: usize,
    kept: Vec<Match<'a>>,
    /// The first of those kept are the first of all, and the last of them has the place before the end.
    is_full: bool,
    total: usize,
}

impl<'a> Page<'a> {
    fn new(sort: Option<&str>, offset: usize, limit: usize) -> Self {
        let order = match sort {
            Some("name") => Order::Name,
            Some("newest") => Order::Newest,
            _ => Order::Score,
        };
        let end = offset.saturating_add(limit);
        Self { order, offset, end, kept: Vec::new(), is_full: false, total: 0 }
    }

    fn add(&mut self, found: Match<'a>) {
        self.total += 1;
        if self.is_full && self.order.of(&found, &self.kept[self.end - 1]).is_ge() {
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

    fn matches(mut self) -> Vec<Match<'a>> {
        self.cut();
        let order = self.order;
        self.kept.sort_unstable_by(|a, b| order.of(a, b));
        self.kept.drain(..self.offset.min(self.kept.len()));
        self.kept
    }
}

/// What is shown of a match, from the catalog itself: only these are looked at so closely.
fn hit(snapshot: &Snapshot, rights: &Rights, fact: &Fact, words: &[String]) -> Option<Hit> {
    if fact.is_product() {
        product(snapshot, rights, snapshot.products.get(&*fact.id)?, words)
    } else {
        asset(snapshot, rights, snapshot.assets.get(&*fact.id)?, words)
    }
}

/// Who answers for a domain, by name; the first of several.
fn owner(snapshot: &Snapshot, domain: &str) -> Option<String> {
    snapshot.members_with(domain, Role::Owner).next().map(|owner| owner.name.clone())
}

fn product(snapshot: &Snapshot, rights: &Rights, product: &Product, words: &[String]) -> Option<Hit> {
    let sight = rights.product_sight(product);
    let full = sight == Sight::Full;
    if sight == Sight::Hidden {
        return None;
    }
    let terms = product.document.description.as_ref().filter(|_| full);
    let behind = |port: &Port| port.asset.as_ref().and_then(|id| snapshot.assets.get(id));
    let open = product.ports.iter().filter_map(behind).filter(|asset| rights.reads(snapshot, asset)).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Some(Hit {
        id: product.id.clone(),
        kind: HitKind::Product,
        name_parts: index::mark(&product.name, words),
        name: product.name.clone(),
        href: href::product(&product.id),
        domain: snapshot.domain(&product.domain),
        layer: None,
        classification: product.ports.iter().filter(|_| full).map(|port| port.classification).max(),
        description: terms.and_then(|terms| terms.purpose.clone()).unwrap_or_default(),
        owner: owner(snapshot, &product.domain),
        added_at: product.created_at,
        contract_state: None,
        changed_at: None,
        has_access: product.ports.iter().filter_map(behind).any(|asset| rights.opens(snapshot, asset)),
        ports: full.then(|| (count(open), count(product.ports.len()))),
        matched_columns: First::cut(Vec::new(), 0),
    })
}

fn asset(snapshot: &Snapshot, rights: &Rights, asset: &Asset, words: &[String]) -> Option<Hit> {
    let sight = snapshot.sight(rights, asset);
    let full = sight == Sight::Full;
    if sight == Sight::Hidden {
        return None;
    }
    let fits = |text: &str| words.iter().any(|word| text.to_lowercase().contains(word.as_str()));
    let columns: BTreeSet<String> = asset
        .columns
        .iter()
        .filter(|column| full && (fits(column.name) || fits(column.description)))
        .map(|column| column.name.to_owned())
        .collect();
    Some(Hit {
        id: asset.id.clone(),
        kind: asset.kind.as_str().parse().ok()?,
        name_parts: index::mark(&asset.title, words),
        name: asset.title.clone(),
        href: href::asset(snapshot, asset),
        domain: snapshot.domain(&asset.domain),
        layer: asset.layer,
        classification: full.then_some(asset.classification),
        description: if full { asset.description.clone() } else { String::new() },
        owner: owner(snapshot, &asset.domain),
        added_at: asset.created_at,
        contract_state: None,
        changed_at: None,
        has_access: rights.opens(snapshot, asset),
        ports: None,
        matched_columns: First::cut(columns.into_iter().collect(), SHOWN_COLUMNS),
    })
}

/// True when the name alone answers the search. Of what a viewer knows only by name nothing else may be found:
/// a search would tell whether a word stands in the details.
fn named(fact: &Fact, words: &[String]) -> bool {
    let in_id = |word: &str| fact.id.to_lowercase().contains(word);
    words.iter().all(|word| fact.name.contains(word.as_str()) || in_id(word))
}
