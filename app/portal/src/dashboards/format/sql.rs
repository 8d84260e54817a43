//! Finds the parameters in a statement. It does not understand SQL beyond texts, quoted names and
//! comments; what a statement may do is decided where it runs.

use super::node::At;

/// A `$name` in a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    /// The name without `$`; a number for `$1`.
    pub(super) name: String,
    /// Its place, the first character of the statement being line 1, column 1.
    pub(super) at: At,
}

/// Every parameter, in order, repeated ones too.
pub(super) fn parameters(sql: &str) -> Vec<Parameter> {
    let mut found = Vec::new();
    let mut rest = Cursor { chars: sql.chars().peekable(), at: At { line: 1, column: 1 } };
    while let Some((char, at)) = rest.next() {
        match char {
            '\'' | '"' => rest.skip_until(|next, _| next == char),
            '-' if rest.peek() == Some('-') => rest.skip_until(|next, _| next == '\n'),
            '/' if rest.peek() == Some('*') => {
                rest.next();
                rest.skip_until(|next, previous| next == '/' && previous == '*');
            }
            '$' => {
                let mut name = String::new();
                while let Some(next) = rest.peek().filter(|next| next.is_ascii_alphanumeric() || *next == '_')
                {
                    name.push(next);
                    rest.next();
                }
                found.push(Parameter { name, at });
            }
            _ => {}
        }
    }
    found
}

struct Cursor<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    at: At,
}

impl Cursor<'_> {
    fn next(&mut self) -> Option<(char, At)> {
        let char = self.chars.next()?;
        let at = self.at;
        if char == '\n' {
            self.at = At { line: at.line.saturating_add(1), column: 1 };
        } else {
            self.at.column = at.column.saturating_add(1);
        }
        Some((char, at))
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().copied()
    }

    /// Goes on behind the first character for which `ends(character, the one before)` holds.
    fn skip_until(&mut self, ends: impl Fn(char, char) -> bool) {
        let mut previous = ' ';
        while let Some((char, _)) = self.next() {
            if ends(char, previous) {
                return;
            }
            previous = char;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_outside_texts_names_and_comments() {
        let sql = "SELECT '$a', \"$b\", 'it''s $c' -- $d\n  FROM t /* $e\n*/ WHERE x = $f_1 AND y = ANY($g)";
        let places: Vec<(String, u64, u64)> =
            parameters(sql).into_iter().map(|found| (found.name, found.at.line, found.at.column)).collect();
        assert_eq!(places, [("f_1".to_owned(), 3, 14), ("g".to_owned(), 3, 31)]);
    }

    #[test]
    fn open_ends_are_no_trouble() {
        for sql in ["'", "\"$a", "/* $a", "-- $a", "/", "-", "$"] {
            assert!(parameters(sql).iter().all(|found| found.name.is_empty()), "{sql}");
        }
    }
}
