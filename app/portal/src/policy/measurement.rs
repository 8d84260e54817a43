//! The portal's own look at a whole table, for the promises of a contract.

use lakeport_frame::TableRef;
use lakeport_model::PersonId;

use super::Authorized;

/// By what a contract is checked.
#[derive(Debug, Clone, Copy)]
pub enum Measurer<'a> {
    /// Somebody may start it. What comes out is told to each as far as he reads the table.
    Person(&'a Authorized),
    /// The calendar does.
    Calendar,
}

impl Measurer<'_> {
    /// The rule, for the audit.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Person(proof) => proof.rule(),
            Self::Calendar => "checks.daily",
        }
    }
}

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

/// The portal's own look at a table, for a contract that may measure it.
pub fn measure(by: Measurer<'_>, table: TableRef) -> Measurement {
    let asked_by = match by {
        Measurer::Person(proof) => Some(proof.viewer()),
        Measurer::Calendar => None,
    };
    Measurement { table, asked_by }
}
