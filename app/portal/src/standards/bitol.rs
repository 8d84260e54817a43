//! What Bitol's contract and product standards share.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde_json::Value;

use super::read::{Blank, Edition, Read, Reader};
use super::yaml::{Content, Node};

/// An identifier inside a document that references may point at: no blanks and none of `. # / \ @ ! % & ^`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StableId(String);

impl Deref for StableId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Blank for StableId {}

impl Read for StableId {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let (fits, rule) = match reader.edition {
            Edition::Odcs(0 | 1) => (
                text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'),
                "letters, digits, \"_\" and \"-\"",
            ),
            Edition::Odcs(_) => (text.chars().all(id_character), "no blanks and none of . # / \\ @ ! % & ^"),
            Edition::Odps(_) | Edition::Single => (true, ""),
        };
        if !fits || (text.is_empty() && !matches!(reader.edition, Edition::Odps(_))) {
            reader.error(node.at, format!("\"{text}\" is not an id of the standard; allowed are {rule}."));
            return None;
        }
        Some(Self(text))
    }
}

/// True for a character that an id of ODCS 3.2 may hold.
pub(crate) fn id_character(c: char) -> bool {
    !c.is_whitespace() && !".#/\\@!%&^".contains(c)
}

record! {
    /// A link to something that says more: a glossary entry, a policy, an implementation.
    pub struct AuthoritativeDefinition {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1_ODPS_1_1],
        /// What kind of definition it is, such as `businessDefinition`.
        kind: String = "type",
        /// Where it is.
        url: String = "url",
        /// What one finds there.
        description: Option<String> = "description",
    }
}

record! {
    /// A property the standard does not name.
    pub struct CustomProperty (check_custom) {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1_ODPS_1_1],
        /// Name; early editions do without.
        property: Option<String> = "property",
        /// Any value; early editions do without.
        value: Option<Value> = "value",
        /// What it means.
        description: Option<String> = "description",
        /// Whose extension it is.
        vendor: Option<String> = "vendor" [ODCS_3_2_ODPS_1_1],
    }
}

fn check_custom(_: &CustomProperty, node: &Node, reader: &mut Reader) {
    required_but_early(&["property", "value"], node, reader);
}

/// Members that the early editions do not ask for.
fn required_but_early(keys: &[&str], node: &Node, reader: &mut Reader) {
    for key in keys.iter().filter(|key| node.get(key).is_none()) {
        reader.error_unless_early(node, key, "This field is required and is missing.");
    }
}

/// The text value of this portal's own custom property: `lakeport.asset` for the name `asset`. Files that were written
/// before properties had an owner's name call it `asset`.
pub fn custom_text<'a>(properties: &'a [CustomProperty], name: &str) -> Option<&'a str> {
    let named = |wanted: &str| {
        let found = properties.iter().find(|property| property.property.as_deref() == Some(wanted));
        found.and_then(|property| property.value.as_ref()?.as_str())
    };
    named(&format!("{OURS}{name}")).or_else(|| named(name))
}

/// Says so where this portal's property still goes by its bare name, which may be anybody's.
pub(crate) fn advise_name(properties: &[CustomProperty], name: &str, node: &Node, reader: &mut Reader) {
    let items = node.get("customProperties").map(Node::items).unwrap_or_default();
    for (index, (property, item)) in properties.iter().zip(items).enumerate() {
        if property.property.as_deref() == Some(name) {
            reader.inside(&format!(".customProperties[{index}]"), |reader| {
                let message =
                    format!("Write \"{OURS}{name}\"; the name \"{name}\" may mean something else to others.");
                reader.advise_member(item, "property", message);
            });
        }
    }
}

/// What the names of this portal's own custom properties begin with; all others are somebody else's.
pub(crate) const OURS: &str = "lakeport.";

record! {
    /// The terms in words.
    pub struct Description (closed_in_products) {
        /// What the data is for.
        purpose: Option<String> = "purpose",
        /// Technical, legal and compliance limits of its use.
        limitations: Option<String> = "limitations",
        /// How it is meant to be used.
        usage: Option<String> = "usage",
        /// Links, such as to a privacy statement.
        authoritative_definitions: Links = "authoritativeDefinitions",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        ..rest
    }
}

/// A list of links. The first edition of ODCS 3 leaves open what stands here; its own example has one link without a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct Links(Vec<AuthoritativeDefinition>);

impl Deref for Links {
    type Target = [AuthoritativeDefinition];

    fn deref(&self) -> &[AuthoritativeDefinition] {
        &self.0
    }
}

impl Blank for Links {
    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}

impl Read for Links {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if reader.early && matches!(node.content, Content::Map(_)) {
            reader.advise(
                node.at,
                "Later versions of the standard want a list here; put \"- \" before the link.",
            );
            return AuthoritativeDefinition::read(node, reader).map(|link| Self(vec![link]));
        }
        Vec::read(node, reader).map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

fn closed_in_products(value: &Description, node: &Node, reader: &mut Reader) {
    if let Edition::Odps(_) = reader.edition {
        for key in value.rest.keys() {
            let known = ["purpose", "limitations", "usage", "authoritativeDefinitions", "customProperties"];
            let hint = super::read::suggestion(key, &known);
            reader.member_error(node, key, format!("There is no such field. {hint}"));
        }
    }
}

record! {
    /// Where one gets help.
    pub struct Support (url_in_products) {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1_ODPS_1_1],
        /// Name of the channel.
        channel: String = "channel",
        /// Address; required in products.
        url: Option<String> = "url",
        /// What the channel is for.
        description: Option<String> = "description",
        /// Tool, such as `email`, `slack`, `teams`.
        tool: Option<String> = "tool",
        /// `interactive`, `announcements`, `issues` or another word.
        scope: Option<String> = "scope",
        /// Where one asks to be let in.
        invitation_url: Option<String> = "invitationUrl",
        /// Tags.
        tags: Vec<String> = "tags" [ODPS],
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties" [ODCS_3_1_ODPS],
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions" [ODPS],
    }
}

fn url_in_products(value: &Support, node: &Node, reader: &mut Reader) {
    if value.url.is_none() {
        match reader.edition {
            Edition::Odps(_) => required_but_early(&["url"], node, reader),
            Edition::Odcs(0) => {
                reader.advise_member(node, "url", "ODCS 3.0 asks for an address of the channel.");
            }
            Edition::Odcs(_) | Edition::Single => {}
        }
    }
}

record! {
    /// The people behind a contract or product.
    pub struct Team {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS],
        /// Name of the team.
        name: Option<String> = "name",
        /// What it does.
        description: Option<String> = "description",
        /// Its members.
        members: Vec<TeamMember> = "members",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
    }
}

record! {
    /// A member of the team.
    pub struct TeamMember (check_member) {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1_ODPS_1_1],
        /// User name or e-mail address.
        username: Option<String> = "username",
        /// Name.
        name: Option<String> = "name",
        /// Remark.
        description: Option<String> = "description",
        /// Role, in the team's own words.
        role: Option<String> = "role",
        /// Day of joining, `YYYY-MM-DD`.
        date_in: Option<String> = "dateIn",
        /// Day of leaving, `YYYY-MM-DD`.
        date_out: Option<String> = "dateOut",
        /// User name of the successor.
        replaced_by_username: Option<String> = "replacedByUsername",
        /// Tags.
        tags: Vec<String> = "tags" [ODCS_3_1_ODPS],
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties" [ODCS_3_1_ODPS],
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions" [ODCS_3_1_ODPS],
    }
}

fn check_member(_: &TeamMember, node: &Node, reader: &mut Reader) {
    required_but_early(&["username"], node, reader);
}

/// Who answers for a contract or a product: a team, or the plain list of the early editions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TeamOrMembers {
    /// Members only.
    Members(Vec<TeamMember>),
    /// A team with a name.
    Team(Team),
}

impl TeamOrMembers {
    /// The members, whichever form was chosen.
    pub fn members(&self) -> &[TeamMember] {
        match self {
            Self::Members(members) => members,
            Self::Team(team) => &team.members,
        }
    }
}

impl Read for TeamOrMembers {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let lists = reader.early || matches!(reader.edition, Edition::Odcs(_));
        match node.content {
            Content::List(_) if lists => Read::read(node, reader).map(Self::Members),
            _ => {
                if reader.edition == Edition::Odcs(0) {
                    reader.advise(
                        node.at,
                        "ODCS 3.0 writes the team as a list of its members; raise apiVersion.",
                    );
                }
                Read::read(node, reader).map(Self::Team)
            }
        }
    }
}

record! {
    /// Another name for something.
    pub struct Synonym {
        /// Stable id.
        id: Option<StableId> = "id",
        /// The other name.
        synonym: String = "synonym",
        /// When or why it is used.
        description: Option<String> = "description",
        /// Language tag.
        locale: Option<String> = "locale",
        /// Where the name comes from.
        source: Option<String> = "source",
        /// Life-cycle status.
        status: Option<String> = "status",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}

/// Guidance for assistants and tools.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Context {
    /// In plain words (contracts only).
    Text(String),
    /// In parts.
    Parts(ContextParts),
}

record! {
    /// Guidance for assistants and tools, in parts.
    pub struct ContextParts {
        /// How to use this.
        instructions: Option<String> = "instructions",
        /// Questions with their checked answers.
        verified_statements: Vec<VerifiedStatement> = "verifiedStatements",
        /// What not to do.
        constraints: Vec<ContextConstraint> = "constraints",
    }
}

record! {
    /// A question with its checked answer.
    pub struct VerifiedStatement {
        /// Id.
        id: Option<String> = "id",
        /// The question.
        question: String = "question",
        /// The answer.
        answer: Option<String> = "answer",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}

record! {
    /// Something an assistant must not do.
    pub struct ContextConstraint {
        /// Id.
        id: Option<String> = "id",
        /// The constraint in words.
        constraint: String = "constraint",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}

impl Read for Context {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match (&node.content, reader.edition) {
            (Content::Text(text), Edition::Odcs(_)) => Some(Self::Text(text.clone())),
            _ => ContextParts::read(node, reader).map(Self::Parts),
        }
    }
}
