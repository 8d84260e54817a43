//! Certifying what can be trusted: until a day, with what was checked.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::Way;
use crate::retire::Retirable;
use crate::words::words;

words! {
    /// What can be certified.
    Certifiable {
        /// A data product.
        Product = "product",
        /// An asset.
        Asset = "asset",
    }
}

impl From<Certifiable> for Retirable {
    fn from(kind: Certifiable) -> Self {
        match kind {
            Certifiable::Product => Self::Product,
            Certifiable::Asset => Self::Asset,
        }
    }
}

/// Days ahead that are suggested for the last day.
pub const SUGGESTED_DAYS: u32 = 180;

/// Most days ahead that the last day can be.
pub const LONGEST_DAYS: u32 = 366;

/// That something is certified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certification {
    /// The last day, in UTC, on which it is certified.
    pub until: NaiveDate,
    /// What was checked, as plain text.
    pub reason: String,
    /// Who said so, as a name.
    pub by: String,
    /// When they said so.
    pub at: DateTime<Utc>,
}

/// What somebody needs to know before they certify something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certifying {
    /// What it is.
    pub kind: Certifiable,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The way to it.
    pub way: Way,
    /// That it is certified already.
    pub certification: Option<Certification>,
    /// Why it cannot be certified, or not anew, in a sentence.
    pub closed: Option<String>,
    /// What stands for the certification that they see: whoever changes it sends that back.
    pub seen: String,
    /// The last day that is suggested.
    pub suggested: NaiveDate,
    /// The first day that can be chosen.
    pub earliest: NaiveDate,
    /// The last one.
    pub latest: NaiveDate,
}

/// What somebody says to certify something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Certify {
    /// The last day on which it is certified, `2027-06-30`.
    pub until: String,
    /// What was checked.
    pub reason: String,
    /// [`Certifying::seen`] of what they were shown.
    #[serde(default)]
    pub seen: String,
}
