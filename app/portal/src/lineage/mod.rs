//! Lineage: what data is made of, and who is hit when it changes.

mod column;
mod edges;
mod graph;
mod ingest;
mod job;
mod marquez;
mod sights;

pub(crate) use column::beside_column;
pub use edges::{Direction, Edge, Edges, EdgesBuilder, JobId, NodeId, Reach};
pub use graph::{graph, impact};
pub use ingest::{Events, Held, Room, ingest, ingest_all, room};
pub(crate) use ingest::{Imported, keep_events};
pub use marquez::marquez;
