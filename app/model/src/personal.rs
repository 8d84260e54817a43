//! Columns that seem to hold personal data, and what stewards say of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::Classification;
use crate::people::DomainRef;
use crate::words::words;

words! {
    /// A kind of personal data.
    PersonalData {
        /// E-mail addresses.
        Email = "email",
        /// Telephone numbers.
        Phone = "phone",
        /// Bank accounts: IBAN and others.
        BankAccount = "bank_account",
        /// Dates of birth, and ages.
        BirthDate = "birth_date",
        /// Names of people.
        Name = "name",
        /// Postal addresses.
        Address = "address",
        /// Numbers of cards, passports, taxes and social insurance.
        Identifier = "identifier",
        /// Addresses of devices, cookies, positions.
        Device = "device",
        /// Texts that people type, in which anything may stand.
        FreeText = "free_text",
    }
}

/// A column that seems to hold personal data and is not protected as such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Id of its asset.
    pub asset: String,
    /// Title of its asset.
    pub title: String,
    /// The domain that answers for it.
    pub domain: DomainRef,
    /// The column.
    pub column: String,
    /// Its type in the engine's words; may be empty.
    pub data_type: String,
    /// What it means, as plain text; may be empty.
    pub description: String,
    /// What it seems to hold.
    pub kind: PersonalData,
    /// Why that is thought, a sentence.
    pub because: String,
    /// How sensitive it is said to be.
    pub now: Classification,
    /// What is suggested; always more sensitive than it is.
    pub suggested: Classification,
    /// What confirming would mean for people, a sentence each.
    pub effects: Vec<String>,
}

/// Suggestions that wait for somebody, in the order of their assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestions {
    /// At most [`MOST_SUGGESTIONS`].
    pub items: Vec<Suggestion>,
    /// Where to look further; `None` where nothing is left.
    pub next: Option<String>,
    /// The domains that the viewer may decide for.
    pub domains: Vec<DomainRef>,
}

/// Most suggestions of a page.
pub const MOST_SUGGESTIONS: u32 = 50;

/// A suggestion that somebody dismissed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissed {
    /// Id of its asset.
    pub asset: String,
    /// Title of its asset.
    pub title: String,
    /// The column.
    pub column: String,
    /// What it seemed to hold.
    pub kind: PersonalData,
    /// Who dismissed it.
    pub by: String,
    /// When, in UTC.
    pub at: DateTime<Utc>,
}
