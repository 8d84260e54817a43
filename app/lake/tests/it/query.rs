//! Statements over real tables: parameters, pruning, errors, lineage.

use std::sync::Arc;

use chrono::NaiveDate;
use deltalake::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array,
    Int16Array, Int32Array, Int64Array, ListArray, StringArray, StructArray, TimestampMicrosecondArray,
};
use deltalake::arrow::datatypes::{DataType, Field, Int64Type};
use lakeport_frame::{DecimalValues, LakeError, Query, Value, Values};
use lakeport_lake::ColumnRef;

use crate::lake::{Lake, batch, bound, engine, query, sales};

async fn refusal(statement: &Query) -> String {
    match engine().query(statement).await {
        Err(LakeError::Refused(message)) => message,
        other => panic!("{other:?}: {}", statement.sql),
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[tokio::test]
async fn parameters_of_every_type_are_bound() {
    let (_lake, table) = Lake::with_sales().await;
    let day = NaiveDate::from_ymd_opt(2026, 2, 1).expect("is a day");
    let list = |values: &[&str]| Value::TextList(values.iter().map(|value| (*value).to_owned()).collect());
    let mut engine = engine();
    for (condition, value, expected) in [
        ("region = $p", text("north"), 6),
        ("region = $p", text("north' OR 'a' = 'a"), 0),
        ("region = $p", Value::Null, 0),
        ("$p IS NULL OR region = $p", Value::Null, 12),
        ("$p IS NULL OR region = $p", text("south"), 3),
        ("region = ANY($p)", list(&["north", "south"]), 9),
        ("array_has($p, region)", list(&["south"]), 3),
        ("cardinality($p) = 0 OR region = ANY($p)", list(&[]), 12),
        ("cardinality($p) = 0 OR region = ANY($p)", list(&["south"]), 3),
        ("day >= $p", Value::Date(day), 8),
        ("sold_at < $p", Value::Timestamp(day.and_hms_opt(0, 0, 0).expect("is a time").and_utc()), 4),
        ("id > $p", Value::Int(9), 2),
        ("revenue > $p", Value::Float(15.0), 2),
        ("revenue = $p", Value::Decimal { unscaled: 155, scale: 2 }, 1),
        ("(region IS NULL) = $p", Value::Bool(true), 3),
    ] {
        let sql = format!("SELECT count(*) AS n FROM gold.sales WHERE {condition}");
        let frame = match engine.query(&bound(&sql, &table, &[("p", value.clone())])).await {
            Ok(frame) => frame,
            Err(error) => panic!("{condition} with {value:?}: {error}"),
        };
        assert_eq!(frame.value(0, "n"), Some(Value::Int(expected)), "{condition} with {value:?}");
    }
    let message = refusal(&query("SELECT * FROM gold.sales WHERE region = $missing", &[&table])).await;
    assert!(message.contains("$missing"), "{message}");
}

#[tokio::test]
async fn a_filter_reads_only_the_files_it_needs() {
    let (lake, table) = Lake::with_sales().await;
    for file in &lake.data_files("gold.sales")[1..] {
        std::fs::remove_file(file).expect("the file can be removed");
    }
    let mut engine = engine();
    let day = Value::Date(NaiveDate::from_ymd_opt(2026, 1, 31).expect("is a day"));
    let filtered = bound("SELECT sum(id) AS n FROM gold.sales WHERE day < $day", &table, &[("day", day)]);
    let frame = engine.query(&filtered).await.expect("the other files are not needed");
    assert_eq!(frame.value(0, "n"), Some(Value::Int(6)));
    let all = engine.query(&query("SELECT sum(id) AS n FROM gold.sales", &[&table])).await;
    assert!(matches!(all, Err(LakeError::Damaged(_))), "{all:?}");
}

#[tokio::test]
async fn a_damaged_table_never_passes_for_a_storage_that_is_away() {
    let lake = Lake::new();
    lake.append("gold.sales", sales(0), &[]).await;
    let log = lake.path("gold.sales").join("_delta_log/00000000000000000000.json");
    std::fs::write(&log, "{\"metaData\": {").expect("the log can be written");
    let table = lake.table("gold.sales");
    let broken = engine().describe(&table).await;
    assert!(
        matches!(&broken, Err(LakeError::Damaged(message)) if message.contains("its log is damaged")),
        "{broken:?}"
    );
    lake.append("gold.whole", sales(0), &[]).await;
    std::fs::write(lake.data_files("gold.whole").remove(0), "no table").expect("the file can be written");
    let broken =
        engine().query(&query("SELECT sum(id) AS n FROM gold.whole", &[&lake.table("gold.whole")])).await;
    assert!(
        matches!(&broken, Err(LakeError::Damaged(message)) if message.contains("data file")),
        "{broken:?}"
    );
}

#[tokio::test]
async fn a_file_that_was_cut_short_after_it_was_read_never_ends_the_worker() {
    let lake = Lake::new();
    lake.append("gold.sales", sales(0), &[]).await;
    let table = lake.table("gold.sales");
    let all = query("SELECT sum(id) AS n, max(region) AS region FROM gold.sales", &[&table]);
    let mut engine = engine();
    engine.query(&all).await.expect("it is whole");
    let file = lake.data_files("gold.sales").remove(0);
    let file = std::fs::File::options().write(true).open(file).expect("the file can be opened");
    for bytes in [10, 0] {
        file.set_len(bytes).expect("the file can be cut");
        for (engine, what) in [(&mut engine, "with its footer"), (&mut crate::lake::engine(), "anew")] {
            let broken = engine.query(&all).await;
            let is_told =
                matches!(&broken, Err(LakeError::Damaged(message)) if message.contains("data file"));
            assert!(is_told, "{bytes} bytes, {what}: {broken:?}");
        }
    }
}

#[tokio::test]
async fn the_row_limit_marks_what_was_cut() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    for (row_limit, rows, truncated) in [(5, 5, true), (12, 12, false), (0, 0, true), (u32::MAX, 12, false)] {
        let statement = Query { row_limit, ..query("SELECT * FROM gold.sales ORDER BY id", &[&table]) };
        let frame = engine.query(&statement).await.expect("is answered");
        assert_eq!((frame.rows(), frame.truncated), (rows, truncated), "limit {row_limit}");
    }
}

#[tokio::test]
async fn only_the_tables_of_the_statement_exist() {
    let (lake, sales) = Lake::with_sales().await;
    lake.append("gold.secret", batch(vec![("id", Arc::new(Int64Array::from(vec![7])))]), &[]).await;
    let secret = lake.table("gold.secret");
    let mut engine = engine();
    engine.query(&query("SELECT * FROM gold.secret", &[&secret])).await.expect("is granted here");
    let refused = engine.query(&query("SELECT * FROM gold.secret", &[&sales])).await;
    assert!(
        matches!(&refused, Err(LakeError::NotGranted { table, .. }) if table == "gold.secret"),
        "{refused:?}"
    );
    let both =
        query("SELECT count(*) AS n FROM gold.sales s JOIN gold.secret x ON s.id = x.id", &[&sales, &secret]);
    assert_eq!(engine.query(&both).await.expect("is answered").value(0, "n"), Some(Value::Int(1)));
}

#[tokio::test]
async fn tables_join_on_columns_they_are_partitioned_by() {
    let (lake, sales) = Lake::with_sales().await;
    let regions = batch(vec![
        ("region", Arc::new(StringArray::from(vec!["north", "south"]))),
        ("manager", Arc::new(StringArray::from(vec!["Ada", "Ben"]))),
    ]);
    lake.append("gold.regions", regions, &["region"]).await;
    let regions = lake.table("gold.regions");
    let statement = query(
        "SELECT r.manager, r.region, sum(s.revenue) AS revenue FROM gold.sales s \
         JOIN gold.regions r ON s.region = r.region WHERE r.region IN ('north', 'south') GROUP BY 1, 2 ORDER BY 1",
        &[&sales, &regions],
    );
    let frame = engine().query(&statement).await.expect("is answered");
    assert_eq!(frame.value(0, "manager"), Some(text("Ada")));
    assert_eq!(frame.value(1, "region"), Some(text("south")));
    assert_eq!(frame.value(1, "revenue"), Some(Value::Decimal { unscaled: 2_265, scale: 2 }));
}

#[tokio::test]
async fn errors_speak_of_the_statement_and_never_of_a_value() {
    let (_lake, table) = Lake::with_sales().await;
    for (sql, expected) in [
        ("SELECT nothing FROM gold.sales", "nothing"),
        ("SELECT id, id FROM gold.sales", "id"),
        ("SELECT s.id, t.id FROM gold.sales s JOIN gold.sales t ON s.id = t.id", "another name with AS"),
        ("SELECT sum(region) FROM gold.sales", "sum"),
        ("SELECT region, count(*) FROM gold.sales", "region"),
        ("SELECT CAST(note AS INT) FROM gold.sales", "TRY_CAST"),
        ("SELECT 1 / (id - 5) FROM gold.sales", "NULLIF"),
        ("SELECT (SELECT id FROM gold.sales) AS n", "more than one row"),
        ("SELECT CAST(id * 4000000000 AS INT) FROM gold.sales", "TRY_CAST"),
        ("SELECT CAST(id * 1000 AS decimal(3, 2)) FROM gold.sales", "TRY_CAST"),
    ] {
        let message = refusal(&query(sql, &[&table])).await;
        assert!(message.contains(expected), "{sql}: {message}");
        assert!(!message.contains("x-17") && !message.contains("44000000000"), "{sql}: {message}");
        assert!(message.ends_with('.'), "{message}");
    }
}

#[tokio::test]
async fn every_type_arrives_as_what_shows_it_best() {
    let lake = Lake::new();
    let pair: Vec<(Arc<Field>, ArrayRef)> = vec![
        (Arc::new(Field::new("a", DataType::Int64, true)), Arc::new(Int64Array::from(vec![1, 2]))),
        (Arc::new(Field::new("b", DataType::Utf8, true)), Arc::new(StringArray::from(vec![Some("x"), None]))),
    ];
    let decimals = |values: Vec<Option<i128>>, precision| {
        Decimal128Array::from(values).with_precision_and_scale(precision, 2).expect("fits")
    };
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), None]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("small", Arc::new(Int16Array::from(vec![Some(-3), None]))),
        ("narrow", Arc::new(Float32Array::from(vec![0.1, f32::NAN]))),
        ("wide", Arc::new(Float64Array::from(vec![2.5, f64::INFINITY]))),
        ("price", Arc::new(decimals(vec![Some(1_999), None], 10))),
        ("huge", Arc::new(decimals(vec![Some(10_i128.pow(30)), None], 38))),
        ("day", Arc::new(Date32Array::from(vec![Some(0), None]))),
        ("at", Arc::new(TimestampMicrosecondArray::from(vec![Some(1_500_000), None]).with_timezone("UTC"))),
        ("bytes", Arc::new(BinaryArray::from_opt_vec(vec![Some(&[0xab, 0xcd]), None]))),
        ("list", Arc::new(list)),
        ("pair", Arc::new(StructArray::from(pair))),
        ("country", Arc::new(StringArray::from(vec!["de", "de"]))),
    ];
    lake.append("gold.types", batch(columns), &["country"]).await;
    let table = lake.table("gold.types");
    let frame = engine().query(&query("SELECT * FROM gold.types", &[&table])).await.expect("is read");
    let texts =
        |values: [Option<&str>; 2]| Values::Text(values.map(|value| value.map(str::to_owned)).to_vec());
    let at = |micros| chrono::DateTime::from_timestamp_micros(micros);
    for (name, expected) in [
        ("flag", Values::Bool(vec![Some(true), None])),
        ("small", Values::Int(vec![Some(-3), None])),
        ("narrow", Values::Float(vec![Some(0.1), None])),
        ("wide", Values::Float(vec![Some(2.5), None])),
        ("price", Values::Decimal(DecimalValues { scale: 2, unscaled: vec![Some(1_999), None] })),
        ("huge", texts([Some("10000000000000000000000000000.00"), None])),
        ("day", Values::Date(vec![NaiveDate::from_ymd_opt(1970, 1, 1), None])),
        ("at", Values::Timestamp(vec![at(1_500_000), None])),
        ("bytes", texts([Some("abcd"), None])),
        ("list", texts([Some("[1, null]"), None])),
        ("pair", texts([Some("{a: 1, b: x}"), Some("{a: 2, b: null}")])),
        ("country", texts([Some("de"), Some("de")])),
    ] {
        let column = frame.column(name).expect("the column is there");
        assert_eq!(column.values, expected, "{name}");
    }
}

#[tokio::test]
async fn lineage_follows_values_down_to_columns() {
    let (lake, sales) = Lake::with_sales().await;
    let regions = batch(vec![
        ("region", Arc::new(StringArray::from(vec!["north"]))),
        ("manager", Arc::new(StringArray::from(vec!["Ada"]))),
    ]);
    lake.append("gold.regions", regions, &[]).await;
    let regions = lake.table("gold.regions");
    let statement = query(
        "WITH monthly AS (SELECT date_trunc('month', day) AS month, region, sum(revenue) AS revenue \
         FROM gold.sales WHERE note <> 'x' GROUP BY 1, 2) \
         SELECT m.month, upper(r.manager) AS manager, m.revenue / (SELECT max(id) FROM gold.sales) AS share, \
         count(*) OVER (PARTITION BY m.region) AS n, 1 AS one, coalesce(m.region, r.region) AS region \
         FROM monthly m LEFT JOIN gold.regions r ON m.region = r.region \
         UNION ALL SELECT sold_at, note, NULL, id, 2, 'x' FROM gold.sales",
        &[&sales, &regions],
    );
    let lineage = engine().lineage(&statement).await.expect("is planned");
    let column = |table: &str, column: &str| ColumnRef { table: table.to_owned(), column: column.to_owned() };
    let found: Vec<(&str, Vec<ColumnRef>)> =
        lineage.iter().map(|entry| (entry.output.as_str(), entry.inputs.clone())).collect();
    assert_eq!(
        found,
        [
            ("month", vec![column("gold.sales", "day"), column("gold.sales", "sold_at")]),
            ("manager", vec![column("gold.regions", "manager"), column("gold.sales", "note")]),
            ("share", vec![column("gold.sales", "id"), column("gold.sales", "revenue")]),
            ("n", vec![column("gold.sales", "id"), column("gold.sales", "region")]),
            ("one", vec![]),
            ("region", vec![column("gold.regions", "region"), column("gold.sales", "region")]),
        ]
    );
}

#[tokio::test]
async fn a_limit_over_constants_never_gives_more_rows() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    for (sql, rows) in [
        ("SELECT 'x' AS x FROM gold.sales LIMIT 1", 1),
        ("SELECT 1 AS x, NULL AS y FROM gold.sales LIMIT 5", 5),
        ("SELECT 'x' AS x FROM gold.sales LIMIT 3 OFFSET 2", 3),
        ("SELECT 'x' AS x FROM gold.sales LIMIT 0", 0),
        ("SELECT 'x' AS x FROM (SELECT id FROM gold.sales LIMIT 2) s", 2),
        ("SELECT 'x' AS x FROM gold.sales WHERE id > 3 LIMIT 1", 1),
        ("SELECT id FROM gold.sales LIMIT 1", 1),
        ("SELECT id FROM gold.sales ORDER BY id LIMIT 7", 7),
    ] {
        let frame = engine.query(&query(sql, &[&table])).await.expect("is answered");
        assert_eq!((frame.rows(), frame.truncated), (rows, false), "{sql}");
    }
    let counted = query("SELECT count(*) AS n FROM (SELECT 'x' AS x FROM gold.sales LIMIT 2) s", &[&table]);
    let frame = engine.query(&counted).await.expect("is counted");
    assert_eq!(frame.value(0, "n"), Some(Value::Int(2)));
    let cut = Query { row_limit: 4, ..query("SELECT 'x' AS x FROM gold.sales", &[&table]) };
    let frame = engine.query(&cut).await.expect("is answered");
    assert_eq!((frame.rows(), frame.truncated), (4, true));
}

#[tokio::test]
async fn whole_numbers_that_do_not_fit_never_become_another_figure() {
    let lake = Lake::new();
    let numbers = batch(vec![
        ("id", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef),
        ("large", Arc::new(Int64Array::from(vec![i64::MAX, i64::MAX - 1, 5]))),
        ("small", Arc::new(Int64Array::from(vec![i64::MIN, 4, 5]))),
        ("short", Arc::new(Int32Array::from(vec![i32::MAX, 4, 5]))),
    ]);
    lake.append("gold.sales", numbers, &[]).await;
    let table = lake.table("gold.sales");
    let mut engine = engine();
    for sql in [
        "SELECT 9223372036854775807 + count(*) AS n FROM gold.sales",
        "SELECT sum(large) AS n FROM gold.sales",
        "SELECT sum(small) - 1 AS n FROM gold.sales WHERE id = 1",
        "SELECT id, large + id AS n FROM gold.sales",
        "SELECT large * 2 AS n FROM gold.sales",
        "SELECT -small AS n FROM gold.sales",
        "SELECT small - 1 AS n FROM gold.sales",
        "SELECT short + short AS n FROM gold.sales",
        "SELECT id % 1 AS g, sum(large) AS n FROM gold.sales GROUP BY 1",
        "SELECT sum(large) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n FROM gold.sales",
        "SELECT sum(DISTINCT large) AS n FROM gold.sales",
        "SELECT sum(CAST('99999999999999999999999999999999999999' AS decimal(38, 0))) AS n FROM gold.sales",
        "SELECT sum(CAST('99999999999999999999999999999999999999' AS decimal(38, 0))) OVER () AS n FROM gold.sales",
        "SELECT sum(CAST('99999999999999999999999999999999999999' AS decimal(38, 0))) OVER (ORDER BY id \
         ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n FROM gold.sales",
        "SELECT sum(CAST('99999999999999999999999999999999999999' AS decimal(38, 0))) FILTER (WHERE id > 1) AS n \
         FROM gold.sales",
        "SELECT id % 1 AS g, sum(CAST('99999999999999999999999999999999999999' AS decimal(38, 0))) AS n \
         FROM gold.sales GROUP BY 1",
        "SELECT max(n) AS n FROM (SELECT large + 1 AS n FROM gold.sales) s",
        "SELECT count(*) AS n FROM gold.sales WHERE large + id > 0",
        "SELECT id FROM gold.sales WHERE id < (SELECT sum(large) FROM gold.sales)",
        "SELECT count(*) AS n FROM gold.sales GROUP BY large + 1 HAVING sum(large) + 1 > 0",
    ] {
        let refused = engine.query(&query(sql, &[&table])).await;
        let Err(LakeError::Refused(message)) = &refused else { panic!("{sql}: {refused:?}") };
        assert!(message.contains("range of its type"), "{sql}: {message}");
        let helps = if sql.contains("decimal(") {
            "fewer digits behind the point"
        } else {
            "cast to DECIMAL or DOUBLE"
        };
        assert!(message.contains(helps), "{sql}: {message}");
    }
    for (sql, figure) in [
        ("SELECT sum(id) AS n FROM gold.sales", Value::Int(6)),
        ("SELECT sum(short) AS n FROM gold.sales", Value::Int(i64::from(i32::MAX) + 9)),
        ("SELECT sum(large) AS n FROM gold.sales WHERE id > 5", Value::Null),
        ("SELECT sum(small) + sum(large) - sum(id) AS n FROM gold.sales WHERE id = 1", Value::Int(-2)),
        ("SELECT sum(CASE WHEN id > 1 THEN id END) AS n FROM gold.sales GROUP BY id % 1", Value::Int(5)),
        ("SELECT sum(DISTINCT id % 2) AS n FROM gold.sales", Value::Int(1)),
        ("SELECT id * 2 - -id + 1 AS n FROM gold.sales ORDER BY id DESC LIMIT 1", Value::Int(10)),
        ("SELECT sum(id * 2 + 1) AS n FROM gold.sales", Value::Int(15)),
        (
            "SELECT sum(CAST(id AS decimal(38, 2))) AS n FROM gold.sales",
            Value::Decimal { unscaled: 600, scale: 2 },
        ),
        (
            "SELECT sum(CAST(id AS decimal(12, 2))) AS n FROM gold.sales GROUP BY id % 1",
            Value::Decimal { unscaled: 600, scale: 2 },
        ),
        ("SELECT id + 1 AS n FROM gold.sales GROUP BY id + 1 ORDER BY id + 1 LIMIT 1", Value::Int(2)),
        ("SELECT max(n) AS n FROM (SELECT sum(id) OVER (ORDER BY id) AS n FROM gold.sales) s", Value::Int(6)),
        (
            "SELECT CASE WHEN id > 1 THEN id ELSE large + 1 END AS n FROM gold.sales WHERE id = 3",
            Value::Int(3),
        ),
    ] {
        let frame =
            engine.query(&query(sql, &[&table])).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(frame.value(0, "n"), Some(figure), "{sql}");
    }
    let named =
        engine.query(&query("SELECT id + 1, sum(id) FROM gold.sales GROUP BY id + 1", &[&table])).await;
    let names: Vec<String> =
        named.expect("is answered").columns().iter().map(|column| column.name.clone()).collect();
    assert!(!names.iter().any(|name| name.contains("checked")), "{names:?}");
}

#[tokio::test]
async fn decimals_that_do_not_fit_never_become_another_figure() {
    let lake = Lake::new();
    lake.append("gold.sales", batch(vec![("id", Arc::new(Int64Array::from(vec![1, 2])))]), &[]).await;
    let table = lake.table("gold.sales");
    let mut engine = engine();
    let most = "CAST('99999999999999999999999999999999999999' AS decimal(38, 0))";
    let half = "CAST('50000000000000000000000000000000000000' AS decimal(38, 0))";
    let one = "CAST(id AS decimal(20, 0))";
    for calculation in [
        format!("{most} + 1"),
        format!("{most} + id"),
        format!("{one} + {most}"),
        format!("-{most} - {one}"),
        format!("{half} + {half}"),
        format!("{half} - (-{half})"),
        format!("{half} * CAST(3 AS decimal(1, 0))"),
        format!("{half} * {half}"),
        "CAST('12345678901234567890123456789012345' AS decimal(38, 0)) / CAST(1 AS decimal(1, 0))".to_owned(),
        // A point moved by eight digits leaves no room for the first of them.
        "CAST('999999999999999999999999999999999999.99' AS decimal(38, 2)) + CAST(id AS decimal(38, 10))"
            .to_owned(),
        "CAST('123456789012345678901234567890123456.12' AS decimal(38, 2)) - CAST(id AS decimal(10, 3))"
            .to_owned(),
    ] {
        for sql in [
            format!("SELECT {calculation} AS n FROM gold.sales"),
            format!("SELECT count(*) AS n FROM gold.sales WHERE {calculation} > 0"),
        ] {
            let message = refusal(&query(&sql, &[&table])).await;
            assert!(message.contains("range of its type"), "{sql}: {message}");
            assert!(message.contains("fewer digits behind the point"), "{sql}: {message}");
        }
    }
    let average = format!("SELECT avg({most}) AS n FROM gold.sales");
    let message = refusal(&query(&average, &[&table])).await;
    assert!(message.contains("fewer digits behind the point"), "{message}");
    for (calculation, figure) in [
        (format!("{half} + ({half} - {one})"), "99999999999999999999999999999999999999"),
        (format!("{most} - {one}"), "99999999999999999999999999999999999998"),
        (
            "CAST('12345678901234567890123456789012.34' AS decimal(38, 2)) + CAST('0.000001' AS decimal(10, 6))"
                .to_owned(),
            "12345678901234567890123456789012.340001",
        ),
        (format!("{most} % CAST(10 AS decimal(2, 0)) * {one}"), "9"),
        (
            "CAST('1234567890123456789012345678901234' AS decimal(38, 0)) / CAST(8 AS decimal(1, 0))".to_owned(),
            "154320986265432098626543209862654.2500",
        ),
    ] {
        let sql = format!("SELECT {calculation} AS n FROM gold.sales WHERE id = 1");
        let frame =
            engine.query(&query(&sql, &[&table])).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let column = frame.column("n").expect("the column is there");
        assert_eq!(frame.plain(column, 0), figure, "{sql}");
    }
}

#[tokio::test]
async fn a_distant_moment_never_hears_of_decimals() {
    let (_lake, table) = Lake::with_sales().await;
    let mut engine = engine();
    let of = |moment: &str| {
        query(&format!("SELECT count(*) AS n FROM gold.sales WHERE sold_at < {moment}"), &[&table])
    };
    let refused = engine.query(&of("TIMESTAMP '9999-12-31 23:59:59'")).await;
    let Err(LakeError::Refused(message)) = &refused else { panic!("{refused:?}") };
    assert!(message.contains("1677 to 2262") && message.contains("TIMESTAMP(6)"), "{message}");
    engine.query(&of("CAST('9999-12-31 23:59:59' AS TIMESTAMP(6))")).await.expect("as the sentence says");
}
