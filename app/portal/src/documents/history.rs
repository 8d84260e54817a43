//! Every text of a document that was published, and what it changed.

use lakeport_model::PageRequest;
use lakeport_model::documents::{History, Revision, TextKind};

use super::diff::Diff;
use super::{Subject, dashboard, kept};
use crate::policy::{self, SeeHistory};
use crate::store::revisions::RevisionRow;
use crate::{Call, Error, Result};

/// Most revisions in one part of the list.
const LONGEST_PAGE: u32 = 100;

/// The record of somebody who was refused.
fn refused(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Product => "product.history.refused",
        TextKind::Contract => "contract.history.refused",
        TextKind::Dashboard => "dashboard.history.refused",
    }
}

/// Who published a product, a contract or a dashboard when, the newest first.
///
/// # Errors
/// Refused to others than members of its domain.
pub async fn history(call: &Call, kind: TextKind, id: &str, page: PageRequest) -> Result<History> {
    let done = list(call, kind, id, page).await;
    call.noted(refused(kind), format!("{kind} {id}"), done).await
}

async fn list(call: &Call, kind: TextKind, id: &str, page: PageRequest) -> Result<History> {
    let subject = Subject::of(&call.snapshot(), &call.rights(), kind, id)?;
    subject.history(call, page).await
}

/// One revision of a product, a contract or a dashboard with its text.
///
/// # Errors
/// Refused to others than members of its domain, where there is none of this number, and where a dashboard reads what is hidden
/// from them.
pub async fn revision(call: &Call, kind: TextKind, id: &str, number: u32) -> Result<Revision> {
    let done = one(call, kind, id, number).await;
    call.noted(refused(kind), format!("{kind} {id}"), done).await
}

async fn one(call: &Call, kind: TextKind, id: &str, number: u32) -> Result<Revision> {
    let subject = Subject::of(&call.snapshot(), &call.rights(), kind, id)?;
    let found = subject.found(call, number).await?;
    dashboard::refuse_unseen(call, kind, &[&found.before, &found.text]).await?;
    subject.revision(call, found).await
}

/// A revision as it is kept, with the text that it took the place of.
pub(crate) struct Found {
    row: RevisionRow,
    /// The number of the newest one.
    newest: u32,
    /// The text of the one before, of a contract that of the same version if there is one; empty before the first.
    pub(crate) before: String,
    /// Its own text.
    pub(crate) text: String,
}

impl Subject {
    /// Its revisions, the newest first.
    ///
    /// # Errors
    /// Refused to others than members of its domain.
    pub(crate) async fn history(self, call: &Call, page: PageRequest) -> Result<History> {
        self.refuse_others(call)?;
        let before = match page.after {
            Some(number) => number
                .parse::<i64>()
                .map_err(|_| Error::invalid("after", "This page link is not complete."))?,
            None => i64::MAX,
        };
        let limit = page.limit.clamp(1, LONGEST_PAGE);
        let mut tx = call.ctx.db.read().await?;
        let rows = kept::before(&mut tx, self.kind, &self.id, before, i64::from(limit) + 1).await?;
        drop(tx);
        let page = lakeport_model::Page::cut(rows, limit, |row| row.number.to_string());
        let snapshot = call.snapshot();
        Ok(History {
            may_publish: self.may_publish(&call.viewer),
            domain: snapshot.domain(self.domain.as_str()),
            lines: page.items.into_iter().map(|row| self.line(&snapshot, row)).collect(),
            id: self.id,
            name: self.name,
            next: page.next,
        })
    }

    /// One of its revisions.
    ///
    /// # Errors
    /// Refused to others than members of its domain, and where there is none of this number.
    pub(crate) async fn found(&self, call: &Call, number: u32) -> Result<Found> {
        self.refuse_others(call)?;
        let mut tx = call.ctx.db.read().await?;
        let found = kept::one(&mut tx, self.kind, &self.id, number).await?;
        let (row, text) = found.ok_or_else(|| Error::not_found("revision"))?;
        let before = kept::text_before(&mut tx, self.kind, &self.id, &row).await?;
        let newest = kept::newest(&mut tx, self.kind, &self.id).await?;
        Ok(Found {
            row,
            newest: newest.map_or(number, |newest| newest.number),
            before: before.unwrap_or_default(),
            text,
        })
    }

    /// A revision of it that was found, with what it changed.
    ///
    /// # Errors
    /// Refused as busy while too much is compared.
    pub(crate) async fn revision(self, call: &Call, found: Found) -> Result<Revision> {
        let Found { row, newest, before, text } = found;
        let diff = Diff::of(call.party(), before, text.clone()).await?;
        let snapshot = call.snapshot();
        Ok(Revision {
            may_publish: self.may_publish(&call.viewer),
            domain: snapshot.domain(self.domain.as_str()),
            line: self.line(&snapshot, row),
            id: self.id,
            name: self.name,
            newest,
            diff: diff.lines,
            is_cut: diff.is_cut,
            text,
        })
    }

    /// Refuses its history to others than members of its domain.
    fn refuse_others(&self, call: &Call) -> Result<()> {
        policy::authorize(&call.viewer, SeeHistory { domain: self.domain.clone() })?;
        Ok(())
    }
}
