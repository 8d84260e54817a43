use proptest::prelude::*;

use super::*;

const BASE: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.2.3
status: active
description: {purpose: Reports, limitations: Not for marketing, usage: Sum it up}
price: {priceAmount: 10, priceCurrency: EUR, priceUnit: month}
servers:
- {server: lake, type: local, path: /lake, format: delta}
schema:
- name: payments
  physicalName: silver.fact_payments
  properties:
  - {name: payment_id, logicalType: string, primaryKey: true, required: true, unique: true}
  - name: state
    logicalType: string
    logicalTypeOptions: {minLength: 2, maxLength: 10}
    classification: internal
    required: true
    enum: [{value: open}, {value: paid}]
  - name: amount
    logicalType: number
    logicalTypeOptions: {minimum: 0}
    quality:
    - {metric: nullValues, mustBeLessOrEqualTo: 5, unit: percent}
    - {metric: invalidValues, arguments: {validValues: [1, 2]}, mustBe: 0}
  - {name: note, logicalType: string}
  quality:
  - {metric: rowCount, mustBeGreaterThan: 100}
- name: refunds
slaProperties:
- {property: latency, value: 4, unit: h, element: payments}
- {property: retention, value: 3, unit: y}
- {property: availability, value: '99.5', unit: percent}
- {property: endOfSupport, value: '2030-01-01'}
- {property: frequency, value: 1, unit: d}
";

fn base() -> Contract {
    Contract::from_yaml("base.yaml", BASE).expect("is valid")
}

fn changed(from: &str, to: &str) -> Contract {
    assert!(BASE.contains(from), "{from:?} stands in the base");
    Contract::from_yaml("new.yaml", &BASE.replacen(from, to, 1)).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The only change that replacing `from` by `to` makes.
fn only_change(from: &str, to: &str) -> Change {
    let comparison = compare(&base(), &changed(from, to));
    assert_eq!(comparison.changes.len(), 1, "{from:?} -> {to:?}: {:#?}", comparison.changes);
    comparison.changes.into_iter().next().expect("is there")
}

/// Replacements that break a promise one way and keep it the other way.
const ONE_WAY: &[(&str, &str, &str)] = &[
    ("  - {name: note, logicalType: string}\n", "", "schema.payments.note"),
    ("- name: refunds\n", "", "schema.refunds"),
    (", {value: paid}]", "]", "schema.payments.state.enum"),
    (
        "    enum: [{value: open}, {value: paid}]\n",
        "    enum: [{value: open}]\n",
        "schema.payments.state.enum",
    ),
    ("    required: true\n", "", "schema.payments.state.required"),
    ("minLength: 2", "minLength: 3", "schema.payments.state.logicalTypeOptions.minLength"),
    ("maxLength: 10", "maxLength: 9", "schema.payments.state.logicalTypeOptions.maxLength"),
    ("minimum: 0", "minimum: 1", "schema.payments.amount.logicalTypeOptions.minimum"),
    ("classification: internal", "classification: restricted", "schema.payments.state.classification"),
    (", unique: true", "", "schema.payments.payment_id.unique"),
    ("mustBeLessOrEqualTo: 5", "mustBeLessOrEqualTo: 6", "schema.payments.amount.quality"),
    ("validValues: [1, 2]", "validValues: [1]", "schema.payments.amount.quality"),
    ("mustBeGreaterThan: 100", "mustBeGreaterThan: 99", "schema.payments.quality"),
    ("  quality:\n  - {metric: rowCount, mustBeGreaterThan: 100}\n", "", "schema.payments.quality"),
    ("value: 4, unit: h", "value: 5, unit: h", "slaProperties.latency"),
    ("value: 4, unit: h", "value: 1, unit: d", "slaProperties.latency"),
    ("value: 3, unit: y", "value: 2, unit: y", "slaProperties.retention"),
    ("'99.5'", "'99'", "slaProperties.availability"),
    ("'2030-01-01'", "'2029-01-01'", "slaProperties.endOfSupport"),
    ("value: 1, unit: d}", "value: 2, unit: d}", "slaProperties.frequency"),
    ("- {property: retention, value: 3, unit: y}\n", "", "slaProperties.retention"),
    ("priceAmount: 10", "priceAmount: 11", "price"),
];

/// Replacements that break whichever way they are made.
const BOTH_WAYS: &[(&str, &str, &str)] = &[
    (
        "{name: note, logicalType: string}",
        "{name: note, logicalType: integer}",
        "schema.payments.note.logicalType",
    ),
    ("silver.fact_payments", "silver.payments", "schema.payments.physicalName"),
    ("Not for marketing", "Not for sales", "description.limitations"),
    ("path: /lake", "path: /pond", "servers.lake"),
];

#[test]
fn a_promise_that_is_given_up_breaks_and_one_that_is_added_does_not() {
    for (from, to, path) in ONE_WAY {
        let change = only_change(from, to);
        assert_eq!((change.path.as_str(), change.kind), (*path, ChangeKind::Breaking), "{from:?} -> {to:?}");
        let back = compare(&changed(from, to), &base());
        assert_eq!(back.changes.len(), 1, "{to:?} -> {from:?}: {:#?}", back.changes);
        assert_eq!(back.changes[0].kind, ChangeKind::Compatible, "{to:?} -> {from:?}: {:?}", back.changes);
        assert_eq!(back.required_bump, Bump::Minor, "{to:?} -> {from:?}");
    }
}

#[test]
fn some_changes_break_both_ways() {
    for (from, to, path) in BOTH_WAYS {
        let change = only_change(from, to);
        assert_eq!((change.path.as_str(), change.kind), (*path, ChangeKind::Breaking), "{from:?} -> {to:?}");
        let back = compare(&changed(from, to), &base());
        assert!(back.is_breaking(), "{to:?} -> {from:?}: {:#?}", back.changes);
    }
}

#[test]
fn words_ask_for_a_patch() {
    for (from, to) in [
        ("status: active", "status: deprecated"),
        ("{name: note, ", "{name: note, description: Free text, "),
        ("id: c\n", "id: c\nname: Payments\n"),
        ("mustBe: 0}", "mustBe: 0, severity: error}"),
    ] {
        assert_eq!(only_change(from, to).bump, Bump::Patch, "{from:?} -> {to:?}");
    }
}

#[test]
fn what_is_accepted_as_terms_is_never_told_as_mere_wording() {
    for (from, to, path) in [
        ("purpose: Reports", "purpose: Plans", "description.purpose"),
        ("usage: Sum it up", "usage: Never sum it up", "description.usage"),
        (", usage: Sum it up", "", "description.usage"),
        (", limitations: Not for marketing", "", "description.limitations"),
    ] {
        let change = only_change(from, to);
        assert_eq!((change.path.as_str(), change.bump), (path, Bump::Minor), "{from:?} -> {to:?}");
    }
    let told = compare(&base(), &changed("usage: Sum it up", "usage: Never sum it up")).in_words();
    assert_eq!(
        told,
        [
            "Compatible: The usage changed. It is part of the terms that are accepted with a version; no promise about \
          the data changes with it."
        ]
    );
}

#[test]
fn a_new_column_never_breaks_anything_for_those_who_read() {
    for column in ["{name: x}", "{name: x, required: true}"] {
        let added = format!("- name: refunds\n  properties:\n  - {column}");
        assert_eq!(only_change("- name: refunds", &added).kind, ChangeKind::Compatible, "{column}");
    }
}

#[test]
fn a_service_level_about_something_else_is_one_change() {
    let change = only_change("unit: h, element: payments", "unit: h, element: refunds");
    assert_eq!(
        change.what,
        "The element of the service level \"Delay 4 hours\" changed from \"payments\" to \"refunds\"."
    );
    assert_eq!(change.kind, ChangeKind::Breaking);
}

#[test]
fn announcing_an_end_breaks_nothing_yet() {
    let end = "- {property: endOfSupport, value: '2030-01-01'}\n";
    let gone = only_change(end, "");
    assert_eq!(gone.kind, ChangeKind::Compatible);
    assert_eq!(gone.what, "Version 1.2.3 says \"Supported until 1 Jan 2030\"; this one names no such day.");
    assert_eq!(
        only_change(end, &format!("{end}- {{property: endOfLife, value: '2031-01-01'}}\n")).kind,
        ChangeKind::Compatible
    );
}

#[test]
fn changes_are_told_in_sentences() {
    let change = only_change("minLength: 2", "minLength: 3");
    assert_eq!(change.what, "The shortest length of column \"state\" changed from \"2\" to \"3\".");
    assert_eq!(change.why, "Values that were fine no longer are.");
    let pattern = "minLength: 2, pattern: '^NK-[0-9]{10}$'";
    let told = only_change("minLength: 2", pattern).what;
    assert_eq!(told, "The pattern of column \"state\" was set to \"'NK-' and 10 digits\".");
    let told = only_change("value: 3, unit: y", "value: 2, unit: y").what;
    assert_eq!(told, "The service level changed from \"Kept for 3 years\" to \"Kept for 2 years\".");
    let row = "- name: payments\n  dataGranularityDescription: One a day";
    let told = only_change("- name: payments\n", &format!("{row}\n")).what;
    assert_eq!(told, "The object \"payments\" now states its meaning of a row.");
}

#[test]
fn the_version_has_to_follow_the_change() {
    let with = |version: &str, from: &str, to: &str| {
        let text = BASE.replacen("1.2.3", version, 1).replacen(from, to, 1);
        version_problem(&base(), &Contract::from_yaml("n.yaml", &text).expect("is valid"))
    };
    let (breaking, words) = (("minLength: 2", "minLength: 3"), ("status: active", "status: deprecated"));
    assert_eq!(with("2.0.0", breaking.0, breaking.1), None);
    assert_eq!(with("1.2.4", words.0, words.1), None);
    assert_eq!(with("1.2.3", "", ""), None);
    let told = with("1.3.0", breaking.0, breaking.1).expect("is a problem");
    assert!(
        told.hides_a_break
            && told.message.starts_with(
                "This version breaks what version 1.2.3 promises, so its number has to be 2.0.0 or higher, not 1.3.0."
            ),
        "{told:?}"
    );
    let told = with("1.2.3", words.0, words.1).expect("is a problem");
    assert!(!told.hides_a_break && told.message.contains("the next version is 1.2.4 or higher"), "{told:?}");
    assert!(with("1.0.0", "", "").is_some_and(|told| told.message.contains("lower than 1.2.3")));
}

#[test]
fn a_limit_that_moves_by_its_last_digit_is_never_the_same_promise() {
    let of = |limit: &str| changed("mustBeGreaterThan: 100", &format!("mustBeGreaterThan: {limit}"));
    let (low, high) = (of("9007199254740992"), of("9007199254740993"));
    let raised = compare(&low, &high);
    assert!(!raised.is_breaking(), "{raised:#?}");
    let lowered = compare(&high, &low);
    assert!(lowered.is_breaking(), "{lowered:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any set of replacements: nothing changes against itself, every change has its reason, and the
    /// version has to rise as the heaviest change asks.
    #[test]
    fn comparisons_are_consistent(picks in prop::sample::subsequence([ONE_WAY, BOTH_WAYS].concat(), 0..7)) {
        let mut text = BASE.to_owned();
        for (from, to, _) in picks {
            text = text.replacen(from, to, 1);
        }
        let new = Contract::from_yaml("new.yaml", &text).expect("is valid");
        prop_assert_eq!(compare(&new, &new).changes, Vec::new());
        let comparison = compare(&base(), &new);
        prop_assert_eq!(comparison.changes.is_empty(), new == base());
        prop_assert_eq!(comparison.is_breaking(), comparison.breaking().next().is_some());
        for change in &comparison.changes {
            prop_assert!(change.what.ends_with('.') && change.why.ends_with('.') && !change.path.is_empty());
        }
        let mut bumped = new.clone();
        let from = base().semantic_version().expect("is one");
        bumped.version = next_version(&from, comparison.required_bump).to_string();
        prop_assert_eq!(version_problem(&base(), &bumped), None);
    }
}
