//! A rule in SQL: the one number it gives, beside its limit. Where lost digits would have to say on which side of the
//! limit it lies, nothing is said.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use deltalake::arrow::datatypes::DataType;
use lakeport_frame::{CheckOutcome, Comparison, Exact, LakeError, Query, Readable, TableRef, Value};

use super::certainty::{self, Certainty};
use super::checks::{failed, unchecked, value_type};
use super::{Engine, session};

/// How far from its number a figure of such floats may lie, as part of it, and how many of its digits hold all the
/// same.
const DOUBLE: (f64, usize) = (8.0 * f64::EPSILON, 15);
const REAL: (f64, usize) = (1e-6, 6);
/// The same of a place between two rows.
const BETWEEN_ROWS: (f64, usize) = (1e-5, 15);

/// The number a rule gives.
struct Found {
    number: Exact,
    sure: Sure,
}

/// What is sure about it.
enum Sure {
    Every,
    /// The digits up to so many behind the point; the others are cut off.
    Cut(usize),
    /// That it lies between these. A limit of no more than so many digits is met by what is written like it.
    Between {
        low: Exact,
        high: Exact,
        digits: usize,
    },
}

impl Found {
    /// On which side of `limit` it lies; `None` where lost digits would have to say.
    fn order(&self, limit: &Exact) -> Option<Ordering> {
        match &self.sure {
            Sure::Every => Some(self.number.cmp(limit)),
            Sure::Cut(scale) => {
                Some(self.number.cut(*scale).cmp(&limit.cut(*scale))).filter(|order| order.is_ne())
            }
            Sure::Between { low, .. } if limit < low => Some(Ordering::Greater),
            Sure::Between { high, .. } if limit > high => Some(Ordering::Less),
            Sure::Between { digits, .. } => {
                (self.number == *limit && limit.digits() <= *digits).then_some(Ordering::Equal)
            }
        }
    }
}

/// What a rule's statement over a table says about its promise: a limit, or a range from there to the upper one.
pub(super) async fn outcome(
    engine: &mut Engine,
    table: &TableRef,
    (sql, names): (&str, &[String]),
    must_be: Comparison,
    limits: (&Exact, Option<&Exact>),
    unit: &str,
) -> CheckOutcome {
    match number_of(engine, table, sql, names).await {
        Ok(found) => compared(&found, must_be, limits, unit),
        Err(reason) => unchecked(reason),
    }
}

/// The one number a rule in SQL gives, or why it gives none.
async fn number_of(
    engine: &mut Engine,
    table: &TableRef,
    sql: &str,
    names: &[String],
) -> Result<Found, String> {
    let known = |name: &str| TableRef { name: name.to_owned(), location: table.location.clone() };
    let names = names.iter().map(|name| known(name));
    let tables = std::iter::once(table.clone()).chain(names).map(Readable::whole).collect();
    let query = Query { sql: sql.to_owned(), parameters: BTreeMap::new(), tables, row_limit: 1 };
    let told = |error: LakeError| error.message().to_owned();
    let (planned, lost) = engine.planned(&query).await.map_err(told)?;
    let plan = planned.logical_plan().clone();
    let result = session::rows(planned, query.row_limit).await.map_err(told)?;
    let is_one_row = result.rows() == 1 && !result.truncated;
    let (true, [field]) = (is_one_row, &plan.schema().fields()[..]) else {
        return Err("The rule has to return one row with one number.".to_owned());
    };
    let kind = value_type(field.data_type());
    let value = result.columns()[0].values.get(0);
    let number = match &value {
        // A number too wide for a cell of numbers.
        Some(Value::Text(digits)) if kind.is_numeric() => Exact::parse(digits),
        value => value.as_ref().and_then(Exact::of),
    };
    let number = number.ok_or("The rule returned no number.")?;
    if lost.by_float() {
        return Err(undecided(
            "it calculates in DOUBLE or REAL with numbers of more digits than such a number holds; cast them to \
             DECIMAL",
        ));
    }
    let close = |(part, digits): (f64, usize)| match value {
        Some(Value::Float(float)) => between(float, part, digits),
        _ => None,
    };
    let float = if kind == DataType::Float64 { DOUBLE } else { REAL };
    let sure = match certainty::of_first(&plan, lost.by_division()) {
        Certainty::Same if kind.is_floating() => close(float),
        Certainty::Same => Some(Sure::Every),
        Certainty::Cut(scale) => Some(Sure::Cut(scale)),
        Certainty::Close => close(BETWEEN_ROWS),
        Certainty::Unknown(reason) => return Err(undecided(reason)),
    };
    let sure = sure.ok_or_else(|| undecided("nobody can say how many digits of its number are sure"))?;
    Ok(Found { number, sure })
}

fn undecided(reason: &str) -> String {
    format!("The rule cannot be decided: {reason}.")
}

fn between(float: f64, part: f64, digits: usize) -> Option<Sure> {
    let away = float.abs() * part;
    let bound = |float: f64| Exact::parse(&Value::Float(float).to_string());
    Some(Sure::Between { low: bound(float - away)?, high: bound(float + away)?, digits })
}

/// A rule's number against its limit, or against the range from there to the upper one.
fn compared(
    found: &Found,
    must_be: Comparison,
    (low, upper): (&Exact, Option<&Exact>),
    unit: &str,
) -> CheckOutcome {
    let high = upper.unwrap_or(low);
    let (to_low, to_high) = (found.order(low), found.order(high));
    let within = to_low.zip(to_high).map(|(to_low, to_high)| to_low.is_ge() && to_high.is_le());
    let (kept, allowed) = match must_be {
        Comparison::Equal => (to_low.map(Ordering::is_eq), format!("exactly {low}{unit}")),
        Comparison::NotEqual => (to_low.map(Ordering::is_ne), format!("anything but {low}{unit}")),
        Comparison::AtMost => (to_low.map(Ordering::is_le), format!("at most {low}{unit}")),
        Comparison::AtLeast => (to_low.map(Ordering::is_ge), format!("at least {low}{unit}")),
        Comparison::Below => (to_low.map(Ordering::is_lt), format!("below {low}{unit}")),
        Comparison::Above => (to_low.map(Ordering::is_gt), format!("above {low}{unit}")),
        Comparison::Within => (within, format!("{low}{unit} to {high}{unit}")),
        Comparison::Outside => {
            (within.map(|within| !within), format!("nothing from {low}{unit} to {high}{unit}"))
        }
    };
    let number = &found.number;
    let Some(kept) = kept else {
        let reason = format!("it gives about {number}{unit}, too close to the limit; allowed is {allowed}");
        return unchecked(undecided(&reason));
    };
    // Rounded only where that hides nothing.
    let place = |number: &Exact| (number.cmp(low), number.cmp(high));
    let short = number.short();
    let shown = if place(&short) == place(number) { &short } else { number };
    let detail = format!("The rule gives {shown}{unit}; allowed is {allowed}.");
    if kept { CheckOutcome::Passed { detail } } else { failed(detail, None) }
}
