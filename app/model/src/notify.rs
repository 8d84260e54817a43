//! The inbox.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{NotificationId, Page};

/// A part of somebody's inbox: each thing once, in its newest state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbox {
    /// The newest message about each thing.
    pub page: Page<Notification>,
    /// Things with a message that was not read yet, on all pages together.
    pub unread: u32,
}

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
    /// Not read yet: this one, or an earlier one about the same.
    pub unread: bool,
    /// Messages about the same before this one.
    pub earlier: u32,
    /// How it stands that it was about, in a sentence, where that is settled: what it said then is not so any more.
    pub settled: Option<String>,
}
