//! What was announced of something: that it is retired or restored, certified or not any more. It stays when that is over.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::PersonId;
use lakeport_model::announced::Announcement;
use sqlx::FromRow;
use uuid::Uuid;

use super::follow::Place;
use super::lists::{list, moment};
use super::stored::{Day, Moment};
use super::{Tx, rows, run};
use crate::Result;

/// What stands in the place of a document's kind in the [`Place`] of an announcement.
pub const ANNOUNCED: &str = "announced";

/// Something that was announced.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AnnouncedRow {
    /// Of what: a word of `Retirable`, or one of another version of the portal.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// When.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
    /// A word of [`Announcement`], or one of another version of the portal.
    pub what: String,
    /// From which day on it is retired, or until which one it is certified.
    #[sqlx(try_from = "Day")]
    pub day: Option<NaiveDate>,
    /// Why.
    pub reason: String,
    /// Who said so: a person, or a service account.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
}

impl AnnouncedRow {
    /// The announcement of this moment about something.
    pub fn new(
        what: Announcement,
        (kind, id): (&str, &str),
        day: Option<NaiveDate>,
        (person, reason): (PersonId, &str),
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            kind: kind.to_owned(),
            id: id.to_owned(),
            at,
            what: what.to_string(),
            day,
            reason: reason.to_owned(),
            person,
        }
    }

    /// Its place among all changes.
    pub fn place(&self) -> Place {
        let document = format!("{} {} {}", self.kind, self.id, self.what);
        Place { at: self.at, kind: ANNOUNCED.to_owned(), document, number: 0 }
    }
}

/// Keeps what was announced.
pub(super) async fn announce(tx: &mut Tx, row: &AnnouncedRow) -> Result<()> {
    run!(
        tx,
        "INSERT INTO announced (kind, id, at, what, day, reason, person) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (kind, id, at, what) DO NOTHING",
        &row.kind,
        &row.id,
        row.at,
        &row.what,
        row.day,
        &row.reason,
        row.person.0
    )?;
    Ok(())
}

/// What was announced of something, the newest first, so many at most.
pub async fn of(tx: &mut Tx, kind: &str, id: &str, limit: i64) -> Result<Vec<AnnouncedRow>> {
    let sql = "SELECT * FROM announced WHERE kind = $1 AND id = $2 ORDER BY at DESC, what LIMIT $3";
    Ok(rows!(tx, AnnouncedRow, sql, kind, id, limit)?)
}

/// What was announced of these things, each from a moment on, before this place, the newest first, without what one person
/// announced.
pub async fn announced(
    tx: &mut Tx,
    things: &[(&str, &str, DateTime<Utc>)],
    before: &Place,
    except: Option<PersonId>,
    limit: i64,
) -> Result<Vec<AnnouncedRow>> {
    if things.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<_> = things.iter().map(|(kind, id, from)| (*kind, *id, moment(*from))).collect();
    let wanted = list(&wanted)?;
    let sql = match tx {
        Tx::Sqlite(..) => {
            "SELECT held.* FROM json_each($1) AS item CROSS JOIN announced AS held \
             WHERE held.kind = item.value ->> 0 AND held.id = item.value ->> 1 AND held.at >= item.value ->> 2 \
             AND held.what IN ('retired', 'restored', 'certified', 'withdrawn') AND held.person <> $6 \
             AND (held.at, $7, held.kind || ' ' || held.id || ' ' || held.what, 0) < ($2, $3, $4, $5) \
             ORDER BY held.at DESC, held.kind || ' ' || held.id || ' ' || held.what DESC LIMIT $8"
        }
        // Letters are compared as the portal compares them, whatever language the database has.
        Tx::Postgres(..) => {
            "SELECT held.* FROM jsonb_array_elements($1::jsonb) AS item(value) CROSS JOIN announced AS held \
             WHERE held.kind = item.value ->> 0 AND held.id = item.value ->> 1 \
             AND held.at >= CAST(item.value ->> 2 AS TIMESTAMPTZ) AND held.person <> $6 \
             AND held.what IN ('retired', 'restored', 'certified', 'withdrawn') \
             AND (held.at, CAST($7 AS TEXT) COLLATE \"C\", \
             (held.kind || ' ' || held.id || ' ' || held.what) COLLATE \"C\", 0) < ($2, $3, $4, $5) \
             ORDER BY held.at DESC, (held.kind || ' ' || held.id || ' ' || held.what) COLLATE \"C\" DESC LIMIT $8"
        }
    };
    // Nobody has the id that is nothing but zeros.
    let except = except.map_or_else(Uuid::nil, |person| person.0);
    Ok(rows!(
        tx,
        AnnouncedRow,
        sql,
        &wanted,
        before.at,
        &before.kind,
        &before.document,
        i64::from(before.number),
        except,
        ANNOUNCED,
        limit
    )?)
}
