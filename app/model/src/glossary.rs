//! The glossary: what words mean, as pages see them.

use serde::{Deserialize, Serialize};

use crate::documents::RevisionLine;
use crate::people::DomainRef;
use crate::proposals::Merging;
use crate::retire::Retirement;
use crate::{AssetId, ProductId};

/// Most synonyms of a term, and most related terms, columns and products that somebody writes on a page, each.
pub const MOST_LINKS: usize = 100;

/// A term by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermRef {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A term that is about a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnTerm {
    /// The name of the column.
    pub column: String,
    /// The term.
    pub term: TermRef,
}

/// A term in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermLine {
    /// The term.
    pub term: TermRef,
    /// The domain that answers for it.
    pub domain: DomainRef,
    /// The beginning of its definition, without marks of Markdown.
    pub brief: String,
    /// Other words for the same.
    pub synonyms: Vec<String>,
}

/// Terms of a part of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Glossary {
    /// Terms by name.
    pub lines: Vec<TermLine>,
    /// How many there are with this search.
    pub total: u64,
    /// Where the next part begins; `None` on the last.
    pub next: Option<String>,
    /// The domain that was asked for; `None` where all were, or where there is no such domain.
    pub domain: Option<DomainRef>,
    /// Domains in which the viewer may write terms.
    pub writes_in: Vec<DomainRef>,
}

/// A column that a term is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermColumn {
    /// Its asset.
    pub asset: AssetId,
    /// The asset's name.
    pub asset_name: String,
    /// The column; empty for the asset as a whole.
    pub column: String,
}

/// A product that a term is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
}

/// A term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermPage {
    /// The term.
    pub term: TermRef,
    /// The domain that answers for it.
    pub domain: DomainRef,
    /// Its definition, as safe HTML.
    pub definition: String,
    /// Other words for the same.
    pub synonyms: Vec<String>,
    /// Terms beside it.
    pub related: Vec<TermRef>,
    /// Columns and assets that it is about and that the viewer sees.
    pub columns: Vec<TermColumn>,
    /// Products that it is about and that the viewer sees.
    pub products: Vec<TermProduct>,
    /// The newest revision, for those who may see the history.
    pub newest: Option<RevisionLine>,
    /// True where the viewer may publish a change.
    pub may_publish: bool,
    /// True where the viewer may propose one instead.
    pub may_propose: bool,
    /// That it is retired, or will be.
    pub retirement: Option<Retirement>,
    /// The viewer may retire or restore it.
    pub may_retire: bool,
}

/// What somebody writes of a term, field by field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TermText {
    /// Its name.
    pub name: String,
    /// Its definition, in Markdown.
    pub definition: String,
    /// Other words for the same, a line each.
    pub synonyms: String,
    /// Ids of terms beside it, a line each.
    pub related: String,
    /// Columns as `ASSET` or `ASSET#COLUMN`, a line each.
    pub columns: String,
    /// Ids of products, a line each.
    pub products: String,
}

/// A term as somebody begins to change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermEditing {
    /// Its id; `None` for a new one, whose name says it.
    pub id: Option<String>,
    /// The domain that answers for it.
    pub domain: DomainRef,
    /// What is published, or nothing of a new one.
    pub text: TermText,
    /// The number of the revision that the text was written on; 0 for a new one.
    pub base: u32,
    /// The number of the newest revision; 0 for a new one.
    pub newest: u32,
    /// True where the viewer publishes nothing here, and proposes what they write.
    pub proposes: bool,
    /// The proposal that the text is of.
    pub proposal: Option<Merging>,
}
