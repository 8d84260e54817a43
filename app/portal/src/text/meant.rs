//! Words for people whose text has a slip in it.

/// The allowed word closest to `word`, whatever its case, if it is close enough to be what was meant. Swapped neighbours
/// count as one edit.
pub(crate) fn closest<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: String = word.chars().take(40).collect::<String>().to_lowercase();
    let length = word.chars().count();
    // Of a word of one letter nothing would be left.
    let limit = (1 + length / 4).min(length.saturating_sub(1));
    allowed
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// ` Did you mean "x"?`, or nothing.
pub(crate) fn did_you_mean<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str>) -> String {
    closest(word, allowed).map_or(String::new(), |meant| format!(" Did you mean \"{meant}\"?"))
}

/// `a, b, c`, or `none` when there is nothing.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// The text on one line, cut after 60 characters.
pub(crate) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(60).collect();
    if cut.len() < text.trim_end().len() { format!("{cut}..") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_close() {
        assert_eq!(closest("metrics", ["metric", "sql"]), Some("metric"));
        assert_eq!(closest("Metric", ["metric", "sql"]), Some("metric"));
        assert_eq!(closest("metirc", ["metric", "sql"]), Some("metric"));
        assert_eq!(closest("physicalname", ["physicalName", "sql"]), Some("physicalName"));
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
