//! A column's page: what it means, where it comes from and goes to, and what is promised of it.

use serde::{Deserialize, Serialize};

use super::{AccessStanding, AssetRef, Column, OfferedBy, Way};
use crate::contracts::{ContractColumn, ContractSummary};
use crate::glossary::TermRef;
use crate::people::PersonRef;
use crate::{ContractId, First};

/// A column's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPage {
    /// Its asset.
    pub asset: AssetRef,
    /// The way here, the asset included.
    pub way: Way,
    /// The column as the asset's page lists it.
    pub column: Column,
    /// Its type as the real table declares it, where that has it.
    pub stored_type: Option<String>,
    /// Why the real table could not be looked at, in a sentence.
    pub not_compared: Option<String>,
    /// Terms of the glossary that are about it, by name.
    pub terms: Vec<TermRef>,
    /// Columns that it is made from in one step, as far as the viewer sees columns of those assets.
    pub made_from: First<ColumnPlace>,
    /// Columns that are made from it in one step, as far as the viewer sees columns of those assets.
    pub feeds: First<ColumnPlace>,
    /// What contracts promise of it.
    pub promises: First<ColumnPromises>,
    /// A contract on its asset of which no version can be read.
    pub unread_contract: Option<ContractId>,
    /// Products that offer it, with the port to request.
    pub offered_by: Vec<OfferedBy>,
    /// What the viewer may do with the asset.
    pub access: AccessStanding,
    /// What the viewer reads of the column.
    pub reading: ColumnReading,
    /// There are rows whose values stay closed to a viewer who reads others.
    pub closed_rows: bool,
    /// Access to the whole table can be requested by a viewer who reads other columns of it.
    pub requestable: bool,
    /// Owners of the domain.
    pub owners: Vec<PersonRef>,
    /// Who decides where there is none, each with the domain: `Henrik Maas of Group`.
    pub in_place_of_owners: Vec<String>,
    /// The viewer is one of the owners.
    pub is_own: bool,
    /// The name of the column before it.
    pub before: Option<String>,
    /// The name of the column behind it.
    pub after: Option<String>,
    /// Its place among the columns of the asset, from 1.
    pub place: u32,
    /// How many columns the asset has.
    pub of: u32,
}

/// What somebody reads of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnReading {
    /// Its values.
    Plain,
    /// What a mask leaves of them, in words: `the year only`.
    Masked(String),
    /// Nothing.
    Closed,
}

/// A column of another asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPlace {
    /// The asset.
    pub asset: AssetRef,
    /// The column.
    pub column: String,
    /// The catalog describes it; otherwise only lineage names it.
    pub is_described: bool,
}

/// What a contract promises of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPromises {
    /// The contract.
    pub contract: ContractSummary,
    /// The element of its schema that is the column, and what is nested in it.
    pub elements: First<ContractColumn>,
}
