//! What keeps documents from being pushed that an import would take: an operator vouches for what files say, a program does not.

use std::collections::{HashMap, HashSet};

use lakeport_model::catalog::Column;
use lakeport_model::documents::DocumentKind;

use super::shown::Wrong;
use crate::catalog::{Folder, FolderAsset, ImportReport};
use crate::documents::{self, Beside};
use crate::glossary::Sees;
use crate::standards::term::Term;

/// What is wrong with the documents that are new or changed, by the catalog as it was before them, as far as whoever answers
/// for the program sees it.
pub(super) fn unfit(sees: &Sees<'_>, folder: &Folder, report: &ImportReport) -> Vec<Wrong> {
    let snapshot = sees.snapshot;
    let created: HashSet<(&str, &str)> = report.created.iter().map(named).collect();
    let changed: HashSet<(&str, &str)> = report.changed.iter().map(named).collect();
    let contracts = folder.contracts.iter();
    let contracts =
        contracts.map(|(contract, _)| (contract.id.as_str(), contract.domain.as_deref().unwrap_or_default()));
    let assets = folder.assets.iter().map(|asset| (asset.row.id.as_str(), asset.row.domain.as_str()));
    let beside = Beside { contracts: contracts.collect(), assets: assets.collect() };
    let mut wrong = Vec::new();
    for (product, file) in &folder.products {
        let key = (DocumentKind::Product.as_str(), product.id.as_str());
        let is_changed = changed.contains(&key);
        if is_changed || created.contains(&key) {
            let id = is_changed.then_some(product.id.as_str());
            let found = documents::unfit(snapshot, id, product, Some(&beside));
            wrong.extend(found.into_iter().map(|(field, message)| Wrong::at(file, field, message)));
        }
    }
    for (contract, file) in &folder.contracts {
        let label = format!("{} {}", contract.id, contract.version);
        let key = (DocumentKind::Contract.as_str(), label.as_str());
        if changed.contains(&key) || created.contains(&key) {
            let is_held = snapshot.contracts.contains_key(&contract.id);
            let id = is_held.then_some(contract.id.as_str());
            let found = documents::unfit_contract(snapshot, id, contract, Some(&beside));
            wrong.extend(found.into_iter().map(|(field, message)| Wrong::at(file, field, message)));
        }
    }
    for asset in &folder.assets {
        let id = asset.row.id.as_str();
        if created.contains(&(DocumentKind::Asset.as_str(), id))
            && let Some(message) = documents::no_id(id)
        {
            wrong.push(Wrong::at(folder.file_of(asset), asset.field("id"), message));
        }
    }
    let brought = Brought::of(folder);
    for (term, file) in &folder.terms {
        let key = (DocumentKind::Term.as_str(), term.id.as_str());
        let is_new = created.contains(&key);
        if is_new || changed.contains(&key) {
            let held = snapshot.terms.get(&term.id);
            if held.is_some_and(|held| sees.hides_links_of(&held.document)) {
                // Nothing else is told: by what is wrong with a link, a program could guess those that are hidden.
                let message = "This term names something that whoever answers for the token does not see; change it on its page.";
                wrong.push(Wrong::at(file, "id", message.to_owned()));
                continue;
            }
            let id = is_new.then(|| documents::no_id(&term.id)).flatten();
            let id = id.map(|message| ("id".to_owned(), message));
            let found = id.into_iter().chain(brought.unknown(sees, term));
            wrong.extend(found.map(|(field, message)| Wrong::at(file, field, message)));
        }
    }
    wrong
}

/// What a push brings itself: it counts as being there.
struct Brought<'f> {
    assets: HashMap<&'f str, Vec<Column>>,
    products: HashSet<&'f str>,
    terms: HashSet<&'f str>,
}

impl<'f> Brought<'f> {
    fn of(folder: &'f Folder) -> Self {
        // Only terms ask.
        let assets: &[FolderAsset] = if folder.terms.is_empty() { &[] } else { &folder.assets };
        let columns = |text: &str| serde_json::from_str::<Vec<Column>>(text).unwrap_or_default();
        Self {
            assets: assets.iter().map(|asset| (asset.row.id.as_str(), columns(&asset.row.columns))).collect(),
            products: folder.products.iter().map(|(product, _)| product.id.as_str()).collect(),
            terms: folder.terms.iter().map(|(term, _)| term.id.as_str()).collect(),
        }
    }

    /// What a term names that the push does not bring and that whoever answers for the program does not see: the same sentence
    /// for what is hidden and for what nobody has.
    fn unknown(&self, sees: &Sees<'_>, term: &Term) -> Vec<(String, String)> {
        let has_column = |asset: &str, column: Option<&str>| match (self.assets.get(asset), column) {
            (None, _) => sees.column(asset, column),
            (Some(_), None) => true,
            (Some(columns), Some(column)) => columns.iter().any(|held| held.name == column),
        };
        term.unknown(
            has_column,
            |id| self.products.contains(id) || sees.product(id),
            |id| self.terms.contains(id) || sees.term(id),
        )
    }
}

fn named((kind, id): &(String, String)) -> (&str, &str) {
    (kind, id)
}
