//! Folders of documents that programs push: what they would change, and applying it.
//!
//! A push is files: it is read, written and held to the rules as an import is (`catalog/import/push.rs`), and texts that somebody
//! changed in the portal meet it in the same way. A plan carries everything out in a transaction that leaves nothing behind.
//! Applying a plan carries it out once more, and keeps it where it comes to the same.

mod apply;
mod assets;
mod carry;
mod left_out;
mod outcome;
mod over;
mod plan;
mod prune;
mod published;
mod read;
mod rights;
mod shown;
mod unfit;

pub use self::apply::apply;
pub use self::plan::plan;

/// The record of a push that a rule said no to.
const REFUSED: &str = "mesh.push.refused";
/// The record of a push.
const PUSHED: &str = "mesh.push";
