//! Addresses, choices and bound values.

use proptest::prelude::*;

use super::*;
use crate::dashboards::format::parse;

const TEXT: &str = "---
title: T
owner: o
reads: [gold.t]
---
```date_input period
{label: Booked, range: true, default: this_year, compare: previous_period}
```
```date_input day
{default: yesterday}
```
```selectbox region
{options: [north, south], default: south}
```
```selectbox state
{options: [open, closed], empty: All states}
```
```multiselect creditor
{options: {column: gold.t.creditor}}
```
```multiselect stage
{options: [a, b, c], default: [b]}
```
```slider share
{min: 0, max: 1, step: 0.05, default: 0.2}
```
```slider days
{max: 90}
```
```text_input word
{max_length: 5}
```
```sql q
SELECT 1 AS n FROM gold.t WHERE d BETWEEN $period_start AND $period_end AND d > $day AND r = $region
 AND $state = '' AND c = ANY($creditor) AND s = ANY($stage) AND x > $share AND y > $days AND w = $word
```
{q.n}
";

fn today() -> NaiveDate {
    "2026-05-17".parse().expect("a day in a test")
}

fn dashboard() -> Dashboard {
    parse("d.md", TEXT).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn pairs(query: &[(&str, &str)]) -> Vec<(String, String)> {
    query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn set(query: &[(&str, &str)]) -> ParamSet {
    ParamSet::from_query(&dashboard(), &pairs(query), today(), &BTreeMap::new())
}

/// Reads a query string by the letter, to test the writer against something else than itself.
fn decode(query: &str) -> Vec<(String, String)> {
    fn text(encoded: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = encoded.as_bytes();
        while let [first, tail @ ..] = rest {
            if let (b'%', [high, low, tail @ ..]) = (first, tail) {
                let digits = [*high, *low];
                let hex = std::str::from_utf8(&digits).expect("two digits");
                bytes.push(u8::from_str_radix(hex, 16).expect("two digits"));
                rest = tail;
            } else {
                bytes.push(*first);
                rest = tail;
            }
        }
        String::from_utf8(bytes).expect("text stays text")
    }
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts.filter_map(|part| part.split_once('=')).map(|(name, value)| (text(name), text(value))).collect()
}

#[test]
fn without_an_address_everything_has_its_default() {
    let set = set(&[]);
    assert_eq!(set.to_query(), "");
    assert_eq!(set.notices, Vec::<String>::new());
    let bound = set.bound(Variant::Current).expect("the current period is always there");
    let text: Vec<String> = bound.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        text,
        [
            "creditor=",
            "day=2026-05-16",
            "days=0",
            "period_end=2026-05-17",
            "period_prev_end=2025-05-17",
            "period_prev_start=2025-01-01",
            "period_start=2026-01-01",
            "region=south",
            "share=0.2",
            "stage=b",
            "state=",
            "word=",
        ]
    );
    assert_eq!(bound["days"], Value::Int(0));
    assert_eq!(bound["share"], Value::Float(0.2));
    assert_eq!(bound["creditor"], Value::TextList(Vec::new()));
}

#[test]
fn the_period_before_shifts_the_whole_period() {
    let set = set(&[("period", "2025-01-01..2025-01-10")]);
    let bound = set.bound(Variant::Previous).expect("a limited period has one before it");
    assert_eq!(bound["period_start"].to_string(), "2024-12-22");
    assert_eq!(bound["period_end"].to_string(), "2024-12-31");
    assert_eq!(bound["period_prev_end"].to_string(), "2024-12-21");
    let all = self::set(&[("period", "all")]);
    assert_eq!(all.bound(Variant::Previous), None);
    let bound = all.bound(Variant::Current).expect("the current period is always there");
    assert_eq!(bound["period_prev_end"].to_string(), "1899-12-31");
}

#[test]
fn what_is_not_understood_is_the_default_with_a_notice() {
    let set = set(&[
        ("period", "nonsense"),
        ("day", "2026-13-01"),
        ("region", "west"),
        ("stage", "z"),
        ("share", "7"),
        ("days", "NaN"),
        ("word", "far too long"),
        ("utm_source", "mail"),
    ]);
    assert_eq!(
        set.notices,
        [
            "Booked: \"nonsense\" is not a period. Allowed: last_7_days, last_30_days, this_month, last_month, \
             this_quarter, last_quarter, this_year, last_year, all, or days such as 2025-01-01..2025-12-31.",
            "Day: \"2026-13-01\" is not a day; write it as 2025-01-31.",
            "Region: there is no option \"west\" that you may see.",
            "Stage: there is no option \"z\" that you may see.",
            "Share: \"7\" is not a number from 0 to 1.",
            "Days: \"NaN\" is not a number from 0 to 90.",
            "Word: only the first 5 characters are used.",
        ]
    );
    assert_eq!(set.to_query(), "stage=&word=far%20t");
}

#[test]
fn forms_send_two_days() {
    let query = set(&[("period", "custom"), ("period_start", "2025-01-01"), ("period_end", "2025-01-31")]);
    assert_eq!(query.to_query(), "period=2025-01-01..2025-01-31");
    let preset =
        set(&[("period", "last_month"), ("period_start", "2025-01-01"), ("period_end", "2025-01-31")]);
    assert_eq!(preset.to_query(), "period=last_month");
}

#[test]
fn nothing_chosen_differs_from_the_default() {
    assert_eq!(set(&[("stage", "")]).to_query(), "stage=");
    assert_eq!(set(&[("stage", ""), ("stage", "c"), ("stage", "a")]).to_query(), "stage=a&stage=c");
    assert_eq!(set(&[("stage", "b")]).to_query(), "");
    assert_eq!(set(&[("state", "closed")]).to_query(), "state=closed");
}

#[test]
fn options_of_a_column_are_those_the_viewer_may_see() {
    let options = BTreeMap::from([("creditor".to_owned(), vec!["A".to_owned(), "B & C".to_owned()])]);
    let query = pairs(&[("creditor", "B & C"), ("creditor", "secret")]);
    let set = ParamSet::from_query(&dashboard(), &query, today(), &options);
    assert_eq!(set.to_query(), "creditor=B%20%26%20C");
    assert_eq!(set.notices, ["Creditor: there is no option \"secret\" that you may see."]);
}

#[test]
fn choosing_a_mark_again_takes_it_back() {
    let once = set(&[]).toggled("creditor", "A");
    assert_eq!(once.to_query(), "creditor=A");
    assert_eq!(once.toggled("creditor", "B").to_query(), "creditor=B");
    assert_eq!(once.toggled("creditor", "A").to_query(), "");
    assert_eq!(set(&[]).toggled("region", "north").to_query(), "region=north");
    assert_eq!(set(&[]).toggled("nobody", "x"), set(&[]));
}

proptest! {
    #[test]
    fn an_address_comes_back(query in prop::collection::vec((key(), value()), 0..12)) {
        let dashboard = dashboard();
        let first = ParamSet::from_query(&dashboard, &query, today(), &BTreeMap::new());
        let canonical = first.to_query();
        let second = ParamSet::from_query(&dashboard, &decode(&canonical), today(), &BTreeMap::new());
        prop_assert_eq!(second.to_query(), canonical);
        prop_assert_eq!(&second.settings, &first.settings);
        prop_assert_eq!(second.notices, Vec::<String>::new());
    }
}

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "period",
        "period_start",
        "period_end",
        "day",
        "region",
        "state",
        "creditor",
        "stage",
        "share",
        "days",
        "word",
        "other",
    ])
    .prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        "custom",
        "all",
        "last_month",
        "2025-01-01",
        "2025-01-01..2025-03-31",
        "2025-01-01..2025-03-31~last_quarter",
        "north",
        "open",
        "a",
        "b",
        "0.35",
        "17",
        "1e3",
        "today",
    ])
    .prop_map(str::to_owned);
    prop_oneof![3 => known, 1 => any::<String>()]
}

#[test]
fn typed_days_never_lose_against_the_period_beside_them() {
    let typed = set(&[
        ("period", "this_year"),
        ("period_start", "2026-02-01"),
        ("period_end", "2026-02-10"),
        ("period_shown", "2026-01-01..2026-05-17"),
    ]);
    assert_eq!(typed.to_query(), "period=2026-02-01..2026-02-10");
    let chosen = set(&[
        ("period", "last_month"),
        ("period_start", "2026-01-01"),
        ("period_end", "2026-05-17"),
        ("period_shown", "2026-01-01..2026-05-17"),
    ]);
    assert_eq!(chosen.to_query(), "period=last_month", "days nobody typed are those of the page before");
}

#[test]
fn typed_days_are_never_compared_as_the_period_before_them() {
    let sent = |end: &str| {
        set(&[
            ("period", "custom"),
            ("period_start", "2026-01-01"),
            ("period_end", end),
            ("period_shown", "2026-01-01..2026-05-17~this_year"),
        ])
    };
    assert_eq!(sent("2026-05-17").to_query(), "period=2026-01-01..2026-05-17~this_year");
    assert_eq!(sent("2026-05-16").to_query(), "period=2026-01-01..2026-05-16");
}

#[test]
fn chosen_days_without_a_day_never_become_another_period() {
    let after_all_time =
        set(&[("period", "custom"), ("period_start", ""), ("period_end", ""), ("period_shown", "..")]);
    assert_eq!(after_all_time.to_query(), "period=custom");
    let all = set(&[("period", "all")]);
    assert_eq!(after_all_time.bound(Variant::Current), all.bound(Variant::Current));
    assert_eq!(after_all_time.bound(Variant::Previous), None);
}

#[test]
fn one_day_of_a_range_never_stands_for_the_other() {
    let typed = |start: &str, end: &str| {
        set(&[("period", "custom"), ("period_start", start), ("period_end", end), ("period_shown", "..")])
    };
    let open = typed("2026-03-15", "");
    assert_eq!(open.to_query(), "period=2026-03-15..");
    let bound = open.bound(Variant::Current).expect("the current period is always there");
    assert_eq!(bound["period_start"].to_string(), "2026-03-15");
    let all = set(&[("period", "all")]).bound(Variant::Current).expect("the current period is always there");
    assert_eq!(bound["period_end"], all["period_end"]);
    assert_eq!(typed("", "2026-03-15").to_query(), "period=..2026-03-15");
    assert_eq!(typed("0026-03-15", "").notices, ["Booked: 0026-03-15 is not between 1900 and 2199."]);
}

#[test]
fn an_end_before_the_start_is_never_dropped_in_silence() {
    let set = set(&[("period", "2026-05-01..2026-03-01")]);
    assert_eq!(set.problem("period"), Some("The end lies before the start."));
    assert_eq!(set.typed_range("period"), Some(("2026-05-01".to_owned(), "2026-03-01".to_owned())));
    assert_eq!(set.to_query(), "period=2026-05-01..2026-03-01", "the address keeps what was typed");
    assert!(set.notices.is_empty(), "it is said at the field, once");
    assert!(
        set.is_set("period") && !set.is_changed("period"),
        "it can be reset, and shows what it is without"
    );
}

#[test]
fn a_filter_never_looks_up_more_values_than_it_may_hold() {
    let query: Vec<(String, String)> =
        (0..5_000).map(|n| ("creditor".to_owned(), format!("c{n:04}"))).collect();
    let known: Vec<String> = (0..5_000).map(|n| format!("c{n:04}")).collect();
    let known = BTreeMap::from([("creditor".to_owned(), known)]);
    let set = ParamSet::from_query(&dashboard(), &query, today(), &known);
    let Some(Choice::Texts(texts)) = set.choice("creditor") else { panic!("{set:?}") };
    assert_eq!((texts.len(), texts[999].as_str()), (1_000, "c0999"));
}
