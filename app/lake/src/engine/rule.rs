//! A rule in SQL: the one number it gives, beside its limit. Where lost digits would have to say on which side of the
//! limit it lies, nothing is said.

use std::collections::BTreeMap;

use deltalake::arrow::datatypes::DataType;
use lakeport_frame::{CheckOutcome, Comparison, Exact, LakeError, Query, Readable, TableRef, Value};

use super::checks::{failed, unchecked, value_type};
use super::lost::Lost;
use super::{Engine, session};

/// The number a rule gives.
struct Found {
    number: Exact,
    /// What it would be if every quotient that lost digits were larger by one unit of its last digit; `None` where none
    /// did.
    further: Option<Exact>,
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
    match self::found(engine, table, sql, names).await {
        Ok(found) => compared(&found, must_be, limits, unit),
        Err(reason) => unchecked(reason),
    }
}

/// The one number a rule in SQL gives, or why it gives none.
async fn found(engine: &mut Engine, table: &TableRef, sql: &str, names: &[String]) -> Result<Found, String> {
    let known = |name: &str| TableRef { name: name.to_owned(), location: table.location.clone() };
    let names = names.iter().map(|name| known(name));
    let tables = std::iter::once(table.clone()).chain(names).map(Readable::whole).collect();
    let query = Query { sql: sql.to_owned(), parameters: BTreeMap::new(), tables, row_limit: 1 };
    let lost = Lost::default();
    let number = number_of(engine, &query, &lost).await?;
    if lost.by_float() {
        return Err("The rule cannot be decided: it calculates in DOUBLE or REAL with numbers of more digits than such \
                    a number holds; cast them to DECIMAL."
            .to_owned());
    }
    let further =
        if lost.by_division() { Some(number_of(engine, &query, &Lost::away()).await?) } else { None };
    Ok(Found { number, further })
}

async fn number_of(engine: &mut Engine, query: &Query, lost: &Lost) -> Result<Exact, String> {
    let told = |error: LakeError| error.message().to_owned();
    let planned = engine.planned(query, Some(lost)).await.map_err(told)?;
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
    number.ok_or_else(|| "The rule returned no number.".to_owned())
}

/// A rule's number against its limit, or against the range from there to the upper one.
fn compared(
    found: &Found,
    must_be: Comparison,
    (low, upper): (&Exact, Option<&Exact>),
    unit: &str,
) -> CheckOutcome {
    let high = upper.unwrap_or(low);
    let place = |number: &Exact| (number.cmp(low), number.cmp(high));
    let is_kept = |number: &Exact| {
        let (to_low, to_high) = place(number);
        let within = to_low.is_ge() && to_high.is_le();
        match must_be {
            Comparison::Equal => to_low.is_eq(),
            Comparison::NotEqual => to_low.is_ne(),
            Comparison::AtMost => to_low.is_le(),
            Comparison::AtLeast => to_low.is_ge(),
            Comparison::Below => to_low.is_lt(),
            Comparison::Above => to_low.is_gt(),
            Comparison::Within => within,
            Comparison::Outside => !within,
        }
    };
    let allowed = match must_be {
        Comparison::Equal => format!("exactly {low}{unit}"),
        Comparison::NotEqual => format!("anything but {low}{unit}"),
        Comparison::AtMost => format!("at most {low}{unit}"),
        Comparison::AtLeast => format!("at least {low}{unit}"),
        Comparison::Below => format!("below {low}{unit}"),
        Comparison::Above => format!("above {low}{unit}"),
        Comparison::Within => format!("{low}{unit} to {high}{unit}"),
        Comparison::Outside => format!("nothing from {low}{unit} to {high}{unit}"),
    };
    let Found { number, further } = found;
    let kept = is_kept(number);
    if let Some(further) = further.as_ref().filter(|further| is_kept(further) != kept) {
        return unchecked(format!(
            "The rule cannot be decided: a division in it cuts digits off, and it gives {number}{unit} without them and \
             {further}{unit} with the last one counted up; allowed is {allowed}."
        ));
    }
    // Rounded only where that hides nothing.
    let short = number.short();
    let shown = if place(&short) == place(number) { &short } else { number };
    let detail = format!("The rule gives {shown}{unit}; allowed is {allowed}.");
    if kept { CheckOutcome::Passed { detail } } else { failed(detail, None) }
}
