//! The whole process, in process: every route with everybody, sign-in, the REST interface, and the command line.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so by a panic")]

mod arrows;
mod clock;
mod closed;
mod commands;
mod configuration;
mod damaged;
mod deadlines;
mod edge;
mod forms;
mod glossary;
mod hidden;
mod impact;
mod lake;
mod log;
mod logged;
mod marked;
mod markup;
mod matrix;
mod mesh;
mod offers;
mod profile;
mod rest;
mod restoring;
mod rules;
mod says;
mod sign_in;
mod statements;
mod surfaces;
mod tabs;
mod wide;
mod world;
