//! Number axes: ticks at steps of 1, 2 or 5.

use lakeport_frame::Format;

/// An axis of numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    /// Its smallest and largest number.
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Where its ticks stand, ascending.
    pub(crate) ticks: Vec<f64>,
}

/// An axis that holds `low` to `high` with a little air, in about `target` steps.
/// A format without digits behind the point gets no ticks between whole numbers.
pub(crate) fn rounded(low: f64, high: f64, target: f64, format: Format) -> Scale {
    let (low, high) = widened(low, high);
    let mut step = step((high - low) / target);
    if matches!(format, Format::Number(0) | Format::Euro(0)) && high - low >= 1.0 {
        step = step.max(1.0);
    }
    let (first, last) = ((low / step).floor(), (high / step).ceil());
    let mut ticks = multiples(first, last, step);
    let (mut least, mut most) = (first * step, last * step);
    // Up to the next tick would often leave a third of the height empty; air above the highest value is enough.
    let air = (high - low) * 0.06;
    let (closer_low, closer_high) = (least.max(low - air), most.min(high + air));
    let inside = |tick: &f64| (closer_low..=closer_high).contains(tick);
    if ticks.iter().filter(|tick| inside(tick)).count() >= 3 {
        ticks.retain(inside);
        (least, most) = (closer_low, closer_high);
    }
    Scale { low: least, high: most, ticks }
}

/// An axis of exactly `low` to `high`, with the ticks that fall into it.
pub(crate) fn exact(low: f64, high: f64, target: f64) -> Scale {
    let (low, high) = widened(low, high);
    let step = step((high - low) / target);
    Scale { low, high, ticks: multiples((low / step).ceil(), (high / step).floor(), step) }
}

/// Room around a range that is empty or too narrow for a float to divide.
fn widened(low: f64, high: f64) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    if size < 1e-200 {
        (0.0, 1.0)
    } else if high - low < size * 1e-9 {
        (low - size * 0.1, high + size * 0.1)
    } else {
        (low, high)
    }
}

/// The next 1, 2 or 5 times a power of ten.
fn step(raw: f64) -> f64 {
    let power = 10_f64.powf(raw.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw * 0.999)
        .unwrap_or(10.0 * power)
}

fn multiples(first: f64, last: f64, step: f64) -> Vec<f64> {
    let mut ticks = Vec::new();
    let mut index = first;
    // Counted in whole steps, so that no error adds up; the bound holds whatever the floats do.
    while index <= last && ticks.len() < 64 {
        ticks.push(index * step + 0.0);
        index += 1.0;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_are_one_two_or_five() {
        let scale = rounded(0.0, 873.0, 5.0, Format::Number(0));
        assert_eq!(scale.ticks, [0.0, 200.0, 400.0, 600.0, 800.0]);
        assert!(scale.high > 900.0 && scale.high < 1000.0);
        let scale = rounded(-3.9, 4.0, 4.0, Format::Number(1));
        assert_eq!(scale.ticks, [-4.0, -2.0, 0.0, 2.0, 4.0]);
    }

    #[test]
    fn counts_have_no_halves() {
        assert_eq!(rounded(0.0, 2.0, 5.0, Format::Number(0)).ticks, [0.0, 1.0, 2.0]);
        assert_eq!(rounded(0.0, 2.0, 5.0, Format::Number(1)).ticks.len(), 5);
    }

    #[test]
    fn an_exact_axis_keeps_its_ends() {
        let scale = exact(2019.0, 2026.0, 4.0);
        assert_eq!((scale.low, scale.high), (2019.0, 2026.0));
        assert_eq!(scale.ticks, [2020.0, 2022.0, 2024.0, 2026.0]);
    }

    proptest! {
        #[test]
        fn every_range_gets_an_axis(a in -1e300..1e300_f64, b in -1e300..1e300_f64, small: bool) {
            let factor = if small { 1e-300 } else { 1.0 };
            let (low, high) = (a.min(b) * factor, a.max(b) * factor);
            let scale = rounded(low, high, 5.0, Format::Number(2));
            prop_assert!(scale.low <= low && scale.high >= high && scale.low < scale.high);
            prop_assert!((2..=12).contains(&scale.ticks.len()), "{:?}", scale);
        }
    }
}
