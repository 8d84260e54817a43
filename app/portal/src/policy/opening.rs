//! How much of a table a right opens, and what several rights open together.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use lakeport_frame::{Columns, MOST_CONDITIONS, Rows, Shown};

/// What a right opens of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// Which columns, and how.
    pub columns: Columns,
    /// Which rows.
    pub rows: Rows,
}

impl Opening {
    /// All of it.
    pub fn whole() -> Self {
        Self { columns: Columns::All, rows: Rows::All }
    }

    /// These columns of all rows.
    pub fn of(columns: Columns) -> Self {
        Self { columns, rows: Rows::All }
    }

    /// True where nothing stays closed.
    pub fn is_whole(&self) -> bool {
        *self == Self::whole()
    }

    /// True where it opens nothing at all.
    pub fn is_empty(&self) -> bool {
        matches!(&self.columns, Columns::Only(columns) if columns.is_empty())
            || matches!(&self.rows, Rows::Where(conditions) if conditions.is_empty())
    }

    /// The same, of these columns only.
    #[must_use]
    pub fn within(mut self, names: &[String]) -> Self {
        match &mut self.columns {
            Columns::All => self.columns = Columns::plain(names.iter().map(String::as_str)),
            Columns::Only(columns) => columns.retain(|name, _| names.contains(name)),
        }
        self
    }

    /// True where every cell that the other shows is shown by this one, as it is or under a mask that tells no less.
    pub fn covers(&self, other: &Self) -> bool {
        let rows = match (&self.rows, &other.rows) {
            (Rows::All, _) => true,
            (Rows::Where(_), Rows::All) => false,
            (Rows::Where(these), Rows::Where(those)) => those.is_subset(these),
        };
        rows && match (&self.columns, &other.columns) {
            (Columns::All, _) => true,
            (Columns::Only(_), Columns::All) => false,
            (Columns::Only(_), Columns::Only(those)) => {
                those.iter().all(|(name, shown)| self.columns.shown(name) >= Some(*shown))
            }
        }
    }

    /// What both open, where that is one list of columns of one set of rows: `None` where together they would show a cell
    /// that neither shows.
    fn and(&self, other: &Self) -> Option<Self> {
        if self.rows == other.rows {
            return Some(Self { columns: either(&self.columns, &other.columns), rows: self.rows.clone() });
        }
        if self.columns != other.columns {
            return None;
        }
        let rows = match (&self.rows, &other.rows) {
            (Rows::Where(these), Rows::Where(those)) => {
                let both: BTreeSet<String> = these.union(those).cloned().collect();
                if both.len() > MOST_CONDITIONS {
                    return None;
                }
                Rows::Where(both)
            }
            _ => Rows::All,
        };
        Some(Self { columns: self.columns.clone(), rows })
    }

    /// The measure by which one opening is wider than another: columns first, then rows.
    fn width(&self) -> impl Ord + use<> {
        let (whole, columns, plain) = match &self.columns {
            Columns::All => (true, 0, 0),
            Columns::Only(columns) => {
                let plain = columns.values().filter(|shown| **shown == Shown::Plain).count();
                (false, columns.len(), plain)
            }
        };
        let (all, conditions) = match &self.rows {
            Rows::All => (true, 0),
            Rows::Where(conditions) => (false, conditions.len()),
        };
        (whole, columns, plain, all, conditions)
    }
}

/// Columns of either, each as the one shows it that tells more.
fn either(these: &Columns, those: &Columns) -> Columns {
    let (Columns::Only(these), Columns::Only(those)) = (these, those) else { return Columns::All };
    let mut both = these.clone();
    for (name, shown) in those {
        let known = both.entry(name.clone()).or_insert(*shown);
        *known = (*known).max(*shown);
    }
    Columns::Only(both)
}

/// What several rights open together: never a cell that none of them shows, nor one less masked than by one of them, in
/// whatever order they come.
///
/// Rights on the same rows open the columns of both, each under the weaker mask; rights on the same columns open the rows
/// of both. What differs in columns and in rows is one table no more: the columns of the one in the rows of the other would
/// be open as well. Then the widest counts, columns before rows, and the others open nothing besides.
///
/// `None` where nothing is opened.
pub fn together(openings: impl IntoIterator<Item = Opening>) -> Option<Opening> {
    let mut openings: Vec<Opening> = openings.into_iter().filter(|opening| !opening.is_empty()).collect();
    loop {
        openings.sort();
        openings.dedup();
        let Some((first, second, both)) = next_pair(&openings) else { break };
        openings.swap_remove(second);
        openings[first] = both;
    }
    openings.into_iter().min_by_key(|opening| Reverse(opening.width()))
}

/// The first two that one opening stands for: one that covers the other, then two of the same rows, then of the same columns.
fn next_pair(openings: &[Opening]) -> Option<(usize, usize, Opening)> {
    let pairs = || {
        (0..openings.len()).flat_map(|first| (first + 1..openings.len()).map(move |second| (first, second)))
    };
    let covering = pairs().find_map(|(first, second)| {
        let (one, other) = (&openings[first], &openings[second]);
        let wider = if one.covers(other) { Some(one) } else { other.covers(one).then_some(other) };
        wider.map(|wider| (first, second, wider.clone()))
    });
    let joined = |same_rows: bool| {
        pairs().find_map(|(first, second)| {
            let (one, other) = (&openings[first], &openings[second]);
            let both = one.and(other).filter(|_| (one.rows == other.rows) == same_rows)?;
            Some((first, second, both))
        })
    };
    covering.or_else(|| joined(true)).or_else(|| joined(false))
}

#[cfg(test)]
mod tests {
    use lakeport_frame::Mask;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    use super::*;

    const COLUMNS: [&str; 3] = ["a", "b", "c"];
    /// Each condition is true of some of eight rows.
    const CONDITIONS: [(&str, u8); 4] =
        [("p", 0b0000_1111), ("q", 0b0011_1100), ("r", 0b1000_0001), ("s", 0b0000_0000)];

    /// How an opening shows a cell; a column that no list names stands for all others.
    fn cell(opening: &Opening, column: &str, row: usize) -> Option<Shown> {
        let is_open = match &opening.rows {
            Rows::All => true,
            Rows::Where(conditions) => CONDITIONS
                .iter()
                .any(|(condition, rows)| conditions.contains(*condition) && rows >> row & 1 == 1),
        };
        opening.columns.shown(column).filter(|_| is_open)
    }

    fn cells() -> impl Iterator<Item = (&'static str, usize)> {
        let columns = COLUMNS.into_iter().chain(["another"]);
        columns.flat_map(|column| (0..8).map(move |row| (column, row)))
    }

    fn an_opening() -> impl Strategy<Value = Opening> {
        let shown = select(vec![
            Shown::Plain,
            Shown::Masked(Mask::Null),
            Shown::Masked(Mask::Hash),
            Shown::Masked(Mask::Last4),
        ]);
        let list = (subsequence(COLUMNS.to_vec(), 0..=3), prop::collection::vec(shown, 3)).prop_map(
            |(names, shown)| Columns::Only(names.into_iter().map(str::to_owned).zip(shown).collect()),
        );
        let columns = prop_oneof![1 => Just(Columns::All), 6 => list];
        let conditions = subsequence(CONDITIONS.map(|(name, _)| name).to_vec(), 0..=2)
            .prop_map(|names| Rows::Where(names.into_iter().map(str::to_owned).collect()));
        let rows = prop_oneof![2 => Just(Rows::All), 3 => conditions];
        (columns, rows).prop_map(|(columns, rows)| Opening { columns, rows })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn rights_together_never_show_a_cell_that_none_of_them_shows(
            openings in prop::collection::vec(an_opening(), 0..6),
        ) {
            match together(openings.clone()) {
                None => prop_assert!(openings.iter().all(Opening::is_empty)),
                Some(both) => {
                    for (column, row) in cells() {
                        let Some(shown) = cell(&both, column, row) else { continue };
                        let by_one = openings.iter().any(|one| cell(one, column, row) == Some(shown));
                        prop_assert!(by_one, "{column} of row {row}: {both:?}");
                    }
                    let holds = openings.iter().any(|one| !one.is_empty() && both.covers(one));
                    prop_assert!(holds, "one of them holds whole");
                }
            }
        }

        #[test]
        fn what_rights_open_together_never_depends_on_their_order(
            openings in prop::collection::vec(an_opening(), 0..6), turns in 0..6_usize,
        ) {
            let mut turned = openings.clone();
            turned.reverse();
            let by = turns % turned.len().max(1);
            turned.rotate_left(by);
            prop_assert_eq!(together(openings), together(turned));
        }

        #[test]
        fn what_covers_another_shows_all_of_its_cells(one in an_opening(), other in an_opening()) {
            if one.covers(&other) {
                for (column, row) in cells() {
                    prop_assert!(cell(&one, column, row) >= cell(&other, column, row));
                }
            }
        }
    }

    #[test]
    fn columns_of_one_right_never_open_in_the_rows_of_another() {
        let opening = |columns: &[&str], condition: &str| Opening {
            columns: Columns::plain(columns.iter().copied()),
            rows: Rows::only(condition),
        };
        let north = opening(&["region", "revenue"], "region = 'north'");
        let south = opening(&["region", "note", "day"], "region = 'south'");
        assert_eq!(together([north.clone(), south.clone()]), Some(south.clone()), "three columns before two");
        let same_rows = opening(&["note"], "region = 'north'");
        let both = opening(&["note", "region", "revenue"], "region = 'north'");
        assert_eq!(together([north.clone(), same_rows]), Some(both));
        let same_columns = opening(&["region", "revenue"], "region = 'south'");
        let conditions = ["region = 'north'", "region = 'south'"].map(str::to_owned);
        let rows = Rows::Where(conditions.into());
        assert_eq!(together([same_columns, north.clone()]), Some(Opening { rows, ..north }));
        assert_eq!(together([south, Opening::whole()]), Some(Opening::whole()));
    }
}
