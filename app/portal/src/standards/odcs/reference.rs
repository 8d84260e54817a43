//! Relationships between columns.

use serde::Serialize;

use crate::standards::bitol::{CustomProperty, id_character};
use crate::standards::read::{Blank, Edition, Read, Reader};
use crate::standards::yaml::{Content, Node};

choice! {
    /// The kind of a relationship.
    pub enum RelationshipKind {
        /// Values of one side stand on the other side.
        ForeignKey = "foreignKey",
    }
}

record! {
    /// Values of this object or column stand in another one.
    pub struct Relationship (check_relationship) {
        /// Id.
        id: Option<String> = "id" [ODCS_3_2],
        /// Kind; a foreign key when not said.
        kind: Option<RelationshipKind> = "type",
        /// This side; only at objects (a column speaks for itself).
        from: Option<Reference> = "from",
        /// The other side.
        to: Reference = "to",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}

/// One or several columns: `object.column` or `schema/object/properties/column`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reference {
    /// One column.
    One(String),
    /// A key over several columns.
    Many(Vec<String>),
}

impl Default for Reference {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Blank for Reference {}

impl Read for Reference {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let one = |node: &Node, reader: &mut Reader| {
            let text = String::read(node, reader)?;
            if !is_reference(&text, reader.edition) {
                reader.error(
                    node.at,
                    format!(
                        "\"{text}\" is not a reference; write object.column or schema/object/properties/column."
                    ),
                );
            }
            Some(text)
        };
        let Content::List(items) = &node.content else {
            return one(node, reader).map(Self::One);
        };
        if items.is_empty() {
            reader.error(node.at, "The list is empty; name at least one column.");
        }
        let many = items
            .iter()
            .enumerate()
            .map(|(index, item)| reader.inside(&format!("[{index}]"), |reader| one(item, reader)))
            .collect::<Vec<_>>();
        many.into_iter().collect::<Option<Vec<_>>>().map(Self::Many)
    }
}

/// True for the two forms of the standard, in the spelling its edition allows.
fn is_reference(text: &str, edition: Edition) -> bool {
    let old = matches!(edition, Edition::Odcs(0 | 1));
    let word = |part: &str, hyphen: bool| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || (hyphen && c == '-'))
    };
    let parts: Vec<&str> = text.split('.').collect();
    let shorthand =
        parts.len() >= 2 && (!old || parts.len() == 2) && parts.iter().all(|part| word(part, !old));
    if shorthand {
        return true;
    }
    let path = match text.split_once('#') {
        Some((file, path)) => {
            let file = file.trim_start_matches("https://").trim_start_matches("http://");
            let named = file.strip_suffix(".yaml").or(file.strip_suffix(".yml").filter(|_| !old));
            let fits = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
            if !named.is_some_and(|name| !name.is_empty() && name.chars().all(fits)) {
                return false;
            }
            path
        }
        None => text,
    };
    let path = path.strip_prefix('/').unwrap_or(path);
    let steps: Vec<&str> = path.split('/').collect();
    let name = |step: &str| {
        !step.is_empty()
            && step.chars().all(|c| {
                if old { c.is_ascii_alphanumeric() || c == '_' || c == '-' } else { id_character(c) }
            })
    };
    steps.len().is_multiple_of(2) && steps.chunks(2).all(|pair| word(pair[0], false) && name(pair[1]))
}

fn check_relationship(value: &Relationship, node: &Node, reader: &mut Reader) {
    let mixed = matches!(
        (&value.from, &value.to),
        (Some(Reference::One(_)), Reference::Many(_)) | (Some(Reference::Many(_)), Reference::One(_))
    );
    let lengths = match (&value.from, &value.to) {
        (Some(Reference::Many(from)), Reference::Many(to)) => from.len() != to.len(),
        _ => false,
    };
    if mixed || lengths {
        reader.member_error(
            node,
            "to",
            "Both sides name the same number of columns, both as text or both as list.",
        );
    }
}
