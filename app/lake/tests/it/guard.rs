//! Which statements pass, which are refused, and what the refusal says.

use std::fmt::Write as _;

use lakeport_frame::LakeError;
use lakeport_lake::guard::{self, ALLOWED_FUNCTIONS};
use proptest::prelude::*;

const TABLES: [&str; 3] = ["gold.sales", "gold.dates", "orders"];
const PARAMETERS: [&str; 3] = ["region", "regions", "from_day"];

/// As much of a statement as a failure should print.
fn start(sql: &str) -> String {
    sql.chars().take(200).collect()
}

fn refusal(sql: &str) -> String {
    match guard::check(sql, &TABLES, &PARAMETERS) {
        Ok(_) => panic!("passed: {}", start(sql)),
        Err(LakeError::Refused(message) | LakeError::NotGranted { message, .. }) => message,
        Err(other) => panic!("{other:?}: {}", start(sql)),
    }
}

#[test]
fn what_analysts_write_passes() {
    for sql in [
        "SELECT * FROM gold.sales",
        "select region, sum(revenue) as revenue from gold.sales group by region order by 2 desc limit 10;",
        "SELECT count(*) FILTER (WHERE units > 0) FROM gold.sales AS s",
        "SELECT s.region FROM gold.sales s JOIN gold.dates d ON s.day = d.day LEFT JOIN orders o USING (day)",
        "WITH a AS (SELECT * FROM gold.sales), b AS (SELECT region FROM a) SELECT * FROM b UNION ALL SELECT 'x'",
        "SELECT region, row_number() OVER (PARTITION BY region ORDER BY day) FROM gold.sales QUALIFY 1 = 1",
        "SELECT date_trunc('month', day), CAST(units AS DECIMAL(12, 2)), day::date, EXTRACT(year FROM day) FROM gold.sales",
        "SELECT * FROM gold.sales WHERE region = ANY($regions) OR cardinality($regions) = 0",
        "SELECT * FROM gold.sales WHERE day >= $from_day AND region = $region AND NOT region IN ('a', 'b')",
        "SELECT CASE WHEN units > 3 THEN 'much' ELSE 'little' END FROM gold.sales WHERE region LIKE 'n%'",
        "SELECT * FROM gold.sales WHERE day > now() - INTERVAL '30 days' AND units BETWEEN 1 AND 5",
        "SELECT (SELECT max(day) FROM gold.dates), s.* FROM (SELECT * FROM gold.sales) AS s WHERE EXISTS (SELECT 1 FROM orders)",
        "SELECT region, sum(units) FROM gold.sales GROUP BY ROLLUP (region) HAVING sum(units) > 1",
        "SELECT DISTINCT \"Region of sale\" FROM gold.sales WHERE note IS NOT NULL -- a comment; DROP TABLE x",
        "SELECT trim(note), substring(note FROM 1 FOR 3), position('a' IN note), coalesce(note, 'it''s') FROM orders",
        "SELECT * FROM \"gold\".\"sales\"",
        "SELECT * FROM GOLD.Sales",
        "VALUES (1, 'a'), (2, 'b')",
    ] {
        if let Err(error) = guard::check(sql, &TABLES, &PARAMETERS) {
            panic!("{error}: {}", start(sql));
        }
    }
}

#[test]
fn everything_that_is_not_a_query_is_refused() {
    for sql in [
        "",
        ";",
        "SELECT 1; SELECT 2",
        "CREATE TABLE t AS SELECT * FROM gold.sales",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE VIEW v AS SELECT 1",
        "CREATE FUNCTION f() RETURNS INT RETURN 1",
        "DROP TABLE gold.sales",
        "ALTER TABLE gold.sales ADD COLUMN x INT",
        "INSERT INTO gold.sales SELECT * FROM gold.sales",
        "UPDATE gold.sales SET units = 0",
        "DELETE FROM gold.sales",
        "MERGE INTO gold.sales USING orders ON true WHEN MATCHED THEN DELETE",
        "TRUNCATE TABLE gold.sales",
        "COPY gold.sales TO '/tmp/x.csv'",
        "COPY (SELECT * FROM gold.sales) TO '/tmp/x.parquet'",
        "EXPLAIN SELECT * FROM gold.sales",
        "EXPLAIN ANALYZE SELECT * FROM gold.sales",
        "EXPLAIN ANALYZE COPY gold.sales TO '/tmp/x.csv'",
        "SET datafusion.execution.batch_size = 1",
        "SHOW TABLES",
        "SHOW ALL",
        "DESCRIBE gold.sales",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "DEALLOCATE p",
        "BEGIN",
        "USE lake",
        "TABLE gold.sales",
        "FROM gold.sales",
        "FROM gold.sales SELECT region",
        "SELECT * INTO copy FROM gold.sales",
        "WITH x AS (DELETE FROM gold.sales RETURNING *) SELECT * FROM x",
        "WITH x AS (SELECT 1) INSERT INTO gold.sales SELECT * FROM x",
        "SELECT * FROM gold.sales FOR UPDATE",
        "SELECT TOP 3 * FROM gold.sales",
        "SELECT * FROM gold.sales |> WHERE units > 1",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
    ] {
        refusal(sql);
    }
}

#[test]
fn only_granted_tables_can_be_named() {
    for sql in [
        "SELECT * FROM gold.salaries",
        "SELECT * FROM sales",
        "SELECT * FROM \"GOLD\".sales",
        "SELECT * FROM \"gold.sales\"",
        "SELECT * FROM lake.gold.sales",
        "SELECT * FROM gold.dates WHERE day IN (SELECT day FROM silver.people)",
        "SELECT (SELECT name FROM silver.people)",
        "WITH x AS (SELECT * FROM silver.people) SELECT * FROM x",
        "SELECT * FROM gold.sales UNION SELECT * FROM silver.people",
        "SELECT * FROM gold.sales JOIN LATERAL (SELECT 1) ON true",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM information_schema.df_settings",
        "SELECT * FROM generate_series(1, 1000000000)",
        "SELECT * FROM range(1, 1000000000)",
        "SELECT * FROM TABLE(generate_series(1, 3))",
        "SELECT * FROM UNNEST(make_array(1, 2))",
        "SELECT * FROM read_parquet('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM gold.sales TABLESAMPLE (10)",
        "SELECT * FROM gold.sales FOR SYSTEM_TIME AS OF '2020-01-01'",
        "SELECT * FROM gold.sales PIVOT (sum(units) FOR region IN ('a'))",
    ] {
        refusal(sql);
    }
    assert!(guard::tables("SELECT * FROM information_schema.tables").is_err());
    let refused =
        guard::check("SELECT *\nFROM gold.dates d\nJOIN silver.people p ON true", &TABLES, &PARAMETERS);
    let message = "Line 3, column 6: table silver.people is not among the tables this statement may read.";
    let expected = LakeError::NotGranted { table: "silver.people".to_owned(), message: message.to_owned() };
    assert_eq!(refused, Err(expected));
}

#[test]
fn only_known_functions_can_be_called() {
    for call in [
        "random()",
        "uuid()",
        "version()",
        "input_file_name()",
        "arrow_metadata(note)",
        "repeat('x', 1000000000)",
        "generate_series(1, 1000000000)",
        "range(1, 1000000000)",
        "array_repeat(1, 1000000000)",
        "array_resize(make_array(1), 1000000000)",
        "pg_read_file('/etc/passwd')",
        "getenv('HOME')",
        "lake.lower(note)",
        "concat(a => note)",
        "lower(SELECT 1)",
        "MAP {'a': 1}",
        "x -> x + 1",
        "E'\\x41'",
        "N'a'",
        "$$text$$",
        "note:field",
        "note REGEXP 'a'",
        "note -> 'field'",
        "note @> 'a'",
        "units XOR 1",
        "units << 60",
        "note = units DIV 0",
        "CONVERT(note USING utf8)",
    ] {
        let sql = format!("SELECT {call} FROM orders");
        refusal(&sql);
    }
    assert!(ALLOWED_FUNCTIONS.is_sorted(), "the list is searched by halves");
}

#[test]
fn parameters_have_names_and_values() {
    for sql in
        ["SELECT $other", "SELECT $1", "SELECT ?", "SELECT $Region", "SELECT :region", "SELECT @region"]
    {
        refusal(sql);
    }
    let message = refusal("SELECT *\nFROM orders WHERE a = $missing");
    assert_eq!(
        message,
        "Line 2, column 23: parameter $missing has no value; no widget of this name is known."
    );
    let checked = guard::check("SELECT $region FROM orders", &TABLES, &PARAMETERS).expect("is allowed");
    assert_eq!(checked.parameters, ["region"]);
    assert_eq!(guard::parameters("SELECT $b, $a, $b").expect("is allowed"), ["a", "b"]);
}

#[test]
fn the_engine_gets_the_printed_tree() {
    let checked = guard::check(
        "select /* hint */ Region -- comment\n from gold.sales where note = 'it''s; DROP TABLE x'",
        &TABLES,
        &PARAMETERS,
    )
    .expect("is allowed");
    assert_eq!(checked.sql, "SELECT Region FROM gold.sales WHERE note = 'it''s; DROP TABLE x'");
    assert_eq!(checked.tables, ["gold.sales"]);
    let tables = guard::tables("WITH orders AS (SELECT * FROM b.c) SELECT * FROM orders, a.b, \"X\".y");
    assert_eq!(tables.expect("is allowed"), ["X.y", "a.b", "b.c"]);
}

#[test]
fn long_and_deep_statements_are_refused_quickly() {
    let chain = |length: usize, operator: &str| format!("SELECT {}", vec!["1"; length].join(operator));
    let doubling = |steps: usize| {
        let mut sql = "WITH c0 AS (SELECT * FROM gold.sales)".to_owned();
        for step in 1..=steps {
            let before = step - 1;
            write!(sql, ", c{step} AS (SELECT a.* FROM c{before} a, c{before} b)").expect("text grows");
        }
        write!(sql, " SELECT * FROM c{steps}").expect("text grows");
        sql
    };
    assert!(guard::check(&chain(150, " + "), &TABLES, &PARAMETERS).is_ok());
    assert!(guard::check(&chain(1_000, ","), &TABLES, &PARAMETERS).is_ok());
    assert!(guard::check(&doubling(4), &TABLES, &PARAMETERS).is_ok());
    for sql in [
        chain(20_000, "+"),
        chain(12_000, "+"),
        chain(300, " + "),
        chain(300, " OR "),
        chain(300, " || "),
        chain(300, "::int + "),
        chain(3_000, ","),
        chain(5_500, ","),
        chain(30, " UNION ALL SELECT "),
        chain(2_000, " UNION SELECT "),
        format!("SELECT {}1{}", "(".repeat(3_000), ")".repeat(3_000)),
        format!("SELECT {}1", "- ".repeat(1_000)),
        format!("SELECT {}true", "NOT ".repeat(1_000)),
        format!("SELECT 1{}", " IS NULL".repeat(1_000)),
        format!("SELECT 1{}", "::int".repeat(1_000)),
        format!("SELECT a{}", " COLLATE x".repeat(2_500)),
        format!("SELECT a{}", "[1]".repeat(1_999)),
        format!("SELECT {}1{}", "(".repeat(9), format!("{})", " + 1".repeat(100)).repeat(9)),
        format!("SELECT {}1{}", "CASE WHEN true THEN ".repeat(500), " END".repeat(500)),
        format!("SELECT {}1{}", "abs(".repeat(500), ")".repeat(500)),
        format!("SELECT * FROM {}gold.sales{}", "(SELECT * FROM ".repeat(500), ")".repeat(500)),
        format!("SELECT * FROM gold.sales{}", ", gold.sales".repeat(100)),
        doubling(7),
        doubling(22),
        format!("SELECT '{}'", "x".repeat(40_000)),
        ")".repeat(1_000),
    ] {
        refusal(&sql);
    }
}

#[test]
fn what_is_not_understood_says_where() {
    assert_eq!(
        refusal("SELECT region\nFROM gold.sales\nWHERE )"),
        "Line 3, column 7: Expected: an expression, found: )."
    );
    assert_eq!(refusal("SELECT 'open"), "Line 1, column 8: Unterminated string literal.");
}

/// Words that make statements, sensible ones and others.
const WORDS: [&str; 44] = [
    "SELECT",
    "FROM",
    "WHERE",
    "gold.sales",
    "orders",
    "secret",
    "\"X\"",
    "a",
    "b",
    "*",
    ",",
    "(",
    ")",
    "1",
    "'t'",
    "$region",
    "$other",
    "WITH",
    "AS",
    "UNION",
    "ALL",
    "JOIN",
    "ON",
    "GROUP",
    "BY",
    "ORDER",
    "LIMIT",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "AND",
    "NOT",
    "IN",
    "EXISTS",
    "+",
    "||",
    "=",
    ".",
    "::",
    "int",
    "sum",
    "COPY",
    ";",
];

proptest! {
    /// What passed passes again as it was printed, and names granted tables only.
    #[test]
    fn any_words_are_refused_or_understood(picked in prop::collection::vec(0..WORDS.len(), 1..16)) {
        let sql = format!("SELECT {}", picked.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" "));
        match guard::check(&sql, &TABLES, &PARAMETERS) {
            Ok(checked) => {
                prop_assert!(checked.tables.iter().all(|table| TABLES.contains(&table.as_str())));
                prop_assert!(checked.parameters.iter().all(|name| PARAMETERS.contains(&name.as_str())));
                prop_assert_eq!(guard::check(&checked.sql, &TABLES, &PARAMETERS), Ok(checked));
            }
            Err(error) => prop_assert!(
                matches!(error, LakeError::Refused(_) | LakeError::NotGranted { .. }),
                "{error:?}"
            ),
        }
    }
}
