//! The files a domain team writes, and the standards they follow.
//!
//! Each standard has a typed model of our own: [`odcs`] (contracts), [`odps`] (products),
//! [`openlineage`] (lineage events), [`mesh`] (people, domains, assets) and [`term`] (the glossary).
//! [`recognise`] tells by content which one a file is. A reader reports everything that is wrong with
//! a file at once, each with its line, column and field.

#[macro_use]
mod macros;
mod read;
mod seen;
mod values;

pub mod bitol;
pub mod mesh;
pub mod odcs;
pub mod odps;
pub mod openlineage;
pub mod recognise;
pub mod term;
pub mod yaml;

use std::fmt;

use serde::Serialize;

pub use recognise::{Document, recognise};
pub use values::Scalar;

use crate::text::legible;

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileError {
    /// The file as the caller named it.
    pub file: String,
    /// Line, counted from 1; 0 where the place is not known.
    pub line: u64,
    /// Column in characters, counted from 1; 0 where the place is not known.
    pub column: u64,
    /// Path of the field, such as `schema[0].properties[2].logicalType`; empty for the whole file.
    pub field: String,
    /// What is wrong and what is allowed, as a sentence.
    pub message: String,
}

impl FileError {
    /// A problem that only shows beside other files, at a field of this one: `schema[0].physicalName`. Where the field is
    /// not written, the place is that of the nearest thing around it.
    pub fn at(file: &str, text: &str, field: &str, message: impl Into<String>) -> Self {
        let place = yaml::parse(file, text).map(|root| root.place(field)).unwrap_or_default();
        Self {
            file: file.to_owned(),
            line: place.line,
            column: place.column,
            field: field.to_owned(),
            message: message.into(),
        }
    }

    /// The same for several fields of one file, each with its message: the file is read once for all of them.
    pub(crate) fn all_at(file: &str, text: &str, found: Vec<(String, String)>) -> Vec<Self> {
        let root = if found.is_empty() { None } else { yaml::parse(file, text).ok() };
        let problem = |(field, message): (String, String)| {
            let place = root.as_ref().map(|root| root.place(&field)).unwrap_or_default();
            Self { file: file.to_owned(), line: place.line, column: place.column, field, message }
        };
        found.into_iter().map(problem).collect()
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names and values are others', and are told in a terminal.
        f.write_str(&legible(&self.file))?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", legible(&self.field))?;
        }
        write!(f, ": {}", legible(&self.message))
    }
}

/// Everything that is wrong with a file, in the order of its lines; at least one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FileErrors(Vec<FileError>);

impl FileErrors {
    /// The errors, first line first.
    pub fn iter(&self) -> std::slice::Iter<'_, FileError> {
        self.0.iter()
    }

    /// One error about the file as a whole, or about a place that only a line describes.
    pub(crate) fn single(file: &str, line: u64, column: u64, message: impl Into<String>) -> Self {
        Self(vec![FileError {
            file: file.to_owned(),
            line,
            column,
            field: String::new(),
            message: message.into(),
        }])
    }

    pub(crate) fn sorted(mut errors: Vec<FileError>) -> Self {
        errors.sort_by_key(|error| (error.line, error.column));
        Self(errors)
    }
}

impl<'a> IntoIterator for &'a FileErrors {
    type Item = &'a FileError;
    type IntoIter = std::slice::Iter<'a, FileError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for FileErrors {
    type Item = FileError;
    type IntoIter = std::vec::IntoIter<FileError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for FileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for FileErrors {}
