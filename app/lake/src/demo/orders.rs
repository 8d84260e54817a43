//! What is ordered on a day, and what comes back later.

use super::calendar::{Day, demand, month_of_year, sale_week};
use super::draw::{Dice, Stream, nearest};
use super::reference::CATEGORIES;
use super::world::{PER_CATEGORY, World};

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// Credit or debit card.
    Card,
    /// The wallet of that name.
    PayPal,
    /// SEPA direct debit.
    Debit,
    /// On invoice, due after delivery.
    Invoice,
    /// In three monthly instalments.
    Instalment,
}

impl Method {
    /// As the webshop names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Card => "Card",
            Self::PayPal => "PayPal",
            Self::Debit => "SEPA DD",
            Self::Invoice => "Invoice",
            Self::Instalment => "Instalment",
        }
    }
}

/// What about an order is settled beforehand, so that the smallest company has what a large one has by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Nothing: everything happens by chance.
    Open,
    /// It is paid at once, and its payment recorded on the same day.
    Prompt,
    /// It is not paid before it is a case for collections.
    Unpaid,
    /// Like [`Course::Unpaid`]; then it is paid by a transfer that names no order.
    Nameless,
}

/// One line of an order.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Place of the product.
    pub(crate) product: usize,
    /// Pieces.
    pub(crate) units: i32,
    /// Price of a piece in cents, before the discount.
    pub(crate) price: i64,
    /// Discount on the line in cents.
    pub(crate) discount: i64,
    /// The day the goods came back.
    pub(crate) returned: Option<Day>,
}

impl Line {
    /// What the line is worth in cents.
    pub(crate) fn amount(&self) -> i64 {
        self.price * i64::from(self.units) - self.discount
    }
}

/// An order.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Its number, unique over all days.
    pub(crate) number: i64,
    /// The day it was placed.
    pub(crate) day: Day,
    /// The second of the day it was placed.
    pub(crate) second: i32,
    /// Number of the customer.
    pub(crate) customer: usize,
    /// Where it was placed.
    pub(crate) device: &'static str,
    /// How it is paid.
    pub(crate) method: Method,
    /// What is settled beforehand.
    pub(crate) course: Course,
    /// The day the webshop's record reached the lake.
    pub(crate) seen: Day,
    /// The day the ERP's records of the sale reached the lake.
    pub(crate) booked: Day,
    /// What was ordered.
    pub(crate) lines: Vec<Line>,
}

impl Order {
    /// As people quote it.
    pub(crate) fn id(&self) -> String {
        format!("NK-{:010}", self.number)
    }

    /// The value of all lines in cents.
    pub(crate) fn total(&self) -> i64 {
        self.lines.iter().map(Line::amount).sum()
    }

    /// The value of the lines that stayed with the customer, in cents.
    pub(crate) fn kept(&self) -> i64 {
        self.lines.iter().filter(|line| line.returned.is_none()).map(Line::amount).sum()
    }

    /// Settles that it is paid at once and recorded on its day.
    pub(crate) fn pay_at_once(&mut self) {
        (self.method, self.course) = (Method::Card, Course::Prompt);
        (self.seen, self.booked) = (self.day, self.day);
    }

    /// Settles that it is kept, and its invoice not paid in time.
    pub(crate) fn leave_unpaid(&mut self, course: Course) {
        (self.method, self.course) = (Method::Invoice, course);
        (self.seen, self.booked) = (self.day, self.day);
        for line in &mut self.lines {
            line.returned = None;
        }
    }

    /// The day the record of a return reached the lake.
    pub(crate) fn return_seen(&self, returned: Day) -> Day {
        returned + i32::from(self.number % 9 == 0)
    }
}

/// Share of the orders in each hour of the day (UTC).
const HOURS: [f64; 24] = [
    1.0, 0.6, 0.4, 0.3, 0.4, 0.9, 1.9, 3.0, 3.9, 4.6, 5.0, 5.3, 5.4, 5.1, 5.0, 5.2, 5.6, 6.2, 7.1, 7.9, 7.6,
    5.9, 3.7, 2.0,
];

/// The orders of a day, one at least: they depend on the company and the day alone.
pub(crate) fn orders(world: &World, day: Day) -> Vec<Order> {
    let mut dice = Dice::new(world.seed, Stream::Orders, u64::from(day.cast_unsigned()));
    let expected = world.rate * demand(world.start, day) * (1.0 + 0.05 * dice.normal());
    let amount = nearest(expected + dice.unit() - 0.5).max(1);
    (0..amount).map(|place| order(world, &mut dice, day, place)).collect()
}

/// An order of a day: `place` counts those before it.
pub(crate) fn order(world: &World, dice: &mut Dice, day: Day, place: i64) -> Order {
    let hour = dice.weighted(HOURS.iter().copied());
    let second = i32::try_from(hour).unwrap_or(0) * 3600 + dice.whole(0, 3599);
    let customers = world.customers(day);
    // Some customers order far more often than others.
    let share = dice.unit() * dice.unit().sqrt();
    let customer = usize::try_from(nearest(share * super::draw::count(customers - 1))).unwrap_or(0);
    let device = ["App", "Mobile web", "Desktop"][dice.weighted([0.44, 0.31, 0.25].into_iter())];
    let methods = [Method::Card, Method::PayPal, Method::Debit, Method::Invoice, Method::Instalment];
    let method = methods[dice.weighted([0.21, 0.27, 0.12, 0.34, 0.06].into_iter())];
    let seen = day + [0, 1, 2, 3][dice.weighted([0.985, 0.011, 0.003, 0.001].into_iter())];
    let booked = seen + [0, 1, 2, 5][dice.weighted([0.90, 0.085, 0.012, 0.003].into_iter())];
    Order {
        number: i64::from(day) * 100_000 + place,
        day,
        second,
        customer,
        device,
        method,
        course: Course::Open,
        seen,
        booked,
        lines: lines(world, dice, day, booked),
    }
}

fn lines(world: &World, dice: &mut Dice, day: Day, booked: Day) -> Vec<Line> {
    let first = popular(world, dice, day);
    let mut products = vec![first];
    while products.len() < 5 && dice.chance(0.42) {
        let next = if dice.chance(0.6) {
            *dice.one(&world.products[first].complements)
        } else {
            popular(world, dice, day)
        };
        if !products.contains(&next) {
            products.push(next);
        }
    }
    products.into_iter().map(|product| line(world, dice, day, booked, product)).collect()
}

fn line(world: &World, dice: &mut Dice, day: Day, booked: Day, product: usize) -> Line {
    let units = [1, 2, 3][dice.weighted([0.86, 0.11, 0.03].into_iter())];
    let price = world.price(product, day);
    let percent = if sale_week(day) {
        *dice.one(&[15, 20, 30])
    } else if dice.chance(0.12) {
        10
    } else {
        0
    };
    let discount = price * i64::from(units) * percent / 100;
    let category = &CATEGORIES[world.products[product].category];
    let returned = dice.chance(category.returns).then(|| booked + 3 + dice.whole(2, 28));
    Line { product, units, price, discount, returned }
}

/// A product, as likely as it sells at this time of the year.
pub(crate) fn popular(world: &World, dice: &mut Dice, day: Day) -> usize {
    let month = month_of_year(day);
    let category = dice.weighted(CATEGORIES.iter().map(|category| category.share * category.season[month]));
    let first = category * PER_CATEGORY;
    let shelf = &world.products[first..first + PER_CATEGORY];
    first + dice.weighted(shelf.iter().map(|product| product.popularity))
}
