//! Documents that people write on pages: the text to begin with, what it would change, publishing it, and every text before.
//!
//! A product, so far. It is carried out by the same function as the file of an import (`catalog/import/one.rs`), under the same
//! rules and with the same effects. Who publishes is held to what they were shown: where somebody else was faster, nothing is
//! written. The history is of products and of terms.

mod check;
mod diff;
mod effects;
mod history;
mod patch;
mod publish;
mod read;
mod template;

pub use self::check::check;
pub(crate) use self::diff::Diff;
pub(crate) use self::effects::{Weight, of_product, weight_of_product};
pub use self::history::{history, revision};
pub use self::patch::patch;
pub use self::publish::{begin, edit, publish};
pub(crate) use self::publish::{refuse_overtaken, said, taken};
pub(crate) use self::read::{Beside, no_domain, no_id, told, unfit, untold};

use lakeport_model::DomainId;
use lakeport_model::documents::{DocumentKind, RevisionLine};
use lakeport_model::people::Viewer;

use crate::catalog::{Rights, Sight, Snapshot};
use crate::policy::{self, PublishDocument};
use crate::store::revisions::RevisionRow;
use crate::{Error, Result};

/// The kind that this room writes.
const KIND: DocumentKind = DocumentKind::Product;

/// What a document describes, as far as its texts need it.
pub(crate) struct Subject {
    /// What it is.
    pub(crate) kind: DocumentKind,
    /// Its id.
    pub(crate) id: String,
    /// Its name, as it is called now.
    pub(crate) name: String,
    /// The domain that answers for it.
    pub(crate) domain: DomainId,
}

impl Subject {
    /// The product of this id; one that the viewer may not know of is not there. One whose document cannot be read is mended by
    /// a new text.
    fn of(snapshot: &Snapshot, rights: &Rights, id: &str) -> Result<Self> {
        let of = |name: &str, domain: &str| Self {
            kind: KIND,
            id: id.to_owned(),
            name: name.to_owned(),
            domain: DomainId(domain.to_owned()),
        };
        let product = snapshot.products.get(id);
        if let Some(product) = product.filter(|product| rights.product_sight(product) != Sight::Hidden) {
            return Ok(of(&product.name, &product.domain));
        }
        let unread = snapshot.unread_of("product", id).filter(|_| rights.knows_unread_product(snapshot, id));
        unread.map(|unread| of(id, &unread.domain)).ok_or_else(|| Error::not_found("data product"))
    }

    /// The question whether somebody may publish a text that leaves it in its domain.
    fn publish(&self) -> PublishDocument {
        PublishDocument { domain: self.domain.clone(), from: Some(self.domain.clone()) }
    }

    fn may_publish(&self, viewer: &Viewer) -> bool {
        policy::decide(viewer, &self.publish().into()).allowed
    }
}

/// A revision in words.
pub(crate) fn line(snapshot: &Snapshot, row: RevisionRow) -> RevisionLine {
    RevisionLine {
        number: row.number,
        at: row.at,
        who: row.who(|id| snapshot.names.of(id)),
        person: row.person().filter(|id| snapshot.names.known(*id).is_some()),
        source: row.source,
        reason: row.reason,
        added: row.added,
        removed: row.removed,
    }
}
