//! Who is told when a contract breaks and when it holds again: first the people who answer for it, then those who rely
//! on it. Messages carry promises and no figures: not everybody who relies on a contract reads the table.

use std::collections::BTreeSet;

use lakeport_model::PersonId;
use lakeport_model::contracts::{CheckLine, CheckRun, CheckState};
use lakeport_model::people::Role;

use super::subscribe::relying;
use crate::catalog::{Contract, Snapshot, href};
use crate::notify::{self, Message};
use crate::store::{Tx, contracts as store};
use crate::{Ctx, Result};

/// Runs looked back over to tell whether a breach is a new one.
const REMEMBERED_RUNS: i64 = 30;

/// What a line promises, and of which object.
type Promised = (String, String);

/// A breach as it is told.
struct News {
    /// How the sentence about the contract ends: `is broken`.
    what: &'static str,
    /// The promises it is about.
    lines: Vec<String>,
}

/// Tells of what a run found that the runs before it did not, and answers it. To be called before the run is kept.
pub(super) async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    contract: &Contract,
    run: &CheckRun,
) -> Result<Option<&'static str>> {
    let before = store::last_runs(tx, &contract.id, REMEMBERED_RUNS).await?;
    let before: Vec<CheckRun> = before.into_iter().map(store::RunRow::run).collect::<Result<_>>()?;
    let Some(news) = news(&known(&before), run) else { return Ok(None) };
    let domain = snapshot.domain_of(contract);
    let answering: BTreeSet<PersonId> = [Role::Owner, Role::Steward]
        .into_iter()
        .flat_map(|role| snapshot.members_with(&domain, role))
        .map(|member| PersonId(member.person))
        .collect();
    let relying = relying(tx, ctx, snapshot, contract).await?;
    let relying: BTreeSet<PersonId> = relying.into_iter().map(|(person, _)| person).collect();
    let message = |whose: &str, says: Vec<String>| {
        let title = format!("{whose} contract {} {}", contract.name, news.what);
        Message::new(title, says, href::contract(&contract.id))
    };
    let relied = match relying.len() {
        0 => None,
        1 => Some("1 person relies on it".to_owned()),
        number => Some(format!("{number} people rely on it")),
    };
    let first = message("Your", news.lines.iter().cloned().chain(relied).collect());
    let others: Vec<PersonId> = relying.difference(&answering).copied().collect();
    let answering: Vec<PersonId> = answering.into_iter().collect();
    notify::tell(tx, ctx, &answering, &first).await?;
    notify::tell(tx, ctx, &others, &message("The", news.lines.clone())).await?;
    Ok(Some(news.what))
}

/// What a run tells that was not known: a promise that broke, or that all broken ones are kept again.
fn news(known: &BTreeSet<Promised>, run: &CheckRun) -> Option<News> {
    let broken: Vec<&CheckLine> = lines(run, CheckState::Broken).collect();
    if broken.iter().any(|line| !known.contains(&promised(line))) {
        return Some(News {
            what: "is broken",
            lines: broken.iter().map(|line| format!("Not kept: {}", line.promise)).collect(),
        });
    }
    // What could not be checked this time may still be broken.
    let open = |line: &CheckLine| !line.state.is_measured() && known.contains(&promised(line));
    if known.is_empty() || !broken.is_empty() || run.results.iter().any(open) {
        return None;
    }
    let promises: BTreeSet<Promised> = run.results.iter().map(promised).collect();
    let again = known.iter().map(|one| {
        let word = if promises.contains(one) { "Kept again" } else { "No longer promised" };
        format!("{word}: {}", one.1)
    });
    Some(News { what: "holds again", lines: again.collect() })
}

/// What is broken as far as earlier runs tell, newest first: a run that could not look at a promise says nothing new
/// about it, and what the last run no longer promised is no breach.
fn known(before: &[CheckRun]) -> BTreeSet<Promised> {
    let Some(last) = before.first() else { return BTreeSet::new() };
    let is_broken = |promise: &Promised| {
        let states = before.iter().filter_map(|run| {
            let of = |line: &&CheckLine| promised(line) == *promise && line.state.is_measured();
            run.results.iter().find(of).map(|line| line.state)
        });
        states.take(1).any(|state| state == CheckState::Broken)
    };
    last.results.iter().map(promised).filter(is_broken).collect()
}

fn promised(line: &CheckLine) -> Promised {
    (line.object.clone(), line.promise.clone())
}

fn lines(run: &CheckRun, state: CheckState) -> impl Iterator<Item = &CheckLine> {
    run.results.iter().filter(move |line| line.state == state)
}
