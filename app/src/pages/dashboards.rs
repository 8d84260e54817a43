//! Dashboards.

mod blocks;
mod cards;
mod dashboard;
mod days;
mod filters;
mod held;
mod list;
mod live;
mod said;
mod table;

#[cfg(feature = "ssr")]
pub(crate) use blocks::changed_blocks;
pub(crate) use dashboard::DashboardPage;
pub(crate) use list::DashboardsPage;
