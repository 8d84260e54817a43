//! Applying a plan: it is carried out once more, and kept where it comes to what the plan said.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_model::documents::DocumentKind;
use lakeport_model::mesh::{Applied, PlannedChange, Push};
use serde_json::json;
use uuid::Uuid;

use super::carry::{self, Came, Done, Written};
use super::{PUSHED, REFUSED, read};
use crate::actor::{Actor, Party, ServiceAccount};
use crate::beside::{CATALOGS, TRIALS};
use crate::catalog::{Did, Folder, Texts};
use crate::pace::PUSHES;
use crate::store::Tx;
use crate::store::plans::{self, PlanRow};
use crate::{Ctx, Error, Result, audit, text};

/// Applies a plan of this account: all of it, or nothing.
///
/// # Errors
/// Refused where there is no such plan (any more), where it is over, where a rule says no by now, and where it would do
/// something else than it said.
pub async fn apply(ctx: &Ctx, account: &ServiceAccount, plan: Uuid, reason: &str) -> Result<Applied> {
    let mut about = "catalog".to_owned();
    let done = apply_now(ctx, account, plan, reason, &mut about).await;
    audit::noted(ctx, &account.as_viewer(), REFUSED, about, done).await
}

/// Why a plan is not applied, and never will be, with what the record of that is about.
type Not = (Error, String);

/// What was applied; `about` says what a no is about.
async fn apply_now(
    ctx: &Ctx,
    account: &ServiceAccount,
    plan: Uuid,
    reason: &str,
    about: &mut String,
) -> Result<Applied> {
    let reason = &text::reason(reason)?;
    let mut tx = ctx.db.read().await?;
    let row = found(&mut tx, account, plan, ctx.now()).await?;
    drop(tx);
    let party = Party::from(account);
    let (push, folder) = read::kept(ctx, party, row.push).await?;
    let done = match folder {
        Ok(folder) => {
            let planned = text::reason(&push.reason)?;
            let reason = if reason.is_empty() { &planned } else { reason };
            // Read before the turn to write is taken, so that nobody waits for it.
            ctx.snapshot_now().await?;
            let texts = read::printed(ctx, party, &folder).await?;
            let pushed = (&folder, &texts);
            TRIALS.hold(party, Box::pin(once_more(ctx, account, plan, pushed, &push, reason))).await??
        }
        Err(refused) => Err(moved(refused.first().map(|first| first.message.as_str()))),
    };
    match done {
        Ok(applied) => Ok(applied),
        Err((error, subject)) => {
            // Whoever asks again is not carried out a second time.
            let mut tx = ctx.db.write().await?;
            plans::delete(&mut tx, plan).await?;
            tx.commit_unrecorded("a plan that cannot be applied any more is no change").await?;
            *about = subject;
            Err(error)
        }
    }
}

/// Carries a plan out once more, and keeps it where it comes to the same.
async fn once_more(
    ctx: &Ctx,
    account: &ServiceAccount,
    plan: Uuid,
    pushed: (&Arc<Folder>, &Texts),
    push: &Push,
    reason: &str,
) -> Result<std::result::Result<Applied, Not>> {
    let mut tx = ctx.db.write().await?;
    // It may have been applied, or be over, since.
    let row = found(&mut tx, account, plan, ctx.now()).await?;
    // Every text is kept.
    audit::keep_pace(&mut tx, &Actor::Service(account.clone()), &[PUSHED], PUSHES, ctx.now()).await?;
    let came = carry::carry(&mut tx, ctx, account, pushed, push, reason).await?;
    let written = match written(came) {
        Ok(written) => written,
        Err(not) => return Ok(Err(not)),
    };
    let done = CATALOGS.run(Party::PORTAL, move || written.meaning()).await?;
    let done = match same(done, &row.outcome) {
        Ok(done) => done,
        Err(not) => return Ok(Err(not)),
    };
    let has_news = done.has_news();
    let Done { actor, allowed, carried, plan, pruned, snapshot, rights, .. } = done;
    if has_news {
        let mut detail = carried.report().noted();
        detail["reason"] = json!(reason);
        if !plan.retired.is_empty() {
            // Each has a record of its own.
            detail["retired"] = json!(plan.retired.len());
        }
        let did = Did { action: PUSHED, subject: allowed.subject(), detail };
        let by = carry::by(&actor, &allowed, &push.over, reason);
        carried.take_effect(&mut tx, ctx, &by, did).await?;
        pruned.take_effect(&mut tx, ctx, account, (&snapshot, &rights), reason).await?;
    }
    plans::delete(&mut tx, row.id).await?;
    if has_news {
        tx.commit().await?;
    } else {
        tx.commit_unrecorded("which texts files hold is noted; the catalog is as it was").await?;
    }
    Ok(Ok(Applied {
        created: names(&plan.created),
        changed: names(&plan.changed),
        retired: plan.retired.into_iter().map(|gone| (gone.kind, gone.id)).collect(),
        unchanged: plan.unchanged,
    }))
}

/// A plan that can be applied now.
async fn found(tx: &mut Tx, account: &ServiceAccount, plan: Uuid, now: DateTime<Utc>) -> Result<PlanRow> {
    let row = plans::one(tx, account.id, plan).await?;
    let row = row.ok_or_else(|| {
        let message = "There is no such plan of this token: it was applied or refused, newer plans took its place, or it \
                       was over long ago. Plan again.";
        Error::not_found("plan").saying(message.to_owned())
    })?;
    if row.ends_at <= now {
        return Err(Error::conflict("This plan is over: it could be applied for an hour. Plan again."));
    }
    Ok(row)
}

/// What was written.
fn written(came: Came) -> std::result::Result<Box<Written>, Not> {
    match came {
        Came::Forbidden(error, subject) => Err((error, subject)),
        Came::Written(written) => Ok(written),
        Came::Wrong(wrong) => Err(moved(wrong.first().map(|wrong| wrong.message.as_str()))),
        Came::Refused(refused) => Err(moved(refused.first().map(|first| first.message.as_str()))),
    }
}

/// What was carried out, where it comes to what the plan said.
fn same(done: Done, outcome: &str) -> std::result::Result<Done, Not> {
    if done.plan.is_right() && done.outcome == outcome {
        return Ok(done);
    }
    Err(moved(done.plan.meetings.first().map(|meeting| meeting.said.as_str())))
}

/// Why a plan is not applied that could be when it was made.
fn moved(why: Option<&str>) -> Not {
    let why = why.unwrap_or("It would change something else by now.");
    let message = format!("The world moved since this plan was made: {why} Nothing was changed. Plan again.");
    (Error::conflict(message), "catalog".to_owned())
}

fn names(changes: &[PlannedChange]) -> Vec<(DocumentKind, String)> {
    changes.iter().map(|change| (change.kind, change.id.clone())).collect()
}
