//! Pieces of addresses.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is written in percent signs: all but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one piece of an address: percent-encoding of everything that is not a letter, a digit or one of `-._~`.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encode("gold.a-b_c~d"), "gold.a-b_c~d");
        assert_eq!(encode("a/b?c &ü"), "a%2Fb%3Fc%20%26%C3%BC");
        assert_eq!(encode(""), "");
    }
}
