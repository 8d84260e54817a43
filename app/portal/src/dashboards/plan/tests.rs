//! What is run, and what depends on what.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::dashboards::format::parse;

fn example() -> Dashboard {
    parse("example.md", include_str!("../format/example.md"))
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn params(query: &[(&str, &str)]) -> ParamSet {
    let query: Vec<(String, String)> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let today = "2026-05-17".parse().expect("a day in a test");
    ParamSet::from_query(&example(), &query, today, &BTreeMap::new())
}

#[test]
fn every_shown_query_runs_once_and_compared_ones_for_the_period_before_and_what_leads_up_to_it() {
    let runs = runs(&example(), &params(&[("period", "2025-01-01..2025-01-10")]));
    let keys: Vec<(&str, Variant)> =
        runs.iter().map(|run| (run.key.name.as_str(), run.key.variant)).collect();
    assert_eq!(
        keys,
        [
            ("by_creditor", Variant::Current),
            ("daily", Variant::Current),
            ("daily", Variant::Initial),
            ("daily", Variant::Ever),
            ("open_cases", Variant::Current),
            ("totals", Variant::Current),
            ("totals", Variant::Previous),
            ("totals", Variant::Lead),
        ]
    );
    let names: Vec<&str> = runs[0].parameters.keys().map(String::as_str).collect();
    assert_eq!(names, ["period_end", "period_start"], "by_creditor does not use $creditor");
    assert_eq!(runs[6].parameters["period_start"].to_string(), "2024-12-22");
    assert_eq!(runs[6].parameters["period_end"].to_string(), "2024-12-31");
    assert_eq!(runs[7].parameters["period_start"].to_string(), "2024-12-12");
    assert_eq!(runs[7].parameters["period_end"].to_string(), "2024-12-22");
}

#[test]
fn the_series_of_all_days_are_asked_for_once_another_period_is_chosen() {
    let daily = |query: &[(&str, &str)]| -> Vec<(Variant, String)> {
        let runs = runs(&example(), &params(query)).into_iter().filter(|run| run.key.name == "daily");
        runs.map(|run| (run.key.variant, run.parameters["period_start"].to_string())).collect()
    };
    let (this_year, all) = ("2026-01-01".to_owned(), "1900-01-01".to_owned());
    assert_eq!(daily(&[]), [(Variant::Current, this_year.clone())]);
    let current = (Variant::Current, this_year.clone());
    let initial = (Variant::Initial, this_year);
    assert_eq!(daily(&[("creditor", "Creditor 01")]), [current, initial.clone()]);
    let current = (Variant::Current, "2026-04-01".to_owned());
    assert_eq!(daily(&[("period", "last_month")]), [current, initial, (Variant::Ever, all)]);
}

#[test]
fn there_is_no_period_before_all_time() {
    let runs = runs(&example(), &params(&[("period", "all")]));
    assert!(runs.iter().all(|run| !matches!(run.key.variant, Variant::Previous | Variant::Lead)));
    assert_eq!(runs.len(), 5);
}

#[test]
fn hashes_follow_the_values_a_query_uses() {
    let hashes = |query: &[(&str, &str)]| -> BTreeMap<QueryRunKey, String> {
        runs(&example(), &params(query)).into_iter().map(|run| (run.key, run.hash)).collect()
    };
    let (all, one) = (hashes(&[]), hashes(&[("creditor", "Creditor 01")]));
    let changed: BTreeSet<&str> =
        all.iter().filter(|(key, hash)| one[*key] != **hash).map(|(key, _)| key.name.as_str()).collect();
    assert_eq!(changed, BTreeSet::from(["daily", "open_cases", "totals"]));
    assert_eq!(all, hashes(&[]));
    assert_ne!(
        hash("x", &BTreeMap::from([("a".to_owned(), Value::Int(1))])),
        hash("x", &BTreeMap::from([("a".to_owned(), Value::Text("1".to_owned()))]))
    );
}

#[test]
fn only_offered_tables_can_be_fetched() {
    let example = example();
    let file = |element| download(&example, element).map(|file| (file.query, file.columns));
    assert_eq!(file("dataframe-open_cases"), Some(("open_cases", Vec::new())));
    // What a chart does not draw is not in its file either.
    assert_eq!(file("line_chart-daily"), Some(("daily", vec!["booking_date", "channel", "collected"])));
    assert_eq!(file("metric-totals-cases"), None);
    assert_eq!(file("totals"), None);
}

#[test]
fn options_are_asked_with_quoted_names() {
    let runs = option_runs(&example());
    assert_eq!(runs.len(), 1);
    assert_eq!(
        runs[0].sql,
        "SELECT DISTINCT \"creditor\" AS \"option\" FROM \"gold\".\"collections\" WHERE \"creditor\" IS NOT NULL \
         ORDER BY \"option\" LIMIT 1000"
    );
    assert_eq!(quoted("a\" OR 1=1 --"), "\"a\"\" OR 1=1 --\"");
}
