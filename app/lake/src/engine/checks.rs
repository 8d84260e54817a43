//! Promises checked on a real table. All that can be counted in one pass is counted in one pass.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::{DFSchema, ScalarValue};
use deltalake::datafusion::dataframe::DataFrame;
use deltalake::datafusion::functions_aggregate::expr_fn::{count, max, sum};
use deltalake::datafusion::logical_expr::{Expr, cast, in_list, lit, when};
use lakeport_frame::{Check, CheckOutcome, Frame, LakeError, Readable, TableRef, Value};

use super::words::{duration, listed, thousands};
use super::{Engine, column, error, rule, session};

/// One outcome a check, in their order.
pub(crate) async fn run(
    engine: &mut Engine,
    table: &TableRef,
    checks: &[Check],
) -> Result<Vec<CheckOutcome>, LakeError> {
    let frame = engine.table(&Readable::whole(table.clone())).await?;
    let schema = frame.schema().clone();
    let counts = counted(&frame, checks, &schema).await;
    let mut outcomes = Vec::with_capacity(checks.len());
    for (index, check) in checks.iter().enumerate() {
        let missing = columns(check).into_iter().find(|name| data_type(&schema, name).is_none());
        let outcome = match (missing, check) {
            (Some(name), Check::Column { .. }) => {
                failed(format!("The table has no column \"{name}\"."), None)
            }
            (Some(name), _) => unchecked(format!("The table has no column \"{name}\".")),
            (None, Check::Column { column, logical_type }) => {
                self::column_type(column, logical_type.as_deref(), data_type(&schema, column))
            }
            (None, Check::Unique { columns }) => unique(&frame, columns).await,
            (None, Check::Fresh { column: None, max_age_seconds, now }) => match engine.describe(table).await
            {
                Ok(info) => fresh(Some(info.modified_at), *max_age_seconds, *now),
                Err(error) => unchecked(error.message().to_owned()),
            },
            (None, Check::Sql { sql, names, must_be, limit, upper, percent }) => {
                let unit = if *percent { " %" } else { "" };
                rule::outcome(engine, table, (sql, names), *must_be, (limit, upper.as_ref()), unit).await
            }
            (None, _) => match &counts {
                Ok(counts) => judged(check, index, counts),
                Err(error) => unchecked(error.message().to_owned()),
            },
        };
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The figures of one pass over the table.
struct Counts {
    rows: i64,
    figures: BTreeMap<usize, Figure>,
}

enum Figure {
    Count(i64),
    Newest(Option<DateTime<Utc>>),
    Impossible(String),
}

async fn counted(frame: &DataFrame, checks: &[Check], schema: &DFSchema) -> Result<Counts, LakeError> {
    let mut figures = BTreeMap::new();
    let mut aggregates = vec![count(lit(1_i64)).alias("rows")];
    for (index, check) in checks.iter().enumerate() {
        match aggregate(check, schema) {
            Some(Ok(expression)) => aggregates.push(expression.alias(format!("check {index}"))),
            Some(Err(reason)) => {
                figures.insert(index, Figure::Impossible(reason));
            }
            None => {}
        }
    }
    if checks.iter().all(|check| !is_counted(check)) {
        return Ok(Counts { rows: 0, figures });
    }
    let counting = frame.clone().aggregate(vec![], aggregates).map_err(|error| error::of_plan(&error))?;
    let result = session::rows(counting, 1).await?;
    for (index, check) in checks.iter().enumerate() {
        let Some(value) = result.value(0, &format!("check {index}")) else { continue };
        let figure = match (check, value) {
            (Check::Fresh { .. }, Value::Timestamp(newest)) => Figure::Newest(Some(newest)),
            (Check::Fresh { .. }, Value::Date(day)) => {
                Figure::Newest(Some(day.and_time(NaiveTime::MIN).and_utc()))
            }
            (Check::Fresh { .. }, _) => Figure::Newest(None),
            (_, Value::Int(count)) => Figure::Count(count),
            (_, _) => Figure::Count(0),
        };
        figures.insert(index, figure);
    }
    Ok(Counts { rows: whole(&result, "rows"), figures })
}

/// True for checks that the pass over the table answers.
fn is_counted(check: &Check) -> bool {
    matches!(
        check,
        Check::RowCount { .. }
            | Check::Required { .. }
            | Check::ValidValues { .. }
            | Check::Fresh { column: Some(_), .. }
    )
}

/// What one pass has to compute for a check; `None` when the check needs no such figure.
fn aggregate(check: &Check, schema: &DFSchema) -> Option<Result<Expr, String>> {
    let broken = |condition: Expr| {
        when(condition, lit(1_i64)).otherwise(lit(0_i64)).map(sum).map_err(|error| error.to_string())
    };
    match check {
        Check::Required { column: name } => {
            data_type(schema, name)?;
            Some(broken(column(name).is_null()))
        }
        Check::ValidValues { column: name, values } => {
            let kind = data_type(schema, name)?;
            Some(allowed(values, &kind).and_then(|allowed| {
                let plain = cast(column(name), value_type(&kind));
                broken(column(name).is_not_null().and(in_list(plain, allowed, true)))
            }))
        }
        Check::Fresh { column: Some(name), .. } => match value_type(&data_type(schema, name)?) {
            DataType::Date32 | DataType::Timestamp(..) => Some(Ok(max(column(name)))),
            _ => Some(Err(format!("Column \"{name}\" is neither a date nor a timestamp."))),
        },
        _ => None,
    }
}

/// The allowed values in the column's own type, so that `1` fits `1.00`.
fn allowed(values: &[String], kind: &DataType) -> Result<Vec<Expr>, String> {
    let kind = value_type(kind);
    values
        .iter()
        .map(|text| {
            ScalarValue::try_from_string(text.clone(), &kind)
                .map(|scalar| Expr::Literal(scalar, None))
                .map_err(|_| format!("\"{text}\" among the valid values does not fit the column's type."))
        })
        .collect()
}

/// The type behind dictionaries and views.
pub(super) fn value_type(kind: &DataType) -> DataType {
    match kind {
        DataType::Dictionary(_, inner) => value_type(inner),
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        other => other.clone(),
    }
}

fn judged(check: &Check, index: usize, counts: &Counts) -> CheckOutcome {
    let rows = counts.rows;
    match (check, counts.figures.get(&index)) {
        (_, Some(Figure::Impossible(reason))) => unchecked(reason.clone()),
        (Check::RowCount { min, max }, _) => {
            let range = match (min, max) {
                (Some(min), Some(max)) => format!("{} to {}", thousands(*min), thousands(*max)),
                (Some(min), None) => format!("at least {}", thousands(*min)),
                (None, Some(max)) => format!("at most {}", thousands(*max)),
                (None, None) => {
                    return unchecked("The check names neither a smallest nor a largest number.".into());
                }
            };
            let detail = format!("{} rows; allowed are {range}.", thousands(rows));
            let kept = min.is_none_or(|min| rows >= min) && max.is_none_or(|max| rows <= max);
            if kept { CheckOutcome::Passed { detail } } else { failed(detail, None) }
        }
        (Check::Required { .. }, Some(Figure::Count(bad))) => share(*bad, rows, "are empty"),
        (Check::ValidValues { .. }, Some(Figure::Count(bad))) => {
            share(*bad, rows, "hold a value that is not allowed")
        }
        (Check::Fresh { max_age_seconds, now, .. }, Some(Figure::Newest(newest))) => {
            fresh(*newest, *max_age_seconds, *now)
        }
        _ => unchecked("The figure for this check is missing.".to_owned()),
    }
}

fn share(bad: i64, rows: i64, what: &str) -> CheckOutcome {
    let detail = format!("{} of {} rows {what}.", thousands(bad), thousands(rows));
    if bad == 0 { CheckOutcome::Passed { detail } } else { failed(detail, Some(bad)) }
}

fn fresh(newest: Option<DateTime<Utc>>, max_age_seconds: i64, now: DateTime<Utc>) -> CheckOutcome {
    let Some(newest) = newest else {
        return failed("The table holds no data that could be dated.".to_owned(), None);
    };
    let age = now.signed_duration_since(newest).num_seconds();
    let detail = format!(
        "The newest data is {} old; allowed are {}.",
        duration(age.max(0)),
        duration(max_age_seconds)
    );
    if age <= max_age_seconds { CheckOutcome::Passed { detail } } else { failed(detail, None) }
}

/// Rows that share their values with another row, in a pass of its own: it has to remember every value.
async fn unique(frame: &DataFrame, names: &[String]) -> CheckOutcome {
    let Some(complete) = names.iter().map(|name| column(name).is_not_null()).reduce(Expr::and) else {
        return unchecked("The check names no column.".to_owned());
    };
    let counting = async {
        let grouped = frame.clone().filter(complete)?.aggregate(
            names.iter().map(|name| column(name)).collect(),
            vec![count(lit(1_i64)).alias("same rows")],
        )?;
        let same = column("same rows");
        let repeated = when(same.clone().gt(lit(1_i64)), same.clone()).otherwise(lit(0_i64))?;
        grouped.aggregate(vec![], vec![sum(repeated).alias("repeated"), sum(same).alias("rows")])
    };
    match counting.await.map_err(|error| error::of_plan(&error)) {
        Ok(counting) => match session::rows(counting, 1).await {
            Ok(result) => {
                let what = format!("share {} with another row", listed(names));
                share(whole(&result, "repeated"), whole(&result, "rows"), &what)
            }
            Err(error) => unchecked(error.message().to_owned()),
        },
        Err(error) => unchecked(error.message().to_owned()),
    }
}

fn column_type(name: &str, logical: Option<&str>, kind: Option<DataType>) -> CheckOutcome {
    let (Some(logical), Some(kind)) = (logical, kind) else {
        return CheckOutcome::Passed { detail: format!("Column \"{name}\" exists.") };
    };
    let kind = value_type(&kind);
    let fits = match logical {
        "string" => kind == DataType::Utf8,
        "date" => kind == DataType::Date32,
        "timestamp" => matches!(kind, DataType::Timestamp(..)),
        "integer" => kind.is_integer() || matches!(kind, DataType::Decimal128(_, 0)),
        "number" => kind.is_numeric(),
        "boolean" => kind == DataType::Boolean,
        "array" => kind.is_list(),
        "object" => matches!(kind, DataType::Struct(_) | DataType::Map(..)),
        "time" => return unchecked("Delta tables have no type for a time of day.".to_owned()),
        other => return unchecked(format!("\"{other}\" is not a logical type of ODCS.")),
    };
    if fits {
        CheckOutcome::Passed { detail: format!("Column \"{name}\" exists and holds {logical}.") }
    } else {
        failed(format!("Column \"{name}\" holds {}, not {logical}.", plain_type(&kind)), None)
    }
}

fn plain_type(kind: &DataType) -> &'static str {
    match kind {
        DataType::Utf8 => "string",
        DataType::Date32 => "date",
        DataType::Timestamp(..) => "timestamp",
        DataType::Boolean => "boolean",
        DataType::Struct(_) | DataType::Map(..) => "object",
        kind if kind.is_integer() => "integer",
        kind if kind.is_numeric() => "number",
        kind if kind.is_list() => "array",
        _ => "binary data",
    }
}

fn columns(check: &Check) -> Vec<&String> {
    match check {
        Check::Column { column, .. }
        | Check::Required { column }
        | Check::ValidValues { column, .. }
        | Check::Fresh { column: Some(column), .. } => vec![column],
        Check::Unique { columns } => columns.iter().collect(),
        Check::RowCount { .. } | Check::Fresh { column: None, .. } | Check::Sql { .. } => Vec::new(),
    }
}

fn data_type(schema: &DFSchema, name: &str) -> Option<DataType> {
    let index = schema.index_of_column_by_name(None, name)?;
    Some(schema.field(index).data_type().clone())
}

pub(super) fn failed(detail: String, failing_rows: Option<i64>) -> CheckOutcome {
    CheckOutcome::Failed { detail, failing_rows }
}

pub(super) fn unchecked(reason: String) -> CheckOutcome {
    CheckOutcome::Unchecked { reason }
}

/// A count in the first row; the sum over no rows is none.
fn whole(result: &Frame, name: &str) -> i64 {
    match result.value(0, name) {
        Some(Value::Int(count)) => count,
        _ => 0,
    }
}
