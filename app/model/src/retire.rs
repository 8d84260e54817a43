//! Retiring what is no longer offered. Nothing is deleted: it leaves search and lists, and keeps its page.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::Way;
use crate::words::words;

words! {
    /// What can be retired.
    Retirable {
        /// A data product.
        Product = "product",
        /// An asset.
        Asset = "asset",
        /// A term of the glossary.
        Term = "term",
    }
}

/// Days that people have at least from the moment they are told, where somebody relies on it.
pub const NOTICE_DAYS: u32 = 30;

/// Most days ahead that a retirement can be announced.
pub const FURTHEST_DAYS: u32 = 730;

/// That something is retired, or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// The first day, in UTC, on which it is retired.
    pub on: NaiveDate,
    /// True from that day on.
    pub in_effect: bool,
    /// Why, as plain text.
    pub reason: String,
    /// What to use instead, where the viewer sees that.
    pub successor: Option<Successor>,
    /// Who said so, as a name.
    pub by: String,
    /// When they said so.
    pub at: DateTime<Utc>,
}

/// What takes the place of something retired: of the same kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What somebody needs to know before they retire something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retiring {
    /// What it is.
    pub kind: Retirable,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The way to it.
    pub way: Way,
    /// That it is retired already, or will be.
    pub retirement: Option<Retirement>,
    /// The first day that can be chosen: today, or later where somebody relies on it.
    pub earliest: NaiveDate,
    /// What it means for people, a sentence each.
    pub effects: Vec<String>,
    /// A digest of these sentences: whoever retires it sends back what they were shown.
    pub seen: String,
}

/// What somebody says to retire something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Retire {
    /// The first day on which it is retired, `2026-12-31`.
    pub on: String,
    /// Why.
    pub reason: String,
    /// Id of what takes its place; empty where nothing does.
    pub successor: String,
    /// [`Retiring::seen`] of what they were shown.
    pub seen: String,
}
