//! Quality rules as checks.

use lakeport_frame::{Check, Comparison, Exact};
use serde_json::Value;

use super::sql::{as_texts, column_name, table_name, text_literal};
use super::{Promise, Test};
use crate::standards::odcs::{
    Expected, Limit, Metric, Operator, Property, QualityRule, RuleKind, SchemaObject,
};

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
    let test = match test(object, property, rule) {
        Ok(check) => Test::Check(check),
        Err(Cannot::Measure(reason)) => Test::Stated { reason },
        Err(Cannot::Understand(reason)) => Test::Unchecked { reason },
    };
    all.push(Promise { warns: rule.only_warns(), ..Promise::new(label, source, test) });
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

/// Why a rule is not checked.
enum Cannot {
    /// Nobody measures such a rule here.
    Measure(String),
    /// It is not written so that it could be checked.
    Understand(String),
}

impl<T: Into<String>> From<T> for Cannot {
    fn from(reason: T) -> Self {
        Self::Understand(reason.into())
    }
}

fn test(object: &SchemaObject, property: Option<&Property>, rule: &QualityRule) -> Result<Check, Cannot> {
    match rule.effective_kind() {
        RuleKind::Text => Err(Cannot::Measure("The rule is stated in words only.".to_owned())),
        RuleKind::Custom => {
            let engine = rule.engine.as_deref().unwrap_or("another tool");
            Err(Cannot::Measure(format!("The rule is written for {engine}.")))
        }
        _ if rule.operator().is_none() => {
            Err(Cannot::Measure("The rule does not say what the value must be.".to_owned()))
        }
        RuleKind::Sql => {
            let query = rule.query.as_deref().ok_or("The rule has no query.")?;
            Ok(measured(statement(object, property, query), names(object), rule)?)
        }
        RuleKind::Library => {
            let Some(metric) = rule.metric else {
                let named = rule.rule.as_deref().unwrap_or("without a name");
                let reason = format!("Nothing here measures the rule {named}; ODCS 3.1 names the metrics.");
                return Err(Cannot::Measure(reason));
            };
            Ok(library(object, property, metric, rule)?)
        }
    }
}

/// What an author may call the table: by the names of the contract's own object, beside that of the asset.
fn names(object: &SchemaObject) -> Vec<String> {
    let stated = [Some(&object.name), object.physical_name.as_ref()].into_iter().flatten();
    let mut names: Vec<String> = stated.flat_map(|name| [name.clone(), name.to_lowercase()]).collect();
    // A name of three parts names a catalog, and there is none.
    names.retain(|name| name != object.asset() && name.split('.').count() <= 2);
    names.sort();
    names.dedup();
    names
}

/// The author's statement with its placeholders filled in.
fn statement(object: &SchemaObject, property: Option<&Property>, query: &str) -> String {
    let mut text = query.trim().trim_end_matches(';').trim_end().to_owned();
    let table = table_name(object.asset());
    let column = property.map(|property| column_name(property.column()));
    let names = [
        ("object", Some(&table)),
        ("table", Some(&table)),
        ("model", Some(&table)),
        ("property", column.as_ref()),
        ("column", column.as_ref()),
        ("field", column.as_ref()),
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
) -> Result<Check, String> {
    let percent = percent(rule)?;
    let zero = matches!(rule.operator(), Some(Operator::Is(value)) if value.is_zero());
    let column =
        |what: &str| property.map(Property::column).ok_or(format!("{what} needs to stand at a column."));
    let table = table_name(object.asset());
    match metric {
        Metric::RowCount if percent => Err("A number of rows is not a share.".to_owned()),
        Metric::RowCount => row_count(&table, rule),
        Metric::NullValues => {
            let column = column("nullValues")?;
            if zero {
                return Ok(Check::Required { column: column.to_owned() });
            }
            measured(count(&table, &format!("{} IS NULL", column_name(column)), percent), Vec::new(), rule)
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
            measured(count(&table, &conditions.join(" OR "), percent), Vec::new(), rule)
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
                return Ok(Check::ValidValues { column: column.to_owned(), values: values.clone() });
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
            measured(count(&table, &conditions.join(" OR "), percent), Vec::new(), rule)
        }
        Metric::DuplicateValues => {
            let columns = match property {
                Some(property) => vec![property.column().to_owned()],
                None => columns_named(object, rule)?,
            };
            if zero {
                return Ok(Check::Unique { columns });
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
            measured(sql, Vec::new(), rule)
        }
    }
}

/// True where a metric is a share of all rows.
fn percent(rule: &QualityRule) -> Result<bool, String> {
    match rule.unit.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("rows") => Ok(false),
        Some("percent" | "%") => Ok(true),
        Some(other) => Err(format!("The unit \"{other}\" is not known; use rows or percent.")),
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

/// The number that a measured value is compared with.
fn number(limit: &Limit) -> Result<Exact, String> {
    let exact = limit.exact().cloned();
    exact.ok_or_else(|| {
        "The rule compares with a number that has more digits than can be compared.".to_owned()
    })
}

/// The same, where anything may be written.
fn expected(value: &Expected) -> Result<Exact, String> {
    number(value.limit().ok_or("The rule compares with something that is not a number.")?)
}

/// A statement with the comparison its rule asks for.
fn measured(sql: String, names: Vec<String>, rule: &QualityRule) -> Result<Check, String> {
    let (must_be, limit, upper) =
        match rule.operator().ok_or("The rule does not say what the value must be.")? {
            Operator::Is(value) => (Comparison::Equal, expected(value)?, None),
            Operator::IsNot(value) => (Comparison::NotEqual, expected(value)?, None),
            Operator::Above(limit) => (Comparison::Above, number(limit)?, None),
            Operator::AtLeast(limit) => (Comparison::AtLeast, number(limit)?, None),
            Operator::Below(limit) => (Comparison::Below, number(limit)?, None),
            Operator::AtMost(limit) => (Comparison::AtMost, number(limit)?, None),
            Operator::Between(low, high) => (Comparison::Within, number(low)?, Some(number(high)?)),
            Operator::Outside(low, high) => (Comparison::Outside, number(low)?, Some(number(high)?)),
        };
    let percent = rule.effective_kind() == RuleKind::Library && percent(rule)?;
    Ok(Check::Sql { sql, names, must_be, limit, upper, percent })
}

fn row_count(table: &str, rule: &QualityRule) -> Result<Check, String> {
    let from = |min: Option<i64>| min.map(|min| (Some(min), None));
    let to = |max: Option<i64>| max.map(|max| (None, Some(max)));
    let between = |min: Option<i64>, max: Option<i64>| {
        min.zip(max).filter(|(min, max)| min <= max).map(|(min, max)| (Some(min), Some(max)))
    };
    let range = match rule.operator().ok_or("The rule does not say what the value must be.")? {
        Operator::Is(value) => {
            let value = expected(value)?;
            between(value.ceil(), value.floor())
        }
        Operator::Above(limit) => from(number(limit)?.floor().and_then(|below| below.checked_add(1))),
        Operator::AtLeast(limit) => from(number(limit)?.ceil()),
        Operator::Below(limit) => to(number(limit)?.ceil().and_then(|above| above.checked_sub(1))),
        Operator::AtMost(limit) => to(number(limit)?.floor()),
        Operator::Between(low, high) => between(number(low)?.ceil(), number(high)?.floor()),
        Operator::IsNot(_) | Operator::Outside(..) => None,
    };
    match range {
        Some((min, max)) => Ok(Check::RowCount { min, max }),
        // A range in which no number of rows lies, or none at all: the sentence names what was written.
        None => measured(format!("SELECT count(*) FROM {table}"), Vec::new(), rule),
    }
}
