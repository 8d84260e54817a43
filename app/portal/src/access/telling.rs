//! Telling somebody something about a grant once, and what reminders and pages say alike.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::access::ReviewState;
use lakeport_model::{PersonId, stored_day};

use crate::notify::{self, Message};
use crate::store::access::Grant;
use crate::store::{Tx, notify as messages};
use crate::{Ctx, Result};

/// Beginning of the kinds of what those who review are sent.
pub(crate) const REVIEW: &str = "review";
/// Beginning of the kinds of what a consumer is sent before the policy ends their access.
pub(crate) const WARNING: &str = "warn";

/// What somebody is told at most once: to whom, and what counts as the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Once<'a> {
    /// The cycle of the grant; one of its own for what is told once in its life.
    pub(crate) cycle: i64,
    /// The kind of message.
    pub(crate) kind: &'a str,
    /// Who is told.
    pub(crate) to: PersonId,
}

/// Tells somebody about a grant, unless the same kind was told them in this cycle; answers whether they were told.
pub(crate) async fn remind_once(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    grant: &Grant,
    Once { cycle, kind, to }: Once<'_>,
    message: &Message,
) -> Result<bool> {
    let new = messages::remind(tx, grant.id, cycle, kind, to, now).await?;
    if new {
        notify::tell_about(tx, ctx, &[to], &format!("grant {}", grant.id), message).await?;
    }
    Ok(new)
}

/// When a review is due, in words.
pub(crate) fn review_words(today: NaiveDate, due: NaiveDate) -> String {
    let day = stored_day(due);
    match ReviewState::on(today, due) {
        ReviewState::Overdue => format!("Its review was due on {day} and is overdue"),
        ReviewState::Ok | ReviewState::Due => format!("Its review is due by {day}"),
    }
}
