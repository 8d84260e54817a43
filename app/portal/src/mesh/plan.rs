//! What a push would change. Nothing of it is written but the plan itself.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use lakeport_model::mesh::{Plan, Push};
use uuid::Uuid;

use super::carry::{Came, Done, Written, carry};
use super::{REFUSED, prune, published, read, shown};
use crate::actor::{Party, ServiceAccount};
use crate::beside::{PUSHES, TRIALS};
use crate::catalog::{Folder, Texts};
use crate::glossary::Sees;
use crate::pace::{PLANS, REFUSALS};
use crate::store::plans::{self, PlanRow};
use crate::{Ctx, Error, Result, audit, new_id, text};

/// How long a plan can be applied.
const LASTS: TimeDelta = TimeDelta::hours(1);

/// Documents of which trying costs as much as one plan may.
const AT_ONCE: usize = 200;

/// Says what a push would change, line by line. One that is right and changes something is kept for an hour, to be applied.
///
/// # Errors
/// Refused where a rule says no to one of its documents. What is wrong with the files is no error.
pub async fn plan(ctx: &Ctx, account: &ServiceAccount, push: Push) -> Result<Plan> {
    let mut about = "catalog".to_owned();
    let done = plan_now(ctx, account, push, &mut about).await;
    audit::noted(ctx, &account.as_viewer(), REFUSED, about, done).await
}

/// The plan; `about` says what a no is about.
async fn plan_now(ctx: &Ctx, account: &ServiceAccount, push: Push, about: &mut String) -> Result<Plan> {
    if account.push_scopes().is_empty() {
        let message = "This token carries no scope DOMAIN:KIND, such as finance:product, so that nothing can be pushed with it.";
        return Err(Error::forbidden(message).under("push.no_scope"));
    }
    read::refuse_too_much(&push)?;
    let id = begun(ctx, account).await?;
    let (party, push) = (Party::from(account), Arc::new(push));
    let folder = match read::folder(ctx, party, &push).await? {
        Ok(folder) => folder,
        Err(refused) => return Ok(Plan { refused, ..Plan::default() }),
    };
    let warnings = folder.warnings.clone();
    if folder.is_empty() && push.prune {
        return Ok(Plan { refused: vec![prune::nothing_left()], warnings, ..Plan::default() });
    }
    if folder.is_empty() {
        return Ok(Plan { warnings, ..Plan::default() });
    }
    // Trying many documents costs as much as several plans.
    count(ctx, account, folder.documents().count().div_ceil(AT_ONCE).saturating_sub(1)).await?;
    // Read before the turn to write is taken, so that nobody waits for it.
    ctx.snapshot_now().await?;
    let texts = read::printed(ctx, party, &folder).await?;
    match TRIALS.hold(party, Box::pin(tried(ctx, account, (&folder, &texts), &push))).await?? {
        Came::Forbidden(error, subject) => {
            *about = subject;
            Err(error)
        }
        Came::Wrong(wrong) => {
            tell_taken(ctx, account, wrong.iter().filter(|wrong| wrong.is_taken).count()).await?;
            let refused = PUSHES.run(party, move || shown::placed(&folder, wrong)).await?;
            Ok(Plan { refused, warnings, ..Plan::default() })
        }
        Came::Refused(refused) => Ok(Plan { refused, warnings, ..Plan::default() }),
        Came::Written(written) => kept(ctx, account, id, push, folder, written).await,
    }
}

/// Its place among the plans that an account may have made within an hour: trying costs the same, whatever comes of it.
async fn begun(ctx: &Ctx, account: &ServiceAccount) -> Result<Uuid> {
    let now = ctx.now();
    let spent = spent(account, now);
    let mut tx = ctx.db.write().await?;
    PLANS.allows(&plans::made_since(&mut tx, account.id, PLANS.since(now)).await?, now)?;
    plans::put(&mut tx, &spent).await?;
    tx.commit_unrecorded("that a push was planned is no change").await?;
    Ok(spent.id)
}

/// Counts as so many plans more.
async fn count(ctx: &Ctx, account: &ServiceAccount, more: usize) -> Result<()> {
    if more == 0 {
        return Ok(());
    }
    let mut tx = ctx.db.write().await?;
    for _ in 0..more {
        plans::put(&mut tx, &spent(account, ctx.now())).await?;
    }
    tx.commit_unrecorded("what else a plan counts as is no change").await
}

/// Counts and records that a plan tells of ids and addresses that are taken: nobody tries names until they know what is hidden
/// from them, no more often than on a page.
async fn tell_taken(ctx: &Ctx, account: &ServiceAccount, taken: usize) -> Result<()> {
    if taken == 0 {
        return Ok(());
    }
    count(ctx, account, taken.saturating_mul(PLANS.most / REFUSALS.most).min(PLANS.most)).await?;
    let told: Result<()> = Err(Error::conflict("It is taken.").under("asset.taken"));
    // It is only to be recorded.
    _ = audit::noted(ctx, &account.as_viewer(), REFUSED, "catalog", told).await;
    Ok(())
}

/// A plan that cannot be applied, kept to be counted.
fn spent(account: &ServiceAccount, now: DateTime<Utc>) -> PlanRow {
    PlanRow {
        id: new_id(now),
        account: account.id,
        made_at: now,
        ends_at: now + LASTS,
        push: String::new(),
        outcome: String::new(),
    }
}

/// Writes it in a transaction that leaves nothing behind.
async fn tried(
    ctx: &Ctx,
    account: &ServiceAccount,
    pushed: (&Arc<Folder>, &Texts),
    push: &Push,
) -> Result<Came> {
    let mut tx = ctx.db.write().await?;
    carry(&mut tx, ctx, account, pushed, push, &text::reason(&push.reason)?).await
}

/// The plan with its lines, worked out when nobody waits for it to write any more; kept where it can be applied.
async fn kept(
    ctx: &Ctx,
    account: &ServiceAccount,
    id: Uuid,
    push: Arc<Push>,
    folder: Arc<Folder>,
    written: Box<Written>,
) -> Result<Plan> {
    let party = Party::from(account);
    let done = PUSHES.run(party, move || written.meaning()).await?;
    let is_kept = done.plan.is_right() && done.is_something();
    let Done { mut plan, outcome, snapshot, rights, .. } = done;
    let mut held = published::of(&mut ctx.db.read().await?, &plan).await?;
    let say = move || {
        let sees = Sees { snapshot: &snapshot, rights: &rights };
        shown::compare(&mut plan, &folder, &mut held, &sees)?;
        let push = if is_kept { Some(serde_json::to_string(&*push).map_err(Error::fault)?) } else { None };
        Ok::<_, Error>((plan, push))
    };
    let (mut plan, push): (Plan, Option<String>) = PUSHES.run(party, say).await??;
    if let Some(push) = push {
        let now = ctx.now();
        let row = PlanRow { id, account: account.id, made_at: now, ends_at: now + LASTS, push, outcome };
        let mut tx = ctx.db.write().await?;
        plans::put(&mut tx, &row).await?;
        tx.commit_unrecorded("what a push would change is no change").await?;
        (plan.id, plan.ends_at) = (Some(row.id), Some(row.ends_at));
    }
    Ok(plan)
}
