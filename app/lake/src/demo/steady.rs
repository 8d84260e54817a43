//! What even the smallest company has: something that arrives every day, a claim that becomes a case every few days,
//! and a transfer that names no order. A large company has all of that by chance; there nothing is changed.

use std::collections::BTreeSet;

use super::calendar::Day;
use super::draw::{Dice, Stream};
use super::orders::{Course, Method, Order, order, orders};
use super::payments::{CASE_AFTER, settle};
use super::world::World;

/// A case is opened at least once in this many days.
const CASE_EVERY: Day = 4;

/// All orders from the company's first day to `last`, day by day.
pub(crate) fn every_order(world: &World, last: Day) -> Vec<Order> {
    let mut collections = Collections { world, opened: BTreeSet::new(), helped: false };
    let mut all = Vec::new();
    for day in world.start..=last {
        let mut today = orders(world, day);
        if !today.iter().any(|order| is_prompt(world, order))
            && let Some(first) = today.first_mut()
        {
            first.pay_at_once();
        }
        collections.keep_coming(day, &mut today);
        all.append(&mut today);
    }
    all
}

/// True when sale and payment of an order are recorded on its day.
fn is_prompt(world: &World, order: &Order) -> bool {
    order.booked == order.day && settle(world, order).payments.iter().any(|paid| paid.seen == order.day)
}

/// The cases that the orders so far lead to.
struct Collections<'a> {
    world: &'a World,
    /// The days on which cases are opened.
    opened: BTreeSet<Day>,
    /// Whether an order was added before.
    helped: bool,
}

impl Collections<'_> {
    /// Adds an order that nobody pays to those of a day, unless they or earlier ones lead to a case in time.
    fn keep_coming(&mut self, day: Day, today: &mut Vec<Order>) {
        let claims = today.iter().filter(|order| !matches!(order.method, Method::Card | Method::PayPal));
        let cases = claims.filter_map(|order| settle(self.world, order).case);
        self.opened.extend(cases.map(|case| case.opened));
        let opens = day + CASE_AFTER;
        if self.opened.range(opens - CASE_EVERY + 1..=opens).next().is_some() {
            return;
        }
        let course = if self.helped { Course::Unpaid } else { Course::Nameless };
        let mut dice = Dice::new(self.world.seed, Stream::Cases, u64::from(day.cast_unsigned()));
        let place = i64::try_from(today.len()).unwrap_or(i64::MAX);
        let mut unpaid = order(self.world, &mut dice, day, place);
        unpaid.leave_unpaid(course);
        today.push(unpaid);
        self.opened.insert(opens);
        self.helped = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Day = 20_100;

    /// Small and large companies; the smallest are the likeliest to have gaps, so more of them are tried.
    fn companies() -> impl Iterator<Item = World> {
        let scales = [(1_000, 8), (3_000, 4), (10_000, 1), (30_000, 1)];
        scales
            .into_iter()
            .flat_map(|(scale, seeds)| (0..seeds).map(move |seed| World::new(seed, FIRST, scale)))
    }

    #[test]
    fn no_day_passes_without_a_sale_and_a_payment() {
        for world in companies() {
            let all = every_order(&world, FIRST + 400);
            for today in all.chunk_by(|a, b| a.day == b.day) {
                assert!(today.iter().any(|order| is_prompt(&world, order)), "day {}", today[0].day);
            }
            let days: BTreeSet<Day> = all.iter().map(|order| order.day).collect();
            assert_eq!(days.len(), 401);
        }
    }

    #[test]
    fn no_four_days_pass_without_a_case_and_no_company_without_a_nameless_transfer() {
        for world in companies() {
            let last = FIRST + 400;
            let settled: Vec<_> =
                every_order(&world, last).iter().map(|order| settle(&world, order)).collect();
            let opened: BTreeSet<Day> =
                settled.iter().filter_map(|of| of.case.as_ref()).map(|case| case.opened).collect();
            for day in FIRST + CASE_AFTER + CASE_EVERY..=last {
                assert!(opened.range(day - CASE_EVERY + 1..=day).next().is_some(), "none until {day}");
            }
            let mut payments = settled.iter().flat_map(|settled| &settled.payments);
            assert!(payments.any(|payment| !payment.assigned && payment.seen <= last));
        }
    }

    #[test]
    fn a_lake_that_is_continued_never_sees_another_past() {
        for world in companies() {
            let late = every_order(&world, FIRST + 200);
            let early = every_order(&world, FIRST + 160);
            assert!(early.len() < late.len());
            for (then, now) in early.iter().zip(&late) {
                assert_eq!((then.number, then.method, then.course), (now.number, now.method, now.course));
            }
        }
    }

    #[test]
    fn a_large_company_is_left_to_chance() {
        let world = World::new(7, FIRST, 300_000);
        assert!(every_order(&world, FIRST + 60).iter().all(|order| order.course == Course::Open));
    }
}
