//! From a tree with places to typed models, collecting every error on the way.
//!
//! The models declare themselves with `record!` and `choice!` (see `macros.rs`): fields, their names in
//! the file, their order when printed and, where a member came later, the edition that brought it.

use lakeport_model::catalog::MOST_COLUMNS;

use super::yaml::{Content, Entry, Node, Position};
use super::{FileError, FileErrors};
use crate::text;

/// The standard a document follows, with its minor version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Open Data Contract Standard 3.x.
    Odcs(u8),
    /// Open Data Product Standard 1.x (0 also stands for 0.9).
    Odps(u8),
    /// Everything that has one edition only.
    Single,
}

/// The minor version of ODCS 3.x and ODPS 1.x that first knew a member; `None`: it does not know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since {
    pub(crate) odcs: Option<u8>,
    pub(crate) odps: Option<u8>,
    /// Known to the first edition of ODCS 3 only.
    first_only: bool,
}

impl Since {
    pub(crate) const ALWAYS: Self = Self::of(Some(0), Some(0));
    /// In contracts and in products since 3.1 and 1.1.
    pub(crate) const ODCS_3_1_ODPS_1_1: Self = Self::of(Some(1), Some(1));
    /// In contracts since 3.2, in products since 1.1.
    pub(crate) const ODCS_3_2_ODPS_1_1: Self = Self::of(Some(2), Some(1));
    /// In contracts since 3.1, in products always.
    pub(crate) const ODCS_3_1_ODPS: Self = Self::of(Some(1), Some(0));
    /// In contracts since 3.1, not in products.
    pub(crate) const ODCS_3_1: Self = Self::of(Some(1), None);
    /// In contracts since 3.2, not in products.
    pub(crate) const ODCS_3_2: Self = Self::of(Some(2), None);
    /// In contracts of 3.0 only.
    pub(crate) const ODCS_3_0_ONLY: Self = Self { first_only: true, ..Self::of(Some(0), None) };
    /// In contracts only.
    pub(crate) const ODCS: Self = Self::of(Some(0), None);
    /// In products only.
    pub(crate) const ODPS: Self = Self::of(None, Some(0));
    /// In products since 1.1, not in contracts.
    pub(crate) const ODPS_1_1: Self = Self::of(None, Some(1));

    const fn of(odcs: Option<u8>, odps: Option<u8>) -> Self {
        Self { odcs, odps, first_only: false }
    }

    /// True for what the very next version brought: a document that states ODCS 3.0 is read as if it said 3.1.
    fn is_next(self, edition: Edition) -> bool {
        edition == Edition::Odcs(0) && self.odcs == Some(1)
    }

    /// `Ok` when the edition knows the member; otherwise the name of the version that would.
    pub(crate) fn known_to(self, edition: Edition) -> Result<(), Option<String>> {
        let (first, have, standard) = match edition {
            Edition::Single => return Ok(()),
            Edition::Odcs(minor) => (self.odcs, minor, "ODCS 3"),
            Edition::Odps(minor) => (self.odps, minor, "ODPS 1"),
        };
        match first {
            Some(_) if self.first_only && have > 0 => Err(None),
            Some(first) if have >= first => Ok(()),
            Some(first) => Err(Some(format!("{standard}.{first}"))),
            None => Err(None),
        }
    }
}

/// Something that can be read from a node.
pub(crate) trait Read: Sized {
    /// The value, or `None` after having reported why not.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;

    /// What stands for a missing member; `None` when the member is required.
    fn absent() -> Option<Self> {
        None
    }
}

/// Tells which members are left out when printing.
pub(crate) trait Blank {
    /// True for "not stated".
    fn is_blank(&self) -> bool {
        false
    }
}

/// How a mapping treats members that its standard does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Refused in every edition.
    Closed,
    /// Refused, except by the early editions, which leave most mappings open.
    Usual,
    /// Kept.
    Open,
}

/// Longest id, in bytes: an export makes a file of that name.
const LONGEST_ID: usize = 200;
/// Longest name or place, in characters.
const LONGEST_NAME: usize = 1_000;

/// Fields that hold names and places, whatever the document is.
const NAMES: [&str; 12] = [
    "id",
    "name",
    "title",
    "businessName",
    "physicalName",
    "email",
    "domain",
    "parent",
    "namespace",
    "location",
    "dataProduct",
    "tags",
];

/// Unknown fields of one mapping that are told each by itself.
const MOST_UNKNOWN: usize = 100;

/// Collects errors, and what is only worth a look, while models are read.
pub(crate) struct Reader {
    file: String,
    pub(crate) edition: Edition,
    /// ODCS 3.0 and ODPS 0.9: their schemas leave open what later ones close. What they do not name is advice, not an
    /// error.
    pub(crate) early: bool,
    /// Above zero inside of what the stated edition does not know: nothing there can be wrong for it.
    unjudged: u32,
    advice: Vec<FileError>,
    /// In events `null` and a missing member mean the same; in files people write, `null` is a slip.
    null_is_absent: bool,
    path: String,
    errors: Vec<FileError>,
}

impl Reader {
    pub(crate) fn new(file: &str, edition: Edition) -> Self {
        Self {
            file: file.to_owned(),
            edition,
            early: edition == Edition::Odcs(0),
            unjudged: 0,
            advice: Vec::new(),
            null_is_absent: false,
            path: String::new(),
            errors: Vec::new(),
        }
    }

    /// A reader for JSON events.
    pub(crate) fn lenient(file: &str) -> Self {
        Self { null_is_absent: true, ..Self::new(file, Edition::Single) }
    }

    /// Reads the root node; every error found, or the value.
    pub(crate) fn finish<T: Read>(self, root: &Node) -> Result<T, FileErrors> {
        self.finish_with_advice(root).map(|(value, _)| value)
    }

    /// Reads the root node; every error found, or the value with what is worth a look, first line first.
    pub(crate) fn finish_with_advice<T: Read>(
        mut self,
        root: &Node,
    ) -> Result<(T, Vec<FileError>), FileErrors> {
        match T::read(root, &mut self) {
            Some(value) if self.errors.is_empty() => {
                self.advice.sort_by_key(|advice| (advice.line, advice.column));
                Ok((value, self.advice))
            }
            _ => Err(FileErrors::sorted(self.errors)),
        }
    }

    /// True for events, whose senders are met half-way.
    pub(crate) fn is_lenient(&self) -> bool {
        self.null_is_absent
    }

    /// A facet that cannot be read costs itself, not the event that carries it.
    fn facet<T: Read>(&mut self, value: &Node, key: &str) -> Option<T> {
        let before = self.errors.len();
        let read = self.inside(&format!(".{key}"), |reader| T::read(value, reader));
        if self.errors.len() == before {
            return read;
        }
        self.advice.extend(self.errors.drain(before..));
        T::absent()
    }

    /// Reports an error about the current field.
    pub(crate) fn error(&mut self, at: Position, message: impl Into<String>) {
        let error = self.problem(at, message);
        if self.unjudged > 0 { self.advice.push(error) } else { self.errors.push(error) }
    }

    /// Says what is allowed and still worth a look about the current field.
    pub(crate) fn advise(&mut self, at: Position, message: impl Into<String>) {
        let advice = self.problem(at, message);
        self.advice.push(advice);
    }

    /// An error, or advice where an early edition lets it pass.
    pub(crate) fn error_unless_early(&mut self, node: &Node, key: &str, message: impl Into<String>) {
        self.unjudged += u32::from(self.early);
        self.member_error(node, key, message);
        self.unjudged -= u32::from(self.early);
    }

    fn problem(&self, at: Position, message: impl Into<String>) -> FileError {
        FileError {
            file: self.file.clone(),
            line: at.line,
            column: at.column,
            field: self.path.clone(),
            message: message.into(),
        }
    }

    /// Reports a mark that nobody sees in a name: what is listed, linked and searched must not read as another thing. In
    /// the portal's own files and in events, a name is not blank either, and in the files it stands on one line, without
    /// blanks around it; only a column may have them in its table too.
    pub(crate) fn look_at_name(&mut self, at: Position, text: &str) {
        let field = self.field();
        if !NAMES.contains(&field) {
            return;
        }
        let is_own = self.edition == Edition::Single;
        let is_in_files = is_own && !self.is_lenient();
        let is_called_so = matches!(field, "name" | "namespace");
        let is_place = field == "location";
        let is_column = self.is_in_column();
        if let Some(letter) = text::hidden(text) {
            self.error(at, text::hidden_sentence(letter));
        } else if is_own && is_called_so && text.trim().is_empty() {
            self.error(at, "This is blank; write what it is called.");
        } else if is_in_files && text.contains(['\n', '\r', '\t']) {
            self.error(at, "This stands on one line; take the line breaks and tabs out.");
        } else if is_in_files && (is_called_so || is_place) && !is_column && text.trim() != text {
            self.error(at, "This begins or ends with a blank; take it off.");
        } else if !self.is_lenient() && field == "id" && text.len() > LONGEST_ID {
            self.error(at, format!("This has {} bytes; an id has at most {LONGEST_ID}.", text.len()));
        } else if !self.is_lenient() && text.chars().nth(LONGEST_NAME).is_some() {
            let length = text.chars().count();
            self.error(at, format!("This has {length} characters; at most {LONGEST_NAME} are taken here."));
        }
    }

    /// True for what something is called in the portal's own files: kept in one spelling, as what events name is
    /// where it is looked up. A column is called as in its table.
    pub(crate) fn is_at_own_name(&self) -> bool {
        let is_in_files = self.edition == Edition::Single && !self.is_lenient();
        is_in_files && matches!(self.field(), "name" | "namespace") && !self.is_in_column()
    }

    /// The name of the current field, without its place in a list.
    fn field(&self) -> &str {
        let field = self.path.rsplit('.').next().unwrap_or_default();
        field.split('[').next().unwrap_or_default()
    }

    fn is_in_column(&self) -> bool {
        self.path.contains("columns[")
    }

    /// Says something about a member of the current field, whether it is there or not.
    pub(crate) fn advise_member(&mut self, node: &Node, key: &str, message: impl Into<String>) {
        let at = node.entry(key).map_or(node.at, |entry| entry.at);
        self.inside(&format!(".{key}"), |reader| reader.advise(at, message));
    }

    /// Reports an error about a member of the current field, whether it is there or not.
    pub(crate) fn member_error(&mut self, node: &Node, key: &str, message: impl Into<String>) {
        let at = node.entry(key).map_or(node.at, |entry| entry.at);
        self.inside(&format!(".{key}"), |reader| reader.error(at, message));
    }

    /// Runs `work` with the path one step deeper.
    pub(crate) fn inside<T>(&mut self, step: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(if length == 0 { step.trim_start_matches('.') } else { step });
        let result = work(self);
        self.path.truncate(length);
        result
    }

    /// The members of a mapping, after having reported those that are not `known`; those of an open one are left to
    /// the caller.
    pub(crate) fn members<'n>(
        &mut self,
        node: &'n Node,
        known: &[(&'static str, Since)],
        shape: Shape,
    ) -> Option<&'n [Entry]> {
        let Content::Map(entries) = &node.content else {
            let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
            self.error(
                node.at,
                format!("This is {}, but a mapping is needed. {}", node.describe(), known_list(&names)),
            );
            return None;
        };
        // An early edition leaves open what later ones close.
        let passes = self.early && shape == Shape::Usual;
        let mut unknown = 0usize;
        for entry in entries {
            let since = known.iter().find(|(name, _)| *name == entry.key).map(|(_, since)| *since);
            match since.map(|since| since.known_to(self.edition)) {
                Some(Ok(())) => {}
                None | Some(Err(None)) if shape == Shape::Open => {}
                None | Some(Err(None)) => {
                    unknown += 1;
                    if unknown > MOST_UNKNOWN {
                        continue;
                    }
                    let names: Vec<_> = known
                        .iter()
                        .filter(|(_, since)| since.known_to(self.edition).is_ok())
                        .map(|(name, _)| *name)
                        .collect();
                    let hint = suggestion(&entry.key, &names);
                    if passes {
                        let message =
                            format!("The standard does not name this field, so nothing reads it. {hint}");
                        self.advise_member(node, &entry.key, message);
                    } else {
                        self.member_error(node, &entry.key, format!("There is no such field. {hint}"));
                    }
                }
                Some(Err(Some(version))) => {
                    let next = since.is_some_and(|since| since.is_next(self.edition));
                    let message =
                        format!("This field came with {version}; raise apiVersion or remove the field.");
                    if next || (self.early && shape != Shape::Closed) {
                        self.advise_member(node, &entry.key, message);
                    } else {
                        self.member_error(node, &entry.key, message);
                    }
                }
            }
        }
        if unknown > MOST_UNKNOWN {
            let message = match unknown - MOST_UNKNOWN {
                1 => "There is one more field that nobody knows here.".to_owned(),
                more => format!("There are {more} more fields that nobody knows here."),
            };
            if passes { self.advise(node.at, message) } else { self.error(node.at, message) }
        }
        Some(entries)
    }

    /// One member of a mapping. What the edition does not know is read, and cannot be wrong.
    pub(crate) fn member_since<T: Read>(&mut self, node: &Node, key: &str, since: Since) -> Option<T> {
        let unknown = self.early && since.known_to(self.edition).is_err();
        self.unjudged += u32::from(unknown);
        let value = self.member(node, key);
        self.unjudged -= u32::from(unknown);
        if unknown { value.or_else(T::absent) } else { value }
    }

    /// One member of a mapping.
    pub(crate) fn member<T: Read>(&mut self, node: &Node, key: &str) -> Option<T> {
        match node.get(key) {
            Some(value)
                if !(self.null_is_absent && value.content == Content::Null && T::absent().is_some()) =>
            {
                let in_facets = self.path.ends_with("facets") || self.path.ends_with("Facets");
                if self.null_is_absent && in_facets && T::absent().is_some() {
                    return self.facet(value, key);
                }
                self.inside(&format!(".{key}"), |reader| T::read(value, reader))
            }
            _ => T::absent().or_else(|| {
                self.member_error(node, key, "This field is required and is missing.");
                None
            }),
        }
    }

    /// One of a closed list of words.
    pub(crate) fn choice<T: Copy>(&mut self, node: &Node, words: &[(T, &'static str, Since)]) -> Option<T> {
        let word = String::read(node, self)?;
        let Some((value, _, since)) = words.iter().find(|(_, known, _)| *known == word) else {
            let known = words.iter().filter(|(_, _, since)| since.known_to(self.edition).is_ok());
            let hint = suggestion(&word, &known.map(|(_, known, _)| *known).collect::<Vec<_>>());
            self.error(node.at, format!("\"{word}\" is not known here. {hint}"));
            return None;
        };
        if let Err(version) = since.known_to(self.edition) {
            let version = version.unwrap_or_else(|| "another standard".to_owned());
            let message = format!("\"{word}\" came with {version}; raise apiVersion or choose another.");
            if since.is_next(self.edition) {
                self.advise(node.at, message);
                return Some(*value);
            }
            self.error(node.at, message);
            return None;
        }
        Some(*value)
    }

    /// Reports that a node is not what is needed.
    pub(crate) fn expected(&mut self, node: &Node, what: &str) {
        let hint = match (&node.content, what) {
            (Content::Number(_) | Content::Bool(_), "text") => "; put it in quotes to make it text",
            (Content::Null, _) => "; give it a value or remove the line",
            _ => "",
        };
        self.error(node.at, format!("This is {}, but {what} is needed{hint}.", node.describe()));
    }
}

impl Node {
    /// The kind of value, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self.content {
            Content::Null => "empty",
            Content::Bool(_) => "a truth value",
            Content::Number(_) => "a number",
            Content::Text(_) => "text",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }
}

/// Why a table is not taken with all its columns.
pub(crate) fn too_many_columns(count: usize) -> String {
    format!(
        "There are {count} columns; at most {MOST_COLUMNS} are taken for a table. Leave out those that nobody reads."
    )
}

/// "Known here: a, b, c."
pub(crate) fn known_list(names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!("Known here: {}.", names.join(", ")) }
}

/// The nearest known word, when one is near, and all known words.
pub(crate) fn suggestion(word: &str, known: &[&str]) -> String {
    match text::closest(word, known.iter().copied()) {
        Some(name) => format!("Did you mean \"{name}\"? {}", known_list(known)),
        None => known_list(known),
    }
}
