//! Contracts: what is promised, whether it is kept on the real table, and who relies on it.

mod breaches;
mod check;
mod column;
pub mod compare;
mod page;
mod subscribe;
mod told;
mod versions;

use std::collections::BTreeMap;

use lakeport_model::ContractId;
use lakeport_model::catalog::Task;
use lakeport_model::contracts::{CheckRun, CheckState, ContractSummary, broken_column};

pub use check::run_checks;
pub(crate) use check::{check_daily, checkable};
pub(crate) use column::of_column;
pub use page::contract;
pub(crate) use page::{knows_unread, visible};
pub(crate) use subscribe::{Relying, subscribed};
pub use subscribe::{subscribe, unsubscribe};
use told::Told;
pub(crate) use versions::{never_accepted, since_accepted, tell as tell_of_versions, told_of};

use crate::catalog::{Contract, ContractVersion as Version, Rights, Sight, Snapshot, href};
use crate::store::Tx;
use crate::store::contracts as store;
use crate::{Call, Ctx, Result, access};

/// Runs that one statement asks for: each comes with its lines.
const RUNS_AT_ONCE: usize = 200;

/// The contract on an asset, of a product whose details the viewer sees.
pub(crate) fn on_asset<'a>(snapshot: &'a Snapshot, rights: &Rights, asset: &str) -> Option<&'a Contract> {
    named_on(snapshot, rights, asset).find_map(|id| snapshot.contracts.get(id))
}

/// The same where none of its versions can be read.
pub(crate) fn unread_on_asset(snapshot: &Snapshot, rights: &Rights, asset: &str) -> Option<ContractId> {
    let mut named = named_on(snapshot, rights, asset);
    let unread = named.find(|id| snapshot.unread_of("contract", id).is_some());
    unread.map(|id| ContractId(id.clone()))
}

/// The contracts that products name on an asset, where the viewer sees their details.
fn named_on<'a>(snapshot: &'a Snapshot, rights: &Rights, asset: &str) -> impl Iterator<Item = &'a String> {
    let known =
        snapshot.offers(asset).filter(move |(product, _)| rights.product_sight(product) == Sight::Full);
    known.filter_map(|(_, port)| port.contract.as_ref())
}

/// How contracts stand, as far as the viewer is told: the one answer of every page, list and drawing.
#[derive(Debug, Default)]
pub(crate) struct States(BTreeMap<String, CheckState>);

impl States {
    /// Of these contracts; one question for all that the viewer is told whole, and one for many of the others, whose lines
    /// decide. What was found of an earlier version says nothing about the one in force.
    pub(crate) async fn of<'a>(
        tx: &mut Tx,
        ctx: &Ctx,
        snapshot: &Snapshot,
        rights: &Rights,
        contracts: impl IntoIterator<Item = &'a Contract>,
    ) -> Result<Self> {
        let contracts: BTreeMap<&str, &Contract> =
            contracts.into_iter().map(|contract| (contract.id.as_str(), contract)).collect();
        let is_told_all = |contract: &Contract| Told::of(rights, snapshot, contract).every_result();
        let (whole, in_part): (Vec<&Contract>, Vec<&Contract>) =
            contracts.values().partition(|contract| is_told_all(contract));
        let mut found = BTreeMap::new();
        if !whole.is_empty() {
            let versions: Vec<_> =
                whole.iter().map(|contract| (&*contract.id, &*contract.newest().version)).collect();
            found.extend(store::last_states(tx, &versions).await?);
        }
        for part in in_part.chunks(RUNS_AT_ONCE) {
            let runs = last_each(tx, snapshot, rights, part).await?;
            found.extend(runs.into_iter().map(|(id, run)| (id, run.state)));
        }
        let state = |contract: &Contract| {
            standing(ctx, snapshot, contract, contract.newest(), found.get(&contract.id).copied())
        };
        Ok(Self(contracts.into_values().map(|contract| (contract.id.clone(), state(contract))).collect()))
    }

    /// Of one of the contracts that were asked about.
    pub(crate) fn get(&self, contract: &Contract) -> Option<CheckState> {
        self.0.get(&contract.id).copied()
    }

    /// The worst of some of them.
    pub(crate) fn worst<'a>(&self, contracts: impl IntoIterator<Item = &'a Contract>) -> Option<CheckState> {
        contracts.into_iter().filter_map(|contract| self.get(contract)).reduce(CheckState::max_severity)
    }
}

/// True where the viewer may open the page of a contract.
pub(crate) fn opens(snapshot: &Snapshot, rights: &Rights, id: &ContractId) -> bool {
    page::visible(snapshot, rights, id).is_ok()
}

/// A contract as somebody knows it who may have to see to it.
struct Called {
    /// `The contract Orders`; of what is hidden from the person who is told only whose it is.
    title: String,
    /// Where they see to it.
    href: String,
    /// They may read it.
    opens: bool,
}

fn called(snapshot: &Snapshot, rights: &Rights, contract: &Contract) -> Called {
    let opens = opens(snapshot, rights, &ContractId(contract.id.clone()));
    if opens {
        let title = format!("The contract {}", contract.name);
        return Called { title, href: href::contract(&contract.id), opens };
    }
    let domain = snapshot.domain_of(contract);
    let title = format!("A contract of {}", snapshot.domain_name(&domain));
    Called { title, href: href::domain(&domain), opens }
}

/// What is to be seen to by somebody who answers for contracts that are broken now.
pub(crate) async fn broken(tx: &mut Tx, call: &Call) -> Result<Vec<Task>> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let (domains, mut broken) = (access::domains_of(&snapshot, &call.viewer), Vec::new());
    let contracts: Vec<&Contract> = domains.iter().flat_map(|domain| snapshot.contracts_in(domain)).collect();
    let states = States::of(tx, &call.ctx, &snapshot, &rights, contracts.iter().copied()).await?;
    for contract in contracts {
        if states.get(contract) == Some(CheckState::Broken) {
            let Called { title, href, .. } = called(&snapshot, &rights, contract);
            broken.push(Task { label: format!("{title} is broken"), href, oldest: None });
        }
    }
    Ok(broken)
}

/// True for the version of a contract that is in force: checks look at no other.
fn is_in_force(contract: &Contract, version: &Version) -> bool {
    contract.unread_newest.is_none() && version.version == contract.newest().version
}

/// How one of its versions stands, from what the last run of that version found.
fn standing(
    ctx: &Ctx,
    snapshot: &Snapshot,
    contract: &Contract,
    version: &Version,
    found: Option<CheckState>,
) -> CheckState {
    let is_withdrawn = |version: &Version| version.document.is_withdrawn();
    match found {
        _ if is_withdrawn(contract.newest()) || is_withdrawn(version) => CheckState::Withdrawn,
        _ if contract.unread_newest.is_some() => CheckState::Unchecked,
        Some(found) => found,
        None if is_in_force(contract, version) && check::checkable(ctx, snapshot, contract) => {
            CheckState::Never
        }
        None if check::unread(snapshot, contract).is_some() => CheckState::Unchecked,
        None => CheckState::Stated,
    }
}

/// A contract in a line, with the state of its checks as far as the viewer is told.
pub(crate) async fn summary(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    contract: &Contract,
) -> Result<ContractSummary> {
    let run = last(tx, snapshot, rights, contract).await?;
    Ok(summary_of(ctx, snapshot, contract, contract.newest(), run.as_ref()))
}

/// The same with the status of one of its versions, and the last run of that version as the viewer may see it.
fn summary_of(
    ctx: &Ctx,
    snapshot: &Snapshot,
    contract: &Contract,
    version: &Version,
    run: Option<&CheckRun>,
) -> ContractSummary {
    let unread = check::unread(snapshot, contract)
        .filter(|_| is_in_force(contract, version) && !check::checkable(ctx, snapshot, contract));
    // Where nothing of it can be looked at any more, that alone is said, and not what was found before.
    let run = run.filter(|_| unread.is_none());
    let state = standing(ctx, snapshot, contract, version, run.map(|run| run.state));
    let never = || {
        let reason = check::never(ctx, snapshot, contract).filter(|_| is_in_force(contract, version));
        reason.map(|reason| format!("Never checked: {reason}"))
    };
    let worst = match state {
        CheckState::Withdrawn => None,
        _ => contract.not_in_force().or(unread).or_else(|| run.and_then(worst)).or_else(never),
    };
    ContractSummary {
        id: ContractId(contract.id.clone()),
        name: contract.name.clone(),
        version: contract.newest().version.clone(),
        status: version.document.status.clone().unwrap_or_else(|| "active".to_owned()),
        state,
        worst,
        broken_column: run
            .filter(|_| version.document.schema.len() == 1)
            .and_then(|run| broken_column(&run.results))
            .map(ToOwned::to_owned),
        checked_at: run.map(|run| run.at),
    }
}

/// The worst line of a run: the promise alone, for its figures are for those who read the table.
fn worst(run: &CheckRun) -> Option<String> {
    if run.blind().is_some() {
        return Some("Nothing could be checked".to_owned());
    }
    let named = [
        (CheckState::Broken, "Broken"),
        (CheckState::Warned, "Warning"),
        (CheckState::Unchecked, "Not checked"),
    ];
    named.into_iter().find_map(|(state, word)| {
        let line = run.results.iter().find(|line| line.state == state)?;
        Some(format!("{word}: {}", line.promise.trim_end_matches('.')))
    })
}

/// The last run of the checks of the version in force, as the viewer may see it.
pub(crate) async fn last(
    tx: &mut Tx,
    snapshot: &Snapshot,
    rights: &Rights,
    contract: &Contract,
) -> Result<Option<CheckRun>> {
    let told = Told::of(rights, snapshot, contract);
    Ok(last_of(tx, contract, contract.newest()).await?.map(|run| told.show(run).0))
}

/// The same of many contracts, by their ids; nothing of what was never checked.
pub(crate) async fn last_each(
    tx: &mut Tx,
    snapshot: &Snapshot,
    rights: &Rights,
    contracts: &[&Contract],
) -> Result<BTreeMap<String, CheckRun>> {
    let versions: Vec<_> =
        contracts.iter().map(|contract| (&*contract.id, &*contract.newest().version)).collect();
    let runs = store::last_run_each(tx, &versions).await?;
    let seen = runs.into_iter().filter_map(|(id, run)| {
        let told = Told::of(rights, snapshot, snapshot.contracts.get(&id)?);
        Some((id, told.show(run).0))
    });
    Ok(seen.collect())
}

/// The last run of the checks of one of its versions.
async fn last_of(tx: &mut Tx, contract: &Contract, version: &Version) -> Result<Option<CheckRun>> {
    store::last_run(tx, &contract.id, &version.version).await
}
