//! Lineage: what data is made of, and who is hit when it changes.

mod edges;
mod graph;
mod ingest;
mod job;
mod marquez;
mod sights;

pub use edges::{Direction, Edge, Edges, EdgesBuilder, JobId, NodeId, Reach};
pub use graph::graph;
pub use ingest::ingest;
pub(crate) use ingest::{event_id, keep};
pub use marquez::marquez;
