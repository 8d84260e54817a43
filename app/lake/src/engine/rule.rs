//! A rule in SQL: the one number it gives, beside its limit. Where lost digits would have to say on which side of the
//! limit it lies, nothing is said.

use std::collections::BTreeMap;

use deltalake::arrow::datatypes::DataType;
use lakeport_frame::{CheckOutcome, Comparison, Exact, LakeError, Query, Readable, TableRef, Value};

use super::checks::{failed, unchecked, value_type};
use super::lost::Lost;
use super::{Engine, session};

/// How far from its number a quotient of decimals may lie, in units of its last digit, when the statement goes on
/// calculating with it: "of a hundred" and "of a thousand" are asked for.
const UNITS_AROUND: f64 = 1_000.0;

/// The number a rule gives.
struct Found {
    number: Exact,
    /// How far away the number may lie that a division without end would give; `None` where it is this one.
    around: Option<f64>,
}

impl Found {
    /// True where digits that a division has cut off may have to say on which side of `limit` it lies.
    fn is_close_to(&self, limit: &Exact) -> bool {
        self.around.is_some_and(|around| (self.number.float() - limit.float()).abs() <= around)
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
    let lost = Lost::default();
    let planned = engine.planned(&query, Some(&lost)).await.map_err(told)?;
    let kinds: Vec<DataType> =
        planned.schema().fields().iter().map(|field| value_type(field.data_type())).collect();
    let result = session::rows(planned, query.row_limit).await.map_err(told)?;
    let is_one_row = result.rows() == 1 && !result.truncated;
    let (true, [kind]) = (is_one_row, &kinds[..]) else {
        return Err("The rule has to return one row with one number.".to_owned());
    };
    let number = match result.columns()[0].values.get(0) {
        // A number too wide for a cell of numbers.
        Some(Value::Text(digits)) if kind.is_numeric() => Exact::parse(&digits),
        value => value.as_ref().and_then(Exact::of),
    };
    let number = number.ok_or("The rule returned no number.")?;
    if lost.by_float() {
        return Err("The rule cannot be decided: it calculates in DOUBLE or REAL with numbers of more digits than such \
                    a number holds; cast them to DECIMAL."
            .to_owned());
    }
    Ok(Found { number, around: lost.by_division().then(|| UNITS_AROUND * last_digit(kind)) })
}

/// What the last digit of a decimal stands for; of another number, what it stands for in the shortest quotient.
fn last_digit(kind: &DataType) -> f64 {
    match kind {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => 10_f64.powi(-i32::from(*scale)),
        _ => 1e-4,
    }
}

/// A rule's number against its limit, or against the range from there to the upper one.
fn compared(
    found: &Found,
    must_be: Comparison,
    (low, upper): (&Exact, Option<&Exact>),
    unit: &str,
) -> CheckOutcome {
    let number = &found.number;
    let high = upper.unwrap_or(low);
    let place = |number: &Exact| (number.cmp(low), number.cmp(high));
    let (to_low, to_high) = place(number);
    let within = to_low.is_ge() && to_high.is_le();
    let (kept, allowed) = match must_be {
        Comparison::Equal => (to_low.is_eq(), format!("exactly {low}{unit}")),
        Comparison::NotEqual => (to_low.is_ne(), format!("anything but {low}{unit}")),
        Comparison::AtMost => (to_low.is_le(), format!("at most {low}{unit}")),
        Comparison::AtLeast => (to_low.is_ge(), format!("at least {low}{unit}")),
        Comparison::Below => (to_low.is_lt(), format!("below {low}{unit}")),
        Comparison::Above => (to_low.is_gt(), format!("above {low}{unit}")),
        Comparison::Within => (within, format!("{low}{unit} to {high}{unit}")),
        Comparison::Outside => (!within, format!("nothing from {low}{unit} to {high}{unit}")),
    };
    if found.is_close_to(low) || found.is_close_to(high) {
        return unchecked(format!(
            "The rule cannot be decided: it gives about {number}{unit}, which a division has cut off too close to the \
             limit; allowed is {allowed}."
        ));
    }
    // Rounded only where that hides nothing.
    let short = number.short();
    let shown = if place(&short) == (to_low, to_high) { &short } else { number };
    let detail = format!("The rule gives {shown}{unit}; allowed is {allowed}.");
    if kept { CheckOutcome::Passed { detail } } else { failed(detail, None) }
}
