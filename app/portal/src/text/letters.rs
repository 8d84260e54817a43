//! Letters that nobody sees, or that every font draws as it likes: with one, a text reads as another.

use unicode_normalization::char::is_combining_mark;

/// The letters of a text, each with whether it is such a one.
pub(super) fn letters(text: &str) -> impl Iterator<Item = (char, bool)> {
    let (mut rest, mut before) = (text.chars(), ' ');
    std::iter::from_fn(move || {
        let letter = rest.next()?;
        let unseen = is_unseen(letter) || !fits(before, letter, rest.clone().next());
        if !unseen {
            before = letter;
        }
        Some((letter, unseen))
    })
}

/// Marks that turn the direction of writing, hyphens and spaces without width, letters without a shape or without one
/// that all agree on, and tags.
///
/// From Unicode 16: `Default_Ignorable_Code_Point` of `DerivedCoreProperties.txt` but for what [`fits`] judges, the
/// general categories Cf (but for signs above numbers and words, which are seen) and Co, all that is not assigned from the
/// fourth plane on, what never is a letter (`Noncharacter_Code_Point`), and letters that are drawn as nothing.
fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0d}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffc}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{13430}'..='\u{1345f}'
            | '\u{16fe4}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d159}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{1fffe}'..='\u{1ffff}'
            | '\u{2fffe}'..='\u{2ffff}'
            | '\u{3fffe}'..='\u{e00ff}'
            | '\u{e01f0}'..='\u{10ffff}'
    )
}

/// False for what joins letters, keeps them apart, chooses their shape or stands on them, where what is before or behind it
/// is not written with it: nobody sees that it is there.
fn fits(before: char, letter: char, behind: Option<char>) -> bool {
    let is_blank = before.is_whitespace() || before.is_control();
    match letter {
        '\u{200c}' => is_joined(before),
        '\u{200d}' => {
            let is_of_pictures =
                (is_picture(before) || before == '\u{fe0f}') && behind.is_some_and(is_picture);
            is_joined(before) || is_of_pictures
        }
        '\u{fe0e}' | '\u{fe0f}' => is_picture(before) || (is_key(before) && behind == Some('\u{20e3}')),
        '\u{e0100}'..='\u{e01ef}' => is_ideograph(before),
        _ => !(is_blank && is_combining_mark(letter)),
    }
}

/// True for letters, and marks on them, of scripts that are written with joiners: Arabic, Syriac, N'Ko, Mandaic, those of
/// India and Sri Lanka, Myanmar, Khmer, Mongolian, those of Java and Bali, Adlam. Their digits and points join nothing.
fn is_joined(letter: char) -> bool {
    let is_of_such_a_script = matches!(
        letter,
        '\u{600}'..='\u{77f}'
            | '\u{7c0}'..='\u{7ff}'
            | '\u{840}'..='\u{dff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{18af}'
            | '\u{1b00}'..='\u{1b7f}'
            | '\u{a8e0}'..='\u{a8ff}'
            | '\u{a980}'..='\u{a9ff}'
            | '\u{aa60}'..='\u{aa7f}'
            | '\u{11000}'..='\u{11fff}'
            | '\u{1e900}'..='\u{1e95f}'
    );
    is_of_such_a_script && (letter.is_alphabetic() || is_combining_mark(letter))
}

/// Pictures outside of [`is_picture`]'s blocks: `Emoji` of Unicode's `emoji-data.txt`.
const PICTURES: &str = "©®‼⁉™ℹ↔↕↖↗↘↙↩↪⌚⌛⌨⏏⏩⏪⏫⏬⏭⏮⏯⏰⏱⏲⏳⏸⏹⏺Ⓜ▪▫▶◀◻◼◽◾☀☁☂☃☄☎☑☔☕☘☝☠☢☣☦☪☮☯☸\
    ☹☺♀♂♈♉♊♋♌♍♎♏♐♑♒♓♟♠♣♥♦♨♻♾♿⚒⚓⚔⚕⚖⚗⚙⚛⚜⚠⚡⚧⚪⚫⚰⚱⚽⚾⛄⛅⛈⛎⛏⛑⛓⛔⛩⛪⛰⛱⛲⛳⛴⛵⛷\
    ⛸⛹⛺⛽✂✅✈✉✊✋✌✍✏✒✔✖✝✡✨✳✴❄❇❌❎❓❔❕❗❣❤➕➖➗➡➰➿⤴⤵⬅⬆⬇⬛⬜⭐⭕〰〽㊗㊙🀄🃏🅰🅱🅾🅿🆎🆑🆒🆓\
    🆔🆕🆖🆗🆘🆙🆚🈁🈂🈚🈯🈲🈳🈴🈵🈶🈷🈸🈹🈺🉐🉑";

/// True for pictures, tones of skin among them.
fn is_picture(letter: char) -> bool {
    let is_of_a_block = matches!(
        letter,
        '\u{1f300}'..='\u{1f64f}'
            | '\u{1f680}'..='\u{1f6ff}'
            | '\u{1f7e0}'..='\u{1f7f0}'
            | '\u{1f90c}'..='\u{1f9ff}'
            | '\u{1fa70}'..='\u{1faff}'
    );
    is_of_a_block || PICTURES.contains(letter)
}

/// True for what a frame makes a key of.
fn is_key(letter: char) -> bool {
    matches!(letter, '#' | '*' | '0'..='9')
}

fn is_ideograph(letter: char) -> bool {
    matches!(
        letter,
        '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3fffd}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unseen(text: &str) -> bool {
        letters(text).any(|(_, unseen)| unseen)
    }

    #[test]
    fn a_letter_without_a_shape_never_passes_for_none() {
        let ranges = [
            ('\u{1d173}', '\u{1d17a}'),
            ('\u{1bca0}', '\u{1bca3}'),
            ('\u{13430}', '\u{1345f}'),
            ('\u{e000}', '\u{f8ff}'),
            ('\u{e0000}', '\u{e0fff}'),
            ('\u{f0000}', '\u{ffffd}'),
            ('\u{100000}', '\u{10fffd}'),
        ];
        for (first, last) in ranges {
            for letter in first..=last {
                assert!(unseen(&format!("Pay{letter}ments")), "U+{:04X}", u32::from(letter));
            }
        }
    }

    #[test]
    fn a_mark_never_stands_on_nothing() {
        for bad in ["\u{301}x", " \u{301}", "a \u{327}b", "\u{20e3}", "\u{93f}", "a\n\u{308}", "\u{0}\u{301}"]
        {
            assert!(unseen(bad), "{bad:?}");
        }
        for good in ["e\u{301}", "नमस्ते", "ש\u{5c1}לום", "1\u{fe0f}\u{20e3}", "a \u{e1}", "ภาษาไทย"]
        {
            assert!(!unseen(good), "{good}");
        }
    }

    #[test]
    fn what_joins_letters_never_stands_where_nothing_is_joined() {
        for bad in [
            "ü\u{200d}x",
            "и\u{200c}x",
            "e\u{301}\u{200d}x",
            "1\u{200d}2",
            "\u{1ea1}\u{fe0f}",
            "可\u{fe0f}\u{fe0f}",
            "ü\u{e0100}",
            "1\u{e0100}",
            "葛\u{e0100}\u{e0101}",
            "👩\u{200d}\u{200d}🔬",
            "👩\u{200d}x",
            "👩\u{200d}",
            "👩\u{200c}🔬",
            "a\u{2013}\u{200d}b",
            "x\u{2019}\u{200d}s",
            "wait\u{2026}\u{200c}",
            "5 \u{20ac}\u{fe0f}",
            "可\u{200d}能",
            "あ\u{200c}い",
            "ש\u{200d}ל",
            "ა\u{200d}ბ",
            "٣\u{200d}٤",
            "نعم،\u{200c}",
            "१\u{200d}",
            "क।\u{200c}",
            "می\u{200c}\u{200c}خواهم",
        ] {
            assert!(unseen(bad), "{bad:?}");
        }
        for good in [
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
            "👩\u{200d}🔬",
            "❤\u{fe0f}\u{200d}🔥",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "⛹🏽\u{200d}♀\u{fe0f}",
            "🏳\u{fe0f}\u{200d}🌈",
            "葛\u{e0100}城",
            "ශ\u{dca}\u{200d}රී",
            "র\u{200d}\u{9cd}যা",
            "ക\u{d4d}\u{200c}ഷ",
            "مَ\u{200d}",
        ] {
            assert!(!unseen(good), "{good}");
        }
    }

    #[test]
    fn what_chooses_a_shape_never_stands_where_there_is_one_shape() {
        for selector in '\u{fe00}'..='\u{fe0f}' {
            for bad in [
                "fact_2026",
                "a#",
                "a*",
                "a\u{2013}",
                "x\u{2019}",
                "\u{20ac}",
                "\u{2026}",
                "م",
                "क",
                "可",
                "\u{2606}",
            ] {
                assert!(unseen(&format!("{bad}{selector}")), "{bad} and U+{:04X}", u32::from(selector));
                assert!(unseen(&format!("{bad}{selector}b")), "{bad} and U+{:04X}", u32::from(selector));
            }
            let is_of_pictures = matches!(selector, '\u{fe0e}' | '\u{fe0f}');
            for picture in ["©", "®", "❤", "☎", "👁"] {
                let text = format!("{picture}{selector}");
                assert_eq!(unseen(&text), !is_of_pictures, "{picture} and U+{:04X}", u32::from(selector));
                assert!(unseen(&format!("{text}{selector}")), "{picture} and U+{:04X}", u32::from(selector));
            }
            let key = format!("1{selector}\u{20e3}");
            assert_eq!(unseen(&key), !is_of_pictures, "U+{:04X}", u32::from(selector));
        }
        for good in ["❤\u{fe0f}", "1\u{fe0f}\u{20e3}", "#\u{fe0f}\u{20e3} *\u{fe0f}\u{20e3}", "☎\u{fe0e}"]
        {
            assert!(!unseen(good), "{good}");
        }
    }

    proptest! {
        /// Whatever is taken out of a text, the rest has nothing of the kind.
        #[test]
        fn what_is_left_is_seen(text in "[a ü\u{301}\u{200c}\u{200d}\u{fe0f}\u{20e3}\u{e0100}\u{e001}\u{e0041}葛ष\u{94d}1👩🔬]{0,12}") {
            let left: String = letters(&text).filter(|(_, unseen)| !unseen).map(|(letter, _)| letter).collect();
            prop_assert!(!unseen(&left), "{text:?}");
        }

        #[test]
        fn letters_that_people_write_are_seen(text in "[\u{20}-\u{7e}\u{a1}-\u{ac}\u{ae}-\u{2ff}\u{391}-\u{3ce}\u{400}-\u{481}]{0,20}") {
            prop_assert!(!unseen(&text), "{text:?}");
        }
    }
}
