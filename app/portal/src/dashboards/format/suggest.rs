//! Words for people whose text has a slip in it.

/// The allowed word closest to `word`, if it is close enough to be what was meant.
pub(in crate::dashboards) fn closest<'a>(
    word: &str,
    allowed: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: String = word.chars().take(40).collect::<String>().to_lowercase();
    let length = word.chars().count();
    // Of a word of one letter nothing would be left.
    let limit = (1 + length / 4).min(length.saturating_sub(1));
    allowed
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// ` Did you mean "x"?`, or nothing.
pub(in crate::dashboards) fn did_you_mean<'a>(
    word: &str,
    allowed: impl IntoIterator<Item = &'a str>,
) -> String {
    closest(word, allowed).map_or(String::new(), |meant| format!(" Did you mean \"{meant}\"?"))
}

/// `a, b, c`, or `none` when there is nothing.
pub(in crate::dashboards) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// The text on one line, cut after 60 characters.
pub(in crate::dashboards) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(60).collect();
    if cut.len() < text.trim_end().len() { format!("{cut}..") } else { cut }
}

/// Number of single-character edits between two words; swapped neighbours count as one.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for (i, l) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, r) in right.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(l != r)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *l == right[j - 1] && left[i - 1] == *r {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("metirc", "metric"), 1);
        assert_eq!(distance("bar_chart", "barchart"), 1);
    }

    #[test]
    fn suggests_only_what_is_close() {
        assert_eq!(closest("metrics", ["metric", "sql"]), Some("metric"));
        assert_eq!(closest("Metric", ["metric", "sql"]), Some("metric"));
        assert_eq!(closest("banana", ["metric", "sql"]), None);
        assert_eq!(closest("r", ["q"]), None);
    }

    #[test]
    fn long_and_many_lined_texts_are_cut() {
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten("one\ntwo"), "one..");
        assert_eq!(shorten(&"x".repeat(70)), format!("{}..", "x".repeat(60)));
    }
}
