//! The portal's own files: people, domains, assets.

use std::collections::BTreeSet;

use lakeport_model::catalog::MOST_COLUMNS;

use super::FileErrors;
use super::read::{Edition, Read, Reader, too_many_columns};
use super::seen::seen;
use super::yaml::{self, Node};
use crate::text::SHORT;

choice! {
    /// The version of the portal's own files.
    #[derive(Default)]
    pub enum ApiVersion {
        /// The first one.
        #[default]
        V1 = "lakeport/v1",
    }
}

choice! {
    /// The kind of document.
    #[derive(Default)]
    pub enum Kind {
        /// Persons.
        #[default]
        People = "People",
        /// A domain.
        Domain = "Domain",
        /// Assets of a domain.
        Assets = "Assets",
        /// A term of the glossary.
        Term = "Term",
    }
}

choice! {
    /// What a member may do in a domain.
    #[derive(Default)]
    pub enum MemberRole {
        /// Works in the domain.
        #[default]
        Member = "member",
        /// Looks after quality and access.
        Steward = "steward",
        /// Decides.
        Owner = "owner",
    }
}

choice! {
    /// What an asset is.
    #[derive(Default)]
    pub enum AssetKind {
        /// A table.
        #[default]
        Table = "table",
        /// A topic of a message broker.
        Topic = "topic",
        /// A model of the AI registry.
        Model = "model",
        /// A dashboard.
        Dashboard = "dashboard",
        /// A file or a set of them.
        File = "file",
        /// An application.
        App = "app",
        /// A system the data comes from.
        Source = "source",
        /// A job that moves or computes data.
        Job = "job",
    }
}

choice! {
    /// The layer of a table.
    pub enum Layer {
        /// As it came.
        Bronze = "bronze",
        /// Cleaned and joined.
        Silver = "silver",
        /// Ready for a purpose.
        Gold = "gold",
    }
}

choice! {
    /// How sensitive data is.
    #[derive(Default, PartialOrd, Ord)]
    pub enum Classification {
        /// May leave the company.
        Public = "public",
        /// For everybody in the company.
        #[default]
        Internal = "internal",
        /// For those who need it.
        Confidential = "confidential",
        /// For those who need it, after two approvals.
        Restricted = "restricted",
    }
}

record! {
    /// The people file.
    pub struct People (check_people) {
        /// Version of the format.
        api_version: ApiVersion = "apiVersion",
        /// Kind of document.
        kind: Kind = "kind",
        /// The persons.
        people: Vec<Person> = "people",
    }
}

record! {
    /// A person who may sign in.
    pub struct Person (check_person) {
        /// E-mail address, by which sign-in finds the person.
        email: String = "email",
        /// Name.
        name: String = "name",
        /// True for administrators of the portal.
        administrator: Option<bool> = "administrator",
        /// Job title.
        title: Option<String> = "title",
    }
}

record! {
    /// A domain file.
    pub struct Domain (check_domain) {
        /// Version of the format.
        api_version: ApiVersion = "apiVersion",
        /// Kind of document.
        kind: Kind = "kind",
        /// Identifier.
        id: String = "id",
        /// Name.
        name: String = "name",
        /// Domain above it.
        parent: Option<String> = "parent",
        /// What it does.
        description: String = "description",
        /// Who belongs to it.
        members: Vec<Member> = "members",
    }
}

record! {
    /// A member of a domain.
    pub struct Member (check_member) {
        /// E-mail address of a person.
        email: String = "email",
        /// What the person may do.
        role: MemberRole = "role",
    }
}

record! {
    /// An assets file.
    pub struct Assets (check_assets) {
        /// Version of the format.
        api_version: ApiVersion = "apiVersion",
        /// Kind of document.
        kind: Kind = "kind",
        /// Domain of the assets that do not name one.
        domain: Option<String> = "domain",
        /// Lineage namespace of the assets that do not name one; the usual one, `lakehouse`, when not said.
        namespace: Option<String> = "namespace",
        /// The assets.
        assets: Vec<Asset> = "assets",
    }
}

record! {
    /// An asset of the catalog.
    pub struct Asset (check_asset) {
        /// Identifier.
        id: String = "id",
        /// What it is.
        kind: AssetKind = "kind",
        /// Dataset name in lineage events; the id when not said.
        name: Option<String> = "name",
        /// Layer of a table.
        layer: Option<Layer> = "layer",
        /// What it holds.
        description: String = "description",
        /// Where a table lies: path below the lake's root, absolute path or URL.
        location: Option<String> = "location",
        /// Technology, such as Kafka, Salesforce, Databricks.
        platform: Option<String> = "platform",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Domain, where it is not the file's.
        domain: Option<String> = "domain",
        /// Namespace, where it is not the file's.
        namespace: Option<String> = "namespace",
        /// Classification of columns that state none; `internal` when not said.
        classification: Option<Classification> = "classification",
        /// Columns.
        columns: Vec<Column> = "columns",
    }
}

record! {
    /// A column of an asset.
    pub struct Column {
        /// Name.
        name: String = "name",
        /// Type in the engine's words.
        column_type: String = "type",
        /// What it means.
        description: Option<String> = "description",
        /// Classification, where it is not the asset's.
        classification: Option<Classification> = "classification",
        /// Tags.
        tags: Vec<String> = "tags",
    }
}

macro_rules! file {
    ($name:ident, $what:literal) => {
        impl $name {
            #[doc = concat!("Reads ", $what, " from YAML; `file` is only used in messages.")]
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
        }
    };
}

file!(People, "a people file");
file!(Domain, "a domain file");
file!(Assets, "an assets file");

impl Person {
    /// True for administrators of the portal.
    pub fn is_administrator(&self) -> bool {
        self.administrator == Some(true)
    }
}

impl Asset {
    /// The dataset name in lineage events.
    pub fn dataset_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// True for ids of the portal: lower-case letters, digits, `.`, `_`, `-`; letter or digit first.
pub fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
}

pub(super) fn check_id(text: &str, key: &str, node: &Node, reader: &mut Reader) {
    if !is_id(text) {
        let message = format!(
            "\"{text}\" is not an id; allowed are lower-case letters, digits, \".\", \"_\" and \"-\", a letter or \
             digit first."
        );
        reader.member_error(node, key, message);
    }
}

fn check_email(text: &str, node: &Node, reader: &mut Reader) {
    let fits = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace)
    });
    if !fits {
        reader.member_error(node, "email", format!("\"{text}\" is not an e-mail address."));
    }
}

pub(super) fn check_kind(have: Kind, wanted: Kind, node: &Node, reader: &mut Reader) {
    if have != wanted {
        reader.member_error(node, "kind", format!("The kind of this file is {wanted}, not {have}."));
    }
}

/// Reports every element of the list `list` whose `key` an earlier one has, ignoring case.
fn unique<'a>(
    values: impl Iterator<Item = &'a str>,
    list: &str,
    key: &str,
    node: &Node,
    reader: &mut Reader,
) {
    let mut seen = BTreeSet::new();
    let items = node.get(list).map(Node::items).unwrap_or_default();
    for (index, (value, item)) in values.zip(items).enumerate() {
        if !seen.insert(value.to_lowercase()) {
            reader.inside(&format!(".{list}[{index}]"), |reader| {
                reader.member_error(item, key, format!("\"{value}\" stands in this list before."));
            });
        }
    }
}

fn check_people(file: &People, node: &Node, reader: &mut Reader) {
    check_kind(file.kind, Kind::People, node, reader);
    unique(file.people.iter().map(|person| person.email.as_str()), "people", "email", node, reader);
}

fn check_person(person: &Person, node: &Node, reader: &mut Reader) {
    check_email(&person.email, node, reader);
    if person.name.chars().nth(SHORT).is_some() {
        reader.member_error(node, "name", format!("Keep the name under {SHORT} characters."));
    }
}

fn check_domain(domain: &Domain, node: &Node, reader: &mut Reader) {
    check_kind(domain.kind, Kind::Domain, node, reader);
    check_id(&domain.id, "id", node, reader);
    if let Some(parent) = &domain.parent {
        check_id(parent, "parent", node, reader);
        if *parent == domain.id {
            reader.member_error(node, "parent", "A domain cannot be its own parent.");
        }
    }
    unique(domain.members.iter().map(|member| member.email.as_str()), "members", "email", node, reader);
}

fn check_member(member: &Member, node: &Node, reader: &mut Reader) {
    check_email(&member.email, node, reader);
}

fn check_assets(file: &Assets, node: &Node, reader: &mut Reader) {
    check_kind(file.kind, Kind::Assets, node, reader);
    unique(file.assets.iter().map(|asset| asset.id.as_str()), "assets", "id", node, reader);
    let items = node.get("assets").map(Node::items).unwrap_or_default();
    for (index, (asset, item)) in file.assets.iter().zip(items).enumerate() {
        reader.inside(&format!(".assets[{index}]"), |reader| {
            if asset.domain.is_none() && file.domain.is_none() {
                let message = "State it here, or once at the top for all assets of the file.";
                reader.member_error(item, "domain", message);
            }
        });
    }
    if let Some(domain) = &file.domain {
        check_id(domain, "domain", node, reader);
    }
}

fn check_asset(asset: &Asset, node: &Node, reader: &mut Reader) {
    check_id(&asset.id, "id", node, reader);
    if let Some(domain) = &asset.domain {
        check_id(domain, "domain", node, reader);
    }
    if asset.layer.is_some() && asset.kind != AssetKind::Table {
        reader.member_error(node, "layer", "Only tables have a layer.");
    }
    if asset.columns.len() > MOST_COLUMNS {
        reader.member_error(node, "columns", too_many_columns(asset.columns.len()));
        return;
    }
    unique(asset.columns.iter().map(|column| column.name.as_str()), "columns", "name", node, reader);
}

/// The kind of a portal file, or what is wrong with its head.
pub(crate) fn kind_of(file: &str, node: &Node) -> Result<Kind, FileErrors> {
    struct Head(Kind);
    impl Read for Head {
        fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
            let version = reader.member::<ApiVersion>(node, "apiVersion");
            let kind = reader.member::<Kind>(node, "kind");
            version.and(kind).map(Self)
        }
    }
    Reader::new(file, Edition::Single).finish::<Head>(node).map(|head| head.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_and_print() {
        let text = "apiVersion: lakeport/v1\nkind: People\npeople:\n- email: a.b@nordkauf.example\n  name: A B\n  \
                    administrator: true\n";
        let people = People::from_yaml("people.yaml", text).expect("is valid");
        assert!(people.people[0].is_administrator());
        assert_eq!(people.to_yaml(), text);
    }

    #[test]
    fn a_person_is_never_called_what_a_form_refuses() {
        let people = |name: &str| {
            let name = serde_json::to_string(name).expect("text is JSON");
            let text = format!(
                "apiVersion: lakeport/v1\nkind: People\npeople:\n- email: a.b@nordkauf.example\n  name: {name}\n"
            );
            People::from_yaml("people.yaml", &text)
        };
        let long = "x".repeat(SHORT + 1);
        let unseen = ["Maria Keller\u{200b}", "\u{202e}", "\u{1b}[1m"];
        for name in ["", " ", "N\r\nBcc: x@y.example", "N\n", "A\tB", &long].into_iter().chain(unseen) {
            let refused = people(name).expect_err(name).to_string();
            assert!(
                refused.starts_with("people.yaml:") && refused.contains("people[0].name"),
                "{name:?}: {refused}"
            );
        }
        assert!(people("Zoë O’Neill-Ünal").is_ok());
    }

    #[test]
    fn what_no_page_can_show_and_no_export_can_write_is_never_read() {
        let domain = |id: &str, name: &str, description: &str| {
            let text = format!(
                "apiVersion: lakeport/v1\nkind: Domain\nid: {id}\nname: {name}\ndescription: {description}\n"
            );
            Domain::from_yaml("d.yaml", &text)
        };
        let long = |length| "x".repeat(length);
        assert!(domain(&long(200), &long(1_000), &long(100_000)).is_ok());
        let refused =
            domain(&long(201), &long(1_001), &long(100_001)).expect_err("nothing of it fits").to_string();
        assert_eq!(
            refused,
            "d.yaml:3:5: id: This has 201 bytes; an id has at most 200.\n\
             d.yaml:4:7: name: This has 1001 characters; at most 1000 are taken here.\n\
             d.yaml:5:14: description: This text has 100001 characters; at most 100000 are taken. Link to what says \
             more."
        );
    }

    #[test]
    fn an_unknown_field_is_told_with_what_is_known() {
        let text = "apiVersion: lakeport/v1\nkind: Domain\nid: finance\nname: Finance\ndescription: Numbers\n\
                    members:\n- email: a.b@nordkauf.example\n  roll: owner\n";
        let errors = Domain::from_yaml("d.yaml", text).expect_err("roll is no field");
        assert_eq!(
            errors.to_string(),
            "d.yaml:7:3: members[0].role: This field is required and is missing.\n\
             d.yaml:8:3: members[0].roll: There is no such field. Did you mean \"role\"? Known here: email, role."
        );
    }

    #[test]
    fn assets_need_a_domain_and_unique_names() {
        let text = "apiVersion: lakeport/v1\nkind: Assets\nassets:\n- id: gold.x\n  kind: topic\n  layer: gold\n  \
                    description: X\n  columns:\n  - {name: a, type: long}\n  - {name: A, type: long}\n";
        let errors = Assets::from_yaml("a.yaml", text).expect_err("three mistakes");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["assets[0].domain", "assets[0].layer", "assets[0].columns[1].name"]);
    }

    #[test]
    fn a_table_of_more_columns_than_anybody_reads_is_refused_with_its_place() {
        let columns = |count: usize| {
            let columns = (0..count).map(|number| format!("  - {{name: c{number}, type: long}}\n"));
            let columns = columns.collect::<Vec<_>>().concat();
            format!(
                "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n- id: gold.x\n  \
                 kind: table\n  description: X\n  columns:\n{columns}"
            )
        };
        assert!(Assets::from_yaml("a.yaml", &columns(MOST_COLUMNS)).is_ok());
        let refused = Assets::from_yaml("a.yaml", &columns(20_000)).expect_err("too many");
        assert_eq!(
            refused.to_string(),
            "a.yaml:9:3: assets[0].columns: There are 20000 columns; at most 5000 are taken for a table. Leave out those \
             that nobody reads."
        );
    }

    #[test]
    fn ids_follow_the_pattern() {
        for id in ["gold.collections", "a", "0-x_y"] {
            assert!(is_id(id), "{id}");
        }
        for id in ["", "Gold", ".x", "a b", "ä"] {
            assert!(!is_id(id), "{id}");
        }
    }
}
