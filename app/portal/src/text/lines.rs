//! Two texts, compared line by line.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices_deadline};

/// How long the shortest way from one text to the other is looked for. What was not compared by then counts as changed.
pub(crate) const LONGEST_LOOK: Duration = Duration::from_millis(500);

/// How long lines are counted while others wait to write.
pub(crate) const LONGEST_COUNT: Duration = Duration::from_millis(100);

/// What becomes of the lines of one text in another, in their order.
pub(crate) fn compared(old: &[&str], new: &[&str], until: Instant) -> Vec<DiffOp> {
    capture_diff_slices_deadline(Algorithm::Myers, old, new, Some(until))
}

/// How many lines a text added to the one before, and how many it took from it.
pub(crate) fn changed(old: &str, new: &str, until: Instant) -> (u32, u32) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let ops = compared(&old, &new, until);
    let changes = ops.iter().filter(|op| op.tag() != DiffTag::Equal);
    let (mut added, mut removed) = (0, 0);
    for op in changes {
        added += op.new_range().len();
        removed += op.old_range().len();
    }
    (number(added), number(removed))
}

/// How many lines a text has.
pub(crate) fn count(text: &str) -> u32 {
    number(text.lines().count())
}

/// A number of lines as it is kept.
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stay_are_never_counted_as_changed() {
        let changed = |old, new| changed(old, new, Instant::now() + LONGEST_LOOK);
        assert_eq!(changed("a\nb\nc\n", "a\nB\nc\nd\n"), (2, 1));
        assert_eq!(changed("a\nb\n", "b\n"), (0, 1));
        assert_eq!(changed("", "a\nb"), (2, 0));
        assert_eq!(changed("a\n", "a"), (0, 0));
        assert_eq!((count("a\nb"), count("a\nb\n"), count("")), (2, 2, 0));
    }

    #[test]
    fn a_comparison_that_runs_out_of_time_is_still_a_way_from_one_text_to_the_other() {
        let text = |step: usize| {
            let lines: Vec<String> = (0..2_000).map(|line| (line * step).to_string()).collect();
            lines.join("\n")
        };
        let (old, new) = (text(1), text(3));
        let (added, removed) = changed(&old, &new, Instant::now());
        assert_eq!(added, removed, "as many lines came as went");
        assert!(added <= 2_000);
    }
}
