//! A dashboard as its text says it, checked and typed.

use std::collections::BTreeSet;

use lakeport_frame::{Format, Locale};

use super::expectations::{Alert, TestCase};
use super::{DataRef, Widget};
use crate::standards::FileError;

/// A dashboard whose text was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// What stands between the two `---` lines.
    pub front: Front,
    /// Filters, in the order of the text.
    pub widgets: Vec<Widget>,
    /// Named queries, in the order of the text.
    pub queries: Vec<SqlQuery>,
    /// What is shown, in the order of the text.
    pub body: Vec<Block>,
    /// Alerts; kept and validated, nothing sends them yet.
    pub alerts: Vec<Alert>,
    /// Tests; kept and validated, nothing runs them yet.
    pub tests: Vec<TestCase>,
    /// Advice that does not keep the text from being used.
    pub warnings: Vec<FileError>,
}

impl Dashboard {
    /// The widget of this name.
    pub fn widget(&self, name: &str) -> Option<&Widget> {
        self.widgets.iter().find(|widget| widget.name == name)
    }

    /// The query of this name.
    pub fn query(&self, name: &str) -> Option<&SqlQuery> {
        self.queries.iter().find(|query| query.name == name)
    }

    /// Every element outside containers and inside them, in the order of the text.
    pub fn elements(&self) -> Vec<&Block> {
        fn walk<'a>(blocks: &'a [Block], found: &mut Vec<&'a Block>) {
            for block in blocks {
                match &block.kind {
                    BlockKind::Columns { children, .. } | BlockKind::Expander { children, .. } => {
                        walk(children, found);
                    }
                    BlockKind::Tabs(tabs) => tabs.iter().for_each(|tab| walk(&tab.children, found)),
                    _ => found.push(block),
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.body, &mut found);
        found
    }
}

/// The front matter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Front {
    /// The heading.
    pub title: String,
    /// The team that may publish it.
    pub owner: String,
    /// The only tables its SQL can reach, as SQL names them.
    pub reads: Vec<String>,
    /// Number and date conventions.
    pub locale: Locale,
    /// Groups that see it; empty means everybody who may see its product.
    pub view_groups: Vec<String>,
    /// Deliveries; kept and validated, nothing sends them yet.
    pub subscribe: Vec<Subscription>,
    /// Id of the domain it belongs to.
    pub domain: Option<String>,
    /// Id of the data product it is part of.
    pub product: Option<String>,
    /// One or two sentences.
    pub description: Option<String>,
}

/// A delivery of the dashboard on a schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Five cron fields.
    pub cron: String,
    /// Filter values of the delivery, as in the address.
    pub params: Vec<(String, String)>,
    /// Formats attached: `html`, `xlsx`, `csv`.
    pub attach: Vec<String>,
}

/// A named query.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlQuery {
    /// Its name.
    pub name: String,
    /// The statement.
    pub sql: String,
    /// Parameters it uses, without `$`.
    pub parameters: BTreeSet<String>,
    /// Line of the fence that opens it.
    pub line: u64,
}

/// Something shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Unique within the dashboard.
    pub id: String,
    /// Where it stands in the text.
    pub line: u64,
    /// What it is.
    pub kind: BlockKind,
}

/// The kinds of things shown.
#[derive(Debug, Clone, PartialEq)]
pub enum BlockKind {
    /// Markdown, already as safe HTML with gaps for values.
    Text(Vec<Piece>),
    /// `metric`.
    Metric(MetricBlock),
    /// `line_chart`, `bar_chart`, `area_chart`.
    Chart(ChartBlock),
    /// `dataframe`.
    Table(TableBlock),
    /// `::: columns`.
    Columns {
        /// Relative widths.
        weights: Vec<u32>,
        /// One child a cell.
        children: Vec<Block>,
    },
    /// `::: tabs`.
    Tabs(Vec<TabBlock>),
    /// `::: expander`, or `::: expanded` when it is open from the start.
    Expander {
        /// The summary line.
        title: String,
        /// Open from the start.
        open: bool,
        /// What it holds.
        children: Vec<Block>,
    },
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Safe HTML.
    Html(String),
    /// The current value of a widget, in words.
    Widget(String),
    /// A value of the first row of a query.
    Value {
        /// Which one.
        data: DataRef,
        /// How it is shown; `None` as its type suggests.
        format: Option<Format>,
    },
}

/// One `::: tab`.
#[derive(Debug, Clone, PartialEq)]
pub struct TabBlock {
    /// Its label.
    pub title: String,
    /// What it holds.
    pub children: Vec<Block>,
}

/// A headline figure.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricBlock {
    /// What the figure is.
    pub label: String,
    /// The figure.
    pub value: DataRef,
    /// How it is shown.
    pub format: Option<Format>,
    /// It is compared with the period before.
    pub delta: bool,
    /// Which direction is welcome.
    pub delta_color: DeltaColor,
    /// A small line of this column.
    pub spark: Option<DataRef>,
    /// A sentence that explains it.
    pub help: Option<String>,
}

/// Which direction of a change is welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeltaColor {
    /// More is welcome.
    Normal,
    /// Less is welcome.
    Inverse,
    /// Neither, or nobody says.
    #[default]
    Off,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartShape {
    /// `line_chart`
    Line,
    /// `bar_chart`
    Bar {
        /// Bars lie.
        horizontal: bool,
    },
    /// `area_chart`
    Area,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartBlock {
    /// Its shape.
    pub shape: ChartShape,
    /// The query it shows.
    pub data: String,
    /// Column of the axis.
    pub x: String,
    /// Columns of the figures.
    pub y: Vec<String>,
    /// Column that splits the figures into series.
    pub color: Option<String>,
    /// The one of `y` that says what is expected.
    pub forecast: Option<String>,
    /// How figures are shown.
    pub format: Option<Format>,
    /// The heading.
    pub title: String,
    /// Height in pixels.
    pub height: Option<u32>,
    /// A chosen mark sets these widgets: (widget, column).
    pub on_select: Vec<(String, String)>,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableBlock {
    /// The query it shows.
    pub data: String,
    /// The heading.
    pub title: Option<String>,
    /// Link of a row, with columns in braces.
    pub link: Option<String>,
    /// CSV can be fetched.
    pub download_csv: bool,
    /// The text asks for xlsx, which nobody makes yet.
    pub wants_xlsx: bool,
    /// Columns with options of their own.
    pub columns: Vec<ColumnStyle>,
}

/// Options of a column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnStyle {
    /// The column.
    pub name: String,
    /// Its heading.
    pub label: Option<String>,
    /// How values are shown.
    pub format: Option<Format>,
    /// A bar stands behind the figure.
    pub bar: bool,
    /// The column is left out.
    pub hidden: bool,
}
