//! A long list in slices: the page draws one, and the address says which.

use leptos::prelude::*;

use crate::ui::number;

/// Rows that a page draws of one list.
pub(crate) const ROWS: usize = 500;

/// The slice of a long list that a page draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    from: usize,
    most: usize,
    all: usize,
}

impl Slice {
    /// The slice that holds the place an address names, of a list of `all` items in slices of `most`.
    pub(crate) fn of(all: usize, most: usize, place: Option<&str>) -> Self {
        let place = place.and_then(|text| text.parse::<usize>().ok()).unwrap_or_default();
        Self { from: place.min(all.saturating_sub(1)) / most * most, most, all }
    }

    /// True where it is the beginning of the list.
    pub(crate) fn is_first(self) -> bool {
        self.from == 0
    }

    /// Of a part of the list, which has so many items `before` it, what lies in the slice.
    pub(crate) fn cut<T>(self, before: usize, part: Vec<T>) -> Vec<T> {
        let first = self.from.saturating_sub(before);
        let end = (self.from + self.most).saturating_sub(before);
        part.into_iter().take(end).skip(first).collect()
    }

    /// Which items these are, and the ways to the others; nothing where they are all. `at` gives the address of the slice
    /// that begins at a place.
    pub(crate) fn pager(self, items: &str, at: impl Fn(usize) -> String) -> AnyView {
        if self.all <= self.most {
            return ().into_any();
        }
        let count = |places: usize| number(i64::try_from(places).unwrap_or(i64::MAX));
        let end = (self.from + self.most).min(self.all);
        let (most, label) = (count(self.most), format!("Pages of {items}"));
        let before = (self.from > 0).then(|| {
            let href = at(self.from - self.most);
            view! { <a class="btn btn-sm" href=href>{format!("The {most} before")}</a> }
        });
        let after = (end < self.all).then(|| {
            let next = count(self.most.min(self.all - end));
            view! { <a class="btn btn-sm" href=at(end)>{format!("The next {next}")}</a> }
        });
        let these = format!("{} to {} of {} {items}", count(self.from + 1), count(end), count(self.all));
        view! { <nav class="pager" aria-label=label>{before}<span>{these}</span>{after}</nav> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_item_is_out_of_reach_and_none_is_drawn_twice() {
        for all in [0, 1, 499, 500, 501, 1_000, 1_201] {
            let mut drawn = Vec::new();
            for place in (0..all.max(1)).step_by(500) {
                let slice = Slice::of(all, 500, Some(&place.to_string()));
                // The list stands on the page in two parts.
                let (first, second): (Vec<usize>, Vec<usize>) = (0..all).partition(|item| *item < 300);
                let before = first.len();
                let shown: Vec<usize> =
                    slice.cut(0, first).into_iter().chain(slice.cut(before, second)).collect();
                assert!(shown.len() <= 500);
                drawn.extend(shown);
            }
            assert_eq!(drawn, (0..all).collect::<Vec<_>>(), "{all}");
        }
    }

    #[test]
    fn a_place_behind_the_end_or_none_at_all_is_answered() {
        let from = |place: &str| Slice::of(1_201, 500, Some(place)).cut(0, (0..1_201).collect())[0];
        assert_eq!((from("0"), from("700"), from("999999"), from("x"), from("-1")), (0, 500, 1_000, 0, 0));
        assert_eq!(Slice::of(0, 500, Some("7")).cut(0, Vec::<u8>::new()), Vec::<u8>::new());
    }
}
