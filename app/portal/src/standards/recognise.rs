//! What a file is, told from its content and never from its folder.

use super::mesh::{self, Assets, Domain, People};
use super::odcs::Contract;
use super::odps::DataProduct;
use super::openlineage::{self, Event};
use super::read as words;
use super::seen::seen_dashboard;
use super::term::Term;
use super::yaml::{self, Content, Node};
use super::{FileError, FileErrors};

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// Persons.
    People(People),
    /// A domain.
    Domain(Domain),
    /// Assets of a domain.
    Assets(Assets),
    /// A data contract.
    Contract(Box<Contract>),
    /// A data product.
    Product(Box<DataProduct>),
    /// Lineage events.
    Lineage(Vec<Event>),
    /// The text of a dashboard.
    Dashboard(String),
    /// A term of the glossary.
    Term(Box<Term>),
    /// Not a file of the mesh; says why.
    Ignored(&'static str),
}

/// Kinds of document a YAML file can state.
const KINDS: [&str; 6] = ["People", "Domain", "Assets", "Term", "DataContract", "DataProduct"];

/// Reads a file of the mesh.
///
/// YAML and JSON are told apart by `kind`, events by their members, dashboards by front matter in a
/// Markdown file. A YAML file without `kind` and `apiVersion` belongs to something else and is ignored.
///
/// # Errors
/// Everything that is wrong with a file that does belong to the mesh, or that nobody can read.
pub fn recognise(file_name: &str, text: &str) -> Result<Document, FileErrors> {
    read(file_name, text).map(|(document, _)| document)
}

/// Like [`recognise`], with what is allowed and still worth a look.
///
/// # Errors
/// Everything that is wrong with a file that does belong to the mesh, or that nobody can read.
pub fn read(file_name: &str, text: &str) -> Result<(Document, Vec<FileError>), FileErrors> {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("jsonl" | "ndjson") => lineage(file_name, text),
        Some("json") => json(file_name, text),
        Some("yaml" | "yml") => yaml_document(file_name, text),
        Some("md" | "markdown") if has_front_matter(text) => {
            seen_dashboard(file_name, text).map(|()| plain(Document::Dashboard(text.to_owned())))
        }
        Some("md" | "markdown") => Ok(ignored("Markdown without front matter is not a dashboard")),
        _ => Ok(ignored("only .yaml, .yml, .json, .jsonl and .md files are read")),
    }
}

fn lineage(file: &str, text: &str) -> Result<(Document, Vec<FileError>), FileErrors> {
    openlineage::events_advised(file, text).map(|(events, advice)| (Document::Lineage(events), advice))
}

/// A document there is no advice about.
fn plain(document: Document) -> (Document, Vec<FileError>) {
    (document, Vec::new())
}

fn ignored(reason: &'static str) -> (Document, Vec<FileError>) {
    plain(Document::Ignored(reason))
}

/// True when the text opens with `---` and has a closing `---` line.
fn has_front_matter(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end);
    lines.next() == Some("---") && lines.any(|line| line == "---")
}

fn json(file: &str, text: &str) -> Result<(Document, Vec<FileError>), FileErrors> {
    let value = openlineage::json(file, text)?;
    let first = value.as_array().and_then(|items| items.first()).unwrap_or(&value);
    if first.get("eventTime").is_some() {
        return lineage(file, text);
    }
    if value.get("kind").is_some() || value.get("apiVersion").is_some() {
        return yaml_document(file, text);
    }
    Ok(ignored("JSON that is neither lineage nor a document with a kind"))
}

fn yaml_document(file: &str, text: &str) -> Result<(Document, Vec<FileError>), FileErrors> {
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(ignored("the file says nothing"));
    }
    let node = yaml::parse(file, text)?;
    let version = node.get("apiVersion").and_then(Node::text).unwrap_or_default();
    let kind = node.entry("kind");
    // Whoever names a file so means it to be one.
    let named = [".odps.", ".odcs."].iter().any(|part| file.to_ascii_lowercase().contains(part));
    let ours = named || version.starts_with("lakeport/") || is_standard_version(version);
    match kind.and_then(|entry| entry.value.text()) {
        Some("DataContract") => Contract::from_node(file, &node)
            .map(|(contract, advice)| (Document::Contract(Box::new(contract)), advice)),
        Some("DataProduct") => DataProduct::from_node(file, &node)
            .map(|(product, advice)| (Document::Product(Box::new(product)), advice)),
        Some(kind) if KINDS.contains(&kind) => match mesh::kind_of(file, &node)? {
            mesh::Kind::People => People::from_node(file, &node).map(Document::People).map(plain),
            mesh::Kind::Domain => Domain::from_node(file, &node).map(Document::Domain).map(plain),
            mesh::Kind::Assets => Assets::from_node(file, &node).map(Document::Assets).map(plain),
            mesh::Kind::Term => {
                Term::from_node(file, &node).map(|term| plain(Document::Term(Box::new(term))))
            }
        },
        Some(word) if ours => {
            let at = kind.map(|entry| entry.value.at).unwrap_or_default();
            let hint = words::suggestion(word, &KINDS);
            Err(FileErrors::single(
                file,
                at.line,
                at.column,
                format!("\"{word}\" is not a kind of document. {hint}"),
            ))
        }
        None if ours => {
            let message = if matches!(node.content, Content::Map(_)) {
                format!("The file does not say its kind. {}", words::known_list(&KINDS))
            } else {
                let what = node.describe();
                format!(
                    "This is {what}, but a document is a mapping of fields, such as \"kind: DataProduct\"."
                )
            };
            Err(FileErrors::single(file, node.at.line, node.at.column, message))
        }
        _ => Ok(ignored("YAML that is not part of a mesh")),
    }
}

/// True for versions as the two Bitol standards write them: `v3.1.0`.
fn is_standard_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|version| semver::Version::parse(version).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_content() {
        let head = "apiVersion: lakeport/v1\nkind: ";
        let people = recognise("x/y.yml", &format!("{head}People\npeople: []\n"));
        assert!(matches!(people, Ok(Document::People(_))), "{people:?}");
        let domain =
            recognise("contracts/z.yaml", &format!("{head}Domain\nid: a\nname: A\ndescription: a\n"));
        assert!(matches!(domain, Ok(Document::Domain(_))), "{domain:?}");
        let assets = recognise("a.yaml", &format!("{head}Assets\nassets: []\n"));
        assert!(matches!(assets, Ok(Document::Assets(_))), "{assets:?}");
        let term = recognise("t.yaml", &format!("{head}Term\nid: a\nname: A\ndomain: a\ndefinition: a\n"));
        assert!(matches!(term, Ok(Document::Term(_))), "{term:?}");
        let contract = "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n";
        assert!(matches!(recognise("a.yaml", contract), Ok(Document::Contract(_))));
        let product = r#"{"apiVersion": "v1.1.0", "kind": "DataProduct", "id": "p"}"#;
        assert!(matches!(recognise("a.json", product), Ok(Document::Product(_))));
        let event =
            r#"{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j"},"run":{"runId":"r"}}"#;
        assert!(matches!(recognise("a.jsonl", event), Ok(Document::Lineage(events)) if events.len() == 1));
        assert!(matches!(recognise("a.json", &format!("[{event}]")), Ok(Document::Lineage(_))));
        assert!(matches!(recognise("d.md", "---\ntitle: X\n---\n# X\n"), Ok(Document::Dashboard(_))));
    }

    #[test]
    fn what_belongs_to_others_is_ignored() {
        for (file, text) in [
            ("README.md", "# Read me\n"),
            ("picture.png", "\u{1}"),
            ("ci.yml", "jobs: {}\n"),
            ("k8s.yaml", "apiVersion: apps/v1\nkind: Deployment\n"),
            ("package.json", "{}"),
            ("comment.yaml", "# nothing\n"),
            ("plain.yaml", "a: 1\n"),
        ] {
            assert!(matches!(recognise(file, text), Ok(Document::Ignored(_))), "{file}");
        }
    }

    #[test]
    fn a_file_that_is_named_a_product_is_never_passed_over() {
        for text in ["apiVersion: apps/v1\nkind: Deployment\n", "schema: x\n"] {
            let told = recognise("products/a.odps.yaml", text).expect_err("it is no product").to_string();
            assert!(told.starts_with("products/a.odps.yaml:"), "{told}");
        }
    }

    #[test]
    fn what_is_no_mapping_is_told_what_a_document_is() {
        for (text, what) in [("hello\n", "text"), ("- a\n- b\n", "a list"), ("~\n", "empty")] {
            let told = recognise("a.odps.yaml", text).expect_err("it has no fields").to_string();
            let said = format!("This is {what}, but a document is a mapping of fields");
            assert!(told.contains(&said), "{text:?}: {told}");
        }
    }

    #[test]
    fn a_misspelled_kind_is_an_error_with_its_place() {
        let errors =
            recognise("a.yaml", "apiVersion: lakeport/v1\nkind: Domian\n").expect_err("no such kind");
        assert!(
            errors
                .to_string()
                .starts_with("a.yaml:2:7: \"Domian\" is not a kind of document. Did you mean \"Domain\"?")
        );
        let errors = recognise("a.yaml", "apiVersion: lakeport/v1\n").expect_err("no kind");
        assert!(errors.to_string().contains("does not say its kind"), "{errors}");
    }
}
