//! One page of a list.

use serde::{Deserialize, Serialize};

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
}
