//! Tables on their way to the lake: what their columns are, and a chunk of their rows.

use std::borrow::Cow;

use super::draw::euros;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// UTF-8 text.
    Text,
    /// 64-bit whole number.
    Long,
    /// 32-bit whole number.
    Int,
    /// 64-bit floating point; amounts have two decimals.
    Double,
    /// Calendar date.
    Date,
    /// Instant in UTC.
    Instant,
    /// Truth value.
    Flag,
}

/// A column of a demo table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Col {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its type.
    pub(crate) kind: Kind,
    /// What it means; becomes the column comment of the Delta table.
    pub(crate) comment: &'static str,
}

/// Shorthand for a column in a table's list.
pub(crate) const fn col(name: &'static str, kind: Kind, comment: &'static str) -> Col {
    Col { name, kind, comment }
}

/// How a table grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    /// Rows arrive on a day and stay as they are; a later run adds what arrived since.
    Append,
    /// The table shows the state at the last day; a later run replaces it.
    Snapshot,
}

/// A demo table without its rows.
#[derive(Debug)]
pub(crate) struct Spec {
    /// Its name in SQL: `gold.collections`.
    pub(crate) name: &'static str,
    /// What it holds; becomes the comment of the Delta table.
    pub(crate) comment: &'static str,
    /// How it grows.
    pub(crate) growth: Growth,
    /// The text column that splits its files, if any.
    pub(crate) partition: Option<&'static str>,
    /// Its columns in order.
    pub(crate) columns: &'static [Col],
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// No value.
    Null,
    /// Text.
    Text(Cow<'static, str>),
    /// For [`Kind::Long`].
    Long(i64),
    /// For [`Kind::Int`].
    Int(i32),
    /// For [`Kind::Double`].
    Double(f64),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01 UTC.
    Instant(i64),
    /// Truth value.
    Flag(bool),
}

impl Cell {
    /// A whole number of cents as an amount in euros.
    pub(crate) fn cents(cents: i64) -> Self {
        Self::Double(euros(cents))
    }

    /// The cell, or no value.
    pub(crate) fn or_null(cell: Option<Self>) -> Self {
        cell.unwrap_or(Self::Null)
    }
}

impl From<&'static str> for Cell {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

/// The values of one column in a chunk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cells {
    /// Text.
    Text(Vec<Option<Cow<'static, str>>>),
    /// 64-bit whole numbers.
    Long(Vec<Option<i64>>),
    /// 32-bit whole numbers.
    Int(Vec<Option<i32>>),
    /// Floating point.
    Double(Vec<Option<f64>>),
    /// Days since 1970-01-01.
    Date(Vec<Option<i32>>),
    /// Microseconds since 1970-01-01 UTC.
    Instant(Vec<Option<i64>>),
    /// Truth values.
    Flag(Vec<Option<bool>>),
}

impl Cells {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(Vec::new()),
            Kind::Long => Self::Long(Vec::new()),
            Kind::Int => Self::Int(Vec::new()),
            Kind::Double => Self::Double(Vec::new()),
            Kind::Date => Self::Date(Vec::new()),
            Kind::Instant => Self::Instant(Vec::new()),
            Kind::Flag => Self::Flag(Vec::new()),
        }
    }

    /// False when the value is not of the column's type.
    fn push(&mut self, cell: Cell) -> bool {
        match (self, cell) {
            (Self::Text(values), Cell::Text(value)) => values.push(Some(value)),
            (Self::Text(values), Cell::Null) => values.push(None),
            (Self::Long(values), Cell::Long(value)) | (Self::Instant(values), Cell::Instant(value)) => {
                values.push(Some(value));
            }
            (Self::Long(values) | Self::Instant(values), Cell::Null) => values.push(None),
            (Self::Int(values), Cell::Int(value)) | (Self::Date(values), Cell::Date(value)) => {
                values.push(Some(value));
            }
            (Self::Int(values) | Self::Date(values), Cell::Null) => values.push(None),
            (Self::Double(values), Cell::Double(value)) => values.push(Some(value)),
            (Self::Double(values), Cell::Null) => values.push(None),
            (Self::Flag(values), Cell::Flag(value)) => values.push(Some(value)),
            (Self::Flag(values), Cell::Null) => values.push(None),
            _ => return false,
        }
        true
    }
}

/// A chunk of a table's rows, column by column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    /// One entry a column, in the order of the table's list.
    pub(crate) columns: Vec<Cells>,
    /// How many rows there are.
    pub(crate) len: usize,
}

impl Rows {
    /// No rows yet.
    pub(crate) fn new(spec: &Spec) -> Self {
        Self { columns: spec.columns.iter().map(|column| Cells::new(column.kind)).collect(), len: 0 }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// When the row does not have the table's columns: a mistake in this module, never in data.
    pub(crate) fn push<const N: usize>(&mut self, row: [Cell; N]) {
        assert_eq!(N, self.columns.len(), "a row has as many cells as its table has columns");
        for (place, (column, cell)) in self.columns.iter_mut().zip(row).enumerate() {
            assert!(column.push(cell), "the cell at place {place} has the type of its column");
        }
        self.len += 1;
    }
}
