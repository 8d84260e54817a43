//! The sweep over grants: reminders, escalation, what the policy does when nobody answers, announced ends.
//!
//! Idempotent: a reminder is recorded under (grant, cycle, kind, recipient), and only the most pressing one is
//! sent, so that a portal that was switched off does not send four at once.

use chrono::TimeDelta;
use lakeport_model::PersonId;
use lakeport_model::access::GrantStanding;
use lakeport_model::people::Role;
use lakeport_model::sharing::Provisioning;
use serde_json::json;
use uuid::Uuid;

use super::policies::ReminderKind;
use super::{NoAnswer, review};
use crate::catalog::Snapshot;
use crate::notify::{self, Message};
use crate::people::Actor;
use crate::store::access::{self as store, Grant};
use crate::store::{Tx, notify as records};
use crate::{Ctx, Result};

const ESCALATE_AFTER_DAYS: i64 = 7;
const ACT_AFTER_DAYS: i64 = 14;

/// Looks at every grant that nobody ended; answers how many things were done.
pub(crate) async fn sweep(ctx: &Ctx) -> Result<u32> {
    let snapshot = ctx.snapshot().await?;
    let mut tx = ctx.db.read().await?;
    let grants = store::open_grants(&mut tx).await?;
    drop(tx);
    let mut done = 0;
    for grant in grants.into_iter().filter(|grant| may_be_due(ctx, grant)) {
        let mut tx = ctx.db.write().await?;
        // Read again: somebody may have decided since.
        let Some(grant) = store::grant(&mut tx, grant.id).await?.filter(|grant| grant.ended.is_none()) else {
            continue;
        };
        let worked = match grant.standing(ctx.now()) {
            GrantStanding::Active => look(&mut tx, ctx, &snapshot, &grant).await?,
            GrantStanding::Expired => take_back(&mut tx, ctx, &snapshot, &grant).await?,
            _ => false,
        };
        if worked {
            tx.commit().await?;
            done += 1;
        }
    }
    Ok(done)
}

/// False where the dates alone say that there is nothing to do, which is so for most grants on most days.
fn may_be_due(ctx: &Ctx, grant: &Grant) -> bool {
    match grant.standing(ctx.now()) {
        GrantStanding::Active => {
            ReminderKind::on(ctx.now().date_naive(), grant.next_review.unwrap_or(grant.ends_on)).is_some()
        }
        GrantStanding::Expired => !taken_back(grant),
        _ => false,
    }
}

fn taken_back(grant: &Grant) -> bool {
    matches!(grant.provisioning(), Ok(Provisioning::Deprovisioning | Provisioning::Deprovisioned))
}

async fn look(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<bool> {
    let today = ctx.now().date_naive();
    let Some(due) = grant.next_review else { return announce_end(tx, ctx, snapshot, grant).await };
    let overdue = (today - due).num_days();
    if overdue >= ACT_AFTER_DAYS && act(tx, ctx, snapshot, grant).await? {
        return Ok(true);
    }
    let Some(kind) = ReminderKind::on(today, due) else { return Ok(false) };
    let title = snapshot.port_title(&grant.port);
    let when = match &kind {
        ReminderKind::Before(_) => format!("by {}", due.format("%-d %b %Y")),
        ReminderKind::Overdue(_) => format!("since {}: it is overdue", due.format("%-d %b %Y")),
    };
    let mut worked = false;
    if grant.confirmed_at.is_none() {
        let ask = Message {
            title: format!("Do you still need {title}?"),
            body: format!("Your access is looked at again {when}. You asked for it to: {}", grant.purpose),
            href: "/access/grants".to_owned(),
        };
        worked |= once(tx, ctx, grant, &format!("ask.{}", kind.key()), grant.consumer, &ask).await?;
    }
    let decide = Message {
        title: format!("Review access to {title}"),
        body: format!("{} reads it. A review is due {when}.", snapshot.person_name(grant.consumer)),
        href: "/reviews".to_owned(),
    };
    let escalated = overdue > ESCALATE_AFTER_DAYS;
    for (person, role) in reviewers(snapshot, grant) {
        if role == Role::Owner || escalated {
            let key = if role == Role::Owner { kind.key() } else { format!("escalated.{}", kind.key()) };
            worked |= once(tx, ctx, grant, &key, person, &decide).await?;
        }
    }
    Ok(worked)
}

/// Owners and stewards of the domain, the consumer excepted.
fn reviewers(snapshot: &Snapshot, grant: &Grant) -> Vec<(Uuid, Role)> {
    let mut people = Vec::new();
    for role in [Role::Owner, Role::Steward] {
        let held = snapshot.members_with(&grant.domain, role);
        people.extend(
            held.filter(|member| member.person != grant.consumer).map(|member| (member.person, role)),
        );
    }
    people
}

async fn once(
    tx: &mut Tx,
    ctx: &Ctx,
    grant: &Grant,
    kind: &str,
    to: Uuid,
    message: &Message,
) -> Result<bool> {
    let new = records::remind(tx, grant.id, grant.cycle, kind, to, ctx.now()).await?;
    if new {
        notify::tell(tx, ctx, &[PersonId(to)], message).await?;
    }
    Ok(new)
}

/// What the policy does when nobody answers. It acts only on people who were reminded at least as long ago as
/// the time they have to answer, however far the clock jumped.
async fn act(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<bool> {
    let reminded = records::first_reminder(tx, grant.id, grant.cycle).await?;
    if reminded.is_none_or(|at| ctx.now() - at < TimeDelta::days(ACT_AFTER_DAYS)) {
        return Ok(false);
    }
    let classification = grant.classification()?;
    let actor = Actor::System("policy");
    match ctx.settings.policies.of(classification).no_answer {
        NoAnswer::Revoke => {
            let by = review::By { actor, name: "policy", rule: "review.no_answer_revoke" };
            review::end(tx, ctx, snapshot, grant, &by, "nobody answered the review in time").await?;
            Ok(true)
        }
        NoAnswer::Keep => {
            let next = review::next_review(ctx, classification, grant.ends_on);
            store::next_cycle(tx, grant, next).await?;
            let detail = json!({ "cycle": grant.cycle, "next_review": next });
            review::note(tx, ctx, &actor, grant, "grant.keep", "review.no_answer_keep", detail).await?;
            Ok(true)
        }
        // Stays overdue; the reminders go on.
        NoAnswer::Flag => Ok(false),
    }
}

/// A grant that ends without a review is announced to its consumer as a review is.
async fn announce_end(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<bool> {
    let Some(kind) = ReminderKind::on(ctx.now().date_naive(), grant.ends_on) else { return Ok(false) };
    let title = snapshot.port_title(&grant.port);
    let message = Message {
        title: format!("Your access to {title} ends on {}", grant.ends_on.format("%-d %b %Y")),
        body: "Request access again before that day if you still need it; this access holds until then."
            .to_owned(),
        href: "/access/grants".to_owned(),
    };
    once(tx, ctx, grant, &format!("end.{}", kind.key()), grant.consumer, &message).await
}

/// An expired grant stopped working by itself; here its delivery is taken back and its consumer told, once.
async fn take_back(tx: &mut Tx, ctx: &Ctx, snapshot: &Snapshot, grant: &Grant) -> Result<bool> {
    if taken_back(grant) {
        return Ok(false);
    }
    store::set_provisioning(tx, grant.id, Provisioning::Deprovisioning, 0, ctx.now(), None).await?;
    let message = Message {
        title: format!("Your access to {} has ended", snapshot.port_title(&grant.port)),
        body: format!(
            "Its last day was {}. Request it again if you need it.",
            grant.ends_on.format("%-d %b %Y")
        ),
        href: "/access/grants".to_owned(),
    };
    once(tx, ctx, grant, "ended", grant.consumer, &message).await?;
    let detail = json!({ "ends_on": grant.ends_on });
    review::note(tx, ctx, &Actor::System("calendar"), grant, "grant.expire", "grant.last_day_over", detail)
        .await?;
    Ok(true)
}
