//! Single values that all processes share.

use super::stored::Text;
use super::{Tx, row, run};
use crate::Result;
use crate::policy::{Authorized, MoveClock};

/// The value under `key`. One that is no text, of a damaged database, comes as [`Text`] shows it: whoever asked finds no
/// meaning in it and knows what to do then.
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    let found = row!(tx, (Text,), "SELECT value FROM setting WHERE key = $1", key)?;
    Ok(found.map(|(Text(value),)| value))
}

const CLOCK_OFFSET: &str = "clock_offset_seconds";

/// How far the demo's clock is ahead, in seconds.
pub async fn clock_offset(tx: &mut Tx) -> Result<i64> {
    Ok(get(tx, CLOCK_OFFSET).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Moves the demo's clock.
pub async fn set_clock_offset(tx: &mut Tx, _proof: &Authorized<MoveClock>, seconds: i64) -> Result<()> {
    set(tx, CLOCK_OFFSET, &seconds.to_string()).await
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
