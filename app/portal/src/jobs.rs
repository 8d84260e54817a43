//! One sweep of everything that happens without somebody asking. The server calls it every few seconds; it is
//! idempotent, and nothing about whether a grant holds depends on it.

use chrono::TimeDelta;
use lakeport_model::access::GrantStanding;
use lakeport_model::sharing::Provisioning;

use crate::catalog::Snapshot;
use crate::notify::{Mail, Mailer};
use crate::store::access::{self as grants, Grant};
use crate::store::notify as outbox;
use crate::{Ctx, Result, access, contracts, people};

const MAILS_A_SWEEP: i64 = 50;

/// Does what is due; answers how many things were done. A job that fails keeps none of the others back: it is tried again
/// with the next sweep.
pub async fn run_due(ctx: &Ctx, mailer: &dyn Mailer) -> Result<u32> {
    people::refresh_clock(ctx).await?;
    // Mail first, for it waits for nobody's storage; and again for what this sweep wrote.
    Ok(settled("mail", send_mail(ctx, mailer).await)
        + settled("reminders", access::reminders::sweep(ctx).await)
        + settled("expired tokens", people::leaving::end_expired(ctx).await)
        + settled("waiting requests", access::waiting::sweep(ctx).await)
        + settled("delivery", deliver(ctx).await)
        + settled("checks", contracts::run_daily(ctx).await)
        + settled("mail", send_mail(ctx, mailer).await))
}

/// What a job got done; a failure is said in the log and counts as nothing.
fn settled(job: &'static str, result: Result<u32>) -> u32 {
    result.unwrap_or_else(|error| {
        tracing::error!(job, %error, "a job failed; it is tried again");
        0
    })
}

/// Brings decisions to the systems that deliver the data. So far that is the portal itself: a grant counts as
/// delivered when the table behind it can be opened, and as taken back when it no longer holds.
async fn deliver(ctx: &Ctx) -> Result<u32> {
    let snapshot = ctx.snapshot().await?;
    let mut tx = ctx.db.read().await?;
    let waiting = grants::undelivered(&mut tx, ctx.now()).await?;
    drop(tx);
    let mut done = 0;
    for grant in waiting {
        done += settled("delivery", deliver_one(ctx, &snapshot, grant).await);
    }
    Ok(done)
}

async fn deliver_one(ctx: &Ctx, snapshot: &Snapshot, grant: Grant) -> Result<u32> {
    let table = grant.asset.as_ref().and_then(|asset| snapshot.table(ctx, asset));
    let ended = grant.standing(ctx.now()) != GrantStanding::Active;
    let (state, note) = match (ended, table) {
        (true, _) => (Provisioning::Deprovisioned, None),
        (false, None) => (Provisioning::Provisioned, None),
        (false, Some(table)) => match ctx.lake.describe(&table).await {
            Ok(_) => (Provisioning::Provisioned, None),
            Err(error) => (Provisioning::Failed, Some(error.message().to_owned())),
        },
    };
    let attempts = grant.provisioning_attempts + 1;
    let after = ctx.now() + backoff(attempts);
    let mut tx = ctx.db.write().await?;
    if unchanged(&mut tx, &grant).await? {
        grants::set_provisioning(&mut tx, grant.id, state, attempts, after, note.as_deref()).await?;
        tx.commit().await?;
        return Ok(1);
    }
    Ok(0)
}

/// A decision may have overtaken the delivery; then the next sweep looks again.
async fn unchanged(tx: &mut crate::store::Tx, grant: &Grant) -> Result<bool> {
    Ok(grants::grant(tx, grant.id).await?.is_some_and(|now| now.revision == grant.revision))
}

/// How long a mail is one process's alone while it is handed over; after that another one tries.
const CLAIM_SECONDS: i64 = 120;

/// After the first attempt 10 s, then 20 s, 40 s .. up to about three hours.
fn backoff(attempts: i64) -> TimeDelta {
    TimeDelta::seconds(10 << (attempts - 1).clamp(0, 10))
}

/// Sends what waits in the outbox: at least once, under a stable Message-ID.
async fn send_mail(ctx: &Ctx, mailer: &dyn Mailer) -> Result<u32> {
    let mut tx = ctx.db.read().await?;
    let waiting = outbox::waiting(&mut tx, ctx.now(), MAILS_A_SWEEP).await?;
    drop(tx);
    let mut done = 0;
    for mail in waiting {
        done += settled("mail", send_one(ctx, mailer, mail).await);
    }
    Ok(done)
}

async fn send_one(ctx: &Ctx, mailer: &dyn Mailer, mail: outbox::Waiting) -> Result<u32> {
    let mut tx = ctx.db.write().await?;
    let now = ctx.now();
    let is_ours = outbox::claim(&mut tx, mail.id, now, now + TimeDelta::seconds(CLAIM_SECONDS)).await?;
    tx.commit().await?;
    if !is_ours {
        return Ok(0);
    }
    let host = ctx.settings.public_url.split("://").last().and_then(|rest| rest.split([':', '/']).next());
    let outgoing = Mail {
        to: mail.recipient,
        subject: mail.subject,
        text: mail.body,
        message_id: format!("<{}@{}>", mail.id, host.unwrap_or("lakeport")),
    };
    let result = mailer.send(&outgoing).await;
    let mut tx = ctx.db.write().await?;
    let done = u32::from(result.is_ok());
    match result {
        Ok(()) => outbox::sent(&mut tx, mail.id, ctx.now()).await?,
        Err(error) => {
            tracing::warn!(mail = %mail.id, %error, "mail could not be handed over; it is tried again");
            outbox::failed(&mut tx, mail.id, ctx.now() + backoff(mail.attempts + 1), &error).await?;
        }
    }
    tx.commit().await?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_grow_apart_and_never_stop() {
        let seconds: Vec<i64> = (1..=4).map(|attempts| backoff(attempts).num_seconds()).collect();
        assert_eq!(seconds, [10, 20, 40, 80]);
        assert_eq!(backoff(11), backoff(10_000), "the pause has a longest");
        assert!((2..4).contains(&backoff(11).num_hours()));
    }
}
