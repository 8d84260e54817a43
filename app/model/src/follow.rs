//! Following: what somebody wants to hear of, and what changed of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Page;
use crate::words::words;

words! {
    /// What can be followed.
    Followable {
        /// A data product, with the contracts that it offers something under.
        Product = "product",
        /// An asset, with the contracts about it.
        Asset = "asset",
        /// A domain: its data products, assets and contracts.
        Domain = "domain",
    }
}

/// Most things that one person follows.
pub const MOST_FOLLOWED: usize = 200;

/// Most data products, assets and versions of contracts that are looked at for one person.
pub const MOST_LOOKED_AT: usize = 1_000;

/// Days that the feed goes back.
pub const FEED_DAYS: u32 = 90;

/// Days before somebody began to follow something that the feed shows of it.
pub const DAYS_BEFORE: u32 = 30;

/// What somebody follows, and what changed of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Following {
    /// What changed, the newest first.
    pub feed: Page<FeedLine>,
    /// What they follow, what they followed last first.
    pub follows: Vec<Followed>,
    /// More belongs to what they follow than is looked at.
    pub is_cut: bool,
}

/// Something that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// What it is.
    pub kind: Followable,
    /// Its id.
    pub id: String,
    /// Its name and its page; `None` where the viewer does not see it in full any more.
    pub seen: Option<(String, String)>,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedLine {
    /// When.
    pub at: DateTime<Utc>,
    /// The name of what changed.
    pub name: String,
    /// Its page.
    pub href: String,
    /// What happened, in whole sentences.
    pub what: String,
    /// The page of the difference, for those who see it.
    pub difference: Option<String>,
    /// Why the viewer is shown it, in a sentence without its end.
    pub because: String,
}
