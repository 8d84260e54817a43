//! Columns that seem to hold personal data and are less protected than such data usually is.
//!
//! Their names say so. Whoever publishes what is said of a table confirms each of them once, which makes the column more
//! protected by a revision of its asset, or dismisses it, and then it is not suggested again. Nothing is stored of what is
//! suggested: it is looked for where somebody asks.

mod decide;
mod names;
mod walk;

pub use self::decide::{confirm, dismiss, restore};
pub use self::walk::{dismissed, suggestions};

use lakeport_model::catalog::{Classification, Column};

use crate::store::catalog::AssetRow;
use crate::{Error, Result};

/// An asset with another classification of this column, and how sensitive that was.
///
/// # Errors
/// Refused where the asset has no such column, or cannot be read.
fn classified(row: &AssetRow, column: &str, to: Classification) -> Result<(AssetRow, Classification)> {
    let mut columns: Vec<Column> = serde_json::from_str(&row.columns).map_err(|_| Error::unread("asset"))?;
    let held = columns.iter_mut().find(|held| held.name == column);
    let held = held.ok_or_else(|| Error::not_found("column"))?;
    let was = std::mem::replace(&mut held.classification, to);
    let highest = columns.iter().map(|column| column.classification).max().unwrap_or(to);
    let columns = serde_json::to_string(&columns).map_err(Error::fault)?;
    Ok((AssetRow { columns, classification: highest.to_string(), ..row.clone() }, was))
}
