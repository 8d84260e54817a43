//! What people follow, and what changed of it.

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::documents::DocumentKind;
use lakeport_model::follow::Followable;
use sqlx::FromRow;
use uuid::Uuid;

use super::lists::{list, moment};
use super::revisions::RevisionRow;
use super::stored::Moment;
use super::{Tx, row, rows, run};
use crate::Result;

/// Something that somebody follows.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FollowRow {
    /// What it is: a word of `Followable`, or one of another version of the portal.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Since when.
    #[sqlx(try_from = "Moment")]
    pub since: DateTime<Utc>,
}

/// What a person follows, what they followed last first.
pub async fn follows_of(tx: &mut Tx, person: PersonId) -> Result<Vec<FollowRow>> {
    let sql = "SELECT kind, id, since FROM follow WHERE person = $1 ORDER BY since DESC, kind, id";
    Ok(rows!(tx, FollowRow, sql, person.0)?)
}

/// True where a person follows this.
pub async fn follows(tx: &mut Tx, person: PersonId, kind: Followable, id: &str) -> Result<bool> {
    let sql = "SELECT CAST(1 AS BIGINT) FROM follow WHERE person = $1 AND kind = $2 AND id = $3";
    Ok(row!(tx, (i64,), sql, person.0, kind.as_str(), id)?.is_some())
}

/// A person follows this from now on; their digest is looked at from `first_look` on, unless they follow something already.
pub async fn follow(
    tx: &mut Tx,
    person: PersonId,
    kind: Followable,
    id: &str,
    now: DateTime<Utc>,
    first_look: DateTime<Utc>,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO follow (person, kind, id, since) VALUES ($1, $2, $3, $4) ON CONFLICT (person, kind, id) DO NOTHING",
        person.0,
        kind.as_str(),
        id,
        now
    )?;
    run!(
        tx,
        "INSERT INTO follower (person, told_at, next_look) VALUES ($1, $2, $3) ON CONFLICT (person) DO NOTHING",
        person.0,
        now,
        first_look
    )?;
    Ok(())
}

/// A person does not follow this any more. Whoever follows nothing has no digest.
pub async fn unfollow(tx: &mut Tx, person: PersonId, kind: Followable, id: &str) -> Result<()> {
    run!(tx, "DELETE FROM follow WHERE person = $1 AND kind = $2 AND id = $3", person.0, kind.as_str(), id)?;
    run!(
        tx,
        "DELETE FROM follower WHERE person = $1 AND NOT EXISTS (SELECT 1 FROM follow WHERE follow.person = follower.person)",
        person.0
    )?;
    Ok(())
}

/// A person follows nothing any more.
pub async fn unfollow_all(tx: &mut Tx, person: PersonId) -> Result<()> {
    run!(tx, "DELETE FROM follow WHERE person = $1", person.0)?;
    run!(tx, "DELETE FROM follower WHERE person = $1", person.0)?;
    Ok(())
}

/// Those whose digest is to be looked at by now, those who wait longest first.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<PersonId>> {
    let sql = "SELECT person FROM follower WHERE next_look <= $1 ORDER BY next_look, person LIMIT $2";
    let found = rows!(tx, (Uuid,), sql, now, limit)?;
    Ok(found.into_iter().map(|(person,)| PersonId(person)).collect())
}

/// Up to when a person's digest has told what changed; `None` for those who follow nothing.
pub async fn told_at(tx: &mut Tx, person: PersonId) -> Result<Option<DateTime<Utc>>> {
    let found = row!(tx, (Moment,), "SELECT told_at FROM follower WHERE person = $1", person.0)?;
    Ok(found.map(|(at,)| at.into()))
}

/// Notes that a person's digest has told what changed up to now; false where another process was quicker.
pub async fn told(
    tx: &mut Tx,
    person: PersonId,
    now: DateTime<Utc>,
    next_look: DateTime<Utc>,
) -> Result<bool> {
    let sql = "UPDATE follower SET told_at = $2, next_look = $3 WHERE person = $1 AND next_look <= $2";
    Ok(run!(tx, sql, person.0, now, next_look)? == 1)
}

/// Looks at a person's digest again at this moment.
pub async fn put_digest_off(tx: &mut Tx, person: PersonId, again: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE follower SET next_look = $2 WHERE person = $1", person.0, again)?;
    Ok(())
}

/// The place of a change among all, which are shown from the greatest down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When.
    pub at: DateTime<Utc>,
    /// The kind of the document, or another word for what is no revision.
    pub kind: String,
    /// The document.
    pub document: String,
    /// The number of the revision.
    pub number: u32,
}

/// A revision, and of what.
#[derive(Debug, FromRow)]
pub struct ChangedRow {
    /// The kind of the document.
    #[sqlx(try_from = "String")]
    pub kind: DocumentKind,
    /// The revision.
    #[sqlx(flatten)]
    pub revision: RevisionRow,
}

/// Revisions of these documents, each from a moment on, before this place, the newest first, without those of one actor. What
/// files brought before somebody changed an asset for the first time is kept with that change, and is none by itself.
pub async fn changed(
    tx: &mut Tx,
    documents: &[(DocumentKind, &str, DateTime<Utc>)],
    before: &Place,
    except: &str,
    limit: i64,
) -> Result<Vec<ChangedRow>> {
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<_> =
        documents.iter().map(|(kind, document, from)| (kind.as_str(), *document, moment(*from))).collect();
    let wanted = list(&wanted)?;
    // Letters are compared as the portal compares them, whatever language the database has.
    let sql = match tx {
        Tx::Sqlite(..) => {
            "SELECT held.kind, held.document, held.number, held.at, held.actor, held.source, held.reason, held.added, \
             held.removed, held.in_files FROM json_each($1) AS item CROSS JOIN revision AS held \
             WHERE held.kind = item.value ->> 0 AND held.document = item.value ->> 1 AND held.at >= item.value ->> 2 \
             AND held.actor <> $6 AND NOT (held.kind = 'asset' AND held.number = 1 AND held.source = 'files') \
             AND (held.at, held.kind, held.document, held.number) < ($2, $3, $4, $5) \
             ORDER BY held.at DESC, held.kind DESC, held.document DESC, held.number DESC LIMIT $7"
        }
        Tx::Postgres(..) => {
            "SELECT held.kind, held.document, held.number, held.at, held.actor, held.source, held.reason, held.added, \
             held.removed, held.in_files FROM jsonb_array_elements($1::jsonb) AS item(value) CROSS JOIN revision AS held \
             WHERE held.kind = item.value ->> 0 AND held.document = item.value ->> 1 \
             AND held.at >= CAST(item.value ->> 2 AS TIMESTAMPTZ) \
             AND held.actor <> $6 AND NOT (held.kind = 'asset' AND held.number = 1 AND held.source = 'files') \
             AND (held.at, held.kind COLLATE \"C\", held.document COLLATE \"C\", held.number) < ($2, $3, $4, $5) \
             ORDER BY held.at DESC, held.kind COLLATE \"C\" DESC, held.document COLLATE \"C\" DESC, held.number DESC LIMIT $7"
        }
    };
    Ok(rows!(
        tx,
        ChangedRow,
        sql,
        &wanted,
        before.at,
        &before.kind,
        &before.document,
        i64::from(before.number),
        except,
        limit
    )?)
}
