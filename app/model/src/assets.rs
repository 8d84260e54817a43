//! Assets that people describe on pages, field by field.

use serde::{Deserialize, Serialize};

use crate::people::DomainRef;
use crate::proposals::Merging;

/// Most columns that the form of an asset shows; an asset with more keeps them, and they are changed by files.
pub const MOST_COLUMNS_WRITTEN: usize = 500;

/// Most tags of an asset or of a column, each.
pub const MOST_TAGS: usize = 50;

/// A column as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnText {
    /// Its name. A line without a name is no column, if nothing else stands in it.
    pub name: String,
    /// Its type in the engine's words.
    pub data_type: String,
    /// How sensitive it is: a word of [`crate::catalog::Classification`].
    pub classification: String,
    /// What it means.
    pub description: String,
    /// Tags, with commas between.
    pub tags: String,
}

impl ColumnText {
    /// True where nothing was filled in. A classification does not count: a form sends one with each line.
    pub fn is_blank(&self) -> bool {
        let Self { name, data_type, classification: _, description, tags } = self;
        [name, data_type, description, tags].iter().all(|text| text.trim().is_empty())
    }
}

/// What somebody writes of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AssetText {
    /// Its id; of a new one only, and after that it stays.
    pub id: String,
    /// What it is: a word of [`crate::catalog::AssetKind`].
    pub kind: String,
    /// Layer of a table: a word of [`crate::catalog::Layer`], or empty.
    pub layer: String,
    /// Namespace of its address in lineage events; empty for the usual one.
    pub namespace: String,
    /// Name in its address; empty where it is the id.
    pub name: String,
    /// The platform it lives on; may be empty.
    pub platform: String,
    /// What it holds, in Markdown.
    pub description: String,
    /// Tags, with commas between.
    pub tags: String,
    /// How sensitive it is where it has no columns: a word of [`crate::catalog::Classification`]. With columns the highest
    /// of theirs counts.
    pub classification: String,
    /// Its columns, as far as the form shows them.
    pub columns: Vec<ColumnText>,
}

/// An asset as somebody begins to change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetEditing {
    /// Its id; `None` for a new one, whose author says it.
    pub id: Option<String>,
    /// The domain that it belongs to.
    pub domain: DomainRef,
    /// What is published, or nothing of a new one.
    pub text: AssetText,
    /// A digest of the text that this was written on: what is sent back says which that was. Empty for a new one.
    pub seen: String,
    /// The same of what is published.
    pub current: String,
    /// The number of its newest revision; 0 where it has none yet.
    pub newest: u32,
    /// How many columns it has that the form does not show, for there are more than [`MOST_COLUMNS_WRITTEN`]: then it
    /// shows none, and they stay as they are.
    pub columns_elsewhere: Option<u32>,
    /// True where the viewer publishes nothing here, and proposes what they write.
    pub proposes: bool,
    /// The proposal that the text is of.
    pub proposal: Option<Merging>,
}

/// Something that is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The field, as the form calls it: `description`, `columns[3][name]`.
    pub field: String,
    /// What is wrong, and what to do.
    pub message: String,
}

/// What would become of what somebody wrote if it were published now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AssetChecked {
    /// What keeps it from being published.
    pub problems: Vec<FieldProblem>,
    /// What is unusual and may be a slip; it keeps nothing from being published.
    pub advice: Vec<FieldProblem>,
    /// What it changes for people, a sentence each: what opens or closes, what others named and is gone. Whoever publishes
    /// agrees to it where `needs_consent`.
    pub effects: Vec<String>,
    /// True where something becomes less protected than it was, or opens: publishing asks for consent and for a reason.
    pub needs_consent: bool,
    /// A digest of the effects: whoever agrees to them sends it.
    pub meaning: String,
    /// The description as safe HTML.
    pub about: String,
    /// That somebody else has published since, or an import changed it.
    pub overtaken: Option<String>,
}
