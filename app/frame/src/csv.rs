//! A frame as a file for spreadsheets.

use std::fmt::Write as _;

use crate::number::is_number;
use crate::{Column, Frame, Value};

impl Frame {
    /// The frame as CSV (RFC 4180): UTF-8 without a byte order mark, a header line, `CRLF` line ends,
    /// plain values (ISO dates, a point as decimal separator). `NULL` is an empty field, empty text is `""`.
    ///
    /// Text that a spreadsheet would run as a formula (it starts with `=`, `+`, `-` or `@`, also behind
    /// blanks, or with a tab or a carriage return) gets a leading apostrophe: a download is opened by a
    /// colleague with a double click far more often than it is read by a program. A spreadsheet that
    /// separates by `;` or tab sees more beginnings than this file has, also within quotes: an
    /// apostrophe stands behind each such separator or line break that a formula would follow.
    /// Numbers, negative ones too, and dates are never changed by it, also where a number crosses as text because it is
    /// too wide for a cell of numbers; digits that only a sum in binary has left behind a figure are left out.
    pub fn to_csv(&self) -> String {
        self.to_csv_headed(str::to_owned)
    }

    /// The same, with what `head` makes of a column's name in the header line.
    pub fn to_csv_headed(&self, head: impl Fn(&str) -> String) -> String {
        let mut csv = String::new();
        let names = self.columns().iter().map(|column| Cell::Text(head(&column.name)));
        record(&mut csv, names);
        for row in 0..self.rows() {
            record(&mut csv, self.columns().iter().map(|column| self.cell(column, row)));
        }
        csv
    }

    fn cell(&self, column: &Column, row: usize) -> Cell {
        match column.values.get(row) {
            Some(Value::Text(text)) => Cell::Text(text),
            Some(Value::Float(number)) => Cell::Other(without_noise(number)),
            _ => Cell::Other(self.plain(column, row)),
        }
    }
}

/// So many digits are only noise behind a figure; fewer may be somebody's own.
const NOISE: usize = 4;

/// The number as it is, but for what a sum in binary leaves behind its digits (`8.350000000000001`): that is no figure of
/// anybody's. It is told from real digits by how much shorter the number is with 15 significant ones.
pub fn without_noise(number: f64) -> String {
    let exact = Value::Float(number).to_string();
    let rounded = format!("{number:.14e}")
        .parse()
        .map_or_else(|_| exact.clone(), |number| Value::Float(number).to_string());
    if rounded.len() + NOISE <= exact.len() { rounded } else { exact }
}

enum Cell {
    /// May be anything, so it is quoted and disarmed where needed.
    Text(String),
    /// Numbers, dates, nothing.
    Other(String),
}

fn record(csv: &mut String, cells: impl Iterator<Item = Cell>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            csv.push(',');
        }
        match cell {
            Cell::Text(text) => field(csv, &text),
            Cell::Other(text) => csv.push_str(&text),
        }
    }
    csv.push_str("\r\n");
}

fn field(csv: &mut String, text: &str) {
    let text = disarmed(text);
    let quote = text.is_empty()
        || text.contains(['"', ',', '\r', '\n'])
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    if quote {
        write!(csv, "\"{}\"", text.replace('"', "\"\"")).expect("writing to a string does not fail");
    } else {
        csv.push_str(&text);
    }
}

/// The text with an apostrophe wherever a program could see the beginning of a formula. A number computes nothing.
fn disarmed(text: &str) -> String {
    if is_number(text) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len() + 1);
    let mut begins = true;
    for (at, letter) in text.char_indices() {
        let alone = at == 0 && matches!(letter, '\t' | '\r');
        // What stands behind blanks and quotes is still the beginning of a cell to some programs.
        let formula = || {
            let rest = text[at..].trim_start_matches(|c: char| {
                !matches!(c, '\t' | '\r' | '\n') && (c == '"' || c.is_whitespace() || c.is_control())
            });
            rest.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
        };
        if begins && (alone || formula()) {
            safe.push('\'');
        }
        begins = matches!(letter, ';' | '\t' | '\r' | '\n');
        safe.push(letter);
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::number::is_number;
    use crate::{Column, DecimalValues, Frame, Values};

    fn frame(name: &str, values: Values) -> Frame {
        Frame::new(vec![Column { name: name.to_owned(), values }])
            .expect("one column is never of two lengths")
    }

    fn texts(texts: &[&str]) -> Values {
        Values::Text(texts.iter().map(|text| Some((*text).to_owned())).collect())
    }

    #[test]
    fn quotes_what_needs_quotes() {
        let csv = frame("name", texts(&["plain", "a,b", "say \"hi\"", "two\nlines", "", " padded"])).to_csv();
        assert_eq!(
            csv,
            "name\r\nplain\r\n\"a,b\"\r\n\"say \"\"hi\"\"\"\r\n\"two\nlines\"\r\n\"\"\r\n\" padded\"\r\n"
        );
    }

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        let csv = frame("=head", texts(&["=1+1", "+49 30", "-x", "@name", "a=b", "=A1,B1"])).to_csv();
        assert_eq!(csv, "'=head\r\n'=1+1\r\n'+49 30\r\n'-x\r\n'@name\r\na=b\r\n\"'=A1,B1\"\r\n");
        let decimals = DecimalValues { scale: 2, unscaled: vec![Some(-5), None, Some(12_345)] };
        assert_eq!(frame("n", Values::Decimal(decimals)).to_csv(), "n\r\n-0.05\r\n\r\n123.45\r\n");
    }

    #[test]
    fn a_number_too_wide_for_a_cell_never_gets_an_apostrophe() {
        let numbers = ["-10000000000000000000000000000.00", "-5", "18446744073709551615"];
        let csv = frame("n", texts(&numbers)).to_csv();
        assert_eq!(csv, "n\r\n-10000000000000000000000000000.00\r\n-5\r\n18446744073709551615\r\n");
        let csv = frame("n", texts(&["-5+1", "--5", "+5", "-5;-5", "-1e5", "-5 "])).to_csv();
        assert_eq!(csv, "n\r\n'-5+1\r\n'--5\r\n'+5\r\n'-5;'-5\r\n'-1e5\r\n\"'-5 \"\r\n");
    }

    #[test]
    fn no_sum_ends_in_digits_that_nobody_wrote() {
        let sums =
            [0.1 + 0.2, 8.35 + 0.000_000_000_000_001, -1.1 - 2.2, 1e300, 123_456_789.123_456, 0.0, -0.0];
        let csv = frame("n", Values::Float(sums.map(Some).to_vec())).to_csv();
        assert_eq!(csv, "n\r\n0.3\r\n8.35\r\n-3.3\r\n1e300\r\n123456789.123456\r\n0\r\n0\r\n");
    }

    #[test]
    fn no_digit_that_somebody_wrote_is_left_out() {
        for digits in ["0.1234567890123456", "1234567890.1234567", "3.141592653589793", "0.30000000000012345"]
        {
            let number = digits.parse().expect("a number");
            assert_eq!(frame("n", Values::Float(vec![Some(number)])).to_csv(), format!("n\r\n{digits}\r\n"));
        }
    }

    #[test]
    fn no_formula_begins_behind_another_programs_separator() {
        for (cell, safe) in [
            ("x;=1+1", "x;'=1+1"),
            ("x\t@sum", "x\t'@sum"),
            ("  =1+1", "'  =1+1"),
            ("x; =1+1", "x;' =1+1"),
            ("x;\"=1+1", "\"x;'\"\"=1+1\""),
            ("a\n=1+1", "\"a\n'=1+1\""),
            ("\t=1+1", "'\t'=1+1"),
            ("\r=1+1", "\"'\r'=1+1\""),
            ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
            ("a;b", "a;b"),
            ("a = b; c - d", "a = b; c - d"),
        ] {
            assert_eq!(frame("c", texts(&[cell])).to_csv(), format!("c\r\n{safe}\r\n"), "{cell:?}");
        }
    }

    /// Reads CSV by the letter of the standard, to test the writer against something else than itself.
    fn read(csv: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
        let mut chars = csv.chars().peekable();
        let mut quoted = false;
        while let Some(char) = chars.next() {
            match char {
                '"' if quoted && chars.peek() == Some(&'"') => {
                    chars.next();
                    cell.push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(std::mem::take(&mut cell)),
                '\r' if !quoted && chars.peek() == Some(&'\n') => {
                    chars.next();
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                other => cell.push(other),
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn every_text_comes_back(cells in prop::collection::vec(any::<String>(), 0..8)) {
            let refs: Vec<&str> = cells.iter().map(String::as_str).collect();
            let rows = read(&frame("c", texts(&refs)).to_csv());
            prop_assert_eq!(rows.len(), cells.len() + 1);
            for (row, cell) in rows[1..].iter().zip(&cells) {
                prop_assert_eq!(row.len(), 1);
                prop_assert_eq!(row[0].replace('\'', ""), cell.replace('\'', ""));
                if is_number(cell) {
                    prop_assert_eq!(&row[0], cell);
                    continue;
                }
                for part in row[0].split([';', '\t', '\r', '\n']) {
                    prop_assert!(!part.trim_start().starts_with(['=', '+', '-', '@']));
                }
            }
        }
    }
}
