//! Integration tests of the use cases: one binary, so that everything is linked once.

mod access;
mod audit;
mod contracts;
mod dashboards;
mod import;
mod jobs;
mod lake;
mod limits;
mod lineage;
mod people;
mod post;
mod review;
mod search;
mod standards;
mod visibility;
mod waiting;
mod world;
