//! Who read what here, and when.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::Result;
use crate::store::{Tx, row, rows, run};

/// Notes that a person read an asset.
pub async fn note_use(tx: &mut Tx, person: Uuid, asset: &str, at: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "INSERT INTO usage (person, asset, day, reads, last_at) VALUES ($1, $2, $3, 1, $4) \
         ON CONFLICT (person, asset, day) DO UPDATE SET reads = usage.reads + 1, last_at = excluded.last_at",
        person,
        asset,
        at.date_naive(),
        at
    )?;
    Ok(())
}

/// What a person read, newest first, with the last time.
pub async fn last_read(tx: &mut Tx, person: Uuid, most: i64) -> Result<Vec<(String, DateTime<Utc>)>> {
    let read = rows!(
        tx,
        (String, DateTime<Utc>),
        "SELECT asset, max(last_at) AS at FROM usage WHERE person = $1 GROUP BY asset \
         ORDER BY at DESC, asset LIMIT $2",
        person,
        most
    )?;
    Ok(read)
}

/// Number of reads since a day, and the last one.
pub async fn usage(
    tx: &mut Tx,
    person: Uuid,
    asset: &str,
    since: NaiveDate,
) -> Result<(i64, Option<DateTime<Utc>>)> {
    let days = rows!(
        tx,
        (NaiveDate, i64, DateTime<Utc>),
        "SELECT day, reads, last_at FROM usage WHERE person = $1 AND asset = $2",
        person,
        asset
    )?;
    let reads = days.iter().filter(|(day, ..)| *day >= since).map(|(_, reads, _)| reads).sum();
    Ok((reads, days.iter().map(|(.., last)| *last).max()))
}

/// When a person last read an asset.
pub async fn last_use(tx: &mut Tx, person: Uuid, asset: &str) -> Result<Option<DateTime<Utc>>> {
    let found = row!(
        tx,
        (DateTime<Utc>,),
        "SELECT last_at FROM usage WHERE person = $1 AND asset = $2 ORDER BY day DESC LIMIT 1",
        person,
        asset
    )?;
    Ok(found.map(|(at,)| at))
}
