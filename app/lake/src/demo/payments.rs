//! How orders are paid: at once, on time, late after reminders, in collection, or never.

use super::calendar::Day;
use super::draw::{Dice, Stream};
use super::orders::{Course, Method, Order};
use super::world::{Risk, World};

/// Days after the sale was booked when an invoice is due.
const TERM: i32 = 16;

/// Days after the due date when an unpaid claim becomes a collection case.
pub(crate) const GRACE: i32 = 14;

/// Days after the sale was booked when an invoice that nobody paid becomes a collection case.
pub(crate) const CASE_AFTER: i32 = TERM + GRACE;

/// A movement of money.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    /// Its number, unique over all orders.
    pub(crate) number: i64,
    /// What it is: `capture`, `invoice`, `instalment`, `collection`, `refund`, `chargeback`.
    pub(crate) kind: &'static str,
    /// The way the money took.
    pub(crate) channel: &'static str,
    /// The amount in cents; negative when it went back to the customer.
    pub(crate) cents: i64,
    /// The day it counts for.
    pub(crate) value: Day,
    /// The day the record reached the lake.
    pub(crate) seen: Day,
    /// Whether the payer quoted the order, so that the payment could be assigned to it.
    pub(crate) assigned: bool,
}

/// A claim that was not paid in time.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The day it was handed to collections.
    pub(crate) opened: Day,
    /// What was claimed, in cents.
    pub(crate) claimed: i64,
    /// How the customer pays, or was asked to.
    pub(crate) channel: &'static str,
    /// How fast this case moves through the stages; 1 is usual.
    pub(crate) speed: f64,
}

/// Everything about the money of an order.
#[derive(Debug, Clone)]
pub(crate) struct Settlement {
    /// When the claim was due; none for orders that were paid at once.
    pub(crate) due: Option<Day>,
    /// What had to be paid after delivery, in cents.
    pub(crate) payable: i64,
    /// All payments, also future ones.
    pub(crate) payments: Vec<Payment>,
    /// The collection case, if the claim became one.
    pub(crate) case: Option<Case>,
}

/// The dunning stage of a claim, in days after its due date.
pub(crate) fn stage(days: f64) -> &'static str {
    match days {
        ..=45.0 => "Reminder",
        ..=100.0 => "Pre-legal",
        ..=200.0 => "Legal",
        ..=360.0 => "Enforcement",
        _ => "Monitoring",
    }
}

/// How an order is paid: depends on the order and the company alone.
pub(crate) fn settle(world: &World, order: &Order) -> Settlement {
    let mut desk = Desk {
        dice: Dice::new(world.seed, Stream::Payments, order.number.cast_unsigned()),
        order,
        payments: Vec::new(),
    };
    let total = order.total();
    let kept = order.kept();
    let (due, payable, case) = match order.method {
        Method::Card | Method::PayPal => {
            desk.pay("capture", order.method.name(), total, order.day, None);
            (None, 0, None)
        }
        Method::Debit => {
            desk.pay("capture", order.method.name(), total, order.day + 2, None);
            if kept > 0 && desk.dice.chance(0.022) {
                let back = order.day + 2 + desk.dice.whole(3, 9);
                desk.pay("chargeback", order.method.name(), -kept, back, None);
                let due = back + 7;
                (Some(due), kept, desk.claim(world, due, kept))
            } else {
                (None, 0, None)
            }
        }
        Method::Invoice => {
            let due = order.booked + TERM;
            (Some(due), kept, desk.claim(world, due, kept))
        }
        Method::Instalment => {
            let part = kept / 3;
            desk.pay("instalment", "SEPA DD", part, order.booked + 30, None);
            desk.pay("instalment", "SEPA DD", part, order.booked + 60, None);
            let due = order.booked + 90;
            (Some(due), kept - 2 * part, desk.claim(world, due, kept - 2 * part))
        }
    };
    desk.refunds();
    Settlement { due, payable, payments: desk.payments, case }
}

/// Where the payments of an order are written down.
struct Desk<'a> {
    dice: Dice,
    order: &'a Order,
    payments: Vec<Payment>,
}

impl Desk<'_> {
    fn pay(&mut self, kind: &'static str, channel: &'static str, cents: i64, value: Day, due: Option<Day>) {
        if cents == 0 {
            return;
        }
        let late = due.is_some_and(|due| value > due);
        // People who pay a reminder by transfer sometimes leave out the order number.
        let course = self.order.course;
        let assigned =
            !(late && channel == "Transfer" && (course == Course::Nameless || self.dice.chance(0.03)));
        let delay = match course {
            Course::Prompt => 0,
            _ => [0, 1, 2, 6][self.dice.weighted([0.91, 0.07, 0.015, 0.005].into_iter())],
        };
        let number = self.order.number * 20 + i64::try_from(self.payments.len()).unwrap_or(0);
        self.payments.push(Payment { number, kind, channel, cents, value, seen: value + delay, assigned });
    }

    /// Money back for goods that came back, where they had been paid.
    fn refunds(&mut self) {
        if !matches!(self.order.method, Method::Card | Method::PayPal | Method::Debit) {
            return;
        }
        for line in &self.order.lines {
            if let Some(returned) = line.returned {
                self.pay("refund", self.order.method.name(), -line.amount(), returned + 2, None);
            }
        }
    }

    /// A claim falls due: paid on time, after a reminder, or a case for collections.
    fn claim(&mut self, world: &World, due: Day, cents: i64) -> Option<Case> {
        if cents == 0 {
            return None;
        }
        if matches!(self.order.course, Course::Unpaid | Course::Nameless) {
            return Some(self.collect(due, cents));
        }
        let punctual = match world.customer(self.order.customer).risk {
            Risk::Low => 0.90,
            Risk::Medium => 0.75,
            Risk::High => 0.45,
        };
        let kind = if self.order.method == Method::Instalment { "instalment" } else { "invoice" };
        if self.dice.chance(punctual) {
            let day = due - self.dice.whole(0, 12);
            self.pay(kind, "Transfer", cents, day, Some(due));
            return None;
        }
        if self.dice.chance(0.4) {
            let day = due + self.dice.whole(1, GRACE - 1);
            self.pay(kind, "Transfer", cents, day, Some(due));
            return None;
        }
        Some(self.collect(due, cents))
    }

    fn collect(&mut self, due: Day, claimed: i64) -> Case {
        let opened = due + GRACE;
        if self.order.course == Course::Nameless {
            self.pay("collection", "Transfer", claimed, opened + 1, Some(due));
            return Case { opened, claimed, channel: "Transfer", speed: 1.0 };
        }
        let channels = ["SEPA DD", "Transfer", "Card", "PayPal", "Cash"];
        let mut channel = channels[self.dice.weighted([0.24, 0.47, 0.14, 0.13, 0.02].into_iter())];
        match self.dice.weighted([0.52, 0.20, 0.28].into_iter()) {
            0 => {
                let wait = self.dice.unit();
                let wait = super::draw::nearest(wait * wait * 150.0);
                let day = opened + 1 + i32::try_from(wait).unwrap_or(0);
                self.pay("collection", channel, claimed, day, Some(due));
            }
            1 => {
                channel = "Instalment";
                let parts = self.dice.whole(3, 6);
                let kept = if self.dice.chance(0.65) { parts } else { self.dice.whole(1, parts - 1) };
                let part = claimed / i64::from(parts);
                for turn in 1..=kept {
                    let rest = claimed - part * i64::from(parts - 1);
                    let cents = if turn == parts { rest } else { part };
                    self.pay("collection", "Transfer", cents, opened + 30 * turn, Some(due));
                }
            }
            _ => {}
        }
        Case { opened, claimed, channel, speed: self.dice.between(0.75, 1.3) }
    }
}
