//! The audit chain, the change numbers, and service-account tokens.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Tx, row, rows, run};
use crate::Result;

/// A stored record of the chain.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Record {
    /// Place in the chain, from 1.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `person ID`, `service ID` or `system NAME`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// On what.
    pub subject: String,
    /// Under which rule.
    pub rule: String,
    /// Details as JSON; ids, no names.
    pub detail: String,
    /// Hash of the record before.
    pub previous: String,
    /// Hash of this record.
    pub hash: String,
}

/// The newest record.
pub async fn head(tx: &mut Tx) -> Result<Option<Record>> {
    Ok(row!(tx, Record, "SELECT * FROM audit ORDER BY number DESC LIMIT 1")?)
}

/// Adds a record; the caller has computed its number and hashes in a write transaction.
pub async fn insert(tx: &mut Tx, record: &Record) -> Result<()> {
    run!(
        tx,
        "INSERT INTO audit (number, at, actor, action, subject, rule, detail, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        record.number,
        record.at,
        &record.actor,
        &record.action,
        &record.subject,
        &record.rule,
        &record.detail,
        &record.previous,
        &record.hash
    )?;
    Ok(())
}

/// Records after `number`, oldest first.
pub async fn after(tx: &mut Tx, number: i64, limit: i64) -> Result<Vec<Record>> {
    Ok(rows!(tx, Record, "SELECT * FROM audit WHERE number > $1 ORDER BY number LIMIT $2", number, limit)?)
}

/// Records before `number` whose action and subject contain these texts, newest first.
pub async fn before(
    tx: &mut Tx,
    number: i64,
    action: &str,
    subject: &str,
    limit: i64,
) -> Result<Vec<Record>> {
    let (action, subject) = (contains(action), contains(subject));
    Ok(rows!(
        tx,
        Record,
        r"SELECT * FROM audit WHERE number < $1 AND action LIKE $2 ESCAPE '\' AND subject LIKE $3 ESCAPE '\'
          ORDER BY number DESC LIMIT $4",
        number,
        &action,
        &subject,
        limit
    )?)
}

fn contains(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

/// Actions that occur in the chain.
pub async fn actions(tx: &mut Tx) -> Result<Vec<String>> {
    let found = rows!(tx, (String,), "SELECT DISTINCT action FROM audit ORDER BY action")?;
    Ok(found.into_iter().map(|(action,)| action).collect())
}

/// Records about one subject, oldest first.
pub async fn about(tx: &mut Tx, subject: &str) -> Result<Vec<Record>> {
    Ok(rows!(tx, Record, "SELECT * FROM audit WHERE subject = $1 ORDER BY number", subject)?)
}

/// Notes that something in an area changed; in a write transaction.
pub async fn change(tx: &mut Tx, area: &str, entity: &str, at: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "INSERT INTO change (number, at, area, entity) \
         SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3 FROM change",
        at,
        area,
        entity
    )?;
    Ok(())
}

/// Number of the newest change in an area; 0 before the first.
pub async fn newest_change(tx: &mut Tx, area: &str) -> Result<i64> {
    let found = row!(tx, (Option<i64>,), "SELECT MAX(number) FROM change WHERE area = $1", area)?;
    Ok(found.and_then(|(number,)| number).unwrap_or(0))
}

/// A stored token.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Token {
    /// Its id.
    pub id: Uuid,
    /// The service account's name.
    pub name: String,
    /// Scopes, separated by commas.
    pub scopes: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Last use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// No longer valid since.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Adds a token by the hash of its secret.
pub async fn add_token(tx: &mut Tx, token: &Token, hash: &str) -> Result<()> {
    run!(
        tx,
        "INSERT INTO token (id, name, hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)",
        token.id,
        &token.name,
        hash,
        &token.scopes,
        token.created_at
    )?;
    Ok(())
}

/// All tokens, newest first.
pub async fn tokens(tx: &mut Tx) -> Result<Vec<Token>> {
    Ok(rows!(
        tx,
        Token,
        "SELECT id, name, scopes, created_at, last_used_at, revoked_at FROM token ORDER BY id DESC"
    )?)
}

/// The valid token with this hash.
pub async fn token_by_hash(tx: &mut Tx, hash: &str) -> Result<Option<Token>> {
    Ok(row!(
        tx,
        Token,
        "SELECT id, name, scopes, created_at, last_used_at, revoked_at FROM token \
         WHERE hash = $1 AND revoked_at IS NULL",
        hash
    )?)
}

/// Notes the use of a token.
pub async fn touch_token(tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE token SET last_used_at = $2 WHERE id = $1", id, at)?;
    Ok(())
}

/// Ends every token that is valid; answers how many.
pub async fn revoke_tokens(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    Ok(run!(tx, "UPDATE token SET revoked_at = $1 WHERE revoked_at IS NULL", at)?)
}

/// Ends a token; false when it was ended before or never was.
pub async fn revoke_token(tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<bool> {
    Ok(run!(tx, "UPDATE token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, at)? == 1)
}
