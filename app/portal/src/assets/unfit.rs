//! What keeps an asset from being published though its file could be read: what others have, and what only files decide. Nothing
//! said here tells of an asset that its author does not see.

use lakeport_frame::Place;
use lakeport_model::assets::FieldProblem;
use lakeport_model::catalog::AssetKind;

use crate::catalog::Snapshot;
use crate::store::catalog::AssetRow;
use crate::store::{Tx, lineage, revisions};
use crate::{Ctx, Result};

/// The problems of an asset beside the rest of the catalog, each at its field.
pub(super) async fn unfit(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    before: Option<&AssetRow>,
    after: &AssetRow,
) -> Result<Vec<FieldProblem>> {
    let AssetRow { id, namespace, name, domain, .. } = after;
    let address = |row: &AssetRow| (row.namespace.clone(), row.name.clone());
    let is_new = before.is_none();
    let is_id_taken = is_new && (is_known(snapshot, id, domain) || revisions::is_asset_taken(tx, id).await?);
    let is_elsewhere = before.map(address) != Some(address(after));
    let is_address_taken = is_elsewhere && is_address_taken(tx, snapshot, after).await?;
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
        let is_other = (&before.domain, &before.classification) != (domain, &after.classification);
        if is_other && shares_its_place(ctx, snapshot, after) {
            let message = "Its data lies where that of another table lies, and what lies at one place has one domain and one \
                           classification: change both together, in files.";
            tell("classification", message.to_owned());
        }
    }
    Ok(problems)
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

/// True where another asset has this address. One that only events named is the same asset, unless others mean it already.
async fn is_address_taken(tx: &mut Tx, snapshot: &Snapshot, row: &AssetRow) -> Result<bool> {
    let at = [(row.namespace.as_str(), row.name.as_str())];
    let own = lineage::found(tx, &at).await?;
    let other_names = lineage::found_by_alias(tx, &at).await?;
    let is_taken = own.iter().chain(&other_names).any(|found| {
        found.id != row.id && (found.origin != "lineage" || is_of_others(snapshot, &found.id, &row.domain))
    });
    Ok(is_taken)
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

/// True where a table lies at the place of another one with another domain or classification: it would open that one's rows by
/// rules that are not its own.
fn shares_its_place(ctx: &Ctx, snapshot: &Snapshot, row: &AssetRow) -> bool {
    let root = &ctx.settings.lake_root;
    let place = row.location.as_deref().filter(|_| row.kind == AssetKind::Table.as_str());
    let Some(place) = place.and_then(|location| Place::of(root, location)) else { return false };
    snapshot.assets.values().any(|other| {
        other.id != row.id
            && other.kind == AssetKind::Table
            && (other.domain.as_str(), other.classification.as_str())
                != (row.domain.as_str(), row.classification.as_str())
            && other.location.as_deref().is_some_and(|held| Place::of(root, held).as_ref() == Some(&place))
    })
}
