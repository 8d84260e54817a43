//! Telling people: the inbox at once, e-mail through an outbox.

mod message;

use async_trait::async_trait;
use lakeport_model::notify::Notification;
use lakeport_model::{NotificationId, Page, PageRequest, PersonId};
use uuid::Uuid;

pub use self::message::Message;
use crate::store::notify::{self as store, Told};
use crate::store::{Boxed, Tx, people};
use crate::{Call, Ctx, Error, Result, access, new_id};

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

/// Ends every mail: the days that messages name are the same for everybody, wherever the mail is read.
const DAYS: &str = "Days are calendar days in UTC. A last day counts in full.";

/// Tells people, in the transaction of what happened: a notification each, and a mail in the outbox. Service
/// accounts have nobody who would read it. It is about the page it leads to.
pub async fn tell(tx: &mut Tx, ctx: &Ctx, recipients: &[PersonId], message: &Message) -> Result<()> {
    tell_about(tx, ctx, recipients, message.href(), message).await
}

/// Tells people about something, `request ID` or `grant ID`: in the inbox the newest message about it stands for all, and
/// whoever acts on it settles them.
pub fn tell_about<'a>(
    tx: &'a mut Tx,
    ctx: &'a Ctx,
    recipients: &'a [PersonId],
    about: &'a str,
    message: &'a Message,
) -> Boxed<'a, ()> {
    Box::pin(async move {
        let now = ctx.now();
        for recipient in recipients {
            let Some(person) = people::by_id(tx, *recipient).await?.filter(people::Person::has_mailbox)
            else {
                continue;
            };
            store::insert(tx, NotificationId(new_id(now)), person.id, message, about, now).await?;
            let (title, body) = (message.title(), message.body());
            let address = format!("{}{}", ctx.settings.public_url, message.href());
            let text = format!("{title}\n\n{body}\n\n{address}\n\n{DAYS}\n");
            store::insert_mail(tx, new_id(now), &person.email, title, &text, now).await?;
        }
        Ok(())
    })
}

/// The viewer's inbox, newest first: the newest message about each thing.
pub async fn inbox(call: &Call, request: PageRequest) -> Result<Page<Notification>> {
    let Call { ctx, viewer, .. } = call;
    let (after, limit) = part(&request)?;
    let mut tx = ctx.db.read().await?;
    let told = store::newest(&mut tx, viewer.id, after, i64::from(limit) + 1).await?;
    let items = as_it_stands(&mut tx, call, told).await?;
    Ok(Page::cut(items, limit, |item| item.id.to_string()))
}

/// Every message to the viewer about the same as the one named, newest first.
pub async fn about(call: &Call, named: NotificationId, request: PageRequest) -> Result<Page<Notification>> {
    let Call { ctx, viewer, .. } = call;
    let (after, limit) = part(&request)?;
    let mut tx = ctx.db.read().await?;
    let told = store::about_the_same(&mut tx, viewer.id, named, after, i64::from(limit) + 1).await?;
    let items = as_it_stands(&mut tx, call, told).await?;
    Ok(Page::cut(items, limit, |item| item.id.to_string()))
}

/// What was told, and of what is settled since how it ended.
async fn as_it_stands(tx: &mut Tx, call: &Call, told: Vec<Told>) -> Result<Vec<Notification>> {
    let Call { ctx, viewer, .. } = call;
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let mut items = Vec::with_capacity(told.len());
    for Told { mut notification, settled } in told {
        if let Some(about) = settled {
            let access::Settled { words, href } =
                access::settled(tx, ctx, call.now(), &snapshot, (viewer, &rights), &about).await?;
            notification.href = href.unwrap_or(notification.href);
            notification.settled = Some(words);
        }
        items.push(notification);
    }
    Ok(items)
}

fn part(request: &PageRequest) -> Result<(NotificationId, u32)> {
    let after = match &request.after {
        Some(text) => text.parse().map_err(|_| Error::invalid("after", "This page link is not complete."))?,
        None => NotificationId(Uuid::max()),
    };
    Ok((after, request.limit.clamp(1, 200)))
}

/// How many things the viewer has unread messages about.
pub async fn unread(call: &Call) -> Result<u32> {
    let Call { ctx, viewer, .. } = call;
    let mut tx = ctx.db.read().await?;
    Ok(u32::try_from(store::unread(&mut tx, viewer.id).await?).unwrap_or_default())
}

/// Marks what was said about one thing as read, named by one of its messages, or all.
pub async fn mark_read(call: &Call, id: Option<NotificationId>) -> Result<()> {
    let Call { ctx, viewer, .. } = call;
    let mut tx = ctx.db.write().await?;
    store::mark_read(&mut tx, viewer.id, id, ctx.now()).await?;
    tx.commit_unrecorded("what somebody has read is nobody else's business").await
}
