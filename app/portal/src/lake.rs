//! What the portal needs from the lake. The server implements it over the worker processes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, TableInfo, TableRef, TableVersion, Value};
use rand::RngCore as _;

use crate::policy::{Entitlement, Measurement};
use crate::store::settings;
use crate::{Db, Error, Result as Done};

/// A `SELECT` with its values. What it may read is said beside it, by entitlements.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text as its author wrote it; parameters as `$name`.
    pub sql: String,
    /// Values for the parameters, by name without `$`.
    pub parameters: BTreeMap<String, Value>,
    /// The largest number of rows to return; one more marks the frame as truncated.
    pub row_limit: u32,
}

/// The lakehouse as the use cases see it. Rows are shown to people under an entitlement, and tables are measured for the
/// portal's own contracts; only `policy` makes either. What takes a bare table gives no value of any row.
#[async_trait]
pub trait Lake: Send + Sync {
    /// What the Delta log says about a table: its columns and its size.
    async fn describe(&self, table: &TableRef) -> Result<TableInfo, LakeError>;
    /// The newest `limit` commits, newest first: when, and what kind.
    async fn history(&self, table: &TableRef, limit: u32) -> Result<Vec<TableVersion>, LakeError>;
    /// The first `limit` rows of what may be read of a table.
    async fn preview(&self, table: &Entitlement, limit: u32) -> Result<Frame, LakeError>;
    /// Runs a guarded `SELECT` over what may be read of these tables, and nothing else.
    async fn query(&self, statement: &Statement, tables: &[Entitlement]) -> Result<Frame, LakeError>;
    /// Runs checks; one outcome a check, in order.
    async fn check(&self, table: &Measurement, checks: &[Check]) -> Result<Vec<CheckOutcome>, LakeError>;
}

const MASK_KEY: &str = "mask_key";
const MASK_KEY_BYTES: usize = 32;

/// The key of the hashes that masks show: 256 random bits that this installation draws once and keeps, so that hashes of one
/// value are the same on every replica and after every start, and nobody else can compute them.
///
/// # Errors
/// Refused where something else stands in its place.
pub async fn mask_key(db: &Db) -> Done<String> {
    if let Some(key) = settings::get(&mut db.read().await?, MASK_KEY).await? {
        return as_drawn(key);
    }
    let mut tx = db.write().await?;
    // Another replica may have drawn one meanwhile.
    if let Some(key) = settings::get(&mut tx, MASK_KEY).await? {
        return as_drawn(key);
    }
    let mut key = [0_u8; MASK_KEY_BYTES];
    rand::rng().fill_bytes(&mut key);
    let key = hex::encode(key);
    settings::set(&mut tx, MASK_KEY, &key).await?;
    tx.commit_unrecorded("the portal draws its key once, by itself").await?;
    Ok(key)
}

/// The key, if it is one. Taking anything else for it would give every masked value another hash, and nobody would know why.
fn as_drawn(key: String) -> Done<String> {
    if key.len() == 2 * MASK_KEY_BYTES && key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(key);
    }
    Err(Error::conflict(format!(
        "The value of \"{MASK_KEY}\" in the table \"setting\" of the database is damaged: it has to be {} hexadecimal digits. \
         Take it from a backup. Where there is none, delete this row: the next start draws a new key, and masked values show \
         other hashes from then on.",
        2 * MASK_KEY_BYTES
    )))
}
