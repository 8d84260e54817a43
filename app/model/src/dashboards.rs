//! What a dashboard page shows: filters and a tree of elements, every figure already written as text.
//!
//! Elements carry a hash of their content, so that a page which holds an older view replaces only
//! what changed.

use serde::{Deserialize, Serialize};

use crate::DashboardId;
use crate::catalog::{AccessStanding, AssetRef, Way};
use crate::people::{DomainRef, PersonRef};

/// A whole dashboard for one viewer and one setting of its filters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The heading.
    pub title: String,
    /// The team that answers for it.
    pub owner: String,
    /// One or two sentences under the heading.
    pub description: Option<String>,
    /// Tables it reads, as SQL names them.
    pub reads: Vec<String>,
    /// The filter bar, in the order of the text.
    pub filters: Vec<Filter>,
    /// Canonical query string of this state, without `?`; empty when every filter has its default and every table
    /// stands as its query gives it.
    pub query: String,
    /// The orders of tables, as names and values: a form with other filters keeps them.
    pub orders: Vec<(String, String)>,
    /// Sentences about parts of the address that were not understood.
    pub notices: Vec<String>,
    /// What stands below the filters.
    pub elements: Vec<Element>,
    /// How fresh the data is and whether its contract is kept, in a line.
    pub as_of: Option<String>,
    /// What its text states and the portal does not carry out, a sentence each.
    pub not_carried_out: Vec<String>,
    /// The way here.
    pub way: Way,
    /// Its domain.
    pub domain: DomainRef,
    /// The viewer may publish another text of it.
    pub may_edit: bool,
    /// The viewer sees who published which text of it.
    pub sees_history: bool,
    /// Tables it reads that the viewer may not read.
    pub missing: Vec<MissingTable>,
    /// Changes when anything changes that is said above the filters: how fresh the figures are, what of them is missing,
    /// what of the address was not understood.
    pub said: String,
}

/// A table the viewer may not read, or not all of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingTable {
    /// Its name, as SQL writes it; other words where the viewer must not know it.
    pub table: String,
    /// Only some of its columns are missing: those that are not public.
    pub columns_only: bool,
    /// The table, where the viewer knows it.
    pub asset: Option<AssetRef>,
    /// Where access can be requested, if anywhere.
    pub request_href: Option<String>,
    /// What the viewer may do about it.
    pub access: AccessStanding,
    /// Who answers for it.
    pub owners: Vec<PersonRef>,
}

/// A dashboard in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardLine {
    /// Its id.
    pub id: DashboardId,
    /// Its title.
    pub title: String,
    /// What it shows, in a sentence or two.
    pub description: Option<String>,
    /// The domain that answers for it.
    pub domain: DomainRef,
    /// The product it is part of.
    pub product: Option<String>,
    /// Tables it reads.
    pub reads: Vec<String>,
    /// True when the viewer may read all of them.
    pub may_read: bool,
    /// Of one of them the viewer reads only what is described as public.
    pub in_part: bool,
}

/// One filter with its current value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Name of the parameter, in the address and in SQL.
    pub name: String,
    /// What people read.
    pub label: String,
    /// A sentence that explains it.
    pub help: Option<String>,
    /// The control and its value.
    pub control: Control,
    /// Somebody has set it: it differs from what it is without a choice.
    pub changed: bool,
    /// Why its options are missing or incomplete.
    pub problem: Option<String>,
    /// Changes when anything above changes.
    pub hash: String,
}

/// First and last day that a filter takes, ISO; what lies outside is a slip of the keys, or a year half typed.
pub const FILTER_DAYS: (&str, &str) = ("1900-01-01", "2199-12-31");

/// What is said of a last day that was typed before the first.
pub const DAYS_REVERSED: &str = "The end lies before the start.";

/// How a filter is set. The form field has the filter's name unless said otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Control {
    /// A range of days: a preset, or the fields `NAME_start` and `NAME_end` with the preset `custom`.
    Period {
        /// Presets, `custom` last.
        presets: Vec<Choice>,
        /// First day, ISO; empty where that end is open.
        start: String,
        /// Last day, ISO; empty where that end is open.
        end: String,
        /// Both as the field `NAME_shown` has them: whether others were typed, and how these go on being compared.
        shown: String,
        /// The range in words.
        text: String,
        /// The range it is compared with, in words.
        compared_with: Option<String>,
    },
    /// One day, ISO.
    Day {
        /// The day, ISO.
        value: String,
        /// The day in words.
        text: String,
    },
    /// Exactly one of the options.
    Select {
        /// The options; exactly one is chosen, unless there are none.
        options: Vec<Choice>,
    },
    /// Any number of options; the field repeats. None chosen means all: a form says so with an empty
    /// hidden field of the same name, for without any field the default applies.
    MultiSelect {
        /// The options.
        options: Vec<Choice>,
    },
    /// A number in a range.
    Slider {
        /// Smallest value, as a form field writes it.
        min: String,
        /// Largest value.
        max: String,
        /// Distance between values.
        step: String,
        /// Current value.
        value: String,
        /// Current value in words.
        text: String,
    },
    /// Free text.
    Text {
        /// Current value.
        value: String,
        /// Longest text accepted, in characters.
        max_length: u32,
    },
}

/// One option of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// It is the current value, or among the current values.
    pub chosen: bool,
}

/// One element of the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// Unique within the dashboard; the same as long as the text stays the same.
    pub id: String,
    /// Changes when the content changes.
    pub hash: String,
    /// What it shows.
    pub content: Content,
    /// The tables whose rows it shows. They stay on the server, which counts who read them.
    #[serde(skip)]
    pub made_from: Vec<String>,
}

impl Element {
    /// The name of one of its tabs, by which a page says that it stands open; an expander goes by its id.
    pub fn tab_part(id: &str, index: usize) -> String {
        format!("{id}.{index}")
    }
}

/// What an element shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Text, as HTML that is safe to insert: values are escaped, raw HTML of the author is not passed on.
    Text {
        /// The HTML.
        html: String,
    },
    /// A headline figure.
    Metric(Metric),
    /// A chart.
    Chart(Chart),
    /// A table.
    Table(Table),
    /// Children side by side; when there are more children than weights, they go on in the next row.
    Columns {
        /// Relative widths.
        weights: Vec<u32>,
        /// One child a cell.
        children: Vec<Element>,
    },
    /// Children behind tabs.
    Tabs {
        /// The tabs, first one open.
        tabs: Vec<Tab>,
    },
    /// Children behind a summary line.
    Expander {
        /// The summary line.
        title: String,
        /// Open from the start.
        open: bool,
        /// What it holds.
        children: Vec<Element>,
    },
    /// An element that cannot be shown; the others are not affected.
    Problem {
        /// Title of the element.
        title: Option<String>,
        /// What happened and what to do.
        sentence: String,
    },
}

/// One tab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    /// Its label.
    pub title: String,
    /// What it holds.
    pub children: Vec<Element>,
}

/// A headline figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What the figure is.
    pub label: String,
    /// The figure with its unit.
    pub value: String,
    /// The change against the period before.
    pub delta: Option<Delta>,
    /// A small line of its course, as SVG without text.
    pub spark: Option<String>,
    /// A sentence that explains it.
    pub help: Option<String>,
}

/// The change of a figure against the period before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// In words, with the period it is compared with.
    pub text: String,
    /// Which way the figure went.
    pub direction: Direction,
    /// Whether that is welcome.
    pub tone: Tone,
}

/// Which way a figure went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It grew.
    Up,
    /// It shrank.
    Down,
    /// It stayed, or there is nothing to compare with.
    Flat,
}

/// Whether a change is welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Welcome.
    Good,
    /// Unwelcome.
    Bad,
    /// Neither, or the author does not say.
    Neutral,
}

/// A chart, its description and its table twin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// The heading.
    pub title: String,
    /// Which chosen filters say nothing about it, in a sentence.
    pub unfiltered: Option<String>,
    /// The drawing; its marks carry their value as a title, and are links where choosing one filters. Empty where the
    /// selection has no figures.
    pub svg: String,
    /// Another drawing of the same, for a phone's width.
    pub narrow_svg: String,
    /// What it shows, in a sentence; without a drawing, that there is nothing.
    pub description: String,
    /// Names of the series in the order of their rows; empty when there is only one.
    pub legend: Vec<String>,
    /// The same figures as a table.
    pub table: Table,
}

/// A page of a table, with every cell written as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The element it belongs to.
    pub id: String,
    /// The heading.
    pub title: Option<String>,
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows there are, and which of them these are; that there are none.
    pub note: String,
    /// The way to the other pages, where there are any.
    pub pages: Option<Pages>,
    /// The address says how this table is turned.
    pub is_turned: bool,
    /// Where the whole result can be fetched as CSV.
    pub download_csv: Option<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableColumn {
    /// Name in the query.
    pub name: String,
    /// Heading.
    pub header: String,
    /// Numbers align right, with tabular figures.
    pub is_number: bool,
    /// Where the rows stand in another order by this column.
    pub sort_href: String,
    /// The order they have by it now.
    pub sorted: Option<Sorted>,
}

/// The order of rows by a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sorted {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The ways from one page of a table to the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// This page, from 0.
    pub page: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page behind.
    pub next: Option<String>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Cell {
    /// The value as text; empty for a missing value.
    pub text: String,
    /// Where the cell leads.
    pub link: Option<String>,
    /// Length of a bar behind the figure, 0 to 1.
    pub bar: Option<f64>,
}
