//! The lake against real Delta tables in temporary folders, in process and through real worker processes.

mod checks;
mod encoded;
mod entitled;
mod escape;
mod guard;
mod lake;
mod masked;
mod pool;
mod predicate;
mod query;
mod read;
mod reduced;
