//! Who uses what, as far as it is read in this portal, and what nobody uses.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::catalog::Way;
use crate::people::DomainRef;
use crate::words::words;
use crate::{First, Page, PersonId, ProductId};

words! {
    /// Of what the use is shown.
    Used {
        /// A data product.
        Product = "product",
        /// An asset.
        Asset = "asset",
    }
}

/// The numbers of days over which use is shown.
pub const WINDOWS: [u32; 3] = [30, 90, 365];

/// The one that is shown where nobody asks for another.
pub const USUAL_DAYS: u32 = 90;

/// The numbers of months after which something counts as unused.
pub const MONTHS: [u32; 3] = [3, 6, 12];

/// The one that counts where nobody asks for another.
pub const USUAL_MONTHS: u32 = 6;

/// Fewer people than so many are told without their number to those who see no names.
pub const SMALLEST_GROUP: u32 = 3;

/// Most people that are named.
pub const MOST_READERS: usize = 200;

/// Most products in one part of the list of those that nobody uses.
pub const MOST_UNUSED: u32 = 50;

/// The days that are shown to whoever asks for so many.
pub fn days_shown(asked: Option<u32>) -> u32 {
    asked.filter(|days| WINDOWS.contains(days)).unwrap_or(USUAL_DAYS)
}

/// The months that count for whoever asks for so many.
pub fn months_shown(asked: Option<u32>) -> u32 {
    asked.filter(|months| MONTHS.contains(months)).unwrap_or(USUAL_MONTHS)
}

/// How many people, as far as somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headcount {
    /// There are so many, or more.
    pub least: u32,
    /// There are no more.
    pub is_exact: bool,
}

impl Headcount {
    /// So many people.
    pub fn exactly(people: u32) -> Self {
        Self { least: people, is_exact: true }
    }

    /// The same for those who see no names: how few a small group is, they are not told.
    pub fn blurred(people: u32) -> Self {
        if (1..SMALLEST_GROUP).contains(&people) {
            Self { least: 1, is_exact: false }
        } else {
            Self::exactly(people)
        }
    }

    /// All of these together, which says nothing that they do not say.
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::exactly(0), |sum, more| Self {
            least: sum.least.saturating_add(more.least),
            is_exact: sum.is_exact && more.is_exact,
        })
    }

    /// `12 people`, `1 or 2 people`, `12 people or more`.
    pub fn words(self) -> String {
        match self {
            Self { least: 0, .. } => "Nobody".to_owned(),
            Self { least: 1, is_exact: true } => "1 person".to_owned(),
            Self { least, is_exact: true } => format!("{least} people"),
            Self { least: 1, .. } => "1 or 2 people".to_owned(),
            Self { least, .. } => format!("{least} people or more"),
        }
    }
}

/// The readers of one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The domain; `None` for those who belong to none.
    pub domain: Option<DomainRef>,
    /// How many people.
    pub people: Headcount,
    /// How often they read; `None` for those who see no names.
    pub readings: Option<u32>,
    /// The last day on which one of them read; `None` for those who see no names.
    pub last: Option<NaiveDate>,
}

/// Somebody who read, for those who decide about access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// The person; `None` for a service account, which has no page.
    pub person: Option<PersonId>,
    /// The name.
    pub name: String,
    /// The domain that they count in.
    pub domain: Option<DomainRef>,
    /// How often they read.
    pub readings: u32,
    /// The last day on which they did.
    pub last: NaiveDate,
}

/// Readings of a week or a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Its first day that counts.
    pub from: NaiveDate,
    /// How many.
    pub readings: u32,
}

/// Who uses something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// What it is.
    pub kind: Used,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The way to it.
    pub way: Way,
    /// Over how many days.
    pub days: u32,
    /// Something of it can be read in this portal.
    pub opens_here: bool,
    /// How many people read it.
    pub people: Headcount,
    /// The same by domain.
    pub groups: Vec<Group>,
    /// Who they are, who read last first; `None` for those who see no names.
    pub readers: Option<First<Reader>>,
    /// The bars are months; otherwise weeks.
    pub by_month: bool,
    /// Readings over time, oldest first; none for those who see no names.
    pub bars: Vec<Bar>,
    /// The same as an `svg`, which says nothing that the bars do not say.
    pub drawing: String,
}

/// A product that nobody used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unused {
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub name: String,
    /// Something of it was read here, once.
    pub was_read: bool,
    /// The last day on which it was; `None` for those who see no names of its readers.
    pub last: Option<NaiveDate>,
    /// Who holds access to it.
    pub holders: u32,
    /// Subscriptions to its contracts.
    pub subscriptions: u32,
}

/// What nobody uses of a domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnusedPage {
    /// The domain.
    pub domain: DomainRef,
    /// For how many months.
    pub months: u32,
    /// Since this day.
    pub since: NaiveDate,
    /// A part of these products, by id.
    pub products: Page<Unused>,
    /// The viewer may retire them.
    pub may_retire: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_offers_is_never_shown() {
        assert_eq!([None, Some(30), Some(31), Some(365)].map(days_shown), [90, 30, 90, 365]);
        assert_eq!([None, Some(3), Some(0), Some(12)].map(months_shown), [6, 3, 6, 12]);
    }

    #[test]
    fn people_are_counted_in_words() {
        let words = |people| [Headcount::exactly(people).words(), Headcount::blurred(people).words()];
        assert_eq!(words(0), ["Nobody", "Nobody"]);
        assert_eq!(words(1), ["1 person", "1 or 2 people"]);
        assert_eq!(words(2), ["2 people", "1 or 2 people"]);
        assert_eq!(words(3), ["3 people", "3 people"]);
        let sum = |all: &[u32]| Headcount::sum(all.iter().map(|people| Headcount::blurred(*people))).words();
        assert_eq!(sum(&[10, 2]), "11 people or more");
        assert_eq!([sum(&[2]), sum(&[4, 3]), sum(&[])], ["1 or 2 people", "7 people", "Nobody"]);
    }

    proptest! {
        /// Whether one or two people are in a small group never changes what is told, be it of the group or of all.
        #[test]
        fn nobody_is_ever_singled_out(groups in prop::collection::vec(0_u32..6, 0..8)) {
            let told = |groups: &[u32]| {
                let each: Vec<_> = groups.iter().map(|people| Headcount::blurred(*people)).collect();
                (each.clone(), Headcount::sum(each))
            };
            let others: Vec<u32> =
                groups.iter().map(|people| if *people == 1 { 2 } else { *people }).collect();
            prop_assert_eq!(told(&groups), told(&others));
            prop_assert!(told(&groups).1.least <= groups.iter().sum::<u32>());
        }
    }
}
