//! Pieces of addresses.

/// A text as one piece of an address: percent-encoding of everything that is not a letter, a digit or one of `-._~`
/// (the unreserved characters of RFC 3986, section 2.3).
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 0xF] {
                encoded
                    .extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    encoded
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
