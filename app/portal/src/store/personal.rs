//! Suggestions of personal data that somebody dismissed.

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use sqlx::FromRow;
use uuid::Uuid;

use super::import::words;
use super::lists::rows_of_list;
use super::stored::Moment;
use super::{Tx, run};
use crate::Result;
use crate::policy::{Authorized, PublishDocument};

/// The end of all days that the databases compare, in seconds since 1970.
const LAST: i64 = 253_402_300_799;

/// A suggestion that was dismissed.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DismissedRow {
    /// Id of the asset.
    pub asset: String,
    /// Name of the column.
    pub column_name: String,
    /// What it seemed to hold: a word of `PersonalData`.
    pub kind: String,
    /// Who dismissed it.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// When.
    #[sqlx(try_from = "Moment")]
    pub at: DateTime<Utc>,
}

/// Dismisses a suggestion; false where it was dismissed before.
pub async fn dismiss(tx: &mut Tx, _proof: &Authorized<PublishDocument>, row: &DismissedRow) -> Result<bool> {
    let done = run!(
        tx,
        "INSERT INTO dismissed (asset, column_name, kind, person, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (asset, column_name, kind) DO NOTHING",
        &row.asset,
        &row.column_name,
        &row.kind,
        row.person.0,
        row.at
    )?;
    Ok(done > 0)
}

/// Lets something be suggested again; false where it was not dismissed.
pub async fn restore(tx: &mut Tx, _proof: &Authorized<PublishDocument>, row: &DismissedRow) -> Result<bool> {
    let done = run!(
        tx,
        "DELETE FROM dismissed WHERE asset = $1 AND column_name = $2 AND kind = $3",
        &row.asset,
        &row.column_name,
        &row.kind
    )?;
    Ok(done > 0)
}

/// Takes out what was dismissed of a column that holds personal data after all.
pub async fn confirmed(
    tx: &mut Tx,
    _proof: &Authorized<PublishDocument>,
    asset: &str,
    column: &str,
) -> Result<()> {
    run!(tx, "DELETE FROM dismissed WHERE asset = $1 AND column_name = $2", asset, column)?;
    Ok(())
}

/// What was dismissed of these assets.
pub async fn dismissed_of(tx: &mut Tx, assets: &[&str]) -> Result<Vec<DismissedRow>> {
    Ok(rows_of_list!(
        tx,
        DismissedRow,
        "SELECT dismissed.* FROM ",
        " CROSS JOIN dismissed WHERE dismissed.asset = item.value ->> 0",
        words(assets)?
    )?)
}

/// What was dismissed of the assets of these domains, the newest first, from behind one of them on.
pub async fn dismissed_in(
    tx: &mut Tx,
    domains: &[String],
    after: Option<(DateTime<Utc>, String, String, String)>,
    limit: i64,
) -> Result<Vec<DismissedRow>> {
    let last = DateTime::from_timestamp(LAST, 0).unwrap_or_default();
    let (at, asset, column, kind) = after.unwrap_or((last, String::new(), String::new(), String::new()));
    let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
    Ok(rows_of_list!(
        tx,
        DismissedRow,
        "SELECT dismissed.* FROM dismissed JOIN asset ON asset.id = dismissed.asset \
         WHERE asset.domain IN (SELECT item.value ->> 0 FROM ",
        ") AND (dismissed.at, dismissed.asset, dismissed.column_name, dismissed.kind) < ($2, $3, $4, $5) \
         ORDER BY dismissed.at DESC, dismissed.asset DESC, dismissed.column_name DESC, dismissed.kind DESC LIMIT $6",
        words(&domains)?,
        at,
        &asset,
        &column,
        &kind,
        limit
    )?)
}
