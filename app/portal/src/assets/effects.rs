//! What a change of an asset means for people, as far as its author sees what others have.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::{AssetKind, Classification, Column};
use lakeport_model::{ContractId, First};

use crate::catalog::{Contract, Lowered, Rights, Sight, Snapshot, dashboards, lowered, opened};
use crate::contracts;
use crate::dashboards::format::Dashboard;
use crate::standards::term::asset_and_column;
use crate::store::access::Grant;
use crate::store::catalog::AssetRow;

/// Most columns that a sentence names.
const MOST_NAMED: usize = 5;

/// What a change means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// A sentence each.
    pub(crate) effects: Vec<String>,
    /// What becomes less protected.
    pub(crate) lowered: Vec<Lowered>,
    /// Something becomes less protected, or opens.
    pub(crate) needs_consent: bool,
}

/// Who looks at the catalog, and when.
pub(crate) struct Eyes<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) rights: &'a Rights,
    pub(crate) now: DateTime<Utc>,
}

impl Eyes<'_> {
    /// What becomes of an asset; the grants are those on it.
    pub(crate) fn meaning(&self, before: Option<&AssetRow>, after: &AssetRow, grants: &[Grant]) -> Meaning {
        let lowered = before.map(|before| lowered(before, after)).unwrap_or_default();
        let opened = opened(before, after);
        let is_public = |row: &AssetRow| row.classification == Classification::Public.as_str();
        let opens = !opened.is_empty() || is_public(after) && !before.is_some_and(is_public);
        let raised = before.map(|before| crate::catalog::lowered(after, before)).unwrap_or_default();
        let gone = before.map(|before| gone(before, after)).unwrap_or_default();
        let moves = before.is_some_and(|before| before.domain != after.domain);
        let mut effects = Vec::new();
        effects.extend(self.moved(before, after));
        effects.extend(said("Less protected than it was", lowered.iter().map(changed)));
        // Read the other way round.
        effects.extend(said("More protected than it was", raised.iter().map(changed_back)));
        if opens {
            effects.push(opening(&opened, after));
        }
        effects.extend(said("Not described any more", gone.iter().cloned()));
        if !gone.is_empty() {
            effects.extend(self.naming(&after.id, &gone));
        }
        if moves || !(lowered.is_empty() && raised.is_empty() && gone.is_empty()) {
            effects.extend(self.granted(grants, after, moves));
        }
        let needs_consent = !lowered.is_empty() || opens;
        Meaning { effects, lowered, needs_consent }
    }

    fn moved(&self, before: Option<&AssetRow>, after: &AssetRow) -> Option<String> {
        let name = |domain: &str| self.snapshot.domain_name(domain);
        match before {
            None => Some(format!("It is new in {}.", name(&after.domain))),
            Some(before) if before.domain != after.domain => Some(format!(
                "It moves from {} to {}: members of that domain read it from then on, and its owners decide about requests \
                 and review who reads it.",
                name(&before.domain),
                name(&after.domain)
            )),
            Some(_) => None,
        }
    }

    /// Who names columns that are gone.
    fn naming(&self, asset: &str, gone: &BTreeSet<String>) -> Vec<String> {
        let Self { snapshot, rights, .. } = self;
        let mut told = Vec::new();
        for contract in snapshot.contracts_about(asset) {
            if contracts::opens(snapshot, rights, &ContractId(contract.id.clone())) {
                let promised = gone.iter().filter(|column| promises(contract, asset, column)).cloned();
                told.extend(said(&format!("The contract {} promises", contract.name), promised));
            }
        }
        let offers = snapshot.offers(asset).map(|(product, _)| product);
        let products: BTreeSet<&str> = offers
            .filter(|product| rights.product_sight(product) != Sight::Hidden)
            .map(|product| product.name.as_str())
            .collect();
        told.extend(said("Offered with these columns by the data product", products.iter()));
        for text in snapshot.dashboards.values() {
            let Some(read) = dashboards::seen(snapshot, rights, text) else { continue };
            if read.front.reads.iter().any(|read| read == asset) {
                let named = gone.iter().filter(|column| reads(read, column)).cloned();
                told.extend(said(&format!("The dashboard {} names", read.front.title), named));
            }
        }
        for term in snapshot.terms_about(asset) {
            let links = term.document.columns.iter().map(|link| asset_and_column(link));
            let named = links.filter_map(|(named, column)| column.filter(|_| named == asset));
            let named = named.filter(|column| gone.contains(*column));
            told.extend(said(&format!("The term {} is about", term.document.name), named));
        }
        told
    }

    /// Grants that go on, and reviews of them that become due.
    fn granted(&self, grants: &[Grant], after: &AssetRow, moves: bool) -> Option<String> {
        let active = || grants.iter().filter(|grant| grant.standing(self.now) == GrantStanding::Active);
        let goes_on = match active().count() {
            0 => return None,
            1 => "One person or program has access to it, which goes on".to_owned(),
            readers => format!("{readers} people or programs have access to it, which goes on"),
        };
        let class: Option<Classification> = after.classification.parse().ok();
        let is_raised = active().any(|grant| Some(grant.classification.or_strictest()) < class);
        let reviewed = if moves {
            ", and is reviewed at once"
        } else if is_raised {
            "; where it was kept for less sensitive data, its review becomes due at once"
        } else {
            ""
        };
        Some(format!("{goes_on}{reviewed}."))
    }
}

/// A sentence that names the first of some things; none where there is nothing to name.
fn said<T: ToString>(what: &str, names: impl Iterator<Item = T>) -> Option<String> {
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    (!names.is_empty()).then(|| format!("{what}: {}.", First::cut(names, MOST_NAMED).words()))
}

fn changed(Lowered { column, before, after }: &Lowered) -> String {
    format!("{} ({before} until now, {after} from now on)", called(column.as_deref()))
}

/// The same of what was compared the other way round.
fn changed_back(Lowered { column, before, after }: &Lowered) -> String {
    format!("{} ({after} until now, {before} from now on)", called(column.as_deref()))
}

fn called(column: Option<&str>) -> &str {
    column.unwrap_or("the asset as a whole")
}

/// What becomes public, and whom that opens it to: a public column of a table that is not public opens nothing yet.
fn opening(columns: &[String], row: &AssetRow) -> String {
    let is_public = row.classification == Classification::Public.as_str();
    let what = said(if is_public { "Public from now on" } else { "Described as public" }, columns.iter());
    let what = what.unwrap_or_else(|| "It is public from now on.".to_owned());
    if is_public && row.kind == AssetKind::Table.as_str() && row.location.is_some() {
        format!("{what} Everybody who sees the table reads its public columns without asking.")
    } else {
        what
    }
}

/// Columns that are described no more.
fn gone(before: &AssetRow, after: &AssetRow) -> BTreeSet<String> {
    let names = |row: &AssetRow| -> BTreeSet<String> {
        let columns: Vec<Column> = serde_json::from_str(&row.columns).unwrap_or_default();
        columns.into_iter().map(|column| column.name).collect()
    };
    names(before).difference(&names(after)).cloned().collect()
}

/// True where the version in force says something about a column.
fn promises(contract: &Contract, asset: &str, column: &str) -> bool {
    let objects = contract.newest().document.schema.iter().filter(|object| object.asset() == asset);
    objects
        .flat_map(|object| &object.properties)
        .any(|property| property.physical_name.as_deref().or(property.name.as_deref()) == Some(column))
}

/// True where one of a dashboard's queries holds the name of a column as a word.
fn reads(dashboard: &Dashboard, column: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let column = column.to_lowercase();
    dashboard.queries.iter().any(|query| {
        let sql = query.sql.to_lowercase();
        sql.match_indices(&column).any(|(at, _)| {
            let before = sql[..at].chars().next_back();
            let after = sql[at + column.len()..].chars().next();
            !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
        })
    })
}

#[cfg(test)]
mod tests;
