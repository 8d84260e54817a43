//! The demo company at rest: its products and customers, and how many of them there are on a day.

use super::calendar::{Day, demand};
use super::draw::{Dice, Stream, count, nearest, share};
use super::places::{CITIES, City};
use super::reference::{BRANDS, CATEGORIES, CREDITORS, FIRST_NAMES, LAST_NAMES, STREETS};

/// Products a category has.
pub(crate) const PER_CATEGORY: usize = 40;

/// The scale counts the orders of this many days, about thirty months, so that what happens on a day
/// does not depend on which day is the last.
pub(crate) const SPAN: i32 = 913;

/// The number of customers grows as that of a company with at least this many orders: by one every four days.
const SMALLEST_GROWTH: u64 = 2_500;

/// A product.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its brand.
    pub(crate) brand: &'static str,
    /// Place of its category.
    pub(crate) category: usize,
    /// Price at the start, in cents.
    pub(crate) price: i64,
    /// Place of the company that sells it.
    pub(crate) creditor: usize,
    /// How often it is bought, compared with the others of its category.
    pub(crate) popularity: f64,
    /// Products bought together with it.
    pub(crate) complements: [usize; 3],
}

/// How likely a customer is to pay late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Risk {
    /// Pays on time as a rule.
    Low,
    /// Needs reminders now and then.
    Medium,
    /// Pays late as a rule.
    High,
}

impl Risk {
    /// As the CRM names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A customer; everything but the number is personal data.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    /// First name.
    pub(crate) first: &'static str,
    /// Last name.
    pub(crate) last: &'static str,
    /// Street and house number, now and before the latest change.
    pub(crate) streets: [String; 2],
    /// Postal code.
    pub(crate) postal: String,
    /// Year of birth.
    pub(crate) born: i32,
    /// Where the customer lives.
    pub(crate) city: &'static City,
    /// Customer group.
    pub(crate) segment: &'static str,
    /// Payment behaviour.
    pub(crate) risk: Risk,
    /// Agreed to the newsletter.
    pub(crate) newsletter: bool,
    /// The day the account was opened.
    pub(crate) since: Day,
    /// The day the account was changed last, if it ever was.
    pub(crate) changed: Option<Day>,
}

impl Customer {
    /// Street and house number as known on a day.
    pub(crate) fn street(&self, at: Day) -> &str {
        &self.streets[usize::from(self.changed.is_some_and(|changed| changed > at))]
    }

    /// The e-mail address of the customer with a number.
    pub(crate) fn email(&self, number: usize) -> String {
        let plain =
            |name: &str| name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
        format!("{}.{}{}@post.example", plain(self.first), plain(self.last), number % 997)
    }
}

/// The demo company.
#[derive(Debug)]
pub(crate) struct World {
    /// Seed of everything random.
    pub(crate) seed: u64,
    /// First day with orders.
    pub(crate) start: Day,
    /// Orders on a day with demand 1.
    pub(crate) rate: f64,
    /// Orders in the first [`SPAN`] days.
    scale: u32,
    /// All products, category by category.
    pub(crate) products: Vec<Product>,
}

impl World {
    /// The company that sells about `scale` orders in its first thirty months.
    pub(crate) fn new(seed: u64, start: Day, scale: u32) -> Self {
        let span: f64 = (0..SPAN).map(|offset| demand(start, start + offset)).sum();
        let products = (0..CATEGORIES.len() * PER_CATEGORY).map(|place| product(seed, place)).collect();
        Self { seed, start, rate: f64::from(scale) / span, scale, products }
    }

    /// How many customers have an account at the end of a day.
    pub(crate) fn customers(&self, at: Day) -> usize {
        let days = u64::try_from(at - self.start + 1).unwrap_or(0);
        let scale = u64::from(self.scale);
        usize::try_from(scale / 8 + days * scale.max(SMALLEST_GROWTH) / 10_000 + 20).unwrap_or(usize::MAX)
    }

    /// The day a customer's account appears in the CRM export: old accounts on the first day.
    pub(crate) fn appears(&self, number: usize) -> Day {
        if number < self.customers(self.start) {
            return self.start;
        }
        let (mut low, mut high) = (self.start, self.start + 100_000);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.customers(middle) > number {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The customer with a number.
    pub(crate) fn customer(&self, number: usize) -> Customer {
        let mut dice = Dice::new(self.seed, Stream::Customer, number as u64);
        let appears = self.appears(number);
        let newcomer = appears > self.start;
        let city = dice.weighted(CITIES.iter().map(|city| match city.region {
            // Poland and Italy are the regions that grow.
            6 | 7 if newcomer => city.weight * 2.4,
            4 | 5 if newcomer => city.weight * 1.4,
            _ => city.weight,
        }));
        let city = &CITIES[city];
        let since = if newcomer { appears } else { self.start - dice.whole(1, 1800) };
        let changed = dice.chance(0.06).then(|| appears + dice.whole(10, 700));
        Customer {
            first: FIRST_NAMES[dice.place(FIRST_NAMES.len())],
            last: LAST_NAMES[dice.place(LAST_NAMES.len())],
            streets: std::array::from_fn(|_| format!("{} {}", dice.one(&STREETS), dice.whole(1, 140))),
            postal: format!("{}{:03}", city.postal, dice.whole(0, 999)),
            born: dice.whole(1948, 2006),
            segment: ["Consumer", "Family", "Business"][dice.weighted([0.68, 0.23, 0.09].into_iter())],
            risk: [Risk::Low, Risk::Medium, Risk::High][dice.weighted([0.72, 0.21, 0.07].into_iter())],
            newsletter: dice.chance(0.41),
            city,
            since,
            changed,
        }
    }

    /// The price of a product on a day in cents, before any sale: prices rise by 2.5 % a year.
    pub(crate) fn price(&self, product: usize, at: Day) -> i64 {
        let years = f64::from(at - self.start) / 365.25;
        let price = share(self.products[product].price, 1.0 + 0.025 * years);
        (price / 100) * 100 + 99
    }

    /// What a piece of a product costs the company, in cents.
    pub(crate) fn unit_cost(&self, product: usize) -> i64 {
        let product = &self.products[product];
        share(product.price, CATEGORIES[product.category].cost)
    }
}

fn product(seed: u64, place: usize) -> Product {
    let mut dice = Dice::new(seed, Stream::Product, place as u64);
    let category = place / PER_CATEGORY;
    let kind = &CATEGORIES[category];
    let brand = *dice.one(&BRANDS);
    let noun = kind.nouns[place % kind.nouns.len()];
    let spread = (dice.normal() * 0.45).clamp(-1.2, 1.4);
    let price = nearest(kind.price * 100.0 * (1.0 + spread * 0.6).max(0.25));
    let sellers = CREDITORS.iter().enumerate().filter(|(_, (_, _, sells))| *sells == category);
    let sellers: Vec<usize> = sellers.map(|(place, _)| place).collect();
    // The company's own shop sells two thirds; the first of a category's sellers is always its own.
    let creditor = if dice.chance(0.66) { sellers[0] } else { *dice.one(&sellers) };
    let all = CATEGORIES.len() * PER_CATEGORY;
    let complements = std::array::from_fn(|_| {
        let near = category * PER_CATEGORY + dice.place(PER_CATEGORY);
        let other = if dice.chance(0.7) { near } else { dice.place(all) };
        if other == place { (other + 1) % all } else { other }
    });
    Product {
        id: format!("P{:04}", 1000 + place),
        name: format!("{brand} {noun} {}", 100 + 10 * (place % PER_CATEGORY)),
        brand,
        category,
        price,
        creditor,
        popularity: 1.0 / count(place % PER_CATEGORY + 2),
        complements,
    }
}
