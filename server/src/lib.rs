//! The Lakeport process: command line, configuration, sign-in, HTTP surfaces, jobs and the demo mesh.
//!
//! This is the only place where the portal's rules and the lake's engines meet, and where people's pages,
//! the REST interface and sign-in become one router. Start with [`router`] to see what answers what.

pub mod answers;
pub mod api;
pub mod assets;
mod audit;
pub mod auth;
pub mod cli;
pub mod config;
pub mod connections;
pub mod deadline;
pub mod demo;
pub mod headers;
pub mod jobs;
pub mod lake_bridge;
pub mod log;
pub mod mail;
pub mod observe;
mod patches;
mod private;
pub mod process;
mod progress;
mod replace;
pub mod router;
pub mod shared;
pub mod state;
pub mod stop;
