//! What a change of an asset means for people, as far as its author sees what others have.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::{AssetKind, Classification};
use lakeport_model::{ContractId, First};
use sha2::{Digest as _, Sha256};

use super::lowering::moves;
use crate::catalog::{Classes, Contract, Lowered, Rights, Sight, Snapshot, dashboards};
use crate::contracts;
use crate::dashboards::format::Dashboard;
use crate::policy;
use crate::standards::term::asset_and_column;
use crate::store::access::Grant;
use crate::store::catalog::AssetRow;

/// Most columns that a sentence names.
const MOST_NAMED: usize = 5;

/// What comes with an address that only events named.
const TAKES_OVER: &str =
    "Lineage events name this address already: what they say of it becomes this asset's.";

/// What a change means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// A sentence each.
    pub(crate) effects: Vec<String>,
    /// What becomes less protected.
    pub(crate) lowered: Vec<Lowered>,
    /// Something becomes less protected, opens, or moves.
    pub(crate) needs_consent: bool,
}

/// What says which effects somebody has seen: each has its length before it, so that no two lists have the same.
pub(crate) fn digest(effects: &[String]) -> String {
    let mut hasher = Sha256::new();
    for effect in effects {
        hasher.update((effect.len() as u64).to_le_bytes());
        hasher.update(effect);
    }
    hex::encode(&hasher.finalize()[..])
}

/// Who looks at the catalog, and when.
pub(crate) struct Eyes<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) rights: &'a Rights,
    pub(crate) now: DateTime<Utc>,
}

impl Eyes<'_> {
    /// What becomes of an asset; the grants are those on it. `takes_over` is true where events name the address already that it
    /// comes to.
    pub(crate) fn meaning(
        &self,
        before: Option<&AssetRow>,
        after: &AssetRow,
        grants: &[Grant],
        takes_over: bool,
    ) -> Meaning {
        let (held, described) = (before.map(Classes::of), Classes::of(after));
        let lowered = held.as_ref().map(|held| held.lowered_to(&described)).unwrap_or_default();
        let opened = described.opened_since(held.as_ref());
        let was_public = before.is_some_and(is_public);
        let raised = held.as_ref().map(|held| described.lowered_to(held)).unwrap_or_default();
        let gone = held.as_ref().map(|held| held.gone_in(&described)).unwrap_or_default();
        let moves = before.is_some_and(|before| moves(before, after));
        let mut effects = Vec::new();
        effects.extend(self.moved(before, after));
        if takes_over {
            effects.push(TAKES_OVER.to_owned());
        }
        effects.extend(self.read_by_members(before, after));
        effects.extend(before.and_then(|before| self.read_no_more(before, after)));
        effects.extend(said("Less protected than it was", lowered.iter().map(changed)));
        // Read the other way round.
        effects.extend(said("More protected than it was", raised.iter().map(changed_back)));
        if is_public(after) && !was_public {
            // With the last column that was not public, those open that were public before.
            effects.push(opening(&described.opened_since(None), after));
        } else if is_public(after) && !opened.is_empty() {
            effects.push(opening(&opened, after));
        } else {
            effects.extend(said("Described as public", opened.iter()));
        }
        effects.extend(said("Not described any more", gone.iter().cloned()));
        if !gone.is_empty() {
            effects.extend(self.naming(&after.id, &gone));
        }
        if moves || !(lowered.is_empty() && raised.is_empty() && gone.is_empty()) {
            effects.extend(self.granted(grants, after, moves));
        }
        let needs_consent = !lowered.is_empty() || described.opens_since(held.as_ref()) || moves;
        Meaning { effects, lowered, needs_consent }
    }

    /// The same of an asset that is more sensitive as a whole from then on, whatever columns it has; the grants are those on it.
    pub(crate) fn of_raising(&self, before: &AssetRow, to: Classification, grants: &[Grant]) -> Vec<String> {
        if before.classification.parse::<Classification>().is_ok_and(|held| held >= to) {
            return Vec::new();
        }
        let after = AssetRow { classification: to.to_string(), ..before.clone() };
        let whole = format!("The asset as a whole is {to} from then on.");
        let others = [self.read_no_more(before, &after), self.granted(grants, &after, false)];
        std::iter::once(whole).chain(others.into_iter().flatten()).collect()
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

    /// Whole tables that members of a domain read and did not until now: those that come to it, and those that are restricted
    /// no more.
    fn read_by_members(&self, before: Option<&AssetRow>, after: &AssetRow) -> Option<String> {
        let is_news = |before: &AssetRow| before.domain != after.domain || !is_for_members(before);
        let opens = has_rows(after) && is_for_members(after) && before.is_some_and(is_news);
        opens.then(|| {
            format!("Members of {} read its data from then on.", self.snapshot.domain_name(&after.domain))
        })
    }

    /// Whole tables that people read without a grant and do not from then on: members of the domain, or everybody.
    fn read_no_more(&self, before: &AssetRow, after: &AssetRow) -> Option<String> {
        if !has_rows(after) || before.domain != after.domain {
            return None;
        }
        let domain = self.snapshot.domain_name(&after.domain);
        if is_for_members(before) && !is_for_members(after) {
            Some(format!("Members of {domain} do not read its data any more unless they hold a grant."))
        } else if is_public(before) && !is_public(after) {
            Some(format!("Whoever is no member of {domain} does not read its data any more without a grant."))
        } else {
            None
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
        for text in snapshot.dashboards_reading(asset) {
            let Some(read) = dashboards::seen(snapshot, rights, text) else { continue };
            let named = gone.iter().filter(|column| reads(read, column)).cloned();
            told.extend(said(&format!("The dashboard {} names", read.front.title), named));
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
    match said("Public from now on", columns.iter()) {
        Some(what) if has_rows(row) => {
            format!("{what} Everybody who sees the table reads that without asking.")
        }
        Some(what) => what,
        // Nobody reads columns as public that nobody described.
        None => "It is public from now on.".to_owned(),
    }
}

/// True for a table that the portal can show rows of.
fn has_rows(row: &AssetRow) -> bool {
    row.kind == AssetKind::Table.as_str() && row.location.is_some()
}

fn is_public(row: &AssetRow) -> bool {
    row.classification == Classification::Public.as_str()
}

/// True for what every member of its domain reads.
fn is_for_members(row: &AssetRow) -> bool {
    row.classification.parse::<Classification>().is_ok_and(policy::is_for_members)
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
