//! A table in figures, for those who may read it: computed when it is asked for, and kept nowhere.

mod kind;
mod ranges;
mod statements;

use std::time::Duration;

use lakeport_frame::{ColumnInfo, Exact, Frame, LakeError, Rows, Value};
use lakeport_model::AssetId;
use lakeport_model::catalog::{Bucket, ColumnProfile, MOST_PROFILED, Profile};
use tokio::time::timeout;

use self::kind::Asked;
use self::ranges::Ranges;
use super::preview::{cell, left_by, right, subject};
use super::{Asset, Rights, Snapshot};
use crate::lake::Statement;
use crate::policy::Entitlement;
use crate::text::legible;
use crate::{Call, Ctx, Error, Result};

/// Characters of a value that are shown.
const LONGEST_VALUE: usize = 60;
/// Up to so many rows different values are counted one by one; of more they are estimated.
const COUNTED_ROWS: i64 = 100_000;
/// Of columns with more different values, none is named: counting each of them takes much memory and says little.
const MOST_DISTINCT: i64 = 50_000;
/// A page waits no longer than this.
const PATIENCE: Duration = Duration::from_secs(40);

/// The figures of those [`MOST_PROFILED`] columns that hold the one at this place. Reading them counts as a preview does.
///
/// # Errors
/// Refused as [`super::preview`] is, and where the figures take too long.
pub async fn profile(call: &Call, id: &AssetId, column: usize) -> Result<Profile> {
    let snapshot = call.ctx.snapshot_now().await?;
    let asset = snapshot.assets.get(id.as_str());
    let profile = read(call, &snapshot, asset, column).await;
    call.noted("asset.profile.refused", subject(asset), profile).await
}

async fn read(call: &Call, snapshot: &Snapshot, asset: Option<&Asset>, column: usize) -> Result<Profile> {
    let Call { ctx, viewer, .. } = call;
    let right = right(call, snapshot, asset).await?;
    let profiled = timeout(PATIENCE, profiled(ctx, &right, column)).await;
    let (profile, figures) = profiled.unwrap_or_else(|_| Err(too_slow()))?;
    Rights::still_hold(ctx, viewer, std::slice::from_ref(&right)).await?;
    // Figures are a row also where there are none.
    if profile.rows > 0 {
        ctx.readings.note(viewer.id, figures.made_from(), call.now());
    }
    Ok(profile)
}

/// The profile, and the frame that says what it is made from.
async fn profiled(ctx: &Ctx, right: &Entitlement, column: usize) -> Result<(Profile, Frame)> {
    let info = ctx.look(right.table()).await?;
    let open: Vec<&ColumnInfo> =
        info.columns.iter().filter(|column| right.columns().contain(&column.name)).collect();
    let first = column.min(open.len().saturating_sub(1)) / MOST_PROFILED * MOST_PROFILED;
    let shown = open.iter().skip(first).take(MOST_PROFILED);
    let shown: Vec<Asked> =
        shown.map(|column| Asked::of(column, right.columns().mask(&column.name))).collect();
    let table = &right.table().name;
    if shown.is_empty() {
        let message = format!("Table {table} has none of the columns that may be read here (any more).");
        return Err(LakeError::NotGranted { table: table.clone(), message }.into());
    }
    let estimated = info.rows.is_none_or(|rows| rows > COUNTED_ROWS);
    let figures = ask(ctx, right, statements::figures(table, &shown, estimated)).await?;
    let uncounted = || LakeError::Fault(format!("The rows of table {table} were not counted."));
    let rows = number(&figures, "rows").ok_or_else(uncounted)?;
    let told = shown.iter().enumerate();
    let mut columns: Vec<ColumnProfile> =
        told.map(|(place, asked)| told_by(&figures, rows, place, asked)).collect();
    name_frequent(ctx, right, &shown, &mut columns, (rows, estimated)).await?;
    spread(ctx, right, &shown, &mut columns, &figures).await?;
    let newest = ctx.look(right.table()).await?;
    let profile = Profile {
        rows,
        columns,
        all_columns: open.len(),
        closed_rows: *right.rows() != Rows::All,
        estimated,
        version: info.version,
        modified_at: info.modified_at,
        moved: newest.version != info.version,
    };
    Ok((profile, figures))
}

async fn ask(ctx: &Ctx, right: &Entitlement, statement: Statement) -> Result<Frame> {
    let answer = ctx.lake.query(&statement, std::slice::from_ref(right)).await;
    answer.map_err(|error| match error {
        LakeError::TooSlow(_) | LakeError::TooLarge(_) => too_much(right),
        other => other.into(),
    })
}

/// Time went by with waiting for others, with counting, or both.
fn too_slow() -> Error {
    LakeError::Busy(
        "The figures took too long. Load the page again: it may be that others kept the lake busy."
            .to_owned(),
    )
    .into()
}

fn too_much(right: &Entitlement) -> Error {
    let table = &right.table().name;
    LakeError::TooLarge(format!(
        "Table {table} is too large to be counted while a page waits. Its preview shows rows without figures."
    ))
    .into()
}

/// Finds the most frequent values, where naming some says something.
async fn name_frequent(
    ctx: &Ctx,
    right: &Entitlement,
    shown: &[Asked],
    columns: &mut [ColumnProfile],
    (rows, estimated): (i64, bool),
) -> Result<()> {
    for column in columns.iter_mut() {
        column.none_frequent = none_frequent(column, rows, estimated).map(str::to_owned);
    }
    let named = |(place, column): (usize, &ColumnProfile)| {
        let asked = shown.get(place)?;
        (column.none_frequent.is_none() && column.distinct.is_some_and(|values| values > 0))
            .then_some((place, asked))
    };
    let named: Vec<(usize, &Asked)> = columns.iter().enumerate().filter_map(named).collect();
    let Some(statement) = statements::frequent(&right.table().name, &named) else { return Ok(()) };
    let answer = ask(ctx, right, statement).await?;
    for row in 0..answer.rows() {
        let Some(place) = whole(&answer, row, "place").and_then(|place| usize::try_from(place).ok()) else {
            continue;
        };
        if let (Some(column), Some(asked)) = (columns.get_mut(place), shown.get(place))
            && let (Some(value), Some(held)) = (answer.value(row, "value"), whole(&answer, row, "held"))
        {
            column.frequent.push((short(&asked.kind.told(&value.to_string())), held));
        }
    }
    Ok(())
}

/// Why no value of a column is named.
fn none_frequent(column: &ColumnProfile, rows: i64, estimated: bool) -> Option<&'static str> {
    let filled = rows - column.nulls;
    let distinct = column.distinct?;
    if distinct > MOST_DISTINCT {
        Some("It has too many different values to name the most frequent ones.")
    } else if !estimated && distinct == filled && filled > 1 {
        Some("No value occurs twice.")
    } else {
        None
    }
}

/// Counts the rows in ranges between the smallest and the largest values.
async fn spread(
    ctx: &Ctx,
    right: &Entitlement,
    shown: &[Asked],
    columns: &mut [ColumnProfile],
    figures: &Frame,
) -> Result<()> {
    let ranged =
        |(place, asked): (usize, _)| ranges_of(figures, place, asked).map(|ranges| (place, asked, ranges));
    let ranged: Vec<(usize, &Asked, Ranges)> = shown.iter().enumerate().filter_map(ranged).collect();
    let Some(statement) = statements::spread(&right.table().name, &ranged) else { return Ok(()) };
    let answer = ask(ctx, right, statement).await?;
    for (place, _, ranges) in ranged {
        if let Some(column) = columns.get_mut(place) {
            column.spread = buckets(&answer, place, ranges);
        }
    }
    Ok(())
}

fn ranges_of(figures: &Frame, place: usize, asked: &Asked) -> Option<Ranges> {
    let end = |word: &str| figures.value(0, &format!("{word}{place}")).filter(|_| asked.kind.is_spread());
    ranges::between(asked.kind, &end("smallest")?, &end("largest")?)
}

/// Rows in each range, from those below each bound.
fn buckets(answer: &Frame, place: usize, ranges: Ranges) -> Vec<Bucket> {
    let bounds = (0..ranges.bounds.len()).map(|bound| format!("below{place}_{bound}"));
    let ends = bounds.chain([format!("all{place}")]);
    let mut before = 0;
    let rows = ends.map(|name| {
        let below = number(answer, &name)?;
        Some(below - std::mem::replace(&mut before, below))
    });
    let bucket = |(range, rows): (String, Option<i64>)| Some(Bucket { range, rows: rows? });
    ranges.words.into_iter().zip(rows).map(bucket).collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// A column as the figures tell it.
fn told_by(figures: &Frame, rows: i64, place: usize, asked: &Asked) -> ColumnProfile {
    let named = |word: &str| format!("{word}{place}");
    ColumnProfile {
        name: legible(&asked.name),
        data_type: legible(&asked.data_type),
        masked: asked.mask.map(|mask| left_by(mask).to_owned()),
        is_number: asked.kind.is_number(),
        nulls: rows - number(figures, &named("filled")).unwrap_or(rows),
        distinct: number(figures, &named("distinct")),
        smallest: shown(figures, &named("smallest")),
        largest: shown(figures, &named("largest")),
        mean: figures.value(0, &named("mean")).and_then(|mean| mean_words(&mean)),
        ..ColumnProfile::default()
    }
}

fn number(frame: &Frame, column: &str) -> Option<i64> {
    whole(frame, 0, column)
}

fn whole(frame: &Frame, row: usize, column: &str) -> Option<i64> {
    match frame.value(row, column)? {
        Value::Int(number) => Some(number),
        _ => None,
    }
}

/// The only value of a column, as a preview shows it.
fn shown(frame: &Frame, column: &str) -> Option<String> {
    let column = frame.column(column)?;
    match column.values.get(0)? {
        Value::Null => None,
        _ => Some(short(&cell(frame, column, 0))),
    }
}

/// A mean with four digits behind its point, or in full where nothing would be left of it.
fn mean_words(mean: &Value) -> Option<String> {
    let exact = Exact::of(mean)?;
    let short = exact.short();
    Some(if short.is_zero() && !exact.is_zero() { mean.to_string() } else { short.plain() })
}

/// A value in one line, cut where it is long; one of no letters is told in words.
fn short(value: &str) -> String {
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    let cut: String = value.chars().take(LONGEST_VALUE).collect();
    if cut.len() < value.len() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests {
    use lakeport_frame::{Column, Values};

    use super::*;

    #[test]
    fn rows_below_bounds_become_rows_in_ranges() {
        let count =
            |name: &str, rows| Column { name: name.to_owned(), values: Values::Int(vec![Some(rows)]) };
        let answer =
            Frame::new(vec![count("below2_0", 3), count("below2_1", 3), count("all2", 10)]).expect("a frame");
        let words = ["1", "2", "3"].map(str::to_owned).to_vec();
        let ranges = Ranges { bounds: vec![Value::Int(2), Value::Int(3)], words };
        let rows: Vec<i64> = buckets(&answer, 2, ranges.clone()).iter().map(|bucket| bucket.rows).collect();
        assert_eq!(rows, [3, 0, 7]);
        assert!(buckets(&Frame::default(), 2, ranges).is_empty(), "what was not told is not drawn");
    }

    #[test]
    fn values_that_all_differ_are_never_called_frequent() {
        let column = |nulls, distinct| ColumnProfile { nulls, distinct, ..ColumnProfile::default() };
        let why = |nulls, distinct, estimated| none_frequent(&column(nulls, Some(distinct)), 10, estimated);
        assert_eq!(why(2, 8, false), Some("No value occurs twice."));
        assert_eq!((why(2, 8, true), why(2, 7, false), why(9, 1, false)), (None, None, None));
        assert!(why(0, MOST_DISTINCT + 1, true).is_some_and(|why| why.contains("too many")));
        assert_eq!(none_frequent(&column(0, None), 10, false), None);
    }

    #[test]
    fn long_values_are_cut_and_small_means_are_kept() {
        assert_eq!((short(""), short("a")), ("(empty)".to_owned(), "a".to_owned()));
        let long = "ä".repeat(61);
        assert_eq!(short(&long), format!("{}…", "ä".repeat(60)));
        assert_eq!(short(&"ä".repeat(60)), "ä".repeat(60));
        let mean = |number| mean_words(&Value::Float(number));
        assert_eq!(mean(2.0 / 3.0).as_deref(), Some("0.6667"));
        assert_eq!((mean(1e-9).as_deref(), mean(0.0).as_deref()), (Some("1e-9"), Some("0")));
        assert_eq!(mean_words(&Value::Null), None);
    }
}
