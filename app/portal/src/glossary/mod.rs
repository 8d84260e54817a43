//! The glossary: what words of the company mean.
//!
//! Everybody who is signed in reads it; what a term is about is shown to those who see that. Owners and stewards write terms on
//! pages, field by field: what they write becomes the file that an import would bring, under the same rules and with the same
//! revisions (`catalog/import/terms.rs`). Links that an author does not see are not shown to them, and stay as they are.

mod edit;
mod form;
mod history;
mod page;
mod propose;
mod publish;

pub use self::edit::{begin, edit};
pub(crate) use self::history::beside_file;
pub use self::history::{history, revision};
pub use self::page::{by_column, list, matching, of_column, of_one_column, of_product, term};
pub(crate) use self::propose::{as_form, as_seen, current, tried};
pub use self::publish::{publish, publish_proposed};

use lakeport_model::DomainId;
use lakeport_model::documents::DocumentKind;
use lakeport_model::retire::Retirable;

use crate::catalog::{Rights, Sight};
use crate::policy::PublishDocument;
use crate::snapshot::Snapshot;
use crate::standards::term::{Term, asset_and_column};
use crate::store::{Tx, import as store};
use crate::{Error, Result};

const KIND: DocumentKind = DocumentKind::Term;

/// The name under which a text is read that comes from no file.
const NAME: &str = "text.yaml";

/// What somebody may know of that terms link to.
pub(crate) struct Sees<'a> {
    /// The catalog.
    pub(crate) snapshot: &'a Snapshot,
    /// Their rights.
    pub(crate) rights: &'a Rights,
}

impl Sees<'_> {
    /// What a term names and they do not see: the field of each, with a sentence that is the same for what is hidden and for
    /// what nobody has.
    pub(crate) fn unknown(&self, term: &Term) -> Vec<(String, String)> {
        term.unknown(|asset, column| self.column(asset, column), |id| self.product(id), |id| self.term(id))
    }

    /// True for an asset that they see; for a column of it where they see its columns, too.
    pub(crate) fn column(&self, asset: &str, column: Option<&str>) -> bool {
        let Some(asset) = self.snapshot.assets.get(asset) else { return false };
        let sight = self.snapshot.sight(self.rights, asset);
        match column {
            None => sight != Sight::Hidden,
            Some(column) => sight == Sight::Full && asset.columns.iter().any(|held| held.name == column),
        }
    }

    /// True for a product that they see.
    pub(crate) fn product(&self, id: &str) -> bool {
        let product = self.snapshot.products.get(id);
        product.is_some_and(|product| self.rights.product_sight(product) != Sight::Hidden)
    }

    /// Terms are there for everybody.
    pub(crate) fn term(&self, id: &str) -> bool {
        self.snapshot.terms.contains_key(id)
    }

    /// True for a term that is not retired by now: others are named on no page but their own.
    fn is_offered(&self, term: &str) -> bool {
        !self.is_retired(Retirable::Term, term)
    }

    /// True for what is retired by now.
    fn is_retired(&self, kind: Retirable, id: &str) -> bool {
        self.snapshot.is_retired(kind, id, self.rights.today())
    }

    /// True where a term links to something that is there and that they do not see.
    pub(crate) fn hides_links_of(&self, term: &Term) -> bool {
        let hides_link = |link: &String| {
            let (asset, column) = asset_and_column(link);
            self.hides_column(asset, column)
        };
        term.columns.iter().any(hides_link)
            || term.products.iter().any(|id| self.hides_product(id))
            || term.related.iter().any(|id| self.hides_term(id))
    }

    /// True for an asset or a column that is there and that they do not see.
    fn hides_column(&self, asset: &str, column: Option<&str>) -> bool {
        let is_there = match self.snapshot.assets.get(asset) {
            Some(held) => column.is_none_or(|column| held.columns.iter().any(|held| held.name == column)),
            None => self.is_unread("asset", asset),
        };
        is_there && !self.column(asset, column)
    }

    /// True for a product that is there and that they do not see.
    fn hides_product(&self, id: &str) -> bool {
        let is_there = self.snapshot.products.contains_key(id) || self.is_unread("product", id);
        is_there && !self.product(id)
    }

    /// True for a term that is there and that nobody sees, for it cannot be read.
    fn hides_term(&self, id: &str) -> bool {
        !self.term(id) && self.is_unread("term", id)
    }

    fn is_unread(&self, kind: &'static str, id: &str) -> bool {
        self.snapshot.unread_of(kind, id).is_some()
    }
}

/// The domain of a term, be it one that cannot be read.
fn domain_of(snapshot: &Snapshot, id: &str) -> Result<DomainId> {
    let unread = || snapshot.unread_of("term", id).map(|unread| unread.domain.clone());
    let domain = snapshot.terms.get(id).map(|term| term.document.domain.clone()).or_else(unread);
    domain.map(DomainId).ok_or_else(|| Error::not_found("term"))
}

/// The question whether somebody may publish a text that leaves a term in its domain.
fn changing(domain: &DomainId) -> PublishDocument {
    PublishDocument { domain: domain.clone(), from: Some(domain.clone()) }
}

/// The text of a term that is published.
async fn published(tx: &mut Tx, id: &str) -> Result<Option<String>> {
    Ok(store::terms(tx, &[id]).await?.pop().map(|row| row.document))
}
