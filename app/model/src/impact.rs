//! What depends on an asset or a column, and what it is made from, as a list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::{AssetRef, Way};
use crate::contracts::CheckState;
use crate::lineage::Impact;
use crate::people::DomainRef;
use crate::words::words;
use crate::{ContractId, First, PageRequest, ProductId};

words! {
    /// Which way the list goes.
    Side {
        /// What is made from it: who is hit when it changes.
        Downstream = "downstream",
        /// What it is made from: where a fault may come from.
        Upstream = "upstream",
    }
}

/// Most lines of a file; its name says where there are more.
pub const MOST_REACHED: u32 = 10_000;

/// Which list is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImpactRequest {
    /// The asset that it begins with.
    pub asset: String,
    /// Only what this column of it flows into, or comes from.
    pub column: Option<String>,
    /// Which way.
    pub side: Side,
    /// Only what belongs to this domain.
    pub domain: Option<String>,
    /// Which part of the list.
    pub page: PageRequest,
}

/// An asset that is reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The asset.
    pub asset: AssetRef,
    /// The domain that answers for it.
    pub domain: DomainRef,
    /// How many hops away, 1 or more.
    pub hops: u32,
    /// True where it is reached only over edges that the runs of their jobs no longer draw.
    pub is_former: bool,
    /// Its columns on the way, where the list is of a column.
    pub columns: Vec<String>,
    /// Owners of its domain by name.
    pub owners: First<String>,
    /// Products that offer it and that the viewer sees in full, by id and name.
    pub products: First<(ProductId, String)>,
    /// State of the contract on it, where there is one.
    pub state: Option<CheckState>,
    /// That contract.
    pub contract: Option<ContractId>,
    /// Live subscriptions on its contracts.
    pub subscribers: u32,
    /// Live grants on it.
    pub grants: u32,
    /// When a job that the viewer may know last reported that something flows into it.
    pub last_reported: Option<DateTime<Utc>>,
}

/// What depends on an asset, or what it is made from, nearest first, then by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImpactPage {
    /// The asset that it begins with.
    pub asset: AssetRef,
    /// The way to it.
    pub way: Way,
    /// Its columns that column lineage speaks of.
    pub columns: Vec<String>,
    /// Who is hit over all; `None` upstream, for a column or a domain, and behind the first part.
    pub impact: Option<Impact>,
    /// The domain that is chosen.
    pub domain: Option<DomainRef>,
    /// How many are reached in all that the viewer sees in full, of the domain where one is chosen.
    pub total: u32,
    /// True when not all were walked: more than that are reached.
    pub there_are_more: bool,
    /// Domains of all that is reached with how many each, most first.
    pub domains: Vec<(DomainRef, u32)>,
    /// Upstream, with the first part: those among all that is reached whose contract is broken, nearest first, the first of
    /// many. These are the likely root causes. Of a column only those that break a promise about a column on the way, or about
    /// their whole table.
    pub broken: Vec<Reached>,
    /// This part of the list.
    pub items: Vec<Reached>,
    /// Where the list goes on.
    pub next: Option<String>,
}
