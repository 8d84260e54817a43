//! The audit as stewards and administrators read it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::people::DomainRef;
use crate::{AssetId, ContractId, DomainId, First, ProductId};

/// Where the thing that a record is about has a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditPlace {
    /// A product.
    Product(ProductId),
    /// An asset.
    Asset(AssetId),
    /// A contract.
    Contract(ContractId),
    /// A domain's part of the catalog.
    Domain(DomainId),
    /// The tokens' page.
    Tokens,
}

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
    /// On what, by name as known today: `Paula Brandt's request for Collections`.
    pub about: String,
    /// Where that is shown.
    pub place: Option<AuditPlace>,
    /// Under which rule.
    pub rule: String,
    /// Details: what it is, and its value with names for ids.
    pub details: Vec<(String, String)>,
    /// Hash of this record, hexadecimal.
    pub hash: String,
}

/// First and last day that the audit is asked for; what lies outside is a slip of the keys, or a year half typed.
pub const AUDIT_DAYS: (&str, &str) = ("1970-01-01", "2199-12-31");

/// What to show of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Action to match, or a part of it.
    pub action: Option<String>,
    /// Part of the name or address of whoever did it or is concerned.
    pub person: Option<String>,
    /// Words that stand in it, in this order.
    pub words: Option<String>,
    /// The first day, `2027-06-30`.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// Only records before this number.
    pub before: Option<i64>,
}

/// A document that cannot be read and is left out, as administrators are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// What it describes: `product`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The first thing that is wrong with it, and where; of a contract, with each of its versions.
    pub problem: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.kind, self.id, self.problem)
    }
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
    /// The domains that the viewer sees the audit of; `None` for all of it.
    pub domains: Option<Vec<DomainRef>>,
    /// The largest number of records in an export.
    pub export_limit: u32,
    /// For administrators, documents of the catalog that cannot be read.
    pub unread: First<Unread>,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFormat {
    /// For spreadsheets.
    Csv,
    /// A JSON object a line.
    JsonLines,
}
