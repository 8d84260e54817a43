//! Sessions of the web server.

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;

use crate::Result;
use crate::store::stored::Moment;
use crate::store::{Tx, row, rows, run};

/// The data of a session that lasts beyond `now`; one whose end cannot be read is over.
pub async fn load_session(tx: &mut Tx, id: &str, now: DateTime<Utc>) -> Result<Option<String>> {
    let found = row!(
        tx,
        (String, Moment),
        "SELECT data, expires_at FROM session WHERE id = $1 AND expires_at > $2",
        id,
        now
    )?;
    Ok(found.and_then(|(data, end)| (DateTime::<Utc>::from(end) > now).then_some(data)))
}

/// Writes a session.
pub async fn save_session(
    tx: &mut Tx,
    id: &str,
    person: Option<PersonId>,
    data: &str,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO session (id, person, data, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE \
         SET person = excluded.person, data = excluded.data, expires_at = excluded.expires_at",
        id,
        person.map(|person| person.0),
        data,
        expires_at
    )?;
    Ok(())
}

/// Ends of the sessions of a person that last beyond `now`, the newest first, at most so many.
pub async fn sessions_of(
    tx: &mut Tx,
    person: PersonId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<DateTime<Utc>>> {
    let found = rows!(
        tx,
        (Moment,),
        "SELECT expires_at FROM session WHERE person = $1 AND expires_at > $2 ORDER BY expires_at DESC LIMIT $3",
        person.0,
        now,
        limit
    )?;
    Ok(found.into_iter().map(|(end,)| DateTime::<Utc>::from(end)).filter(|end| *end > now).collect())
}

/// Removes the oldest sessions of a person until there are so many, this one among them.
pub async fn delete_oldest_sessions(tx: &mut Tx, person: PersonId, but: &str, most: i64) -> Result<()> {
    run!(
        tx,
        "DELETE FROM session WHERE person = $1 AND id NOT IN \
         (SELECT id FROM session WHERE person = $1 ORDER BY id = $2 DESC, expires_at DESC LIMIT $3)",
        person.0,
        but,
        most
    )?;
    Ok(())
}

/// Removes a session.
pub async fn delete_session(tx: &mut Tx, id: &str) -> Result<()> {
    run!(tx, "DELETE FROM session WHERE id = $1", id)?;
    Ok(())
}

/// Removes all sessions of a person.
pub async fn delete_sessions_of(tx: &mut Tx, person: PersonId) -> Result<()> {
    run!(tx, "DELETE FROM session WHERE person = $1", person.0)?;
    Ok(())
}

/// Removes all sessions of everybody.
pub async fn delete_all_sessions(tx: &mut Tx) -> Result<()> {
    run!(tx, "DELETE FROM session")?;
    Ok(())
}

/// True when there are sessions that ended before then.
pub async fn has_sessions_before(tx: &mut Tx, now: DateTime<Utc>) -> Result<bool> {
    Ok(row!(tx, (String,), "SELECT id FROM session WHERE expires_at <= $1 LIMIT 1", now)?.is_some())
}

/// Removes the sessions that ended before `now`.
pub async fn delete_sessions_before(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    run!(tx, "DELETE FROM session WHERE expires_at <= $1", now)?;
    Ok(())
}
