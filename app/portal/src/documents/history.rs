//! Every text of a product that was published, and what it changed.

use lakeport_model::PageRequest;
use lakeport_model::documents::{History, Revision};

use super::diff::Diff;
use super::{KIND, Subject, line};
use crate::policy::{self, SeeHistory};
use crate::store::revisions as store;
use crate::{Call, Error, Result};

/// Most revisions in one part of the list.
const LONGEST_PAGE: u32 = 100;

/// The record of somebody who was refused.
const REFUSED: &str = "product.history.refused";

/// Who published a product when, the newest first.
///
/// # Errors
/// Refused to others than members of its domain.
pub async fn history(call: &Call, product: &str, page: PageRequest) -> Result<History> {
    let done = list(call, product, page).await;
    call.noted(REFUSED, format!("product {product}"), done).await
}

async fn list(call: &Call, product: &str, page: PageRequest) -> Result<History> {
    let snapshot = call.snapshot();
    let subject = seen(call, product)?;
    let before = match page.after {
        Some(number) => {
            number.parse::<i64>().map_err(|_| Error::invalid("after", "This page link is not complete."))?
        }
        None => i64::MAX,
    };
    let limit = page.limit.clamp(1, LONGEST_PAGE);
    let mut tx = call.ctx.db.read().await?;
    let rows = store::before(&mut tx, KIND, product, before, i64::from(limit) + 1).await?;
    let page = lakeport_model::Page::cut(rows, limit, |row| row.number.to_string());
    Ok(History {
        may_publish: subject.may_publish(&call.viewer),
        domain: snapshot.domain(subject.domain.as_str()),
        id: subject.id,
        name: subject.name,
        lines: page.items.into_iter().map(|row| line(&snapshot, row)).collect(),
        next: page.next,
    })
}

/// One revision of a product with its text.
///
/// # Errors
/// Refused to others than members of its domain, and where there is none of this number.
pub async fn revision(call: &Call, product: &str, number: u32) -> Result<Revision> {
    let done = one(call, product, number).await;
    call.noted(REFUSED, format!("product {product}"), done).await
}

async fn one(call: &Call, product: &str, number: u32) -> Result<Revision> {
    let snapshot = call.snapshot();
    let subject = seen(call, product)?;
    let mut tx = call.ctx.db.read().await?;
    let found = store::one(&mut tx, KIND, product, number).await?;
    let (row, text) = found.ok_or_else(|| Error::not_found("revision"))?;
    let before = store::one(&mut tx, KIND, product, number.saturating_sub(1)).await?.map(|(_, text)| text);
    let newest = store::newest_of(&mut tx, KIND, product).await?;
    drop(tx);
    let diff = Diff::of(call.party(), before.unwrap_or_default(), text.clone()).await?;
    Ok(Revision {
        may_publish: subject.may_publish(&call.viewer),
        domain: snapshot.domain(subject.domain.as_str()),
        id: subject.id,
        name: subject.name,
        newest: newest.map_or(number, |newest| newest.number),
        line: line(&snapshot, row),
        diff: diff.lines,
        is_cut: diff.is_cut,
        text,
    })
}

/// The product, for those who see its history.
fn seen(call: &Call, product: &str) -> Result<Subject> {
    let subject = Subject::of(&call.snapshot(), &call.rights(), product)?;
    policy::authorize(&call.viewer, SeeHistory { domain: subject.domain.clone() })?;
    Ok(subject)
}
