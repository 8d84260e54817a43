//! Promises on a table: kept, broken, or not checkable.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use deltalake::arrow::array::{Int64Array, StringArray};
use lakeport_frame::{Check, CheckOutcome, Comparison, Exact};

use crate::lake::{Lake, batch, engine};

fn passed(detail: &str) -> CheckOutcome {
    CheckOutcome::Passed { detail: detail.to_owned() }
}

fn failed(detail: &str, failing_rows: Option<i64>) -> CheckOutcome {
    CheckOutcome::Failed { detail: detail.to_owned(), failing_rows }
}

fn unchecked(reason: &str) -> CheckOutcome {
    CheckOutcome::Unchecked { reason: reason.to_owned() }
}

fn typed(column: &str, logical_type: &str) -> Check {
    Check::Column { column: column.to_owned(), logical_type: Some(logical_type.to_owned()) }
}

fn required(column: &str) -> Check {
    Check::Required { column: column.to_owned() }
}

fn unique(columns: &[&str]) -> Check {
    Check::Unique { columns: columns.iter().map(|name| (*name).to_owned()).collect() }
}

fn valid(column: &str, values: &[&str]) -> Check {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Check::ValidValues { column: column.to_owned(), values }
}

fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("it is a number")
}

fn rule(sql: &str, must_be: Comparison, limit: &str) -> Check {
    Check::Sql {
        sql: sql.to_owned(),
        names: vec!["sales".to_owned()],
        must_be,
        limit: exact(limit),
        upper: None,
        percent: false,
    }
}

/// Runs the checks together, as a contract does, and compares each outcome.
async fn expect(name: &str, lake: &Lake, expected: Vec<(Check, CheckOutcome)>) {
    let (checks, outcomes): (Vec<Check>, Vec<CheckOutcome>) = expected.into_iter().unzip();
    let found = engine().check(&lake.table(name), &checks).await.expect("the table is there");
    for ((check, outcome), found) in checks.iter().zip(outcomes).zip(found) {
        assert_eq!(found, outcome, "{check:?}");
    }
}

#[tokio::test]
async fn columns_and_their_types() {
    let (lake, _) = Lake::with_sales().await;
    let exists = Check::Column { column: "note".to_owned(), logical_type: None };
    expect(
        "gold.sales",
        &lake,
        vec![
            (exists, passed("Column \"note\" exists.")),
            (typed("id", "integer"), passed("Column \"id\" exists and holds integer.")),
            (typed("revenue", "number"), passed("Column \"revenue\" exists and holds number.")),
            (typed("day", "date"), passed("Column \"day\" exists and holds date.")),
            (typed("sold_at", "timestamp"), passed("Column \"sold_at\" exists and holds timestamp.")),
            (typed("region", "string"), passed("Column \"region\" exists and holds string.")),
            (typed("note", "integer"), failed("Column \"note\" holds string, not integer.", None)),
            (typed("gone", "string"), failed("The table has no column \"gone\".", None)),
            (typed("day", "time"), unchecked("Delta tables have no type for a time of day.")),
            (typed("day", "dinosaur"), unchecked("\"dinosaur\" is not a logical type of ODCS.")),
        ],
    )
    .await;
}

#[tokio::test]
async fn empty_repeated_and_foreign_values_are_counted() {
    let lake = Lake::new();
    let rows: i64 = 2_000;
    let ids = (0..rows).map(|row| if row < 10 { 0 } else { row });
    let regions = (0..rows).map(|row| match row % 4 {
        0 => None,
        1 => Some("north"),
        _ => Some("south"),
    });
    let columns = batch(vec![
        ("id", Arc::new(Int64Array::from_iter_values(ids))),
        ("region", Arc::new(regions.collect::<StringArray>())),
    ]);
    lake.append("gold.sales", columns, &[]).await;
    expect(
        "gold.sales",
        &lake,
        vec![
            (required("id"), passed("0 of 2,000 rows are empty.")),
            (required("region"), failed("500 of 2,000 rows are empty.", Some(500))),
            (unique(&["id"]), failed("10 of 2,000 rows share \"id\" with another row.", Some(10))),
            (
                unique(&["region"]),
                failed("1,500 of 1,500 rows share \"region\" with another row.", Some(1_500)),
            ),
            (unique(&[]), unchecked("The check names no column.")),
            (
                valid("region", &["north", "south"]),
                passed("0 of 2,000 rows hold a value that is not allowed."),
            ),
            (
                valid("region", &["north"]),
                failed("1,000 of 2,000 rows hold a value that is not allowed.", Some(1_000)),
            ),
            (
                valid("id", &["0", "15"]),
                failed("1,989 of 2,000 rows hold a value that is not allowed.", Some(1_989)),
            ),
            (
                valid("id", &["zero"]),
                unchecked("\"zero\" among the valid values does not fit the column's type."),
            ),
            (required("gone"), unchecked("The table has no column \"gone\".")),
            (Check::RowCount { min: Some(1), max: None }, passed("2,000 rows; allowed are at least 1.")),
            (
                Check::RowCount { min: Some(2_001), max: Some(1_000_000) },
                failed("2,000 rows; allowed are 2,001 to 1,000,000.", None),
            ),
            (
                Check::RowCount { min: None, max: None },
                unchecked("The check names neither a smallest nor a largest number."),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn age_is_measured_from_the_newest_data() {
    let (lake, _) = Lake::with_sales().await;
    let now: DateTime<Utc> = "2026-03-10T12:30:00Z".parse().expect("is an instant");
    let fresh = |column: Option<&str>, hours: i64, now| Check::Fresh {
        column: column.map(str::to_owned),
        max_age_seconds: hours * 3_600,
        now,
    };
    expect(
        "gold.sales",
        &lake,
        vec![
            (
                fresh(Some("sold_at"), 24 * 5, now),
                passed("The newest data is 3 days 12 hours old; allowed are 5 days."),
            ),
            (
                fresh(Some("day"), 24, now),
                failed("The newest data is 3 days 12 hours old; allowed are 1 day.", None),
            ),
            (fresh(Some("note"), 24, now), unchecked("Column \"note\" is neither a date nor a timestamp.")),
        ],
    )
    .await;
    let table = lake.table("gold.sales");
    let mut engine = engine();
    let written = engine.describe(&table).await.expect("is described").modified_at;
    let checks = [1, 3].map(|hours| fresh(None, 2, written + TimeDelta::hours(hours)));
    let outcomes = engine.check(&table, &checks).await.expect("the table is there");
    assert!(matches!(outcomes[0], CheckOutcome::Passed { .. }), "{outcomes:?}");
    assert!(matches!(outcomes[1], CheckOutcome::Failed { .. }), "{outcomes:?}");
}

#[tokio::test]
async fn rules_in_sql_are_guarded_and_compared() {
    let (lake, _) = Lake::with_sales().await;
    let missing = "SELECT count(*) FROM gold.sales WHERE region IS NULL";
    expect(
        "gold.sales",
        &lake,
        vec![
            (rule(missing, Comparison::Equal, "0"), failed("The rule gives 3; allowed is exactly 0.", None)),
            (rule(missing, Comparison::AtMost, "3"), passed("The rule gives 3; allowed is at most 3.")),
            (rule(missing, Comparison::Below, "3"), failed("The rule gives 3; allowed is below 3.", None)),
            (
                rule("SELECT sum(revenue) * 1000 FROM gold.sales", Comparison::Above, "0.5"),
                passed("The rule gives 99,600; allowed is above 0.5."),
            ),
            (
                rule("SELECT 0.1 + 0.2", Comparison::Equal, "0.3"),
                passed("The rule gives 0.3; allowed is exactly 0.3."),
            ),
            (
                rule("SELECT 0.3000001", Comparison::Equal, "0.3"),
                failed("The rule gives 0.3000001; allowed is exactly 0.3.", None),
            ),
            (
                rule("SELECT 9007199254740993", Comparison::Equal, "9007199254740992"),
                failed(
                    "The rule gives 9,007,199,254,740,993; allowed is exactly 9,007,199,254,740,992.",
                    None,
                ),
            ),
            (
                Check::Sql {
                    sql: "SELECT 5.25".to_owned(),
                    names: Vec::new(),
                    must_be: Comparison::AtMost,
                    limit: exact("5"),
                    upper: None,
                    percent: true,
                },
                failed("The rule gives 5.25 %; allowed is at most 5 %.", None),
            ),
            (
                rule("SELECT max(region) FROM gold.sales", Comparison::Equal, "0"),
                unchecked("The rule returned no number."),
            ),
            (
                rule("SELECT id FROM gold.sales", Comparison::Equal, "0"),
                unchecked("The rule has to return one row with one number."),
            ),
            (
                rule("DROP TABLE gold.sales", Comparison::Equal, "0"),
                unchecked("Only SELECT is allowed: the statement has to begin with SELECT or WITH."),
            ),
            (
                rule("SELECT count(*) FROM gold.other", Comparison::Equal, "0"),
                unchecked(
                    "Line 1, column 22: table gold.other is not among the tables this statement may read.",
                ),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_limit_is_never_rounded_to_what_was_measured() {
    let (lake, _) = Lake::with_sales().await;
    let beyond = "SELECT 9007199254740993";
    let of = |must_be, limit, upper: Option<&str>| Check::Sql {
        sql: beyond.to_owned(),
        names: Vec::new(),
        must_be,
        limit: exact(limit),
        upper: upper.map(exact),
        percent: false,
    };
    let (below, same) = ("9007199254740992", "9007199254740993");
    let given = "The rule gives 9,007,199,254,740,993; allowed is";
    let (kept, broken) = (
        |allowed: &str| passed(&format!("{given} {allowed}.")),
        |allowed: &str| failed(&format!("{given} {allowed}."), None),
    );
    expect(
        "gold.sales",
        &lake,
        vec![
            (of(Comparison::AtMost, below, None), broken("at most 9,007,199,254,740,992")),
            (of(Comparison::AtMost, same, None), kept("at most 9,007,199,254,740,993")),
            (of(Comparison::Below, same, None), broken("below 9,007,199,254,740,993")),
            (of(Comparison::Above, below, None), kept("above 9,007,199,254,740,992")),
            (of(Comparison::AtLeast, "9007199254740993.5", None), broken("at least 9,007,199,254,740,993.5")),
            (of(Comparison::Within, "1", Some(below)), broken("1 to 9,007,199,254,740,992")),
            (of(Comparison::Outside, "1", Some(below)), kept("nothing from 1 to 9,007,199,254,740,992")),
            (
                rule("SELECT 0.3", Comparison::Equal, "0.30000000000000001"),
                failed("The rule gives 0.3; allowed is exactly 0.30000000000000001.", None),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_number_too_wide_for_a_cell_is_never_called_none() {
    let (lake, _) = Lake::with_sales().await;
    let most = "99999999999999999999999999999999999999";
    let wide = |text: &str, scale: u8| format!("SELECT CAST('{text}' AS decimal(38, {scale}))");
    expect(
        "gold.sales",
        &lake,
        vec![
            (
                rule(&wide("1.00000000000000000001", 20), Comparison::Equal, "1"),
                failed("The rule gives 1.00000000000000000001; allowed is exactly 1.", None),
            ),
            (
                rule(&wide("0.25", 20), Comparison::AtMost, "0.25"),
                passed("The rule gives 0.25; allowed is at most 0.25."),
            ),
            (
                rule(&wide(most, 0), Comparison::AtLeast, most),
                passed(
                    "The rule gives 99,999,999,999,999,999,999,999,999,999,999,999,999; allowed is at least \
                     99,999,999,999,999,999,999,999,999,999,999,999,999.",
                ),
            ),
            (
                rule("SELECT 18446744073709551615", Comparison::Above, "18446744073709551614"),
                passed(
                    "The rule gives 18,446,744,073,709,551,615; allowed is above 18,446,744,073,709,551,614.",
                ),
            ),
            (rule("SELECT '5'", Comparison::Equal, "5"), unchecked("The rule returned no number.")),
        ],
    )
    .await;
}

#[tokio::test]
async fn no_rule_is_kept_by_digits_that_a_division_cut_off() {
    let (lake, _) = Lake::with_sales().await;
    let between = |cut: &str, further: &str, allowed: &str| {
        unchecked(&format!(
            "The rule cannot be decided: a division in it cuts digits off, and it gives {cut} without them and {further} \
             with the last one counted up; allowed is {allowed}."
        ))
    };
    let over =
        |left: &str, right: &str| format!("CAST({left} AS decimal(10, 2)) / CAST({right} AS decimal(10, 0))");
    let (third, quarter) = (over("1", "3"), over("1", "4"));
    let select = |figure: &str, must_be, limit| rule(&format!("SELECT {figure}"), must_be, limit);
    expect(
        "gold.sales",
        &lake,
        vec![
            (
                select(&third, Comparison::AtMost, "0.33333333"),
                between("0.333333", "0.333334", "at most 0.33333333"),
            ),
            (
                select(&third, Comparison::Equal, "0.333333"),
                between("0.333333", "0.333334", "exactly 0.333333"),
            ),
            (
                select(&over("-1", "3"), Comparison::AtLeast, "-0.333333"),
                between("-0.333333", "-0.333334", "at least -0.333333"),
            ),
            // However far what is lost is carried on.
            (
                select(&format!("{} * 1000000", over("1", "15000000")), Comparison::AtMost, "0.05"),
                between("0", "1", "at most 0.05"),
            ),
            (
                select(&format!("1000000 / ({third})"), Comparison::Above, "3000001"),
                between("3,000,003", "2,999,994.0001", "above 3,000,001"),
            ),
            (
                select(
                    &format!(
                        "count(*) FROM gold.sales WHERE {} > 0.3333331",
                        over("(id + 1)", "((id + 1) * 3)")
                    ),
                    Comparison::AtMost,
                    "1",
                ),
                between("0", "12", "at most 1"),
            ),
            (
                select(
                    &format!("count(*) FROM gold.sales WHERE {} > 1", over("1", "id")),
                    Comparison::Equal,
                    "0",
                ),
                unchecked("A row divides by zero; write NULLIF(divisor, 0) to get no value there."),
            ),
            (
                select(&format!("round({third}, 2)"), Comparison::Equal, "0.33"),
                passed("The rule gives 0.33; allowed is exactly 0.33."),
            ),
            (
                select(&format!("{third} * 100"), Comparison::Above, "33"),
                passed("The rule gives 33.3333; allowed is above 33."),
            ),
            (
                select(&third, Comparison::AtMost, "0.33"),
                failed("The rule gives 0.3333; allowed is at most 0.33.", None),
            ),
            (
                select(&quarter, Comparison::Equal, "0.25"),
                passed("The rule gives 0.25; allowed is exactly 0.25."),
            ),
            (select("6 / 3", Comparison::Equal, "2"), passed("The rule gives 2; allowed is exactly 2.")),
            (
                select("avg(revenue) FROM gold.sales", Comparison::Above, "8"),
                passed("The rule gives 8.3; allowed is above 8."),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn no_rule_is_kept_by_a_float_that_lost_digits() {
    let lake = Lake::new();
    let beyond = Int64Array::from(vec![9_007_199_254_740_993; 3]);
    let small = Int64Array::from(vec![1, 2, 4]);
    lake.append("gold.sales", batch(vec![("id", Arc::new(beyond)), ("small", Arc::new(small))]), &[]).await;
    let of = |figure: &str, must_be, limit| rule(&format!("SELECT {figure} FROM gold.sales"), must_be, limit);
    let (limit, figure) = ("9007199254740992", "9007199254740993");
    let lost = "The rule cannot be decided: it calculates in DOUBLE or REAL with numbers of more digits than such a \
                number holds; cast them to DECIMAL.";
    expect(
        "gold.sales",
        &lake,
        vec![
            (of("median(id)", Comparison::Equal, limit), unchecked(lost)),
            (of("median(id)", Comparison::AtMost, limit), unchecked(lost)),
            (of("percentile_cont(id, 0.5)", Comparison::Equal, limit), unchecked(lost)),
            (of("avg(id)", Comparison::AtMost, limit), unchecked(lost)),
            (of("max(CAST(id AS DOUBLE))", Comparison::Equal, limit), unchecked(lost)),
            (
                of("max(id)", Comparison::Equal, figure),
                passed("The rule gives 9,007,199,254,740,993; allowed is exactly 9,007,199,254,740,993."),
            ),
            (
                of("median(CAST(id AS decimal(20, 1)))", Comparison::Above, limit),
                passed("The rule gives 9,007,199,254,740,993; allowed is above 9,007,199,254,740,992."),
            ),
            (of("median(small)", Comparison::Equal, "2"), passed("The rule gives 2; allowed is exactly 2.")),
            (
                of("percentile_cont(small, 0.5)", Comparison::AtMost, "2"),
                passed("The rule gives 2; allowed is at most 2."),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_empty_table_keeps_what_it_promises_and_is_not_fresh() {
    let lake = Lake::new();
    let none = batch(vec![("id", Arc::new(Int64Array::from(Vec::<i64>::new())))]);
    lake.append("gold.sales", none, &[]).await;
    expect(
        "gold.sales",
        &lake,
        vec![
            (required("id"), passed("0 of 0 rows are empty.")),
            (unique(&["id"]), passed("0 of 0 rows share \"id\" with another row.")),
            (Check::RowCount { min: Some(1), max: None }, failed("0 rows; allowed are at least 1.", None)),
        ],
    )
    .await;
}
