//! What keeps a contract from being published that an import would take.

use super::read::{Beside, nameless, no_domain, no_id};
use crate::catalog::{MOST_OBJECTS, Snapshot};
use crate::standards::odcs::Contract;

/// Longest number of a version: it stands in addresses and in sentences.
const LONGEST_VERSION: usize = 100;

/// The fields of a contract that keep it from being published though an import would take it, each with a sentence. `id` is that
/// of the contract that is changed; none of a new one. What it is about is compared with what the catalog has and with what is
/// published `beside` it; without that with nothing.
pub(crate) fn unfit_contract(
    snapshot: &Snapshot,
    id: Option<&str>,
    contract: &Contract,
    beside: Option<&Beside<'_>>,
) -> Vec<(String, String)> {
    let id_problem = match id {
        Some(id) => (id != contract.id).then(|| {
            format!("The id of a contract stays the same: write \"{id}\". Another id is another contract.")
        }),
        None => no_id(&contract.id),
    };
    let domain = contract.domain.as_deref().unwrap_or_default();
    let domain_problem = no_domain(snapshot, domain);
    let is_long = contract.version.chars().count() > LONGEST_VERSION;
    let version_problem =
        is_long.then(|| format!("The number of a version has at most {LONGEST_VERSION} letters."));
    let has_too_many = contract.schema.len() > MOST_OBJECTS;
    let schema_problem = has_too_many.then(|| format!("A contract is about at most {MOST_OBJECTS} tables."));
    let is_comparable = domain_problem.is_none() && !has_too_many;
    let found = [
        ("id", id_problem),
        ("name", nameless(contract.name.as_deref())),
        ("version", version_problem),
        ("domain", domain_problem),
        ("schema", schema_problem),
    ];
    let found = found.into_iter().filter_map(|(field, message)| Some((field.to_owned(), message?)));
    let mut found: Vec<(String, String)> = found.collect();
    if is_comparable && let Some(beside) = beside {
        found.append(&mut foreign(snapshot, id, (contract, domain), beside));
    }
    found
}

/// What a contract is about and its domain does not have. The sentence is the same for what others have and for what nobody
/// has: an asset may be one that the author must not know of. What the version in force of the contract that is changed is about
/// may stay.
fn foreign(
    snapshot: &Snapshot,
    id: Option<&str>,
    (contract, domain): (&Contract, &str),
    beside: &Beside<'_>,
) -> Vec<(String, String)> {
    // Whose id a text says may be a contract that its author must not know of.
    let changed = id.filter(|id| *id == contract.id);
    let in_force = changed.and_then(|id| snapshot.contracts.get(id)).and_then(|held| held.in_force());
    let is_foreign = |asset: &str| {
        let is_kept = in_force.is_some_and(|version| version.document.object_of_asset(asset).is_some());
        let held = || snapshot.assets.get(asset).map(|asset| asset.domain.as_str());
        !is_kept && beside.assets.get(asset).copied().or_else(held) != Some(domain)
    };
    let objects = contract.schema.iter().enumerate().filter(|(_, object)| is_foreign(object.asset()));
    let found = objects.map(|(index, object)| {
        let field = format!("schema[{index}].{}", object.asset_field());
        let message = format!(
            "\"{}\" is not data of {domain}. A contract is about data of its own domain; correct the domain, or name an asset \
             of it.",
            object.asset()
        );
        (field, message)
    });
    found.collect()
}

/// True where an id is another contract's, be it one that the author does not see, or one that differs from it in capital
/// letters alone.
pub(super) fn is_taken(snapshot: &Snapshot, id: &str, domain: &str) -> bool {
    let is_it = |held: &str| held.eq_ignore_ascii_case(id);
    snapshot.contracts.keys().any(is_it)
        || snapshot.unread().any(|unread| unread.kind == "contract" && is_it(&unread.id))
        // A product of others that names it already would offer what is no contract of theirs: to them the id belongs.
        || snapshot.products_that_name(id).any(|product| product.domain != domain)
}
