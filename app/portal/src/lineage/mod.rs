//! Lineage: what data is made of, and who is hit when it changes.

mod ageing;
mod column;
mod column_graph;
mod edges;
mod graph;
mod impact_file;
mod impact_lines;
mod impact_list;
mod ingest;
mod job;
mod marquez;
mod sights;

pub(crate) use ageing::{age_edges, has_edges_to_age};
pub(crate) use column::beside_column;
pub use column_graph::column_lineage;
pub use edges::{Direction, Edge, Edges, EdgesBuilder, JobId, NodeId, Reach};
pub use graph::{graph, impact};
pub use impact_file::impact_csv;
pub use impact_list::{impact_page, impact_rows};
pub use ingest::{Events, Held, Room, ingest, ingest_all, room};
pub(crate) use ingest::{Imported, keep_events};
pub use marquez::{dataset_id_of, marquez};
