//! Running what a dashboard needs, next to each other, each result kept for the version of its tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use lakeport_frame::{Columns, Frame, LakeError, TableInfo, Value};
use tokio::task::JoinSet;

use super::format::Dashboard;
use super::params::{ParamSet, Variant};
use super::plan::{self, DOWNLOAD_LIMIT, OPTION_LIMIT, QueryRunKey, ROW_LIMIT};
use crate::Ctx;
use crate::lake::Statement;
use crate::policy::Entitlement;

/// A table as far as the viewer may read it, as it is now.
pub(super) struct Table {
    pub(super) entitlement: Entitlement,
    pub(super) info: Option<TableInfo>,
}

impl Table {
    /// Tells one state of the table from any other, and how much of it is read: dropped and made again, it counts its
    /// versions from the start.
    fn state(&self) -> Option<String> {
        let info = self.info.as_ref()?;
        let modified = info.modified_at.timestamp_micros();
        let columns = match &self.entitlement.readable().columns {
            Columns::All => "*".to_owned(),
            Columns::Only(names) => format!("{names:?}"),
        };
        Some(format!("{}@{}@{modified} {columns}", self.entitlement.table().location, info.version))
    }
}

/// Asks the lake for the newest version of each table; a table that is gone stays without one.
pub(super) async fn describe(ctx: &Ctx, entitlements: &[Entitlement]) -> Vec<Table> {
    let mut described = Vec::with_capacity(entitlements.len());
    for entitlement in entitlements {
        let table = entitlement.table();
        let info = ctx.results.table_or(table.location.clone(), ctx.look(table)).await.ok();
        described.push(Table { entitlement: entitlement.clone(), info });
    }
    described
}

/// Everything a view is made of.
pub(super) struct Answers {
    pub(super) params: ParamSet,
    /// By query and period.
    pub(super) results: BTreeMap<QueryRunKey, Outcome>,
    /// Options of filters by name, as [`plan::option_values`] reads them.
    pub(super) options: BTreeMap<String, Outcome>,
}

pub(super) type Outcome = Result<Arc<Frame>, LakeError>;

/// Runs options first (the state of the filters depends on them), then all queries.
pub(super) async fn run(
    ctx: &Ctx,
    dashboard: &Dashboard,
    tables: &[Table],
    query: &[(String, String)],
) -> Answers {
    let (params, options) = filters(ctx, dashboard, tables, query).await;
    let mut asked = JoinSet::new();
    for run in plan::runs(dashboard, &params) {
        let call = call(ctx, tables, &run.sql, run.parameters, &run.hash, ROW_LIMIT);
        asked.spawn(async move { (run.key, call.await) });
    }
    Answers { params, results: asked.join_all().await.into_iter().collect(), options }
}

/// What one query answers, for a file: what the page shows, or where that is cut off, as much more as one answer
/// of the lake can hold. `None` where the query has nothing to run on.
pub(super) async fn download(
    ctx: &Ctx,
    dashboard: &Dashboard,
    tables: &[Table],
    query: &[(String, String)],
    name: &str,
) -> Option<Outcome> {
    let (params, _) = filters(ctx, dashboard, tables, query).await;
    let key = QueryRunKey { name: name.to_owned(), variant: Variant::Current };
    let run = plan::runs(dashboard, &params).into_iter().find(|run| run.key == key)?;
    let ask = |row_limit| call(ctx, tables, &run.sql, run.parameters.clone(), &run.hash, row_limit);
    Some(match ask(ROW_LIMIT).await {
        Ok(shown) if shown.truncated => match ask(DOWNLOAD_LIMIT).await {
            Err(LakeError::TooLarge(_)) => Ok(shown),
            more => more,
        },
        whole => whole,
    })
}

/// The state of the filters, with the options the lake has for them.
async fn filters(
    ctx: &Ctx,
    dashboard: &Dashboard,
    tables: &[Table],
    query: &[(String, String)],
) -> (ParamSet, BTreeMap<String, Outcome>) {
    let mut asked = JoinSet::new();
    for options in plan::option_runs(dashboard) {
        let call = call(ctx, tables, &options.sql, BTreeMap::new(), &options.hash, OPTION_LIMIT);
        asked.spawn(async move { (options.widget, call.await) });
    }
    let options: BTreeMap<String, Outcome> = asked.join_all().await.into_iter().collect();
    let values = |(widget, answer): (&String, &Outcome)| {
        Some((widget.clone(), plan::option_values(answer.as_ref().ok()?)))
    };
    let known = options.iter().filter_map(values).collect();
    (ParamSet::from_query(dashboard, query, ctx.now().date_naive(), &known), options)
}

/// One query as a future of its own; from memory where the same was asked of the same tables in the same state.
fn call(
    ctx: &Ctx,
    tables: &[Table],
    sql: &str,
    parameters: BTreeMap<String, Value>,
    hash: &str,
    row_limit: u32,
) -> impl Future<Output = Outcome> + 'static {
    let lake = ctx.lake.clone();
    let cache = ctx.results.clone();
    let states: Option<Vec<String>> = tables.iter().map(Table::state).collect();
    let key = states.map(|states| format!("{hash} {row_limit} {}", states.join(" ")));
    let statement = Statement { sql: sql.to_owned(), parameters, row_limit };
    let tables: Vec<Entitlement> = tables.iter().map(|table| table.entitlement.clone()).collect();
    async move {
        match key {
            Some(key) => cache.get_or(key, lake.query(&statement, &tables)).await,
            None => lake.query(&statement, &tables).await.map(Arc::new),
        }
    }
}
