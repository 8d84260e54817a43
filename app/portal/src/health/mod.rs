//! The health of a domain: contracts kept, reviews in time, columns described, output ports with a contract.
//!
//! Columns are counted as they come and go (`snapshot/meanings.rs`), reviews by an index. The domain's contracts and products are
//! looked at for the first part of the page alone; columns without a meaning are listed in parts, beside the threads that answer.

mod gaps;

use chrono::NaiveDate;
use lakeport_model::catalog::AssetKind;
use lakeport_model::contracts::CheckState;
use lakeport_model::health::{Health, HealthPart, MOST_NAMED, Measured};
use lakeport_model::people::DomainRef;
use lakeport_model::{DomainId, First, PageRequest};

use crate::beside::WORDS;
use crate::catalog::{Contract, Product, Rights, Snapshot, href};
use crate::policy::{self, PublishDocument, SeeHistory};
use crate::store::Tx;
use crate::store::access as grants;
use crate::{Call, Error, Result, contracts, retire};

/// How well a domain keeps up what it offers, for its members.
///
/// # Errors
/// Refused where there is no such domain, and to whoever is no member of it.
pub async fn health(call: &Call, id: &DomainId, page: PageRequest) -> Result<Health> {
    let snapshot = call.snapshot();
    let domain = snapshot.domains.get(id.as_str()).ok_or_else(|| Error::not_found("domain"))?;
    policy::authorize(&call.viewer, SeeHistory { domain: id.clone() })
        .map_err(|error| error.saying("Only members of a domain see its health.".to_owned()))?;
    let publish = PublishDocument { domain: id.clone(), from: None };
    // A later part of the list says nothing of the rest anew.
    let parts = if page.after.is_none() { parts(call, id).await? } else { Vec::new() };
    Ok(Health {
        domain: DomainRef { id: id.clone(), name: domain.name.clone() },
        parts,
        gaps: gaps::gaps(call, id, page).await?,
        may_edit: policy::decide(&call.viewer, &publish.into()).allowed,
    })
}

async fn parts(call: &Call, id: &DomainId) -> Result<Vec<Measured>> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let mut tx = call.ctx.db.read().await?;
    let kept = kept(&mut tx, call, &snapshot, &rights, id.as_str()).await?;
    let (reviewed, overdue) = grants::reviewed_in(&mut tx, id.as_str(), call.now().date_naive()).await?;
    drop(tx);
    let domain = id.0.clone();
    let counted = move || {
        let today = rights.today();
        (snapshot.meanings_in(&domain, today), promises(&snapshot, &domain, today))
    };
    let (meanings, promises) = WORDS.run(call.party(), counted).await?;
    Ok(vec![
        kept,
        measured(HealthPart::Reviews, number(reviewed - overdue), number(reviewed), Vec::new()),
        measured(HealthPart::Meanings, meanings.described, meanings.columns, Vec::new()),
        promises,
    ])
}

fn number(count: i64) -> usize {
    usize::try_from(count).unwrap_or_default()
}

fn measured(part: HealthPart, done: usize, of: usize, todo: Vec<(String, String)>) -> Measured {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Measured { part, done: count(done), of: count(of), todo: First::cut(todo, MOST_NAMED) }
}

/// Contracts that are kept, of those that are checked; a warning keeps a promise, and what could not be looked at keeps none.
async fn kept(
    tx: &mut Tx,
    call: &Call,
    snapshot: &Snapshot,
    rights: &Rights,
    domain: &str,
) -> Result<Measured> {
    let all: Vec<&Contract> = snapshot.contracts_in(domain).collect();
    let states = contracts::States::of(tx, &call.ctx, snapshot, rights, all.iter().copied()).await?;
    let (mut done, mut todo) = (0, Vec::new());
    for contract in all {
        match states.get(contract) {
            Some(CheckState::Kept | CheckState::Warned) => done += 1,
            Some(CheckState::Broken | CheckState::Unchecked) => {
                todo.push((contract.name.clone(), href::contract(&contract.id)));
            }
            // Of what the viewer is not told, nothing is said here either.
            Some(CheckState::Never | CheckState::Stated | CheckState::Withdrawn | CheckState::Untold)
            | None => {}
        }
    }
    Ok(measured(HealthPart::Contracts, done, done + todo.len(), todo))
}

/// Output ports that have a contract, of those that are not retired. Dashboards promise nothing.
fn promises(snapshot: &Snapshot, domain: &str, today: NaiveDate) -> Measured {
    let (mut done, mut of, mut todo) = (0, 0, Vec::new());
    for product in snapshot.products_in(domain) {
        let (with, all) = promised(snapshot, product, today);
        (done, of) = (done + with, of + all);
        if with < all {
            todo.push((product.name.clone(), href::product(&product.id)));
        }
    }
    measured(HealthPart::Promises, done, of, todo)
}

/// How many output ports of a product have a contract that is there, and how many there are.
fn promised(snapshot: &Snapshot, product: &Product, today: NaiveDate) -> (usize, usize) {
    let is_dashboard =
        |asset: &String| snapshot.assets.get(asset).is_some_and(|asset| asset.kind == AssetKind::Dashboard);
    let ports = product.ports.iter().filter(|port| !retire::is_retired(snapshot, port, today));
    let ports = ports.filter(|port| !port.asset.as_ref().is_some_and(is_dashboard));
    let has = ports.map(|port| port.contract.as_ref().is_some_and(|id| snapshot.contracts.contains_key(id)));
    let has: Vec<bool> = has.collect();
    (has.iter().filter(|has| **has).count(), has.len())
}
