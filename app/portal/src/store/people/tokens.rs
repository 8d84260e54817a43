//! Tokens of service accounts.

use chrono::{DateTime, Utc};
use lakeport_model::{PersonId, TokenId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::Result;
use crate::policy::rules::TokenExpiry;
use crate::policy::{Authorized, ManageTokens, RevokeToken};
use crate::store::stored::{Moment, OptionalId, OverSince};
use crate::store::{Tx, row, rows, run};

/// A stored token.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Token {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: TokenId,
    /// The service account's name.
    pub name: String,
    /// Scopes, separated by commas.
    pub scopes: String,
    /// When it was made.
    #[sqlx(try_from = "Moment")]
    pub created_at: DateTime<Utc>,
    /// Last use. One that cannot be read counts as long ago, and never as none.
    #[sqlx(try_from = "OverSince")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// No longer valid since.
    #[sqlx(try_from = "OverSince")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// The person who answers for it; none for one made before tokens had owners.
    #[sqlx(try_from = "OptionalId")]
    pub owner: Option<PersonId>,
    /// The person who made it and has seen its secret; none for one that the operator made.
    #[sqlx(try_from = "OptionalId")]
    pub made_by: Option<PersonId>,
    /// Its last moment, in real time.
    #[sqlx(try_from = "OverSince")]
    pub ends_at: Option<DateTime<Utc>>,
}

impl Token {
    /// True when its last moment has passed.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.ends_at.is_some_and(|end| end <= now)
    }

    /// True when it opens something.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && !self.is_over(now)
    }
}

/// Adds a token by the hash of its secret.
pub async fn add_token(
    tx: &mut Tx,
    _proof: &Authorized<ManageTokens>,
    token: &Token,
    hash: &str,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO token (id, name, hash, scopes, created_at, owner, ends_at, made_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        token.id.0,
        &token.name,
        hash,
        &token.scopes,
        token.created_at,
        token.owner.map(|person| person.0),
        token.ends_at,
        token.made_by.map(|person| person.0)
    )?;
    Ok(())
}

/// All tokens, newest first.
pub async fn tokens(tx: &mut Tx) -> Result<Vec<Token>> {
    Ok(rows!(tx, Token, "SELECT * FROM token ORDER BY id DESC")?)
}

/// The token with this hash that nobody revoked; it may be over.
pub async fn token_by_hash(tx: &mut Tx, hash: &str) -> Result<Option<Token>> {
    Ok(row!(
        tx,
        Token,
        "SELECT * FROM token \
         WHERE hash = $1 AND revoked_at IS NULL",
        hash
    )?)
}

/// Notes the use of a token.
pub async fn touch_token(tx: &mut Tx, id: TokenId, at: DateTime<Utc>) -> Result<()> {
    run!(tx, "UPDATE token SET last_used_at = $2 WHERE id = $1", id.0, at)?;
    Ok(())
}

/// A token by id.
pub async fn token(tx: &mut Tx, id: TokenId) -> Result<Option<Token>> {
    Ok(row!(tx, Token, "SELECT * FROM token WHERE id = $1", id.0)?)
}

/// Ends a token; false when it was ended before or never was.
pub async fn revoke_token(
    tx: &mut Tx,
    _proof: &Authorized<RevokeToken>,
    id: TokenId,
    at: DateTime<Utc>,
) -> Result<bool> {
    Ok(run!(
        tx,
        "UPDATE token SET revoked_at = $2, ended_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        id.0,
        at
    )? == 1)
}

/// Notes that what an expired token asked for was ended.
pub async fn end_token(
    tx: &mut Tx,
    _proof: &Authorized<TokenExpiry>,
    id: TokenId,
    at: DateTime<Utc>,
) -> Result<bool> {
    Ok(run!(tx, "UPDATE token SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", id.0, at)? == 1)
}

/// Tokens that a person answers for and nobody revoked, those that are over too.
pub async fn tokens_of(tx: &mut Tx, owner: PersonId) -> Result<Vec<Token>> {
    Ok(rows!(tx, Token, "SELECT * FROM token WHERE owner = $1 AND revoked_at IS NULL ORDER BY id", owner.0)?)
}

/// Gives a token that nobody answers for to somebody.
pub async fn set_token_owner(
    tx: &mut Tx,
    _proof: &Authorized<ManageTokens>,
    id: TokenId,
    owner: PersonId,
) -> Result<bool> {
    Ok(run!(tx, "UPDATE token SET owner = $2 WHERE id = $1 AND owner IS NULL", id.0, owner.0)? == 1)
}
