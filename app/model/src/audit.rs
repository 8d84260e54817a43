//! The audit as stewards and administrators read it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::TokenId;
use crate::people::PersonRef;

/// One record of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Place in the chain, from 1.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name as known today.
    pub actor: String,
    /// What was done: `request.approve`.
    pub action: String,
    /// On what: `request 0198..`.
    pub subject: String,
    /// Under which rule.
    pub rule: String,
    /// Details in words.
    pub detail: String,
    /// Hash of this record, hexadecimal.
    pub hash: String,
}

/// What to show of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Action to match, or a part of it.
    pub action: Option<String>,
    /// Subject to match, or a part of it.
    pub subject: Option<String>,
    /// Only records before this number.
    pub before: Option<i64>,
}

/// A page of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// Records, newest first.
    pub records: Vec<AuditRecord>,
    /// Number to continue before; `None` at the beginning of the chain.
    pub next: Option<i64>,
    /// Actions to choose from.
    pub actions: Vec<String>,
    /// Head of the chain: number and hash, to be kept elsewhere.
    pub head: Option<(i64, String)>,
}

/// A service account's token as the administrators' page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInfo {
    /// Its id.
    pub id: TokenId,
    /// The service account's name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Last call with it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// No longer valid since.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The person who answers for it; none for one made before tokens had owners.
    pub owner: Option<PersonRef>,
    /// Its last moment.
    pub ends_at: Option<DateTime<Utc>>,
    /// The last moment has passed.
    pub expired: bool,
}
