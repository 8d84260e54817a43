//! Sends what waits in the outbox: at least once, under a stable Message-ID.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::faults::{self, Thing};
use super::{Job, backoff};
use crate::notify::{Mail, Mailer};
use crate::store::notify as messages;
use crate::{Ctx, Result};

const EVERY: Duration = Duration::from_secs(2);
/// Mails that one run hands over at most: with a mail server that hangs it still comes to an end.
const BATCH: i64 = 20;
/// How long a mail is one process's alone while it is handed over; after that another one tries.
const CLAIM_SECONDS: i64 = 120;

/// What waits in the outbox is sent.
pub(super) struct Outbox;

#[async_trait]
impl Job for Outbox {
    fn name(&self) -> &'static str {
        "mail"
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
        Ok(()) => messages::sent(&mut tx, mail.id, ctx.now()).await?,
        Err(error) => {
            // Mail servers repeat the address; the log has the id, and nobody's name.
            let error = error.replace(&outgoing.to, "the recipient");
            tracing::warn!(mail = %mail.id, error, "mail could not be handed over; it is tried again");
            messages::failed(&mut tx, mail.id, ctx.now() + backoff(mail.attempts + 1), &error).await?;
        }
    }
    tx.commit_unrecorded("what became of a mail stands in the outbox").await?;
    Ok(done)
}
