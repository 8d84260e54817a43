//! Text that people and programs send: how long it may be, and what never stands in it.

mod letters;
pub(crate) mod lines;
mod look;
pub(crate) mod markdown;
mod meant;

use lakeport_model::access::SHORTEST_PURPOSE;
use unicode_normalization::UnicodeNormalization as _;

use self::letters::letters;
pub(crate) use self::look::{Look, disguised, drawn_twins, twins};
pub(crate) use self::meant::{closest, did_you_mean, list, shorten};
use crate::{Error, Result};

/// A purpose or a comment: some paragraphs.
pub(crate) const LONG: usize = 2_000;
/// A name, a filter word, the place to go on from.
pub(crate) const SHORT: usize = 200;

/// A text without the space around it, if it has at most `longest` characters.
///
/// `field` is what the refusal is about and `what` what the text is called in a sentence.
pub(crate) fn text<'a>(field: &'static str, what: &str, text: &'a str, longest: usize) -> Result<&'a str> {
    let text = text.trim();
    if text.chars().nth(longest).is_some() {
        return Err(Error::invalid(field, format!("Keep {what} under {longest} characters.")));
    }
    if text.chars().any(is_control) {
        return Err(Error::invalid(
            field,
            format!("Take the control characters out of {what}; only line ends and tabs can be kept."),
        ));
    }
    if letters(text).any(|(_, unseen)| unseen) {
        return Err(Error::invalid(
            field,
            format!(
                "Type {what} again rather than paste it: it holds marks that are not seen, or not the same \
                 everywhere, and could change how it reads."
            ),
        ));
    }
    Ok(text)
}

/// PostgreSQL stores no NUL, and no other control character but line ends and tabs is ever typed.
fn is_control(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')
}

/// The first control character of a text that nobody types.
pub(crate) fn control(text: &str) -> Option<char> {
    text.chars().find(|letter| is_control(*letter))
}

/// The first letter of a text that nobody would see.
pub(crate) fn hidden(text: &str) -> Option<char> {
    hidden_at(text).map(|(_, letter)| letter)
}

/// The same, with the number of letters before it.
pub(crate) fn hidden_at(text: &str) -> Option<(usize, char)> {
    // Most texts are plain, and all texts of all files are looked at.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')) {
        return None;
    }
    let mut letters = letters(text).enumerate();
    letters.find(|(_, (letter, unseen))| *unseen || is_control(*letter)).map(|(at, (letter, _))| (at, letter))
}

/// The name of a thing as it is kept, however it was spelled: accents in one with their letters (NFC), one plain blank
/// between words and none around them. Two names that nobody could tell apart by these are one.
pub(crate) fn spelled(name: &str) -> String {
    let name = name.trim();
    // Most names are spelled so already: what is plain has nothing to compose, and one blank.
    if name.is_ascii() && !name.contains("  ") {
        return name.to_owned();
    }
    let composed: String = name.nfc().collect();
    let words: Vec<&str> = composed.split(is_blank).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Ends of lines are none: no name holds any, and nobody joins what they divide.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() && !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}')
}

/// A text that programs sent, without what nobody would see in it; its lines stay.
pub(crate) fn seen(sent: &str) -> String {
    letters(sent)
        .filter(|(letter, unseen)| !unseen && !is_control(*letter))
        .map(|(letter, _)| letter)
        .collect()
}

/// What is said about a text with such a letter, in a file that people can mend.
pub(crate) fn hidden_sentence(letter: char) -> String {
    format!(
        "This holds U+{:04X}, a mark that is not seen, or not the same everywhere, and could make it read as another; type it \
         again rather than paste it.",
        u32::from(letter)
    )
}

/// A name that others sent: what nobody would see in it is left out, and whatever is longer than a name. Of a name that
/// nobody would see at all, nothing is left.
pub(crate) fn name(sent: &str) -> String {
    let seen = letters(sent).filter(|(letter, unseen)| !unseen && !letter.is_control());
    let seen: String = seen.map(|(letter, _)| letter).take(SHORT).collect();
    seen.trim().to_owned()
}

/// A text as one line that a terminal can show: what would move its cursor, break the line or not be seen is written out.
/// So are names that stand in a table: whoever wrote it gave them, and they cannot be changed here.
pub fn legible(text: &str) -> String {
    written_out(text, char::is_control)
}

/// The same for a text of several lines, which stay.
pub(crate) fn legible_lines(text: &str) -> String {
    written_out(text, is_control)
}

fn written_out(text: &str, is_control: impl Fn(char) -> bool) -> String {
    let shown = |(letter, unseen): (char, bool)| {
        if unseen || is_control(letter) { letter.escape_default().to_string() } else { letter.to_string() }
    };
    letters(text).map(shown).collect()
}

/// A text that may not be empty; `missing` is the sentence for one that is.
pub(crate) fn required<'a>(
    field: &'static str,
    what: &str,
    text: &'a str,
    longest: usize,
    missing: &str,
) -> Result<&'a str> {
    let text = self::text(field, what, text, longest)?;
    if text.is_empty() { Err(Error::invalid(field, missing)) } else { Ok(text) }
}

/// Why somebody does something, on one line as the field of a page sends it: programs may send several.
pub(crate) fn reason(sent: &str) -> Result<String> {
    let lines = text("reason", "the reason", sent, SHORT)?.split(['\n', '\r', '\t']).map(str::trim);
    Ok(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" "))
}

/// A text with a capital letter first.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What somebody wants data for, in words enough to say it; `what` is what the refusals ask for.
pub(crate) fn purpose<'a>(sent: &'a str, what: &str) -> Result<&'a str> {
    let purpose = required("purpose", "the purpose", sent, LONG, &format!("Say {what}."))?;
    let letters = purpose.chars().filter(|letter| letter.is_alphanumeric());
    if letters.take(SHORTEST_PURPOSE as usize).count() < SHORTEST_PURPOSE as usize {
        return Err(Error::invalid("purpose", format!("Say in at least {SHORTEST_PURPOSE} letters {what}.")));
    }
    Ok(purpose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_longer_than_its_limit() {
        let sent = |sent: &str| text("comment", "the comment", sent, 3).map(str::to_owned);
        assert_eq!(sent(" äöü ").expect("three letters"), "äöü");
        let refused = sent("abcd").expect_err("four letters");
        assert_eq!(refused.to_string(), "Keep the comment under 3 characters.");
    }

    #[test]
    fn a_reason_is_never_more_than_a_line() {
        assert_eq!(
            reason(" Orders are\r\n\r\npart\tof it.\n").expect("it is short"),
            "Orders are part of it."
        );
        assert_eq!(reason(" \n ").expect("it can stay empty"), "");
        assert!(reason(&"x".repeat(SHORT + 1)).is_err() && reason("a\u{202e}b").is_err());
    }

    #[test]
    fn a_text_never_reads_as_another() {
        let marks =
            ["gold\u{202e}terces", "a\u{200b}b", "a\u{2066}b", "\u{feff}ab", "a\u{2028}b", "pay\u{ad}ments"];
        let more = ["pay\u{200d}ments", "\u{200c}a", "a\u{fe0f}", "a \u{3164}b", "a\u{e0061}b"];
        for bad in marks.into_iter().chain(more) {
            let refused = text("name", "the name", bad, 20).expect_err(bad);
            assert!(refused.to_string().starts_with("Type the name again"), "{refused}");
        }
        for good in
            ["Jürgen", "می\u{200c}خواهم", "👩\u{200d}🔬", "שלום", "1\u{fe0f}\u{20e3}", "葛\u{e0100}城"]
        {
            assert!(text("name", "the name", good, 20).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_name_from_elsewhere_never_reads_as_another() {
        assert_eq!(name(" Sofia\u{202e} Lind\u{200b}qvist\0\n"), "Sofia Lindqvist");
        assert_eq!(name(&"x".repeat(1_000)).len(), SHORT);
        assert_eq!(name(" \u{200b}\u{ad}\u{200d}\u{fe0f} \u{a0}\u{3164}\u{2800}\u{e0041}\t\u{1b}"), "");
    }

    #[test]
    fn a_name_is_never_two_by_its_spelling() {
        for other in [
            "Cafe\u{301} Zoe\u{308}",
            "Café  Zoë",
            " Café\u{a0}Zoë",
            "Café \u{2003} Zoë\u{3000}",
            "Cafe\u{301}\u{202f}Zoë",
        ] {
            assert_eq!(spelled(other), "Café Zoë", "{other:?}");
        }
        assert_eq!((spelled("\u{212b}"), spelled(" \u{a0}")), ("\u{c5}".to_owned(), String::new()));
        assert_eq!((spelled("\ta   b  c\n"), spelled("a \t b")), ("a b c".to_owned(), "a \t b".to_owned()));
        for kept in
            ["Cafe Zoe", "CaféZoë", "café zoë", "葛\u{e0100}城", "a\nb", "a\u{2028}b", "/data//a_b.csv"]
        {
            assert_eq!(spelled(kept), kept);
        }
    }

    #[test]
    fn a_line_never_says_more_than_its_text() {
        assert_eq!(legible("a\u{1b}[2J\r\nlakeport: done"), "a\\u{1b}[2J\\r\\nlakeport: done");
        assert_eq!(legible("gold\u{202e}x"), "gold\\u{202e}x");
        assert_eq!(legible("Zoë, 葛城 \\n"), "Zoë, 葛城 \\n");
        assert_eq!(legible_lines("two\n\tlines\u{200b}\0"), "two\n\tlines\\u{200b}\\u{0}");
    }

    #[test]
    fn a_nul_is_never_stored() {
        for bad in ["a\0b", "\u{1b}[31m", "x\u{85}y"] {
            assert!(text("name", "the name", bad, 20).is_err(), "{bad:?}");
        }
        assert!(text("name", "the name", "two\r\n\tlines", 20).is_ok());
        assert!(required("name", "the name", "  ", 20, "Say a name.").is_err());
    }
}
