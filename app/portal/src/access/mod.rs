//! Access: request, decision, grant, review.

mod decide;
mod grants;
mod lists;
mod policies;
pub(crate) mod reminders;
mod request;
mod review;

pub use decide::{approve, decide_page, reject};
pub use grants::{confirm_need, give_up, my_grants};
pub use lists::{my_requests, to_decide};
pub use policies::{Align, NoAnswer, Policies, Policy};
pub use request::{request, request_form, withdraw};
pub use review::{keep, review_desk, revoke};

use lakeport_model::PersonId;

use crate::catalog::Snapshot;
use crate::store::access::{Approval, Request};
use crate::store::people::Member;

/// Who can give the next approval: the domain's owners, for a second one its stewards; where nobody eligible
/// remains, the parent domain's owners, then the stewards of both. Never the requester, never twice the same.
pub(crate) fn eligible(snapshot: &Snapshot, request: &Request, approvals: &[Approval]) -> Vec<Member> {
    use lakeport_model::people::Role::{Owner, Steward};
    let domain = &request.domain;
    let parent = snapshot.domains.get(domain).and_then(|domain| domain.parent.clone());
    let first = if approvals.is_empty() { Owner } else { Steward };
    let mut turns = vec![(Some(domain.clone()), first)];
    turns.extend([(parent.clone(), Owner), (Some(domain.clone()), Steward), (parent, Steward)]);
    turns.push((Some(domain.clone()), Owner));
    let free = |member: &Member| {
        member.person != request.requester
            && approvals.iter().all(|approval| approval.person != member.person)
    };
    turns
        .into_iter()
        .filter_map(|(domain, role)| domain.map(|domain| (domain, role)))
        .map(|(domain, role)| {
            snapshot.members_with(&domain, role).filter(|member| free(member)).cloned().collect::<Vec<_>>()
        })
        .find(|people| !people.is_empty())
        .unwrap_or_default()
}

/// The ids of these people.
pub(crate) fn ids(people: &[Member]) -> Vec<PersonId> {
    people.iter().map(|member| PersonId(member.person)).collect()
}
