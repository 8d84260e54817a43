//! Search over products and assets: an index on the disk that follows the catalog.

mod facets;
mod facts;
mod gathered;
mod index;
mod numbered;
mod sights;

use std::collections::BTreeSet;

use lakeport_model::First;
use lakeport_model::catalog::{Hit, HitKind, SearchRequest, SearchResult};
use lakeport_model::people::Role;

use facets::{FACETS, chosen, unknown};
use facts::{Fact, Facts};
use gathered::{Gathered, Outcome};
pub use index::{Index, Standing};

use super::lists::{self, Thing};
use super::{Rights, Sight, href, unread};
use crate::beside::WORDS;
use crate::snapshot::{Asset, Port, Product, Snapshot};
use crate::{Call, Error, Result, glossary, text};

const MOST_HITS: u32 = 100;
/// Columns that a hit names.
const SHOWN_COLUMNS: usize = 5;
/// Values that can be chosen under one facet.
const MOST_CHOSEN: usize = 100;

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
    let (mut found, facts) = WORDS.run(call.party(), look).await?;
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
    let limit = request.limit.clamp(1, MOST_HITS) as usize;
    let mut gathered = Gathered::new(facts, rights, request, &words, limit);
    for (score, slot) in found.matches {
        gathered.add(score, slot);
    }
    let Outcome { total, page, facets } = gathered.finish();
    let hits = page.iter().filter_map(|fact| hit(facts.snapshot(), rights, fact, &words)).collect();
    let unknown = unknown(facts.snapshot(), request, &facets);
    let unread = unread::searched(facts.snapshot(), rights, request, &words);
    let asks = !words.is_empty() && request.offset == 0;
    let terms = if asks { glossary::matching(facts.snapshot(), &request.q) } else { Vec::new() };
    let is_catching_up = found.is_catching_up;
    SearchResult { hits, terms, total, facets, unknown, unread, is_cut, is_catching_up }
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
