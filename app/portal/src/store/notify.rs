//! Inbox, outbox, and the record of reminders.

use chrono::{DateTime, Utc};
use lakeport_model::notify::Notification;
use lakeport_model::{GrantId, NotificationId, PersonId, RequestId};
use sqlx::FromRow;
use uuid::Uuid;

use super::stored::Moment;
use super::{Tx, row, rows, run};
use crate::Result;
use crate::notify::Message;

/// Adds a notification about something.
pub async fn insert(
    tx: &mut Tx,
    id: NotificationId,
    person: PersonId,
    message: &Message,
    about: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO notification (id, person, title, body, href, about, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        person.0,
        message.title(),
        message.body(),
        message.href(),
        about,
        at
    )?;
    Ok(())
}

/// What was said about something is settled, read or not, for everybody or for one: somebody acted.
pub async fn settle(tx: &mut Tx, about: &str, person: Option<PersonId>) -> Result<()> {
    match person {
        None => run!(
            tx,
            "UPDATE notification SET settled = TRUE, read_at = COALESCE(read_at, at) WHERE about = $1 AND NOT settled",
            about
        )?,
        Some(person) => run!(
            tx,
            "UPDATE notification SET settled = TRUE, read_at = COALESCE(read_at, at) \
             WHERE person = $2 AND about = $1 AND NOT settled",
            about,
            person.0
        )?,
    };
    Ok(())
}

/// What was said to a person about something was read, though nothing of it is settled.
pub async fn read_about(tx: &mut Tx, about: &str, person: PersonId) -> Result<()> {
    run!(
        tx,
        "UPDATE notification SET read_at = at WHERE person = $2 AND about = $1 AND read_at IS NULL",
        about,
        person.0
    )?;
    Ok(())
}

/// A notification as it was told.
pub struct Told {
    /// Its words.
    pub notification: Notification,
    /// What it is about, where that is settled.
    pub settled: Option<String>,
}

#[derive(FromRow)]
struct NotificationRow {
    #[sqlx(try_from = "Uuid")]
    id: NotificationId,
    about: String,
    settled: bool,
    title: String,
    body: String,
    href: String,
    #[sqlx(try_from = "Moment")]
    at: DateTime<Utc>,
    messages: i64,
    unread: i64,
}

impl NotificationRow {
    fn told(self) -> Told {
        let notification = Notification {
            id: self.id,
            title: self.title,
            body: self.body,
            href: self.href,
            at: self.at,
            unread: self.unread > 0,
            earlier: u32::try_from(self.messages - 1).unwrap_or_default(),
            settled: None,
        };
        Told { notification, settled: self.settled.then_some(self.about) }
    }
}

/// The newest notification of a person about each thing, with smaller ids than `before`, newest first.
pub async fn newest(tx: &mut Tx, person: PersonId, before: NotificationId, limit: i64) -> Result<Vec<Told>> {
    let found = rows!(
        tx,
        NotificationRow,
        "SELECT n.id, n.about, n.settled, n.title, n.body, n.href, n.at, \
         (SELECT COUNT(*) FROM notification o WHERE o.person = n.person AND o.about = n.about) AS messages, \
         (SELECT COUNT(*) FROM notification o WHERE o.person = n.person AND o.about = n.about \
          AND o.read_at IS NULL) AS unread \
         FROM notification n WHERE n.person = $1 AND n.id < $2 AND NOT EXISTS \
         (SELECT 1 FROM notification o WHERE o.person = n.person AND o.about = n.about AND o.id > n.id) \
         ORDER BY n.id DESC LIMIT $3",
        person.0,
        before.0,
        limit
    )?;
    Ok(found.into_iter().map(NotificationRow::told).collect())
}

/// Every notification of a person about the same as the one named, with smaller ids than `before`, newest first.
pub async fn about_the_same(
    tx: &mut Tx,
    person: PersonId,
    named: NotificationId,
    before: NotificationId,
    limit: i64,
) -> Result<Vec<Told>> {
    let found = rows!(
        tx,
        NotificationRow,
        "SELECT id, about, settled, title, body, href, at, CAST(1 AS BIGINT) AS messages, \
         CAST(CASE WHEN read_at IS NULL THEN 1 ELSE 0 END AS BIGINT) AS unread FROM notification \
         WHERE person = $1 AND about = (SELECT about FROM notification WHERE id = $2 AND person = $1) AND id < $3 \
         ORDER BY id DESC LIMIT $4",
        person.0,
        named.0,
        before.0,
        limit
    )?;
    Ok(found.into_iter().map(NotificationRow::told).collect())
}

/// Number of things with an unread notification.
pub async fn unread(tx: &mut Tx, person: PersonId) -> Result<i64> {
    let found = row!(
        tx,
        (i64,),
        "SELECT COUNT(DISTINCT about) FROM notification WHERE person = $1 AND read_at IS NULL",
        person.0
    )?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Marks all of a person's notifications as read, or those about the same as the one named.
pub async fn mark_read(
    tx: &mut Tx,
    person: PersonId,
    id: Option<NotificationId>,
    at: DateTime<Utc>,
) -> Result<()> {
    match id {
        Some(id) => run!(
            tx,
            "UPDATE notification SET read_at = $3 WHERE person = $1 AND read_at IS NULL \
             AND about = (SELECT about FROM notification WHERE id = $2 AND person = $1)",
            person.0,
            id.0,
            at
        )?,
        None => run!(
            tx,
            "UPDATE notification SET read_at = $2 WHERE person = $1 AND read_at IS NULL",
            person.0,
            at
        )?,
    };
    Ok(())
}

/// A mail that waits in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// Its id; the Message-ID is made of it.
    pub id: Uuid,
    /// Recipient's address.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Attempts so far.
    pub attempts: i64,
}

/// Puts a mail into the outbox.
pub async fn insert_mail(
    tx: &mut Tx,
    id: Uuid,
    recipient: &str,
    subject: &str,
    body: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO mail (id, recipient, subject, body, send_after, attempts) VALUES ($1, $2, $3, $4, $5, 0)",
        id,
        recipient,
        subject,
        body,
        at
    )?;
    Ok(())
}

/// Mails to be sent by `now`, oldest first.
pub async fn waiting(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>> {
    let found = rows!(
        tx,
        (Uuid,),
        "SELECT id FROM mail WHERE sent_at IS NULL AND send_after <= $1 ORDER BY send_after, id LIMIT $2",
        now,
        limit
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// A mail that waits.
pub async fn mail(tx: &mut Tx, id: Uuid) -> Result<Option<Waiting>> {
    let sql = "SELECT id, recipient, subject, body, attempts FROM mail WHERE id = $1 AND sent_at IS NULL";
    Ok(row!(tx, Waiting, sql, id)?)
}

/// Tries a mail again at that moment, whatever else stands in its row.
pub async fn put_mail_off(tx: &mut Tx, id: Uuid, again: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE mail SET send_after = $2 WHERE id = $1 AND sent_at IS NULL", id, again)?;
    Ok(())
}

/// Takes a waiting mail for whoever runs this, until `until`; false when another process was quicker.
pub async fn claim(tx: &mut Tx, id: Uuid, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool> {
    let taken = run!(
        tx,
        "UPDATE mail SET send_after = $3 WHERE id = $1 AND sent_at IS NULL AND send_after <= $2",
        id,
        now,
        until
    )?;
    Ok(taken == 1)
}

/// Notes that a mail was handed over.
pub async fn sent(tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE mail SET sent_at = $2, last_error = NULL WHERE id = $1", id, at)?;
    Ok(())
}

/// Notes that a mail could not be handed over; it is tried again after `again`.
pub async fn failed(tx: &mut Tx, id: Uuid, again: DateTime<Utc>, error: &str) -> Result<()> {
    run!(
        tx,
        "UPDATE mail SET attempts = attempts + 1, send_after = $2, last_error = $3 WHERE id = $1",
        id,
        again,
        error
    )?;
    Ok(())
}

/// Records a reminder; false when it was recorded before.
pub async fn remind(
    tx: &mut Tx,
    grant: GrantId,
    cycle: i64,
    kind: &str,
    recipient: PersonId,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = run!(
        tx,
        "INSERT INTO reminder (access_grant, cycle, kind, recipient, sent_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        grant.0,
        cycle,
        kind,
        recipient.0,
        at
    )?;
    Ok(done == 1)
}

/// True when a reminder of this kind was recorded in a cycle, whoever got it.
pub async fn was_reminded(tx: &mut Tx, grant: GrantId, cycle: i64, kind: &str) -> Result<bool> {
    let found = row!(
        tx,
        (Moment,),
        "SELECT sent_at FROM reminder WHERE access_grant = $1 AND cycle = $2 AND kind = $3 LIMIT 1",
        grant.0,
        cycle,
        kind
    )?;
    Ok(found.is_some())
}

/// When the first reminder of a cycle was sent whose kind begins so.
pub async fn first_reminder(
    tx: &mut Tx,
    grant: GrantId,
    cycle: i64,
    kind: &str,
) -> Result<Option<DateTime<Utc>>> {
    let found = row!(
        tx,
        (Moment,),
        "SELECT sent_at FROM reminder WHERE access_grant = $1 AND cycle = $2 AND kind LIKE $3 \
         ORDER BY sent_at LIMIT 1",
        grant.0,
        cycle,
        format!("{kind}.%")
    )?;
    Ok(found.map(|(at,)| at.into()))
}

/// True when a reminder about a request, in this revision, was recorded.
pub async fn request_reminded(
    tx: &mut Tx,
    request: RequestId,
    revision: i64,
    kind: &str,
    recipient: PersonId,
) -> Result<bool> {
    let found = row!(
        tx,
        (Moment,),
        "SELECT sent_at FROM request_reminder \
         WHERE request = $1 AND revision = $2 AND kind = $3 AND recipient = $4",
        request.0,
        revision,
        kind,
        recipient.0
    )?;
    Ok(found.is_some())
}

/// Records a reminder about a request in this revision; false when it was recorded before.
pub async fn remind_of_request(
    tx: &mut Tx,
    request: RequestId,
    revision: i64,
    kind: &str,
    recipient: PersonId,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = run!(
        tx,
        "INSERT INTO request_reminder (request, revision, kind, recipient, sent_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        request.0,
        revision,
        kind,
        recipient.0,
        at
    )?;
    Ok(done == 1)
}
