//! Assets, data products, search.

mod asset;
mod column;
mod home;
mod product;
mod profile;
mod search;
mod typed;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::people::DomainRef;
use crate::words::words;
use crate::{AssetId, DashboardId, GrantId, ProductId, RequestId};

pub use asset::{
    AssetPage, ClosedColumns, Column, HistoryEntry, MOST_COLUMNS, MOST_COMMITS, MOST_PREVIEWED, OfferedBy,
    Preview, TableFacts,
};
pub use column::{ColumnPage, ColumnPlace, ColumnPromises, ColumnReading};
pub use home::{HomePage, MyData, NEWS_DAYS, News, Task};
pub use product::{
    Activity, BrokenInput, InputPort, NearestSources, OutputPort, ProductPage, SupportChannel,
};
pub use profile::{Bucket, ColumnProfile, MOST_PROFILED, Profile};
pub use search::{
    CATCHING_UP, Facet, FacetValue, Hit, LONGEST_SEARCH, LONGEST_WORD, MOST_WORDS, ORDERS, SearchRequest,
    SearchResult, WIDENED,
};
pub use typed::TYPED_FILTERS;

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
    /// None, and none can be requested any more: it is retired.
    Retired,
    /// None: it is public, but nobody described a column, and what nobody described counts as internal.
    NotDescribed,
    /// None yet: the catalog does not know the data behind the output port.
    NotKnown,
    /// None, until somebody corrects what cannot be read: what describes the data behind the output port, or its contract.
    Unread,
    /// A dashboard of this portal whose text cannot be read: there is nothing to open until somebody corrects it.
    UnreadDashboard,
    /// None, and none can be requested: the product is private, and the viewer sees it to decide about it.
    SeenToDecide,
}

impl AccessStanding {
    /// True when values may be read now.
    pub fn may_read(&self) -> bool {
        matches!(self, Self::Public | Self::Domain | Self::Granted { .. })
    }
}

/// Said of the values of a public table that shows nothing, because nobody described its columns.
pub const NOT_DESCRIBED: &str = "No column of this table is described yet, so none of them counts as public.";

/// Said of the values of a private product to somebody outside its domain who sees it to decide about it.
pub const SEEN_TO_DECIDE: &str = "You see this because you answer for its data. Its values are for its own domain: \
                                  nobody else can ask for access to them.";

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

/// A dashboard by id and title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardRef {
    /// Its id.
    pub id: DashboardId,
    /// Its title.
    pub title: String,
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
