//! That a grant was kept at its review: its consumer is told by whom, until when and why, and reads it on the grant.

use chrono::NaiveDate;
use lakeport_model::catalog::Classification;
use lakeport_model::{PersonId, day};
use serde_json::Value;

use crate::catalog::Snapshot;
use crate::notify::{self, Message};
use crate::store::access::Grant;
use crate::store::{Tx, audit as chain};
use crate::{Ctx, Error, Result};

/// What the decision is recorded as.
pub(super) const ACTION: &str = "grant.keep";

/// `Aylin Demir kept it until its next review on 1 Mar 2027: Quarterly audit`; on that day access does not end, and where no
/// review comes before its last day, on that one it does.
fn words(who: &str, what: &str, grant: &Grant, next: Option<NaiveDate>, comment: &str) -> String {
    let until = match next {
        Some(next) => format!("its next review on {}", day(next)),
        None => format!("its last day, {}", day(grant.ends_on)),
    };
    let why = if comment.is_empty() { String::new() } else { format!(": {comment}") };
    format!("{who} kept {what} until {until}{why}")
}

/// Tells the consumer of a grant that it was kept.
pub(super) async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    grant: &Grant,
    (who, next): (&str, Option<NaiveDate>),
    comment: &str,
) -> Result<()> {
    let message = Message::new(
        format!("Your access to {} was kept", snapshot.port_title(&grant.port)),
        [words(who, "it", grant, next, comment)],
        "/access/grants",
    );
    let about = format!("grant {}", grant.id);
    notify::tell_about(tx, ctx, &[grant.consumer], &about, &message).await
}

/// Who kept a grant at its last review, and what the record of it says.
async fn last(tx: &mut Tx, grant: &Grant) -> Result<Option<(String, Value)>> {
    if grant.cycle == 1 {
        // Most grants were never reviewed; nothing has to be looked up for them.
        return Ok(None);
    }
    let subject = format!("grant {}", grant.id);
    let Some(record) = chain::last_of(tx, ACTION, &subject).await? else { return Ok(None) };
    let detail: Value = serde_json::from_str(&record.detail).map_err(Error::fault)?;
    // Something else may have begun the cycle since, and made its review due at once.
    let is_last = detail["cycle"].as_i64() == Some(grant.cycle - 1);
    Ok(is_last.then_some((record.actor, detail)))
}

/// How sensitive the data of a grant was when it was last kept, by whomever.
pub(super) async fn under(tx: &mut Tx, grant: &Grant) -> Result<Option<Classification>> {
    let Some((_, detail)) = last(tx, grant).await? else { return Ok(None) };
    Ok(detail["classification"].as_str().and_then(|word| word.parse().ok()))
}

/// That a grant was kept at its last review, in words, as the record of it says.
pub(super) async fn of(tx: &mut Tx, snapshot: &Snapshot, grant: &Grant) -> Result<Option<String>> {
    named(tx, grant, "it", |person| snapshot.person_name(person)).await
}

/// The same where nothing beside it says what was kept, and with the name that `who` gives to whoever did.
pub(super) async fn named(
    tx: &mut Tx,
    grant: &Grant,
    what: &str,
    who: impl Fn(PersonId) -> String,
) -> Result<Option<String>> {
    let Some((actor, detail)) = last(tx, grant).await? else { return Ok(None) };
    let who = match actor.split_once(' ') {
        Some(("person", id)) => id.parse::<PersonId>().map_or_else(|_| id.to_owned(), who),
        _ => "Lakeport".to_owned(),
    };
    let next = detail["next_review"].as_str().and_then(|day| day.parse().ok());
    Ok(Some(words(&who, what, grant, next, detail["comment"].as_str().unwrap_or_default())))
}
