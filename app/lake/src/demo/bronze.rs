//! Bronze: what the sources sent, as it arrived, with duplicates and late rows.

use super::calendar::{Day, instant, month_text};
use super::cells::{Cell, Growth, Kind, Rows, Spec, col};
use super::orders::Order;
use super::payments::settle;
use super::reference::CREDITORS;
use super::tables::Slice;
use super::web::sessions;
use super::world::World;

/// Events of the webshop as Google Analytics exports them.
pub(crate) static GA_EVENTS: Spec = Spec {
    name: "bronze.ga_events",
    comment: "Webshop events as Google Analytics exports them, one row an event",
    growth: Growth::Append,
    partition: Some("event_month"),
    columns: &[
        col("event_id", Kind::Text, "Id of the event, unique"),
        col("event_name", Kind::Text, "session_start, view_item, add_to_cart or purchase"),
        col("event_ts", Kind::Instant, "When it happened, in UTC"),
        col("event_month", Kind::Text, "Month of the event as YYYY-MM; the table is partitioned by it"),
        col("session_id", Kind::Text, "Session the event belongs to"),
        col("customer_id", Kind::Text, "Signed-in customer; empty for anonymous visits"),
        col("device", Kind::Text, "App, Mobile web or Desktop"),
        col("source_medium", Kind::Text, "Where the visit came from, in Google Analytics notation"),
        col("product_id", Kind::Text, "Product that was seen or put into the cart"),
        col("order_id", Kind::Text, "Order placed by a purchase event"),
        col("ingested_at", Kind::Instant, "When the row reached the lake, in UTC"),
    ],
};

/// Order headers of the webshop.
pub(crate) static WEBSHOP_ORDERS: Spec = Spec {
    name: "bronze.webshop_orders",
    comment: "Order headers from the webshop's change stream, one row an order",
    growth: Growth::Append,
    partition: None,
    columns: &[
        col("order_id", Kind::Text, "Order number as customers see it"),
        col("placed_at", Kind::Instant, "When the customer pressed Buy, in UTC"),
        col("customer_id", Kind::Text, "Account that placed the order"),
        col("device", Kind::Text, "App, Mobile web or Desktop"),
        col("payment_method", Kind::Text, "Method chosen at checkout"),
        col("lines", Kind::Int, "Number of order lines"),
        col("basket_eur", Kind::Double, "Value of all lines after discounts, in euros without VAT"),
        col("ingested_at", Kind::Instant, "When the row reached the lake, in UTC"),
    ],
};

/// Sales documents of the ERP.
pub(crate) static ERP_SALES: Spec = Spec {
    name: "bronze.erp_sales",
    comment: "Sales and return documents of the ERP, one row a document line",
    growth: Growth::Append,
    partition: None,
    columns: &[
        col("document_id", Kind::Text, "Document number and line in the ERP"),
        col("document_type", Kind::Text, "SALE or RETURN"),
        col("order_id", Kind::Text, "Webshop order the document belongs to"),
        col("line_no", Kind::Int, "Line of the order, from 1"),
        col("posting_date", Kind::Date, "Day the document counts for"),
        col("product_id", Kind::Text, "Product"),
        col("quantity", Kind::Int, "Pieces; negative on returns"),
        col("unit_price_eur", Kind::Double, "List price of a piece on that day, in euros without VAT"),
        col("discount_eur", Kind::Double, "Discount on the line, in euros; negative on returns"),
        col(
            "net_amount_eur",
            Kind::Double,
            "Value of the line after discount, in euros; negative on returns",
        ),
        col("selling_entity", Kind::Text, "Company that sells the product"),
        col("ingested_at", Kind::Instant, "When the row reached the lake, in UTC"),
    ],
};

/// Movements reported by payment processors and banks.
pub(crate) static PAYMENTS: Spec = Spec {
    name: "bronze.payments",
    comment: "Payments, refunds and chargebacks as processors and banks reported them; may contain duplicates",
    growth: Growth::Append,
    partition: None,
    columns: &[
        col(
            "payment_id",
            Kind::Text,
            "Id given by the payment hub; repeated when a message was delivered twice",
        ),
        col("order_id", Kind::Text, "Order the payer quoted; empty when none could be read"),
        col("kind", Kind::Text, "capture, invoice, instalment, collection, refund or chargeback"),
        col("channel", Kind::Text, "Way the money took"),
        col("amount_eur", Kind::Double, "Amount in euros; negative when it went back to the customer"),
        col("value_date", Kind::Date, "Day the movement counts for"),
        col("due_date", Kind::Date, "Day the claim was due; empty when paid at once"),
        col("remittance_text", Kind::Text, "What the payer wrote on a transfer"),
        col("ingested_at", Kind::Instant, "When the row reached the lake, in UTC"),
    ],
};

/// Customer accounts of the CRM.
pub(crate) static CRM_ACCOUNTS: Spec = Spec {
    name: "bronze.crm_accounts",
    comment: "Customer accounts from Salesforce change data capture, one row a change",
    growth: Growth::Append,
    partition: None,
    columns: &[
        col("account_id", Kind::Text, "Customer number"),
        col("operation", Kind::Text, "create or update"),
        col("changed_on", Kind::Date, "Day of the change"),
        col("first_name", Kind::Text, "First name"),
        col("last_name", Kind::Text, "Last name"),
        col("email", Kind::Text, "E-mail address"),
        col("street", Kind::Text, "Street and house number"),
        col("postal_code", Kind::Text, "Postal code"),
        col("city", Kind::Text, "City"),
        col("country", Kind::Text, "ISO 3166 code of the country"),
        col("birth_year", Kind::Int, "Year of birth"),
        col("segment", Kind::Text, "Consumer, Family or Business"),
        col(
            "credit_class",
            Kind::Text,
            "Payment behaviour as rated by the credit team: low, medium or high risk",
        ),
        col("newsletter", Kind::Flag, "Agreed to the newsletter"),
        col("ingested_at", Kind::Instant, "When the row reached the lake, in UTC"),
    ],
};

/// A customer's number as all systems write it.
pub(crate) fn customer_id(number: usize) -> String {
    format!("C{number:08}")
}

/// A session's id.
pub(crate) fn session_id(number: i64) -> String {
    format!("S{number:012}")
}

/// When something that arrived on a day was written: soon after it happened, or in the next morning's batch.
pub(crate) fn ingested(seen: Day, happened: Day, second: i32, number: i64) -> Cell {
    let jitter = i32::try_from(number.rem_euclid(540)).unwrap_or(0);
    let at = if seen == happened { (second + 20 + jitter).min(86_399) } else { 5 * 3600 + jitter * 13 };
    Cell::Instant(instant(seen, at))
}

pub(super) fn ga_events(slice: &Slice<'_>, rows: &mut Rows) {
    let world = &slice.history.world;
    for orders in slice.orders.chunk_by(|a, b| a.day == b.day) {
        for session in sessions(world, orders[0].day, orders) {
            if !slice.takes(session.seen) {
                continue;
            }
            let month = month_text(session.day);
            for (place, event) in session.events.iter().enumerate() {
                let second = (session.second + event.after).min(86_399);
                let order = session.order.filter(|_| event.name == "purchase");
                rows.push([
                    format!("{:012}-{place}", session.number).into(),
                    event.name.into(),
                    Cell::Instant(instant(session.day, second)),
                    month.clone().into(),
                    session_id(session.number).into(),
                    Cell::or_null(session.customer.map(|number| customer_id(number).into())),
                    session.device.into(),
                    session.source.into(),
                    Cell::or_null(event.product.map(|place| world.products[place].id.clone().into())),
                    Cell::or_null(order.map(|number| format!("NK-{number:010}").into())),
                    ingested(session.seen, session.day, second, session.number),
                ]);
            }
        }
    }
}

pub(super) fn webshop_orders(slice: &Slice<'_>, rows: &mut Rows) {
    for order in slice.orders.iter().filter(|order| slice.takes(order.seen)) {
        rows.push([
            order.id().into(),
            Cell::Instant(instant(order.day, order.second)),
            customer_id(order.customer).into(),
            order.device.into(),
            order.method.name().into(),
            Cell::Int(i32::try_from(order.lines.len()).unwrap_or(0)),
            Cell::cents(order.total()),
            ingested(order.seen, order.day, order.second, order.number),
        ]);
    }
}

pub(super) fn erp_sales(slice: &Slice<'_>, rows: &mut Rows) {
    let world = &slice.history.world;
    for order in slice.orders {
        if slice.takes(order.booked) {
            (1..).zip(&order.lines).for_each(|(number, _)| erp_line(world, order, number, None, rows));
        }
        for (number, line) in (1..).zip(&order.lines) {
            if let Some(returned) = line.returned.filter(|day| slice.takes(order.return_seen(*day))) {
                erp_line(world, order, number, Some(returned), rows);
            }
        }
    }
}

fn erp_line(world: &World, order: &Order, number: i32, returned: Option<Day>, rows: &mut Rows) {
    let line = &order.lines[usize::try_from(number - 1).unwrap_or(0)];
    let product = &world.products[line.product];
    let sign = if returned.is_some() { -1 } else { 1 };
    let (kind, letter, day, seen) = match returned {
        Some(day) => ("RETURN", 'R', day, order.return_seen(day)),
        None => ("SALE", 'S', order.day, order.booked),
    };
    rows.push([
        format!("{letter}{}-{number}", order.number).into(),
        kind.into(),
        order.id().into(),
        Cell::Int(number),
        Cell::Date(day),
        product.id.clone().into(),
        Cell::Int(sign * line.units),
        Cell::cents(line.price),
        Cell::cents(i64::from(sign) * line.discount),
        Cell::cents(i64::from(sign) * line.amount()),
        CREDITORS[product.creditor].0.into(),
        ingested(seen, day, order.second, order.number),
    ]);
}

pub(super) fn payments(slice: &Slice<'_>, rows: &mut Rows) {
    for order in slice.orders {
        let settlement = settle(&slice.history.world, order);
        for payment in settlement.payments.iter().filter(|payment| slice.takes(payment.seen)) {
            let transfer = payment.channel == "Transfer";
            let text = match (transfer, payment.assigned) {
                (true, true) => Cell::from(order.id()),
                (true, false) => {
                    ["Rechnung bezahlt", "merci", "final payment", "przelew"][order.lines.len() % 4].into()
                }
                (false, _) => Cell::Null,
            };
            // The hub delivers at least once: about one message in 300 arrives twice.
            for _ in 0..=usize::from(payment.number % 307 == 0) {
                rows.push([
                    format!("PM{:013}", payment.number).into(),
                    if payment.assigned { order.id().into() } else { Cell::Null },
                    payment.kind.into(),
                    payment.channel.into(),
                    Cell::cents(payment.cents),
                    Cell::Date(payment.value),
                    Cell::or_null(settlement.due.map(Cell::Date)),
                    text.clone(),
                    ingested(payment.seen, payment.value, order.second, payment.number),
                ]);
            }
        }
    }
}

pub(super) fn crm_accounts(slice: &Slice<'_>, rows: &mut Rows) {
    let world = &slice.history.world;
    for number in 0..world.customers(slice.history.last) {
        let customer = world.customer(number);
        let first = (world.appears(number), customer.since, "create");
        let change = customer.changed.map(|day| (day, day, "update"));
        for (seen, day, operation) in [Some(first), change].into_iter().flatten() {
            if !slice.takes(seen) {
                continue;
            }
            rows.push([
                customer_id(number).into(),
                operation.into(),
                Cell::Date(day),
                customer.first.into(),
                customer.last.into(),
                customer.email(number).into(),
                customer.street(seen).to_owned().into(),
                customer.postal.clone().into(),
                customer.city.name.into(),
                customer.city.country.into(),
                Cell::Int(customer.born),
                customer.segment.into(),
                customer.risk.name().into(),
                Cell::Flag(customer.newsletter),
                Cell::Instant(instant(seen, 3 * 3600)),
            ]);
        }
    }
}
