//! Every text of an asset that was published on a page or pushed, and what it changed.

use lakeport_model::documents::{History, Revision};
use lakeport_model::{DomainId, PageRequest};

use super::{KIND, seen};
use crate::documents::Subject;
use crate::{Call, Result};

/// The record of somebody who was refused.
const REFUSED: &str = "asset.history.refused";

/// Who published an asset when, the newest first; nothing of one that only files brought.
///
/// # Errors
/// Refused to others than members of its domain.
pub async fn history(call: &Call, id: &str, page: PageRequest) -> Result<History> {
    let done = list(call, id, page).await;
    call.noted(REFUSED, format!("asset {id}"), done).await
}

async fn list(call: &Call, id: &str, page: PageRequest) -> Result<History> {
    subject(call, id)?.history(call, page).await
}

/// One revision of an asset with its text.
///
/// # Errors
/// Refused to others than members of its domain, and where there is none of this number.
pub async fn revision(call: &Call, id: &str, number: u32) -> Result<Revision> {
    let done = one(call, id, number).await;
    call.noted(REFUSED, format!("asset {id}"), done).await
}

async fn one(call: &Call, id: &str, number: u32) -> Result<Revision> {
    let subject = subject(call, id)?;
    let found = subject.found(call, number).await?;
    let told = subject.revision(call, found).await?;
    // The form of assets begins with what is published.
    Ok(Revision { may_publish: false, ..told })
}

fn subject(call: &Call, id: &str) -> Result<Subject> {
    let snapshot = call.snapshot();
    let asset = seen(&snapshot, &call.rights(), id)?;
    let domain = DomainId(asset.domain.clone());
    Ok(Subject { kind: KIND, id: id.to_owned(), name: asset.title.clone(), domain })
}
