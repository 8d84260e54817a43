//! Words that are written together, as German does, and the words that they are made of.

/// Letters of the shortest part.
const SHORTEST: usize = 3;
/// Letters of the shortest part that is told of a word whose other parts are not known.
const SHORTEST_ALONE: usize = 5;
/// Parts that a word is cut into at most: more would be found by chance.
const MOST_PARTS: usize = 3;
/// What stands between two parts, and belongs to none.
const JOINTS: [&str; 6] = ["", "s", "es", "n", "en", "er"];

/// The fewest known words that make up a word, with at most a joint between two of them; `None` where there are none.
pub(super) fn split(word: &str, is_known: &mut dyn FnMut(&str) -> bool) -> Option<Vec<String>> {
    (2..=MOST_PARTS).find_map(|parts| cut(word, parts, is_known))
}

/// The longest known word that begins or ends a word, where the rest of it may be one that nobody knows; of two as long the
/// first.
pub(super) fn part(word: &str, is_known: &mut dyn FnMut(&str) -> bool) -> Option<String> {
    let letters = word.chars().count();
    let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    (SHORTEST_ALONE..=letters.checked_sub(SHORTEST)?).rev().find_map(|length| {
        let (begin, end) = (&word[..*cuts.get(length)?], &word[*cuts.get(letters - length)?..]);
        [begin, end].into_iter().find(|part| is_known(part)).map(str::to_owned)
    })
}

/// The word in exactly so many parts; of several ways the one with the longest first part.
fn cut(word: &str, parts: usize, is_known: &mut dyn FnMut(&str) -> bool) -> Option<Vec<String>> {
    if word.chars().count() < parts * SHORTEST {
        return None;
    }
    if parts == 1 {
        return is_known(word).then(|| vec![word.to_owned()]);
    }
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).skip(SHORTEST).collect();
    for end in ends.into_iter().rev() {
        let (first, rest) = word.split_at(end);
        if !is_known(first) {
            continue;
        }
        for joint in JOINTS {
            let Some(rest) = rest.strip_prefix(joint) else { continue };
            if let Some(others) = cut(rest, parts - 1, is_known) {
                return Some(std::iter::once(first.to_owned()).chain(others).collect());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn parts(word: &str, known: &[&str]) -> Option<Vec<String>> {
        split(word, &mut |part| known.contains(&part))
    }

    #[test]
    fn a_word_is_made_of_words_that_are_known() {
        let known = ["sales", "forecast", "kunde", "zahlung", "ausfall", "plan", "lager", "standort"];
        let said = |word: &str| parts(word, &known).map(|parts| parts.join(" "));
        assert_eq!(said("salesforecast").as_deref(), Some("sales forecast"));
        assert_eq!(said("kundenzahlung").as_deref(), Some("kunde zahlung"), "a joint is no part");
        assert_eq!(said("zahlungsausfall").as_deref(), Some("zahlung ausfall"));
        assert_eq!(said("lagerstandortplan").as_deref(), Some("lager standort plan"));
        assert_eq!(said("kundenzebra"), None, "every part is known, or none is meant");
        assert_eq!(said("sales"), None, "one word is not made of words");
        assert_eq!(said(""), None);
    }

    #[test]
    fn of_a_word_whose_rest_is_not_known_the_longest_known_part_is_told() {
        let known = ["zahlung", "zahlungs", "kunde", "lager", "bestand", "tag"];
        let said = |word: &str| part(word, &mut |part| known.contains(&part));
        assert_eq!(said("zahlungseingang").as_deref(), Some("zahlungs"));
        assert_eq!(said("kundenzebra").as_deref(), Some("kunde"));
        assert_eq!(said("mindestbestand").as_deref(), Some("bestand"));
        assert_eq!(said("größenlager").as_deref(), Some("lager"));
        for word in ["feiertag", "zahlung", "kundeab", "äöü", ""] {
            assert_eq!(said(word), None, "{word}");
        }
    }

    #[test]
    fn the_fewest_and_longest_parts_are_meant() {
        let known = ["web", "shop", "webshop", "order", "orders"];
        assert_eq!(parts("webshoporders", &known).expect("it is made of two"), ["webshop", "orders"]);
    }

    #[test]
    fn letters_of_any_length_are_never_cut_apart() {
        assert_eq!(parts("überfälligkeit", &["überfällig", "keit"]).expect("it is made of two").len(), 2);
        assert_eq!(parts("äöüäöü", &["äöü"]).expect("it is made of two"), ["äöü", "äöü"]);
    }

    proptest! {
        #[test]
        fn parts_are_known_and_stand_in_the_word(
            word in "[a-cäs]{0,14}",
            known in proptest::collection::btree_set("[a-cäs]{1,5}", 0..8),
        ) {
            let known: BTreeSet<String> = known;
            if let Some(parts) = split(&word, &mut |part| known.contains(part)) {
                prop_assert!((2..=MOST_PARTS).contains(&parts.len()));
                prop_assert!(parts.iter().all(|part| known.contains(part) && word.contains(part.as_str())));
            }
        }
    }
}
