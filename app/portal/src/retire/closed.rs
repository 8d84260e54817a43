//! What is refused of something that is retired.

use chrono::NaiveDate;
use lakeport_model::retire::Retirable;
use lakeport_model::{PortId, day, stored_day};

use super::thing::{called, is_seen_in_full, name_of};
use crate::catalog::{Contract, Port, Rights, Snapshot};
use crate::store::access::Request;
use crate::store::retired::RetiredRow;

/// Why nobody can ask for what a port offers: its product or the data behind it is retired. What to use instead is told where
/// the viewer may know of it.
pub(crate) fn closed(snapshot: &Snapshot, rights: &Rights, port: &Port) -> Option<String> {
    let (kind, retired) = behind(snapshot, port, rights.today())?;
    let successor = instead(snapshot, rights, kind, retired, rights.today());
    let instead = successor.map(|(_, name)| format!("; use \"{name}\" instead")).unwrap_or_default();
    Some(format!("This {} is retired since {}{instead}.", called(kind), stored_day(retired.on_day)))
}

/// From which day on nobody can ask for what a port offers any more, in a sentence, where that is announced: to those who see in
/// full what is retired, as its page tells it.
pub(crate) fn announced(snapshot: &Snapshot, rights: &Rights, port: &Port) -> Option<String> {
    let to_come = |(kind, id)| {
        let retired =
            snapshot.retirement(kind, id).filter(|retired| !retired.is_in_effect(rights.today()))?;
        if !is_seen_in_full(snapshot, rights, kind, id) {
            return None;
        }
        Some((retired.on_day, kind))
    };
    let (on, kind) = parts(port).filter_map(to_come).min_by_key(|(on, _)| *on)?;
    Some(format!("This {} is going to be retired from {} on.", called(kind), day(on)))
}

/// What takes the place of something retired, by id and name: where somebody may know of it, and it is not retired itself.
pub(super) fn instead<'a>(
    snapshot: &'a Snapshot,
    rights: &Rights,
    kind: Retirable,
    retired: &'a RetiredRow,
    today: NaiveDate,
) -> Option<(&'a str, &'a str)> {
    let id = retired.successor.as_deref().filter(|id| !snapshot.is_retired(kind, id, today))?;
    Some((id, name_of(snapshot, rights, kind, id)?))
}

/// Why nobody can approve a request: what it asks for is retired.
pub(crate) fn closed_request(snapshot: &Snapshot, request: &Request, today: NaiveDate) -> Option<String> {
    let port = PortId(request.port.clone());
    let (_, port) = snapshot.port(&port)?;
    let (kind, retired) = behind(snapshot, port, today)?;
    Some(format!(
        "This {} is retired since {}, so that nobody can approve access to it any more. The request can be rejected.",
        called(kind),
        stored_day(retired.on_day)
    ))
}

/// Why nobody can begin to rely on a contract: all that is offered under it is retired, or all data that it is about.
pub(crate) fn closed_contract(snapshot: &Snapshot, contract: &Contract, today: NaiveDate) -> Option<String> {
    let products = snapshot.products_under(&contract.id).map(|product| product.id.as_str());
    let objects = contract.newest().document.schema.iter();
    let assets = objects.filter_map(|object| {
        let asset = object.asset();
        snapshot.assets.contains_key(asset).then_some(asset)
    });
    let is_closed = are_all_retired(snapshot, Retirable::Product, products, today)
        || are_all_retired(snapshot, Retirable::Asset, assets, today);
    is_closed.then(|| {
        "What this contract is about is retired: nobody can begin to rely on it. Who relies on it already still does."
            .to_owned()
    })
}

/// True where the product of a port or the asset behind it is retired.
pub(crate) fn is_retired(snapshot: &Snapshot, port: &Port, today: NaiveDate) -> bool {
    behind(snapshot, port, today).is_some()
}

/// The product of a port or the asset behind it, where that is retired.
fn behind<'a>(snapshot: &'a Snapshot, port: &Port, today: NaiveDate) -> Option<(Retirable, &'a RetiredRow)> {
    parts(port).find_map(|(kind, id)| {
        let retired = snapshot.retirement(kind, id).filter(|retired| retired.is_in_effect(today));
        retired.map(|retired| (kind, retired))
    })
}

/// The product of a port and the asset behind it.
fn parts(port: &Port) -> impl Iterator<Item = (Retirable, &str)> {
    let product = port.id.as_str().rsplit_once('/').map(|(product, _)| (Retirable::Product, product));
    let asset = port.asset.as_deref().map(|asset| (Retirable::Asset, asset));
    product.into_iter().chain(asset)
}

/// True where there are some, and each of them is retired.
fn are_all_retired<'a>(
    snapshot: &Snapshot,
    kind: Retirable,
    ids: impl Iterator<Item = &'a str>,
    today: NaiveDate,
) -> bool {
    let mut are_some = false;
    for id in ids {
        if !snapshot.is_retired(kind, id, today) {
            return false;
        }
        are_some = true;
    }
    are_some
}
