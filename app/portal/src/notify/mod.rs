//! Telling people: the inbox at once, e-mail through an outbox.

use async_trait::async_trait;
use lakeport_model::notify::Notification;
use lakeport_model::people::Viewer;
use lakeport_model::{NotificationId, Page, PageRequest, PersonId};
use uuid::Uuid;

use crate::store::notify as store;
use crate::store::{Tx, people};
use crate::{Ctx, Error, Result};

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What happened, in a line.
    pub title: String,
    /// What it means and what to do.
    pub body: String,
    /// Where to act, as a path.
    pub href: String,
}

/// An e-mail ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Recipient's address.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same for every attempt, so that a mail sent twice is recognised.
    pub message_id: String,
}

/// Sends e-mail; the server implements it.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over. The error is a sentence for the operator.
    async fn send(&self, mail: &Mail) -> std::result::Result<(), String>;
}

/// Tells people, in the transaction of what happened: a notification each, and a mail in the outbox. Service
/// accounts have nobody who would read it.
pub async fn tell(tx: &mut Tx, ctx: &Ctx, recipients: &[PersonId], message: &Message) -> Result<()> {
    let now = ctx.now();
    for recipient in recipients {
        let Some(person) = people::by_id(tx, recipient.0).await?.filter(people::Person::has_mailbox) else {
            continue;
        };
        store::insert(tx, Uuid::now_v7(), person.id, message, now).await?;
        let text =
            format!("{}\n\n{}\n\n{}{}\n", message.title, message.body, ctx.settings.public_url, message.href);
        store::insert_mail(tx, Uuid::now_v7(), &person.email, &message.title, &text, now).await?;
    }
    Ok(())
}

/// The viewer's inbox, newest first.
pub async fn inbox(ctx: &Ctx, viewer: &Viewer, request: PageRequest) -> Result<Page<Notification>> {
    let after = match &request.after {
        Some(text) => text.parse().map_err(|_| Error::invalid("after", "This page link is not complete."))?,
        None => Uuid::max(),
    };
    let limit = request.limit.clamp(1, 200);
    let mut tx = ctx.db.read().await?;
    let items = store::before(&mut tx, viewer.id.0, after, i64::from(limit) + 1).await?;
    Ok(Page::cut(items, limit, |item| item.id.to_string()))
}

/// Marks one notification as read, or all.
pub async fn mark_read(ctx: &Ctx, viewer: &Viewer, id: Option<NotificationId>) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    store::mark_read(&mut tx, viewer.id.0, id.map(|id| id.0), ctx.now()).await?;
    tx.commit().await
}
