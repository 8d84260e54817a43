//! Silver facts: orders, payments and web sessions, cleaned and joined from bronze.

use super::bronze::{customer_id, ingested, session_id};
use super::calendar::{Day, instant, month_text};
use super::cells::{Cell, Growth, Kind, Rows, Spec, col};
use super::orders::{Line, Order};
use super::payments::{settle, stage};
use super::places::{REGIONS, WAREHOUSES, kilometres};
use super::reference::CATEGORIES;
use super::tables::Slice;
use super::web::sessions;

/// Order and return lines.
pub(crate) static FACT_ORDERS: Spec = Spec {
    name: "silver.fact_orders",
    comment: "Sold and returned order lines with customer region, product category and value; one row a line",
    growth: Growth::Append,
    partition: Some("posting_month"),
    columns: &[
        col("order_id", Kind::Text, "Order number"),
        col("line_no", Kind::Int, "Line of the order, from 1"),
        col("line_type", Kind::Text, "sale or return"),
        col("posting_date", Kind::Date, "Day the line counts for: day of the order, or day of the return"),
        col("posting_month", Kind::Text, "Month of posting_date as YYYY-MM; the table is partitioned by it"),
        col("ordered_at", Kind::Instant, "When the order was placed, in UTC"),
        col("customer_id", Kind::Text, "Customer, see silver.dim_customer"),
        col("product_id", Kind::Text, "Product, see silver.dim_product"),
        col("category", Kind::Text, "Category of the product"),
        col("region", Kind::Text, "Sales region of the customer"),
        col("country", Kind::Text, "ISO 3166 code of the customer's country"),
        col("device", Kind::Text, "App, Mobile web or Desktop"),
        col("payment_method", Kind::Text, "Method chosen at checkout"),
        col("warehouse_id", Kind::Text, "Warehouse that sent the goods, see silver.dim_warehouse"),
        col("units", Kind::Int, "Pieces; negative on returns"),
        col(
            "unit_price_eur",
            Kind::Double,
            "List price of a piece on the day of the order, in euros without VAT",
        ),
        col("discount_eur", Kind::Double, "Discount on the line in euros; negative on returns"),
        col("revenue_eur", Kind::Double, "Value after discount in euros without VAT; negative on returns"),
        col("cost_eur", Kind::Double, "Purchase cost of the goods in euros; negative on returns"),
        col("ingested_at", Kind::Instant, "When the ERP document reached the lake, in UTC"),
    ],
};

/// Payments without duplicates.
pub(crate) static FACT_PAYMENTS: Spec = Spec {
    name: "silver.fact_payments",
    comment: "Payments, refunds and chargebacks without duplicates, with due date and dunning stage; one row a movement",
    growth: Growth::Append,
    partition: None,
    columns: &[
        col("payment_id", Kind::Text, "Id of the movement, unique"),
        col("order_id", Kind::Text, "Order that was paid; empty when the payer quoted none"),
        col("customer_id", Kind::Text, "Customer of that order; empty when the order is unknown"),
        col("kind", Kind::Text, "capture, invoice, instalment, collection, refund or chargeback"),
        col("channel", Kind::Text, "Way the money took"),
        col("amount_eur", Kind::Double, "Amount in euros; negative when it went back to the customer"),
        col("value_date", Kind::Date, "Day the movement counts for"),
        col("due_date", Kind::Date, "Day the claim was due; empty when paid at once"),
        col(
            "days_late",
            Kind::Int,
            "Days from due date to value date, 0 when on time; empty without due date",
        ),
        col("dunning_stage", Kind::Text, "Stage of the claim when the money came; empty when on time"),
        col("ingested_at", Kind::Instant, "When the row reached the lake, in UTC"),
    ],
};

/// Web sessions.
pub(crate) static FACT_WEB_SESSIONS: Spec = Spec {
    name: "silver.fact_web_sessions",
    comment: "Visits to the webshop with what happened in them; one row a session",
    growth: Growth::Append,
    partition: None,
    columns: &[
        col("session_id", Kind::Text, "Session, unique"),
        col("session_date", Kind::Date, "Day the session began, in UTC"),
        col("started_at", Kind::Instant, "When the session began, in UTC"),
        col("duration_seconds", Kind::Int, "Seconds from the first to the last event"),
        col("customer_id", Kind::Text, "Signed-in customer; empty for anonymous visits"),
        col("device", Kind::Text, "App, Mobile web or Desktop"),
        col("source_medium", Kind::Text, "Where the visit came from"),
        col("products_viewed", Kind::Int, "Product pages seen"),
        col("added_to_cart", Kind::Flag, "Whether something was put into the cart"),
        col("order_id", Kind::Text, "Order placed in the session, if any"),
        col("ingested_at", Kind::Instant, "When the last event reached the lake, in UTC"),
    ],
};

/// A sold or returned line, as silver and gold count it.
#[derive(Debug, Clone)]
pub(crate) struct FactLine {
    /// Line of the order, from 1.
    pub(crate) number: i32,
    /// Place of the product.
    pub(crate) product: usize,
    /// True for a return.
    pub(crate) returned: bool,
    /// The day it counts for.
    pub(crate) posted: Day,
    /// The day its record reached the lake.
    pub(crate) seen: Day,
    /// Pieces, negative on returns.
    pub(crate) units: i32,
    /// Price of a piece in cents.
    pub(crate) price: i64,
    /// Discount in cents, negative on returns.
    pub(crate) discount: i64,
    /// Value in cents, negative on returns.
    pub(crate) cents: i64,
}

/// All lines of an order: the sales, then the returns.
pub(crate) fn fact_lines(order: &Order) -> impl Iterator<Item = FactLine> + '_ {
    let fact = |(number, line): (i32, &Line), returned: Option<Day>| {
        let sign = if returned.is_some() { -1 } else { 1 };
        FactLine {
            number,
            product: line.product,
            returned: returned.is_some(),
            posted: returned.unwrap_or(order.day),
            seen: returned.map_or(order.booked, |day| order.return_seen(day)),
            units: sign * line.units,
            price: line.price,
            discount: i64::from(sign) * line.discount,
            cents: i64::from(sign) * line.amount(),
        }
    };
    let sales = (1..).zip(&order.lines).map(move |line| fact(line, None));
    let returns =
        (1..).zip(&order.lines).filter_map(move |line| line.1.returned.map(|day| fact(line, Some(day))));
    sales.chain(returns)
}

pub(super) fn fact_orders(slice: &Slice<'_>, rows: &mut Rows) {
    let world = &slice.history.world;
    for order in slice.orders {
        let mut lines = fact_lines(order).filter(|line| slice.takes(line.seen)).peekable();
        if lines.peek().is_none() {
            continue;
        }
        let city = world.customer(order.customer).city;
        let here = (city.lat, city.lon);
        let near = WAREHOUSES
            .iter()
            .min_by(|a, b| kilometres((a.lat, a.lon), here).total_cmp(&kilometres((b.lat, b.lon), here)));
        let warehouse = near.map_or("WH-LEJ", |warehouse| warehouse.id);
        for line in lines {
            let product = &world.products[line.product];
            let category = &CATEGORIES[product.category];
            rows.push([
                order.id().into(),
                Cell::Int(line.number),
                if line.returned { "return" } else { "sale" }.into(),
                Cell::Date(line.posted),
                month_text(line.posted).into(),
                Cell::Instant(instant(order.day, order.second)),
                customer_id(order.customer).into(),
                product.id.clone().into(),
                category.name.into(),
                REGIONS[city.region].into(),
                city.country.into(),
                order.device.into(),
                order.method.name().into(),
                warehouse.into(),
                Cell::Int(line.units),
                Cell::cents(line.price),
                Cell::cents(line.discount),
                Cell::cents(line.cents),
                Cell::cents(world.unit_cost(line.product) * i64::from(line.units)),
                ingested(line.seen, line.posted, order.second, order.number),
            ]);
        }
    }
}

pub(super) fn fact_payments(slice: &Slice<'_>, rows: &mut Rows) {
    for order in slice.orders {
        let settlement = settle(&slice.history.world, order);
        for payment in settlement.payments.iter().filter(|payment| slice.takes(payment.seen)) {
            let late = settlement.due.map(|due| (payment.value - due).max(0));
            let stage = late.filter(|days| *days > 0).map(|days| stage(f64::from(days)));
            let known = |text: String| if payment.assigned { text.into() } else { Cell::Null };
            rows.push([
                format!("PM{:013}", payment.number).into(),
                known(order.id()),
                known(customer_id(order.customer)),
                payment.kind.into(),
                payment.channel.into(),
                Cell::cents(payment.cents),
                Cell::Date(payment.value),
                Cell::or_null(settlement.due.map(Cell::Date)),
                Cell::or_null(late.map(Cell::Int)),
                Cell::or_null(stage.map(Cell::from)),
                ingested(payment.seen, payment.value, order.second, payment.number),
            ]);
        }
    }
}

pub(super) fn fact_web_sessions(slice: &Slice<'_>, rows: &mut Rows) {
    for orders in slice.orders.chunk_by(|a, b| a.day == b.day) {
        for session in sessions(&slice.history.world, orders[0].day, orders) {
            if !slice.takes(session.seen) {
                continue;
            }
            let last = session.events.last().map_or(0, |event| event.after);
            let viewed = session.events.iter().filter(|event| event.name == "view_item").count();
            rows.push([
                session_id(session.number).into(),
                Cell::Date(session.day),
                Cell::Instant(instant(session.day, session.second)),
                Cell::Int(last),
                Cell::or_null(session.customer.map(|number| customer_id(number).into())),
                session.device.into(),
                session.source.into(),
                Cell::Int(i32::try_from(viewed).unwrap_or(0)),
                Cell::Flag(session.events.iter().any(|event| event.name == "add_to_cart")),
                Cell::or_null(session.order.map(|number| format!("NK-{number:010}").into())),
                ingested(session.seen, session.day, session.second + last, session.number),
            ]);
        }
    }
}
