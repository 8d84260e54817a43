//! Which rows of a result a page shows, and in which order.

use std::cmp::Ordering;

use lakeport_frame::{Frame, Value};

use crate::dashboards::turned::{Sort, Turn};

/// Rows of one page.
pub(super) const PAGE: usize = 25;

/// The rows of one page, as numbers of rows of the frame.
pub(super) struct Rows {
    pub(super) shown: Vec<usize>,
    /// The page, from 0; an address may name one behind the last.
    pub(super) page: usize,
    pub(super) pages: usize,
}

/// The page of a turned table.
pub(super) fn rows(frame: &Frame, turn: &Turn) -> Rows {
    let pages = frame.rows().div_ceil(PAGE).max(1);
    let page = turn.page.min(pages - 1);
    let order = order(frame, turn.sort.as_ref());
    Rows { shown: order.into_iter().skip(page * PAGE).take(PAGE).collect(), page, pages }
}

/// What rows are compared by: figures as figures, words without regard to capitals.
#[derive(PartialEq, PartialOrd)]
enum Key {
    Figure(f64),
    Moment(i64),
    Words(String),
}

fn key(value: Value) -> Option<Key> {
    if let Some(figure) = value.as_f64() {
        return (!figure.is_nan()).then_some(Key::Figure(figure));
    }
    Some(match value {
        Value::Null => return None,
        Value::Date(day) => Key::Moment(day.to_epoch_days().into()),
        Value::Timestamp(at) => Key::Moment(at.timestamp_micros()),
        other => Key::Words(other.to_string().to_lowercase()),
    })
}

/// All rows in the order asked for; equal ones stay as the query gives them, missing values come last either way.
pub(in crate::dashboards) fn order(frame: &Frame, sort: Option<&Sort>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..frame.rows()).collect();
    let column = sort.and_then(|sort| Some((sort.descending, frame.column(&sort.column)?)));
    if let Some((descending, column)) = column {
        let keys: Vec<Option<Key>> = order.iter().map(|row| column.values.get(*row).and_then(key)).collect();
        order.sort_by(|a, b| match (&keys[*a], &keys[*b]) {
            (Some(a), Some(b)) => {
                let up = a.partial_cmp(b).unwrap_or(Ordering::Equal);
                if descending { up.reverse() } else { up }
            }
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
    }
    order
}
