//! A small typed table: named columns of equal length, each with one type.
//!
//! It is what crosses from the lake to rules, charts and pages. It knows nothing of Arrow, so that
//! neither a page nor a rule pulls the query engine into its build.

mod csv;
mod exact;
mod exchange;
mod format;
mod number;
mod place;
mod readable;
mod value;

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

pub use csv::without_noise;
pub use exact::Exact;
pub use exchange::{
    Check, CheckOutcome, ColumnInfo, Comparison, LakeError, Query, TableInfo, TableRef, TableVersion,
};
pub use format::{Format, Locale, UnknownFormat};
pub use place::Place;
pub use readable::{Columns, MOST_CONDITIONS, Mask, Readable, Rows, Shown};
pub use value::Value;

/// A table in memory: columns of equal length.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Frame {
    columns: Vec<Column>,
    /// True when the producer stopped at its row limit: there are more rows than these.
    pub truncated: bool,
    /// Columns of times that belong to no zone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    zoneless: Vec<String>,
    /// The tables behind its rows.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    made_from: BTreeSet<String>,
}

/// One named column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The column's name as the query or table gave it.
    pub name: String,
    /// Its values, one a row.
    pub values: Values,
}

impl Column {
    /// True where its days stand for months: the name says so, and each is the first of one.
    pub fn holds_months(&self) -> bool {
        let mut words = self.name.split(|letter: char| !letter.is_alphanumeric());
        let is_named = words.any(|word| word.eq_ignore_ascii_case("month"));
        is_named
            && match &self.values {
                Values::Date(days) => days.iter().flatten().all(|day| day.day() == 1),
                Values::Timestamp(moments) => moments
                    .iter()
                    .flatten()
                    .all(|moment| moment.day() == 1 && moment.time() == NaiveTime::MIN),
                _ => false,
            }
    }
}

/// The values of a column; `None` is SQL `NULL`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "values", rename_all = "snake_case")]
pub enum Values {
    /// Truth values.
    Bool(Vec<Option<bool>>),
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Floating-point numbers; never NaN or infinite (the lake turns those into `None`).
    Float(Vec<Option<f64>>),
    /// Exact decimals of up to 18 digits: `unscaled / 10^scale`.
    Decimal(DecimalValues),
    /// Text, and everything that has no type of its own here (lists, structs, wide decimals), printed.
    Text(Vec<Option<String>>),
    /// Calendar dates.
    Date(Vec<Option<NaiveDate>>),
    /// Instants.
    Timestamp(Vec<Option<DateTime<Utc>>>),
}

/// Exact decimals that share a scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecimalValues {
    /// Digits behind the decimal point.
    pub scale: u8,
    /// The values times `10^scale`.
    pub unscaled: Vec<Option<i64>>,
}

/// The columns of a frame differ in length, or two share a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeError(String);

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ShapeError {}

impl Frame {
    /// A frame of these columns.
    ///
    /// # Errors
    /// [`ShapeError`] when the columns differ in length or two share a name.
    pub fn new(columns: Vec<Column>) -> Result<Self, ShapeError> {
        if let Some(first) = columns.first() {
            let rows = first.values.len();
            if let Some(other) = columns.iter().find(|column| column.values.len() != rows) {
                return Err(ShapeError(format!(
                    "column \"{}\" has {} rows, \"{}\" has {rows}",
                    other.name,
                    other.values.len(),
                    first.name
                )));
            }
        }
        for (index, column) in columns.iter().enumerate() {
            if columns[..index].iter().any(|earlier| earlier.name == column.name) {
                return Err(ShapeError(format!(
                    "two columns are named \"{}\"; give one of them another name with AS",
                    column.name
                )));
            }
        }
        Ok(Self { columns, ..Self::default() })
    }

    /// The same frame, where the times of these columns belong to no zone: they are what a clock on the wall shows.
    #[must_use]
    pub fn with_zoneless(mut self, columns: Vec<String>) -> Self {
        self.zoneless = columns;
        self
    }

    /// The same frame, with the tables behind its rows by their names in SQL. Whoever sees its rows has read these.
    #[must_use]
    pub fn with_made_from(mut self, tables: BTreeSet<String>) -> Self {
        self.made_from = tables;
        self
    }

    /// The tables behind its rows: none where it has no row.
    pub fn made_from(&self) -> impl Iterator<Item = &str> {
        self.made_from.iter().filter(|_| self.rows() > 0).map(String::as_str)
    }

    /// The value as it is, digit by digit: what a file or a preview shows. `NULL` is nothing.
    pub fn plain(&self, column: &Column, row: usize) -> String {
        let text = column.values.get(row).map(|value| value.to_string()).unwrap_or_default();
        if self.is_zoneless(column) { text.trim_end_matches('Z').to_owned() } else { text }
    }

    /// The value as a person reads it, in a format. A time that belongs to no zone names none.
    pub fn show(&self, column: &Column, row: usize, format: Format, locale: Locale) -> String {
        let text = format.show(&column.values.get(row).unwrap_or(Value::Null), locale);
        if self.is_zoneless(column) { text.trim_end_matches(" UTC").to_owned() } else { text }
    }

    fn is_zoneless(&self, column: &Column) -> bool {
        matches!(column.values, Values::Timestamp(_)) && self.zoneless.contains(&column.name)
    }

    /// The same rows with these columns only.
    #[must_use]
    pub fn only<T: AsRef<str>>(&self, names: &[T]) -> Self {
        let named = |column: &&Column| names.iter().any(|name| name.as_ref() == column.name);
        let columns = self.columns.iter().filter(named).cloned().collect();
        self.with_columns(columns)
    }

    /// These rows, in this order; a row past the end gives nothing.
    #[must_use]
    pub fn pick(&self, rows: &[usize]) -> Self {
        let picked = |column: &Column| Column { name: column.name.clone(), values: column.values.pick(rows) };
        self.with_columns(self.columns.iter().map(picked).collect())
    }

    /// Other columns of one length, with all that is said about these.
    fn with_columns(&self, columns: Vec<Column>) -> Self {
        Self {
            columns,
            truncated: self.truncated,
            zoneless: self.zoneless.clone(),
            made_from: self.made_from.clone(),
        }
    }

    /// All columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of this name (exact match).
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    /// What it takes in memory, in bytes: the cells and the texts within them.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|column| column.name.len() + column.values.bytes()).sum()
    }

    /// The value at `row` of the column `name`; `None` when there is no such cell.
    pub fn value(&self, row: usize, name: &str) -> Option<Value> {
        self.column(name).and_then(|column| column.values.get(row))
    }
}

impl Values {
    /// Number of values, `NULL`s included.
    pub fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Decimal(values) => values.unscaled.len(),
            Self::Text(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::Timestamp(values) => values.len(),
        }
    }

    /// True when there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn bytes(&self) -> usize {
        fn cells<T>(values: &Vec<T>) -> usize {
            values.capacity() * size_of::<T>()
        }
        match self {
            Self::Bool(values) => cells(values),
            Self::Int(values) => cells(values),
            Self::Float(values) => cells(values),
            Self::Decimal(values) => cells(&values.unscaled),
            Self::Text(values) => {
                cells(values) + values.iter().flatten().map(String::capacity).sum::<usize>()
            }
            Self::Date(values) => cells(values),
            Self::Timestamp(values) => cells(values),
        }
    }

    /// The value at `row`; `None` past the end.
    pub fn get(&self, row: usize) -> Option<Value> {
        fn cell<T: Clone>(values: &[Option<T>], row: usize, wrap: impl Fn(T) -> Value) -> Option<Value> {
            values.get(row).map(|value| value.clone().map_or(Value::Null, wrap))
        }
        match self {
            Self::Bool(values) => cell(values, row, Value::Bool),
            Self::Int(values) => cell(values, row, Value::Int),
            Self::Float(values) => cell(values, row, Value::Float),
            Self::Decimal(values) => {
                cell(&values.unscaled, row, |unscaled| Value::Decimal { unscaled, scale: values.scale })
            }
            Self::Text(values) => cell(values, row, Value::Text),
            Self::Date(values) => cell(values, row, Value::Date),
            Self::Timestamp(values) => cell(values, row, Value::Timestamp),
        }
    }

    /// The values of these rows, in this order; a row past the end gives nothing.
    #[must_use]
    pub fn pick(&self, rows: &[usize]) -> Self {
        fn cells<T: Clone>(values: &[Option<T>], rows: &[usize]) -> Vec<Option<T>> {
            rows.iter().filter_map(|row| values.get(*row).cloned()).collect()
        }
        match self {
            Self::Bool(values) => Self::Bool(cells(values, rows)),
            Self::Int(values) => Self::Int(cells(values, rows)),
            Self::Float(values) => Self::Float(cells(values, rows)),
            Self::Decimal(values) => {
                Self::Decimal(DecimalValues { scale: values.scale, unscaled: cells(&values.unscaled, rows) })
            }
            Self::Text(values) => Self::Text(cells(values, rows)),
            Self::Date(values) => Self::Date(cells(values, rows)),
            Self::Timestamp(values) => Self::Timestamp(cells(values, rows)),
        }
    }

    /// True for the types one can sum.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Float(_) | Self::Decimal(_))
    }

    /// The type in words a business user knows: `text`, `number`, `date` ..
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(_) => "yes/no",
            Self::Int(_) | Self::Float(_) | Self::Decimal(_) => "number",
            Self::Text(_) => "text",
            Self::Date(_) => "date",
            Self::Timestamp(_) => "time",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, values: Values) -> Column {
        Column { name: name.to_owned(), values }
    }

    #[test]
    fn columns_of_different_length_or_equal_name_are_refused() {
        let long = column("long", Values::Int(vec![Some(1), Some(2)]));
        let short = column("short", Values::Bool(vec![None]));
        let error = Frame::new(vec![long.clone(), short]).expect_err("lengths differ");
        assert_eq!(error.to_string(), "column \"short\" has 1 rows, \"long\" has 2");
        let twice = Frame::new(vec![long.clone(), long]).expect_err("names are equal");
        assert!(twice.to_string().contains("another name with AS"));
    }

    #[test]
    fn cells_keep_their_type() {
        let decimals = DecimalValues { scale: 2, unscaled: vec![Some(-5), None] };
        let frame = Frame::new(vec![column("n", Values::Decimal(decimals))]).expect("one column");
        assert_eq!(frame.value(0, "n"), Some(Value::Decimal { unscaled: -5, scale: 2 }));
        assert_eq!(frame.value(1, "n"), Some(Value::Null));
        assert_eq!(frame.value(2, "n"), None);
        assert_eq!(frame.value(0, "m"), None);
        assert_eq!(frame.value(0, "n").expect("a cell").to_string(), "-0.05");
    }

    #[test]
    fn a_time_without_a_zone_is_never_given_one() {
        let moment = || Values::Timestamp(vec![Some("2026-03-05T10:00:07Z".parse().expect("a moment"))]);
        let frame = Frame::new(vec![column("wall", moment()), column("instant", moment())]).expect("a frame");
        let frame = frame.with_zoneless(vec!["wall".to_owned()]);
        let shown = |name| {
            let column = frame.column(name).expect("the column");
            (frame.plain(column, 0), frame.show(column, 0, Format::DateTime, Locale::En))
        };
        assert_eq!(shown("wall"), ("2026-03-05T10:00:07".to_owned(), "5 Mar 2026, 10:00".to_owned()));
        let (plain, read) = shown("instant");
        assert!(plain.ends_with('Z') && read.ends_with(" UTC"), "{plain} {read}");
    }

    #[test]
    fn a_frame_survives_the_pipe() {
        let frame = Frame::new(vec![
            column("day", Values::Date(vec![NaiveDate::from_ymd_opt(2026, 3, 5), None])),
            column("amount", Values::Decimal(DecimalValues { scale: 2, unscaled: vec![Some(1), Some(2)] })),
        ])
        .expect("equal lengths");
        let json = serde_json::to_string(&frame).expect("a frame is JSON");
        assert_eq!(serde_json::from_str::<Frame>(&json).expect("the same frame"), frame);
    }

    #[test]
    fn a_part_of_a_frame_never_forgets_its_tables_and_no_rows_are_made_from_nothing() {
        let frame = Frame::new(vec![column("n", Values::Int(vec![Some(1), Some(2)]))]).expect("one column");
        let frame = frame.with_made_from(BTreeSet::from(["gold.a".to_owned(), "gold.b".to_owned()]));
        let tables = |frame: &Frame| frame.made_from().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(tables(&frame.pick(&[1])), ["gold.a", "gold.b"]);
        assert_eq!(tables(&frame.only(&["n"])), ["gold.a", "gold.b"]);
        let json = serde_json::to_string(&frame).expect("a frame is JSON");
        let read: Frame = serde_json::from_str(&json).expect("the same frame");
        assert_eq!(tables(&read), ["gold.a", "gold.b"]);
        assert!(tables(&frame.pick(&[])).is_empty());
    }

    #[test]
    fn picked_rows_come_in_the_order_asked_for() {
        let values = Values::Text(vec![Some("a".into()), None, Some("c".into())]);
        assert_eq!(values.pick(&[2, 0, 9, 1]), Values::Text(vec![Some("c".into()), Some("a".into()), None]));
    }
}
