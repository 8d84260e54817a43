//! An asset's page: its columns, and what its table says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AccessStanding, AssetKind, Classification, Layer, Way};
use crate::certify::Certification;
use crate::contracts::ContractSummary;
use crate::documents::RevisionLine;
use crate::glossary::{ColumnTerm, TermRef};
use crate::people::{DomainRef, PersonRef};
use crate::retire::Retirement;
use crate::sharing::Snippet;
use crate::usage::Headcount;
use crate::{AssetId, ContractId, PortId, ProductId};

/// Columns of a table that somebody may not read who reads others of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedColumns {
    /// How many the table has.
    pub count: u32,
    /// Access to the whole table can be requested.
    pub requestable: bool,
}

/// Most columns that are described of one table; more are nobody's to read.
pub const MOST_COLUMNS: usize = 5_000;

/// A column as the catalog describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: String,
    /// What it means.
    pub description: String,
    /// How sensitive it is.
    pub classification: Classification,
    /// Tags.
    pub tags: Vec<String>,
    /// Differs from the real table: `missing`, `type differs: long`, `not described`.
    pub drift: Option<String>,
}

/// An asset's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetPage {
    /// Its id.
    pub id: AssetId,
    /// The way here.
    pub way: Way,
    /// Its name.
    pub name: String,
    /// Namespace of its address; `None` where the viewer sees only that it exists.
    pub namespace: Option<String>,
    /// Its address as lineage events say it, namespace and name; `None` where the viewer sees only that it exists.
    pub address: Option<String>,
    /// What it is.
    pub kind: AssetKind,
    /// Layer of a table.
    pub layer: Option<Layer>,
    /// Its domain.
    pub domain: DomainRef,
    /// Owners of the domain.
    pub owners: Vec<PersonRef>,
    /// Who decides where there is none, each with the domain: `Henrik Maas of Group`.
    pub in_place_of_owners: Vec<String>,
    /// The platform it lives on.
    pub platform: Option<String>,
    /// What it is about, as safe HTML.
    pub about: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Highest classification of its columns; `None` where the viewer sees only that it exists.
    pub classification: Option<Classification>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Terms of the glossary that are about it or a column of it, by name, as far as the viewer
    /// sees what they name.
    pub terms: Vec<TermRef>,
    /// The same for each column that they are about, by name.
    pub column_terms: Vec<ColumnTerm>,
    /// Products that offer it, with the port to request.
    pub offered_by: Vec<OfferedBy>,
    /// Where none does as far as can be said: that products of its domain cannot be read, in a sentence.
    pub unread_products: Option<String>,
    /// The contract on it.
    pub contract: Option<ContractSummary>,
    /// A contract on it of which no version can be read.
    pub unread_contract: Option<ContractId>,
    /// Restricted: the viewer sees only that it exists.
    pub details_hidden: bool,
    /// What the viewer may do.
    pub access: AccessStanding,
    /// The columns that stay closed to a viewer who reads others; `None` where all of them are open, or none.
    pub closed: Option<ClosedColumns>,
    /// Facts from the Delta log; the error is a sentence. `None` for what is no table.
    pub table: Option<Result<TableFacts, String>>,
    /// Its values can be opened here: a table of the lake. Whether the viewer may is said by `access`.
    pub opens_here: bool,
    /// The lake was asked and has no table there, not yet or not any more: nothing can be opened.
    pub is_gone: bool,
    /// How to read it from other tools.
    pub snippets: Vec<Snippet>,
    /// The viewer answers for it, and sees who holds access.
    pub sees_grants: bool,
    /// The viewer is one of its owners.
    pub is_own: bool,
    /// The viewer may change what is said of it.
    pub may_edit: bool,
    /// The viewer may propose a change of it instead.
    pub may_propose: bool,
    /// It is a table without a contract, and the viewer may write one.
    pub may_write_contract: bool,
    /// It is a table that the viewer reads, and they may begin a dashboard of it.
    pub may_begin_dashboard: bool,
    /// The newest revision, for those who may see the history; `None` where nobody has changed it on a page or by a push.
    pub newest: Option<RevisionLine>,
    /// That it is retired, or will be.
    pub retirement: Option<Retirement>,
    /// The viewer may retire or restore it.
    pub may_retire: bool,
    /// That it is certified.
    pub certification: Option<Certification>,
    /// The viewer may certify it, or withdraw that.
    pub may_certify: bool,
    /// Whether the viewer follows it; `None` where that is not offered.
    pub follows: Option<bool>,
    /// How many people read it in the usual days; `None` where nothing of it opens here, or the viewer sees only that it exists.
    pub read_by: Option<Headcount>,
}

/// A product that offers an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedBy {
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub name: String,
    /// The port to request.
    pub port: PortId,
}

/// Most commits that a table's page shows.
pub const MOST_COMMITS: u32 = 20;

/// What the Delta log says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableFacts {
    /// Newest version.
    pub version: i64,
    /// When it was committed.
    pub modified_at: DateTime<Utc>,
    /// Rows, where the log knows.
    pub rows: Option<i64>,
    /// Data files.
    pub files: i64,
    /// Bytes in them.
    pub bytes: i64,
    /// Partition columns.
    pub partition_columns: Vec<String>,
    /// Newest entries of the history.
    pub history: Vec<HistoryEntry>,
}

/// One commit of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Version number.
    pub version: i64,
    /// When.
    pub committed_at: DateTime<Utc>,
    /// What was done.
    pub operation: String,
    /// Rows added, where the log says so.
    pub rows_added: Option<i64>,
    /// Rows removed, where the log says so.
    pub rows_removed: Option<i64>,
    /// Data files added.
    pub files_added: i64,
    /// Data files removed.
    pub files_removed: i64,
    /// Who wrote it, for members of its domain, and with which program, where the log says so.
    pub by: Vec<String>,
    /// How its columns differ from those of the version before, a sentence each.
    pub changes: Vec<String>,
}

/// The first rows of a table, ready to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Names of the columns shown, each with its mask where it has one; `true` marks a number column.
    pub columns: Vec<(String, bool)>,
    /// Rows of text.
    pub rows: Vec<Vec<String>>,
    /// How many columns there are. Those shown hold the one that was asked for.
    pub all_columns: usize,
    /// Other rows are closed to the viewer.
    pub closed_rows: bool,
}

/// Most columns that a preview shows at once.
pub const MOST_PREVIEWED: usize = 200;
