//! Pushes that were planned, for as long as they can be applied.
//!
//! A plan that cannot be applied, or not any more, is spent: nothing is kept of it but when it was made, until its hour is over.
//! By these an account's plans of an hour are counted.

use chrono::{DateTime, Utc};
use lakeport_model::TokenId;
use sqlx::FromRow;
use uuid::Uuid;

use super::stored::Moment;
use super::{Tx, row, rows, run};
use crate::Result;

/// Most plans of an account that are kept.
const MOST: i64 = 3;

/// A stored plan.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PlanRow {
    /// Its id.
    pub id: Uuid,
    /// The service account that asked for it, by its token.
    #[sqlx(try_from = "Uuid")]
    pub account: TokenId,
    /// When it was made.
    #[sqlx(try_from = "Moment")]
    pub made_at: DateTime<Utc>,
    /// Until when it can be applied; long ago where that cannot be read.
    #[sqlx(try_from = "Moment")]
    pub ends_at: DateTime<Utc>,
    /// What was sent, as JSON; empty where it is spent.
    pub push: String,
    /// A digest of what it would change; empty where it is spent.
    pub outcome: String,
}

/// Keeps a plan, also in the place of the spent one of this id; of the account's others all but the newest are spent.
pub async fn put(tx: &mut Tx, row: &PlanRow) -> Result<()> {
    run!(
        tx,
        "INSERT INTO plan (id, account, made_at, ends_at, push, outcome) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (id) DO UPDATE SET made_at = excluded.made_at, ends_at = excluded.ends_at, push = excluded.push, \
         outcome = excluded.outcome",
        row.id,
        row.account.0,
        row.made_at,
        row.ends_at,
        &row.push,
        &row.outcome
    )?;
    run!(
        tx,
        "UPDATE plan SET push = '', outcome = '' WHERE account = $1 AND outcome <> '' AND id NOT IN \
         (SELECT id FROM plan WHERE account = $1 AND outcome <> '' \
         ORDER BY id = $2 DESC, made_at DESC, id DESC LIMIT $3)",
        row.account.0,
        row.id,
        MOST
    )?;
    Ok(())
}

/// A plan of this account that is not spent.
pub async fn one(tx: &mut Tx, account: TokenId, id: Uuid) -> Result<Option<PlanRow>> {
    let sql = "SELECT * FROM plan WHERE id = $1 AND account = $2 AND outcome <> ''";
    Ok(row!(tx, PlanRow, sql, id, account.0)?)
}

/// When plans of this account were made after some moment, spent ones among them.
pub async fn made_since(tx: &mut Tx, account: TokenId, since: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>> {
    let made = rows!(
        tx,
        (Moment,),
        "SELECT made_at FROM plan WHERE account = $1 AND made_at > $2",
        account.0,
        since
    )?;
    Ok(made.into_iter().map(|(at,)| at.into()).collect())
}

/// Spends a plan.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<()> {
    run!(tx, "UPDATE plan SET push = '', outcome = '' WHERE id = $1", id)?;
    Ok(())
}

/// True when there are plans that were over by then.
pub async fn has_over(tx: &mut Tx, now: DateTime<Utc>) -> Result<bool> {
    Ok(row!(tx, (Uuid,), "SELECT id FROM plan WHERE ends_at <= $1 LIMIT 1", now)?.is_some())
}

/// Removes the plans that were over by then; answers how many.
pub async fn delete_over(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    Ok(run!(tx, "DELETE FROM plan WHERE ends_at <= $1", now)?)
}
