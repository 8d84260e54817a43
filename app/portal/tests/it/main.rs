//! Integration tests of the use cases: one binary, so that everything is linked once.

mod access;
mod acting;
mod asking;
mod audit;
mod contracts;
mod dashboards;
mod held;
mod import;
mod inbox;
mod jobs;
mod lake;
mod limits;
mod lineage;
mod members;
mod own_grants;
mod people;
mod post;
mod public;
mod readings;
mod refusals;
mod review;
mod search;
mod standards;
mod visibility;
mod waiting;
mod world;
