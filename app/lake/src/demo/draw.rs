//! Random draws that depend on nothing but a seed and what they are for, and the conversions between
//! whole cents and amounts.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream of draws is for; streams never share numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Properties of a product.
    Product,
    /// Properties of a customer.
    Customer,
    /// The orders of a day.
    Orders,
    /// How an order was paid.
    Payments,
    /// The web sessions of a day.
    Web,
    /// Figures of a competitor in a year.
    Reports,
    /// The order of a day that ends as a case for collections.
    Cases,
}

/// A deterministic source of random numbers.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The draws of `stream` for the thing with number `key`.
    pub(crate) fn new(seed: u64, stream: Stream, key: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8] = stream as u8;
        bytes[16..24].copy_from_slice(&key.to_le_bytes());
        Self(ChaCha8Rng::from_seed(bytes))
    }

    /// Evenly from 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Evenly between two amounts.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn whole(&mut self, low: i32, high: i32) -> i32 {
        self.0.random_range(low..=high)
    }

    /// True with the given probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Evenly one of the items; the list is never empty.
    pub(crate) fn one<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.place(items.len())]
    }

    /// Evenly a place in a list of this length.
    pub(crate) fn place(&mut self, len: usize) -> usize {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        self.0.random_range(0..len.max(1)) as usize
    }

    /// A place in a list, as likely as its weight.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut rest = self.unit() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (place, weight) in weights.enumerate() {
            last = place;
            if rest < weight {
                break;
            }
            rest -= weight;
        }
        last
    }

    /// About normal with mean 0 and deviation 1, from sums only, so that every machine draws the same.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// An amount in cents as euros.
#[expect(clippy::cast_precision_loss, reason = "amounts stay far below 2^53 cents")]
pub(crate) fn euros(cents: i64) -> f64 {
    cents as f64 / 100.0
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "callers pass amounts and counts far inside the range")]
pub(crate) fn nearest(value: f64) -> i64 {
    value.round() as i64
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(crate) fn count(value: usize) -> f64 {
    value as f64
}

/// Rounded to this many decimals.
pub(crate) fn rounded(value: f64, decimals: i32) -> f64 {
    let factor = 10f64.powi(decimals);
    (value * factor).round() / factor
}

/// A share of an amount in cents, in whole cents.
pub(crate) fn share(cents: i64, factor: f64) -> i64 {
    nearest(euros(cents) * factor * 100.0)
}
