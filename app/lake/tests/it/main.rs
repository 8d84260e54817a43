//! The lake against real Delta tables in temporary folders, in process and through real worker processes.

mod checks;
mod encoded;
mod entitled;
mod escape;
mod guard;
mod lake;
mod pool;
mod query;
mod read;
