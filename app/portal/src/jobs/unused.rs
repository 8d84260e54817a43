//! Once a month, owners are told what nobody uses of their domain. Nothing is retired by that.
//!
//! One domain is looked at after the other, and the turn to write is taken only where there is something to tell. What each
//! domain's owners were told is kept with the domain: whoever goes on after a break tells nobody twice.

use std::time::Duration;

use async_trait::async_trait;

use super::Job;
use super::faults::{self, Thing};
use crate::notify::Mailer;
use crate::store::{jobs as store, settings};
use crate::{Ctx, Result, usage};

const NAME: &str = "unused";
const EVERY: Duration = Duration::from_mins(10);
/// Under which it is kept in which month all domains were looked at last.
const KEY: &str = "unused.looked";

/// Owners are told what nobody uses.
pub(super) struct Unused;

#[async_trait]
impl Job for Unused {
    fn name(&self) -> &'static str {
        NAME
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        let mut tx = ctx.db.read().await?;
        let looked = settings::get(&mut tx, KEY).await?;
        Ok(looked.is_none_or(|looked| looked != month(ctx)))
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        let this_month = month(ctx);
        let snapshot = ctx.snapshot_now().await?;
        let mut tx = ctx.db.read().await?;
        let put_off = store::put_off(&mut tx, NAME, ctx.now()).await?;
        drop(tx);
        let domains: Vec<&str> = snapshot.domains.keys().collect();
        let (mut done, mut is_all) = (0, true);
        for domain in domains {
            let thing = Thing::unused(domain);
            if put_off.contains(&thing.name) {
                is_all = false;
                continue;
            }
            let result = usage::tell(ctx, &snapshot, domain).await;
            match faults::settled(ctx, NAME, &thing, result).await {
                Ok(messages) => done += messages,
                // When it may be tried again is kept with it.
                Err(_) => is_all = false,
            }
        }
        if is_all {
            let mut tx = ctx.db.write().await?;
            settings::set(&mut tx, KEY, &this_month).await?;
            tx.commit_unrecorded("when domains were looked at is no change of them").await?;
        }
        Ok(done)
    }
}

fn month(ctx: &Ctx) -> String {
    usage::month(ctx.now().date_naive())
}
