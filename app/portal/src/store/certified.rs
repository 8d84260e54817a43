//! What is certified, until which day.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::PersonId;
use lakeport_model::announced::Announcement;
use lakeport_model::certify::Certifiable;
use sqlx::FromRow;
use uuid::Uuid;

use super::announced::{AnnouncedRow, announce};
use super::lists::{list, rows_of_list};
use super::stored::{Day, Moment};
use super::{Tx, rows, run};
use crate::Result;
use crate::policy::{Authorized, Certify};

/// That something is certified until a day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CertifiedRow {
    /// What it is: a word of `Certifiable`, or one of another version of the portal.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The last day, in UTC, on which it is certified. One that cannot be read is long past.
    #[sqlx(try_from = "Day")]
    pub until: NaiveDate,
    /// What was checked.
    pub reason: String,
    /// The domain that it belonged to then.
    pub domain: String,
    /// Who said so.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// When.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
}

/// Those of these things that are certified, or were until they expired.
pub async fn certified_of(tx: &mut Tx, things: &[(Certifiable, String)]) -> Result<Vec<CertifiedRow>> {
    let things: Vec<_> = things.iter().map(|(kind, id)| (kind.as_str(), id)).collect();
    Ok(rows_of_list!(
        tx,
        CertifiedRow,
        "SELECT certified.* FROM ",
        " CROSS JOIN certified WHERE certified.kind = item.value ->> 0 AND certified.id = item.value ->> 1",
        list(&things)?
    )?)
}

/// All that is certified, or was until it expired.
pub async fn all_certified(tx: &mut Tx) -> Result<Vec<CertifiedRow>> {
    Ok(rows!(tx, CertifiedRow, "SELECT * FROM certified")?)
}

/// Certifies something, or changes how.
pub async fn certify(tx: &mut Tx, _proof: &Authorized<Certify>, row: &CertifiedRow) -> Result<()> {
    run!(
        tx,
        "INSERT INTO certified (kind, id, until, reason, domain, person, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (kind, id) DO UPDATE SET until = excluded.until, reason = excluded.reason, domain = excluded.domain, \
         person = excluded.person, at = excluded.at",
        &row.kind,
        &row.id,
        row.until,
        &row.reason,
        &row.domain,
        row.person.0,
        row.at
    )?;
    let (thing, said) = ((row.kind.as_str(), row.id.as_str()), (row.person, row.reason.as_str()));
    announce(tx, &AnnouncedRow::new(Announcement::Certified, thing, Some(row.until), said, row.at)).await
}

/// Withdraws that something is certified: who said so, why, and when.
pub async fn decertify(
    tx: &mut Tx,
    _proof: &Authorized<Certify>,
    kind: Certifiable,
    id: &str,
    said: (PersonId, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    run!(tx, "DELETE FROM certified WHERE kind = $1 AND id = $2", kind.as_str(), id)?;
    announce(tx, &AnnouncedRow::new(Announcement::Withdrawn, (kind.as_str(), id), None, said, now)).await
}
