//! What sweeps over grants, requests and digests share: each is looked at when its own day has come, by itself, until none is due.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Job;
use super::faults::{self, Thing};
use crate::access::wake;
use crate::notify::Mailer;
use crate::store::Tx;
use crate::{Ctx, Result};

const EVERY: Duration = Duration::from_secs(2);
/// Things that are asked for at once.
const BATCH: i64 = 500;

/// A job that looks at many things, each when its next look has come.
#[async_trait]
pub(super) trait Sweep: Send + Sync {
    /// What one of them is named by.
    type Id: Copy + Ord + Send + Sync;

    /// What the log and the metrics call it.
    const NAME: &str;

    /// The things that have to be looked at by now, those that wait longest first.
    async fn due(&self, tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<Self::Id>>;

    /// Does what is due about one of them, and notes when it is looked at next; answers how much was done.
    async fn see_to(&self, ctx: &Ctx, id: Self::Id) -> Result<u32>;

    /// What one of them is called; where it could not be looked at, with the page where it is seen.
    async fn thing(&self, ctx: &Ctx, id: Self::Id, has_failed: bool) -> Result<Thing>;

    /// Looks at one of them again at this moment.
    async fn put_off(&self, tx: &mut Tx, id: Self::Id, again: DateTime<Utc>) -> Result<()>;
}

#[async_trait]
impl<S: Sweep> Job for S {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    /// Whether something is to be looked at, or may have become so.
    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        let mut tx = ctx.db.read().await?;
        let due = !self.due(&mut tx, ctx.now(), 1).await?.is_empty();
        Ok(due || wake::is_behind(&mut tx, ctx).await?)
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32> {
        run(self, ctx).await
    }
}

/// Looks at all that is due, at each once; answers how much was done.
async fn run<S: Sweep>(sweep: &S, ctx: &Ctx) -> Result<u32> {
    wake::follow(ctx).await?;
    let (mut done, mut seen) = (0, BTreeSet::new());
    loop {
        let mut tx = ctx.db.read().await?;
        let mut due = sweep.due(&mut tx, ctx.now(), BATCH).await?;
        drop(tx);
        due.retain(|id| seen.insert(*id));
        if due.is_empty() {
            return Ok(done);
        }
        for id in due {
            // Read before the turn to write is taken, so that nobody waits for it; it may change with each of them.
            ctx.snapshot_now().await?;
            let result = sweep.see_to(ctx, id).await;
            let thing = sweep.thing(ctx, id, result.is_err()).await?;
            match faults::settled(ctx, S::NAME, &thing, result).await {
                Ok(things) => done += things,
                // What could not be looked at is not tried again before its time.
                Err(again) => {
                    let mut tx = ctx.db.write().await?;
                    sweep.put_off(&mut tx, id, again).await?;
                    tx.commit_unrecorded("when something is looked at next is no change of it").await?;
                }
            }
        }
    }
}
