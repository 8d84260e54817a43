//! One page of a list.

use serde::{Deserialize, Serialize};

use crate::listed;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// Where the page before ended (its `next`); `None` starts at the beginning.
    pub after: Option<String>,
    /// Most items wanted, 1 to 200.
    pub limit: u32,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { after: None, limit: 50 }
    }
}

/// Part of a list, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Key of the next page; `None` on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts a list that was read with one item more than `limit`.
    pub fn cut(mut items: Vec<T>, limit: u32, key: impl Fn(&T) -> String) -> Self {
        let limit = limit as usize;
        let next = (items.len() > limit && limit > 0).then(|| key(&items[limit - 1]));
        items.truncate(limit);
        Self { items, next }
    }
}

/// The first of a list that is cut, and how many there are in all, so that the page can say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct First<T> {
    /// The items that are shown.
    pub items: Vec<T>,
    /// All of them.
    pub of: u32,
}

impl<T> First<T> {
    /// At most so many of a whole list.
    pub fn cut(mut items: Vec<T>, most: usize) -> Self {
        let of = u32::try_from(items.len()).unwrap_or(u32::MAX);
        items.truncate(most);
        Self { items, of }
    }

    /// How many there are beside those that are shown.
    pub fn more(&self) -> u32 {
        self.of.saturating_sub(u32::try_from(self.items.len()).unwrap_or(u32::MAX))
    }
}

impl<T: ToString> First<T> {
    /// A line each, and a last one, `and 3 more`, where there are more.
    pub fn lines(&self) -> Vec<String> {
        let more = self.more();
        let last = (more > 0).then(|| format!("and {more} more"));
        self.items.iter().map(ToString::to_string).chain(last).collect()
    }

    /// In a sentence: `a and b`, or `a, b and 3 more`.
    pub fn words(&self) -> String {
        let more = self.more();
        let last = (more > 0).then(|| format!("{more} more"));
        let names: Vec<String> = self.items.iter().map(ToString::to_string).chain(last).collect();
        listed(&names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_cut_never_forgets_how_many_there_are() {
        let first = First::cut(vec![1, 2, 3], 2);
        assert_eq!((first.items, first.of), (vec![1, 2], 3));
        assert_eq!(First::cut(vec![1], 2), First { items: vec![1], of: 1 });
    }

    #[test]
    fn what_is_not_shown_is_counted_in_the_same_words_everywhere() {
        let first = |most: usize| First::cut(vec!["a", "b", "c", "d"], most);
        assert_eq!([first(0), first(2), first(4), first(9)].map(|first| first.more()), [4, 2, 0, 0]);
        assert_eq!(first(2).lines(), ["a", "b", "and 2 more"]);
        assert_eq!(first(4).lines(), ["a", "b", "c", "d"]);
        assert_eq!(first(2).words(), "a, b and 2 more");
        assert_eq!(first(1).words(), "a and 3 more");
        assert_eq!(first(4).words(), "a, b, c and d");
        assert_eq!(First::<String>::cut(Vec::new(), 2).words(), "");
    }
}
