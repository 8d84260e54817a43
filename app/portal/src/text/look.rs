//! What a name looks like to somebody who does not look twice.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What a name may be taken for.
#[derive(Debug)]
pub(crate) struct Look(Vec<String>);

impl Look {
    /// Of a name: as it is written, as it is drawn, and with its words in another order; case, spaces, accents, and what
    /// nobody sees make no difference.
    pub(crate) fn of(name: &str) -> Self {
        let name = super::name(name);
        let written = name.to_lowercase().split_whitespace().collect();
        // Both before and after: the sigma that is drawn as a C comes apart into one that is not.
        let letters = name.chars().map(drawn).nfkd().filter(|letter| !is_combining_mark(*letter));
        let drawn: String = letters.map(drawn).flat_map(char::to_lowercase).collect();
        let mut words: Vec<&str> = drawn.split(|letter: char| !letter.is_alphanumeric()).collect();
        let in_order = words.concat();
        words.sort_unstable();
        let mut looks = vec![written, in_order, words.concat()];
        looks.retain(|look| !look.is_empty());
        Self(looks)
    }

    /// True when the one may be taken for the other.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.0.iter().any(|look| other.0.contains(look))
    }
}

/// Those that may be taken for an earlier one, each behind the first such: their places in the list.
pub(crate) fn twins<'n>(names: impl Iterator<Item = &'n str>) -> Vec<(usize, usize)> {
    alike(names.map(|name| Look::of(name).0))
}

/// The same of those that are drawn as an earlier one, letter for letter: accents, strokes, marks and the order of words
/// are seen by whoever looks.
pub(crate) fn drawn_twins<'n>(names: impl Iterator<Item = &'n str>) -> Vec<(usize, usize)> {
    alike(names.map(|name| vec![drawn_as(name)]))
}

/// The first letter of another alphabet that stands among Latin ones in a word and is drawn as one of them.
pub(crate) fn disguised(name: &str) -> Option<char> {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let mut latin = words.filter(|word| word.contains(|letter: char| letter.is_ascii_alphabetic()));
    latin.find_map(|word| {
        word.chars().find(|letter| !letter.is_ascii() && !is_marked(*letter) && drawn(*letter).is_ascii())
    })
}

/// How a name is drawn, whichever letters it is written in.
fn drawn_as(name: &str) -> String {
    let plain = |letter: char| if is_marked(letter) { letter } else { drawn(letter) };
    name.chars().map(plain).nfkd().map(plain).flat_map(char::to_lowercase).collect()
}

/// True for letters that have a stroke, or no dot, as others have an accent.
fn is_marked(letter: char) -> bool {
    matches!(
        letter,
        '\u{d8}'
            | '\u{f8}'
            | '\u{110}'
            | '\u{111}'
            | '\u{126}'
            | '\u{127}'
            | '\u{131}'
            | '\u{141}'
            | '\u{142}'
    )
}

fn alike(names: impl Iterator<Item = Vec<String>>) -> Vec<(usize, usize)> {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut twins = Vec::new();
    for (at, looks) in names.enumerate() {
        let earlier = looks.iter().filter_map(|look| first.get(look)).min();
        twins.extend(earlier.map(|earlier| (*earlier, at)));
        for look in looks {
            first.entry(look).or_insert(at);
        }
    }
    twins
}

/// A letter as it is drawn: of Latin, Greek, Cyrillic and Armenian letters that look the same there is one, small capitals
/// among them. From `confusables.txt` of Unicode 16, what fonts of the screen draw alike; wide, round and bold forms come
/// apart into plain letters.
fn drawn(letter: char) -> char {
    match letter.to_ascii_lowercase() {
        '\u{1d00}' | '\u{251}' | '\u{391}' | '\u{3b1}' | '\u{410}' | '\u{430}' => 'a',
        '\u{299}' | '\u{1d03}' | '\u{392}' | '\u{412}' | '\u{432}' | '\u{42c}' | '\u{44c}' => 'b',
        '\u{1d04}' | '\u{3f2}' | '\u{3f9}' | '\u{421}' | '\u{441}' => 'c',
        '\u{1d05}' | '\u{1d06}' | '\u{110}' | '\u{111}' | '\u{501}' => 'd',
        '\u{1d07}' | '\u{395}' | '\u{415}' | '\u{435}' => 'e',
        '\u{a730}' => 'f',
        '\u{262}' | '\u{261}' | '\u{50c}' => 'g',
        '\u{29c}' | '\u{126}' | '\u{127}' | '\u{397}' | '\u{41d}' | '\u{43d}' | '\u{4ba}' | '\u{4bb}' => 'h',
        // A small L and a large I are one stroke.
        'l' | '1' | '|' | '\u{1c0}' | '\u{26a}' | '\u{29f}' | '\u{1d0c}' | '\u{131}' | '\u{141}'
        | '\u{142}' | '\u{399}' | '\u{3b9}' | '\u{406}' | '\u{456}' | '\u{4c0}' | '\u{4cf}' => 'i',
        '\u{1d0a}' | '\u{37f}' | '\u{3f3}' | '\u{408}' | '\u{458}' => 'j',
        '\u{1d0b}' | '\u{39a}' | '\u{3ba}' | '\u{41a}' | '\u{43a}' => 'k',
        '\u{1d0d}' | '\u{39c}' | '\u{41c}' | '\u{43c}' => 'm',
        '\u{274}' | '\u{39d}' => 'n',
        '0' | '\u{1d0f}' | '\u{555}' | '\u{585}' | '\u{d8}' | '\u{f8}' | '\u{39f}' | '\u{3bf}'
        | '\u{41e}' | '\u{43e}' => 'o',
        '\u{1d18}' | '\u{3a1}' | '\u{3c1}' | '\u{420}' | '\u{440}' => 'p',
        '\u{a7af}' | '\u{51a}' | '\u{51b}' => 'q',
        '\u{280}' => 'r',
        '\u{a731}' | '\u{405}' | '\u{455}' => 's',
        '\u{1d1b}' | '\u{3a4}' | '\u{3c4}' | '\u{422}' | '\u{442}' => 't',
        '\u{1d1c}' | '\u{3c5}' => 'u',
        '\u{1d20}' | '\u{3bd}' | '\u{474}' | '\u{475}' => 'v',
        '\u{1d21}' | '\u{51c}' | '\u{51d}' => 'w',
        '\u{3a7}' | '\u{3c7}' | '\u{425}' | '\u{445}' => 'x',
        '\u{28f}' | '\u{3a5}' | '\u{3b3}' | '\u{423}' | '\u{443}' | '\u{4ae}' | '\u{4af}' => 'y',
        '\u{1d22}' | '\u{396}' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passes(one: &str, other: &str) -> bool {
        Look::of(one).is_like(&Look::of(other))
    }

    #[test]
    fn a_name_never_passes_for_another_one() {
        for other in [
            "maria keller",
            "MARIA  KELLER",
            " Maria\u{200b}Keller",
            "Maria\u{a0}Keller",
            "Keller Maria",
            "Keller, Maria",
            "maria.keller",
            "KellerMaria",
            "M\u{430}ri\u{430} K\u{435}ll\u{435}r",
            "\u{39c}aria \u{39a}eller",
            "Ｍａｒｉａ\u{3000}Ｋｅｌｌｅｒ",
            "𝐌𝐚𝐫𝐢𝐚 𝐊𝐞𝐥𝐥𝐞𝐫",
            "Ⓜaria Keller",
            "María Kéller",
            "Mari\u{430}\u{301} KeIIer",
            "Mar1a Ke||er",
            "Maria Ke\u{1c0}\u{1c0}er",
            "ᴍᴀʀɪᴀ ᴋᴇʟʟᴇʀ",
        ] {
            assert!(passes("Maria Keller", other), "{other:?}");
        }
        for other in
            ["\u{3f9}arlo Ricci", "Carlo Ri\u{3f2}\u{1d04}i", "Carl\u{585} Ricci", "Carl\u{1d0f} Ricci"]
        {
            assert!(passes("Carlo Ricci", other), "{other:?}");
        }
        assert!(passes("bcdfghjnpqstuvwyz", "ʙᴄᴅꜰɢʜᴊɴᴘꞯꜱᴛᴜᴠᴡʏᴢ"), "small capitals");
        assert!(passes("Søren Łoś", "Soren Los") && passes("Вера", "ВЕРА") && passes("Νίκος", "ΝΊΚΟΣ"));
    }

    #[test]
    fn names_that_read_differently_are_never_taken_for_one() {
        for other in
            ["Maria Kellers", "Mario Keller", "Maria", "Keller", "", "!!!", "Maria Keller job", "葛城"]
        {
            assert!(!passes("Maria Keller", other), "{other:?}");
        }
        assert!(!passes("!!!", "..."), "nothing of them is a name");
    }

    #[test]
    fn of_many_names_no_two_that_are_alike_are_overlooked() {
        let names = [
            "Maria Keller",
            "Carlo Ricci",
            "Keller, Maria",
            "Mari\u{430} Keller",
            "Carla Ricci",
            "C\u{430}rlo Ricci",
        ];
        assert_eq!(twins(names.into_iter()), [(0, 2), (0, 3), (1, 5)]);
        assert!(twins(["", "", "葛城"].into_iter()).is_empty(), "nothing is no name");
    }

    #[test]
    fn a_letter_of_another_alphabet_is_never_overlooked_among_latin_ones() {
        for (name, letter) in
            [("gold.s\u{430}les_daily", 'а'), ("raw.\u{39f}rders", 'Ο'), ("x.da\u{1d1b}a", 'ᴛ')]
        {
            assert_eq!(disguised(name), Some(letter), "{name}");
        }
        for name in [
            "gold.sales_daily",
            "größe.straße",
            "søk.kjøp",
            "ýel.ısı",
            "таблица_orders",
            "заказы.orders",
            "μ",
        ] {
            assert_eq!(disguised(name), None, "{name}");
        }
    }

    #[test]
    fn an_accent_never_counts_for_a_disguise() {
        let plain = "jorg.weber@nordkauf.example";
        for other in
            ["jörg.weber", "weber.jorg", "jorg-weber", "jørg.weber", "jorg.wéber", "jo\u{308}rg.weber"]
        {
            let other = format!("{other}@nordkauf.example");
            assert!(drawn_twins([plain, other.as_str()].into_iter()).is_empty(), "{other}");
            assert_eq!(twins([plain, other.as_str()].into_iter()), [(0, 1)], "{other}");
        }
        for other in ["j\u{43e}rg.weber", "jorg.w\u{435}b\u{435}r", "ｊorg.weber", "\u{458}org.weber"] {
            let other = format!("{other}@nordkauf.example");
            assert_eq!(drawn_twins([plain, other.as_str()].into_iter()), [(0, 1)], "{other}");
        }
        assert_eq!(drawn_twins(["jörg", "j\u{43e}\u{308}rg"].into_iter()), [(0, 1)], "with the same accents");
    }

    proptest! {
        #[test]
        fn the_order_of_words_never_makes_another_name(words in prop::collection::vec("[A-Za-zäß]{1,6}", 1..4)) {
            let mut turned = words.clone();
            turned.reverse();
            prop_assert!(passes(&words.join(" "), &turned.join(", ")));
        }
    }
}
