//! Running what a dashboard needs, next to each other, each result kept for the version of its tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use lakeport_frame::{Frame, LakeError, TableInfo, Value};
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
    /// Tells one state of the table from any other, and which columns, masks and rows of it are read: dropped and made
    /// again, it counts its versions from the start.
    fn state(&self) -> Option<String> {
        let info = self.info.as_ref()?;
        let modified = info.modified_at.timestamp_micros();
        // Texts of conditions are quoted here: none of them reads as the end of another.
        Some(format!("{}@{modified} {:?}", info.version, self.entitlement.readable()))
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
    today: NaiveDate,
) -> Answers {
    let (params, options) = filters(ctx, dashboard, tables, query, today).await;
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
    today: NaiveDate,
) -> Option<Outcome> {
    let (params, _) = filters(ctx, dashboard, tables, query, today).await;
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
    today: NaiveDate,
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
    (ParamSet::from_query(dashboard, query, today, &known), options)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use lakeport_frame::{Columns, Mask, Rows, Shown, TableRef};
    use lakeport_model::PersonId;
    use lakeport_model::access::GrantStanding;
    use lakeport_model::catalog::Classification;
    use lakeport_model::people::Viewer;

    use super::*;
    use crate::policy::{Held, Opening, Values, entitle};

    fn under(opens: Opening) -> Table {
        let viewer = Viewer {
            id: PersonId(uuid::Uuid::from_u128(1)),
            name: "Jonas".to_owned(),
            email: "jonas@nordkauf.example".to_owned(),
            administrator: false,
            service: false,
            memberships: Vec::new(),
        };
        let (standing, classification) = (GrantStanding::Active, Classification::Internal);
        let values = Values {
            domain: "finance".into(),
            classification,
            public_columns: None,
            seen_in_full: true,
            grants: vec![Held { standing, classification, until: chrono::NaiveDate::default(), opens }],
        };
        let table = TableRef { name: "gold.rates".to_owned(), location: "/lake/gold/rates".to_owned() };
        let info = TableInfo {
            columns: Vec::new(),
            partition_columns: Vec::new(),
            version: 1,
            modified_at: chrono::DateTime::default(),
            rows: None,
            files: 0,
            bytes: 0,
        };
        Table { entitlement: entitle(&viewer, &values, table).expect("it is granted"), info: Some(info) }
    }

    #[test]
    fn no_kept_result_is_ever_shown_under_other_columns_masks_or_rows() {
        let email = |shown| Columns::Only([("email".to_owned(), shown)].into());
        let both = ["a = 1", "b = 1"].map(str::to_owned);
        let openings = [
            Opening::whole(),
            Opening::of(email(Shown::Plain)),
            Opening::of(email(Shown::Masked(Mask::Hash))),
            Opening::of(email(Shown::Masked(Mask::Last4))),
            Opening { rows: Rows::only("a = 1"), ..Opening::whole() },
            Opening { rows: Rows::only("a = 1\", \"b = 1"), ..Opening::whole() },
            Opening { rows: Rows::Where(both.into()), ..Opening::whole() },
            Opening { rows: Rows::only("a = 1"), ..Opening::of(email(Shown::Plain)) },
        ];
        let states: BTreeSet<Option<String>> =
            openings.iter().map(|opening| under(opening.clone()).state()).collect();
        assert_eq!(states.len(), openings.len(), "{states:?}");
        assert_eq!(under(Opening::whole()).state(), under(Opening::whole()).state());
    }
}
