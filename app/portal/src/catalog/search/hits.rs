//! What is shown of a match, from the catalog itself.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use lakeport_model::First;
use lakeport_model::catalog::{Hit, HitKind};
use lakeport_model::certify::Certifiable;
use lakeport_model::people::Role;

use super::facts::Fact;
use super::index;
use crate::catalog::{Rights, Sight, href};
use crate::snapshot::{Asset, Port, Product, Snapshot};
use crate::text::markdown;

/// Columns that a hit names.
const SHOWN_COLUMNS: usize = 5;
/// Letters of an asset's description that a hit shows.
const LONGEST_BRIEF: usize = 400;

/// What is shown of a match: only these are looked at so closely.
pub(super) fn hit(snapshot: &Snapshot, rights: &Rights, fact: &Fact, words: &[String]) -> Option<Hit> {
    if fact.is_product() {
        product(snapshot, rights, snapshot.products.get(&*fact.id)?, words)
    } else {
        asset(snapshot, rights, snapshot.assets.get(&*fact.id)?, words)
    }
}

/// The last day on which something is certified, for whoever sees it in full.
fn certified(
    snapshot: &Snapshot,
    rights: &Rights,
    (kind, id): (Certifiable, &str),
    full: bool,
) -> Option<NaiveDate> {
    let held = snapshot.certification(kind, id, rights.today()).filter(|_| full);
    held.map(|held| held.until)
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
        certified_until: certified(snapshot, rights, (Certifiable::Product, product.id.as_str()), full),
        description: terms.and_then(|terms| terms.purpose.clone()).unwrap_or_default(),
        owner: owner(snapshot, &product.domain),
        added_at: product.created_at,
        contract_state: None,
        changed_at: None,
        has_access: open > 0,
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
    let fits = |text: &str| {
        let text = text.to_lowercase();
        words.iter().any(|word| text.contains(word.as_str()))
    };
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
        certified_until: certified(snapshot, rights, (Certifiable::Asset, asset.id.as_str()), full),
        description: if full { markdown::brief(&asset.description, LONGEST_BRIEF) } else { String::new() },
        owner: owner(snapshot, &asset.domain),
        added_at: asset.created_at,
        contract_state: None,
        changed_at: None,
        has_access: rights.reads(snapshot, asset),
        ports: None,
        matched_columns: First::cut(columns.into_iter().collect(), SHOWN_COLUMNS),
    })
}
