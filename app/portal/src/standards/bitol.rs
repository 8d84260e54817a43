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
        id: Option<StableId> = "id" [ODPS_1_1],
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
    pub struct CustomProperty {
        /// Stable id.
        id: Option<StableId> = "id" [ODPS_1_1],
        /// Name.
        property: String = "property",
        /// Any value.
        value: Value = "value",
        /// What it means.
        description: Option<String> = "description",
        /// Whose extension it is.
        vendor: Option<String> = "vendor" [ODCS_3_2],
    }
}

/// The text value of the custom property of this name.
pub fn custom_text<'a>(properties: &'a [CustomProperty], name: &str) -> Option<&'a str> {
    properties.iter().find(|property| property.property == name).and_then(|property| property.value.as_str())
}

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
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        ..rest
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
        id: Option<StableId> = "id" [ODPS_1_1],
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
        custom_properties: Vec<CustomProperty> = "customProperties",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions" [ODPS],
    }
}

fn url_in_products(value: &Support, node: &Node, reader: &mut Reader) {
    if matches!(reader.edition, Edition::Odps(_)) && value.url.is_none() {
        reader.member_error(node, "url", "This field is required and is missing.");
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
    pub struct TeamMember {
        /// Stable id.
        id: Option<StableId> = "id" [ODPS_1_1],
        /// User name or e-mail address.
        username: String = "username",
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
        tags: Vec<String> = "tags",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
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
