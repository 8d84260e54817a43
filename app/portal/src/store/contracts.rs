//! Runs of checks, and subscriptions.

use chrono::{DateTime, Utc};
use lakeport_model::contracts::{CheckRun, CheckState};
use lakeport_model::{PersonId, SubscriptionId};
use sqlx::FromRow;
use uuid::Uuid;

use super::lists::{list, rows_of_list};
use super::stored::{Moment, Text, Word};
use super::{Tx, row, rows, run};
use crate::policy::{Authorized, EndSubscription, RelyOnContract, RunChecks};
use crate::{Error, Result};

#[derive(FromRow)]
struct RunRow {
    #[sqlx(flatten)]
    out: StateRow,
    duration_ms: i64,
    /// The lines as JSON.
    #[sqlx(try_from = "Text")]
    results: String,
}

impl RunRow {
    /// The run; where its lines cannot be read, nothing is known of it.
    fn run(self) -> CheckRun {
        let Self { out: StateRow { at, state }, duration_ms, results } = self;
        match serde_json::from_str(&results) {
            Ok(results) => CheckRun { at, duration_ms, state: found(&state), results },
            Err(_) => CheckRun { at, duration_ms, state: CheckState::Unchecked, results: Vec::new() },
        }
    }
}

/// A run, and the contract that it is of.
#[derive(FromRow)]
struct RunOfRow {
    contract: String,
    #[sqlx(flatten)]
    run: RunRow,
}

/// A state that nobody knows says that nothing is known; it takes no list and no page down with it.
fn found(state: &Word<CheckState>) -> CheckState {
    state.known_or(CheckState::Unchecked)
}

/// What came out of a run, and when.
#[derive(FromRow)]
struct StateRow {
    #[sqlx(try_from = "Moment")]
    at: DateTime<Utc>,
    #[sqlx(try_from = "Text")]
    state: Word<CheckState>,
}

/// What came out of a contract's last run; no state where there was none.
#[derive(FromRow)]
struct LastRow {
    contract: String,
    state: Option<Text>,
}

/// Keeps a run.
pub async fn insert_run(
    tx: &mut Tx,
    _proof: &Authorized<RunChecks>,
    id: Uuid,
    contract: &str,
    version: &str,
    run: &CheckRun,
) -> Result<()> {
    let results = serde_json::to_string(&run.results).map_err(Error::fault)?;
    run!(
        tx,
        "INSERT INTO check_run (id, contract, version, at, duration_ms, state, results) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        contract,
        version,
        run.at,
        run.duration_ms,
        run.state.as_str(),
        &results
    )?;
    Ok(())
}

/// The last run of the checks of a contract's version.
pub async fn last_run(tx: &mut Tx, contract: &str, version: &str) -> Result<Option<CheckRun>> {
    let found = row!(
        tx,
        RunRow,
        "SELECT at, duration_ms, state, results FROM check_run WHERE contract = $1 AND version = $2 \
         ORDER BY at DESC, id DESC LIMIT 1",
        contract,
        version
    )?;
    Ok(found.map(RunRow::run))
}

/// The last runs of the checks of versions (a contract, a version), by contract; nothing of what was never checked.
pub async fn last_run_each(tx: &mut Tx, versions: &[(&str, &str)]) -> Result<Vec<(String, CheckRun)>> {
    let found = rows_of_list!(
        tx,
        RunOfRow,
        "SELECT run.contract, run.at, run.duration_ms, run.state, run.results FROM ",
        " CROSS JOIN check_run AS run WHERE run.id = (SELECT newest.id FROM check_run AS newest \
         WHERE newest.contract = item.value ->> 0 AND newest.version = item.value ->> 1 \
         ORDER BY newest.at DESC, newest.id DESC LIMIT 1)",
        list(versions)?
    )?;
    Ok(found.into_iter().map(|row| (row.contract, row.run.run())).collect())
}

/// When the newest version of a contract is checked next.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct NextCheck {
    /// The contract.
    pub contract: String,
    /// Its newest version.
    pub version: String,
    /// When; the last moment of all where it cannot be checked.
    #[sqlx(try_from = "Moment")]
    pub next_check: DateTime<Utc>,
}

/// When each contract is checked next.
pub async fn next_checks(tx: &mut Tx) -> Result<Vec<NextCheck>> {
    Ok(rows!(tx, NextCheck, "SELECT contract, version, next_check FROM contract_check")?)
}

/// When these contracts are checked next.
pub async fn next_checks_of(tx: &mut Tx, contracts: &[&str]) -> Result<Vec<NextCheck>> {
    let rows: Vec<_> = contracts.iter().map(|contract| (contract,)).collect();
    Ok(rows_of_list!(
        tx,
        NextCheck,
        "SELECT held.contract, held.version, held.next_check FROM ",
        " CROSS JOIN contract_check AS held WHERE held.contract = item.value ->> 0",
        list(&rows)?
    )?)
}

/// The contracts to be checked by now, those that wait longest first.
pub async fn checks_due(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<String>> {
    let found = rows!(
        tx,
        (String,),
        "SELECT contract FROM contract_check WHERE next_check <= $1 ORDER BY next_check, contract LIMIT $2",
        now,
        limit
    )?;
    Ok(found.into_iter().map(|(contract,)| contract).collect())
}

/// Stores when contracts are checked next.
pub async fn put_next_checks(tx: &mut Tx, checks: &[NextCheck]) -> Result<()> {
    for next in checks {
        set_next_check(tx, &next.contract, &next.version, next.next_check).await?;
    }
    Ok(())
}

/// Stores when a contract is checked next.
pub async fn set_next_check(tx: &mut Tx, contract: &str, version: &str, next: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "INSERT INTO contract_check (contract, version, next_check) VALUES ($1, $2, $3) \
         ON CONFLICT (contract) DO UPDATE SET version = excluded.version, next_check = excluded.next_check",
        contract,
        version,
        next
    )?;
    Ok(())
}

/// Checks a contract again at this moment.
pub async fn put_check_off(tx: &mut Tx, contract: &str, now: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE contract_check SET next_check = $2 WHERE contract = $1", contract, now)?;
    Ok(())
}

/// Contracts that are there no more are checked no more.
pub async fn forget_checks(tx: &mut Tx, contracts: &[String]) -> Result<()> {
    for contract in contracts {
        run!(tx, "DELETE FROM contract_check WHERE contract = $1", contract)?;
    }
    Ok(())
}

/// What the last runs of the checks of versions (a contract, a version) found, by contract; nothing of what was never
/// checked.
pub async fn last_states(tx: &mut Tx, versions: &[(&str, &str)]) -> Result<Vec<(String, CheckState)>> {
    let found = rows_of_list!(
        tx,
        LastRow,
        "SELECT item.value ->> 0 AS contract, (SELECT run.state FROM check_run AS run \
         WHERE run.contract = item.value ->> 0 AND run.version = item.value ->> 1 \
         ORDER BY run.at DESC, run.id DESC LIMIT 1) AS state FROM ",
        "",
        list(versions)?
    )?;
    let state = |text: Text| self::found(&Word::from(text));
    Ok(found.into_iter().filter_map(|row| Some((row.contract, row.state.map(state)?))).collect())
}

/// The last runs of a contract's checks, newest first.
pub async fn last_runs(tx: &mut Tx, contract: &str, limit: i64) -> Result<Vec<CheckRun>> {
    let found = rows!(
        tx,
        RunRow,
        "SELECT at, duration_ms, state, results FROM check_run WHERE contract = $1 \
         ORDER BY at DESC, id DESC LIMIT $2",
        contract,
        limit
    )?;
    Ok(found.into_iter().map(RunRow::run).collect())
}

/// States of the last runs, newest first.
pub async fn states(tx: &mut Tx, contract: &str, limit: i64) -> Result<Vec<(DateTime<Utc>, CheckState)>> {
    let states = rows!(
        tx,
        StateRow,
        "SELECT at, state FROM check_run WHERE contract = $1 ORDER BY at DESC, id DESC LIMIT $2",
        contract,
        limit
    )?;
    Ok(states.into_iter().map(|StateRow { at, state }| (at, found(&state))).collect())
}

/// A stored subscription.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SubscriptionRow {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: SubscriptionId,
    /// The contract.
    pub contract: String,
    /// The version accepted.
    pub version: String,
    /// What for.
    pub purpose: String,
    /// Since when.
    #[sqlx(try_from = "Moment")]
    pub created_at: DateTime<Utc>,
}

/// Adds a subscription of whoever may rely on the contract.
pub async fn insert_subscription(
    tx: &mut Tx,
    proof: &Authorized<RelyOnContract>,
    row: &SubscriptionRow,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO subscription (id, contract, version, person, purpose, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        row.id.0,
        &row.contract,
        &row.version,
        proof.viewer().map(|person| person.0),
        &row.purpose,
        row.created_at
    )?;
    Ok(())
}

/// A person's live subscription to a contract.
pub async fn subscription_of(
    tx: &mut Tx,
    person: PersonId,
    contract: &str,
) -> Result<Option<SubscriptionRow>> {
    Ok(row!(
        tx,
        SubscriptionRow,
        "SELECT id, contract, version, purpose, created_at FROM subscription \
         WHERE person = $1 AND contract = $2 AND ended_at IS NULL",
        person.0,
        contract
    )?)
}

/// Ends a subscription of whoever relied on it; false when there is no such live one.
pub async fn end_subscription(
    tx: &mut Tx,
    proof: &Authorized<EndSubscription>,
    id: SubscriptionId,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = run!(
        tx,
        "UPDATE subscription SET ended_at = $3 WHERE id = $1 AND person = $2 AND ended_at IS NULL",
        id.0,
        proof.viewer().map(|person| person.0),
        at
    )?;
    Ok(done == 1)
}

/// Number of live subscriptions to a contract.
pub async fn subscribers(tx: &mut Tx, contract: &str) -> Result<i64> {
    let found = row!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM subscription WHERE contract = $1 AND ended_at IS NULL",
        contract
    )?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Number of live subscriptions to these contracts together.
pub async fn subscribers_of(tx: &mut Tx, contracts: &[String]) -> Result<i64> {
    let asked: Vec<_> = contracts.iter().map(|contract| (contract,)).collect();
    let found = rows_of_list!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM ",
        " CROSS JOIN subscription WHERE subscription.contract = item.value ->> 0 AND subscription.ended_at IS NULL",
        list(&asked)?
    )?;
    Ok(found.first().map_or(0, |(count,)| *count))
}

/// Number of live subscriptions to each of these contracts that has any.
pub async fn subscribers_each(tx: &mut Tx, contracts: &[String]) -> Result<Vec<(String, i64)>> {
    let asked: Vec<_> = contracts.iter().map(|contract| (contract,)).collect();
    Ok(rows_of_list!(
        tx,
        (String, i64),
        "SELECT subscription.contract, COUNT(*) FROM ",
        " CROSS JOIN subscription WHERE subscription.contract = item.value ->> 0 AND subscription.ended_at IS NULL \
         GROUP BY subscription.contract",
        list(&asked)?
    )?)
}

/// Who subscribed to a contract.
pub async fn subscriber_ids(tx: &mut Tx, contract: &str) -> Result<Vec<PersonId>> {
    let found = rows!(
        tx,
        (Uuid,),
        "SELECT person FROM subscription WHERE contract = $1 AND ended_at IS NULL ORDER BY created_at",
        contract
    )?;
    Ok(found.into_iter().map(|(person,)| PersonId(person)).collect())
}

/// When a person began subscriptions since then, ended ones too.
pub async fn subscribed_since(
    tx: &mut Tx,
    person: PersonId,
    since: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    let found = rows!(
        tx,
        (Moment,),
        "SELECT created_at FROM subscription WHERE person = $1 AND created_at > $2",
        person.0,
        since
    )?;
    Ok(found.into_iter().map(|(at,)| at.into()).collect())
}
