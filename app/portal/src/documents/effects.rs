//! What a document that is written means for people.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::Visibility;

use super::{dashboard, promises};
use crate::catalog::{Carried, Described, OneDocument, Port, Product, Snapshot};
use crate::store::Tx;
use crate::store::access::Grant;
use crate::{Call, Result, contracts};

/// How much something that was written means for people: what is first weighs most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// It opens data to more people, or shows more of them that it is there.
    Opens,
    /// It takes away what somebody has access to.
    Ends,
    /// It does something else.
    Rest,
}

/// How much a product that was written means for people. The grants are those of the product.
pub(crate) fn weight_of_product(carried: &Carried, id: &str, grants: &[Grant], now: DateTime<Utc>) -> Weight {
    let (before, after) = carried.products(id);
    let Some(after) = after else { return Weight::Rest };
    let (held, offered) = (before.map(ports).unwrap_or_default(), ports(after));
    let offers_more =
        offered.iter().any(|(id, port)| held.get(id).is_none_or(|before| before.asset != port.asset));
    let is_seen_by_more = before.is_some_and(|before| breadth(before.visibility) < breadth(after.visibility));
    let is_read = |id: &str| {
        grants.iter().any(|grant| grant.port == id && grant.standing(now) == GrantStanding::Active)
    };
    if offers_more || is_seen_by_more {
        Weight::Opens
    } else if held.keys().any(|id| !offered.contains_key(id) && is_read(id)) {
        Weight::Ends
    } else {
        Weight::Rest
    }
}

/// To how many people something shows itself, as a place in an order.
fn breadth(visibility: Visibility) -> u8 {
    match visibility {
        Visibility::Private => 0,
        Visibility::Restricted => 1,
        Visibility::Open => 2,
    }
}

/// What a document that was written means for people, a sentence each. Where `counts` is false, nothing is said of how many have
/// access.
pub(super) async fn of(
    tx: &mut Tx,
    call: &Call,
    carried: &Carried,
    one: &OneDocument,
    counts: bool,
) -> Result<Vec<String>> {
    if let Described::Dashboard(read) = &one.read {
        return Ok(dashboard::effects(&call.snapshot(), &read.0));
    }
    let Some(version) = one.version() else {
        let grants = if counts { carried.grants(tx).await? } else { Vec::new() };
        return Ok(of_product(carried, one.id(), &grants, call.now()));
    };
    let told = contracts::told_of(tx, &call.ctx, carried.snapshots(), one.id()).await?;
    promises::of_contract(carried, one.id(), version, told).await
}

/// What a product that was written means for people, a sentence each. The grants are those that what was written concerns.
pub(crate) fn of_product(carried: &Carried, id: &str, grants: &[Grant], now: DateTime<Utc>) -> Vec<String> {
    let (before, after) = carried.products(id);
    let Some(after) = after else { return Vec::new() };
    let (_, catalog) = carried.snapshots();
    let mut effects = Vec::new();
    match before {
        None => effects.push(format!("It is new in {}.", catalog.domain_name(&after.domain))),
        Some(before) if before.domain != after.domain => effects.push(format!(
            "It moves from {} to {}, whose owners decide about requests from then on and review who reads it.",
            catalog.domain_name(&before.domain),
            catalog.domain_name(&after.domain)
        )),
        Some(_) => {}
    }
    if before.map(|before| before.visibility) != Some(after.visibility) {
        effects.push(seen_by(after.visibility).to_owned());
    }
    let (held, offered) = (before.map(ports).unwrap_or_default(), ports(after));
    for (id, port) in held.iter().filter(|(id, _)| !offered.contains_key(*id)) {
        let readers = grants.iter().filter(|grant| grant.port == *id);
        effects.push(match readers.filter(|grant| grant.standing(now) == GrantStanding::Active).count() {
            0 => format!("It offers {} no more.", port.name),
            1 => format!("It offers {} no more, to which 1 person still has access.", port.name),
            readers => {
                format!("It offers {} no more, to which {readers} people still have access.", port.name)
            }
        });
    }
    for (id, port) in &offered {
        match held.get(id) {
            None => effects.push(format!("It offers {}: {}.", port.name, what(catalog, port))),
            Some(before) if before.asset != port.asset => {
                effects.push(format!("{} is something else now: {}.", port.name, what(catalog, port)));
            }
            Some(_) => {}
        }
    }
    effects
}

fn ports(product: &Product) -> BTreeMap<&str, &Port> {
    product.ports.iter().map(|port| (port.id.as_str(), port)).collect()
}

/// What a port gives, and how sensitive that is.
fn what(catalog: &Snapshot, port: &Port) -> String {
    let asset = port.asset.as_deref().and_then(|id| catalog.assets.get(id));
    match (asset, port.asset.as_deref()) {
        (Some(asset), _) => format!("{}, {}", asset.title, port.classification),
        (None, Some(id)) => format!("{id}, which is not in the catalog"),
        (None, None) => "nothing that the catalog has".to_owned(),
    }
}

fn seen_by(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Open => "Everybody sees it, with all that it offers.",
        Visibility::Restricted => {
            "Everybody sees that it exists; what it offers is seen by its domain and by people with access."
        }
        Visibility::Private => "Only its domain and people with access see that it exists.",
    }
}
