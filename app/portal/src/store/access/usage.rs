//! Who read what here, and when.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::PersonId;
use uuid::Uuid;

use crate::Result;
use crate::store::lists::{list, rows_of_list};
use crate::store::stored::{Day, Moment};
use crate::store::{Tx, row, rows, run};

/// How often a person read an asset on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reads<'a> {
    /// The person.
    pub person: PersonId,
    /// The asset.
    pub asset: &'a str,
    /// The day.
    pub day: NaiveDate,
    /// How often.
    pub reads: i64,
    /// The last time.
    pub last_at: DateTime<Utc>,
}

/// Adds readings to those that are known; of somebody who is gone by now nothing is kept.
pub async fn add_reads(tx: &mut Tx, new: &Reads<'_>) -> Result<()> {
    run!(
        tx,
        "INSERT INTO usage (person, asset, day, reads, last_at) SELECT id, $2, $3, $4, $5 FROM person WHERE id = $1 \
         ON CONFLICT (person, asset, day) DO UPDATE SET reads = usage.reads + excluded.reads, last_at = \
         CASE WHEN excluded.last_at > usage.last_at THEN excluded.last_at ELSE usage.last_at END",
        new.person.0,
        new.asset,
        new.day,
        new.reads,
        new.last_at
    )?;
    Ok(())
}

/// Makes the transaction see the readings as they are now, whatever is written from here on: it begins with its first look.
pub async fn hold_still(tx: &mut Tx) -> Result<()> {
    row!(tx, (i64,), "SELECT reads FROM usage LIMIT 1")?;
    Ok(())
}

/// What a person read, newest first, with the last time.
pub async fn last_read(tx: &mut Tx, person: PersonId, most: i64) -> Result<Vec<(String, DateTime<Utc>)>> {
    let read = rows!(
        tx,
        (String, Moment),
        "SELECT asset, max(last_at) AS at FROM usage WHERE person = $1 GROUP BY asset \
         ORDER BY at DESC, asset LIMIT $2",
        person.0,
        most
    )?;
    Ok(read.into_iter().map(|(asset, at)| (asset, at.into())).collect())
}

/// Number of reads since a day, and the last one.
pub async fn usage(
    tx: &mut Tx,
    person: PersonId,
    asset: &str,
    since: NaiveDate,
) -> Result<(i64, Option<DateTime<Utc>>)> {
    let days = rows!(
        tx,
        (Day, i64, Moment),
        "SELECT day, reads, last_at FROM usage WHERE person = $1 AND asset = $2",
        person.0,
        asset
    )?;
    let (mut reads, mut last) = (0, None::<DateTime<Utc>>);
    for (day, on_day, at) in days {
        if NaiveDate::from(day) >= since {
            reads += on_day;
        }
        last = last.max(at.into());
    }
    Ok((reads, last))
}

/// When a person last read an asset.
pub async fn last_use(tx: &mut Tx, person: PersonId, asset: &str) -> Result<Option<DateTime<Utc>>> {
    let found = row!(
        tx,
        (Moment,),
        "SELECT last_at FROM usage WHERE person = $1 AND asset = $2 ORDER BY day DESC LIMIT 1",
        person.0,
        asset
    )?;
    Ok(found.and_then(|(at,)| at.into()))
}

/// Who read some of these assets since a day.
pub async fn readers(tx: &mut Tx, assets: &[&str], since: NaiveDate) -> Result<Vec<PersonId>> {
    let found = rows_of_list!(
        tx,
        (Uuid,),
        "SELECT DISTINCT usage.person FROM ",
        " CROSS JOIN usage WHERE usage.asset = item.value ->> 0 AND usage.day >= $2",
        listed(assets)?,
        since
    )?;
    Ok(found.into_iter().map(|(person,)| PersonId(person)).collect())
}

/// The same, each with how often they did, and the last day.
pub async fn reads_by_person(
    tx: &mut Tx,
    assets: &[&str],
    since: NaiveDate,
) -> Result<Vec<(PersonId, i64, NaiveDate)>> {
    let found = rows_of_list!(
        tx,
        (Uuid, i64, Day),
        "SELECT usage.person, CAST(SUM(usage.reads) AS BIGINT), MAX(usage.day) FROM ",
        " CROSS JOIN usage WHERE usage.asset = item.value ->> 0 AND usage.day >= $2 GROUP BY usage.person",
        listed(assets)?,
        since
    )?;
    Ok(found.into_iter().map(|(person, reads, last)| (PersonId(person), reads, last.into())).collect())
}

/// How often these assets were read on each day since one.
pub async fn reads_by_day(tx: &mut Tx, assets: &[&str], since: NaiveDate) -> Result<Vec<(NaiveDate, i64)>> {
    let found = rows_of_list!(
        tx,
        (Day, i64),
        "SELECT usage.day, CAST(SUM(usage.reads) AS BIGINT) FROM ",
        " CROSS JOIN usage WHERE usage.asset = item.value ->> 0 AND usage.day >= $2 GROUP BY usage.day",
        listed(assets)?,
        since
    )?;
    Ok(found.into_iter().map(|(day, reads)| (day.into(), reads)).collect())
}

/// The last day on which each of these assets was read, of those that ever were.
pub async fn last_days(tx: &mut Tx, assets: &[&str]) -> Result<Vec<(String, NaiveDate)>> {
    let found = rows_of_list!(
        tx,
        (String, Day),
        "SELECT item.value ->> 0, (SELECT MAX(usage.day) FROM usage WHERE usage.asset = item.value ->> 0) FROM ",
        "",
        listed(assets)?
    )?;
    let found = found.into_iter().map(|(asset, day)| (asset, Option::<NaiveDate>::from(day)));
    Ok(found.filter_map(|(asset, day)| Some((asset, day?))).collect())
}

fn listed(assets: &[&str]) -> Result<String> {
    let rows: Vec<_> = assets.iter().map(|asset| (asset,)).collect();
    list(&rows)
}
