//! A data product's page, and what stands on it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AccessStanding, AssetRef, Classification, DashboardRef, Visibility, Way};
use crate::certify::Certification;
use crate::contracts::ContractSummary;
use crate::glossary::TermRef;
use crate::people::{DomainRef, PersonRef};
use crate::retire::Retirement;
use crate::usage::Headcount;
use crate::{ContractId, First, PortId, ProductId};

/// Something a product is made from, whose contract is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenInput {
    /// What it is.
    pub asset: AssetRef,
    /// The broken contract.
    pub contract: crate::ContractId,
}

/// How many of the sources of a product were looked at, the nearest ones, where that is not all of them. Only those count
/// that a contract promises something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearestSources {
    /// Those that were looked at.
    pub looked_at: u32,
    /// All of them; nothing where they are too many to be counted.
    pub of: Option<u32>,
}

/// A data product's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductPage {
    /// Its id.
    pub id: ProductId,
    /// The way here.
    pub way: Way,
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: DomainRef,
    /// `active`, `draft`, `deprecated` ..
    pub status: String,
    /// Version of the product.
    pub version: Option<String>,
    /// Who sees it.
    pub visibility: Visibility,
    /// True when the viewer sees only that it exists.
    pub details_hidden: bool,
    /// What it is for.
    pub purpose: Option<String>,
    /// What one should know.
    pub limitations: Option<String>,
    /// How it is meant to be used.
    pub usage: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Owners of the domain.
    pub owners: Vec<PersonRef>,
    /// Who decides where there is none, each with the domain: `Henrik Maas of Group`.
    pub in_place_of_owners: Vec<String>,
    /// Where to get help.
    pub support: Vec<SupportChannel>,
    /// What it offers.
    pub output_ports: Vec<OutputPort>,
    /// What it consumes.
    pub input_ports: Vec<InputPort>,
    /// What it is made from, as far as a contract on it is broken.
    pub broken_inputs: Vec<BrokenInput>,
    /// Of how many sources that is said, where it is not of all.
    pub nearest_sources: Option<NearestSources>,
    /// Who holds a live grant on its ports: people and service accounts, each once.
    pub consumers: u32,
    /// There are or were grants on it; false where the viewer sees only that it exists.
    pub ever_granted: bool,
    /// Domains that some of these consumers belong to.
    pub consumer_domains: Vec<String>,
    /// Dashboards that belong to it.
    pub dashboards: Vec<DashboardRef>,
    /// Terms of the glossary that are about it, by name.
    pub terms: Vec<TermRef>,
    /// What happened lately: newest first.
    pub activity: First<Activity>,
    /// The viewer answers for it, and sees who holds access.
    pub sees_grants: bool,
    /// The viewer is one of its owners.
    pub is_own: bool,
    /// The viewer may publish a change of it.
    pub may_edit: bool,
    /// The viewer may propose a change of it instead.
    pub may_propose: bool,
    /// The viewer sees who changed it, and its older texts.
    pub sees_history: bool,
    /// That it is retired, or will be.
    pub retirement: Option<Retirement>,
    /// The viewer may retire or restore it.
    pub may_retire: bool,
    /// That it is certified.
    pub certification: Option<Certification>,
    /// The viewer may certify it, or withdraw that.
    pub may_certify: bool,
    /// Whether the viewer follows it; `None` where they see only that it exists.
    pub follows: Option<bool>,
    /// How many people read it in the usual days; `None` where nothing of it opens here, or the viewer sees only that it exists.
    pub read_by: Option<Headcount>,
}

/// A line of what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// When.
    pub at: DateTime<Utc>,
    /// In a sentence; of a revision, who published it and why.
    pub text: String,
    /// The number of the revision that was published, where it was one.
    pub revision: Option<u32>,
}

/// A support channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportChannel {
    /// Name of the channel.
    pub name: String,
    /// Its address, where it has one.
    pub url: Option<String>,
}

/// Something a product offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputPort {
    /// Its id.
    pub id: PortId,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub description: String,
    /// The asset behind it.
    pub asset: Option<AssetRef>,
    /// Highest classification of its columns; `None` where the viewer sees only that the product exists.
    pub classification: Option<Classification>,
    /// The contract, with the state of its checks.
    pub contract: Option<ContractSummary>,
    /// The contract, where none of its versions can be read.
    pub unread_contract: Option<ContractId>,
    /// What the viewer may do.
    pub access: AccessStanding,
    /// The viewer may read it, and no table is at its location.
    pub is_gone: bool,
}

/// Something a product consumes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputPort {
    /// Its name.
    pub name: String,
    /// The asset, where it is known here and visible.
    pub asset: Option<AssetRef>,
}
