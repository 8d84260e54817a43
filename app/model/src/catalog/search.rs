//! A search: what is asked, what is found, and the facets beside it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Classification, HitKind, Layer};
use crate::First;
use crate::contracts::CheckState;
use crate::glossary::TermLine;
use crate::people::DomainRef;

/// Letters of a search that are looked at.
pub const LONGEST_SEARCH: usize = 200;
/// Words of a search that are looked for.
pub const MOST_WORDS: usize = 12;
/// Letters of a word that are looked for.
pub const LONGEST_WORD: usize = 40;

/// Orders of what is found, as the address has them, in words; the first one where none is chosen.
pub const ORDERS: [(&str, &str); 3] =
    [("", "Best match first"), ("name", "By name"), ("newest", "Newest first")];

/// What is said of an answer with hits that do not fit all words.
pub const WIDENED: &str =
    "Few results fit all that was typed. The others fit a part of it, or are spelled or called otherwise.";

/// What is said of an answer while the index is being built.
pub const CATCHING_UP: &str = "The index is being built: results may be missing.";

/// A search: words and chosen facets. An empty list in a facet means all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SearchRequest {
    /// What was typed.
    pub q: String,
    /// Kinds of hits.
    pub kind: Vec<String>,
    /// Domain ids.
    pub domain: Vec<String>,
    /// Layers.
    pub layer: Vec<String>,
    /// Classifications.
    pub classification: Vec<String>,
    /// Ids of owners.
    pub owner: Vec<String>,
    /// Tags, all of which it has to have.
    #[serde(default)]
    pub tag: Vec<String>,
    /// Words of the names of its columns, all of which it has to have, in one name or in several; a beginning of each is enough.
    #[serde(default)]
    pub column: Vec<String>,
    /// By `name` or `newest` first; by relevance when left out.
    pub sort: Option<String>,
    /// How many hits to skip.
    pub offset: u32,
    /// Most hits wanted, 1 to 100.
    pub limit: u32,
}

impl SearchRequest {
    /// The order that was chosen though there is no such one.
    pub fn unknown_order(&self) -> Option<&str> {
        self.sort.as_deref().filter(|sort| ORDERS.iter().all(|(order, _)| order != sort))
    }
}

/// Hits with the counts of every facet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchResult {
    /// The search as it was understood: what was typed as a filter is chosen, and its words are what is left.
    pub asked: SearchRequest,
    /// Hits, best first.
    pub hits: Vec<Hit>,
    /// Terms of the glossary that are called what was typed, with the first of the hits.
    pub terms: Vec<TermLine>,
    /// Number of hits in all.
    pub total: u32,
    /// Facets with counts under the other facets' choices. Every value that was chosen is among them.
    pub facets: Vec<Facet>,
    /// What was chosen though there is no such value, a sentence each: a filter finds nothing, which reads as if there were
    /// nothing, and an order is none.
    pub unknown: Vec<String>,
    /// What may be meant and cannot be read, in sentences to those who may know of it.
    pub unread: Option<String>,
    /// Words that there are, near to those that were typed, where nothing was found.
    pub nearest: Vec<String>,
    /// Hardly anything fits all words, two at least: the last hits fit some of them, or are called by another name.
    pub is_widened: bool,
    /// More was typed than is searched for.
    pub is_cut: bool,
    /// The index does not reflect the whole catalog yet.
    pub is_catching_up: bool,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: HitKind,
    /// Its name.
    pub name: String,
    /// The name in pieces; `true` marks the piece that matched.
    pub name_parts: Vec<(String, bool)>,
    /// Its address in the portal.
    pub href: String,
    /// Its domain.
    pub domain: DomainRef,
    /// Layer of a table.
    pub layer: Option<Layer>,
    /// Highest classification of its columns.
    pub classification: Option<Classification>,
    /// The last day on which it is certified.
    pub certified_until: Option<NaiveDate>,
    /// One line about it.
    pub description: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// When the portal first saw it.
    pub added_at: DateTime<Utc>,
    /// State of the contract on it; of a product the worst of its contracts.
    pub contract_state: Option<CheckState>,
    /// Its last change that the portal has seen; of a product that of its oldest table.
    pub changed_at: Option<DateTime<Utc>>,
    /// The viewer may read its values now; of a product those of a part at least.
    pub has_access: bool,
    /// Of a product whose details the viewer sees: its output ports that are open to the viewer, and all of them.
    pub ports: Option<(u32, u32)>,
    /// The first columns whose name or description matched.
    pub matched_columns: First<String>,
}

/// One facet of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The parameter in the address: `kind`, `domain`, `layer`, `classification`, `owner`; `tag` and `column` where
    /// something of them was typed.
    pub key: String,
    /// Heading.
    pub label: String,
    /// Values with counts, most frequent first.
    pub values: Vec<FacetValue>,
    /// Values that leave something too and are not named.
    pub more: u32,
}

/// One choice of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// Value in the address.
    pub value: String,
    /// Text on the screen.
    pub label: String,
    /// Hits it would leave.
    pub count: u32,
    /// Chosen now.
    pub selected: bool,
}
