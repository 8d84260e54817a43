//! Running a contract's checks on the real tables.

use std::time::Instant;

use chrono::TimeDelta;
use lakeport_frame::{CheckOutcome, LakeError, TableRef};
use lakeport_model::catalog::AssetKind;
use lakeport_model::contracts::{CheckLine, CheckRun, CheckState};
use lakeport_model::{ContractId, DomainId};
use serde_json::json;

use super::told::Told;
use crate::audit::{self, Entry};
use crate::catalog::{Contract, Rights, Snapshot};
use crate::people::{self, Actor};
use crate::policy::rules::DailyChecks;
use crate::policy::{self, Authorized, RunChecks};
use crate::standards::odcs::SchemaObject;
use crate::standards::odcs::checks::{Promise, Test, promises};
use crate::store::contracts as store;
use crate::{Call, Ctx, Error, Result, new_id};

/// Checks are run again when the last run is this old.
const DAILY: TimeDelta = TimeDelta::hours(24);

/// Runs the checks of the newest version now, for a member of the domain or a subscriber.
pub async fn run_checks(call: &Call, id: &ContractId) -> Result<CheckRun> {
    let done = run_now(call, id).await;
    call.noted("contract.check.refused", format!("contract {id}"), done).await
}

async fn run_now(call: &Call, id: &ContractId) -> Result<CheckRun> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = ctx.snapshot_now().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let contract = super::page::visible(&snapshot, &rights, id)?;
    let mut tx = ctx.db.read().await?;
    let subscriber = store::subscription_of(&mut tx, viewer.id, id.as_str()).await?.is_some();
    drop(tx);
    let domain = DomainId(snapshot.domain_of(contract));
    let told_now = is_told(ctx, &snapshot, contract, &Told::of(&rights, &snapshot, contract));
    let proof = policy::authorize(viewer, RunChecks { domain, subscriber, told: told_now })?;
    if let Some(reason) = contract.not_in_force() {
        return Err(Error::conflict(reason));
    }
    if contract.newest().document.is_withdrawn() {
        return Err(Error::conflict(
            "This contract is withdrawn: it promises nothing that could be checked.",
        ));
    }
    let done = run(ctx, &snapshot, contract, &Actor::Viewer(viewer.clone()), &proof).await?;
    told(call, id, done).await
}

/// A run as the viewer may see it by now: checks take their time, and rights end meanwhile.
async fn told(call: &Call, id: &ContractId, done: CheckRun) -> Result<CheckRun> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = ctx.snapshot_now().await?;
    let mut tx = ctx.db.read().await?;
    let gone = || Error::not_found("contract");
    let viewer = people::again(&mut tx, viewer).await?.ok_or_else(gone)?;
    let rights = Rights::in_tx(&mut tx, ctx.now(), &viewer).await?;
    let contract = super::page::visible(&snapshot, &rights, id)?;
    Ok(Told::of(&rights, &snapshot, contract).show(done).0)
}

/// Checks one contract as it is by now, because a day is over.
pub(crate) async fn check_daily(ctx: &Ctx, id: &str) -> Result<u32> {
    let snapshot = ctx.snapshot_now().await?;
    let Some(contract) = snapshot.contracts.get(id).filter(|held| held.unread_newest.is_none()) else {
        return Ok(0);
    };
    let proof = DailyChecks::DayOver.proof();
    run(ctx, &snapshot, contract, &Actor::System("calendar"), &proof.allows()).await?;
    Ok(1)
}

/// A contract about nothing the lake can open (a topic, say) is not run every day only to say so, and one that is no
/// longer in force is not run at all.
pub(crate) fn checkable(ctx: &Ctx, snapshot: &Snapshot, contract: &Contract) -> bool {
    contract.unread_newest.is_none()
        && never(ctx, snapshot, contract).is_none()
        && !contract.newest().document.is_withdrawn()
}

/// Why nothing under a contract is ever checked; `None` where there is a table.
pub(super) fn never(ctx: &Ctx, snapshot: &Snapshot, contract: &Contract) -> Option<String> {
    let domain = snapshot.domain_of(contract);
    let mut reason = "It names no table.".to_owned();
    for object in contract.newest().document.schema.iter().rev() {
        match table(ctx, snapshot, object, &domain) {
            Ok(_) => return None,
            Err(NoTable::Stated(why) | NoTable::Unchecked(why)) => reason = why,
        }
    }
    Some(reason)
}

/// Why something that the newest version is about cannot be measured although it is there.
pub(super) fn unread(snapshot: &Snapshot, contract: &Contract) -> Option<String> {
    let objects = contract.newest().document.schema.iter();
    objects.map(SchemaObject::asset).find_map(|id| unread_words(snapshot, id))
}

/// The same of one asset.
pub(super) fn unread_words(snapshot: &Snapshot, asset: &str) -> Option<String> {
    let unread = snapshot.unread_of("asset", asset)?;
    Some(format!(
        "What describes \"{}\" cannot be read, so that it is not checked until that is corrected.",
        unread.id
    ))
}

/// The objects of the newest version about which the lake is asked.
fn asked<'c>(ctx: &Ctx, snapshot: &Snapshot, contract: &'c Contract) -> Vec<&'c SchemaObject> {
    let domain = snapshot.domain_of(contract);
    let objects = contract.newest().document.schema.iter();
    objects.filter(|object| table(ctx, snapshot, object, &domain).is_ok()).collect()
}

/// True where a viewer is told what comes out of every table the checks ask. Whoever is not would learn it from the time
/// they take.
pub(super) fn is_told(ctx: &Ctx, snapshot: &Snapshot, contract: &Contract, told: &Told) -> bool {
    asked(ctx, snapshot, contract).into_iter().all(|object| !told.withholds(&object.name))
}

/// True where the checks ask a table that not every member of the domain reads.
fn asks_restricted(ctx: &Ctx, snapshot: &Snapshot, contract: &Contract) -> bool {
    let assets = asked(ctx, snapshot, contract).into_iter().map(|object| snapshot.assets.get(object.asset()));
    assets.flatten().any(|asset| !policy::is_for_members(asset.classification))
}

/// Why the lake is not asked about an object.
enum NoTable {
    /// It is no table at all; nobody measures such a thing.
    Stated(String),
    /// There should be a table.
    Unchecked(String),
}

/// The table behind an object. A contract speaks for its own domain: it measures no table of another one, whatever its
/// author wrote.
fn table(
    ctx: &Ctx,
    snapshot: &Snapshot,
    object: &SchemaObject,
    domain: &str,
) -> std::result::Result<TableRef, NoTable> {
    let id = object.asset();
    let Some(asset) = snapshot.assets.get(id) else {
        return Err(NoTable::Unchecked(
            unread_words(snapshot, id).unwrap_or_else(|| format!("The catalog has no \"{id}\".")),
        ));
    };
    if asset.domain != domain {
        let reason =
            format!("\"{id}\" belongs to another domain; a contract checks the data of its own domain only.");
        return Err(NoTable::Unchecked(reason));
    }
    if asset.kind != AssetKind::Table {
        let article = if asset.kind == AssetKind::App { "an" } else { "a" };
        return Err(NoTable::Stated(format!(
            "\"{id}\" is {article} {}; only Delta tables are measured.",
            asset.kind
        )));
    }
    snapshot
        .table(ctx, id)
        .ok_or_else(|| NoTable::Unchecked(format!("\"{id}\" says no location where its data lies.")))
}

async fn run(
    ctx: &Ctx,
    snapshot: &Snapshot,
    contract: &Contract,
    actor: &Actor,
    proof: &Authorized<RunChecks>,
) -> Result<CheckRun> {
    let version = contract.newest();
    let started = Instant::now();
    let domain = snapshot.domain_of(contract);
    let mut results = Vec::new();
    for object in &version.document.schema {
        let promised = promises(&version.document, object, ctx.now());
        let table = table(ctx, snapshot, object, &domain);
        if let Ok(table) = &table {
            // Lists say when the data last changed. A table that cannot be opened is told by the checks.
            let _ = ctx.look(table).await;
        }
        results.extend(check_object(ctx, object, table, promised, proof).await);
    }
    let run = CheckRun {
        at: ctx.now(),
        duration_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
        state: overall(&results),
        results,
    };
    // Read before the turn to write is taken, so that nobody waits for it.
    ctx.snapshot_now().await?;
    let mut tx = ctx.db.write().await?;
    // Who answers for the contract and who sees it is asked now: the run took its time. A version that is no longer in
    // force is no news.
    let now = ctx.snapshot_in(&mut tx).await?;
    let in_force = |held: &&Contract| held.unread_newest.is_none() && super::is_in_force(held, version);
    let held = now.contracts.get(&contract.id).filter(in_force);
    let news = match held {
        Some(contract) => super::breaches::tell(&mut tx, ctx, &now, contract, &run).await?,
        None => None,
    };
    store::insert_run(&mut tx, proof, new_id(ctx.now()), &contract.id, &version.version, &run).await?;
    // When a version is checked next that came into force meanwhile is not for this run to say.
    if held.is_some_and(|held| checkable(ctx, &now, held)) {
        store::set_next_check(&mut tx, &contract.id, &version.version, ctx.now() + DAILY).await?;
    }
    // Stewards read the audit, also those who are not told on the contract's page what came out.
    let is_withheld = [snapshot, &*now].into_iter().any(|at| asks_restricted(ctx, at, contract));
    let detail = if is_withheld {
        json!({ "version": version.version })
    } else {
        json!({ "version": version.version, "state": run.state, "news": news })
    };
    let subject = format!("contract {}", contract.id);
    let entry = Entry { actor, action: "contract.check", subject, rule: proof.rule(), detail };
    audit::record(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(run)
}

/// One line a promise, in their order.
async fn check_object(
    ctx: &Ctx,
    object: &SchemaObject,
    table: std::result::Result<TableRef, NoTable>,
    promised: Vec<Promise>,
    proof: &Authorized<RunChecks>,
) -> Vec<CheckLine> {
    let check = |promise: &Promise| match &promise.test {
        Test::Check(check) => Some(check.clone()),
        Test::Unchecked { .. } | Test::Stated { .. } => None,
    };
    let checks: Vec<_> = promised.iter().filter_map(check).collect();
    let (mut unread, found) = (false, table.is_ok());
    let outcomes = match table {
        Ok(table) => ctx.lake.check(&policy::measure(proof, table), &checks).await.map_err(|error| {
            unread = is_unread(&error);
            (CheckState::Unchecked, error.message().to_owned())
        }),
        Err(NoTable::Stated(reason)) => Err((CheckState::Stated, reason)),
        Err(NoTable::Unchecked(reason)) => Err((CheckState::Unchecked, reason)),
    };
    let mut outcomes = outcomes.map(Vec::into_iter);
    let lines = promised.into_iter().map(|promise| {
        let asked = matches!(promise.test, Test::Check(_));
        let (state, detail) = match promise.test {
            Test::Unchecked { reason } => (CheckState::Unchecked, reason),
            Test::Stated { reason } => (CheckState::Stated, reason),
            Test::Check(_) => match &mut outcomes {
                Ok(outcomes) => judged(outcomes.next(), promise.warns),
                Err(told) => told.clone(),
            },
        };
        let (object, column, promise) = (object.name.clone(), promise.column, promise.label);
        let (unread, asked) = (unread && asked, asked && found && !unread);
        CheckLine { promise, object, column, state, detail, unread, asked }
    });
    lines.collect()
}

/// True where a table stays unreadable until somebody mends it; a lake that is busy or out of reach is back by itself.
fn is_unread(error: &LakeError) -> bool {
    match error {
        LakeError::TableGone(_)
        | LakeError::Unsupported(_)
        | LakeError::Damaged(_)
        | LakeError::OutsideRoot(_) => true,
        LakeError::Refused(_)
        | LakeError::NotGranted { .. }
        | LakeError::TooSlow(_)
        | LakeError::TooLarge(_)
        | LakeError::Busy(_)
        | LakeError::Fault(_) => false,
    }
}

/// What the lake found about a promise. A rule that only warns breaks nothing.
fn judged(outcome: Option<CheckOutcome>, warns: bool) -> (CheckState, String) {
    match outcome {
        Some(CheckOutcome::Passed { detail }) => (CheckState::Kept, detail),
        Some(CheckOutcome::Failed { detail, .. }) if warns => (CheckState::Warned, detail),
        Some(CheckOutcome::Failed { detail, .. }) => (CheckState::Broken, detail),
        Some(CheckOutcome::Unchecked { reason }) => (CheckState::Unchecked, reason),
        None => (CheckState::Unchecked, "The lake gave no answer to this check.".to_owned()),
    }
}

/// What could not be checked is never "kept"; what nobody measures is only stated.
pub(super) fn overall(lines: &[CheckLine]) -> CheckState {
    let worst = lines.iter().map(|line| line.state).reduce(CheckState::max_severity);
    worst.unwrap_or(CheckState::Stated)
}
