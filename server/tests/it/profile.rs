//! Real tables in figures: what the portal asks, the lake's guard lets pass, and the engine answers as a plain query does.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::NaiveDate;
use lakeport_frame::{Frame, Query, Readable, TableRef};
use lakeport_lake::DemoRequest;
use lakeport_model::catalog::{ColumnProfile, MOST_PROFILED, Profile};
use lakeport_portal::catalog;

use crate::world::{World, call_of};

const SALES: &str = "gold.sales_daily";

/// A portal with the demo's mesh and the tables of two months; where each lies.
async fn with_tables() -> (World, Vec<TableRef>) {
    let world = World::with_mesh().await;
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let request = DemoRequest {
        root: world.process.config.lake_root(),
        seed: 1,
        first_day: day("2026-01-01"),
        last_day: day("2026-02-28"),
        now: "2026-03-01T08:00:00Z".parse().unwrap(),
        orders: 10_000,
    };
    let made = world.process.pool.demo(request, |_| {}).await.expect("the tables are written");
    let table =
        |name: &str, location: &str| TableRef { name: name.to_owned(), location: location.to_owned() };
    let tables = made.tables.iter().map(|made| table(&made.name, &made.location)).collect();
    (world, tables)
}

async fn asked(world: &World, table: &TableRef, sql: &str) -> Frame {
    let query = Query {
        sql: sql.to_owned(),
        parameters: BTreeMap::new(),
        tables: vec![Readable::whole(table.clone())],
        row_limit: 10,
    };
    world.process.pool.query(query).await.expect("it is answered")
}

fn column<'a>(profile: &'a Profile, name: &str) -> &'a ColumnProfile {
    profile.columns.iter().find(|column| column.name == name).expect("there is such a column")
}

fn text(frame: &Frame, row: usize, name: &str) -> String {
    frame.value(row, name).expect("a cell").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_those_of_a_plain_query() {
    let (world, tables) = with_tables().await;
    let sales = tables.iter().find(|table| table.name == SALES).unwrap();
    let maria = world.viewer("maria.keller").await;
    let profile = catalog::profile(&call_of(world.ctx(), &maria).await, &SALES.into(), 0).await.unwrap();
    let plain = asked(
        &world,
        sales,
        "SELECT count(*) AS n, count(DISTINCT region) AS regions, min(region) AS smallest, max(units) AS most, \
         min(\"date\") AS began, avg(units) AS mean FROM gold.sales_daily",
    )
    .await;
    assert_eq!(profile.rows.to_string(), text(&plain, 0, "n"));
    let region = column(&profile, "region");
    assert_eq!(region.distinct.map(|values| values.to_string()), Some(text(&plain, 0, "regions")));
    assert_eq!(region.smallest, Some(text(&plain, 0, "smallest")));
    let units = column(&profile, "units");
    assert_eq!(units.largest, Some(text(&plain, 0, "most")));
    let mean: f64 = units.mean.as_ref().unwrap().parse().unwrap();
    let exact = plain.value(0, "mean").and_then(|mean| mean.as_f64()).unwrap();
    assert!((mean - exact).abs() < 0.001, "{mean} {exact}");
    assert_eq!(column(&profile, "date").smallest, Some(text(&plain, 0, "began")));
    let most = asked(
        &world,
        sales,
        "SELECT region, count(*) AS n FROM gold.sales_daily WHERE region IS NOT NULL GROUP BY region \
         ORDER BY n DESC, region",
    )
    .await;
    let (value, rows) = region.frequent.first().unwrap();
    assert_eq!((value.clone(), rows.to_string()), (text(&most, 0, "region"), text(&most, 0, "n")));
    for name in ["date", "units", "revenue_eur"] {
        let told = column(&profile, name);
        let spread: i64 = told.spread.iter().map(|bucket| bucket.rows).sum();
        assert_eq!(spread, profile.rows - told.nulls, "{name}: {:?}", told.spread);
    }
    let page = world.browser("maria.keller").await.get("/assets/gold.sales_daily?tab=profile").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("Most frequent") && page.body.contains("How units is spread."),
        "{}",
        page.body
    );
}

/// The kinds of columns that the demo has, partitions among them.
#[tokio::test(flavor = "multi_thread")]
async fn no_table_that_opens_is_without_figures() {
    let (world, tables) = with_tables().await;
    let mut told = 0;
    for who in ["maria.keller", "ines.hoffmann", "david.schmid"] {
        let viewer = world.viewer(who).await;
        for table in &tables {
            let call = call_of(world.ctx(), &viewer).await;
            let id = table.name.as_str().into();
            let Ok(preview) = catalog::preview(&call, &id).await else { continue };
            for place in (0..preview.all_columns).step_by(MOST_PROFILED) {
                let profile = catalog::profile(&call, &id, place).await;
                let profile =
                    profile.unwrap_or_else(|error| panic!("{who}: {} at {place}: {error}", table.name));
                assert!(profile.columns.iter().all(|column| column.nulls <= profile.rows), "{profile:?}");
                told += 1;
            }
        }
    }
    assert!(told > 10, "{told}");
}
