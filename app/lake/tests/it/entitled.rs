//! Of a table of which only some columns may be read, nothing else exists.

use lakeport_frame::{LakeError, Query, TableRef, Value};
use lakeport_lake::engine::Engine;

use crate::lake::{Lake, engine, only, query, sales};

/// `region` and `day` may be read; `id`, `sold_at`, `revenue` and `note` may not.
fn narrow(sql: &str, table: &TableRef) -> Query {
    Query { tables: vec![only(table, &["region", "day"])], ..query(sql, &[]) }
}

#[tokio::test]
async fn no_statement_reaches_a_column_that_may_not_be_read() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    for sql in [
        "SELECT revenue FROM gold.sales",
        "SELECT gold.sales.revenue FROM gold.sales",
        "SELECT s.revenue FROM gold.sales s",
        "SELECT s.revenue FROM gold.sales AS s (revenue, day)  JOIN gold.sales t ON s.day = t.day WHERE t.revenue > 0",
        "SELECT region FROM gold.sales WHERE revenue > 1",
        "SELECT region FROM gold.sales ORDER BY revenue",
        "SELECT region, sum(revenue) AS n FROM gold.sales GROUP BY region",
        "SELECT count(*) AS n FROM gold.sales GROUP BY revenue",
        "SELECT region FROM gold.sales GROUP BY region HAVING max(revenue) > 1",
        "SELECT max(revenue) OVER (PARTITION BY region) AS n FROM gold.sales",
        "SELECT CASE WHEN revenue > 1 THEN 'a' ELSE 'b' END AS n FROM gold.sales",
        "SELECT CAST(note AS BIGINT) AS n FROM gold.sales",
        "SELECT region FROM gold.sales WHERE EXISTS (SELECT 1 FROM gold.sales t WHERE t.revenue > 2)",
        "SELECT (SELECT max(revenue) FROM gold.sales) AS n",
        "WITH t AS (SELECT * FROM gold.sales) SELECT revenue FROM t",
        "SELECT region FROM gold.sales UNION ALL SELECT note FROM gold.sales",
        "SELECT a.region FROM gold.sales a JOIN gold.sales b ON a.revenue = b.revenue",
        "SELECT a.region FROM gold.sales a JOIN gold.sales b USING (id)",
    ] {
        match engine.query(&narrow(sql, &table)).await {
            Err(LakeError::NotGranted { table, .. }) => assert_eq!(table, "gold.sales", "{sql}"),
            Err(LakeError::Refused(_)) => {}
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_may_be_read_is_read_as_ever() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    let all = engine.query(&narrow("SELECT * FROM gold.sales", &table)).await.expect("is read");
    let names: Vec<&str> = all.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!((names, all.rows()), (vec!["region", "day"], 12));
    for (sql, expected) in [
        ("SELECT count(*) AS n FROM gold.sales", 12),
        ("SELECT count(*) AS n FROM gold.sales WHERE day >= DATE '2026-02-01'", 8),
        ("SELECT count(DISTINCT region) AS n FROM gold.sales", 2),
        ("SELECT count(*) AS n FROM gold.sales a JOIN gold.sales b ON a.day = b.day", 12),
    ] {
        let frame = engine.query(&narrow(sql, &table)).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(frame.value(0, "n"), Some(Value::Int(expected)), "{sql}");
    }
}

#[tokio::test]
async fn rows_never_hide_which_tables_they_are_made_from() {
    let (lake, sales) = Lake::with_sales().await;
    lake.append("gold.other", crate::lake::sales(0), &[]).await;
    let other = lake.table("gold.other");
    let mut engine = engine();
    let both = ["gold.other", "gold.sales"].as_slice();
    for (sql, tables) in [
        ("SELECT count(*) AS n FROM gold.sales", &both[1..]),
        ("SELECT 1 AS n", &[]),
        ("SELECT s.id FROM gold.sales AS s JOIN gold.other AS o ON s.id = o.id", both),
        ("SELECT id FROM gold.sales WHERE id IN (SELECT id FROM gold.other)", both),
        ("SELECT (SELECT max(id) FROM gold.other) AS n FROM gold.sales", both),
        ("SELECT id FROM gold.sales UNION ALL SELECT id FROM gold.other", both),
        ("WITH unused AS (SELECT id FROM gold.other) SELECT id FROM gold.sales", &both[1..]),
    ] {
        let frame = engine.query(&query(sql, &[&sales, &other])).await;
        let frame = frame.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(frame.made_from().collect::<Vec<_>>(), tables, "{sql}");
    }
    let narrow = engine.query(&narrow("SELECT region FROM gold.sales", &sales)).await.expect("is read");
    assert_eq!(narrow.made_from().collect::<Vec<_>>(), ["gold.sales"]);
    let rows = engine.preview(&only(&sales, &["region"]), 5).await.expect("is read");
    assert_eq!(rows.made_from().collect::<Vec<_>>(), ["gold.sales"]);
}

#[tokio::test]
async fn the_files_of_other_months_are_still_left_alone() {
    let (lake, table) = Lake::with_sales().await;
    // Two of the three files are gone: only a scan that skips them by their statistics can answer.
    for file in &lake.data_files("gold.sales")[..2] {
        std::fs::remove_file(file).expect("the file can be taken away");
    }
    let sql = "SELECT count(*) AS n FROM gold.sales WHERE day >= DATE '2026-03-04'";
    let frame = engine().query(&narrow(sql, &table)).await.expect("the other files are not needed");
    assert_eq!(frame.value(0, "n"), Some(Value::Int(4)));
}

#[tokio::test]
async fn what_never_was_a_column_is_told_as_ever() {
    let (_lake, table) = Lake::with_sales().await;
    let refused = engine().query(&narrow("SELECT margin FROM gold.sales", &table)).await;
    assert!(
        matches!(&refused, Err(LakeError::Refused(message)) if message.contains("margin")),
        "{refused:?}"
    );
    let refused = engine().query(&narrow("SELECT revenue FROM gold.sales", &table)).await;
    let Err(LakeError::NotGranted { message, .. }) = &refused else { panic!("{refused:?}") };
    assert!(message.contains("revenue") && message.contains("gold.sales"), "{message}");
}

/// A lake whose `gold.sales` has these columns and no others.
async fn reduced(columns: &[&str]) -> (Lake, TableRef) {
    let lake = Lake::new();
    for month in 0..3 {
        let whole = sales(month);
        let schema = whole.schema();
        let kept: Vec<usize> =
            columns.iter().map(|name| schema.index_of(name).expect("it is a column")).collect();
        lake.append("gold.sales", whole.project(&kept).expect("these are its columns"), &[]).await;
    }
    let table = lake.table("gold.sales");
    (lake, table)
}

/// What a statement answers, or that it answers nothing. Where an order is not asked for, none is compared.
async fn answer(engine: &mut Engine, query: &Query) -> Option<(Vec<String>, usize, Vec<Option<Value>>)> {
    let frame = engine.query(query).await.ok()?;
    let names: Vec<String> = frame.columns().iter().map(|column| column.name.clone()).collect();
    let is_ordered = query.sql.contains("count(");
    let rows = (0..frame.rows()).filter(|_| is_ordered);
    let values = rows.flat_map(|row| frame.columns().iter().map(move |column| column.values.get(row)));
    Some((names, frame.rows(), values.collect()))
}

#[tokio::test]
async fn an_entitlement_answers_as_a_table_without_the_other_columns() {
    const COLUMNS: [&str; 6] = ["id", "region", "day", "sold_at", "revenue", "note"];
    let (_lake, whole) = Lake::with_sales().await;
    let mut statements =
        vec!["SELECT * FROM gold.sales".to_owned(), "SELECT count(*) AS n FROM gold.sales".to_owned()];
    for column in COLUMNS {
        statements.extend([
            format!("SELECT count({column}) AS n, min({column}) AS a, max({column}) AS b FROM gold.sales"),
            format!("SELECT count(*) AS n FROM gold.sales WHERE {column} IS NOT NULL"),
            format!("SELECT {column}, count(*) AS n FROM gold.sales GROUP BY {column} ORDER BY {column}"),
            format!("WITH t AS (SELECT * FROM gold.sales) SELECT max({column}) AS n, count(*) AS m FROM t"),
            format!("SELECT count(*) AS n FROM gold.sales a JOIN gold.sales b USING ({column})"),
        ]);
    }
    for kept in [0b00_0001, 0b00_0010, 0b10_1010, 0b01_0101, 0b11_1110, 0b01_1111, 0b10_0001_u8] {
        let columns: Vec<&str> = COLUMNS
            .into_iter()
            .enumerate()
            .filter(|(at, _)| kept >> at & 1 == 1)
            .map(|(_, name)| name)
            .collect();
        let (_small, small) = reduced(&columns).await;
        let (mut narrow, mut plain) = (engine(), engine());
        for sql in &statements {
            let asked = Query { tables: vec![only(&whole, &columns)], ..query(sql, &[]) };
            let expected = answer(&mut plain, &query(sql, &[&small])).await;
            assert_eq!(answer(&mut narrow, &asked).await, expected, "{columns:?}: {sql}");
        }
    }
}
