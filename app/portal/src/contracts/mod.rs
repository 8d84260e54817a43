//! Contracts: what is promised, whether it is kept on the real table, and who relies on it.

mod breaches;
mod check;
pub mod compare;
mod figures;
mod page;
mod subscribe;
mod versions;

use lakeport_model::ContractId;
use lakeport_model::contracts::{CheckRun, CheckState, ContractSummary};

pub use check::run_checks;
pub(crate) use check::run_daily;
pub use page::contract;
pub use subscribe::{subscribe, unsubscribe};
pub(crate) use versions::tell as tell_of_versions;

use crate::catalog::{Contract, Snapshot};
use crate::store::Tx;
use crate::store::contracts as store;
use crate::{Ctx, Result};

/// A contract in a line, with the state of its checks; `None` when the portal does not have it.
pub(crate) async fn summary(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    id: &str,
) -> Result<Option<ContractSummary>> {
    let Some(contract) = snapshot.contracts.get(id) else { return Ok(None) };
    let newest = contract.newest();
    let run = last(tx, id).await?;
    // The promise alone: its figures are for those who read the table.
    let worst = run.as_ref().and_then(|run| {
        let of = |state| run.results.iter().find(move |line| line.state == state);
        let broken = of(CheckState::Broken).map(|line| ("Broken: ", line));
        let warned = || of(CheckState::Warned).map(|line| ("Warning: ", line));
        let worst = broken.or_else(warned);
        let worst = worst.or_else(|| of(CheckState::Unchecked).map(|line| ("Not checked: ", line)));
        worst.map(|(prefix, line)| format!("{prefix}{}", line.promise.trim_end_matches('.')))
    });
    Ok(Some(ContractSummary {
        id: ContractId(contract.id.clone()),
        name: contract.name.clone(),
        version: newest.version.clone(),
        status: newest.document.status.clone().unwrap_or_else(|| "active".to_owned()),
        state: run.as_ref().map_or_else(|| unrun(ctx, snapshot, contract), |run| run.state),
        worst,
        checked_at: run.map(|run| run.at),
    }))
}

/// The last run of a contract's checks.
pub(crate) async fn last(tx: &mut Tx, id: &str) -> Result<Option<CheckRun>> {
    store::last_run(tx, id).await?.map(store::RunRow::run).transpose()
}

/// The state of the last run.
pub(crate) async fn state(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, id: &str) -> Result<CheckState> {
    let Some(run) = store::last_run(tx, id).await? else {
        return Ok(snapshot.contracts.get(id).map_or(CheckState::Never, |it| unrun(ctx, snapshot, it)));
    };
    run.state()
}

/// The state of a contract that was never run: its checks are to come, or there is nothing here to measure.
fn unrun(ctx: &Ctx, snapshot: &Snapshot, contract: &Contract) -> CheckState {
    if check::checkable(ctx, snapshot, contract) { CheckState::Never } else { CheckState::Stated }
}
