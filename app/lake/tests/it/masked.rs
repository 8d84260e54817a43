//! Of a table whose rows are open in part, or whose columns are masked, nothing else exists.

use std::collections::BTreeMap;
use std::sync::Arc;

use deltalake::arrow::array::{Int64Array, StringArray};
use lakeport_frame::{
    Columns, Frame, LakeError, Mask, Query, Readable, Rows, Shown, TableRef, Value, Values,
};
use lakeport_lake::engine::Engine;
use lakeport_lake::{ColumnRef, MaskKey};

use crate::lake::{self, Lake, batch, query, sales};

fn engine() -> Engine {
    lake::engine().with_mask_key(MaskKey::new("a key of this test"))
}

/// All columns of the rows for which this is true.
fn rows_of(table: &TableRef, condition: &str) -> Readable {
    Readable { rows: Rows::only(condition), ..Readable::whole(table.clone()) }
}

/// All columns of `gold.sales`, one of them masked.
fn masked(table: &TableRef, column: &str, mask: Mask) -> Readable {
    let names = ["id", "region", "day", "sold_at", "revenue", "note"];
    let mut shown: BTreeMap<String, Shown> =
        names.iter().map(|name| ((*name).to_owned(), Shown::Plain)).collect();
    shown.insert(column.to_owned(), Shown::Masked(mask));
    Readable { columns: Columns::Only(shown), ..Readable::whole(table.clone()) }
}

fn over(sql: &str, readable: &Readable) -> Query {
    Query { tables: vec![readable.clone()], ..query(sql, &[]) }
}

async fn answer(engine: &mut Engine, sql: &str, readable: &Readable) -> Frame {
    engine.query(&over(sql, readable)).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
}

fn texts(frame: &Frame, name: &str) -> Vec<Option<String>> {
    let values = (0..frame.rows()).map(|row| frame.value(row, name));
    values
        .map(|value| match value {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Null) => None,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn no_expression_is_evaluated_on_rows_that_are_closed() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    // Every other note is no number.
    let numbers = rows_of(&table, "note = '12'");
    for sql in [
        "SELECT sum(CAST(note AS BIGINT)) AS n FROM gold.sales",
        "SELECT count(*) AS n FROM gold.sales WHERE CAST(note AS BIGINT) > 5",
        "SELECT count(*) AS n FROM gold.sales WHERE CAST(note AS BIGINT) > 5 AND id >= 0 AND region = 'north'",
        "SELECT CAST(note AS BIGINT) AS n FROM gold.sales ORDER BY CAST(note AS BIGINT) DESC LIMIT 2",
        "SELECT CAST(note AS BIGINT) AS n, count(*) AS m FROM gold.sales GROUP BY CAST(note AS BIGINT)",
        "SELECT count(*) AS n FROM gold.sales GROUP BY region HAVING max(CAST(note AS BIGINT)) > 1",
        "SELECT count(*) AS n FROM gold.sales a JOIN gold.sales b ON CAST(a.note AS BIGINT) = CAST(b.note AS BIGINT)",
        "SELECT rank() OVER (ORDER BY CAST(note AS BIGINT)) AS n FROM gold.sales",
        "SELECT id FROM gold.sales WHERE EXISTS (SELECT 1 FROM gold.sales t WHERE CAST(t.note AS BIGINT) = 12)",
        "SELECT id FROM gold.sales WHERE id IN (SELECT CAST(note AS BIGINT) FROM gold.sales)",
        "SELECT count(*) FILTER (WHERE CAST(note AS BIGINT) > 1) AS n FROM gold.sales",
        "WITH t AS (SELECT CAST(note AS BIGINT) AS x FROM gold.sales) SELECT max(x) AS n FROM t WHERE x < 100",
        "SELECT CAST(note AS BIGINT) AS n FROM gold.sales UNION ALL SELECT CAST(note AS BIGINT) FROM gold.sales",
    ] {
        answer(&mut engine, sql, &numbers).await;
    }
    // The only row that divides by zero is closed.
    let others = rows_of(&table, "NOT id = 3");
    for sql in [
        "SELECT sum(10 / (id - 3)) AS n FROM gold.sales",
        "SELECT count(*) AS n FROM gold.sales WHERE 10 / (id - 3) > -100",
        "SELECT id FROM gold.sales WHERE id >= 0 ORDER BY 10 / (id - 3), id LIMIT 3",
        "SELECT a.id FROM gold.sales a JOIN gold.sales b ON 10 / (a.id - 3) = b.id WHERE b.id > 1",
    ] {
        answer(&mut engine, sql, &others).await;
    }
    // What is open fails as ever.
    let failed =
        engine.query(&over("SELECT 10 / (id - 3) AS n FROM gold.sales", &rows_of(&table, "id > 2"))).await;
    assert!(matches!(&failed, Err(LakeError::Refused(message)) if message.contains("zero")), "{failed:?}");
}

#[tokio::test]
async fn no_statistics_of_files_ever_answer_for_rows_that_are_closed() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    let north = rows_of(&table, "region = 'north'");
    let sql = "SELECT count(*) AS n, min(id) AS a, max(id) AS b, count(region) AS c FROM gold.sales";
    let frame = answer(&mut engine, sql, &north).await;
    let row = ["n", "a", "b", "c"].map(|name| frame.value(0, name));
    assert_eq!(row, [6, 0, 10, 6].map(|number| Some(Value::Int(number))));
    for (sql, expected) in [
        ("SELECT count(*) AS n FROM gold.sales", 6),
        ("SELECT count(id) AS n FROM gold.sales", 6),
        ("SELECT max(id) AS n FROM gold.sales", 10),
        ("SELECT count(*) AS n FROM gold.sales WHERE id >= 0", 6),
        ("SELECT count(*) AS n FROM (SELECT id FROM gold.sales LIMIT 100) t", 6),
        ("SELECT count(*) AS n FROM gold.sales WHERE region IS NULL", 0),
        ("SELECT count(*) AS n FROM gold.sales WHERE region <> 'north'", 0),
        ("SELECT approx_distinct(id) AS n FROM gold.sales", 6),
    ] {
        let frame = answer(&mut engine, sql, &north).await;
        assert_eq!(frame.value(0, "n"), Some(Value::Int(expected)), "{sql}");
    }
    let none = rows_of(&table, "id < 0");
    let frame = answer(&mut engine, "SELECT count(*) AS n, max(id) AS m FROM gold.sales", &none).await;
    assert_eq!((frame.value(0, "n"), frame.value(0, "m")), (Some(Value::Int(0)), Some(Value::Null)));
    // A mask keeps the smallest and largest real values as well.
    let hashed = masked(&table, "region", Mask::Hash);
    let frame =
        answer(&mut engine, "SELECT min(region) AS a, count(region) AS n FROM gold.sales", &hashed).await;
    assert_eq!(frame.value(0, "n"), Some(Value::Int(9)));
    assert_eq!(texts(&frame, "a")[0].as_ref().map(String::len), Some(64));
}

#[tokio::test]
async fn a_statement_sees_masked_values_and_their_types_only() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    let last = masked(&table, "id", Mask::Last4);
    let frame = answer(&mut engine, "SELECT id FROM gold.sales ORDER BY id LIMIT 3", &last).await;
    assert_eq!(texts(&frame, "id"), vec![Some("****".to_owned()); 3], "no id has five digits");
    for (sql, readable, expected) in [
        ("SELECT count(*) AS n FROM gold.sales WHERE id LIKE '**%'", &last, 12),
        ("SELECT count(DISTINCT id) AS n FROM gold.sales", &last, 1),
        ("SELECT count(*) AS n FROM gold.sales WHERE id = '7'", &last, 0),
        (
            "SELECT count(*) AS n FROM gold.sales WHERE region LIKE 'nor%' OR region = 'north'",
            &masked(&table, "region", Mask::Hash),
            0,
        ),
        ("SELECT count(DISTINCT region) AS n FROM gold.sales", &masked(&table, "region", Mask::Hash), 2),
        (
            "SELECT count(*) AS n FROM gold.sales WHERE region IS NULL",
            &masked(&table, "region", Mask::Hash),
            3,
        ),
        ("SELECT count(region) AS n FROM gold.sales", &masked(&table, "region", Mask::Null), 0),
        (
            "SELECT count(*) AS n FROM gold.sales WHERE region = 'north'",
            &masked(&table, "region", Mask::Null),
            0,
        ),
        (
            "SELECT count(*) AS n FROM gold.sales WHERE revenue IS NULL",
            &masked(&table, "revenue", Mask::Null),
            12,
        ),
        ("SELECT count(DISTINCT day) AS n FROM gold.sales", &masked(&table, "day", Mask::Year), 1),
        (
            "SELECT count(*) AS n FROM gold.sales WHERE day = DATE '2026-01-01'",
            &masked(&table, "day", Mask::Year),
            12,
        ),
        (
            "SELECT count(*) AS n FROM gold.sales WHERE sold_at > TIMESTAMP '2026-01-01 00:00:00'",
            &masked(&table, "sold_at", Mask::Year),
            0,
        ),
        (
            "SELECT count(*) AS n FROM gold.sales a JOIN gold.sales b ON a.day = b.day",
            &masked(&table, "day", Mask::Year),
            144,
        ),
    ] {
        let frame = answer(&mut engine, sql, readable).await;
        assert_eq!(frame.value(0, "n"), Some(Value::Int(expected)), "{sql}");
    }
    let kind = |frame: &Frame, name: &str| {
        frame.columns().iter().find(|column| column.name == name).map(|column| column.values.clone())
    };
    for sql in ["SELECT * FROM gold.sales", "SELECT * FROM gold.sales LIMIT 0"] {
        let frame = answer(&mut engine, sql, &masked(&table, "revenue", Mask::Hash)).await;
        assert!(matches!(kind(&frame, "revenue"), Some(Values::Text(_))), "{sql}");
        let frame = answer(&mut engine, sql, &masked(&table, "revenue", Mask::Null)).await;
        assert!(matches!(kind(&frame, "revenue"), Some(Values::Decimal(_))), "{sql}");
        let frame = answer(&mut engine, sql, &masked(&table, "sold_at", Mask::Year)).await;
        assert!(matches!(kind(&frame, "sold_at"), Some(Values::Timestamp(_))), "{sql}");
    }
    let shown = engine.preview(&masked(&table, "note", Mask::Null), 5).await.expect("is shown");
    assert_eq!(texts(&shown, "note"), vec![None; 5]);
}

#[tokio::test]
async fn what_describes_a_table_or_a_plan_is_refused() {
    let (_lake, table) = Lake::with_sales().await;
    let hashed = masked(&table, "region", Mask::Hash);
    for sql in [
        "EXPLAIN SELECT * FROM gold.sales",
        "EXPLAIN ANALYZE SELECT * FROM gold.sales WHERE region = 'north'",
        "DESCRIBE gold.sales",
        "SHOW COLUMNS FROM gold.sales",
        "SELECT * FROM information_schema.columns",
        "SELECT input_file_name() FROM gold.sales",
        "SELECT arrow_typeof(region) FROM gold.sales",
    ] {
        let refused = engine().query(&over(sql, &hashed)).await;
        assert!(matches!(refused, Err(LakeError::Refused(_))), "{sql}: {refused:?}");
    }
}

#[tokio::test]
async fn equal_values_of_two_tables_are_joined_by_their_hashes() {
    let (lake, table) = Lake::with_sales().await;
    let customers = batch(vec![
        ("code", Arc::new(StringArray::from(vec!["0", "7", "11", "99"]))),
        ("number", Arc::new(Int64Array::from(vec![0, 7, 11, 99]))),
    ]);
    lake.append("gold.customers", customers, &[]).await;
    let columns = [("code", Mask::Hash), ("number", Mask::Hash)];
    let columns = columns.map(|(name, mask)| (name.to_owned(), Shown::Masked(mask)));
    let customers =
        Readable { columns: Columns::Only(columns.into()), ..Readable::whole(lake.table("gold.customers")) };
    let sales = masked(&table, "id", Mask::Hash);
    for column in ["code", "number"] {
        let sql =
            format!("SELECT count(*) AS n FROM gold.sales s JOIN gold.customers c ON s.id = c.{column}");
        let asked = Query { tables: vec![sales.clone(), customers.clone()], ..query(&sql, &[]) };
        let frame = engine().query(&asked).await.expect("is read");
        assert_eq!(frame.value(0, "n"), Some(Value::Int(3)), "{column}");
    }
    let elsewhere =
        lake::engine().with_mask_key(MaskKey::new("another")).preview(&sales, 1).await.expect("is read");
    let here = engine().preview(&sales, 1).await.expect("is read");
    assert_ne!(texts(&here, "id"), texts(&elsewhere, "id"));
    let without = lake::engine().preview(&sales, 1).await;
    assert!(matches!(without, Err(LakeError::Fault(_))), "a hash without a key can be guessed: {without:?}");
}

#[tokio::test]
async fn a_mask_that_does_not_fit_is_refused_with_what_it_is_for() {
    let (_lake, table) = Lake::with_sales().await;
    for (column, mask, fits) in [
        ("region", Mask::Year, "dates and timestamps"),
        ("id", Mask::Year, "dates and timestamps"),
        ("day", Mask::Last4, "text and whole numbers"),
        ("revenue", Mask::Last4, "text and whole numbers"),
    ] {
        let refused = engine().preview(&masked(&table, column, mask), 5).await;
        let Err(LakeError::Refused(message)) = refused else { panic!("{column} {mask}: {refused:?}") };
        assert!(message.contains(column) && message.contains(fits), "{message}");
    }
}

#[tokio::test]
async fn a_condition_that_is_not_understood_opens_nothing() {
    let (_lake, table) = Lake::with_sales().await;
    for (condition, why) in [
        ("region", "non-boolean"),
        ("margin > 1", "margin"),
        ("id / 0 = 1", "operator /"),
        ("note = 12", "column note"),
        ("lower(note) = 5", "column note"),
        ("upper(lower(note)) IN (5, 7)", "column note"),
        ("coalesce(note, 'x') > DATE '2026-01-01'", "column note"),
        ("day = '2026-13-01'", "not understood"),
        ("region IN (SELECT region FROM gold.sales)", "made of comparisons"),
        ("region = $region", "parameters"),
    ] {
        let refused = engine().preview(&rows_of(&table, condition), 5).await;
        let Err(LakeError::Refused(message)) = refused else { panic!("{condition}: {refused:?}") };
        assert!(message.contains(why) && message.contains("gold.sales"), "{condition}: {message}");
    }
    let none = Readable { rows: Rows::Where([].into()), ..Readable::whole(table) };
    assert_eq!(engine().preview(&none, 5).await.expect("is read").rows(), 0, "no condition, no row");
}

#[tokio::test]
async fn a_condition_never_fails_on_a_row_and_so_tells_of_it() {
    let (_lake, table) = Lake::with_sales().await;
    // Closed or open: whether a note is a number is told by no error of any statement.
    for condition in ["lower(note) = 12", "NOT upper(note) > 5", "coalesce(note, region) < DATE '2026-01-01'"]
    {
        let both = ["id = 0".to_owned(), condition.to_owned()];
        let readable = Readable { rows: Rows::Where(both.into()), ..Readable::whole(table.clone()) };
        for sql in ["SELECT count(*) AS n FROM gold.sales", "SELECT id FROM gold.sales WHERE id = 0"] {
            let refused = engine().query(&over(sql, &readable)).await;
            let Err(LakeError::Refused(message)) = refused else { panic!("{condition}: {refused:?}") };
            assert!(message.contains("not understood") && !message.contains("A row"), "{message}");
        }
    }
}

#[tokio::test]
async fn conditions_compare_columns_of_every_type() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    for (condition, expected) in [
        ("sold_at >= TIMESTAMP '2026-02-01 00:00:00'", 8),
        ("day BETWEEN DATE '2026-01-02' AND DATE '2026-01-03'", 2),
        ("revenue > 1.5", 11),
        ("id IN (1, 2, 99)", 2),
        ("id >= -1 AND NOT id > 5.5", 6),
        ("lower(region) = 'north' OR region LIKE 'S%' OR region ILIKE 'S%'", 9),
        ("coalesce(region, 'none') = 'none'", 3),
        ("region IS NOT DISTINCT FROM 'south'", 3),
        ("true", 12),
        ("NULL = 1", 0),
    ] {
        let frame =
            answer(&mut engine, "SELECT count(*) AS n FROM gold.sales", &rows_of(&table, condition)).await;
        assert_eq!(frame.value(0, "n"), Some(Value::Int(expected)), "{condition}");
    }
}

#[tokio::test]
async fn a_condition_reads_columns_that_nobody_else_may() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    let readable = Readable { rows: Rows::only("region = 'south'"), ..lake::only(&table, &["id"]) };
    let frame = answer(&mut engine, "SELECT * FROM gold.sales ORDER BY id", &readable).await;
    let ids: Vec<_> = (0..frame.rows()).map(|row| frame.value(row, "id")).collect();
    assert_eq!(ids, [1, 5, 9].map(|id| Some(Value::Int(id))));
    let refused = engine.query(&over("SELECT region FROM gold.sales", &readable)).await;
    assert!(matches!(refused, Err(LakeError::NotGranted { .. })), "{refused:?}");
    let both = ["region = 'south'", "id = 0"].map(str::to_owned);
    let either = Readable { rows: Rows::Where(both.into()), ..Readable::whole(table.clone()) };
    let frame = answer(&mut engine, "SELECT count(*) AS n FROM gold.sales", &either).await;
    assert_eq!(frame.value(0, "n"), Some(Value::Int(4)));
    // The real value decides, not what is shown of it.
    let hashed = Readable { rows: Rows::only("region = 'south'"), ..masked(&table, "region", Mask::Hash) };
    let frame = answer(&mut engine, "SELECT count(DISTINCT region) AS n FROM gold.sales", &hashed).await;
    assert_eq!(frame.value(0, "n"), Some(Value::Int(1)));
}

#[tokio::test]
async fn files_are_left_alone_by_the_condition_and_by_harmless_comparisons() {
    let (lake, table) = Lake::with_sales().await;
    for file in &lake.data_files("gold.sales")[..2] {
        std::fs::remove_file(file).expect("the file can be taken away");
    }
    let march = rows_of(&table, "day >= DATE '2026-03-04'");
    let north = rows_of(&table, "region = 'north'");
    let mut engine = engine();
    let frame = answer(&mut engine, "SELECT count(*) AS n FROM gold.sales", &march).await;
    assert_eq!(frame.value(0, "n"), Some(Value::Int(4)));
    let sql = "SELECT count(*) AS n FROM gold.sales WHERE day >= DATE '2026-03-04'";
    let frame = answer(&mut engine, sql, &north).await;
    assert_eq!(frame.value(0, "n"), Some(Value::Int(2)));
}

#[tokio::test]
async fn a_preview_finds_open_rows_in_whichever_file_they_are() {
    let (_lake, table) = Lake::with_sales().await;
    let frame = engine().preview(&rows_of(&table, "day >= DATE '2026-03-04'"), 3).await.expect("is shown");
    assert_eq!((frame.rows(), frame.truncated), (3, true));
    assert_eq!(frame.made_from().collect::<Vec<_>>(), ["gold.sales"]);
}

#[tokio::test]
async fn partitions_are_masked_and_closed_as_other_columns_are() {
    let lake = Lake::new();
    lake.append("gold.sales", sales(0), &["region"]).await;
    let table = lake.table("gold.sales");
    let mut engine = engine();
    let frame =
        answer(&mut engine, "SELECT count(*) AS n FROM gold.sales", &rows_of(&table, "region = 'north'"))
            .await;
    assert_eq!(frame.value(0, "n"), Some(Value::Int(2)));
    for (mask, distinct) in [(Mask::Hash, 2), (Mask::Null, 0), (Mask::Last4, 2)] {
        let sql = "SELECT count(DISTINCT region) AS n, count(*) AS m FROM gold.sales WHERE region IS NULL OR region <> 'north'";
        let frame = answer(&mut engine, sql, &masked(&table, "region", mask)).await;
        assert_eq!(
            (frame.value(0, "n"), frame.value(0, "m")),
            (Some(Value::Int(distinct)), Some(Value::Int(4))),
            "{mask}"
        );
    }
}

#[tokio::test]
async fn lineage_follows_masked_columns_and_never_those_that_are_closed() {
    let (_lake, table) = Lake::with_sales().await;
    let readable = Readable { rows: Rows::only("region = 'north'"), ..lake::only(&table, &["id", "note"]) };
    let lineage =
        engine().lineage(&over("SELECT id, note FROM gold.sales", &readable)).await.expect("is planned");
    let inputs: Vec<_> = lineage.into_iter().flat_map(|column| column.inputs).collect();
    let column = |name: &str| ColumnRef { table: "gold.sales".to_owned(), column: name.to_owned() };
    assert_eq!(inputs, [column("id"), column("note")]);
    assert!(engine().lineage(&over("SELECT region FROM gold.sales", &readable)).await.is_err());
}
