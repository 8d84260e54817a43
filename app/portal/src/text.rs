//! Text that people and programs send: how long it may be, and what never stands in it.

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
    // PostgreSQL stores no NUL, and no other control character but these is ever typed.
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err(Error::invalid(
            field,
            format!("Take the control characters out of {what}; only line ends and tabs can be kept."),
        ));
    }
    if text.chars().any(is_unseen) {
        return Err(Error::invalid(
            field,
            format!(
                "Type {what} again rather than paste it: it holds marks that are not seen and could change how it reads."
            ),
        ));
    }
    Ok(text)
}

/// Marks that turn the direction of writing, and spaces without width: with them a text reads as another. What joins
/// letters is no such mark; some scripts are written with it.
fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

/// A name that others sent: what nobody would see in it is left out, and whatever is longer than a name.
pub(crate) fn name(sent: &str) -> String {
    let seen: String =
        sent.chars().filter(|letter| !letter.is_control() && !is_unseen(*letter)).take(SHORT).collect();
    seen.trim().to_owned()
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
    fn a_text_never_reads_as_another() {
        for bad in ["gold\u{202e}terces", "a\u{200b}b", "a\u{2066}b", "\u{feff}ab", "a\u{2028}b"] {
            let refused = text("name", "the name", bad, 20).expect_err(bad);
            assert!(refused.to_string().starts_with("Type the name again"), "{refused}");
        }
        for good in ["Jürgen", "می\u{200c}خواهم", "👩\u{200d}🔬", "שלום"] {
            assert!(text("name", "the name", good, 20).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_name_from_elsewhere_never_reads_as_another() {
        assert_eq!(name(" Sofia\u{202e} Lind\u{200b}qvist\0\n"), "Sofia Lindqvist");
        assert_eq!(name(&"x".repeat(1_000)).len(), SHORT);
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
