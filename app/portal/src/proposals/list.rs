//! What somebody may decide, and what they proposed.

use chrono::DateTime;
use lakeport_model::people::Role;
use lakeport_model::proposals::{MOST_COUNTED, Proposals};
use lakeport_model::{First, Page, PageRequest, ProposalId};
use uuid::Uuid;

use super::{line, thing};
use crate::policy::{self, DecideProposal};
use crate::store::Tx;
use crate::store::proposals::{self as store, ProposalRow};
use crate::{Call, Error, Result};

/// Most open ones that are listed.
const MOST_LISTED: usize = 100;
/// Most in one part of those of a person.
const LONGEST_PAGE: u32 = 50;

/// The open proposals that the viewer may decide, and a part of those of the viewer.
///
/// # Errors
/// Refused where the place to go on from is none.
pub async fn list(call: &Call, page: PageRequest) -> Result<Proposals> {
    let before = match &page.after {
        Some(id) => id.parse().map_err(|_| Error::invalid("after", "This page link is not complete."))?,
        None => ProposalId(Uuid::max()),
    };
    let limit = page.limit.clamp(1, LONGEST_PAGE);
    let mut tx = call.ctx.db.read().await?;
    let waiting = waiting(&mut tx, call).await?;
    let mine = store::of_person(&mut tx, call.viewer.id, before, i64::from(limit) + 1).await?;
    drop(tx);
    let lines =
        |rows: Vec<ProposalRow>| rows.into_iter().filter_map(|row| line(call, row)).collect::<Vec<_>>();
    let Page { items, next } = Page::cut(mine, limit, |row| row.id.to_string());
    Ok(Proposals {
        to_decide: First::cut(lines(waiting), MOST_LISTED),
        mine: Page { items: lines(items), next },
    })
}

/// The first open proposals that the viewer may decide. Those of what is not there or cannot be read keep no others from being
/// found.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn waiting(tx: &mut Tx, call: &Call) -> Result<Vec<ProposalRow>> {
    let mine = call.viewer.memberships.iter().filter(|membership| membership.role >= Role::Steward);
    let domains: Vec<&str> = mine.map(|membership| membership.domain.id.as_str()).collect();
    if domains.is_empty() {
        return Ok(Vec::new());
    }
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let may_decide = |row: &ProposalRow| {
        thing(&snapshot, &rights, row).is_some_and(|thing| {
            let asked = DecideProposal { domain: thing.domain().into(), proposer: row.person };
            policy::decide(&call.viewer, &asked.into()).allowed
        })
    };
    let most = usize::try_from(MOST_COUNTED).unwrap_or(usize::MAX);
    let (mut found, mut after) = (Vec::new(), (DateTime::UNIX_EPOCH, ProposalId(Uuid::nil())));
    loop {
        let person = call.viewer.id;
        let rows = store::open_in(tx, &domains, person, after, i64::from(MOST_COUNTED)).await?;
        let is_end = rows.len() < most;
        if let Some(last) = rows.last() {
            after = (last.at, last.id);
        }
        found.extend(rows.into_iter().filter(may_decide));
        if is_end || found.len() >= most {
            break;
        }
    }
    found.truncate(most);
    Ok(found)
}
