//! From the words of a contract to checks on the real table.

use chrono::{DateTime, Utc};
use lakeport_frame::Check;
use serde_json::Value;

use super::terms::Measure;
use super::{Contract, LogicalType, Property, SchemaObject, SlaProperty, SlaTarget, TypeOptions, words};
use crate::standards::Scalar;

mod quality;
mod sql;

use sql::{column_name, table_name, text_literal};

/// One promise of a contract, with the way to check it.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// What is promised, for people: `order_id is never empty`.
    pub label: String,
    /// Where the contract promises it, and in which words.
    pub source: String,
    /// The column it is about, where it is about one.
    pub column: Option<String>,
    /// When it is not kept, that is worth a warning; the contract still holds.
    pub warns: bool,
    /// How it is checked.
    pub test: Test,
}

/// How a promise is checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// By this check.
    Check(Check),
    /// Not as it is written; such a promise never counts as kept, and its author can mend it.
    Unchecked {
        /// Why it cannot be checked.
        reason: String,
    },
    /// By nobody here: it is stated, and that is all there is to say.
    Stated {
        /// Why it is not measured.
        reason: String,
    },
}

impl Promise {
    fn new(label: impl Into<String>, source: impl Into<String>, test: Test) -> Self {
        Self { label: label.into(), source: source.into(), column: None, warns: false, test }
    }

    fn checked(label: impl Into<String>, source: impl Into<String>, check: Check) -> Self {
        Self::new(label, source, Test::Check(check))
    }

    fn unchecked(label: impl Into<String>, source: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(label, source, Test::Unchecked { reason: reason.into() })
    }

    fn stated(label: impl Into<String>, source: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(label, source, Test::Stated { reason: reason.into() })
    }
}

/// Everything `contract` promises about `object`, one of its schema objects.
///
/// Freshness is measured against `now`. Statements name the table by the id of its asset. Where two
/// places of the contract promise the same, the first is kept.
pub fn promises(contract: &Contract, object: &SchemaObject, now: DateTime<Utc>) -> Vec<Promise> {
    let mut all = Vec::new();
    for property in &object.properties {
        about(property, &mut all, |all| column(object, property, all));
    }
    let key = object.primary_key();
    if !key.is_empty() {
        let columns: Vec<String> = key.iter().map(|property| property.column().to_owned()).collect();
        let label = format!("{} identifies a row", columns.join(", "));
        all.push(Promise::checked(label, format!("{}: primaryKey", object.name), Check::Unique { columns }));
    }
    for rule in &object.quality {
        quality::rule(object, None, rule, &mut all);
    }
    for property in &object.properties {
        about(property, &mut all, |all| {
            for rule in &property.quality {
                quality::rule(object, Some(property), rule, all);
            }
        });
    }
    for level in &contract.sla_properties {
        service_level(contract, object, level, now, &mut all);
    }
    let mut unique: Vec<Promise> = Vec::with_capacity(all.len());
    for promise in all {
        let known = |earlier: &Promise| match (&earlier.test, &promise.test) {
            (Test::Check(one), Test::Check(other)) => one == other,
            _ => *earlier == promise,
        };
        match unique.iter().position(known) {
            // Promised twice: the firmer of the two counts.
            Some(earlier) => unique[earlier].warns &= promise.warns,
            None => unique.push(promise),
        }
    }
    unique
}

/// Adds promises, each of them about this column.
fn about(property: &Property, all: &mut Vec<Promise>, add: impl FnOnce(&mut Vec<Promise>)) {
    let before = all.len();
    add(all);
    for promise in &mut all[before..] {
        promise.column = Some(property.column().to_owned());
    }
}

/// What the schema says about a column.
fn column(object: &SchemaObject, property: &Property, all: &mut Vec<Promise>) {
    let name = property.column();
    let source = |what: &str| format!("{}.{}: {what}", object.name, property.name());
    let checkable = property.logical_type.filter(|t| !matches!(t, LogicalType::Map | LogicalType::Vector));
    let (label, stated) = match property.logical_type {
        Some(logical_type) => {
            (format!("{name} exists and is of type {logical_type}"), format!("logicalType {logical_type}"))
        }
        None => (format!("{name} exists"), "column".to_owned()),
    };
    if property.logical_type.is_some() && checkable.is_none() {
        all.push(Promise::stated(
            &label,
            source(&stated),
            "Maps and vectors cannot be told from their table type.",
        ));
    }
    let logical_type = checkable.map(|logical_type| logical_type.as_str().to_owned());
    let label = if checkable.is_some() { label } else { format!("{name} exists") };
    all.push(Promise::checked(
        label,
        source(&stated),
        Check::Column { column: name.to_owned(), logical_type },
    ));
    if property.is_required() {
        let check = Check::Required { column: name.to_owned() };
        all.push(Promise::checked(format!("{name} is never empty"), source("required"), check));
    }
    if property.is_unique() {
        let check = Check::Unique { columns: vec![name.to_owned()] };
        all.push(Promise::checked(format!("{name} never repeats"), source("unique"), check));
    }
    if let Some(allowed) = &property.allowed {
        let values: Vec<Value> = allowed.iter().map(|value| value.value.value().clone()).collect();
        let check = Check::ValidValues { column: name.to_owned(), values: sql::as_texts(&values) };
        all.push(Promise::checked(format!("{name} holds only the values listed"), source("enum"), check));
    }
    if let Some(options) = &property.logical_type_options {
        limits(object, property, options, all);
    }
    nested(object, property, name, all);
}

/// The limits a logical type sets, each as a count of the rows beyond it.
fn limits(object: &SchemaObject, property: &Property, options: &TypeOptions, all: &mut Vec<Promise>) {
    let (name, quoted) = (property.column(), column_name(property.column()));
    // What is promised, in which words, and the condition of a row that breaks it.
    let mut limits: Vec<(String, String, Option<String>)> = Vec::new();
    if let Some(length) = options.min_length {
        let condition = format!("character_length({quoted}) < {length}");
        limits.push((
            format!("at least {length} characters long"),
            format!("minLength {length}"),
            Some(condition),
        ));
    }
    if let Some(length) = options.max_length {
        let condition = format!("character_length({quoted}) > {length}");
        limits.push((
            format!("at most {length} characters long"),
            format!("maxLength {length}"),
            Some(condition),
        ));
    }
    if let Some(pattern) = &options.pattern {
        let condition = format!("NOT regexp_like({quoted}, {})", text_literal(pattern));
        let form = words::pattern(pattern).unwrap_or_else(|| format!("of the form {pattern}"));
        limits.push((form, format!("pattern {pattern}"), Some(condition)));
    }
    let [low, above] = ends(options.minimum.as_ref(), options.exclusive_minimum.as_ref());
    let [high, below] = ends(options.maximum.as_ref(), options.exclusive_maximum.as_ref());
    for (limit, key, words, operator) in [
        (low, "minimum", "at least", "<"),
        (high, "maximum", "at most", ">"),
        (above, "exclusiveMinimum", "above", "<="),
        (below, "exclusiveMaximum", "below", ">="),
    ] {
        if let Some(limit) = limit {
            let literal = limit_literal(property.logical_type, limit);
            let condition = literal.map(|literal| format!("{quoted} {operator} {literal}"));
            let told = words::amount(&limit.to_string(), None);
            limits.push((format!("{words} {told}"), format!("{key} {limit}"), condition));
        }
    }
    for (words, stated, condition) in limits {
        let label = format!("{name} is {words}");
        let source = format!("{}.{}: {stated}", object.name, property.name());
        all.push(match condition {
            Some(condition) => {
                let query = format!("SELECT count(*) FROM {} WHERE {condition}", table_name(object.asset()));
                Promise::checked(label, source, sql::none(query))
            }
            None => Promise::unchecked(label, source, "Limits of this type cannot be compared in SQL."),
        });
    }
}

/// The limit that is allowed and the one that is not any more. ODCS 3.0 says with true that a limit itself is out.
fn ends<'a>(limit: Option<&'a Scalar>, exclusive: Option<&'a Scalar>) -> [Option<&'a Scalar>; 2] {
    match exclusive.and_then(|exclusive| exclusive.value().as_bool()) {
        Some(true) => [None, limit],
        Some(false) => [limit, None],
        None => [limit, exclusive],
    }
}

fn limit_literal(logical_type: Option<LogicalType>, limit: &Scalar) -> Option<String> {
    match logical_type? {
        LogicalType::Number | LogicalType::Integer => Some(limit.value().as_number()?.to_string()),
        LogicalType::Date => Some(format!("CAST({} AS DATE)", text_literal(limit.value().as_str()?))),
        LogicalType::Timestamp => {
            Some(format!("CAST({} AS TIMESTAMP)", text_literal(limit.value().as_str()?)))
        }
        _ => None,
    }
}

/// Promises about nested columns are told, not checked.
fn nested(object: &SchemaObject, property: &Property, path: &str, all: &mut Vec<Promise>) {
    for child in property.properties.iter().chain(property.items.as_deref()) {
        let path =
            if child.name().is_empty() { format!("{path}[]") } else { format!("{path}.{}", child.column()) };
        if child.is_required() || child.is_unique() || child.allowed.is_some() || !child.quality.is_empty() {
            let source = format!("{}.{path}", object.name);
            let reason = "Nested columns are not checked; only the column that holds them is.";
            all.push(Promise::stated(format!("{path} keeps its promises"), source, reason));
        }
        nested(object, child, &path, all);
    }
}

fn service_level(
    contract: &Contract,
    object: &SchemaObject,
    level: &SlaProperty,
    now: DateTime<Utc>,
    all: &mut Vec<Promise>,
) {
    let source = format!("slaProperties: {}", level.title());
    let stated: Vec<&str> = level.elements().collect();
    let elements = if stated.is_empty() {
        contract.sla_default_element.as_deref().into_iter().collect()
    } else {
        stated
    };
    // A level that names other objects only is theirs.
    let targets: Vec<SlaTarget<'_>> = elements.iter().map(|element| contract.resolve(element)).collect();
    let ours = |target: &SlaTarget<'_>| match target {
        SlaTarget::Object(target) | SlaTarget::Column(target, _) => std::ptr::eq(*target, object),
        SlaTarget::Unknown => true,
    };
    if !targets.is_empty() && !targets.iter().any(ours) {
        return;
    }
    let age = match level.measure() {
        Measure::Age => level.seconds(),
        Measure::Date => return,
        Measure::Nobody => {
            let reason = "Nothing here measures this service level.";
            all.push(Promise::stated(level.words(), source, reason));
            return;
        }
    };
    let Some(age) = age.filter(|age| *age >= 0.0 && age.is_finite()) else {
        all.push(Promise::unchecked(
            level.words(),
            source,
            "Value and unit do not make a duration, such as 1 d or 6 h.",
        ));
        return;
    };
    #[expect(clippy::cast_possible_truncation, reason = "a float saturates, and no data is that old")]
    let max_age_seconds = age.ceil() as i64;
    let fresh =
        |column: Option<&str>| Check::Fresh { column: column.map(str::to_owned), max_age_seconds, now };
    let within = words::amount(&level.value.to_string(), level.unit.as_deref());
    if targets.is_empty() {
        all.push(Promise::checked(
            format!("the table is updated within {within}"),
            source.clone(),
            fresh(None),
        ));
    }
    for (target, element) in targets.iter().zip(&elements).filter(|(target, _)| ours(target)) {
        let source = source.clone();
        all.push(match target {
            SlaTarget::Object(_) => {
                Promise::checked(format!("the table is updated within {within}"), source, fresh(None))
            }
            SlaTarget::Column(_, property) => {
                let name = property.column();
                let label = format!("the newest {name} is at most {within} old");
                let promise = Promise::checked(label, source, fresh(Some(name)));
                Promise { column: Some(name.to_owned()), ..promise }
            }
            SlaTarget::Unknown => {
                let reason =
                    format!("The service level names \"{element}\", which the schema does not have.");
                Promise::unchecked(level.words(), source, reason)
            }
        });
    }
}

#[cfg(test)]
mod tests;
