//! Marks that nobody sees, wherever in a file they stand: with one, what people read is not what is written. Forms refuse
//! them in every text, and files are asked no less. So with texts that no page can show.

use super::yaml::{self, Content, Node, Position};
use super::{FileError, FileErrors};
use crate::text;

/// Longest text of a field, in characters: some fifty pages.
const LONGEST_TEXT: usize = 100_000;

/// What was read of a file, where no text in it holds such a mark.
pub(super) fn seen<T>(file: &str, root: &Node, read: Result<T, FileErrors>) -> Result<T, FileErrors> {
    let mut unseen = Unseen { file, found: Vec::new() };
    unseen.walk(root, &mut String::new());
    let mut errors: Vec<FileError> = match read {
        Ok(value) if unseen.found.is_empty() => return Ok(value),
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().collect(),
    };
    // Names were looked at while they were read.
    unseen.found.retain(|found| !errors.contains(found));
    errors.append(&mut unseen.found);
    Err(FileErrors::sorted(errors))
}

/// The same for a text without fields: the first such mark of each line.
fn seen_lines(file: &str, text: &str) -> Result<(), FileErrors> {
    let unseen = |(line, text): (u64, &str)| {
        let (before, letter) = text::hidden_at(text)?;
        let at = Position { line, column: before as u64 + 1 };
        Some(problem(file, at, "", text::hidden_sentence(letter)))
    };
    let found: Vec<FileError> = (1u64..).zip(text.lines()).filter_map(unseen).collect();
    if found.is_empty() { Ok(()) } else { Err(FileErrors::sorted(found)) }
}

/// The same for the text of a dashboard: what its front matter writes as an escape stands in no line.
pub(super) fn seen_dashboard(file: &str, text: &str) -> Result<(), FileErrors> {
    seen_lines(file, text)?;
    let front = text.lines().skip(1).take_while(|line| line.trim_end() != "---");
    // An empty line in place of the first one, so that every place is that of the file.
    let front: Vec<&str> = std::iter::once("").chain(front).collect();
    match yaml::parse(file, &front.join("\n")) {
        Ok(root) => seen(file, &root, Ok(())),
        // Whoever reads the dashboard says so.
        Err(_) => Ok(()),
    }
}

/// What was found in a file so far.
struct Unseen<'f> {
    file: &'f str,
    found: Vec<FileError>,
}

impl Unseen<'_> {
    /// Looks at a node and all below it; `field` is the way to it, one text for all of them.
    fn walk(&mut self, node: &Node, field: &mut String) {
        let length = field.len();
        match &node.content {
            Content::Text(text) => self.look(text, node.at, field),
            Content::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    field.extend(["[", &index.to_string(), "]"]);
                    self.walk(item, field);
                    field.truncate(length);
                }
            }
            Content::Map(entries) => {
                for entry in entries {
                    field.extend([if length == 0 { "" } else { "." }, &entry.key]);
                    self.look(&entry.key, entry.at, field);
                    self.walk(&entry.value, field);
                    field.truncate(length);
                }
            }
            Content::Null | Content::Bool(_) | Content::Number(_) => {}
        }
    }

    fn look(&mut self, text: &str, at: Position, field: &str) {
        let hidden = text::hidden(text).map(text::hidden_sentence);
        let message = hidden.or_else(|| {
            let is_long = text.len() > LONGEST_TEXT && text.chars().nth(LONGEST_TEXT).is_some();
            is_long.then(|| too_long(text.chars().count()))
        });
        self.found.extend(message.map(|message| problem(self.file, at, field, message)));
    }
}

fn too_long(length: usize) -> String {
    format!("This text has {length} characters; at most {LONGEST_TEXT} are taken. Link to what says more.")
}

fn problem(file: &str, at: Position, field: &str, message: String) -> FileError {
    FileError { file: file.to_owned(), line: at.line, column: at.column, field: field.to_owned(), message }
}
