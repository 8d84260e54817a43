//! Lineage: what data is made of, and who is hit when it changes.

mod edges;
mod graph;
mod ingest;
mod job;
mod marquez;

pub use edges::{Edge, Edges};
pub use graph::graph;
pub(crate) use ingest::keep_events;
pub use ingest::{Events, ingest, ingest_all};
pub use marquez::marquez;
