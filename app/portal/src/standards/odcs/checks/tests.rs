use lakeport_frame::{Comparison, Exact};

use super::*;

const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
schema:
- name: payments
  physicalName: silver.fact_payments
  properties:
  - name: payment_id
    logicalType: string
    primaryKey: true
    required: true
  - name: day
    physicalName: Booking Day
    logicalType: date
    logicalTypeOptions: {minimum: '2020-01-01'}
  - name: state
    logicalType: string
    enum: [{value: open}, {value: paid}]
    quality:
    - {metric: invalidValues, arguments: {validValues: [open, paid]}, mustBe: 0}
    - {metric: nullValues, mustBeLessOrEqualTo: 5, unit: percent}
  - name: tags
    logicalType: map
    map: {key: {logicalType: string}, value: {logicalType: string}}
  - name: customer
    logicalType: object
    properties:
    - {name: id, required: true}
  quality:
  - {metric: rowCount, mustBeBetween: [10, 1000]}
  - {type: text, description: Looks right}
  - {type: sql, query: 'SELECT count(*) FROM ${object};', mustBeGreaterThan: 3}
- name: other
slaProperties:
- {property: latency, value: 2, unit: h, element: payments.day}
- {property: frequency, value: 1, unit: d}
- {property: latency, value: 2, unit: h, element: other}
- {property: retention, value: 3, unit: y, element: payments}
- {property: latency, value: soon, element: payments}
- {property: endOfLife, value: '2032-01-01'}
";

fn all() -> Vec<Promise> {
    let contract = Contract::from_yaml("c.yaml", CONTRACT).expect("is valid");
    promises(&contract, &contract.schema[0], DateTime::default())
}

fn checks() -> Vec<Check> {
    let check = |promise: Promise| if let Test::Check(check) = promise.test { Some(check) } else { None };
    all().into_iter().filter_map(check).collect()
}

fn column(name: &str, logical_type: &str) -> Check {
    Check::Column { column: name.to_owned(), logical_type: Some(logical_type.to_owned()) }
}

#[test]
fn the_schema_becomes_checks() {
    let checks = checks();
    for expected in [
        column("payment_id", "string"),
        column("Booking Day", "date"),
        column("customer", "object"),
        Check::Column { column: "tags".to_owned(), logical_type: None },
        Check::Required { column: "payment_id".to_owned() },
        Check::Unique { columns: vec!["payment_id".to_owned()] },
        sql::none(
            "SELECT count(*) FROM silver.fact_payments WHERE \"Booking Day\" < CAST('2020-01-01' AS DATE)"
                .to_owned(),
        ),
    ] {
        assert!(checks.contains(&expected), "{expected:?} in {checks:#?}");
    }
}

#[test]
fn the_same_promise_twice_is_checked_once() {
    let values = vec!["open".to_owned(), "paid".to_owned()];
    let expected = Check::ValidValues { column: "state".to_owned(), values };
    assert_eq!(checks().iter().filter(|check| **check == expected).count(), 1);
}

#[test]
fn quality_rules_become_checks() {
    let checks = checks();
    assert!(checks.contains(&Check::RowCount { min: Some(10), max: Some(1000) }));
    let sql = "SELECT coalesce(100.0 * sum(CASE WHEN \"state\" IS NULL THEN 1 ELSE 0 END) / nullif(count(*), 0), 0) \
               FROM silver.fact_payments";
    assert!(checks.contains(&Check::Sql {
        sql: sql.to_owned(),
        names: Vec::new(),
        must_be: Comparison::AtMost,
        limit: Exact::from(5_i64),
        upper: None,
        percent: true,
    }));
    let names = vec!["payments".to_owned()];
    let sql = "SELECT count(*) FROM silver.fact_payments".to_owned();
    assert!(checks.contains(&Check::Sql {
        sql,
        names,
        must_be: Comparison::Above,
        limit: Exact::from(3_i64),
        upper: None,
        percent: false
    }));
}

#[test]
fn service_levels_become_freshness_of_this_object_only() {
    let now = DateTime::default();
    let fresh: Vec<_> = checks().into_iter().filter(|check| matches!(check, Check::Fresh { .. })).collect();
    let by_column = Check::Fresh { column: Some("Booking Day".to_owned()), max_age_seconds: 7_200, now };
    assert_eq!(fresh, [by_column, Check::Fresh { column: None, max_age_seconds: 86_400, now }]);
}

#[test]
fn what_cannot_be_checked_is_told() {
    let reasons: Vec<String> = all()
        .into_iter()
        .filter_map(|promise| match promise.test {
            Test::Unchecked { reason } => Some(format!("{}: {reason}", promise.label)),
            Test::Stated { reason } => Some(format!("{}, stated: {reason}", promise.label)),
            Test::Check(_) => None,
        })
        .collect();
    assert_eq!(
        reasons,
        [
            "tags exists and is of type map, stated: Maps and vectors cannot be told from their table type.",
            "customer.id keeps its promises, stated: Nested columns are not checked; only the column that holds them is.",
            "Looks right, stated: The rule is stated in words only.",
            "Kept for 3 years, stated: Nothing here measures this service level.",
            "Delay soon: Value and unit do not make a duration, such as 1 d or 6 h.",
        ]
    );
}

#[test]
fn names_and_texts_cannot_leave_their_quotes() {
    assert_eq!(column_name("a\"; DROP"), "\"a\"\"; DROP\"");
    assert_eq!(text_literal("it's"), "'it''s'");
    assert_eq!(table_name("gold.Sales Daily"), "gold.\"Sales Daily\"");
}

/// The promises of an object that states these rules, with a column `a`.
fn of_rules(rules: &str) -> Vec<Promise> {
    let text = format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nschema:\n- name: Orders\n  physicalName: \
         silver.fact_orders\n  properties:\n  - name: a\n    quality:\n{rules}"
    );
    let contract = Contract::from_yaml("c.yaml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    promises(&contract, &contract.schema[0], DateTime::default())
}

#[test]
fn placeholders_of_the_standard_and_of_its_tools_are_never_left_in_a_rule() {
    for text in ["${object}", "{object}", "${table}", "{table}", "${model}", "{model}"] {
        for column in ["${property}", "{property}", "${column}", "{column}", "${field}"] {
            let rule = format!("    - {{type: sql, query: 'SELECT max({column}) FROM {text}', mustBe: 1}}\n");
            let found = of_rules(&rule).into_iter().any(|promise| {
                matches!(promise.test, Test::Check(Check::Sql { sql, .. }) if sql == "SELECT max(\"a\") FROM silver.fact_orders")
            });
            assert!(found, "{text} {column}");
        }
    }
}

#[test]
fn a_rule_calls_the_table_by_the_names_of_the_contract() {
    let rules = of_rules("    - {type: sql, query: SELECT count(*) FROM orders, mustNotBeBetween: [5, 1]}\n");
    let Test::Check(Check::Sql { names, must_be, limit, upper, .. }) = &rules[1].test else {
        panic!("{rules:?}")
    };
    assert_eq!(names, &["Orders", "orders"]);
    assert_eq!((*must_be, limit.plain()), (Comparison::Outside, "1".to_owned()));
    assert_eq!(upper.as_ref().map(Exact::plain), Some("5".to_owned()));
}

#[test]
fn a_number_no_count_can_be_is_never_a_range_upside_down() {
    for rule in ["mustBe: 505.0000001", "mustBeBetween: [1.2, 1.8]"] {
        let rules = of_rules(&format!(
            "    - {{metric: duplicateValues, mustBe: 0}}\n  quality:\n  - {{metric: rowCount, {rule}}}\n"
        ));
        let counts = rules.iter().any(|promise| {
            matches!(&promise.test, Test::Check(Check::Sql { sql, .. }) if sql == "SELECT count(*) FROM silver.fact_orders")
        });
        assert!(counts, "{rules:?}");
    }
}

#[test]
fn no_digit_of_a_limit_is_ever_lost() {
    let limits = |operator: &str| {
        let rules = of_rules(&format!("    - {{type: sql, query: SELECT 1, {operator}}}\n"));
        let Test::Check(Check::Sql { limit, upper, .. }) = &rules[1].test else { panic!("{rules:?}") };
        (limit.plain(), upper.as_ref().map(Exact::plain))
    };
    for limit in ["9007199254740993", "-9007199254740993", "9007199254740993.5", "0.30000000000000001"] {
        for operator in [
            "mustBe",
            "mustNotBe",
            "mustBeGreaterThan",
            "mustBeGreaterOrEqualTo",
            "mustBeLessThan",
            "mustBeLessOrEqualTo",
        ] {
            assert_eq!(limits(&format!("{operator}: {limit}")), (limit.to_owned(), None), "{operator}");
        }
        for operator in ["mustBeBetween", "mustNotBeBetween"] {
            let (_, upper) = limits(&format!("{operator}: [{limit}, -9007199254740994]"));
            assert_eq!(upper.as_deref(), Some(limit), "{operator}");
        }
    }
    let rules = of_rules("    - {type: sql, query: SELECT 1, mustBeLessThan: 1e-2000}\n");
    let Test::Unchecked { reason } = &rules[1].test else { panic!("{rules:?}") };
    assert!(reason.contains("more digits than can be compared"), "{reason}");
    let rules = of_rules(
        "    - {metric: nullValues, mustBe: 0.0}\n  quality:\n  - {metric: rowCount, mustBeLessOrEqualTo: \
         9007199254740993}\n",
    );
    let counted = |promise: &Promise| {
        matches!(promise.test, Test::Check(Check::RowCount { min: None, max: Some(9_007_199_254_740_993) }))
    };
    assert!(rules.iter().any(counted), "{rules:?}");
    assert!(
        rules.iter().any(|promise| matches!(promise.test, Test::Check(Check::Required { .. }))),
        "{rules:?}"
    );
}

#[test]
fn excluded_values_are_checked_like_all_others() {
    let rules = of_rules("    - {metric: nullValues, mustNotBe: 3}\n");
    assert!(
        matches!(rules[1].test, Test::Check(Check::Sql { must_be: Comparison::NotEqual, .. })),
        "{rules:?}"
    );
    assert_eq!(rules[1].column.as_deref(), Some("a"));
}

#[test]
fn a_rule_that_warns_never_breaks() {
    let rules = of_rules(
        "    - {metric: nullValues, mustBe: 0, severity: Warning}\n    - {metric: duplicateValues, mustBe: 0, severity: \
         error}\n",
    );
    assert_eq!(rules[1..].iter().map(|promise| promise.warns).collect::<Vec<_>>(), [true, false]);
}
