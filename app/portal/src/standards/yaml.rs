//! YAML (and JSON) text as a tree whose every node knows its line and column, and back to text.

use std::fmt;

use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

use super::FileErrors;

/// Where a node begins, counted from 1; zero where that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

/// A value of the file and its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Position,
    pub(crate) content: Content,
    /// The byte where it is defined, which an alias is not.
    defined: Option<u64>,
    /// A number with a fraction as the file writes it: a float may not hold all of its digits.
    written: Option<String>,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A member of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Position,
    pub(crate) value: Node,
}

impl Node {
    /// The member of this name, when the node is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The member of this name with the place of its key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.content {
            Content::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The text, when the node is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when the node is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match &self.content {
            Content::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// The digits of a number, however many the file writes; `None` where the node is no number.
    pub(crate) fn digits(&self) -> Option<String> {
        let Content::Number(number) = &self.content else { return None };
        Some(self.written.clone().unwrap_or_else(|| number.to_string()))
    }

    /// Keeps what the file writes for the numbers that a float may not hold as they are written.
    fn keep_digits(&mut self, file: &str) {
        match &mut self.content {
            Content::Number(number) if number.is_f64() => {
                let from = self.defined.and_then(|byte| file.get(usize::try_from(byte).ok()?..));
                let is_part = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
                let written =
                    from.map(|text| text.split(|letter: char| !is_part(letter)).next().unwrap_or(text));
                let is_same = |text: &&str| text.parse::<f64>().ok() == number.as_f64();
                self.written = written.filter(is_same).map(str::to_owned);
            }
            Content::List(items) => {
                for item in items {
                    item.keep_digits(file);
                }
            }
            Content::Map(entries) => {
                for entry in entries {
                    entry.value.keep_digits(file);
                }
            }
            _ => {}
        }
    }

    /// Nothing, at this place.
    pub(crate) fn empty(at: Position) -> Self {
        Self { at, content: Content::Null, defined: None, written: None }
    }

    /// Moves every place down by lines: what was read stands below others in its file.
    pub(crate) fn move_down(&mut self, lines: u64) {
        self.at.line += lines;
        match &mut self.content {
            Content::List(items) => items.iter_mut().for_each(|item| item.move_down(lines)),
            Content::Map(entries) => {
                for entry in entries {
                    entry.at.line += lines;
                    entry.value.move_down(lines);
                }
            }
            _ => {}
        }
    }

    /// The elements, when the node is a list; otherwise none.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// Where a field such as `schema[0].physicalName` stands; of one that is not there, where it would belong.
    pub(crate) fn place(&self, field: &str) -> Position {
        let mut node = self;
        let mut at = self.at;
        for step in field.split(['.', '[']).filter(|step| !step.is_empty()) {
            let next = match step.strip_suffix(']').map(str::parse::<usize>) {
                Some(index) => {
                    index.ok().and_then(|index| node.items().get(index)).map(|item| (item, item.at))
                }
                None => node.entry(step).map(|entry| (&entry.value, entry.at)),
            };
            let Some((inner, place)) = next else { break };
            (node, at) = (inner, place);
        }
        at
    }

    /// The node without its places.
    pub(crate) fn value(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Number(value) => Value::Number(value.clone()),
            Content::Text(value) => Value::String(value.clone()),
            Content::List(items) => Value::Array(items.iter().map(Node::value).collect()),
            Content::Map(entries) => {
                Value::Object(entries.iter().map(|e| (e.key.clone(), e.value.value())).collect::<Map<_, _>>())
            }
        }
    }

    /// A tree without places, from JSON.
    pub(crate) fn from_json(value: Value) -> Self {
        let content = match value {
            Value::Null => Content::Null,
            Value::Bool(value) => Content::Bool(value),
            Value::Number(value) => Content::Number(value),
            Value::String(value) => Content::Text(value),
            Value::Array(items) => Content::List(items.into_iter().map(Self::from_json).collect()),
            Value::Object(members) => Content::Map(
                members
                    .into_iter()
                    .map(|(key, value)| Entry { key, at: Position::default(), value: Self::from_json(value) })
                    .collect(),
            ),
        };
        Self { at: Position::default(), content, defined: None, written: None }
    }
}

/// Reads one YAML document.
///
/// Aliases, depth and size are limited, so that a small file cannot unfold into a huge tree. `yes`,
/// `no`, `on` and `off` are text; only `true` and `false` are truth values.
pub(crate) fn parse(file: &str, text: &str) -> Result<Node, FileErrors> {
    if text.trim().is_empty() {
        return Err(FileErrors::single(file, 1, 1, "The file is empty."));
    }
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: 40,
            max_documents: 1,
            max_aliases: 1_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
        },
    };
    let read = serde_saphyr::from_str_with_options::<Node>(text, options).map_err(|error| {
        let at = error.location().map(Position::from).unwrap_or_default();
        if is_about_documents(&error) {
            return FileErrors::single(file, at.line, at.column, several_documents(text, at.line));
        }
        let reason = error.render_with_formatter(&serde_saphyr::UserMessageFormatter);
        FileErrors::single(
            file,
            at.line,
            at.column,
            format!("This is not YAML that can be read: {}.", plain_reason(&reason)),
        )
    });
    read.map(|mut node| {
        node.keep_digits(text);
        node
    })
}

/// True where the text holds more than one document.
fn is_about_documents(error: &serde_saphyr::Error) -> bool {
    use serde_saphyr::Error;
    use serde_saphyr::budget::BudgetBreach;
    matches!(
        error,
        Error::MultipleDocuments { .. } | Error::Budget { breach: BudgetBreach::Documents { .. }, .. }
    )
}

/// That a second document begins in this line, and what to do.
fn several_documents(text: &str, line: u64) -> String {
    let begins = usize::try_from(line).ok().and_then(|line| text.lines().nth(line.checked_sub(1)?));
    if begins.is_some_and(|begins| begins.starts_with("---")) {
        format!(
            "There is more than one document here, divided by `---` in line {line}. Keep one, without that line."
        )
    } else {
        "There is more than one document here. Keep one.".to_owned()
    }
}

/// The parser's reason on one line, without the place it repeats and without a full stop.
fn plain_reason(reason: &str) -> String {
    let line = reason.lines().next().unwrap_or_default();
    let line = line.split(" at line ").next().unwrap_or(line);
    line.trim_end_matches('.').to_owned()
}

/// Prints a value as YAML: block style, members in the order of their declaration, long lines unfolded.
pub(crate) fn print(value: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: 100_000 };
    serde_saphyr::to_string_with_options(value, options)
        .expect("our models have text keys and finite numbers, and writing to a string does not fail")
}

impl From<serde_saphyr::Location> for Position {
    fn from(location: serde_saphyr::Location) -> Self {
        Self { line: location.line(), column: location.column() }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        let defined = spanned.defined.span().byte_offset();
        Ok(Self { at: spanned.referenced.into(), content: spanned.value, defined, written: None })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Content, E> {
        Number::from_f64(value).map(Content::Number).ok_or_else(|| E::custom("a number has to be finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Content, E> {
        Ok(Content::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element::<Node>()? {
            items.push(item);
        }
        Ok(Content::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let value = map.next_value::<Node>()?;
            entries.push(Entry { key: key.value, at: key.referenced.into(), value });
        }
        Ok(Content::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_node_knows_its_place() {
        let node =
            parse("a.yaml", "name: x\nlist:\n  - deep: 1\n    other: [true, ~]\n").expect("valid YAML");
        let entry = node.entry("list").expect("is there");
        assert_eq!((entry.at.line, entry.at.column), (2, 1));
        let deep = entry.value.items()[0].get("deep").expect("is there");
        assert_eq!((deep.at.line, deep.at.column), (3, 11));
        assert_eq!(
            node.value(),
            serde_json::json!({"name": "x", "list": [{"deep": 1, "other": [true, null]}]})
        );
    }

    #[test]
    fn no_digit_of_a_number_is_lost() {
        let text = "ü: 0.30000000000000001 # 0.3\na: &a 9007199254740993.5\nb: [*a, -1.50e-3, 12, 0x10]\nc: \"0.5\"\n";
        let node = parse("a.yaml", text).expect("valid YAML");
        let of = |key: &str| node.get(key).expect("is there");
        let digits = |node: &Node| node.digits().unwrap_or_default();
        assert_eq!((digits(of("ü")), digits(of("c"))), ("0.30000000000000001".to_owned(), String::new()));
        let list: Vec<String> = of("b").items().iter().map(digits).collect();
        assert_eq!(list, ["9007199254740993.5", "-1.50e-3", "12", "16"]);
        let json = parse("a.json", "\u{feff}{\"a\":0.30000000000000001}").expect("valid JSON");
        assert_eq!(digits(json.get("a").expect("is there")), "0.30000000000000001");
    }

    #[test]
    fn a_field_is_found_by_its_path_or_by_what_is_around_it() {
        let node =
            parse("a.yaml", "schema:\n  - name: x\n    physicalName: y\n  - name: z\n").expect("valid");
        let line = |field| node.place(field).line;
        assert_eq!((line("schema[0].physicalName"), line("schema[1].physicalName"), line("gone")), (3, 4, 1));
    }

    #[test]
    fn text_that_looks_like_something_else_stays_text() {
        let node = parse("a.yaml", "a: no\nb: 2022-10-03\nc: 007\nd: 1_000\ne: 9-5\n").expect("valid YAML");
        let expected =
            serde_json::json!({"a": "no", "b": "2022-10-03", "c": "007", "d": "1_000", "e": "9-5"});
        assert_eq!(node.value(), expected);
    }

    #[test]
    fn broken_text_is_reported_with_its_line() {
        for (text, line) in
            [("a: [1, 2\nb: 3\n", 2), ("a: 1\na: 2\n", 2), ("a: 1\n---\nb: 2\n", 2), ("a: .nan\n", 1)]
        {
            let errors = parse("a.yaml", text).expect_err("is broken");
            assert_eq!(errors.iter().next().map(|error| error.line), Some(line), "{text:?}: {errors}");
        }
    }

    #[test]
    fn a_second_document_is_told_with_the_line_that_divides_them() {
        for (text, line) in [
            ("a: 1\n---\nb: 2\n", 2),
            ("---\na: 1\n---\nb: 2\n---\nc: 3\n", 3),
            ("kind: A\n\n# next\n--- # second\nkind: B\n", 4),
        ] {
            let told = parse("a.yaml", text).expect_err("it holds two").to_string();
            let said = format!("divided by `---` in line {line}. Keep one, without that line.");
            assert!(told.ends_with(&said), "{text:?}: {told}");
        }
        parse("a.yaml", "---\na: 1\n").expect("one document may begin with the mark");
    }

    #[test]
    fn what_is_nested_deeper_than_any_document_is_refused_before_the_stack_ends() {
        let nested = |depth: usize| format!("{}x{}", "{a: ".repeat(depth), "}".repeat(depth));
        assert!(parse("a.yaml", &nested(30)).is_ok());
        for depth in [64, 10_000] {
            let refused = parse("a.yaml", &nested(depth)).expect_err("nobody writes such a text");
            assert!(refused.to_string().contains("This is not YAML that can be read"), "{refused}");
        }
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(
                &["a", &level.to_string(), ": &a", &level.to_string(), " [", &aliases, "]\n"].concat(),
            );
        }
        let errors = parse("bomb.yaml", &text).expect_err("unfolds to a thousand million values");
        assert!(errors.to_string().starts_with("bomb.yaml:"), "{errors}");
    }

    #[test]
    fn printed_text_reads_back() {
        let long = "many words ".repeat(30);
        for text in
            ["yes", "1.10", " lead", "a: b", "line\nline\n", "line\n\n", "x\ty", "2022-10-03", &long, "", "~"]
        {
            let value = serde_json::json!({ "text": text, "list": [text] });
            let back = parse("a.yaml", &print(&value)).expect("printed YAML is valid");
            assert_eq!(back.value(), value);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_reads_back_as_it_was(text in "(\\PC|[\n\t :#'\"|>-]){0,60}", key in "[a-zA-Z:# .-]{1,12}") {
            let value = serde_json::json!({ "list": [{ key: &text }, text] });
            prop_assert_eq!(parse("a.yaml", &print(&value)).map(|node| node.value()), Ok(value));
        }
    }
}
