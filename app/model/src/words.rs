//! Words that browser and server form alike, and sets of words that nothing else belongs to.

use chrono::{DateTime, NaiveDate, Utc};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word used in files, addresses, tables and on screens.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err(format!("\"{other}\" is not allowed here; allowed are {}", [$($text),*].join(", "))),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }
    )*};
}
pub(crate) use words;

/// A day or a moment of the database; none where it cannot be read, for which the portal holds the first one of 1970.
pub fn readable<T: Default + PartialEq>(stored: T) -> Option<T> {
    (stored != T::default()).then_some(stored)
}

/// True for the day that the portal holds in the place of one that cannot be read.
pub fn is_unread_day(date: NaiveDate) -> bool {
    readable(date).is_none()
}

/// True for the moment that the portal holds in the place of one that cannot be read.
pub fn is_unread_moment(at: DateTime<Utc>) -> bool {
    readable(at).is_none()
}

/// What stands in the place of a day that cannot be read: alone, or after a word such as `on`, `until` or `since`.
pub const UNREAD_DAY: &str = "a day that cannot be read";
/// The same of a moment.
pub const UNREAD_MOMENT: &str = "a time that cannot be read";

/// A day of the database in a sentence, after `on` or `until`: as [`day`] says it, or `a day that cannot be read`.
pub fn stored_day(date: NaiveDate) -> String {
    readable(date).map_or_else(|| UNREAD_DAY.to_owned(), day)
}

/// A day of the database after what was done then, as in `ended 3 Mar 2026`; or `on a day that cannot be read`.
pub fn done_day(date: NaiveDate) -> String {
    readable(date).map_or_else(|| format!("on {UNREAD_DAY}"), day)
}

/// A day as people read it: `3 Mar 2026`.
pub fn day(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// A moment as people read it: `3 Mar 2026, 14:05 UTC`.
pub fn moment(at: DateTime<Utc>) -> String {
    format!("{}, {}", day(at.date_naive()), at.format("%H:%M UTC"))
}

/// Names in a sentence: `a`, `a and b`, `a, b and c`.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A text as a sentence: with exactly one sign at its end, whatever it ended in. Nothing said is no sentence.
pub fn sentence(text: &str) -> String {
    const CLOSING: [char; 7] = ['"', '\'', ')', ']', '\u{bb}', '\u{201d}', '\u{2019}'];
    let open = |letter: char| letter.is_whitespace() || matches!(letter, '.' | ',' | ';' | ':');
    let text = text.trim_start().trim_end_matches(open);
    let ends = text.trim_end_matches(CLOSING).ends_with(['.', '?', '!', '\u{2026}']);
    if text.is_empty() || ends { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_and_moments_are_said_alike_everywhere() {
        let at: DateTime<Utc> = "2026-03-03T14:05:59Z".parse().expect("a moment");
        assert_eq!(day(at.date_naive()), "3 Mar 2026");
        assert_eq!(moment(at), "3 Mar 2026, 14:05 UTC");
    }

    #[test]
    fn what_cannot_be_read_is_never_said_to_be_a_day_of_1970() {
        let at: DateTime<Utc> = "2026-03-03T14:05:59Z".parse().expect("a moment");
        assert_eq!(stored_day(at.date_naive()), "3 Mar 2026");
        assert_eq!(stored_day(NaiveDate::default()), "a day that cannot be read");
        assert_eq!(done_day(at.date_naive()), "3 Mar 2026");
        assert_eq!(done_day(NaiveDate::default()), "on a day that cannot be read");
        assert_eq!((readable(at), readable(DateTime::<Utc>::default())), (Some(at), None));
        assert!(is_unread_moment(DateTime::default()) && !is_unread_moment(at));
    }

    #[test]
    fn the_last_name_follows_an_and() {
        assert_eq!(listed::<&str>(&[]), "");
        assert_eq!(listed(&["Finance"]), "Finance");
        assert_eq!(listed(&["Finance", "Purchase"]), "Finance and Purchase");
        assert_eq!(listed(&["Finance", "Purchase", "Supply Chain"]), "Finance, Purchase and Supply Chain");
    }

    #[test]
    fn a_sentence_never_ends_twice_or_not_at_all() {
        let ends = [
            ("Clear up", "Clear up."),
            ("Clear up.", "Clear up."),
            ("I asked for it. ..", "I asked for it."),
            ("Still needed? ", "Still needed?"),
            ("Really?.", "Really?"),
            ("Stop!", "Stop!"),
            ("and so on\u{2026}", "and so on\u{2026}"),
            ("He said \"no.\"", "He said \"no.\""),
            ("Sums (no names)", "Sums (no names)."),
            ("Maria Keller: ", "Maria Keller."),
            (" \n.. ", ""),
            ("", ""),
        ];
        for (text, expected) in ends {
            assert_eq!(sentence(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_sentence_is_one_however_often_it_is_made(text in "[a-z.?! :\"\n]{0,12}") {
            let once = sentence(&text);
            prop_assert_eq!(sentence(&once), once.clone());
            prop_assert!(!once.ends_with("..") && !once.ends_with("?.") && !once.ends_with(' '), "{:?}", once);
        }
    }
}
