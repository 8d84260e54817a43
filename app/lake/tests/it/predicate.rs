//! Which conditions on rows pass, which are refused, and what the refusal says.

use std::fmt::Write as _;

use lakeport_frame::LakeError;
use lakeport_lake::guard::{self, MAX_PREDICATE_BYTES, PREDICATE_FUNCTIONS};

fn refusal(text: &str) -> String {
    match guard::predicate(text) {
        Err(LakeError::Refused(message)) => message,
        other => panic!("{other:?}: {}", text.chars().take(200).collect::<String>()),
    }
}

#[test]
fn what_says_which_rows_are_open_passes() {
    for (text, columns) in [
        ("region = 'north'", vec!["region"]),
        ("Region = 'north' AND \"Day of sale\" >= DATE '2026-01-01'", vec!["Day of sale", "region"]),
        ("NOT (region IN ('a', 'b') OR region IS NULL)", vec!["region"]),
        ("id BETWEEN -5 AND 7.5", vec!["id"]),
        ("note LIKE 'it''s%' OR note ILIKE '%X' OR note NOT LIKE '_'", vec!["note"]),
        ("is_open IS TRUE AND sold_at < TIMESTAMP '2026-01-01 00:00:00'", vec!["is_open", "sold_at"]),
        ("lower(coalesce(region, 'none')) <> upper(note)", vec!["note", "region"]),
        ("region IS DISTINCT FROM note", vec!["note", "region"]),
        ("true", vec![]),
    ] {
        let checked = guard::predicate(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(checked.columns, columns, "{text}");
    }
}

#[test]
fn a_condition_on_rows_never_calculates_calls_or_reads_anything_else() {
    for (text, why) in [
        ("", "Expected"),
        ("region = 'a'; DROP TABLE t", "has to end"),
        ("region = 'a') OR (true", "has to end"),
        ("region = 'a' AS x", "has to end"),
        ("region = 'a' -- and the rest", "passed"),
        ("id IN (SELECT id FROM gold.other)", "made of comparisons"),
        ("EXISTS (SELECT 1)", "made of comparisons"),
        ("(SELECT true)", "made of comparisons"),
        ("id = (SELECT 1)", "made of comparisons"),
        ("sales.region = 'a'", "without the table"),
        ("gold.sales.region = 'a'", "without the table"),
        ("region = $region", "no parameters"),
        ("region = @region", "no parameters"),
        ("region = ?", "no parameters"),
        ("10 / id > 1", "operator /"),
        ("id + 1 > 1", "operator +"),
        ("-id > 1", "operator -"),
        ("region || 'x' = 'ax'", "operator ||"),
        ("region ~ '^a'", "operator ~"),
        ("CAST(note AS BIGINT) > 1", "made of comparisons"),
        ("note::BIGINT > 1", "made of comparisons"),
        ("CASE WHEN id > 1 THEN true ELSE false END", "made of comparisons"),
        ("now() > sold_at", "function now"),
        ("random() < 0.5", "function random"),
        ("lower(DISTINCT region) = 'a'", "is called as"),
        ("lower(region) OVER () = 'a'", "is called as"),
        ("id = ANY(ids)", "made of comparisons"),
        ("INTERVAL '1 day' > INTERVAL '2 days'", "made of comparisons"),
        ("TIME '10:00' > t", "made of comparisons"),
        ("region = \"a\" COLLATE x", "made of comparisons"),
    ] {
        if why == "passed" {
            let checked = guard::predicate(text).expect("a comment is no part of the tree");
            assert_eq!(checked.sql, "region = 'a'");
            continue;
        }
        let message = refusal(text);
        assert!(message.contains(why) && message.ends_with('.'), "{text}: {message}");
    }
    let message = refusal("region = 'a'\n  AND id % 2 = 0");
    assert!(message.starts_with("Line 2, column 7: operator %"), "{message}");
}

#[test]
fn a_condition_on_rows_is_bounded() {
    let long = format!("region = '{}'", "x".repeat(MAX_PREDICATE_BYTES));
    assert!(refusal(&long).contains("bytes long"));
    let mut wide = String::from("id IN (0");
    for number in 1..600 {
        write!(wide, ", {number}").expect("text grows");
    }
    wide.push(')');
    assert!(refusal(&wide).contains("parts"), "{}", refusal(&wide));
    let deep = format!("{}true{}", "(".repeat(200), ")".repeat(200));
    refusal(&deep);
    refusal(&format!("{}true", "NOT ".repeat(300)));
    refusal(&vec!["id = 1"; 300].join(" OR "));
    assert!(PREDICATE_FUNCTIONS.is_sorted());
}
