//! One product, one version of a contract or one dashboard that somebody writes: read, held to the rules and carried out as a
//! file of an import is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use lakeport_model::documents::TextKind;

use super::carried::Carried;
use super::documents::{self, StatedDashboard, Takes};
use super::known::Known;
use super::revisions::By;
use super::{ImportError, ImportReport, SourceFile, Watch, contracts, names, write};
use crate::Ctx;
use crate::ctx::Settings;
use crate::standards::FileError;
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::standards::yaml::{self, Position};
use crate::store::Tx;

/// The name under which a text is read, as that of a file tells what it is meant to be.
fn name(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Product => "text.odps.yaml",
        TextKind::Contract => "text.odcs.yaml",
        TextKind::Dashboard => "text.md",
    }
}

/// Most output ports of a product that somebody writes. Files may hold more, for an operator vouches for them.
pub(crate) const MOST_PORTS: usize = 200;

/// Most tables of a contract that somebody writes. Files may hold more of them, too.
pub(crate) const MOST_OBJECTS: usize = 200;

/// Most tables that a dashboard reads which somebody writes, as well.
pub(crate) const MOST_TABLES: usize = 200;

/// What a text describes.
#[derive(Debug)]
pub(crate) enum Described {
    /// A product.
    Product(Box<(DataProduct, SourceFile)>),
    /// A version of a contract.
    Contract(Box<(Contract, SourceFile)>),
    /// A dashboard.
    Dashboard(Box<(StatedDashboard, SourceFile)>),
}

/// A document that was read, with its text.
#[derive(Debug)]
pub(crate) struct OneDocument {
    /// What it is.
    pub(crate) read: Described,
    /// Where what is judged here stands, or would: looked up with the text, not by those who wait for an answer.
    places: HashMap<String, Position>,
    /// What the standard allows and is still worth a look.
    pub(crate) advice: Vec<String>,
}

impl OneDocument {
    /// Its id.
    pub(crate) fn id(&self) -> &str {
        match &self.read {
            Described::Product(read) => &read.0.id,
            Described::Contract(read) => &read.0.id,
            Described::Dashboard(read) => &read.0.id,
        }
    }

    /// The version of a contract.
    pub(crate) fn version(&self) -> Option<&str> {
        match &self.read {
            Described::Product(_) | Described::Dashboard(_) => None,
            Described::Contract(read) => Some(&read.0.version),
        }
    }

    /// The domain that it names; empty where it names none.
    pub(crate) fn domain(&self) -> &str {
        let domain = match &self.read {
            Described::Product(read) => &read.0.domain,
            Described::Contract(read) => &read.0.domain,
            Described::Dashboard(read) => &read.0.front.domain,
        };
        domain.as_deref().unwrap_or_default()
    }

    /// Its text.
    pub(crate) fn text(&self) -> &str {
        match &self.read {
            Described::Product(read) => &read.1.text,
            Described::Contract(read) => &read.1.text,
            Described::Dashboard(read) => &read.1.text,
        }
    }

    fn kind(&self) -> TextKind {
        match &self.read {
            Described::Product(_) => TextKind::Product,
            Described::Contract(_) => TextKind::Contract,
            Described::Dashboard(_) => TextKind::Dashboard,
        }
    }

    /// What is wrong with its id, name, domain or one of the first things that it offers or is about.
    pub(crate) fn problem(&self, field: &str, message: impl Into<String>) -> FileError {
        let at = self.places.get(field).copied().unwrap_or_default();
        FileError {
            file: name(self.kind()).to_owned(),
            line: at.line,
            column: at.column,
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

/// Reads a text as an import reads a file; a dashboard gets this id, which its file's name would say.
///
/// # Errors
/// [`ImportError::Files`] with every problem of it.
pub(crate) fn read_document(
    settings: &Settings,
    (kind, id): (TextKind, &str),
    text: String,
    now: DateTime<Utc>,
) -> std::result::Result<OneDocument, ImportError> {
    let files = vec![SourceFile { path: name(kind).to_owned(), text }];
    let takes = (&Known::default(), Takes::Everything);
    let (mut documents, warnings) = documents::read(settings, &files, 1, takes, now, &Watch::default())?;
    let read = match kind {
        TextKind::Product => documents.products.pop().map(|read| Described::Product(Box::new(read))),
        TextKind::Contract => documents.contracts.pop().map(|read| Described::Contract(Box::new(read))),
        TextKind::Dashboard => documents.dashboards.pop().map(|(stated, file)| {
            Described::Dashboard(Box::new((StatedDashboard { id: id.to_owned(), ..stated }, file)))
        }),
    };
    let Some(read) = read else {
        return Err(ImportError::Files(vec![another(kind)]));
    };
    let advice = warnings.iter().map(|warning| advice(name(kind), warning)).collect();
    let mut one = OneDocument { read, places: HashMap::new(), advice };
    let root = yaml::parse(name(kind), stated(kind, one.text())).ok();
    let place = |field: String| {
        let at = root.as_ref().map(|root| root.place(&field)).unwrap_or_default();
        (field, at)
    };
    one.places = judged(&one.read).into_iter().map(place).collect();
    Ok(one)
}

/// The part of a text that is YAML: of a dashboard what stands above its second line `---`.
fn stated(kind: TextKind, text: &str) -> &str {
    if kind != TextKind::Dashboard {
        return text;
    }
    let mut end = 0;
    for (place, line) in text.split_inclusive('\n').enumerate() {
        if place > 0 && line.trim_end() == "---" {
            break;
        }
        end += line.len();
    }
    text.get(..end).unwrap_or(text)
}

/// What is said of a text that is something else.
fn another(kind: TextKind) -> FileError {
    let message = match kind {
        TextKind::Product => {
            "This text is no data product. One begins with \"apiVersion: v1.1.0\" and \"kind: DataProduct\"."
        }
        TextKind::Contract => {
            "This text is no data contract. One begins with \"apiVersion: v3.1.0\" and \"kind: DataContract\"."
        }
        TextKind::Dashboard => {
            "This text is no dashboard. One begins with a line \"---\", with its title, owner and tables (reads) below it."
        }
    };
    let (file, field, message) = (name(kind).to_owned(), String::new(), message.to_owned());
    FileError { file, line: 0, column: 0, field, message }
}

/// The fields that are judged beside the standard. The id of a dashboard stands in no text.
fn judged(read: &Described) -> Vec<String> {
    let mut fields = match read {
        Described::Dashboard(_) => ["domain", "product", "reads"],
        Described::Product(_) | Described::Contract(_) => ["id", "name", "domain"],
    }
    .map(str::to_owned)
    .to_vec();
    match read {
        Described::Product(read) => {
            let ports = read.0.output_ports.len().min(MOST_PORTS);
            fields.push("outputPorts".to_owned());
            fields.extend((0..ports).map(|index| format!("outputPorts[{index}]")));
        }
        Described::Contract(read) => {
            fields.extend(["version", "schema"].map(str::to_owned));
            let objects = read.0.schema.iter().enumerate().take(MOST_OBJECTS);
            fields.extend(objects.map(|(index, object)| format!("schema[{index}].{}", object.asset_field())));
        }
        Described::Dashboard(read) => {
            let tables = read.0.front.reads.len().min(MOST_TABLES);
            fields.extend((0..tables).map(|index| format!("reads[{index}]")));
        }
    }
    fields
}

/// A warning about the one text: `text.odps.yaml:3:5: tags: ..` as `Line 3: tags: ..`.
fn advice(name: &str, warning: &str) -> String {
    let said = warning.strip_prefix(name).unwrap_or(warning);
    if let Some(said) = said.strip_prefix(": ") {
        return said.to_owned();
    }
    let placed = said.strip_prefix(':').and_then(|said| said.split_once(": "));
    match placed.and_then(|(place, said)| Some((place.split_once(':')?.0, said))) {
        Some((line, said)) => format!("Line {line}: {said}"),
        None => said.to_owned(),
    }
}

/// Writes a document with its revision, and looks whether the catalog may be as it is then.
///
/// # Errors
/// [`ImportError::Files`] with what is wrong with it beside the rest of the catalog.
pub(crate) async fn write_document(
    tx: &mut Tx,
    ctx: &Ctx,
    by: &By<'_>,
    one: &OneDocument,
) -> std::result::Result<Carried, ImportError> {
    let unnoted = names::catch_up(tx).await?;
    let mut report = ImportReport::default();
    match &one.read {
        Described::Product(read) => {
            let files = std::slice::from_ref(&**read);
            write::products(tx, by, ctx, files, &mut report).await?;
            Carried::of(tx, ctx, (files, &[]), report, unnoted).await
        }
        Described::Contract(read) => {
            let files = std::slice::from_ref(&**read);
            contracts::write(tx, by, ctx, files, &mut report).await?;
            Carried::of(tx, ctx, (&[], files), report, unnoted).await
        }
        Described::Dashboard(read) => {
            let files = std::slice::from_ref(&**read);
            write::dashboards(tx, by, ctx, files, &mut report).await?;
            Carried::of(tx, ctx, (&[], &[]), report, unnoted).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dashboard_states_ends_above_its_second_line() {
        let text = "---\ntitle: A\nreads: [gold.a, gold.b]\n---\n\n# A\n---\n";
        let stated = stated(TextKind::Dashboard, text);
        assert_eq!(stated, "---\ntitle: A\nreads: [gold.a, gold.b]\n");
        let root = yaml::parse("text.md", stated).expect("it is YAML");
        assert_eq!(root.place("reads[1]").line, 3);
        assert_eq!(super::stated(TextKind::Product, text), text);
    }

    #[test]
    fn advice_names_the_line_and_no_file() {
        const NAME: &str = "text.odps.yaml";
        assert_eq!(
            advice(NAME, "text.odps.yaml:3:5: tags: Keep them short."),
            "Line 3: tags: Keep them short."
        );
        assert_eq!(advice(NAME, "text.odps.yaml: tags: Keep them short."), "tags: Keep them short.");
        assert_eq!(advice(NAME, "Something else: yes"), "Something else: yes");
    }
}
