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
    Ok(text)
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
    fn a_nul_is_never_stored() {
        for bad in ["a\0b", "\u{1b}[31m", "x\u{85}y"] {
            assert!(text("name", "the name", bad, 20).is_err(), "{bad:?}");
        }
        assert!(text("name", "the name", "two\r\n\tlines", 20).is_ok());
        assert!(required("name", "the name", "  ", 20, "Say a name.").is_err());
    }
}
