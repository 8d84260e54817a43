//! Running what a dashboard needs, next to each other, each result kept for the version of its tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lakeport_frame::{Frame, LakeError, Query, TableRef, Value};
use lakeport_model::dashboards::MissingTable;
use tokio::task::JoinSet;

use super::format::Dashboard;
use super::params::ParamSet;
use super::plan::{self, OPTION_LIMIT, ROW_LIMIT};
use super::render::{OptionValues, Results};
use crate::Ctx;

/// A table the viewer may read, as it is now.
pub(super) struct Table {
    pub(super) reference: TableRef,
    pub(super) version: Option<i64>,
    pub(super) modified_at: Option<DateTime<Utc>>,
}

/// Asks the lake for the newest version of each table; a table that is gone stays without one.
pub(super) async fn describe(ctx: &Ctx, tables: &[TableRef]) -> Vec<Table> {
    let mut described = Vec::with_capacity(tables.len());
    for table in tables {
        let info = ctx.lake.describe(table).await.ok();
        described.push(Table {
            reference: table.clone(),
            version: info.as_ref().map(|info| info.version),
            modified_at: info.map(|info| info.modified_at),
        });
    }
    described
}

/// Everything a view is made of.
pub(super) struct Answers {
    pub(super) params: ParamSet,
    pub(super) results: Results,
    pub(super) options: OptionValues,
}

type Outcome = Result<Arc<Frame>, String>;

/// Runs options first (the state of the filters depends on them), then all queries.
pub(super) async fn run(
    ctx: &Ctx,
    dashboard: &Dashboard,
    tables: &[Table],
    missing: &[MissingTable],
    query: &[(String, String)],
) -> Answers {
    let mut asked = JoinSet::new();
    for options in plan::option_runs(dashboard) {
        let call = call(ctx, tables, missing, &options.sql, BTreeMap::new(), &options.hash, OPTION_LIMIT);
        asked.spawn(async move { (options.widget, call.await) });
    }
    let answered = asked.join_all().await.into_iter();
    let options: OptionValues = answered
        .map(|(widget, outcome)| (widget, outcome.map(|frame| plan::option_values(&frame))))
        .collect();
    let known =
        options.iter().filter_map(|(widget, values)| Some((widget.clone(), values.clone().ok()?))).collect();
    let params = ParamSet::from_query(dashboard, query, ctx.now().date_naive(), &known);
    let mut asked = JoinSet::new();
    for run in plan::runs(dashboard, &params) {
        let call = call(ctx, tables, missing, &run.sql, run.parameters, &run.hash, ROW_LIMIT);
        asked.spawn(async move { (run.key, call.await) });
    }
    let results = asked.join_all().await.into_iter().collect();
    Answers { params, results, options }
}

/// One query as a future of its own; from memory where the same was asked of the same versions.
fn call(
    ctx: &Ctx,
    tables: &[Table],
    missing: &[MissingTable],
    sql: &str,
    parameters: BTreeMap<String, Value>,
    hash: &str,
    row_limit: u32,
) -> impl Future<Output = Outcome> + 'static {
    let lake = ctx.lake.clone();
    let cache = ctx.results.clone();
    let versions: Option<Vec<String>> = tables
        .iter()
        .map(|table| table.version.map(|version| format!("{}@{version}", table.reference.location)))
        .collect();
    let key = versions.map(|versions| format!("{hash} {row_limit} {}", versions.join(" ")));
    let lacking: Vec<String> = missing.iter().map(|missing| missing.table.clone()).collect();
    let query = Query {
        sql: sql.to_owned(),
        parameters,
        tables: tables.iter().map(|table| table.reference.clone()).collect(),
        row_limit,
    };
    async move {
        if let Some(held) = key.as_ref().and_then(|key| cache.get(key)) {
            return Ok(held);
        }
        match lake.query(&query).await {
            Ok(frame) => {
                let frame = Arc::new(frame);
                if let Some(key) = key {
                    cache.put(key, frame.clone());
                }
                Ok(frame)
            }
            Err(LakeError::Refused(_)) if !lacking.is_empty() => {
                Err(format!("This needs {}, which you may not read yet.", lacking.join(" and ")))
            }
            Err(error) => Err(error.message().to_owned()),
        }
    }
}
