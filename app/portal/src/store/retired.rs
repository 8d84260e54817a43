//! What is retired, or will be.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::PersonId;
use lakeport_model::announced::Announcement;
use lakeport_model::retire::Retirable;
use sqlx::FromRow;
use uuid::Uuid;

use super::announced::{AnnouncedRow, announce};
use super::lists::{list, rows_of_list};
use super::stored::{Day, Moment};
use super::{Tx, rows, run};
use crate::Result;
use crate::policy::{Authorized, PublishDocument, RetireDocument};

/// That something is retired from a day on.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RetiredRow {
    /// What it is: a word of `Retirable`, or one of another version of the portal.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The first day, in UTC, on which it is retired. One that cannot be read is long past.
    #[sqlx(try_from = "Day")]
    pub on_day: NaiveDate,
    /// Why.
    pub reason: String,
    /// Id of what takes its place.
    pub successor: Option<String>,
    /// Who said so: a person, or a service account.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// When.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
}

/// Those of these things that are retired, or will be.
pub async fn retired_of(tx: &mut Tx, things: &[(Retirable, String)]) -> Result<Vec<RetiredRow>> {
    let things: Vec<_> = things.iter().map(|(kind, id)| (kind.as_str(), id)).collect();
    Ok(rows_of_list!(
        tx,
        RetiredRow,
        "SELECT retired.* FROM ",
        " CROSS JOIN retired WHERE retired.kind = item.value ->> 0 AND retired.id = item.value ->> 1",
        list(&things)?
    )?)
}

/// All that is retired, or will be.
pub async fn all_retired(tx: &mut Tx) -> Result<Vec<RetiredRow>> {
    Ok(rows!(tx, RetiredRow, "SELECT * FROM retired")?)
}

/// Retires something, or changes how.
pub async fn retire(tx: &mut Tx, _proof: &Authorized<RetireDocument>, row: &RetiredRow) -> Result<()> {
    run!(
        tx,
        "INSERT INTO retired (kind, id, on_day, reason, successor, person, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (kind, id) DO UPDATE SET on_day = excluded.on_day, reason = excluded.reason, \
         successor = excluded.successor, person = excluded.person, at = excluded.at",
        &row.kind,
        &row.id,
        row.on_day,
        &row.reason,
        &row.successor,
        row.person.0,
        row.at
    )?;
    let (thing, said) = ((row.kind.as_str(), row.id.as_str()), (row.person, row.reason.as_str()));
    announce(tx, &AnnouncedRow::new(Announcement::Retired, thing, Some(row.on_day), said, row.at)).await
}

/// Offers something again: who said so, why, and when.
pub async fn restore(
    tx: &mut Tx,
    _proof: &Authorized<PublishDocument>,
    kind: Retirable,
    id: &str,
    said: (PersonId, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    run!(tx, "DELETE FROM retired WHERE kind = $1 AND id = $2", kind.as_str(), id)?;
    announce(tx, &AnnouncedRow::new(Announcement::Restored, (kind.as_str(), id), None, said, now)).await
}
