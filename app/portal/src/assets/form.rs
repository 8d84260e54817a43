//! What somebody writes field by field, as the asset that a file would hold.

use chrono::{DateTime, Utc};
use lakeport_model::DomainId;
use lakeport_model::assets::{AssetText, ColumnText, FieldProblem, MOST_COLUMNS_WRITTEN, MOST_TAGS};
use lakeport_model::documents::LONGEST_DOCUMENT;

use super::digest;
use crate::beside::DOCUMENTS;
use crate::catalog::described::{self, NAMESPACE};
use crate::dashboards::format::safe_html;
use crate::documents::no_id;
use crate::standards::FileError;
use crate::standards::mesh::{Asset, AssetKind, Assets, Classification, Column, Layer};
use crate::store::catalog::AssetRow;
use crate::{Call, Error, Result, text};

/// The name under which a text is read that comes from no file.
const NAME: &str = "text.yaml";

/// Signs that may stand in a namespace beside letters and digits.
const NAMESPACE_SIGNS: &str = "-._~:/@+=&?#%";

/// The fields of the form beside those of its columns, and the domain that it is for.
const FIELDS: [&str; 11] = [
    "id",
    "kind",
    "layer",
    "namespace",
    "name",
    "platform",
    "description",
    "tags",
    "classification",
    "columns",
    "domain",
];

/// An asset as somebody wrote it.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// As it would be stored; what is wrong with it is left out or as it was.
    pub(super) row: AssetRow,
    /// What is wrong with it, in the order of the fields.
    pub(super) problems: Vec<FieldProblem>,
    /// The digest of what is held; empty for a new asset.
    pub(super) seen: String,
}

impl Form {
    /// Reads what was written: for the asset that is held, or for a new one.
    ///
    /// # Errors
    /// Refused where it is too much to be read, or where what is held cannot be.
    pub(super) async fn read(
        call: &Call,
        domain: &DomainId,
        written: &AssetText,
        held: Option<&AssetRow>,
    ) -> Result<Self> {
        refuse_long(written)?;
        let (domain, written, held, now) = (domain.0.clone(), written.clone(), held.cloned(), call.now());
        DOCUMENTS.run(call.party(), move || Self::of(domain, &written, held, now)).await?
    }

    fn of(domain: String, written: &AssetText, held: Option<AssetRow>, now: DateTime<Utc>) -> Result<Self> {
        let created_at = held.as_ref().map_or(Some(now), |held| held.created_at);
        let seen = digest(held.as_ref())?;
        let held = held.map(described::stated).transpose().map_err(|_| Error::unread("asset"))?;
        let mut reading = Reading::default();
        let asset = reading.asset(domain, written, held.as_ref());
        let is_same_text = held.is_some_and(|held| held.description == asset.description);
        if !is_same_text {
            for problem in safe_html(&asset.description).1 {
                reading.tell("description", format!("Line {}: {}", problem.line, problem.message));
            }
        }
        let asset = reading.as_a_file(asset);
        let row = AssetRow { created_at, ..described::row(asset, now)? };
        Ok(Self { row, problems: reading.problems, seen })
    }
}

/// Refuses more than a document holds, before anything of it is read.
fn refuse_long(written: &AssetText) -> Result<()> {
    let AssetText { id, kind, layer, namespace, name, platform, description, tags, classification, columns } =
        written;
    let fields = [id, kind, layer, namespace, name, platform, description, tags, classification];
    let of_columns = columns.iter().flat_map(|column| {
        let ColumnText { name, data_type, classification, description, tags } = column;
        [name, data_type, classification, description, tags]
    });
    if fields.into_iter().chain(of_columns).map(String::len).sum::<usize>() > LONGEST_DOCUMENT {
        let message = format!("Keep all that you write under {} KiB.", LONGEST_DOCUMENT / 1024);
        return Err(Error::invalid("description", message));
    }
    Ok(())
}

/// What was found while the fields were read.
#[derive(Default)]
struct Reading {
    problems: Vec<FieldProblem>,
    /// The numbers that its columns have on the form.
    numbers: Vec<usize>,
}

impl Reading {
    fn tell(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.problems.push(FieldProblem { field: field.into(), message: message.into() });
    }

    fn asset(&mut self, domain: String, written: &AssetText, held: Option<&Asset>) -> Asset {
        let id = self.id(&written.id, held);
        let kind = self.word("kind", AssetKind::ALL, AssetKind::as_str, &written.kind);
        let layer = written.layer.trim();
        let layer = (!layer.is_empty()).then(|| self.word("layer", Layer::ALL, Layer::as_str, layer));
        let namespace = text::spelled(&written.namespace);
        let name = text::spelled(&written.name);
        for (field, text) in [
            ("namespace", &written.namespace),
            ("name", &written.name),
            ("platform", &written.platform),
            ("description", &written.description),
        ] {
            self.refuse_hidden(field, text);
        }
        // What files state stays as they state it.
        if held.and_then(|held| held.namespace.as_ref()) != Some(&namespace) {
            self.refuse_odd("namespace", &namespace);
        }
        let platform = written.platform.trim();
        let before = held.map(|held| held.description.as_str());
        let tags = self.tags("tags", &written.tags, held.map(|held| held.tags.as_slice()));
        let classification = self.classification("classification", &written.classification);
        let columns = self.columns(&written.columns, held);
        Asset {
            name: (!name.is_empty() && name != id).then_some(name),
            id,
            kind: kind.or(held.map(|held| held.kind)).unwrap_or_default(),
            layer: layer.flatten(),
            description: kept(&written.description, before),
            // Files say where its data lies.
            location: held.and_then(|held| held.location.clone()),
            platform: (!platform.is_empty()).then(|| platform.to_owned()),
            tags,
            domain: Some(domain),
            namespace: Some(if namespace.is_empty() { NAMESPACE.to_owned() } else { namespace }),
            classification: columns.is_empty().then_some(classification),
            columns,
        }
    }

    /// The id of what is held, or that of a new asset.
    fn id(&mut self, written: &str, held: Option<&Asset>) -> String {
        if let Some(held) = held {
            return held.id.clone();
        }
        let id = written.trim();
        if let Some(message) = no_id(id) {
            self.tell("id", message);
        }
        id.to_owned()
    }

    /// One of the words of a field.
    fn word<T: Copy>(
        &mut self,
        field: &str,
        all: &[T],
        name: fn(T) -> &'static str,
        written: &str,
    ) -> Option<T> {
        let written = written.trim();
        let found = all.iter().copied().find(|word| name(*word) == written);
        if found.is_none() {
            let words: Vec<&str> = all.iter().map(|word| name(*word)).collect();
            self.tell(field, format!("Choose one of {}.", words.join(", ")));
        }
        found
    }

    /// How sensitive something is; internal where nothing is said.
    fn classification(&mut self, field: &str, written: &str) -> Classification {
        if written.trim().is_empty() {
            return Classification::Internal;
        }
        let word = self.word(field, Classification::ALL, Classification::as_str, written);
        word.unwrap_or(Classification::Internal)
    }

    /// Tags with commas between. Those that are as they were stay so: in one of them may be a comma.
    fn tags(&mut self, field: &str, written: &str, held: Option<&[String]>) -> Vec<String> {
        if let Some(held) = held.filter(|held| held.join(", ").trim() == written.trim()) {
            return held.to_vec();
        }
        self.refuse_hidden(field, written);
        let mut tags: Vec<String> = Vec::new();
        for tag in written.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            // Tags are found whatever their case.
            if !tags.iter().any(|held| held.to_lowercase() == tag.to_lowercase()) {
                tags.push(tag.to_owned());
            }
        }
        if tags.len() > MOST_TAGS {
            self.tell(field, format!("There are {} tags here; at most {MOST_TAGS} are taken.", tags.len()));
        }
        tags
    }

    fn columns(&mut self, written: &[ColumnText], held: Option<&Asset>) -> Vec<Column> {
        let held = held.map(|held| held.columns.as_slice()).unwrap_or_default();
        let lines: Vec<(usize, &ColumnText)> =
            written.iter().enumerate().filter(|(_, line)| !line.is_blank()).collect();
        if held.len() > MOST_COLUMNS_WRITTEN {
            if !lines.is_empty() {
                let message =
                    "It has more columns than the form shows; change them in the file that states them.";
                self.tell("columns", message);
            }
            return held.to_vec();
        }
        if lines.len() > MOST_COLUMNS_WRITTEN {
            let message = format!(
                "There are {} columns here; at most {MOST_COLUMNS_WRITTEN} are taken on a page. Files take more.",
                lines.len()
            );
            self.tell("columns", message);
            return held.to_vec();
        }
        lines.into_iter().map(|(number, line)| self.column(number, line, held)).collect()
    }

    fn column(&mut self, number: usize, line: &ColumnText, held: &[Column]) -> Column {
        self.numbers.push(number);
        let field = |part: &str| format!("columns[{number}][{part}]");
        let held = held.iter().find(|held| held.name == line.name);
        if line.name.trim().is_empty() {
            self.tell(field("name"), "Say what this column is called, or empty its line.");
        }
        for (part, text) in
            [("name", &line.name), ("data_type", &line.data_type), ("description", &line.description)]
        {
            self.refuse_hidden(&field(part), text);
        }
        let before = held.and_then(|held| held.description.as_deref()).unwrap_or_default();
        // A field of one line takes the ends of lines out of what it shows.
        let is_same = before.split_whitespace().eq(line.description.split_whitespace());
        let description = if is_same { before } else { line.description.trim() };
        Column {
            name: line.name.clone(),
            column_type: line.data_type.trim().to_owned(),
            description: (!description.is_empty()).then(|| description.replace("\r\n", "\n")),
            classification: Some(self.classification(&field("classification"), &line.classification)),
            tags: self.tags(&field("tags"), &line.tags, held.map(|held| held.tags.as_slice())),
        }
    }

    /// Refuses marks that nobody sees, and those that no file holds as they are.
    fn refuse_hidden(&mut self, field: &str, written: &str) {
        if let Some(letter) = text::hidden(written) {
            self.tell(field, text::hidden_sentence(letter));
        }
    }

    /// Refuses what stands in no namespace of lineage events, which are names and addresses.
    fn refuse_odd(&mut self, field: &str, written: &str) {
        let is_taken = |letter: char| letter.is_alphanumeric() || NAMESPACE_SIGNS.contains(letter);
        let is_told = self.problems.iter().any(|known| known.field == field);
        if let Some(odd) = written.chars().find(|letter| !is_told && !is_taken(*letter)) {
            let what = if odd.is_whitespace() { "a blank".to_owned() } else { format!("\"{odd}\"") };
            self.tell(
                field,
                format!(
                    "There is {what} in it. A namespace is a name or an address, such as kafka://broker:9092."
                ),
            );
        }
    }

    /// The asset as its file is read; as it was written where a file would be refused.
    fn as_a_file(&mut self, asset: Asset) -> Asset {
        let read = Assets::from_yaml(NAME, &described::printed(asset.clone()));
        match read.map(|mut file| file.assets.pop()) {
            Ok(read) => read.unwrap_or(asset),
            Err(errors) => {
                for FileError { field, message, .. } in errors {
                    let field = self.field(&field);
                    // What is known to be wrong is told once.
                    if self.problems.iter().all(|known| known.field != field) {
                        self.tell(field, message);
                    }
                }
                asset
            }
        }
    }

    /// A field of a file as the form calls it: `assets[0].columns[2].type` as `columns[3][data_type]`.
    fn field(&self, of_file: &str) -> String {
        let field = of_file.strip_prefix("assets[0]").unwrap_or(of_file).trim_start_matches('.');
        let column = field.strip_prefix("columns[").and_then(|column| column.split_once(']'));
        if let Some((place, part)) = column {
            let place: Option<usize> = place.parse().ok();
            let part = match part.trim_start_matches('.').split('[').next() {
                Some("type") => "data_type",
                Some("classification") => "classification",
                Some("description") => "description",
                Some("tags") => "tags",
                _ => "name",
            };
            let number = place.and_then(|place| self.numbers.get(place));
            return number
                .map_or_else(|| "columns".to_owned(), |number| format!("columns[{number}][{part}]"));
        }
        let whole = field.split(['[', '.']).next().unwrap_or_default();
        FIELDS.into_iter().find(|known| *known == whole).unwrap_or("description").to_owned()
    }
}

/// A text of several lines as files hold it. One that says what was held stays as that was written.
fn kept(written: &str, held: Option<&str>) -> String {
    let plain = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n").trim_end().to_owned();
    let written = plain(written);
    match held {
        Some(held) if plain(held) == written => held.to_owned(),
        _ => written,
    }
}

/// The first problem as a refusal; a column's with its number.
pub(super) fn refused(FieldProblem { field, message }: &FieldProblem) -> Error {
    let whole = field.split('[').next().unwrap_or_default();
    let known = FIELDS.into_iter().find(|known| *known == whole).unwrap_or("description");
    let column = field.strip_prefix("columns[").and_then(|column| column.split_once(']'));
    match column.and_then(|(number, _)| number.parse::<usize>().ok()) {
        Some(number) => Error::invalid(known, format!("Column {}: {message}", number + 1)),
        None => Error::invalid(known, message.as_str()),
    }
}

#[cfg(test)]
mod tests;
