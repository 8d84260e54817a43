//! Gold of Controlling: collection cases and how old open claims are.

use std::collections::BTreeMap;

use super::calendar::{Day, month_number, month_start, month_text};
use super::cells::{Cell, Growth, Kind, Rows, Spec, col};
use super::draw::share;
use super::orders::Order;
use super::payments::{Case, Settlement, settle, stage};
use super::places::REGIONS;
use super::reference::CREDITORS;
use super::tables::Slice;

/// Collection cases.
pub(crate) static COLLECTIONS: Spec = Spec {
    name: "gold.collections",
    comment: "Collection cases with what was claimed and collected so far; one row a case",
    growth: Growth::Snapshot,
    partition: Some("booking_month"),
    columns: &[
        col("case_id", Kind::Long, "Number of the case, unique"),
        col("booking_date", Kind::Date, "Day the claim was handed to collections, 14 days after it was due"),
        col("booking_month", Kind::Text, "Month of booking_date as YYYY-MM; the table is partitioned by it"),
        col("creditor", Kind::Text, "Company in whose name the claim is collected"),
        col(
            "segment",
            Kind::Text,
            "Group the creditor belongs to: own retail, business customers, marketplace",
        ),
        col(
            "channel",
            Kind::Text,
            "How the customer pays or was asked to: SEPA DD, Transfer, Card, PayPal ..",
        ),
        col(
            "stage",
            Kind::Text,
            "Reminder, Pre-legal, Legal, Enforcement or Monitoring; kept when a case closes",
        ),
        col("state", Kind::Text, "ISO 3166-2 code of the debtor's state in Germany, elsewhere the country"),
        col("claimed_eur", Kind::Double, "Amount claimed when the case was opened, in euros"),
        col("collected_eur", Kind::Double, "Amount received and assigned to the case so far, in euros"),
        col("fee_eur", Kind::Double, "Fees charged to the debtor so far, in euros"),
        col("days_overdue", Kind::Int, "Days since the due date; for closed cases until the last payment"),
    ],
};

/// Open claims by age.
pub(crate) static RECEIVABLES_AGEING: Spec = Spec {
    name: "gold.receivables_ageing",
    comment: "Open receivables at each month end by region and days overdue; the newest date is the last day",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("as_of", Kind::Date, "The day the claims were open"),
        col("region", Kind::Text, "Sales region of the customer"),
        col("bucket", Kind::Text, "not due, 1-30, 31-60, 61-90, 91-180 or over 180 days overdue"),
        col("claims", Kind::Long, "Open claims"),
        col("open_eur", Kind::Double, "Amount still open, in euros"),
    ],
};

const BUCKETS: [&str; 6] = ["not due", "1-30", "31-60", "61-90", "91-180", "over 180"];

fn bucket(overdue: i32) -> usize {
    match overdue {
        ..=0 => 0,
        1..=30 => 1,
        31..=60 => 2,
        61..=90 => 3,
        91..=180 => 4,
        _ => 5,
    }
}

/// Fee for a stage in cents, charged once something was collected.
fn stage_fee(stage: &str) -> i64 {
    match stage {
        "Pre-legal" => 500,
        "Legal" => 2500,
        "Enforcement" => 4000,
        "Monitoring" => 250,
        _ => 0,
    }
}

pub(super) fn collections(slice: &Slice<'_>, rows: &mut Rows) {
    let world = &slice.history.world;
    for order in slice.orders {
        let settlement = settle(world, order);
        if let Some(case) = settlement.case.as_ref().filter(|case| case.opened <= slice.history.last) {
            let state = world.customer(order.customer).city.state;
            let seller = CREDITORS[world.products[order.lines[0].product].creditor];
            case_row(order, &settlement, case, (state, seller), slice.history.last, rows);
        }
    }
}

fn case_row(
    order: &Order,
    settlement: &Settlement,
    case: &Case,
    (state, seller): (&'static str, (&'static str, &'static str, usize)),
    last: Day,
    rows: &mut Rows,
) {
    let received = settlement
        .payments
        .iter()
        .filter(|payment| payment.kind == "collection" && payment.assigned && payment.seen <= last);
    let (mut collected, mut paid_until) = (0, case.opened);
    for payment in received {
        collected += payment.cents;
        paid_until = paid_until.max(payment.value);
    }
    let due = settlement.due.unwrap_or(case.opened);
    let overdue = if collected >= case.claimed { paid_until } else { last } - due;
    let stage = stage(f64::from(overdue) * case.speed);
    let fee = if collected > 0 { share(collected, 0.04) + stage_fee(stage) } else { 0 };
    rows.push([
        Cell::Long(order.number),
        Cell::Date(case.opened),
        month_text(case.opened).into(),
        seller.0.into(),
        seller.1.into(),
        case.channel.into(),
        stage.into(),
        state.into(),
        Cell::cents(case.claimed),
        Cell::cents(collected),
        Cell::cents(fee),
        Cell::Int(overdue),
    ]);
}

pub(super) fn receivables_ageing(slice: &Slice<'_>, rows: &mut Rows) {
    let world = &slice.history.world;
    let last = slice.history.last;
    let mut sums: BTreeMap<(Day, usize, usize), (i64, i64)> = BTreeMap::new();
    for order in slice.orders {
        let settlement = settle(world, order);
        let Some(due) = settlement.due.filter(|_| settlement.payable > 0) else { continue };
        let region = world.customer(order.customer).city.region;
        let until = settlement
            .payments
            .iter()
            .filter(|payment| payment.value >= order.booked && payment.cents > 0)
            .map(|payment| payment.seen)
            .max()
            .filter(|_| settlement.case.is_none())
            .unwrap_or(last);
        let ends = (month_number(order.booked) + 1..=month_number(last)).map(|month| month_start(month) - 1);
        for day in ends.chain([last]).filter(|day| *day >= order.booked && *day <= until) {
            let open = open_on(&settlement, day);
            if open > 0 {
                let sum = sums.entry((day, region, bucket(day - due))).or_default();
                *sum = (sum.0 + 1, sum.1 + open);
            }
        }
    }
    for ((day, region, bucket), (claims, open)) in sums {
        rows.push([
            Cell::Date(day),
            REGIONS[region].into(),
            BUCKETS[bucket].into(),
            Cell::Long(claims),
            Cell::cents(open),
        ]);
    }
}

/// What of an order's claim is unpaid at the end of a day, in cents.
fn open_on(settlement: &Settlement, day: Day) -> i64 {
    let paid: i64 = settlement
        .payments
        .iter()
        .filter(|payment| payment.assigned && payment.seen <= day)
        .filter(|payment| matches!(payment.kind, "invoice" | "collection"))
        .map(|payment| payment.cents)
        .sum();
    settlement.payable - paid
}
