//! What people do in the webshop: sessions with their events.

use super::calendar::Day;
use super::draw::{Dice, Stream};
use super::orders::{Order, popular};
use super::world::World;

/// Something that happened in a session.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// `session_start`, `view_item`, `add_to_cart` or `purchase`.
    pub(crate) name: &'static str,
    /// Seconds since the session began.
    pub(crate) after: i32,
    /// Place of the product it is about.
    pub(crate) product: Option<usize>,
}

/// A visit.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Its number, unique over all days.
    pub(crate) number: i64,
    /// The day it began.
    pub(crate) day: Day,
    /// The second of the day it began.
    pub(crate) second: i32,
    /// The signed-in customer, if any.
    pub(crate) customer: Option<usize>,
    /// App, mobile web or desktop.
    pub(crate) device: &'static str,
    /// Where the visitor came from.
    pub(crate) source: &'static str,
    /// The number of the order placed in it.
    pub(crate) order: Option<i64>,
    /// What happened, in order.
    pub(crate) events: Vec<Event>,
    /// The day the events reached the lake.
    pub(crate) seen: Day,
}

const SOURCES: [&str; 6] =
    ["direct", "google / organic", "google / cpc", "newsletter", "social", "affiliate"];
const SOURCE_SHARES: [f64; 6] = [0.27, 0.26, 0.21, 0.10, 0.11, 0.05];

/// The recorded sessions of a day: one for each order and about as many without one. Analytics samples
/// visits that end without an order, so this is no conversion rate.
pub(crate) fn sessions(world: &World, day: Day, orders: &[Order]) -> Vec<Session> {
    let mut dice = Dice::new(world.seed, Stream::Web, u64::from(day.cast_unsigned()));
    let mut sessions = Vec::with_capacity(orders.len() * 2);
    for order in orders {
        sessions.push(buying(&mut dice, order));
        if dice.chance(0.92) {
            sessions.push(looking(world, &mut dice, order, day));
        }
    }
    // Something is recorded every day, also where hardly anybody looks.
    if sessions.iter().all(|session| session.seen > day)
        && let Some(first) = sessions.first_mut()
    {
        first.seen = day;
    }
    for (place, session) in sessions.iter_mut().enumerate() {
        session.number = i64::from(day) * 1_000_000 + i64::try_from(place).unwrap_or(0);
    }
    sessions
}

fn buying(dice: &mut Dice, order: &Order) -> Session {
    let length = dice.whole(90, 1500);
    let mut events: Vec<Event> = (1..)
        .zip(&order.lines)
        .take(3)
        .map(|(place, line)| Event {
            name: "view_item",
            after: length * place / 8,
            product: Some(line.product),
        })
        .collect();
    let first = order.lines[0].product;
    events.push(Event { name: "add_to_cart", after: length / 2, product: Some(first) });
    events.push(Event { name: "purchase", after: length, product: None });
    Session {
        number: 0,
        day: order.day,
        second: (order.second - length).max(0),
        customer: Some(order.customer),
        device: order.device,
        source: SOURCES[dice.weighted(SOURCE_SHARES.iter().copied())],
        order: Some(order.number),
        events,
        seen: order.day + i32::from(dice.chance(0.01)),
    }
}

fn looking(world: &World, dice: &mut Dice, like: &Order, day: Day) -> Session {
    let first = popular(world, dice, day);
    let mut events = vec![Event { name: "session_start", after: 0, product: None }];
    events.push(Event { name: "view_item", after: dice.whole(5, 90), product: Some(first) });
    if dice.chance(0.3) {
        let next = *dice.one(&world.products[first].complements);
        events.push(Event { name: "view_item", after: dice.whole(91, 240), product: Some(next) });
    }
    if dice.chance(0.12) {
        events.push(Event { name: "add_to_cart", after: dice.whole(241, 500), product: Some(first) });
    }
    let signed_in = dice.chance(0.35);
    Session {
        number: 0,
        day,
        second: (like.second + dice.whole(0, 7200)) % 85_800,
        customer: signed_in.then(|| dice.place(world.customers(day))),
        device: ["App", "Mobile web", "Desktop"][dice.weighted([0.3, 0.45, 0.25].into_iter())],
        source: SOURCES[dice.weighted(SOURCE_SHARES.iter().copied())],
        order: None,
        events,
        seen: day + i32::from(dice.chance(0.01)),
    }
}
