//! Silver dimensions: customers, products, the calendar, warehouses.

use chrono::{Datelike, NaiveDate};

use super::bronze::customer_id;
use super::calendar::{Day, date, day, month_text, sale_week};
use super::cells::{Cell, Growth, Kind, Rows, Spec, col};
use super::places::{REGIONS, WAREHOUSES};
use super::reference::{CATEGORIES, CREDITORS};
use super::tables::Slice;

/// Customers.
pub(crate) static DIM_CUSTOMER: Spec = Spec {
    name: "silver.dim_customer",
    comment: "Customers with contact data, region and credit class; one row a customer",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("customer_id", Kind::Text, "Customer number, unique"),
        col("first_name", Kind::Text, "First name"),
        col("last_name", Kind::Text, "Last name"),
        col("email", Kind::Text, "E-mail address"),
        col("street", Kind::Text, "Street and house number"),
        col("postal_code", Kind::Text, "Postal code"),
        col("city", Kind::Text, "City"),
        col("state", Kind::Text, "ISO 3166-2 code of the state in Germany, elsewhere the country"),
        col("country", Kind::Text, "ISO 3166 code of the country"),
        col("region", Kind::Text, "Sales region"),
        col("birth_year", Kind::Int, "Year of birth"),
        col("segment", Kind::Text, "Consumer, Family or Business"),
        col("credit_class", Kind::Text, "Payment behaviour: low, medium or high risk"),
        col("newsletter", Kind::Flag, "Agreed to the newsletter"),
        col("customer_since", Kind::Date, "Day the account was opened"),
        col("changed_on", Kind::Date, "Day of the latest change known to the CRM"),
    ],
};

/// Products.
pub(crate) static DIM_PRODUCT: Spec = Spec {
    name: "silver.dim_product",
    comment: "Products on sale with category, brand, seller and list price; one row a product",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("product_id", Kind::Text, "Product number, unique"),
        col("product_name", Kind::Text, "Name as the webshop shows it"),
        col("brand", Kind::Text, "Brand"),
        col("category", Kind::Text, "Category"),
        col("selling_entity", Kind::Text, "Own company or marketplace partner that sells it"),
        col("list_price_eur", Kind::Double, "List price on the last day, in euros without VAT"),
        col("unit_cost_eur", Kind::Double, "Purchase cost of a piece, in euros"),
    ],
};

/// The calendar.
pub(crate) static DIM_DATE: Spec = Spec {
    name: "silver.dim_date",
    comment: "Calendar with weeks, months, quarters and sale days; one row a day",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("date", Kind::Date, "The day, unique"),
        col("year", Kind::Int, "Calendar year"),
        col("quarter", Kind::Int, "Quarter, 1 to 4"),
        col("month", Kind::Int, "Month, 1 to 12"),
        col("month_text", Kind::Text, "Month as YYYY-MM"),
        col("iso_week", Kind::Int, "ISO 8601 week"),
        col("weekday", Kind::Text, "Day of the week in English"),
        col("is_weekend", Kind::Flag, "Saturday or Sunday"),
        col("is_sale_week", Kind::Flag, "In the sale week around Black Friday"),
    ],
};

/// Warehouses.
pub(crate) static DIM_WAREHOUSE: Spec = Spec {
    name: "silver.dim_warehouse",
    comment: "Warehouses in operation with place and capacity; one row a warehouse",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("warehouse_id", Kind::Text, "Warehouse, unique"),
        col("city", Kind::Text, "Town"),
        col("country", Kind::Text, "ISO 3166 code of the country"),
        col("lat", Kind::Double, "Degrees north"),
        col("lon", Kind::Double, "Degrees east"),
        col("parcels_per_day", Kind::Int, "Parcels it can send in a day"),
        col("opened_year", Kind::Int, "Year it opened"),
    ],
};

pub(super) fn dim_customer(slice: &Slice<'_>, rows: &mut Rows) {
    let world = &slice.history.world;
    for number in 0..world.customers(slice.history.last) {
        let customer = world.customer(number);
        let changed = customer.changed.filter(|day| *day <= slice.history.last);
        rows.push([
            customer_id(number).into(),
            customer.first.into(),
            customer.last.into(),
            customer.email(number).into(),
            customer.street(slice.history.last).to_owned().into(),
            customer.postal.clone().into(),
            customer.city.name.into(),
            customer.city.state.into(),
            customer.city.country.into(),
            REGIONS[customer.city.region].into(),
            Cell::Int(customer.born),
            customer.segment.into(),
            customer.risk.name().into(),
            Cell::Flag(customer.newsletter),
            Cell::Date(customer.since),
            Cell::Date(changed.unwrap_or(customer.since)),
        ]);
    }
}

pub(super) fn dim_product(slice: &Slice<'_>, rows: &mut Rows) {
    let world = &slice.history.world;
    for (place, product) in world.products.iter().enumerate() {
        rows.push([
            product.id.clone().into(),
            product.name.clone().into(),
            product.brand.into(),
            CATEGORIES[product.category].name.into(),
            CREDITORS[product.creditor].0.into(),
            Cell::cents(world.price(place, slice.history.last)),
            Cell::cents(world.unit_cost(place)),
        ]);
    }
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(super) fn dim_date(slice: &Slice<'_>, rows: &mut Rows) {
    let (start, last) = (slice.history.world.start, slice.history.last);
    let edge =
        |at: Day, month, number| NaiveDate::from_ymd_opt(date(at).year(), month, number).map_or(at, day);
    for at in edge(start, 1, 1)..=edge(last, 12, 31) {
        let here = date(at);
        let whole = |number: u32| Cell::Int(number.cast_signed());
        rows.push([
            Cell::Date(at),
            Cell::Int(here.year()),
            whole(here.month0() / 3 + 1),
            whole(here.month()),
            month_text(at).into(),
            whole(here.iso_week().week()),
            WEEKDAYS[here.weekday().num_days_from_monday() as usize].into(),
            Cell::Flag(here.weekday().num_days_from_monday() > 4),
            Cell::Flag(sale_week(at)),
        ]);
    }
}

pub(super) fn dim_warehouse(_: &Slice<'_>, rows: &mut Rows) {
    for warehouse in &WAREHOUSES {
        rows.push([
            warehouse.id.into(),
            warehouse.city.into(),
            warehouse.country.into(),
            Cell::Double(warehouse.lat),
            Cell::Double(warehouse.lon),
            Cell::Int(warehouse.parcels),
            Cell::Int(warehouse.since),
        ]);
    }
}
