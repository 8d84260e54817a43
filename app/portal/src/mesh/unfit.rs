//! What keeps documents from being pushed that an import would take: an operator vouches for what files say, a program does not.

use std::collections::{HashMap, HashSet};

use lakeport_model::documents::DocumentKind;

use super::shown::Wrong;
use crate::catalog::{Folder, ImportReport, Snapshot};
use crate::documents;
use crate::standards::odcs::Contract;

/// What is wrong with the documents that are new or changed, by the catalog as it was before them.
pub(super) fn unfit(snapshot: &Snapshot, folder: &Folder, report: &ImportReport) -> Vec<Wrong> {
    let created: HashSet<(&str, &str)> = report.created.iter().map(named).collect();
    let changed: HashSet<(&str, &str)> = report.changed.iter().map(named).collect();
    let contracts = folder.contracts.iter();
    let beside: HashMap<&str, &str> = contracts
        .map(|(contract, _)| (contract.id.as_str(), contract.domain.as_deref().unwrap_or_default()))
        .collect();
    let mut wrong = Vec::new();
    for (product, file) in &folder.products {
        let key = (DocumentKind::Product.as_str(), product.id.as_str());
        let is_changed = changed.contains(&key);
        if is_changed || created.contains(&key) {
            let id = is_changed.then_some(product.id.as_str());
            let found = documents::unfit(snapshot, id, product, &beside);
            wrong.extend(found.into_iter().map(|(field, message)| Wrong::at(file, field, message)));
        }
    }
    for (contract, file) in &folder.contracts {
        let label = format!("{} {}", contract.id, contract.version);
        let key = (DocumentKind::Contract.as_str(), label.as_str());
        if changed.contains(&key) || created.contains(&key) {
            let is_new = !snapshot.contracts.contains_key(&contract.id);
            let id = is_new.then(|| documents::no_id(&contract.id)).flatten();
            let id = id.map(|message| ("id".to_owned(), message));
            let found = id.into_iter().chain(foreign(snapshot, contract));
            wrong.extend(found.map(|(field, message)| Wrong::at(file, field, message)));
        }
    }
    wrong
}

fn named((kind, id): &(String, String)) -> (&str, &str) {
    (kind, id)
}

/// What a contract is about and its domain does not have. The sentence is the same for what others have and for what nobody
/// has: an asset may be one that the program must not know of. What the version in force is about may stay.
fn foreign(snapshot: &Snapshot, contract: &Contract) -> Vec<(String, String)> {
    let domain = contract.domain.as_deref().unwrap_or_default();
    let in_force = snapshot.contracts.get(&contract.id).and_then(|held| held.in_force());
    let is_foreign = |asset: &str| {
        let is_kept = in_force.is_some_and(|version| version.document.object_of_asset(asset).is_some());
        !is_kept && snapshot.assets.get(asset).is_none_or(|asset| asset.domain != domain)
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
