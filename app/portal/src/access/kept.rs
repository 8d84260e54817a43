//! That a grant was kept at its review: its consumer is told by whom, until when and why, and reads it on the grant.

use chrono::NaiveDate;
use lakeport_model::PersonId;
use serde_json::Value;

use crate::catalog::Snapshot;
use crate::notify::{self, Message};
use crate::store::access::Grant;
use crate::store::{Tx, audit as chain};
use crate::{Ctx, Error, Result};

/// What the decision is recorded as.
pub(super) const ACTION: &str = "grant.keep";

/// `Aylin Demir kept it until 1 Mar 2027: Quarterly audit`.
fn words(who: &str, until: NaiveDate, comment: &str) -> String {
    let until = until.format("%-d %b %Y");
    let why = if comment.is_empty() { String::new() } else { format!(": {comment}") };
    format!("{who} kept it until {until}{why}")
}

/// Tells the consumer of a grant that it was kept.
pub(super) async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    grant: &Grant,
    (who, until): (&str, NaiveDate),
    comment: &str,
) -> Result<()> {
    let message = Message::new(
        format!("Your access to {} was kept", snapshot.port_title(&grant.port)),
        [words(who, until, comment)],
        "/access/grants",
    );
    let about = format!("grant {}", grant.id);
    notify::tell_about(tx, ctx, &[PersonId(grant.consumer)], &about, &message).await
}

/// That a grant was kept at its last review, in words, as the record of it says.
pub(super) async fn of(tx: &mut Tx, snapshot: &Snapshot, grant: &Grant) -> Result<Option<String>> {
    if grant.cycle == 1 {
        // Most grants were never reviewed; nothing has to be looked up for them.
        return Ok(None);
    }
    let subject = format!("grant {}", grant.id);
    let Some(record) = chain::last_of(tx, ACTION, &subject).await? else { return Ok(None) };
    let detail: Value = serde_json::from_str(&record.detail).map_err(Error::fault)?;
    if detail["cycle"].as_i64() != Some(grant.cycle - 1) {
        // Something else has begun the cycle since, and made its review due at once.
        return Ok(None);
    }
    let who = match record.actor.split_once(' ') {
        Some(("person", id)) => snapshot.names.of_text(id),
        _ => "Lakeport".to_owned(),
    };
    let until = detail["next_review"].as_str().and_then(|day| day.parse().ok()).unwrap_or(grant.ends_on);
    Ok(Some(words(&who, until, detail["comment"].as_str().unwrap_or_default())))
}
