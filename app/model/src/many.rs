//! Many assets of a domain: listed, and one thing changed of all that somebody chose.

use serde::{Deserialize, Serialize};

use crate::catalog::{AssetKind, Classification, Layer};
use crate::people::DomainRef;
use crate::words::words;
use crate::{AssetId, First, Page};

words! {
    /// What is changed of all assets that are chosen.
    ManyChange {
        /// They get a tag.
        AddTag = "add_tag",
        /// They lose a tag.
        RemoveTag = "remove_tag",
        /// They are as sensitive as this from then on.
        Classify = "classify",
        /// They are of this layer from then on.
        Layer = "layer",
    }
}

/// Most assets in one part of the list.
pub const MOST_LISTED: u32 = 50;

/// Most assets that are changed in one go.
pub const MOST_CHOSEN: usize = 100;

/// Most tags of an asset that the list names.
pub const MOST_TAGS_NAMED: usize = 5;

/// What stands for no layer where one is chosen.
pub const NO_LAYER: &str = "none";

/// Which assets of a domain are listed; what is empty leaves nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AssetFilter {
    /// Words that stand in the name or in the id.
    pub q: String,
    /// A word of [`Layer`].
    pub layer: String,
    /// A tag, whatever its case.
    pub tag: String,
}

impl AssetFilter {
    /// True where it leaves nothing out.
    pub fn is_empty(&self) -> bool {
        let Self { q, layer, tag } = self;
        [q, layer, tag].iter().all(|text| text.trim().is_empty())
    }
}

/// What is told of an asset to those who see all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetFacts {
    /// What it is.
    pub kind: AssetKind,
    /// Layer of a table.
    pub layer: Option<Layer>,
    /// How sensitive it is.
    pub classification: Classification,
    /// The first of its tags.
    pub tags: First<String>,
    /// How many columns it has.
    pub columns: u32,
    /// How many of them nobody described.
    pub undescribed: u32,
}

/// An asset in the list of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetLine {
    /// Its id.
    pub id: AssetId,
    /// Its name.
    pub name: String,
    /// The rest; none where the viewer sees its name alone.
    pub facts: Option<AssetFacts>,
}

/// Assets of a domain, as far as the viewer may know of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DomainAssets {
    /// The domain.
    pub domain: DomainRef,
    /// A part of them, by id.
    pub assets: Page<AssetLine>,
    /// The viewer may change them.
    pub may_change: bool,
}

/// What somebody wants to change of all that they chose; of the values only the one counts that belongs to the change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeText {
    /// A word of [`ManyChange`].
    pub change: String,
    /// The tag.
    pub tag: String,
    /// A word of [`Classification`].
    pub classification: String,
    /// A word of [`Layer`], or [`NO_LAYER`].
    pub layer: String,
}

/// What would become of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It changes.
    Changes {
        /// How, a sentence.
        what: String,
        /// What that means for people, a sentence each.
        effects: Vec<String>,
        /// A digest of what is published: what is sent back says on which text somebody decided.
        seen: String,
    },
    /// It is so already: why, a sentence.
    Stays(String),
    /// It cannot be changed so: why, a sentence.
    Refused(String),
}

/// One of the chosen assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManyLine {
    /// Its id.
    pub id: AssetId,
    /// Its name.
    pub name: String,
    /// What would become of it.
    pub outcome: Outcome,
}

/// What would become of all of them if it were carried out now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManyChecked {
    /// The change in words: `Add the tag "sales"`.
    pub what: String,
    /// Each of them, by id.
    pub lines: Vec<ManyLine>,
    /// How many change.
    pub count: u32,
    /// What the change of all of them means for people, in one sentence.
    pub together: String,
    /// True where one of them becomes less protected: carrying it out asks for consent and for a reason.
    pub needs_consent: bool,
    /// A digest of all effects: whoever agrees to them sends it.
    pub meaning: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_leave_nothing_out() {
        let filter = AssetFilter { q: " ".to_owned(), ..AssetFilter::default() };
        assert!(filter.is_empty());
        assert!(!AssetFilter { tag: "sales".to_owned(), ..filter }.is_empty());
    }
}
