//! Data contracts: the Open Data Contract Standard, 3.0 to 3.2.
//!
//! [`Contract::from_yaml`] refuses what the standard refuses, and a few things more that no reader of
//! the contract could make sense of: two columns of the same name, a version that is not semantic,
//! a lower limit above the upper one. What is only doubtful is told by [`Contract::doubts`].

pub mod checks;
mod limit;
mod quality;
mod reference;
mod schema;
mod server;
mod stated;
mod terms;
mod types;
pub mod words;

use std::collections::BTreeSet;

use chrono::NaiveDate;
pub use limit::{Expected, Limit};
pub use quality::{Dimension, Implementation, Metric, Operator, QualityRule, RuleKind};
pub use reference::{Reference, Relationship, RelationshipKind};
pub use schema::{EnumValue, MapTypes, ObjectType, Property, SchemaObject, SemanticType};
pub use server::Server;
pub use terms::{Price, Role, SlaProperty, SlaTarget};
pub use types::{LogicalType, TypeOptions};

use super::bitol::{
    AuthoritativeDefinition, Context, CustomProperty, Description, Support, TeamMember, TeamOrMembers,
};
use super::read::{Edition, Reader};
use super::seen::seen;
use super::yaml::{self, Node};
use super::{FileError, FileErrors};

choice! {
    /// The version of the standard a contract follows.
    #[derive(Default)]
    pub enum ApiVersion {
        /// 3.2.0, the version this portal writes.
        #[default]
        V3_2_0 = "v3.2.0",
        /// 3.1.0
        V3_1_0 = "v3.1.0",
        /// 3.0.2
        V3_0_2 = "v3.0.2",
        /// 3.0.1
        V3_0_1 = "v3.0.1",
        /// 3.0.0
        V3_0_0 = "v3.0.0",
    }
}

choice! {
    /// The kind of document.
    #[derive(Default)]
    pub enum Kind {
        /// A data contract.
        #[default]
        DataContract = "DataContract",
    }
}

record! {
    /// A data contract: what a data product promises about its data.
    pub struct Contract (check_contract) closed {
        /// Version of the standard.
        api_version: ApiVersion = "apiVersion",
        /// Kind of document.
        kind: Kind = "kind",
        /// Identifier; stays the same over all versions.
        id: String = "id",
        /// Name for people.
        name: Option<String> = "name",
        /// Kind of the objects; ODCS 3.0.0 still has it.
        object_kind: Option<String> = "type" [ODCS_3_0_ONLY],
        /// Semantic version of this contract.
        version: String = "version",
        /// `proposed`, `draft`, `active`, `deprecated`, `retired` or another word; required until ODCS 3.1.
        status: Option<String> = "status",
        /// Domain that owns the data.
        domain: Option<String> = "domain",
        /// Data product that offers the data.
        data_product: Option<String> = "dataProduct",
        /// Organization.
        tenant: Option<String> = "tenant",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Purpose, limitations and usage.
        description: Option<Description> = "description",
        /// Guidance for assistants.
        context: Option<Context> = "context" [ODCS_3_2],
        /// The tables, topics or files.
        schema: Vec<SchemaObject> = "schema",
        /// Where one gets help.
        support: Vec<Support> = "support",
        /// What it costs.
        price: Option<Price> = "price",
        /// Who answers for it.
        team: Option<TeamOrMembers> = "team",
        /// Roles that give access.
        roles: Vec<Role> = "roles",
        /// `object.column` the service levels are about when they do not say.
        sla_default_element: Option<String> = "slaDefaultElement",
        /// Service levels.
        sla_properties: Vec<SlaProperty> = "slaProperties",
        /// Where the data lies.
        servers: Vec<Server> = "servers",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        /// When the contract was made (ISO 8601).
        contract_created_ts: Option<String> = "contractCreatedTs",
    }
}

impl Contract {
    /// Reads a contract that is held, from YAML (or JSON); `file` is only used in messages. Marks that nobody sees are no
    /// reason to show nothing of it.
    ///
    /// # Errors
    /// Everything that is wrong, each with line, column, field and what is allowed.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, FileErrors> {
        Self::held(file, &yaml::parse(file, text)?).map(|(contract, _)| contract)
    }

    /// Reads a contract that comes in, with what the standard allows and is still worth a look.
    ///
    /// # Errors
    /// Everything that is wrong, each with line, column, field and what is allowed.
    pub fn read(file: &str, text: &str) -> Result<(Self, Vec<FileError>), FileErrors> {
        Self::from_node(file, &yaml::parse(file, text)?)
    }

    pub(crate) fn from_node(file: &str, node: &Node) -> Result<(Self, Vec<FileError>), FileErrors> {
        seen(file, node, Self::held(file, node))
    }

    fn held(file: &str, node: &Node) -> Result<(Self, Vec<FileError>), FileErrors> {
        Reader::new(file, Edition::Odcs(minor_version(node))).finish_with_advice(node)
    }

    /// Prints the contract in the order of the standard.
    pub fn to_yaml(&self) -> String {
        yaml::print(self)
    }

    /// True while nobody is meant to rely on it yet: `proposed` or `draft`.
    pub fn is_draft(&self) -> bool {
        matches!(self.status.as_deref(), Some("proposed" | "draft"))
    }

    /// True for a contract that is no longer in force.
    pub fn is_withdrawn(&self) -> bool {
        self.status.as_deref() == Some("retired")
    }

    /// The last day of its life, where it states one.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.sla_properties.iter().find_map(SlaProperty::end_of_life)
    }

    /// The contract's version; `None` only for contracts that were not read from a file.
    pub fn semantic_version(&self) -> Option<semver::Version> {
        parse_version(&self.version)
    }

    /// The schema object whose data is the asset of this id.
    pub fn object_of_asset(&self, asset: &str) -> Option<&SchemaObject> {
        self.schema.iter().find(|object| object.asset() == asset)
    }

    /// The members of the team, whichever form the contract uses.
    pub fn team_members(&self) -> &[TeamMember] {
        self.team.as_ref().map_or(&[], TeamOrMembers::members)
    }
}

/// Reads a version as people write it: `1.2.3`, also with a leading `v`.
pub(crate) fn parse_version(text: &str) -> Option<semver::Version> {
    semver::Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

/// The minor version the document claims; the newest where it claims nothing that we know.
fn minor_version(node: &Node) -> u8 {
    match node.get("apiVersion").and_then(Node::text) {
        Some(version) if version.starts_with("v3.0.") => 0,
        Some(version) if version.starts_with("v3.1.") => 1,
        _ => 2,
    }
}

fn check_contract(contract: &Contract, node: &Node, reader: &mut Reader) {
    if parse_version(&contract.version).is_none() {
        let message = format!(
            "\"{}\" is not a semantic version; write three numbers such as 1.0.0, where the first rises with \
             every breaking change.",
            contract.version
        );
        reader.member_error(node, "version", message);
    }
    if contract.status.is_none() && matches!(reader.edition, Edition::Odcs(0 | 1)) {
        let message = "This field is required until ODCS 3.1 and is missing. Usual are proposed, draft, active, \
                       deprecated, retired.";
        reader.member_error(node, "status", message);
    }
    no_duplicates(
        contract.schema.iter().map(|object| object.name.as_str()),
        "schema",
        "object",
        node,
        reader,
    );
    doubts(contract, node, reader);
}

/// What the standard allows and a reader would still stumble over.
fn doubts(contract: &Contract, node: &Node, reader: &mut Reader) {
    let unknown = |element: &str| {
        matches!(contract.resolve(element), SlaTarget::Unknown) && !contract.schema.is_empty()
    };
    let message =
        |element: &str| format!("A service level names \"{element}\", which the schema does not have.");
    let levels = node.get("slaProperties").map(Node::items).unwrap_or_default();
    for (index, (level, item)) in contract.sla_properties.iter().zip(levels).enumerate() {
        for element in level.elements().filter(|element| unknown(element)) {
            reader.inside(&format!(".slaProperties[{index}]"), |reader| {
                reader.advise_member(item, "element", message(element));
            });
        }
        // "Units use the ISO standard", says ODCS; there an M is a month beside days and a minute beside hours.
        if level.unit.as_deref().is_some_and(|unit| unit.trim().eq_ignore_ascii_case("m")) {
            let message = "\"m\" may be a month or a minute, and is read as minutes. Write month or min.";
            reader.inside(&format!(".slaProperties[{index}]"), |reader| {
                reader.advise_member(item, "unit", message);
            });
        }
    }
    if let Some(element) = contract.sla_default_element.as_deref().filter(|element| unknown(element)) {
        reader.advise_member(node, "slaDefaultElement", message(element));
    }
    let objects = node.get("schema").map(Node::items).unwrap_or_default();
    for (index, (object, item)) in contract.schema.iter().zip(objects).enumerate() {
        let mut positions = BTreeSet::new();
        let key = object.properties.iter().filter(|property| property.is_primary_key());
        let mut numbers =
            key.filter_map(|property| property.primary_key_position.filter(|position| *position > 0));
        if numbers.any(|position| !positions.insert(position)) {
            let message = format!("Two key columns of \"{}\" have the same position.", object.name);
            reader.inside(&format!(".schema[{index}]"), |reader| {
                reader.advise_member(item, "properties", message);
            });
        }
    }
}

/// Reports every element of the list `key` whose name an earlier one has.
fn no_duplicates<'a>(
    names: impl Iterator<Item = &'a str>,
    key: &str,
    what: &str,
    node: &Node,
    reader: &mut Reader,
) {
    let items = node.get(key).map(Node::items).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for (index, (name, item)) in names.zip(items).enumerate() {
        if !seen.insert(name) {
            reader.inside(&format!(".{key}[{index}].name"), |reader| {
                let at = item.get("name").map_or(item.at, |name| name.at);
                reader.error(
                    at,
                    format!("Another {what} before it is also named \"{name}\"; names are unique."),
                );
            });
        }
    }
}

/// Reports members of `node` that stand in `keys` but do not belong there.
fn refuse_members(keys: &[&str], because: &str, node: &Node, reader: &mut Reader) {
    for key in keys.iter().filter(|key| node.get(key).is_some()) {
        reader.member_error(node, key, format!("This field has no meaning {because}."));
    }
}

/// Reports members that have to be there.
fn require_members(keys: &[&str], because: &str, node: &Node, reader: &mut Reader) {
    for key in keys.iter().filter(|key| node.get(key).is_none()) {
        reader.member_error(node, key, format!("This field is required {because} and is missing."));
    }
}

#[cfg(test)]
mod tests;
