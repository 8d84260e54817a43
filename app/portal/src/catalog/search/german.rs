//! German words of business and the English ones that catalogs are written in: whoever asks in German finds them, too.
//! What a company calls its own things by stands in its glossary, which knows more.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::index::Stems;

/// A German word and what it means, a line each.
const LIST: &str = include_str!("german.tsv");

/// The lines, by the stem of the German word.
static MEANT: LazyLock<HashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut stems = Stems::default();
    let mut meant: HashMap<String, Vec<&'static str>> = HashMap::new();
    for (word, english) in LIST.lines().filter_map(|line| line.split_once('\t')) {
        meant.entry(stems.german(word)).or_default().extend(english.split(' '));
    }
    meant
});

/// The English words that a German one of this stem means; none where the list does not have it.
pub(super) fn meant(stem: &str) -> &'static [&'static str] {
    MEANT.get(stem).map(Vec::as_slice).unwrap_or_default()
}

/// The words of the list, each with the English ones that it means.
pub(super) fn all() -> impl Iterator<Item = (&'static str, std::str::Split<'static, char>)> {
    LIST.lines().filter_map(|line| line.split_once('\t')).map(|(word, english)| (word, english.split(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_small_word_and_what_it_means() {
        for line in LIST.lines() {
            let (word, english) = line.split_once('\t').unwrap_or_else(|| panic!("\"{line}\" has a tab"));
            let mut words = std::iter::once(word).chain(english.split(' '));
            assert!(words.all(|word| !word.is_empty() && word == word.to_lowercase()), "{line}");
        }
    }

    #[test]
    fn a_word_is_found_in_each_of_its_forms() {
        let mut stems = Stems::default();
        let mut meant = |word: &str| meant(&stems.german(word)).to_vec();
        assert_eq!(meant("kunde"), meant("kunden"));
        assert_eq!(meant("zahlungen"), ["payment"]);
        assert!(meant("zebra").is_empty());
    }
}
