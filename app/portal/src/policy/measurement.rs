//! The portal's own look at a whole table, for the promises of a contract.

use lakeport_frame::TableRef;
use lakeport_model::PersonId;

use super::{Authorized, RunChecks};

/// A whole table to be measured by the portal itself: figures that it keeps, never rows that somebody is shown. Only
/// [`measure`] makes one, and the lake checks nothing else; rows are read under an [`Entitlement`](super::Entitlement).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    table: TableRef,
    asked_by: Option<PersonId>,
}

impl Measurement {
    /// The table.
    pub fn table(&self) -> &TableRef {
        &self.table
    }

    /// Who waits for it: people share the lake's workers.
    pub fn asked_by(&self) -> Option<PersonId> {
        self.asked_by
    }
}

/// The portal's own look at a table, for a contract that may measure it: somebody may start it, or the calendar does. What
/// comes out is told to each as far as they read the table.
pub fn measure(proof: &Authorized<RunChecks>, table: TableRef) -> Measurement {
    Measurement { table, asked_by: proof.viewer() }
}
