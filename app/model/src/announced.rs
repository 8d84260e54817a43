//! What is announced of things beside their descriptions.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What was announced of something.
    Announcement {
        /// It is retired from a day on.
        Retired = "retired",
        /// It is not retired any more.
        Restored = "restored",
        /// It is certified until a day.
        Certified = "certified",
        /// It is not certified any more.
        Withdrawn = "withdrawn",
    }
}
