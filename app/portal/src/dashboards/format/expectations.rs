//! What a dashboard's text says must hold of its figures: alerts and tests.

use super::DataRef;

/// Somebody is told when a figure passes a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Its name.
    pub name: String,
    /// The condition.
    pub when: Condition,
    /// Five cron fields.
    pub cron: String,
    /// Filter values, as in the address.
    pub params: Vec<(String, String)>,
    /// Who is told: `group:NAME` or an address.
    pub to: Vec<String>,
}

/// A named set of filter values and what must hold for them.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// Its name.
    pub name: String,
    /// Filter values, as in the address.
    pub params: Vec<(String, String)>,
    /// What must hold.
    pub expect: Vec<Condition>,
}

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// `left OP right`
    Compare {
        /// Left side.
        left: Term,
        /// `=`, `!=`, `<`, `<=`, `>`, `>=`
        operator: Operator,
        /// Right side.
        right: Term,
    },
    /// `value between low and high`, both included.
    Between {
        /// The value.
        value: Term,
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
    },
    /// `max_ms N`: the queries together take no longer.
    MaxMs(u32),
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A number.
    Number(f64),
    /// A value of the first row.
    Value(DataRef),
    /// Number of rows of a query.
    Rows(String),
    /// Sum of a column.
    Sum(DataRef),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}
