//! The list of demo tables, and the history their rows are made from.

use super::calendar::{Day, month_number};
use super::cells::{Rows, Spec};
use super::orders::Order;
use super::steady::every_order;
use super::world::World;
use super::{bronze, collections, competitors, dimensions, facts, planning, recommend, sales};

/// Everything that happened up to a day.
#[derive(Debug)]
pub(crate) struct History {
    /// The company.
    pub(crate) world: World,
    /// The last day.
    pub(crate) last: Day,
    /// All orders, day by day.
    pub(crate) orders: Vec<Order>,
}

impl History {
    /// Everything from the company's first day to `last`.
    pub(crate) fn new(world: World, last: Day) -> Self {
        let orders = every_order(&world, last);
        Self { world, last, orders }
    }

    /// The orders split by the month they were placed in.
    fn months(&self) -> impl Iterator<Item = &[Order]> {
        self.orders.chunk_by(|a, b| a.day == b.day || month_number(a.day) == month_number(b.day))
    }
}

/// The part of the history a chunk of rows is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice<'a> {
    /// Everything that happened.
    pub(crate) history: &'a History,
    /// The orders of this chunk.
    pub(crate) orders: &'a [Order],
    /// Growing tables: rows that arrived up to this day are in the table already.
    pub(crate) after: Day,
}

impl Slice<'_> {
    /// True when something that arrived on a day belongs into this run.
    pub(crate) fn takes(&self, arrived: Day) -> bool {
        arrived > self.after && arrived <= self.history.last
    }
}

/// A demo table: what it is and how its rows are made.
#[derive(Debug)]
pub(crate) struct Table {
    /// What it is.
    pub(crate) spec: &'static Spec,
    /// Whether rows are made month by month of order, which keeps chunks small.
    monthly: bool,
    /// Makes the rows of a chunk.
    fill: fn(&Slice<'_>, &mut Rows),
}

impl Table {
    /// The chunks of a table's rows that arrived after a day; tables that show a state ignore the day.
    pub(crate) fn chunks<'a>(&'a self, history: &'a History, after: Day) -> impl Iterator<Item = Rows> + 'a {
        let months = if self.monthly { history.months().collect() } else { vec![history.orders.as_slice()] };
        months.into_iter().map(move |orders| {
            let mut rows = Rows::new(self.spec);
            (self.fill)(&Slice { history, orders, after }, &mut rows);
            rows
        })
    }
}

const fn monthly(spec: &'static Spec, fill: fn(&Slice<'_>, &mut Rows)) -> Table {
    Table { spec, monthly: true, fill }
}

const fn whole(spec: &'static Spec, fill: fn(&Slice<'_>, &mut Rows)) -> Table {
    Table { spec, monthly: false, fill }
}

/// All demo tables, each after those it is derived from.
pub(crate) static TABLES: [Table; 20] = [
    monthly(&bronze::GA_EVENTS, bronze::ga_events),
    monthly(&bronze::WEBSHOP_ORDERS, bronze::webshop_orders),
    monthly(&bronze::ERP_SALES, bronze::erp_sales),
    monthly(&bronze::PAYMENTS, bronze::payments),
    whole(&bronze::CRM_ACCOUNTS, bronze::crm_accounts),
    whole(&competitors::ANNUAL_REPORTS, competitors::annual_reports),
    monthly(&facts::FACT_ORDERS, facts::fact_orders),
    monthly(&facts::FACT_PAYMENTS, facts::fact_payments),
    monthly(&facts::FACT_WEB_SESSIONS, facts::fact_web_sessions),
    whole(&dimensions::DIM_CUSTOMER, dimensions::dim_customer),
    whole(&dimensions::DIM_PRODUCT, dimensions::dim_product),
    whole(&dimensions::DIM_DATE, dimensions::dim_date),
    whole(&dimensions::DIM_WAREHOUSE, dimensions::dim_warehouse),
    whole(&sales::SALES_DAILY, sales::sales_daily),
    whole(&sales::SALES_FORECAST, sales::sales_forecast),
    whole(&collections::COLLECTIONS, collections::collections),
    whole(&collections::RECEIVABLES_AGEING, collections::receivables_ageing),
    whole(&planning::WAREHOUSE_CANDIDATES, planning::warehouse_candidates),
    whole(&recommend::PRODUCT_RECOMMENDATIONS, recommend::product_recommendations),
    whole(&competitors::COMPETITOR_FACTS, competitors::competitor_facts),
];
