//! Lineage: where data comes from, and who is hit when it changes.

mod canvas;
mod fit;
mod impact;
mod legend;
mod list;
mod page;
mod panel;
mod reached;
mod room;
mod tools;

pub(crate) use impact::{ImpactPage, impact_href};
pub(crate) use page::LineagePage;
