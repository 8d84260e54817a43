//! Words: of what is indexed, and of what is looked for.

use lakeport_model::catalog::{LONGEST_SEARCH, LONGEST_WORD, MOST_WORDS};
use tantivy::tokenizer::{Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer, TokenStream};

pub(super) fn plain() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).build()
}

pub(super) fn stemmed() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::English))
        .build()
}

pub(super) fn tokens(mut analyzer: TextAnalyzer, text: &str) -> Vec<String> {
    let mut stream = analyzer.token_stream(text);
    let mut tokens = Vec::new();
    while let Some(token) = stream.next() {
        tokens.push(token.text.clone());
    }
    tokens
}

/// The words of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    tokens(plain(), text)
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
