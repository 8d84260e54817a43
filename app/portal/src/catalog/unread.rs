//! What is there and cannot be read, as lists tell it to those who may know of it.

use std::collections::BTreeSet;

use lakeport_model::First;
use lakeport_model::catalog::{HitKind, SearchRequest};

use super::Rights;
use crate::snapshot::{Snapshot, Unread};
use crate::{contracts, text};

/// Things of a kind that are named.
const MOST: usize = 5;

/// A kind of documents, and what people call what they describe.
type Kind = (&'static str, &'static str);
const PRODUCT: Kind = ("product", "data product");
const ASSET: Kind = ("asset", "asset");
const CONTRACT: Kind = ("contract", "contract");

/// What may be among what is looked for, and nothing finds because what describes it cannot be read.
pub(super) fn searched(
    snapshot: &Snapshot,
    rights: &Rights,
    request: &SearchRequest,
    words: &[String],
) -> Option<String> {
    let SearchRequest { kind, domain, layer, classification, owner, tag, column, .. } = request;
    // Whether they would fit, nobody can say.
    if [layer, classification, owner, tag, column].iter().any(|chosen| !chosen.is_empty()) {
        return None;
    }
    let product = HitKind::Product.as_str();
    let takes = [
        (PRODUCT, kind.is_empty() || kind.iter().any(|kind| kind == product)),
        // Which of the other kinds an asset is of, nobody can say either.
        (ASSET, kind.is_empty() || kind.iter().any(|kind| kind != product)),
        // They are found with what they are about.
        (CONTRACT, kind.is_empty()),
    ];
    let kinds: Vec<Kind> = takes.into_iter().filter_map(|(kind, takes)| takes.then_some(kind)).collect();
    let fits = |id: &str| words.iter().all(|word| id.to_lowercase().contains(word.as_str()));
    let is_chosen =
        |unread: &Unread| domain.is_empty() || domain.iter().any(|one| is_of(snapshot, unread, one));
    told(snapshot, rights, &kinds, |unread| fits(&unread.id) && is_chosen(unread))
}

/// What a domain has of it.
pub(crate) fn in_domain(snapshot: &Snapshot, rights: &Rights, domain: &str) -> Option<String> {
    told(snapshot, rights, &[PRODUCT, ASSET, CONTRACT], |unread| is_of(snapshot, unread, domain))
}

/// The data products among it that a domain has.
pub(crate) fn products_in(snapshot: &Snapshot, rights: &Rights, domain: &str) -> Option<String> {
    told(snapshot, rights, &[PRODUCT], |unread| is_of(snapshot, unread, domain))
}

/// The data products among it that any of these domains has.
pub(crate) fn products_of(
    snapshot: &Snapshot,
    rights: &Rights,
    domains: &BTreeSet<String>,
) -> Option<String> {
    told(snapshot, rights, &[PRODUCT], |unread| domains.contains(&unread.domain))
}

/// True where it belongs to a domain; a contract, whose document alone would name one, to those of its products.
fn is_of(snapshot: &Snapshot, unread: &Unread, domain: &str) -> bool {
    if unread.kind == CONTRACT.0 {
        snapshot.products_under(&unread.id).any(|product| product.domain == domain)
    } else {
        unread.domain == domain
    }
}

/// True where the viewer may know that it is there.
fn knows(snapshot: &Snapshot, rights: &Rights, unread: &Unread) -> bool {
    match unread.kind {
        "product" => rights.knows_unread_product(snapshot, &unread.id),
        "asset" => rights.knows_unread(snapshot, &unread.id),
        "contract" => contracts::knows_unread(snapshot, rights, &unread.id),
        // A dashboard is found as the asset that it is.
        _ => false,
    }
}

/// That things of these kinds are there and cannot be read, as far as the viewer may know of them.
fn told(
    snapshot: &Snapshot,
    rights: &Rights,
    kinds: &[Kind],
    fits: impl Fn(&Unread) -> bool,
) -> Option<String> {
    let of_kind = |(kind, called): &Kind| {
        let unread = snapshot.unread().filter(|unread| unread.kind == *kind && fits(unread));
        let known = unread.filter(|unread| knows(snapshot, rights, unread));
        let first = First::cut(known.map(|unread| text::legible(&unread.id)).collect(), MOST);
        let (of, named) = (first.of, first.words());
        match of {
            0 => None,
            1 => Some(format!("The {called} {named} is there, but what describes it cannot be read.")),
            _ => Some(format!("The {called}s {named} are there, but what describes them cannot be read.")),
        }
    };
    let said: Vec<String> = kinds.iter().filter_map(of_kind).collect();
    (!said.is_empty()).then(|| said.join(" "))
}
