//! What changed between two texts, as pages show it: changed lines with those around them.

use std::time::Instant;

use lakeport_model::documents::{DiffLine, LineChange};
use similar::DiffTag;

use crate::Result;
use crate::actor::Party;
use crate::beside::DOCUMENTS;
use crate::text::legible_lines;
use crate::text::lines::{self, LONGEST_LOOK};

/// Lines before and behind a change that are shown with it.
pub(super) const AROUND: usize = 3;

/// Most lines of a comparison.
const MOST: usize = 2_000;

/// A comparison of two texts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Diff {
    /// Its lines; none where no line changed.
    pub(crate) lines: Vec<DiffLine>,
    /// It was too long, and stops before its end.
    pub(crate) is_cut: bool,
    /// Lines that the later text adds, also where they are cut off.
    pub(crate) added: u32,
    /// Lines that it takes.
    pub(crate) removed: u32,
}

impl Diff {
    /// The comparison, beside the threads that answer.
    pub(crate) async fn of(party: Party, old: String, new: String) -> Result<Self> {
        DOCUMENTS.run(party, move || Self::between(&old, &new)).await
    }

    fn between(old: &str, new: &str) -> Self {
        Self::within(old, new, MOST, Instant::now() + LONGEST_LOOK)
    }

    /// The comparison with at most so many lines, for which the shortest way is looked for until then; to be done beside the
    /// threads that answer.
    pub(crate) fn within(old: &str, new: &str, most: usize, until: Instant) -> Self {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let ops = lines::compared(&old, &new, until);
        let mut diff = Self::default();
        if ops.iter().all(|op| op.tag() == DiffTag::Equal) {
            return diff;
        }
        for (place, op) in ops.iter().enumerate() {
            if op.tag() != DiffTag::Equal {
                diff.removed = diff.removed.saturating_add(lines::number(op.old_range().len()));
                diff.added = diff.added.saturating_add(lines::number(op.new_range().len()));
                for at in op.old_range() {
                    diff.push(most, LineChange::Removed, (Some(at), None), old[at]);
                }
                for at in op.new_range() {
                    diff.push(most, LineChange::Added, (None, Some(at)), new[at]);
                }
                continue;
            }
            // The lines behind the change before, and those before the next one.
            let behind = if place == 0 { 0 } else { AROUND };
            let before = if place + 1 == ops.len() { 0 } else { AROUND };
            let count = op.new_range().len();
            for (number, (from, to)) in op.old_range().zip(op.new_range()).enumerate() {
                // A line takes no more room than the word that it was left out.
                if count <= behind + before + 1 || number < behind || number >= count - before {
                    diff.push(most, LineChange::Same, (Some(from), Some(to)), new[to]);
                } else if number == behind {
                    let left_out = (count - behind - before).to_string();
                    diff.push(most, LineChange::Skipped, (None, None), &left_out);
                }
            }
        }
        diff
    }

    fn push(
        &mut self,
        most: usize,
        change: LineChange,
        (old, new): (Option<usize>, Option<usize>),
        text: &str,
    ) {
        if self.lines.len() == most {
            self.is_cut = true;
            return;
        }
        let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
        self.lines.push(DiffLine {
            change,
            old: old.map(number),
            new: new.map(number),
            // Files may hold marks that nobody sees: with one, a line reads as another.
            text: legible_lines(text),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A comparison in signs, with the numbers of the lines.
    fn signs(old: &str, new: &str) -> Vec<String> {
        let number = |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
        let sign = |line: &DiffLine| {
            let sign = match line.change {
                LineChange::Same => "=",
                LineChange::Added => "+",
                LineChange::Removed => "-",
                LineChange::Skipped => "..",
            };
            format!("{sign} {} {} {}", number(line.old), number(line.new), line.text)
        };
        Diff::between(old, new).lines.iter().map(sign).collect()
    }

    #[test]
    fn a_change_is_shown_with_three_lines_around_it() {
        let old: Vec<String> = (1..=20).map(|line| format!("l{line}")).collect();
        let old = old.join("\n");
        let new = old.replace("l10\n", "ten\n");
        assert_eq!(
            signs(&old, &new),
            [
                ".. - - 6",
                "= 7 7 l7",
                "= 8 8 l8",
                "= 9 9 l9",
                "- 10 - l10",
                "+ - 10 ten",
                "= 11 11 l11",
                "= 12 12 l12",
                "= 13 13 l13",
                ".. - - 7",
            ]
        );
    }

    #[test]
    fn one_line_is_never_left_out_for_a_word_about_it() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
        let new = old.replace("a\n", "A\n").replace("i\n", "I\n");
        assert!(
            signs(old, &new).iter().all(|line| !line.starts_with("..")),
            "seven lines between two changes"
        );
    }

    #[test]
    fn what_is_the_same_shows_nothing_and_what_is_new_everything() {
        assert_eq!(Diff::between("a\nb\n", "a\nb\n"), Diff::default());
        assert_eq!(signs("", "a\nb\n"), ["+ - 1 a", "+ - 2 b"]);
    }

    #[test]
    fn a_comparison_never_grows_without_end() {
        let new = "x\n".repeat(MOST + 1);
        let diff = Diff::between("", &new);
        assert_eq!((diff.lines.len(), diff.is_cut), (MOST, true));
        assert_eq!((diff.added, diff.removed), (2_001, 0), "what is cut off is counted");
        let none = Diff::within("a\n", "b\n", 0, Instant::now());
        assert_eq!((none.lines.len(), none.is_cut, none.added, none.removed), (0, true, 1, 1));
        assert!(!Diff::between("", &"x\n".repeat(MOST)).is_cut);
    }
}
