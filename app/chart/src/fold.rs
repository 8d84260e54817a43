//! At most eight series: what belongs together becomes a band, what is too much becomes "Other".

use std::ops::RangeInclusive;

use lakeport_frame::{Column, Format};

use crate::ChartSpec;
use crate::data::{Band, Series};

/// As many as there are colours a person can tell apart.
const MOST: usize = 8;

/// The class of "Other".
const OTHER: u8 = 8;

/// A series as it is read: only the places it has.
pub(crate) struct Sparse {
    pub(crate) name: String,
    /// Index of its value column.
    pub(crate) column: usize,
    /// True when it says what is expected.
    pub(crate) expected: bool,
    pub(crate) cells: Vec<(usize, Option<f64>)>,
}

impl Sparse {
    fn weight(&self) -> f64 {
        self.cells.iter().filter_map(|(_, value)| *value).map(f64::abs).sum()
    }

    fn dense(&self, places: usize) -> Vec<Option<f64>> {
        let mut values = vec![None; places];
        for (place, value) in &self.cells {
            values[*place] = *value;
        }
        values
    }
}

/// Pairs of series whose columns differ only in `lower` and `upper`.
pub(crate) fn bands(ys: &[&Column], sparse: &[Sparse]) -> Vec<(usize, usize)> {
    let index_of = |name: &str| {
        sparse.iter().position(|series| ys.get(series.column).is_some_and(|column| column.name == name))
    };
    let pairs: Vec<_> = ys
        .iter()
        .filter(|column| column.name.contains("lower"))
        .filter_map(|lower| {
            Some((index_of(&lower.name)?, index_of(&lower.name.replacen("lower", "upper", 1))?))
        })
        .collect();
    // A band without a line in it would have no name and no colour of its own.
    if pairs.len() * 3 <= sparse.len() { pairs } else { Vec::new() }
}

/// The series to draw. The first band belongs to the first line, and so on.
pub(crate) fn fold(
    spec: &ChartSpec,
    sparse: Vec<Sparse>,
    bands: &[(usize, usize)],
    places: usize,
    notes: &mut Vec<String>,
) -> Vec<Series> {
    let in_band = |index: usize| bands.iter().any(|(lower, upper)| index == *lower || index == *upper);
    let lines: Vec<usize> = (0..sparse.len()).filter(|index| !in_band(*index)).collect();
    let summable = !matches!(spec.format, Format::Percent(_));
    let has_other = summable && lines.len() > MOST;
    let kept = match lines.len() {
        few if few <= MOST => lines,
        _ => largest(&sparse, lines, if summable { MOST - 1 } else { MOST }),
    };
    let free = 1..=if has_other { OTHER - 1 } else { OTHER };
    let names: Vec<&str> = kept.iter().map(|index| sparse[*index].name.as_str()).collect();
    let mut series: Vec<Series> = kept
        .iter()
        .zip(classes(&names, &spec.names, free))
        .map(|(index, class)| Series {
            name: sparse[*index].name.clone(),
            class,
            values: sparse[*index].dense(places),
            band: None,
            expected: sparse[*index].expected,
        })
        .collect();
    for (series, (lower, upper)) in series.iter_mut().zip(bands) {
        series.band = Some(Band {
            lower_name: sparse[*lower].name.clone(),
            upper_name: sparse[*upper].name.clone(),
            lower: sparse[*lower].dense(places),
            upper: sparse[*upper].dense(places),
        });
    }
    let rest: Vec<&Sparse> = (0..sparse.len())
        .filter(|index| !in_band(*index) && !kept.contains(index))
        .map(|index| &sparse[index])
        .collect();
    if rest.is_empty() {
        return series;
    }
    if has_other {
        let mut values = vec![None; places];
        for (place, value) in rest.iter().flat_map(|sparse| &sparse.cells) {
            if let Some(value) = value {
                *values[*place].get_or_insert(0.0) += value;
            }
        }
        series.push(Series {
            name: format!("Other ({})", rest.len()),
            class: OTHER,
            values,
            band: None,
            expected: false,
        });
        notes.push(format!("\"Other\" is the sum of the {} smallest series.", rest.len()));
    } else {
        notes.push(format!("The {} smallest series are not shown.", rest.len()));
    }
    series
}

/// A class a name, no two the same. The first eight of all names there may be have one each, the ninth has that of the
/// first again, and a name that is not among them has one by its letters. Of two that have the same, the one further
/// behind takes the next that is free.
fn classes(names: &[&str], known: &[String], free: RangeInclusive<u8>) -> Vec<u8> {
    let place = |name: &str| {
        if known.is_empty() {
            names.iter().position(|other| *other == name)
        } else {
            known.iter().position(|known| known == name)
        }
    };
    // As long as there are classes that no known name has, only those are for the others.
    let first = if known.len() < MOST { known.len() } else { 0 };
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|index| (place(names[*index]).unwrap_or(usize::MAX), names[*index]));
    let mut classes = vec![OTHER; names.len()];
    let mut taken = Vec::with_capacity(names.len());
    for index in order {
        let own = place(names[index]).unwrap_or_else(|| first + by_letters(names[index]) % (MOST - first));
        let mut from_own = (1..=OTHER).cycle().skip(own % MOST).take(MOST);
        if let Some(class) = from_own.find(|class| free.contains(class) && !taken.contains(class)) {
            taken.push(class);
            classes[index] = class;
        }
    }
    classes
}

/// A number that a name has always and everywhere (FNV-1a, of which the highest bits are mixed best).
fn by_letters(name: &str) -> usize {
    let mixed = name
        .bytes()
        .fold(0x811c_9dc5_u32, |number, byte| (number ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    usize::from(mixed.to_be_bytes()[0])
}

/// The `count` largest, in their old order.
fn largest(sparse: &[Sparse], mut lines: Vec<usize>, count: usize) -> Vec<usize> {
    lines.sort_by(|a, b| sparse[*b].weight().total_cmp(&sparse[*a].weight()));
    lines.truncate(count);
    lines.sort_unstable();
    lines
}
