//! The inbox.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::NotificationId;

/// A message in somebody's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What happened, in a line.
    pub title: String,
    /// What it means and what to do.
    pub body: String,
    /// Where to act.
    pub href: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Not read yet.
    pub unread: bool,
}
