//! Contracts are checked once a day.
//!
//! When the newest version of each is checked next is stored. What there is to check is compared with the catalog whenever
//! that changed; where it did not, what is due is found by an index.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Job;
use super::faults::{self, Thing};
use crate::catalog::Snapshot;
use crate::contracts;
use crate::notify::Mailer;
use crate::store::contracts::{self as store, NextCheck};
use crate::store::jobs::never;
use crate::store::{Tx, changes, settings};
use crate::{Ctx, Result};

const EVERY: Duration = Duration::from_secs(2);
/// Contracts that one run checks.
const BATCH: i64 = 100;
/// Under which it is kept which catalog the stored checks were compared with.
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
    tx.commit().await
}

/// What the stored checks were compared with: the catalog as of a change, and the places below which tables may lie.
fn compared_with(ctx: &Ctx, change: i64) -> String {
    format!("{change} {} {}", ctx.settings.lake_root, ctx.settings.storage_roots.join(" "))
}

async fn is_behind(tx: &mut Tx, ctx: &Ctx) -> Result<bool> {
    let newest = changes::newest(tx, changes::CATALOG).await?;
    Ok(settings::get(tx, KEY).await?.as_deref() != Some(compared_with(ctx, newest).as_str()))
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
    let stored = store::next_checks(&mut tx).await?;
    drop(tx);
    let (changed, gone) = compared(ctx, &snapshot, stored);
    let mut tx = ctx.db.write().await?;
    store::put_next_checks(&mut tx, &changed).await?;
    store::forget_checks(&mut tx, &gone).await?;
    settings::set(&mut tx, KEY, &compared_with(ctx, snapshot.change)).await?;
    tx.commit_unrecorded("when a contract is checked next follows from the catalog").await
}

/// What has to be stored anew, and the contracts that are there no more.
fn compared(ctx: &Ctx, snapshot: &Snapshot, stored: Vec<NextCheck>) -> (Vec<NextCheck>, Vec<String>) {
    let mut stored: BTreeMap<String, NextCheck> =
        stored.into_iter().map(|next| (next.contract.clone(), next)).collect();
    let mut changed = Vec::new();
    for contract in snapshot.contracts.values() {
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
