//! Sends what waits in the outbox: at least once, under a stable Message-ID.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::faults::{self, Thing};
use super::{Job, backoff};
use crate::notify::{self, Mail, Mailer, Message};
use crate::store::{Tx, jobs, notify as messages, people};
use crate::{Ctx, Result};

/// What the log and the metrics call the job.
const NAME: &str = "mail";
const EVERY: Duration = Duration::from_secs(2);
/// Attempts, nearly an hour of them, after which a failure is none that passes by itself.
const TOLD_AFTER: i64 = 9;
/// Mails that one run hands over at most: with a mail server that hangs it still comes to an end.
const BATCH: i64 = 20;
/// How long a mail is one process's alone while it is handed over; after that another one tries.
const CLAIM_SECONDS: i64 = 120;

/// What waits in the outbox is sent.
pub(super) struct Outbox;

#[async_trait]
impl Job for Outbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn pause(&self) -> Duration {
        EVERY
    }

    async fn is_due(&self, ctx: &Ctx) -> Result<bool> {
        let mut tx = ctx.db.read().await?;
        Ok(!messages::waiting(&mut tx, ctx.now(), 1).await?.is_empty())
    }

    async fn run(&self, ctx: &Ctx, mailer: &dyn Mailer) -> Result<u32> {
        let mut tx = ctx.db.read().await?;
        let waiting = messages::waiting(&mut tx, ctx.now(), BATCH).await?;
        drop(tx);
        let mut done = 0;
        for id in waiting {
            let result = send(ctx, mailer, id).await;
            match faults::settled(ctx, self.name(), &Thing::mail(id), result).await {
                Ok(things) => done += things,
                Err(again) => put_off(ctx, id, again).await?,
            }
        }
        Ok(done)
    }
}

/// What cannot even be read is not tried again before its time.
async fn put_off(ctx: &Ctx, id: Uuid, again: DateTime<Utc>) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    messages::put_mail_off(&mut tx, id, again).await?;
    tx.commit_unrecorded("what became of a mail stands in the outbox").await
}

/// What the faults call a mail that is not taken.
fn kept_back(id: Uuid) -> String {
    format!("mail {id} is not taken")
}

/// Tells the administrators that mail is not taken: once for each mail, and of several within a day of the first one. They
/// read it in their inbox.
async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    id: Uuid,
    (attempts, again): (i64, DateTime<Utc>),
    error: &str,
) -> Result<()> {
    let (item, now) = (kept_back(id), ctx.now());
    jobs::record_fault(tx, (NAME, &item), error, attempts, now, again).await?;
    let is_one_of_many = jobs::faults_told_since(tx, NAME, now - TimeDelta::days(1)).await? > 0;
    if is_one_of_many || !jobs::note_fault_told(tx, NAME, &item, now).await? {
        return Ok(());
    }
    let message = Message::new(
        "Mail cannot be delivered",
        [
            format!(
                "A mail was not taken {attempts} times, and it may not be the only one; it is tried again"
            ),
            "Whoever it is for reads the same in their inbox".to_owned(),
            format!(
                "The log says why, where it speaks of mail {id}, and lakeport doctor tries the mail server"
            ),
        ],
        "/inbox",
    );
    let administrators = people::administrators(tx).await?;
    notify::tell_about(tx, ctx, &administrators, &format!("job {NAME}"), &message).await
}

async fn send(ctx: &Ctx, mailer: &dyn Mailer, id: Uuid) -> Result<u32> {
    let mut tx = ctx.db.write().await?;
    let now = ctx.now();
    if !messages::claim(&mut tx, id, now, now + TimeDelta::seconds(CLAIM_SECONDS)).await? {
        return Ok(0);
    }
    let Some(mail) = messages::mail(&mut tx, id).await? else { return Ok(0) };
    tx.commit_unrecorded("what became of a mail stands in the outbox").await?;
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
        Ok(()) => {
            messages::sent(&mut tx, mail.id, ctx.now()).await?;
            if mail.attempts >= TOLD_AFTER {
                jobs::forget_fault(&mut tx, NAME, &kept_back(mail.id)).await?;
            }
        }
        Err(error) => {
            // Mail servers repeat the address; the log has the id, and nobody's name.
            let error = error.replace(&outgoing.to, "the recipient");
            tracing::warn!(mail = %mail.id, error, "mail could not be handed over; it is tried again");
            let (attempts, again) = (mail.attempts + 1, ctx.now() + backoff(mail.attempts + 1));
            messages::failed(&mut tx, mail.id, again, &error).await?;
            if attempts >= TOLD_AFTER {
                tell(&mut tx, ctx, mail.id, (attempts, again), &error).await?;
            }
        }
    }
    tx.commit_unrecorded("what became of a mail stands in the outbox").await?;
    Ok(done)
}
