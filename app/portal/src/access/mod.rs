//! Access: request, decision, grant, review.

mod decide;
mod grants;
mod leave;
mod lists;
mod no_answer;
mod policies;
pub(crate) mod reminders;
mod request;
mod review;

pub use decide::{approve, decide_page, reject};
pub use grants::{confirm_need, give_up, my_grants};
pub use leave::Leavers;
pub(crate) use leave::{Leaver, leave};
pub use lists::{my_requests, to_decide};
pub use policies::{Align, NoAnswer, Policies, Policy};
pub use request::{request, request_form, withdraw};
pub use review::{keep, review_desk, revoke};
pub(crate) use review::{requests_moved, review_at_once};

use std::collections::BTreeSet;

use chrono::TimeDelta;
use lakeport_model::PersonId;
use lakeport_model::access::RequestState;
use lakeport_model::catalog::Classification;
use lakeport_model::people::Role;

use crate::catalog::Snapshot;
use crate::store::access::{Approval, Grant, Request};
use crate::store::people::Member;
use crate::{Ctx, Result};

/// Who can give the next approval: the domain's owners, for a second one its stewards; where nobody eligible
/// remains, the parent domain's owners, then the stewards of both. Never the requester, never twice the same.
pub(crate) fn eligible(snapshot: &Snapshot, request: &Request, approvals: &[Approval]) -> Vec<Member> {
    let first = if approvals.is_empty() { Role::Owner } else { Role::Steward };
    whose_turn(snapshot, domain_of_request(snapshot, request), first, |member| {
        !snapshot.acts_for(request.requester, member.person)
            && approvals.iter().all(|approval| approval.person != member.person)
    })
}

/// The free people of a role in a domain; where there are none, of the next ones who answer for its data.
fn whose_turn(snapshot: &Snapshot, domain: &str, first: Role, free: impl Fn(&Member) -> bool) -> Vec<Member> {
    let parent = snapshot.domains.get(domain).and_then(|domain| domain.parent.as_deref());
    let turns = [
        (Some(domain), first),
        (parent, Role::Owner),
        (Some(domain), Role::Steward),
        (parent, Role::Steward),
        (Some(domain), Role::Owner),
    ];
    turns
        .into_iter()
        .filter_map(|(domain, role)| domain.map(|domain| (domain, role)))
        .map(|(domain, role)| {
            snapshot.members_with(domain, role).filter(|member| free(member)).cloned().collect::<Vec<_>>()
        })
        .find(|people| !people.is_empty())
        .unwrap_or_default()
}

/// Who reviews a grant; never its consumer.
pub(crate) struct Reviewers {
    /// Those whose turn it is: whoever would decide if the access were asked for now.
    pub(crate) first: Vec<PersonId>,
    /// The other stewards. They may review at any time, and are reminded once the review is long overdue.
    pub(crate) later: BTreeSet<PersonId>,
}

impl Reviewers {
    /// Of a grant, as roles are held now.
    pub(crate) fn of(snapshot: &Snapshot, grant: &Grant) -> Self {
        let free = |member: &Member| !snapshot.acts_for(grant.consumer, member.person);
        let domain = answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
        let turn = whose_turn(snapshot, domain, Role::Owner, free);
        let first = ids(&turn);
        let domains = turn.iter().map(|member| member.domain.as_str()).chain([domain]);
        let later = domains
            .flat_map(|domain| snapshot.members_with(domain, Role::Steward))
            .filter(|member| free(member))
            .map(|member| PersonId(member.person))
            .filter(|person| !first.contains(person))
            .collect();
        Self { first, later }
    }
}

/// The domain that answers for data now; where the catalog does not know the data any more, the one that did.
fn answering<'a>(snapshot: &'a Snapshot, asset: Option<&str>, product: &str, then: &'a str) -> &'a str {
    let asset = asset.and_then(|id| snapshot.assets.get(id)).map(|asset| asset.domain.as_str());
    let product = || snapshot.products.get(product).map(|product| product.domain.as_str());
    asset.filter(|domain| !domain.is_empty()).or_else(product).unwrap_or(then)
}

/// The domain that decides a request: while it waits the one that answers for the data now, whoever was asked then.
pub(crate) fn domain_of_request<'a>(snapshot: &'a Snapshot, request: &'a Request) -> &'a str {
    answering(snapshot, request.asset.as_deref(), &request.product, &request.domain)
}

/// How sensitive data is for the rules: as it was when access was asked for, or as it has become since.
pub(crate) fn sensitivity(snapshot: &Snapshot, asset: Option<&str>, then: Classification) -> Classification {
    let now = asset.and_then(|id| snapshot.assets.get(id)).map(|asset| asset.classification);
    now.map_or(then, |now| now.max(then))
}

/// A waiting request under the rules for what its data is now, and with the domain it belongs to now: a stricter policy
/// counts at once, with its longest duration. What was decided stays as it was decided.
pub(crate) fn as_of_today(ctx: &Ctx, snapshot: &Snapshot, mut request: Request) -> Result<Request> {
    if request.state()? == RequestState::Requested {
        let classification = sensitivity(snapshot, request.asset.as_deref(), request.classification()?);
        let longest = TimeDelta::days(ctx.settings.policies.of(classification).longest_days);
        request.ends_on = request.ends_on.min(ctx.now().date_naive() + longest);
        request.classification = classification.to_string();
        request.domain = domain_of_request(snapshot, &request).to_owned();
    }
    Ok(request)
}

/// The ids of these people.
pub(crate) fn ids(people: &[Member]) -> Vec<PersonId> {
    people.iter().map(|member| PersonId(member.person)).collect()
}
