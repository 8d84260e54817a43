//! Text of unknown origin as a line of a log.

use std::fmt;

/// Most letters of a complaint; escaped and in bytes they still are one line of a worker's error output.
const LONGEST_COMPLAINT: usize = 1_000;

/// A text as one line: no letter of it moves the log's cursor, begins a line of its own or hides what stands there.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_unseen =
            matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if letter.is_control() || is_unseen {
            line.extend(letter.escape_unicode());
        } else {
            line.push(letter);
        }
    }
    line
}

/// Writes to the log, through the error output of the worker. What is told may hold names from files that anybody wrote.
pub(crate) fn complain(about: fmt::Arguments<'_>) {
    let text: String = one_line(&about.to_string()).chars().take(LONGEST_COMPLAINT).collect();
    eprintln!("{text}");
}

/// Tells panics in the same way: as Rust tells them they take several lines, and what they say has its own.
pub(crate) fn complain_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        // The first line is only the place.
        complain(format_args!("a worker {}", panic.to_string().replacen('\n', " ", 1)));
    }));
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn words_from_files_never_forge_a_line_of_the_log() {
        assert_eq!(
            one_line("table x: no file \u{1b}[2J\r\n2026 ERROR all is lost"),
            "table x: no file \\u{1b}[2J\\u{d}\\u{a}2026 ERROR all is lost"
        );
        assert_eq!(one_line("Zürich\u{202e}gnp\u{2028}"), "Zürich\\u{202e}gnp\\u{2028}");
    }
}
