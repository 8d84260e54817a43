use lakeport_frame::Comparison;

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
    assert!(checks.contains(&Check::Sql { sql: sql.to_owned(), must_be: Comparison::AtMost, limit: 5.0 }));
    let sql = "SELECT count(*) FROM silver.fact_payments".to_owned();
    assert!(checks.contains(&Check::Sql { sql, must_be: Comparison::Above, limit: 3.0 }));
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
            Test::Check(_) => None,
        })
        .collect();
    assert_eq!(
        reasons,
        [
            "tags exists and is of type map: Maps and vectors cannot be told from their table type.",
            "customer.id keeps its promises: Nested columns are not checked; only the column that holds them is.",
            "Looks right: The rule is stated in words only.",
            "retention 3 y: This service level is stated, but not measured here.",
            "latency soon: Value and unit do not make a duration, such as 1 d or 6 h.",
        ]
    );
}

#[test]
fn names_and_texts_cannot_leave_their_quotes() {
    assert_eq!(column_name("a\"; DROP"), "\"a\"\"; DROP\"");
    assert_eq!(text_literal("it's"), "'it''s'");
    assert_eq!(table_name("gold.Sales Daily"), "gold.\"Sales Daily\"");
}
