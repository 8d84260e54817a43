//! How well a domain keeps up what it offers: a score, what that is made of, and what is to do.

use serde::{Deserialize, Serialize};

use crate::catalog::AssetRef;
use crate::people::DomainRef;
use crate::words::words;
use crate::{First, Page};

words! {
    /// What is measured.
    HealthPart {
        /// Contracts whose promises are kept, of those that are checked.
        Contracts = "contracts",
        /// Grants whose review is not overdue, of those that are reviewed.
        Reviews = "reviews",
        /// Columns whose meaning is described.
        Meanings = "meanings",
        /// Output ports that have a contract.
        Promises = "promises",
    }
}

/// Most things that a part names.
pub const MOST_NAMED: usize = 5;

/// Most assets in one part of the list of columns without a meaning.
pub const MOST_GAPS: u32 = 50;

/// So many of so many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// What.
    pub part: HealthPart,
    /// How many are as they should be.
    pub done: u32,
    /// How many there are.
    pub of: u32,
    /// The first of the others, each with its address; none where another page lists them.
    pub todo: First<(String, String)>,
}

impl Measured {
    /// Per cent, rounded down, so that 100 says all of them; `None` where there is nothing to measure.
    pub fn share(&self) -> Option<u32> {
        let share = u64::from(self.done) * 100;
        u32::try_from(share.checked_div(self.of.into())?).ok()
    }
}

/// An asset with columns that nobody described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The asset.
    pub asset: AssetRef,
    /// The first of these columns.
    pub columns: First<String>,
}

/// How well a domain keeps up what it offers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Health {
    /// The domain.
    pub domain: DomainRef,
    /// What is measured; nothing with a later part of the list.
    pub parts: Vec<Measured>,
    /// A part of its assets with columns that nobody described, by id.
    pub gaps: Page<Gap>,
    /// The viewer may describe them.
    pub may_edit: bool,
}

impl Health {
    /// The mean of the shares, each of them as heavy as the others, rounded down; `None` where nothing can be measured.
    pub fn score(&self) -> Option<u32> {
        let shares: Vec<u32> = self.parts.iter().filter_map(Measured::share).collect();
        let number = u32::try_from(shares.len()).ok()?;
        shares.iter().sum::<u32>().checked_div(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(done: u32, of: u32) -> Measured {
        Measured { part: HealthPart::Meanings, done, of, todo: First::cut(Vec::new(), 0) }
    }

    fn score(parts: &[(u32, u32)]) -> Option<u32> {
        let parts = parts.iter().map(|(done, of)| measured(*done, *of)).collect();
        let domain = DomainRef { id: "finance".into(), name: "Finance".to_owned() };
        Health { domain, parts, gaps: Page { items: Vec::new(), next: None }, may_edit: false }.score()
    }

    #[test]
    fn a_hundred_says_all_of_them_and_what_is_not_there_counts_for_nothing() {
        assert_eq!(measured(999, 1_000).share(), Some(99));
        assert_eq!(measured(u32::MAX, u32::MAX).share(), Some(100));
        assert_eq!(measured(0, 0).share(), None);
        assert_eq!(score(&[(1, 2), (0, 0), (3, 3)]), Some(75));
        assert_eq!(score(&[(99, 100), (100, 100)]), Some(99));
        assert_eq!([score(&[(0, 0)]), score(&[])], [None, None]);
    }
}
