//! Assets, data products, search.

mod search;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::contracts::ContractSummary;
use crate::people::{DomainRef, PersonRef};
use crate::sharing::Snippet;
use crate::{AssetId, DashboardId, First, GrantId, PortId, ProductId, RequestId};

pub use search::{
    Facet, FacetValue, Hit, LONGEST_SEARCH, LONGEST_WORD, MOST_MATCHES, MOST_WORDS, SearchRequest,
    SearchResult,
};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word used in files, addresses, tables and on screens.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err(format!("\"{other}\" is not allowed here; allowed are {}", [$($text),*].join(", "))),
                }
            }
        }
    )*};
}
pub(crate) use words;

words! {
    /// What an asset is.
    AssetKind {
        /// A Delta table or view.
        Table = "table",
        /// A Kafka topic.
        Topic = "topic",
        /// A machine-learning model.
        Model = "model",
        /// A dashboard, ours or in another tool.
        Dashboard = "dashboard",
        /// A file or folder.
        File = "file",
        /// An application, such as a chat assistant.
        App = "app",
        /// A source system.
        Source = "source",
        /// A job that moves data.
        Job = "job",
    }

    /// How refined a table is.
    Layer {
        /// As it arrived.
        Bronze = "bronze",
        /// Cleaned and conformed.
        Silver = "silver",
        /// Made for a use.
        Gold = "gold",
    }

    /// How sensitive data is; the order is from free to strict.
    Classification {
        /// Anybody may know it.
        Public = "public",
        /// For the company.
        Internal = "internal",
        /// For those who need it.
        Confidential = "confidential",
        /// Personal or critical data.
        Restricted = "restricted",
    }

    /// Who sees a data product.
    Visibility {
        /// Everybody sees it.
        Open = "open",
        /// Everybody sees that it exists, not its details.
        Restricted = "restricted",
        /// Only its domain sees it.
        Private = "private",
    }

    /// What a search hit is.
    HitKind {
        /// A data product.
        Product = "product",
        /// A table.
        Table = "table",
        /// A topic.
        Topic = "topic",
        /// A model.
        Model = "model",
        /// A dashboard.
        Dashboard = "dashboard",
        /// A file.
        File = "file",
        /// An application.
        App = "app",
        /// A source system.
        Source = "source",
        /// A job.
        Job = "job",
    }
}

/// Whether the viewer may read values, and the next step if not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "access", rename_all = "snake_case")]
pub enum AccessStanding {
    /// The data is public: everybody may, of a table as far as its columns are described so.
    Public,
    /// By membership of the owning domain.
    Domain,
    /// By a grant.
    Granted {
        /// The grant.
        grant: GrantId,
        /// Last day it holds, as things stand.
        ends_on: NaiveDate,
        /// With whom its review lies, by name, where it ends on that day because nobody decides it.
        undecided_by: Vec<String>,
    },
    /// A request waits.
    Requested {
        /// The request.
        request: RequestId,
        /// Who can decide it, by name.
        with: Vec<String>,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// A dashboard of this portal: it shows each viewer what that viewer may read.
    Opens {
        /// Its page.
        href: String,
    },
    /// None, and it can be requested.
    Requestable,
    /// None, and there is nothing to request (no output port offers it).
    NotOffered,
    /// None: it is public, but nobody described a column, and what nobody described counts as internal.
    NotDescribed,
    /// None yet: the catalog does not know the data behind the output port.
    NotKnown,
}

impl AccessStanding {
    /// True when values may be read now.
    pub fn may_read(&self) -> bool {
        matches!(self, Self::Public | Self::Domain | Self::Granted { .. })
    }
}

/// Said of the values of a public table that shows nothing, because nobody described its columns.
pub const NOT_DESCRIBED: &str = "No column of this table is described yet, so none of them counts as public.";

/// Columns of a table that somebody may not read who reads others of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedColumns {
    /// How many the table has.
    pub count: u32,
    /// Access to the whole table can be requested.
    pub requestable: bool,
}

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

/// The way from a list to a page: what lies above it, as far as the viewer sees it and it has a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Way {
    /// The domain.
    pub domain: Option<DomainRef>,
    /// The product, by id and name.
    pub product: Option<(ProductId, String)>,
    /// The asset, by id and name.
    pub asset: Option<(AssetId, String)>,
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
    /// What happened lately: newest first.
    pub activity: First<Activity>,
    /// The viewer answers for it, and sees who holds access.
    pub sees_grants: bool,
}

/// A line of what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// When.
    pub at: DateTime<Utc>,
    /// In a sentence.
    pub text: String,
}

/// A support channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportChannel {
    /// Name of the channel.
    pub name: String,
    /// Its address, where it has one.
    pub url: Option<String>,
}

/// A dashboard by id and title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardRef {
    /// Its id.
    pub id: DashboardId,
    /// Its title.
    pub title: String,
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
    /// What the viewer may do.
    pub access: AccessStanding,
}

/// Something a product consumes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputPort {
    /// Its name.
    pub name: String,
    /// The asset, where it is known here and visible.
    pub asset: Option<AssetRef>,
}

/// An asset by id, name and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetRef {
    /// Its id.
    pub id: AssetId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: AssetKind,
    /// Layer of a table.
    pub layer: Option<Layer>,
    /// Its values can be opened here: a table of the lake. Whether somebody may is another question.
    pub opens_here: bool,
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
    /// What it is about.
    pub description: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Highest classification of its columns; `None` where the viewer sees only that it exists.
    pub classification: Option<Classification>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Products that offer it, with the port to request.
    pub offered_by: Vec<OfferedBy>,
    /// The contract on it.
    pub contract: Option<ContractSummary>,
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
    /// How to read it from other tools.
    pub snippets: Vec<Snippet>,
    /// The viewer answers for it, and sees who holds access.
    pub sees_grants: bool,
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
    /// Rows written, where the log says so.
    pub rows_written: Option<i64>,
}

/// The first rows of a table, ready to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Names of the columns shown; `true` marks a number column.
    pub columns: Vec<(String, bool)>,
    /// Rows of text.
    pub rows: Vec<Vec<String>>,
    /// How many columns there are. Those shown hold the one that was asked for.
    pub all_columns: usize,
}

/// Most columns that a preview shows at once.
pub const MOST_PREVIEWED: usize = 200;

/// The home page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomePage {
    /// What waits for the viewer, most urgent first.
    pub tasks: Vec<Task>,
    /// What the viewer may use.
    pub my_data: First<MyData>,
    /// New in the catalog: newest first.
    pub news: First<News>,
}

/// Days for which something in the catalog is new.
pub const NEWS_DAYS: i64 = 30;

/// A kind of work that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// In words: `3 requests to decide`.
    pub label: String,
    /// Where to do it.
    pub href: String,
    /// When the oldest began to wait.
    pub oldest: Option<DateTime<Utc>>,
}

/// Something the viewer may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MyData {
    /// The asset.
    pub asset: AssetRef,
    /// Product that offers it.
    pub product: Option<String>,
    /// The last day, where it is read under a grant; `None` by membership, and where everybody may read it.
    pub ends_on: Option<NaiveDate>,
    /// Everybody may read it.
    pub is_public: bool,
    /// State of the contract on it.
    pub contract_state: Option<crate::contracts::CheckState>,
    /// Its last change that the portal has seen.
    pub changed_at: Option<DateTime<Utc>>,
    /// When the viewer last read it here.
    pub opened_at: Option<DateTime<Utc>>,
}

/// A novelty in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// What: `Sales forecast`.
    pub title: String,
    /// In words: `Product of Finance Forecasting`.
    pub text: String,
    /// Where to read on.
    pub href: String,
    /// Since when.
    pub at: DateTime<Utc>,
}
