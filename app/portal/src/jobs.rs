//! Everything that happens without somebody asking, each thing a job of its own. The server runs them again and again,
//! side by side; they are idempotent, and nothing about whether a grant holds depends on them.

use std::time::Duration;

use chrono::TimeDelta;
use lakeport_model::access::GrantStanding;
use lakeport_model::sharing::Provisioning;

use crate::catalog::Snapshot;
use crate::error::settled;
use crate::notify::{Mail, Mailer};
use crate::people::sessions;
use crate::store::access::{self as grants, Grant};
use crate::store::notify as outbox;
use crate::{Ctx, Result, access, contracts, people};

/// Mails that one run hands over at most: with a mail server that hangs it still comes to an end.
const MAILS_A_RUN: i64 = 20;

/// One of the things that happen by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Reviews are reminded of and escalated, and ends announced.
    Reminders,
    /// Requests that wait are reminded of.
    WaitingRequests,
    /// Decisions reach the systems that deliver the data.
    Delivery,
    /// Contracts are checked once a day.
    Checks,
    /// What tokens leave behind ends with them.
    ExpiredTokens,
    /// Sessions that have ended are removed.
    Sessions,
    /// What waits in the outbox is sent.
    Mail,
}

impl Job {
    /// All of them; mail is the last, so that it takes along what the others wrote.
    pub const ALL: [Self; 7] = [
        Self::Reminders,
        Self::WaitingRequests,
        Self::Delivery,
        Self::Checks,
        Self::ExpiredTokens,
        Self::Sessions,
        Self::Mail,
    ];

    /// What the log and the metrics call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reminders => "reminders",
            Self::WaitingRequests => "waiting_requests",
            Self::Delivery => "delivery",
            Self::Checks => "checks",
            Self::ExpiredTokens => "expired_tokens",
            Self::Sessions => "sessions",
            Self::Mail => "mail",
        }
    }

    /// The pause between two runs.
    pub const fn pause(self) -> Duration {
        match self {
            Self::Reminders | Self::WaitingRequests | Self::Delivery | Self::Checks | Self::Mail => {
                Duration::from_secs(2)
            }
            Self::ExpiredTokens => Duration::from_secs(10),
            Self::Sessions => Duration::from_mins(15),
        }
    }

    /// Does what is due; answers how many things were done.
    ///
    /// # Errors
    /// When the job as a whole cannot be done now; the next run tries again.
    pub async fn run(self, ctx: &Ctx, mailer: &dyn Mailer) -> Result<u32> {
        people::refresh_clock(ctx).await?;
        match self {
            Self::Reminders => access::reminders::sweep(ctx).await,
            Self::WaitingRequests => access::waiting::sweep(ctx).await,
            Self::Delivery => deliver(ctx).await,
            Self::Checks => contracts::run_daily(ctx).await,
            Self::ExpiredTokens => people::leaving::end_expired(ctx).await,
            Self::Sessions => sessions::delete_expired(ctx).await.map(|()| 0),
            Self::Mail => send_mail(ctx, mailer).await,
        }
    }
}

/// Runs every job once, one after the other, for those who have no runner; answers how many things were done. One that
/// fails keeps none of the others back.
pub async fn run_due(ctx: &Ctx, mailer: &dyn Mailer) -> Result<u32> {
    let mut done = 0;
    for job in Job::ALL {
        done += settled(job.name(), job.run(ctx, mailer).await);
    }
    Ok(done)
}

/// Brings decisions to the systems that deliver the data. So far that is the portal itself: a grant counts as
/// delivered when the table behind it can be opened, or when there is none that opens here and so nothing to deliver, and as
/// taken back when it no longer holds.
async fn deliver(ctx: &Ctx) -> Result<u32> {
    let snapshot = ctx.snapshot().await?;
    let mut tx = ctx.db.read().await?;
    let waiting = grants::undelivered(&mut tx, ctx.now()).await?;
    drop(tx);
    let mut done = 0;
    for grant in waiting {
        done += settled(Job::Delivery.name(), deliver_one(ctx, &snapshot, grant).await);
    }
    Ok(done)
}

async fn deliver_one(ctx: &Ctx, snapshot: &Snapshot, grant: Grant) -> Result<u32> {
    let table = grant.asset.as_ref().and_then(|asset| snapshot.table(ctx, asset));
    let ended = grant.standing(ctx.now()) != GrantStanding::Active;
    let (state, note) = match (ended, table) {
        (true, _) => (Provisioning::Deprovisioned, None),
        (false, None) => (Provisioning::Provisioned, None),
        (false, Some(table)) => match ctx.look(&table).await {
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

/// A decision may have overtaken the delivery; then the next run looks again.
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
    let waiting = outbox::waiting(&mut tx, ctx.now(), MAILS_A_RUN).await?;
    drop(tx);
    let mut done = 0;
    for mail in waiting {
        done += settled(Job::Mail.name(), send_one(ctx, mailer, mail).await);
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
            // Mail servers repeat the address; the log has the id, and nobody's name.
            let error = error.replace(&outgoing.to, "the recipient");
            tracing::warn!(mail = %mail.id, error, "mail could not be handed over; it is tried again");
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
