//! What has to be run for a dashboard, and what depends on what.

use std::collections::{BTreeMap, BTreeSet};

use lakeport_frame::{Frame, Value};
use sha2::{Digest, Sha256};

use super::format::{Block, BlockKind, Dashboard, Options, Piece, SqlQuery, Widget};
use super::params::{ParamSet, Variant};

/// Most rows of one query; a chart or table of more is no longer read by anybody.
pub const ROW_LIMIT: u32 = 10_000;

/// Most rows of a file: ten times what a page asks for, and about what still crosses from the lake in one answer.
pub const DOWNLOAD_LIMIT: u32 = 100_000;

/// Most options of one filter.
pub const OPTION_LIMIT: u32 = 1000;

/// Which result: of a named query, for the period that is set or the one before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryRunKey {
    /// Name of the query.
    pub name: String,
    /// Which period.
    pub variant: Variant,
}

/// A statement with its values, ready to be run.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryRun {
    /// Which result it gives.
    pub key: QueryRunKey,
    /// The statement as its author wrote it.
    pub sql: String,
    /// Values of the parameters it uses, and of no others.
    pub parameters: BTreeMap<String, Value>,
    /// Equal for equal statements with equal values: a key for caches, together with what may be read of the tables and
    /// their versions. Who asks is no part of it: those who may read the same are answered the same.
    pub hash: String,
}

/// A statement that gives the options of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsRun {
    /// Name of the filter.
    pub widget: String,
    /// The table it reads, as SQL names it.
    pub table: String,
    /// The column.
    pub column: String,
    /// The statement; it has no parameters.
    pub sql: String,
    /// Equal for equal statements.
    pub hash: String,
}

/// Everything that has to be run to show the dashboard: queries that something shows, and further times
/// those that are compared with the period before, or whose series keep their colours under every filter and on all
/// days.
pub fn runs(dashboard: &Dashboard, params: &ParamSet) -> Vec<QueryRun> {
    let mut wanted = BTreeSet::new();
    for block in dashboard.elements() {
        wanted.extend(results_of(block));
    }
    let bound = [Variant::Current, Variant::Previous, Variant::Lead, Variant::Initial, Variant::Ever]
        .map(|variant| (variant, params.bound(variant)));
    let used = |query: &SqlQuery, variant: Variant| -> Option<BTreeMap<String, Value>> {
        let (_, values) = bound.iter().find(|(bound, _)| *bound == variant)?;
        let used = values.as_ref()?.iter().filter(|(name, _)| query.parameters.contains(*name));
        Some(used.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let run = |(name, variant): (&str, Variant)| {
        let query = dashboard.query(name)?;
        let parameters = used(query, variant)?;
        let same_as = |other: Variant| used(query, other).as_ref() == Some(&parameters);
        let is_run_already = match variant {
            Variant::Current | Variant::Previous | Variant::Lead => false,
            Variant::Initial => same_as(Variant::Current),
            Variant::Ever => same_as(Variant::Current) || same_as(Variant::Initial),
        };
        if is_run_already {
            return None;
        }
        let hash = hash(&query.sql, &parameters);
        let key = QueryRunKey { name: name.to_owned(), variant };
        Some(QueryRun { key, sql: query.sql.clone(), parameters, hash })
    };
    wanted.into_iter().filter_map(run).collect()
}

/// The statements that give the options of filters.
pub fn option_runs(dashboard: &Dashboard) -> Vec<OptionsRun> {
    let run = |widget: &Widget| {
        let Some(Options::Column { table, column }) = widget.options() else {
            return None;
        };
        let from: Vec<String> = table.split('.').map(quoted).collect();
        let from = from.join(".");
        let name = quoted(column);
        let sql = format!(
            "SELECT DISTINCT {name} AS \"option\" FROM {from} WHERE {name} IS NOT NULL ORDER BY \"option\" LIMIT {OPTION_LIMIT}"
        );
        let hash = hash(&sql, &BTreeMap::new());
        Some(OptionsRun {
            widget: widget.name.clone(),
            table: table.clone(),
            column: column.clone(),
            sql,
            hash,
        })
    };
    dashboard.widgets.iter().filter_map(run).collect()
}

/// The options in the answer to an [`OptionsRun`].
pub fn option_values(answer: &Frame) -> Vec<String> {
    let Some(column) = answer.columns().first() else {
        return Vec::new();
    };
    let values = (0..answer.rows()).filter_map(|row| column.values.get(row));
    values.filter(|value| *value != Value::Null).map(|value| value.to_string()).collect()
}

/// What is fetched as a file.
pub struct Download<'a> {
    /// The query whose result it is.
    pub query: &'a str,
    /// The columns in it; all of them where none is named.
    pub columns: Vec<&'a str>,
}

/// What can be fetched as a file under an element's id: of a table where its author offers it, of a chart the columns
/// it draws; `None` otherwise.
pub fn download<'a>(dashboard: &'a Dashboard, element: &str) -> Option<Download<'a>> {
    let block = dashboard.elements().into_iter().find(|block| block.id == element)?;
    match &block.kind {
        BlockKind::Table(table) if table.download_csv => {
            Some(Download { query: &table.data, columns: Vec::new() })
        }
        BlockKind::Chart(chart) => {
            let columns =
                std::iter::once(&chart.x).chain(&chart.color).chain(&chart.y).chain(&chart.forecast);
            Some(Download { query: &chart.data, columns: columns.map(String::as_str).collect() })
        }
        _ => None,
    }
}

/// The period that drives a query and can be compared with the one before.
pub(super) fn compared_period<'a>(dashboard: &'a Dashboard, query: &str) -> Option<&'a Widget> {
    let query = dashboard.query(query)?;
    widgets_of(dashboard, query).find(|widget| widget.compares())
}

/// The filters that a query asks.
pub(super) fn widgets_of<'a>(dashboard: &'a Dashboard, query: &SqlQuery) -> impl Iterator<Item = &'a Widget> {
    let binds =
        |widget: &&Widget| widget.parameters().iter().any(|parameter| query.parameters.contains(parameter));
    dashboard.widgets.iter().filter(binds)
}

/// The results that an element shows; the colours of series come from those under no filter and of all days.
pub(super) fn results_of(block: &Block) -> BTreeSet<(&str, Variant)> {
    let mut results: BTreeSet<_> =
        queries_of(block).into_iter().map(|name| (name, Variant::Current)).collect();
    if let BlockKind::Metric(metric) = &block.kind
        && metric.delta
    {
        results
            .extend([Variant::Previous, Variant::Lead].map(|variant| (metric.value.query.as_str(), variant)));
    }
    if let BlockKind::Chart(chart) = &block.kind
        && chart.color.is_some()
    {
        results.extend([Variant::Initial, Variant::Ever].map(|variant| (chart.data.as_str(), variant)));
    }
    results
}

/// Queries whose current result an element shows.
fn queries_of(block: &Block) -> BTreeSet<&str> {
    match &block.kind {
        BlockKind::Text(pieces) => pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Value { data, .. } => Some(data.query.as_str()),
                Piece::Html(_) | Piece::Widget(_) => None,
            })
            .collect(),
        BlockKind::Metric(metric) => {
            let spark = metric.spark.as_ref().map(|data| data.query.as_str());
            std::iter::once(metric.value.query.as_str()).chain(spark).collect()
        }
        BlockKind::Chart(chart) => BTreeSet::from([chart.data.as_str()]),
        BlockKind::Table(table) => BTreeSet::from([table.data.as_str()]),
        BlockKind::Columns { .. } | BlockKind::Tabs(_) | BlockKind::Expander { .. } => BTreeSet::new(),
    }
}

/// Elements of which nothing true is left without the results of these queries, by id.
pub(super) fn hollow(dashboard: &Dashboard, lacking: &BTreeSet<&str>) -> BTreeSet<String> {
    let is_hollow = |block: &&Block| match &block.kind {
        BlockKind::Metric(metric) => lacking.contains(metric.value.query.as_str()),
        _ => !queries_of(block).is_disjoint(lacking),
    };
    dashboard.elements().into_iter().filter(is_hollow).map(|block| block.id.clone()).collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn hash(sql: &str, parameters: &BTreeMap<String, Value>) -> String {
    let mut hasher = Sha256::new();
    hasher.update(sql.as_bytes());
    for (name, value) in parameters {
        // Debug output names the type, so that the text "1" and the number 1 differ.
        hasher.update(format!("\0{name}={value:?}").as_bytes());
    }
    hex::encode(hasher.finalize())
}

#[cfg(test)]
mod tests;
