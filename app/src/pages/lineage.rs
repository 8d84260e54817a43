//! Lineage: where data comes from, and who is hit when it changes.

mod canvas;
mod fit;
mod legend;
mod list;
mod page;
mod panel;
mod room;
mod tools;

pub(crate) use page::LineagePage;
