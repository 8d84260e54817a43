//! Contracts are checked once a day.
//!
//! When the newest version of each is checked next is stored. What there is to check is compared with the catalog for whatever
//! a change touched; where nothing changed, what is due is found by an index.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Job;
use super::faults::{self, Thing};
use crate::catalog::Snapshot;
use crate::contracts;
use crate::notify::Mailer;
use crate::store::changes::{self, Touched};
use crate::store::contracts::{self as store, NextCheck};
use crate::store::jobs::never;
use crate::store::named::{self, Kind, Names};
use crate::store::{Tx, settings};
use crate::{Ctx, Error, Result};

const EVERY: Duration = Duration::from_secs(2);
/// Contracts that one run checks.
const BATCH: i64 = 100;
/// Under which it is kept what the stored checks were compared with.
const KEY: &str = "checks.seen";

/// Contracts are checked once a day.
pub(super) struct Checks;

#[async_trait]
impl Job for Checks {
    fn name(&self) -> &'static str {
        "checks"
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        let mut tx = ctx.db.read().await?;
        Ok(is_behind(&mut tx, ctx).await? || !store::checks_due(&mut tx, ctx.now(), 1).await?.is_empty())
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        follow(ctx).await?;
        let mut tx = ctx.db.read().await?;
        let due = store::checks_due(&mut tx, ctx.now(), BATCH).await?;
        drop(tx);
        let mut done = 0;
        for id in due {
            let result = contracts::check_daily(ctx, &id).await;
            match faults::settled(ctx, self.name(), &Thing::contract(&id), result).await {
                Ok(things) => done += things,
                Err(again) => put_off(ctx, &id, again).await?,
            }
        }
        Ok(done)
    }
}

/// What could not be checked is not tried again before its time.
async fn put_off(ctx: &Ctx, id: &str, again: DateTime<Utc>) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::put_check_off(&mut tx, id, again).await?;
    tx.commit_unrecorded("when a contract is checked next is no change of it").await
}

/// What the stored checks were compared with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Seen {
    /// The newest change of the catalog.
    change: i64,
    /// The places below which tables may lie.
    roots: Vec<String>,
    /// When the process began that brought these places. One that began earlier, with others, does not undo them.
    brought: DateTime<Utc>,
}

impl Seen {
    /// What was seen last; nothing that is understood counts as nothing.
    async fn last(tx: &mut Tx) -> Result<Self> {
        let text = settings::get(tx, KEY).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// True where this process brings other places.
    fn has_other_roots(&self, ctx: &Ctx) -> bool {
        self.brought < ctx.started && self.roots != roots(ctx)
    }

    fn next(&self, ctx: &Ctx, change: i64) -> Self {
        Self {
            change,
            roots: if self.brought < ctx.started { roots(ctx) } else { self.roots.clone() },
            brought: self.brought.max(ctx.started),
        }
    }
}

fn roots(ctx: &Ctx) -> Vec<String> {
    std::iter::once(&ctx.settings.lake_root).chain(&ctx.settings.storage_roots).cloned().collect()
}

async fn is_behind(tx: &mut Tx, ctx: &Ctx) -> Result<bool> {
    let seen = Seen::last(tx).await?;
    Ok(seen.change != changes::newest(tx, changes::CATALOG).await? || seen.has_other_roots(ctx))
}

/// Brings what is stored to what the catalog has: a new version is checked at once, and so is a table that turned up.
async fn follow(ctx: &Ctx) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    if !is_behind(&mut tx, ctx).await? {
        return Ok(());
    }
    drop(tx);
    // Compared before the turn to write is taken, so that nobody waits for it, however many contracts there are. What
    // changes meanwhile has a higher number: the next run compares again.
    let snapshot = ctx.snapshot_now().await?;
    let mut tx = ctx.db.read().await?;
    let before = Seen::last(&mut tx).await?;
    let touched = changes::touched_since(&mut tx, before.change).await?;
    let (contracts, stored) = if before.has_other_roots(ctx) || touched.contains(&Touched::Everything) {
        (snapshot.contracts.keys().map(str::to_owned).collect(), store::next_checks(&mut tx).await?)
    } else {
        let contracts = concerned(&mut tx, &snapshot, &touched).await?;
        let ids: Vec<&str> = contracts.iter().map(String::as_str).collect();
        let stored = store::next_checks_of(&mut tx, &ids).await?;
        (contracts, stored)
    };
    drop(tx);
    let (changed, gone) = compared(ctx, &snapshot, &contracts, stored);
    let mut tx = ctx.db.write().await?;
    store::put_next_checks(&mut tx, &changed).await?;
    store::forget_checks(&mut tx, &gone).await?;
    let now = before.next(ctx, snapshot.change);
    settings::set(&mut tx, KEY, &serde_json::to_string(&now).map_err(Error::fault)?).await?;
    tx.commit_unrecorded("when a contract is checked next follows from the catalog").await
}

/// The contracts about whose checks these things can have changed something: whose a contract is and what lies where it
/// measures decide whether it can be checked.
async fn concerned(
    tx: &mut Tx,
    snapshot: &Snapshot,
    touched: &BTreeSet<Touched>,
) -> Result<BTreeSet<String>> {
    let (mut contracts, mut products) = (BTreeSet::new(), Vec::new());
    for touched in touched {
        match touched {
            Touched::Contract(id) => _ = contracts.insert(id.clone()),
            Touched::Asset(id) => contracts.extend(snapshot.contracts_about(id).map(|held| held.id.clone())),
            Touched::Domain(id) => contracts.extend(snapshot.written_in(id).map(|held| held.id.clone())),
            Touched::Product(id) => {
                products.push(id.as_str());
                let ports =
                    snapshot.products.get(id).into_iter().flat_map(|held| &held.document.output_ports);
                contracts.extend(ports.filter_map(|port| port.contract_id.clone()));
            }
            Touched::Everything
            | Touched::Person(_)
            | Touched::Service(_)
            | Touched::Dashboard(_)
            | Touched::Term(_) => {}
        }
    }
    // Also those that a product named until now.
    contracts.extend(named::named(tx, Kind::Product, Names::Contract, &products).await?);
    Ok(contracts)
}

/// What has to be stored anew of these contracts, and those that are there no more.
fn compared(
    ctx: &Ctx,
    snapshot: &Snapshot,
    contracts: &BTreeSet<String>,
    stored: Vec<NextCheck>,
) -> (Vec<NextCheck>, Vec<String>) {
    let mut stored: BTreeMap<String, NextCheck> =
        stored.into_iter().map(|next| (next.contract.clone(), next)).collect();
    let mut changed = Vec::new();
    for contract in contracts.iter().filter_map(|id| snapshot.contracts.get(id)) {
        let version = &contract.newest().version;
        let before = stored.remove(&contract.id).filter(|next| next.version == *version);
        let is_checked = before.as_ref().map(|next| next.next_check != never());
        let checkable = contracts::checkable(ctx, snapshot, contract);
        if is_checked != Some(checkable) {
            changed.push(NextCheck {
                contract: contract.id.clone(),
                version: version.clone(),
                next_check: if checkable { DateTime::UNIX_EPOCH } else { never() },
            });
        }
    }
    (changed, stored.into_keys().collect())
}
