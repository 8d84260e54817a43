//! One product that somebody writes: read, held to the rules and carried out as a file of an import is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::carried::Carried;
use super::documents::{self, Takes};
use super::known::Known;
use super::revisions::By;
use super::{ImportError, ImportReport, SourceFile, Watch, names, write};
use crate::Ctx;
use crate::ctx::Settings;
use crate::standards::FileError;
use crate::standards::odps::DataProduct;
use crate::standards::yaml::{self, Position};
use crate::store::Tx;

/// The name under which a text is read, as that of a file tells what it is meant to be.
const NAME: &str = "text.odps.yaml";

/// Most output ports of a product that somebody writes. Files may hold more, for an operator vouches for them.
pub(crate) const MOST_PORTS: usize = 200;

/// A product that was read, with its text.
#[derive(Debug)]
pub(crate) struct OneProduct {
    read: (DataProduct, SourceFile),
    /// Where what is judged here stands, or would: looked up with the text, not by those who wait for an answer.
    places: HashMap<String, Position>,
    /// What the standard allows and is still worth a look.
    pub(crate) advice: Vec<String>,
}

impl OneProduct {
    /// The product.
    pub(crate) fn product(&self) -> &DataProduct {
        &self.read.0
    }

    /// Its text.
    pub(crate) fn text(&self) -> &str {
        &self.read.1.text
    }

    /// What is wrong with its id, name, domain or one of its first output ports.
    pub(crate) fn problem(&self, field: &str, message: impl Into<String>) -> FileError {
        let at = self.places.get(field).copied().unwrap_or_default();
        FileError {
            file: NAME.to_owned(),
            line: at.line,
            column: at.column,
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

/// Reads a text as an import reads a file.
///
/// # Errors
/// [`ImportError::Files`] with every problem of it.
pub(crate) fn read_product(
    settings: &Settings,
    text: String,
    now: DateTime<Utc>,
) -> std::result::Result<OneProduct, ImportError> {
    let files = vec![SourceFile { path: NAME.to_owned(), text }];
    let takes = (&Known::default(), Takes::Everything);
    let (mut read, warnings) = documents::read(settings, &files, 1, takes, now, &Watch::default())?;
    let Some(read) = read.products.pop() else {
        let message =
            "This text is no data product. One begins with \"apiVersion: v1.1.0\" and \"kind: DataProduct\".";
        let (file, message) = (NAME.to_owned(), message.to_owned());
        return Err(ImportError::Files(vec![FileError {
            file,
            line: 0,
            column: 0,
            field: String::new(),
            message,
        }]));
    };
    let root = yaml::parse(NAME, &read.1.text).ok();
    let ports = (0..read.0.output_ports.len().min(MOST_PORTS)).map(|index| format!("outputPorts[{index}]"));
    let fields = ["id", "name", "domain", "outputPorts"].into_iter().map(str::to_owned).chain(ports);
    let place = |field: String| {
        let at = root.as_ref().map(|root| root.place(&field)).unwrap_or_default();
        (field, at)
    };
    let places = fields.map(place).collect();
    Ok(OneProduct { read, places, advice: warnings.iter().map(|warning| advice(warning)).collect() })
}

/// A warning about the one text: `text.odps.yaml:3:5: tags: ..` as `Line 3: tags: ..`.
fn advice(warning: &str) -> String {
    let said = warning.strip_prefix(NAME).unwrap_or(warning);
    if let Some(said) = said.strip_prefix(": ") {
        return said.to_owned();
    }
    let placed = said.strip_prefix(':').and_then(|said| said.split_once(": "));
    match placed.and_then(|(place, said)| Some((place.split_once(':')?.0, said))) {
        Some((line, said)) => format!("Line {line}: {said}"),
        None => said.to_owned(),
    }
}

/// Writes a product with its revision, and looks whether the catalog may be as it is then.
///
/// # Errors
/// [`ImportError::Files`] with what is wrong with it beside the rest of the catalog.
pub(crate) async fn write_product(
    tx: &mut Tx,
    ctx: &Ctx,
    by: &By<'_>,
    one: &OneProduct,
) -> std::result::Result<Carried, ImportError> {
    let unnoted = names::catch_up(tx).await?;
    let mut report = ImportReport::default();
    let files = std::slice::from_ref(&one.read);
    write::products(tx, by, ctx, files, &mut report).await?;
    Carried::of(tx, ctx, (files, &[]), report, unnoted).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_the_line_and_no_file() {
        assert_eq!(advice("text.odps.yaml:3:5: tags: Keep them short."), "Line 3: tags: Keep them short.");
        assert_eq!(advice("text.odps.yaml: tags: Keep them short."), "tags: Keep them short.");
        assert_eq!(advice("Something else: yes"), "Something else: yes");
    }
}
