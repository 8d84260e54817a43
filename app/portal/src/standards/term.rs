//! A term of the glossary, in the portal's own files. Its members follow SKOS: `name` is its prefLabel, `synonyms` are its
//! altLabels, `related` and `definition` are what they are there.

use std::collections::HashSet;

use lakeport_model::glossary::MOST_LINKS;

use super::FileErrors;
use super::mesh::{ApiVersion, Kind, check_id, check_kind};
use super::read::{Edition, Reader};
use super::seen::seen;
use super::yaml::{self, Node};
use crate::text::SHORT;

/// Longest definition, in bytes.
pub const LONGEST_DEFINITION: usize = 64 * 1024;

record! {
    /// What a word of the company means.
    pub struct Term (check_term) {
        /// Version of the format.
        api_version: ApiVersion = "apiVersion",
        /// Kind of document.
        kind: Kind = "kind",
        /// Identifier.
        id: String = "id",
        /// The word.
        name: String = "name",
        /// Domain that answers for it.
        domain: String = "domain",
        /// What it means, in Markdown.
        definition: String = "definition",
        /// Other words for the same.
        synonyms: Vec<String> = "synonyms",
        /// Ids of terms beside it.
        related: Vec<String> = "related",
        /// What it is about: `ASSET` or `ASSET#COLUMN`.
        columns: Vec<String> = "columns",
        /// Ids of the products that it is about.
        products: Vec<String> = "products",
    }
}

impl Term {
    /// Reads a term from YAML; `file` is only used in messages.
    ///
    /// # Errors
    /// Everything that is wrong, each with line, column, field and what is allowed.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, FileErrors> {
        Self::from_node(file, &yaml::parse(file, text)?)
    }

    pub(crate) fn from_node(file: &str, node: &Node) -> Result<Self, FileErrors> {
        seen(file, node, Reader::new(file, Edition::Single).finish(node))
    }

    /// Prints the file.
    pub fn to_yaml(&self) -> String {
        yaml::print(self)
    }

    /// What it names and is not there: the field of each, with a sentence that is the same for what is hidden and for what
    /// nobody has. A column is asked about with its asset; without one the asset is meant as a whole.
    pub(crate) fn unknown(
        &self,
        has_column: impl Fn(&str, Option<&str>) -> bool,
        has_product: impl Fn(&str) -> bool,
        has_term: impl Fn(&str) -> bool,
    ) -> Vec<(String, String)> {
        let related = self.related.iter().enumerate().filter(|(_, id)| !has_term(id));
        let related = related.map(|(index, id)| {
            (
                format!("related[{index}]"),
                format!("The glossary has no term \"{id}\". Write the id of a term."),
            )
        });
        let columns = self.columns.iter().enumerate().filter(|(_, link)| {
            let (asset, column) = asset_and_column(link);
            !has_column(asset, column)
        });
        let columns = columns.map(|(index, link)| {
            let message = format!(
                "The catalog has no asset or column \"{link}\". Write the id of an asset, or ASSET#COLUMN for one of its \
                 columns."
            );
            (format!("columns[{index}]"), message)
        });
        let products = self.products.iter().enumerate().filter(|(_, id)| !has_product(id));
        let products = products.map(|(index, id)| {
            let message = format!("The catalog has no data product \"{id}\". Write the id of a product.");
            (format!("products[{index}]"), message)
        });
        related.chain(columns).chain(products).collect()
    }

    /// True where both say the same, however it is written.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let plain =
            |term: &Self| Self { definition: term.definition.trim().replace("\r\n", "\n"), ..term.clone() };
        plain(self) == plain(other)
    }
}

/// The asset that a link of `columns` names, and its column; none where it is about the asset as a whole.
pub(crate) fn asset_and_column(link: &str) -> (&str, Option<&str>) {
    link.split_once('#').map_or((link, None), |(asset, column)| (asset, Some(column)))
}

fn check_term(term: &Term, node: &Node, reader: &mut Reader) {
    check_kind(term.kind, Kind::Term, node, reader);
    check_id(&term.id, "id", node, reader);
    check_id(&term.domain, "domain", node, reader);
    if term.name.chars().nth(SHORT).is_some() {
        reader.member_error(node, "name", format!("Keep the name under {SHORT} characters."));
    }
    if term.definition.trim().is_empty() {
        reader.member_error(node, "definition", "Say what it means: this is what people read.");
    } else if term.definition.len() > LONGEST_DEFINITION {
        let message = format!("Keep the definition under {} KiB.", LONGEST_DEFINITION / 1024);
        reader.member_error(node, "definition", message);
    }
    let lists = [
        ("synonyms", &term.synonyms),
        ("related", &term.related),
        ("columns", &term.columns),
        ("products", &term.products),
    ];
    for (key, list) in lists {
        check_list(key, list, node, reader);
    }
    let name = term.name.trim().to_lowercase();
    let is_name = |synonym: &String| !name.is_empty() && synonym.to_lowercase() == name;
    if let Some(index) = term.synonyms.iter().position(is_name) {
        at_item("synonyms", index, "This is the name of the term itself; take it out.", node, reader);
    }
    if let Some(index) = term.related.iter().position(|id| *id == term.id) {
        at_item("related", index, "This is the term itself; name another one.", node, reader);
    }
}

fn check_list(key: &str, list: &[String], node: &Node, reader: &mut Reader) {
    // Links have no limit here: a page keeps those that its author does not see beside as many as they may write.
    if key == "synonyms" && list.len() > MOST_LINKS {
        let message = format!("There are {} here; at most {MOST_LINKS} are taken.", list.len());
        reader.member_error(node, key, message);
        return;
    }
    let mut seen = HashSet::new();
    for (index, item) in list.iter().enumerate() {
        let said = if key == "synonyms" { item.to_lowercase() } else { item.clone() };
        let message = if item.trim().is_empty() {
            "This is blank; take it out.".to_owned()
        } else if item.trim() != item || item.contains(['\n', '\r', '\t']) {
            "This stands on one line, without blanks around it and without tabs.".to_owned()
        } else if key == "synonyms" && item.chars().nth(SHORT).is_some() {
            format!("Keep a synonym under {SHORT} characters.")
        } else if !seen.insert(said) {
            format!("\"{item}\" stands in this list before.")
        } else {
            continue;
        };
        at_item(key, index, message, node, reader);
    }
}

/// Reports an error about one of a list.
fn at_item(key: &str, index: usize, message: impl Into<String>, node: &Node, reader: &mut Reader) {
    let item = node.get(key).and_then(|list| list.items().get(index));
    let at = item.map_or(node.at, |item| item.at);
    reader.inside(&format!(".{key}[{index}]"), |reader| reader.error(at, message));
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "apiVersion: lakeport/v1\nkind: Term\nid: dunning\nname: Dunning\ndomain: finance\n";

    fn refused(text: &str) -> String {
        Term::from_yaml("t.yaml", text).expect_err(text).to_string()
    }

    #[test]
    fn a_term_reads_and_prints() {
        let text = format!(
            "{HEAD}definition: |\n  Reminding a customer of an **overdue payment**.\nsynonyms:\n- Mahnung\nrelated:\n\
             - overdue-payment\ncolumns:\n- gold.collections#stage\nproducts:\n- collections\n"
        );
        let term = Term::from_yaml("t.yaml", &text).expect("is valid");
        assert_eq!(term.synonyms, ["Mahnung"]);
        assert_eq!(Term::from_yaml("t.yaml", &term.to_yaml()), Ok(term));
        let alone = format!("{HEAD}definition: It links to nothing\n");
        let term = Term::from_yaml("t.yaml", &alone).expect("that is right, too");
        assert!(!term.to_yaml().contains("columns"), "{}", term.to_yaml());
    }

    #[test]
    fn every_mistake_has_its_field_and_its_line() {
        let text = format!(
            "{HEAD}definition: ' '\nsynonyms:\n- Mahnung\n- mahnung\n- ' a'\nrelated: [dunning]\ncolumns: ['']\n"
        );
        assert_eq!(
            refused(&text),
            "t.yaml:6:1: definition: Say what it means: this is what people read.\n\
             t.yaml:9:3: synonyms[1]: \"mahnung\" stands in this list before.\n\
             t.yaml:10:3: synonyms[2]: This stands on one line, without blanks around it and without tabs.\n\
             t.yaml:11:11: related[0]: This is the term itself; name another one.\n\
             t.yaml:12:11: columns[0]: This is blank; take it out."
        );
        let long = HEAD.replace("Dunning", &"x".repeat(SHORT + 1));
        assert!(refused(&format!("{long}definition: a\n")).contains(":4:1: name: Keep the name under 200"));
        let many = "- x\n".repeat(MOST_LINKS + 1);
        let told = refused(&format!("{HEAD}definition: a\nsynonyms:\n{many}"));
        assert_eq!(told, "t.yaml:7:1: synonyms: There are 101 here; at most 100 are taken.");
        let links: Vec<String> = (0..=MOST_LINKS).map(|number| format!("p{number}")).collect();
        let many = format!("{HEAD}definition: a\nproducts: [{}]\n", links.join(", "));
        assert_eq!(Term::from_yaml("t.yaml", &many).expect("links have no limit").products, links);
        let long = "x".repeat(LONGEST_DEFINITION + 1);
        assert!(
            refused(&format!("{HEAD}definition: {long}\n")).contains("Keep the definition under 64 KiB.")
        );
    }

    #[test]
    fn its_name_is_no_synonym() {
        let text = format!("{HEAD}definition: a\nsynonyms:\n- Mahnung\n- dunning\n");
        assert_eq!(
            refused(&text),
            "t.yaml:9:3: synonyms[1]: This is the name of the term itself; take it out."
        );
    }

    #[test]
    fn what_is_not_there_is_named_with_its_field() {
        let text = format!(
            "{HEAD}definition: a\nrelated: [a, b]\ncolumns: [x.y, x.y#z, 'x.y#q#r']\nproducts: [p, q]\n"
        );
        let term = Term::from_yaml("t.yaml", &text).expect("is valid");
        let is_column = |asset: &str, column: Option<&str>| asset == "x.y" && column != Some("q#r");
        let unknown = term.unknown(is_column, |id| id == "q", |id| id == "a");
        let fields: Vec<&str> = unknown.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["related[1]", "columns[2]", "products[0]"]);
    }

    #[test]
    fn the_same_in_other_ends_of_lines_is_the_same() {
        let term = |definition: &str| Term { definition: definition.to_owned(), ..Term::default() };
        assert!(term("a\r\nb").says_the_same(&term("a\nb\n")));
        assert!(!term("a").says_the_same(&term("b")));
    }
}
