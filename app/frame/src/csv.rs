//! A frame as a file for spreadsheets.

use std::fmt::Write as _;

use crate::{Frame, Value};

impl Frame {
    /// The frame as CSV (RFC 4180): UTF-8 without a byte order mark, a header line, `CRLF` line ends,
    /// plain values (ISO dates, a point as decimal separator). `NULL` is an empty field, empty text is `""`.
    ///
    /// Text that a spreadsheet would run as a formula (it starts with `=`, `+`, `-`, `@`, a tab or a
    /// carriage return) gets a leading apostrophe: a download is opened by a colleague with a
    /// double click far more often than it is read by a program. Numbers, negative ones too, and
    /// dates are never changed.
    pub fn to_csv(&self) -> String {
        let mut csv = String::new();
        let names = self.columns().iter().map(|column| Value::Text(column.name.clone()));
        record(&mut csv, names);
        for row in 0..self.rows() {
            record(&mut csv, self.columns().iter().filter_map(|column| column.values.get(row)));
        }
        csv
    }
}

fn record(csv: &mut String, cells: impl Iterator<Item = Value>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            csv.push(',');
        }
        if let Value::Text(text) = cell {
            field(csv, &text);
        } else {
            write!(csv, "{cell}").expect("writing to a string does not fail");
        }
    }
    csv.push_str("\r\n");
}

fn field(csv: &mut String, text: &str) {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let quote = text.is_empty()
        || text.contains(['"', ',', '\r', '\n'])
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    if quote {
        write!(csv, "\"{guard}{}\"", text.replace('"', "\"\"")).expect("writing to a string does not fail");
    } else {
        csv.push_str(guard);
        csv.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{Column, DecimalValues, Frame, Values};

    fn frame(name: &str, values: Values) -> Frame {
        Frame::new(vec![Column { name: name.to_owned(), values }]).expect("one column is never ragged")
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
                let guarded = format!("'{cell}");
                prop_assert!(row[0] == *cell || row[0] == guarded);
                prop_assert!(!row[0].starts_with(['=', '+', '-', '@']));
            }
        }
    }
}
