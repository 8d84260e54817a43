//! How granted data is delivered: provisioning, and how to read it from other tools.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Whether a decision has reached the systems that deliver the data.
    Provisioning {
        /// Decided, not yet delivered.
        Pending = "pending",
        /// The data can be read; what is not opened here has nothing to deliver, and counts as delivered.
        Provisioned = "provisioned",
        /// Delivery failed and is tried again.
        Failed = "failed",
        /// Ended, not yet taken back.
        Deprovisioning = "deprovisioning",
        /// Taken back.
        Deprovisioned = "deprovisioned",
    }
}

/// Code to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// The tool: `pandas`, `Spark`, `DuckDB`, `BigQuery`.
    pub tool: String,
    /// The code.
    pub code: String,
    /// What it needs, in a sentence.
    pub note: String,
}
