//! Quality rules as checks.

use lakeport_frame::{Check, Comparison};
use serde_json::Value;

use super::Promise;
use super::sql::{as_texts, column_name, table_name, text_literal};
use crate::standards::odcs::{Metric, Operator, Property, QualityRule, RuleKind, SchemaObject};

/// Adds what `rule` promises about the object, or about a column of it.
pub(super) fn rule(
    object: &SchemaObject,
    property: Option<&Property>,
    rule: &QualityRule,
    all: &mut Vec<Promise>,
) {
    let place = property.map_or_else(|| object.name.clone(), |p| format!("{}.{}", object.name, p.name()));
    let source = format!("{place}: quality, {}", measure_words(rule));
    let label = match property {
        Some(property) => format!("{}: {}", property.column(), rule.title()),
        None => rule.title(),
    };
    match checks(object, property, rule) {
        Ok(checks) => all.extend(checks.into_iter().map(|check| Promise::checked(&label, &source, check))),
        Err(reason) => all.push(Promise::unchecked(label, source, reason)),
    }
}

/// The rule in the words of the standard: `nullValues mustBe 0`.
fn measure_words(rule: &QualityRule) -> String {
    let what =
        rule.metric.map_or_else(|| rule.effective_kind().as_str().to_owned(), |metric| metric.to_string());
    let unit = rule.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    match rule.operator() {
        Some(operator) => format!("{what} {operator}{unit}"),
        None => what,
    }
}

fn checks(
    object: &SchemaObject,
    property: Option<&Property>,
    rule: &QualityRule,
) -> Result<Vec<Check>, String> {
    match rule.effective_kind() {
        RuleKind::Text => Err("The rule is stated in words only.".to_owned()),
        RuleKind::Custom => {
            let engine = rule.engine.as_deref().unwrap_or("another tool");
            Err(format!("The rule is written for {engine}."))
        }
        RuleKind::Sql => {
            let query = rule.query.as_deref().ok_or("The rule has no query.")?;
            measured(statement(object, property, query), rule)
        }
        RuleKind::Library => match rule.metric {
            Some(metric) => library(object, property, metric, rule),
            None => Err("The rule does not use a metric that ODCS 3.1 and later define.".to_owned()),
        },
    }
}

/// The author's statement with its placeholders filled in.
fn statement(object: &SchemaObject, property: Option<&Property>, query: &str) -> String {
    let mut text = query.trim().trim_end_matches(';').trim_end().to_owned();
    let table = table_name(object.asset());
    let column = property.map(|property| column_name(property.column()));
    let names = [
        ("object", Some(&table)),
        ("table", Some(&table)),
        ("property", column.as_ref()),
        ("column", column.as_ref()),
    ];
    for (placeholder, value) in names {
        if let Some(value) = value {
            text = text
                .replace(&format!("${{{placeholder}}}"), value)
                .replace(&format!("{{{placeholder}}}"), value);
        }
    }
    text
}

fn library(
    object: &SchemaObject,
    property: Option<&Property>,
    metric: Metric,
    rule: &QualityRule,
) -> Result<Vec<Check>, String> {
    let percent = match rule.unit.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("rows") => false,
        Some("percent" | "%") => true,
        Some(other) => return Err(format!("The unit \"{other}\" is not known; use rows or percent.")),
    };
    let zero = matches!(rule.operator(), Some(Operator::Is(value)) if value.as_f64() == Some(0.0));
    let column =
        |what: &str| property.map(Property::column).ok_or(format!("{what} needs to stand at a column."));
    let table = table_name(object.asset());
    match metric {
        Metric::RowCount if percent => Err("A number of rows is not a share.".to_owned()),
        Metric::RowCount => row_count(rule),
        Metric::NullValues => {
            let column = column("nullValues")?;
            if zero {
                return Ok(vec![Check::Required { column: column.to_owned() }]);
            }
            measured(count(&table, &format!("{} IS NULL", column_name(column)), percent), rule)
        }
        Metric::MissingValues => {
            let column = column_name(column("missingValues")?);
            let missing = list(rule, "missingValues").unwrap_or_else(|| vec![Value::Null]);
            let mut conditions = Vec::new();
            if missing.contains(&Value::Null) {
                conditions.push(format!("{column} IS NULL"));
            }
            conditions.extend(among(&column, "IN", &as_texts(&missing)));
            if conditions.is_empty() {
                return Err("The list missingValues is empty.".to_owned());
            }
            measured(count(&table, &conditions.join(" OR "), percent), rule)
        }
        Metric::InvalidValues => {
            let column = column("invalidValues")?;
            let valid = list(rule, "validValues").map(|values| as_texts(&values));
            let pattern = rule
                .arguments
                .as_ref()
                .and_then(|arguments| arguments.get("pattern"))
                .and_then(Value::as_str);
            if let (Some(values), None, true) = (&valid, pattern, zero) {
                return Ok(vec![Check::ValidValues { column: column.to_owned(), values: values.clone() }]);
            }
            let column = column_name(column);
            let mut conditions: Vec<String> =
                valid.iter().filter_map(|v| among(&column, "NOT IN", v)).collect();
            conditions.extend(
                pattern.map(|p| format!("NOT regexp_like(CAST({column} AS VARCHAR), {})", text_literal(p))),
            );
            if conditions.is_empty() {
                return Err("The rule names neither validValues nor a pattern.".to_owned());
            }
            measured(count(&table, &conditions.join(" OR "), percent), rule)
        }
        Metric::DuplicateValues => {
            let columns = match property {
                Some(property) => vec![property.column().to_owned()],
                None => columns_named(object, rule)?,
            };
            if zero {
                return Ok(vec![Check::Unique { columns }]);
            }
            let names: Vec<String> = columns.iter().map(|name| column_name(name)).collect();
            let filled: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
            let figure =
                if percent { "coalesce(100.0 * sum(n - 1) / sum(n), 0)" } else { "coalesce(sum(n - 1), 0)" };
            let groups = names.join(", ");
            let sql = format!(
                "SELECT {figure} FROM (SELECT count(*) AS n FROM {table} WHERE {} GROUP BY {groups}) AS counted",
                filled.join(" AND ")
            );
            measured(sql, rule)
        }
    }
}

/// The columns an object-level rule names in its argument `properties`.
fn columns_named(object: &SchemaObject, rule: &QualityRule) -> Result<Vec<String>, String> {
    let named = list(rule, "properties").map(|values| as_texts(&values)).unwrap_or_default();
    if named.is_empty() {
        return Err("The rule does not say which columns; name them in the argument properties.".to_owned());
    }
    let find = |name: &String| {
        let property = object.properties.iter().find(|p| p.name() == name || p.column() == name);
        property.map(|p| p.column().to_owned()).ok_or(format!("The schema has no column \"{name}\"."))
    };
    named.iter().map(find).collect()
}

fn list(rule: &QualityRule, argument: &str) -> Option<Vec<Value>> {
    rule.arguments.as_ref()?.get(argument)?.as_array().cloned()
}

fn among(column: &str, operator: &str, values: &[String]) -> Option<String> {
    let literals: Vec<String> = values.iter().map(|value| text_literal(value)).collect();
    (!literals.is_empty()).then(|| format!("CAST({column} AS VARCHAR) {operator} ({})", literals.join(", ")))
}

/// Rows that meet a condition, in number or as share of all rows.
fn count(table: &str, condition: &str, percent: bool) -> String {
    if percent {
        format!(
            "SELECT coalesce(100.0 * sum(CASE WHEN {condition} THEN 1 ELSE 0 END) / nullif(count(*), 0), 0) FROM {table}"
        )
    } else {
        format!("SELECT count(*) FROM {table} WHERE {condition}")
    }
}

/// A statement with the comparisons its rule asks for; a range takes two.
fn measured(sql: String, rule: &QualityRule) -> Result<Vec<Check>, String> {
    let comparisons = match rule.operator().ok_or("The rule does not say what the value must be.")? {
        Operator::Is(value) => {
            let limit = value.as_f64().ok_or("The rule compares with something that is no number.")?;
            vec![(Comparison::Equal, limit)]
        }
        Operator::Above(limit) => vec![(Comparison::Above, limit)],
        Operator::AtLeast(limit) => vec![(Comparison::AtLeast, limit)],
        Operator::Below(limit) => vec![(Comparison::Below, limit)],
        Operator::AtMost(limit) => vec![(Comparison::AtMost, limit)],
        Operator::Between(low, high) => vec![(Comparison::AtLeast, low), (Comparison::AtMost, high)],
        Operator::IsNot(_) | Operator::Outside(..) => return Err(NO_EXCLUSION.to_owned()),
    };
    Ok(comparisons
        .into_iter()
        .map(|(must_be, limit)| Check::Sql { sql: sql.clone(), must_be, limit })
        .collect())
}

const NO_EXCLUSION: &str =
    "Rules that exclude a value or range are not checked; state what the value must be.";

#[expect(clippy::cast_possible_truncation, reason = "a float saturates, and no table has that many rows")]
fn row_count(rule: &QualityRule) -> Result<Vec<Check>, String> {
    let (min, max) = match rule.operator().ok_or("The rule does not say what the value must be.")? {
        Operator::Is(value) => {
            let number = value.as_f64().ok_or("The rule compares with something that is no number.")?;
            (Some(number.ceil()), Some(number.floor()))
        }
        Operator::Above(limit) => (Some(limit.floor() + 1.0), None),
        Operator::AtLeast(limit) => (Some(limit.ceil()), None),
        Operator::Below(limit) => (None, Some(limit.ceil() - 1.0)),
        Operator::AtMost(limit) => (None, Some(limit.floor())),
        Operator::Between(low, high) => (Some(low.ceil()), Some(high.floor())),
        Operator::IsNot(_) | Operator::Outside(..) => return Err(NO_EXCLUSION.to_owned()),
    };
    Ok(vec![Check::RowCount { min: min.map(|min| min as i64), max: max.map(|max| max as i64) }])
}
