//! Lineage: what data is made of, and who is hit when it changes.

mod edges;
mod graph;
mod ingest;
mod job;
mod marquez;

pub use edges::{Edge, Edges};
pub use graph::graph;
pub use ingest::ingest;
pub(crate) use ingest::{event_id, keep};
pub use marquez::marquez;
