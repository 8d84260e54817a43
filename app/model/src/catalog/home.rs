//! The home page.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::AssetRef;
use crate::First;

/// The home page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomePage {
    /// What waits for the viewer, most urgent first.
    pub tasks: Vec<Task>,
    /// What the viewer may use.
    pub my_data: First<MyData>,
    /// New data products and dashboards: newest first.
    pub news: First<News>,
}

/// Days for which something in the catalog is new.
pub const NEWS_DAYS: i64 = 30;

/// A kind of work that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// In words: `3 requests to decide`.
    pub label: String,
    /// Where to do it.
    pub href: String,
    /// When the oldest began to wait.
    pub oldest: Option<DateTime<Utc>>,
}

/// Something the viewer may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MyData {
    /// The asset.
    pub asset: AssetRef,
    /// Product that offers it.
    pub product: Option<String>,
    /// The last day, where it is read under a grant; `None` by membership, and where everybody may read it.
    pub ends_on: Option<NaiveDate>,
    /// Everybody may read it.
    pub is_public: bool,
    /// State of the contract on it.
    pub contract_state: Option<crate::contracts::CheckState>,
    /// Its last change that the portal has seen.
    pub changed_at: Option<DateTime<Utc>>,
    /// When the viewer last read it here.
    pub opened_at: Option<DateTime<Utc>>,
}

/// A novelty in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// What: `Sales forecast`.
    pub title: String,
    /// In words: `Product of Finance Forecasting`.
    pub text: String,
    /// Where to read on.
    pub href: String,
    /// Since when.
    pub at: DateTime<Utc>,
}
