//! What keeps an asset from being published though its file could be read: what others have, and what only files decide. Nothing
//! said here tells of an asset that its author does not see.

use lakeport_model::assets::FieldProblem;
use lakeport_model::catalog::AssetKind;
use lakeport_model::people::Viewer;

use super::effects::Eyes;
use super::{guesses, seen};
use crate::Result;
use crate::catalog::Snapshot;
use crate::store::catalog::AssetRow;
use crate::store::lineage::{self, FoundRow};
use crate::store::{Tx, revisions};

/// What keeps an asset from being published.
pub(super) struct Unfit {
    /// The problems, each at its field.
    pub(super) problems: Vec<FieldProblem>,
    /// Something that has its id or its address already, and that its author does not see.
    pub(super) hidden: Option<String>,
}

/// The problems of an asset beside the rest of the catalog.
///
/// # Errors
/// Refused as busy where its author was told too often that something is taken, or was refused otherwise.
pub(super) async fn unfit(
    tx: &mut Tx,
    viewer: &Viewer,
    eyes: &Eyes<'_>,
    before: Option<&AssetRow>,
    after: &AssetRow,
) -> Result<Unfit> {
    if is_elsewhere(before, after) {
        guesses::keep_pace(tx, viewer, eyes.now).await?;
    }
    unfit_unpaced(tx, eyes, before, after).await
}

/// The same where nobody tries ids and addresses.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn unfit_unpaced(
    tx: &mut Tx,
    Eyes { snapshot, rights, .. }: &Eyes<'_>,
    before: Option<&AssetRow>,
    after: &AssetRow,
) -> Result<Unfit> {
    let AssetRow { id, namespace, name, domain, .. } = after;
    let (is_new, is_elsewhere) = (before.is_none(), is_elsewhere(before, after));
    let is_id_taken = is_new && (is_known(snapshot, id, domain) || revisions::is_asset_taken(tx, id).await?);
    let others = if is_elsewhere { taken_by(tx, snapshot, after).await? } else { Vec::new() };
    let is_address_taken = !others.is_empty();
    let mut taken = is_id_taken.then(|| id.clone()).into_iter().chain(others);
    let hidden = taken.find(|id| seen(snapshot, rights, id).is_err());
    let mut problems = Vec::new();
    let mut tell = |field: &str, message: String| {
        problems.push(FieldProblem { field: field.to_owned(), message });
    };
    if is_id_taken {
        tell("id", format!("The id \"{id}\" is taken here. Choose another one."));
    }
    if is_address_taken {
        tell(
            "name",
            format!("The address \"{namespace} {name}\" is taken here. Give it another name or namespace."),
        );
    }
    if let Some(before) = before {
        if before.domain != *domain && is_of_others(snapshot, id, domain) {
            let message = "A product, a contract or a dashboard of its domain is about it, and a domain offers what is its \
                           own. Take it out of these first.";
            tell("domain", message.to_owned());
        }
        if let Some(message) = other_kind(snapshot, before, after) {
            tell("kind", message.to_owned());
        }
    }
    Ok(Unfit { problems, hidden })
}

/// True for the id of what is there, read or not, and for one by which others mean something of theirs already.
fn is_known(snapshot: &Snapshot, id: &str, domain: &str) -> bool {
    snapshot.assets.contains_key(id)
        || snapshot.unread_of("asset", id).is_some()
        || is_of_others(snapshot, id, domain)
}

/// True where products or contracts of other domains are about this asset, or a dashboard of another one has its id.
pub(crate) fn is_of_others(snapshot: &Snapshot, id: &str, domain: &str) -> bool {
    is_of_others_beside(snapshot, snapshot, id, domain)
}

/// The same where documents were written: `around` is the catalog around them, as it is with them. Dashboards and products
/// that it does not have are those of `before`.
pub(crate) fn is_of_others_beside(around: &Snapshot, before: &Snapshot, id: &str, domain: &str) -> bool {
    around.offers(id).any(|(product, _)| product.domain != domain)
        || around.contracts_about(id).any(|contract| around.domain_of(contract) != domain)
        || is_dashboard_of_others(around, before, id, domain)
}

/// True for the id of a dashboard that is not this domain's; whose one is that cannot be read, nobody knows.
fn is_dashboard_of_others(around: &Snapshot, before: &Snapshot, id: &str, domain: &str) -> bool {
    let dashboard = around.dashboards.get(id).or_else(|| before.dashboards.get(id));
    let Some(dashboard) = dashboard else { return false };
    let Ok(read) = &dashboard.read else { return true };
    let product = read.front.product.as_deref();
    let product = product.and_then(|id| around.products.get(id).or_else(|| before.products.get(id)));
    let of_product = product.map(|product| product.domain.as_str());
    read.front.domain.as_deref().or(of_product) != Some(domain)
}

/// The other assets that have this address. One that only events named is the same asset, unless others mean it already.
async fn taken_by(tx: &mut Tx, snapshot: &Snapshot, row: &AssetRow) -> Result<Vec<String>> {
    let others = others_at(tx, row).await?.into_iter();
    let taken =
        others.filter(|found| found.origin != "lineage" || is_of_others(snapshot, &found.id, &row.domain));
    Ok(taken.map(|found| found.id).collect())
}

/// True where events name the address already that an asset comes to: what they say of it becomes this asset's.
pub(super) async fn takes_over(tx: &mut Tx, before: Option<&AssetRow>, after: &AssetRow) -> Result<bool> {
    Ok(is_elsewhere(before, after)
        && others_at(tx, after).await?.iter().any(|found| found.origin == "lineage"))
}

/// True where an asset has another address than it had, or is new.
fn is_elsewhere(before: Option<&AssetRow>, after: &AssetRow) -> bool {
    let address = |row: &AssetRow| (row.namespace.clone(), row.name.clone());
    before.map(address) != Some(address(after))
}

/// The other assets that have an asset's address, as their own or beside it.
async fn others_at(tx: &mut Tx, row: &AssetRow) -> Result<Vec<FoundRow>> {
    let at = [(row.namespace.as_str(), row.name.as_str())];
    let mut others = lineage::found(tx, &at).await?;
    others.append(&mut lineage::found_by_alias(tx, &at).await?);
    others.retain(|found| found.id != row.id);
    Ok(others)
}

/// Why an asset cannot become one of another kind.
pub(crate) fn other_kind(snapshot: &Snapshot, before: &AssetRow, after: &AssetRow) -> Option<&'static str> {
    let becomes = |kind: AssetKind| after.kind == kind.as_str() && before.kind != kind.as_str();
    if becomes(AssetKind::Table) && after.location.is_some() {
        // Whose a place is, an import looks at for tables alone.
        Some("Its data lies somewhere, and as a table it could be opened there: that is said in files only.")
    } else if becomes(AssetKind::Dashboard)
        && is_dashboard_of_others(snapshot, snapshot, &after.id, &after.domain)
    {
        Some("This cannot become a dashboard; choose another kind.")
    } else {
        None
    }
}
