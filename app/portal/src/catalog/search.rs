//! Search over products and assets: a small in-memory index that is rebuilt with the catalog.

mod index;

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::First;
use lakeport_model::catalog::{Facet, FacetValue, Hit, HitKind, MOST_MATCHES, SearchRequest, SearchResult};
use lakeport_model::people::{Role, Viewer};

pub use index::Index;

use super::{Rights, Sight, href, lists};
use crate::beside::WORDS;
use crate::snapshot::{Asset, Port, Product, Snapshot};
use crate::{Ctx, Error, Result, text};

const MOST_HITS: u32 = 100;
/// Columns that a hit names.
const SHOWN_COLUMNS: usize = 5;
/// Values that can be chosen under one facet.
const MOST_CHOSEN: usize = 100;

/// What an entry of the index points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// A product, by id.
    Product(String),
    /// An asset, by id.
    Asset(String),
}

/// A found thing with what facets ask of it.
struct Found {
    hit: Hit,
    owners: Vec<(String, String)>,
    score: f32,
}

/// Searches what the viewer may see.
pub async fn search(ctx: &Ctx, viewer: &Viewer, request: &SearchRequest) -> Result<SearchResult> {
    within_limits(request)?;
    let snapshot = ctx.snapshot().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let (held, whose, request) = (snapshot.clone(), rights.clone(), request.clone());
    let index = ctx.search_index(&snapshot).await?;
    let mut found = WORDS.run(move || look(&held, &index, &whose, &request)).await??;
    let mut tx = ctx.db.read().await?;
    for hit in &mut found.hits {
        let (snapshot, rights) = (&snapshot, &rights);
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

fn look(
    snapshot: &Snapshot,
    index: &Index,
    rights: &Rights,
    request: &SearchRequest,
) -> Result<SearchResult> {
    let (words, is_cut) = index::searched(&request.q);
    let matching = index.find(&words)?;
    let is_capped = matching.len() == MOST_MATCHES;
    let found: Vec<Found> = matching
        .into_iter()
        .filter_map(|(entry, score)| match entry {
            Entry::Product(id) => product(snapshot, rights, snapshot.products.get(id)?, score, &words),
            Entry::Asset(id) => asset(snapshot, rights, snapshot.assets.get(id)?, score, &words),
        })
        .collect();
    let facets = FACETS.iter().map(|(key, label)| facet(&found, request, key, label)).collect();
    let mut hits: Vec<Found> = found.into_iter().filter(|found| matches(found, request, None)).collect();
    sort(&mut hits, request);
    let total = u32::try_from(hits.len()).unwrap_or(u32::MAX);
    let limit = request.limit.clamp(1, MOST_HITS) as usize;
    let hits = hits.into_iter().skip(request.offset as usize).take(limit).map(|found| found.hit).collect();
    Ok(SearchResult { hits, total, facets, is_cut, is_capped })
}

fn sort(hits: &mut [Found], request: &SearchRequest) {
    let name = |found: &Found| found.hit.name.to_lowercase();
    match request.sort.as_deref() {
        Some("name") => hits.sort_by_key(name),
        Some("newest") => hits.sort_by_key(|found| std::cmp::Reverse(found.hit.added_at)),
        // Products come before their tables where both fit equally well: they are what one asks for.
        _ => hits.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.hit.kind.cmp(&b.hit.kind))
                .then_with(|| name(a).cmp(&name(b)))
        }),
    }
}

const FACETS: [(&str, &str); 5] = [
    ("kind", "Kind"),
    ("domain", "Domain"),
    ("layer", "Layer"),
    ("classification", "Classification"),
    ("owner", "Owner"),
];

/// The values a hit has under a facet: value and label.
fn values(found: &Found, key: &str) -> Vec<(String, String)> {
    let word = |text: &str| (text.to_owned(), capital(text));
    match key {
        "kind" => vec![word(found.hit.kind.as_str())],
        "domain" => vec![(found.hit.domain.id.0.clone(), found.hit.domain.name.clone())],
        "layer" => found.hit.layer.iter().map(|layer| word(layer.as_str())).collect(),
        "classification" => found.hit.classification.iter().map(|class| word(class.as_str())).collect(),
        _ => found.owners.clone(),
    }
}

fn chosen<'a>(request: &'a SearchRequest, key: &str) -> &'a [String] {
    match key {
        "kind" => &request.kind,
        "domain" => &request.domain,
        "layer" => &request.layer,
        "classification" => &request.classification,
        _ => &request.owner,
    }
}

/// True when the hit has one of the chosen values under every facet but `without`.
fn matches(found: &Found, request: &SearchRequest, without: Option<&str>) -> bool {
    FACETS.iter().filter(|(key, _)| Some(*key) != without).all(|(key, _)| {
        let wanted = chosen(request, key);
        wanted.is_empty() || values(found, key).iter().any(|(value, _)| wanted.contains(value))
    })
}

fn facet(found: &[Found], request: &SearchRequest, key: &str, label: &str) -> Facet {
    let wanted = chosen(request, key);
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for found in found {
        let counted = matches(found, request, Some(key));
        for value in values(found, key) {
            *counts.entry(value).or_default() += u32::from(counted);
        }
    }
    let shown = |((value, label), count): ((String, String), u32)| FacetValue {
        selected: wanted.contains(&value),
        label,
        count,
        value,
    };
    let mut values: Vec<FacetValue> =
        counts.into_iter().map(shown).filter(|value| value.count > 0 || value.selected).collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    Facet { key: key.to_owned(), label: label.to_owned(), values }
}

fn owners(snapshot: &Snapshot, domain: &str) -> Vec<(String, String)> {
    let owners = snapshot.members_with(domain, Role::Owner);
    owners.map(|owner| (owner.person.to_string(), owner.name.clone())).collect()
}

fn product(
    snapshot: &Snapshot,
    rights: &Rights,
    product: &Product,
    score: f32,
    words: &[String],
) -> Option<Found> {
    let sight = rights.product_sight(product);
    let full = sight == Sight::Full;
    if sight == Sight::Hidden || !(full || named(&product.name, &product.id, words)) {
        return None;
    }
    let terms = product.document.description.as_ref().filter(|_| full);
    let owners = owners(snapshot, &product.domain);
    let behind = |port: &Port| port.asset.as_ref().and_then(|id| snapshot.assets.get(id));
    let open = product.ports.iter().filter_map(behind).filter(|asset| rights.reads(snapshot, asset)).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let hit = Hit {
        id: product.id.clone(),
        kind: HitKind::Product,
        name_parts: index::mark(&product.name, words),
        name: product.name.clone(),
        href: href::product(&product.id),
        domain: snapshot.domain(&product.domain),
        layer: None,
        classification: product.ports.iter().filter(|_| full).map(|port| port.classification).max(),
        description: terms.and_then(|terms| terms.purpose.clone()).unwrap_or_default(),
        owner: owners.first().map(|(_, name)| name.clone()),
        added_at: product.created_at,
        contract_state: None,
        changed_at: None,
        has_access: product.ports.iter().filter_map(behind).any(|asset| rights.opens(snapshot, asset)),
        ports: full.then(|| (count(open), count(product.ports.len()))),
        matched_columns: First::cut(Vec::new(), 0),
    };
    Some(Found { hit, owners, score })
}

fn asset(snapshot: &Snapshot, rights: &Rights, asset: &Asset, score: f32, words: &[String]) -> Option<Found> {
    let sight = snapshot.sight(rights, asset);
    let full = sight == Sight::Full;
    if sight == Sight::Hidden || !(full || named(&asset.title, &asset.id, words)) {
        return None;
    }
    let fits = |text: &str| words.iter().any(|word| text.to_lowercase().contains(word.as_str()));
    let columns: BTreeSet<String> = asset
        .columns
        .iter()
        .filter(|column| full && (fits(column.name) || fits(column.description)))
        .map(|column| column.name.to_owned())
        .collect();
    let owners = owners(snapshot, &asset.domain);
    let hit = Hit {
        id: asset.id.clone(),
        kind: asset.kind.as_str().parse().ok()?,
        name_parts: index::mark(&asset.title, words),
        name: asset.title.clone(),
        href: href::asset(snapshot, asset),
        domain: snapshot.domain(&asset.domain),
        layer: asset.layer,
        classification: full.then_some(asset.classification),
        description: if full { asset.description.clone() } else { String::new() },
        owner: owners.first().map(|(_, name)| name.clone()),
        added_at: asset.created_at,
        contract_state: None,
        changed_at: None,
        has_access: rights.opens(snapshot, asset),
        ports: None,
        matched_columns: First::cut(columns.into_iter().collect(), SHOWN_COLUMNS),
    };
    Some(Found { hit, owners, score })
}

/// True when the name alone answers the search. Of what a viewer knows only by name nothing else may be found:
/// a search would tell whether a word stands in the details.
fn named(name: &str, id: &str, words: &[String]) -> bool {
    let text = format!("{name} {id}").to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
