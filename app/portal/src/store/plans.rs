//! Pushes that were planned, for as long as they can be applied.

use chrono::{DateTime, Utc};
use lakeport_model::TokenId;
use sqlx::FromRow;
use uuid::Uuid;

use super::stored::Moment;
use super::{Tx, row, run};
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
    /// What was sent, as JSON.
    pub push: String,
    /// A digest of what it would change.
    pub outcome: String,
}

/// Keeps a plan, and of the account's others the newest.
pub async fn put(tx: &mut Tx, row: &PlanRow) -> Result<()> {
    run!(
        tx,
        "INSERT INTO plan (id, account, made_at, ends_at, push, outcome) VALUES ($1, $2, $3, $4, $5, $6)",
        row.id,
        row.account.0,
        row.made_at,
        row.ends_at,
        &row.push,
        &row.outcome
    )?;
    run!(
        tx,
        "DELETE FROM plan WHERE account = $1 AND id NOT IN \
         (SELECT id FROM plan WHERE account = $1 ORDER BY id = $2 DESC, made_at DESC, id DESC LIMIT $3)",
        row.account.0,
        row.id,
        MOST
    )?;
    Ok(())
}

/// A plan of this account.
pub async fn one(tx: &mut Tx, account: TokenId, id: Uuid) -> Result<Option<PlanRow>> {
    Ok(row!(tx, PlanRow, "SELECT * FROM plan WHERE id = $1 AND account = $2", id, account.0)?)
}

/// Removes a plan.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<()> {
    run!(tx, "DELETE FROM plan WHERE id = $1", id)?;
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
