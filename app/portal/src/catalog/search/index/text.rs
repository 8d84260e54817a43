//! Words: of what is indexed, and of what is looked for.

use lakeport_model::catalog::{LONGEST_SEARCH, LONGEST_WORD, MOST_WORDS};
use tantivy::tokenizer::{Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer, TokenStream};

pub(super) fn plain() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).build()
}

pub(super) fn english() -> TextAnalyzer {
    stemmed(Language::English)
}

pub(super) fn german() -> TextAnalyzer {
    stemmed(Language::German)
}

fn stemmed(language: Language) -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(Stemmer::new(language))
        .build()
}

/// Stems of words, in both languages that people write here.
pub(in super::super) struct Stems {
    english: TextAnalyzer,
    german: TextAnalyzer,
}

impl Default for Stems {
    fn default() -> Self {
        Self { english: english(), german: german() }
    }
}

impl Stems {
    /// The English stem of a word.
    pub(in super::super) fn english(&mut self, word: &str) -> String {
        tokens(&mut self.english, word).concat()
    }

    /// The German stem of a word.
    pub(in super::super) fn german(&mut self, word: &str) -> String {
        tokens(&mut self.german, word).concat()
    }
}

fn tokens(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut stream = analyzer.token_stream(text);
    let mut tokens = Vec::new();
    while let Some(token) = stream.next() {
        tokens.push(token.text.clone());
    }
    tokens
}

/// The words of a text, in lower case.
pub(in super::super) fn words(text: &str) -> Vec<String> {
    tokens(&mut plain(), text)
}

/// A text with the parts of its words behind it that are written together: `customerId Customer Id`.
pub(super) fn with_parts(text: &str) -> String {
    // Most texts hold none, and all texts of all entries are looked at.
    let mut pairs = text.chars().zip(text.chars().skip(1));
    if !pairs.any(|(before, letter)| is_joint(before, letter)) {
        return text.to_owned();
    }
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let parts = words.map(parts).filter(|parts| parts.len() > 1);
    format!("{text} {}", parts.flatten().collect::<Vec<_>>().join(" "))
}

/// True where a word that is written together goes on with its next part.
fn is_joint(before: char, letter: char) -> bool {
    before.is_lowercase() && letter.is_uppercase()
}

/// The parts of a word that each begin with a capital letter after a small one.
fn parts(word: &str) -> Vec<&str> {
    let letters = || word.char_indices();
    let begins = letters().zip(letters().skip(1));
    let begins = begins.filter(|((_, before), (_, letter))| is_joint(*before, *letter));
    let mut ends: Vec<usize> = begins.map(|(_, (at, _))| at).collect();
    ends.push(word.len());
    let mut from = 0;
    let part = |end: usize| word.get(std::mem::replace(&mut from, end)..end);
    ends.into_iter().filter_map(part).collect()
}

/// The words that are looked for, and whether more was typed. Each word becomes several automata of about 10 KiB a letter.
pub(in super::super) fn searched(text: &str) -> (Vec<String>, bool) {
    let start: String = text.chars().take(LONGEST_SEARCH).collect();
    let mut is_cut = start.len() < text.trim_end().len();
    let mut words = words(&start);
    is_cut |= words.len() > MOST_WORDS;
    words.truncate(MOST_WORDS);
    for word in &mut words {
        if let Some((end, _)) = word.char_indices().nth(LONGEST_WORD) {
            word.truncate(end);
            is_cut = true;
        }
    }
    (words, is_cut)
}

/// A name as a whole, spelled as the words are that are looked for.
pub(super) fn whole(name: &str) -> String {
    searched(name).0.join(" ")
}

/// A name in pieces; `true` marks those that match a word.
pub(in super::super) fn mark(name: &str, words: &[String]) -> Vec<(String, bool)> {
    let lower = name.to_lowercase();
    // Lower-casing may change lengths outside ASCII; then nothing is marked rather than the wrong piece.
    let found = words.iter().filter(|_| lower.len() == name.len()).filter_map(|word| {
        lower
            .find(word.as_str())
            .filter(|at| name.is_char_boundary(*at) && name.is_char_boundary(at + word.len()))
            .map(|at| (at, at + word.len()))
    });
    match found.min() {
        Some((from, to)) => [(&name[..from], false), (&name[from..to], true), (&name[to..], false)]
            .into_iter()
            .filter(|(piece, _)| !piece.is_empty())
            .map(|(piece, marked)| (piece.to_owned(), marked))
            .collect(),
        None => vec![(name.to_owned(), false)],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_piece_that_fits_is_marked() {
        let marked = |name: &str, q: &str| mark(name, &words(q));
        let whole = |name: &str| vec![(name.to_owned(), false)];
        assert_eq!(marked("Sales", "sal"), [("Sal".to_owned(), true), ("es".to_owned(), false)]);
        assert_eq!(marked("gold.sales", "SALES"), [("gold.".to_owned(), false), ("sales".to_owned(), true)]);
        assert_eq!(marked("Sales", "zebra"), whole("Sales"));
        assert_eq!(marked("Sales", ""), whole("Sales"));
        assert_eq!(marked("İstanbul", "stan"), whole("İstanbul"), "lower case has another length here");
    }

    #[test]
    fn words_are_split_at_signs() {
        assert_eq!(words("gold.sales_daily (EUR)"), ["gold", "sales", "daily", "eur"]);
        assert_eq!(words(" -+* "), Vec::<String>::new());
    }

    #[test]
    fn words_that_are_written_together_are_found_by_their_parts() {
        assert_eq!(parts("customerId"), ["customer", "Id"]);
        assert_eq!(parts("PayPal"), ["Pay", "Pal"]);
        assert_eq!(parts("ERP"), ["ERP"], "nobody knows where it would be cut");
        assert_eq!(parts("überfälligeForderung"), ["überfällige", "Forderung"]);
        assert_eq!(with_parts("the orderId, placedAt"), "the orderId, placedAt order Id placed At");
        assert_eq!(with_parts("sales_daily"), "sales_daily");
    }

    #[test]
    fn words_have_stems_in_both_languages() {
        let mut stems = Stems::default();
        assert_eq!(stems.english("payments"), stems.english("payment"));
        assert_eq!(stems.german("mahnungen"), stems.german("mahnung"));
        assert_eq!(stems.german("kunden"), stems.german("kunde"));
    }

    #[test]
    fn a_search_never_has_more_words_or_letters_than_its_limits() {
        let (words, is_cut) = searched(&"ab".repeat(50_000));
        assert_eq!((words.len(), words[0].len(), is_cut), (1, LONGEST_WORD, true));
        let (words, is_cut) = searched(&"abcd ".repeat(20_000));
        assert_eq!((words.len(), is_cut), (MOST_WORDS, true));
        let (words, is_cut) = searched(&"a.".repeat(60));
        assert_eq!((words.len(), is_cut), (MOST_WORDS, true));
        assert_eq!(searched("late payments "), (vec!["late".to_owned(), "payments".to_owned()], false));
        assert!(!searched(&"é".repeat(LONGEST_WORD)).1);
    }

    proptest! {
        #[test]
        fn pieces_make_up_the_name(name in "\\PC{0,12}", q in "\\PC{0,4}") {
            let pieces = mark(&name, &words(&q));
            prop_assert_eq!(pieces.into_iter().map(|(piece, _)| piece).collect::<String>(), name);
        }
    }
}
