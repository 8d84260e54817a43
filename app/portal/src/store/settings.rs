//! Single values that all processes share.

use super::{Tx, row, run};
use crate::Result;

/// The value under `key`.
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    let found = row!(tx, (String,), "SELECT value FROM setting WHERE key = $1", key)?;
    Ok(found.map(|(value,)| value))
}

/// Sets the value under `key`.
pub async fn set(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    run!(
        tx,
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value
    )?;
    Ok(())
}
