//! The lakehouse: Delta tables, guarded SQL, checks, and the worker processes all of that runs in.
//!
//! [`WorkerPool`] is what the portal talks to; [`worker_main`] is what it starts. [`guard`] is pure and may
//! be called anywhere. Nothing outside this crate names deltalake, datafusion or arrow.

pub mod demo;
pub mod engine;
pub mod guard;
pub mod protocol;

mod line;
mod pool;
mod worker;

pub use line::one_line;
pub use pool::{PoolOptions, WorkerPool};
pub use protocol::{
    ColumnLineage, ColumnRef, DemoProgress, DemoRequest, DemoSummary, DemoTable, MaskKey, Storage,
};
pub use worker::worker_main;
