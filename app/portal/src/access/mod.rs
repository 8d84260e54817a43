//! Access: request, decision, grant, review.

mod asking;
mod decide;
pub(crate) mod eyes;
mod grants;
mod held;
mod kept;
mod leave;
mod lists;
pub(crate) mod no_answer;
mod ownership;
mod part;
mod policies;
mod renewal;
mod request;
pub(crate) mod review;
pub(crate) mod schedule;
mod settled;
pub(crate) mod still;
pub(crate) mod telling;
mod turn;
pub(crate) mod wake;
mod who;

pub use asking::ask_for_decision;
pub use decide::{approve, decide_page, reject};
pub(crate) use grants::my_live_grants;
pub use grants::{confirm_need, give_up, my_access, my_grants};
pub use held::held;
pub(crate) use held::sees_held;
pub use leave::Leavers;
pub(crate) use leave::{Leaver, leave};
pub use lists::{Waiting, my_requests, to_decide, waiting_for};
pub(crate) use no_answer::{as_told, reads_until};
pub(crate) use ownership::{Concerned, catalog_changed, roles_changed};
pub use policies::{Align, NoAnswer, Policies, Policy};
pub(crate) use request::closed;
pub use request::{no_table, request, request_form, request_form_like, withdraw};
pub(crate) use review::first_end;
pub use review::{keep, review_desk, revoke};
pub use schedule::Cadence;
pub(crate) use settled::{DELIVERY, Settled, settled};
pub(crate) use who::in_place_of_owners;

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::RequestState;
use lakeport_model::catalog::Classification;
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, PersonId};

use crate::snapshot::Snapshot;
use crate::snapshot::answering::{above, answering_people, ids, nearest, other_stewards, whose_turn};
use crate::store::Tx;
use crate::store::access::{Approval, Grant, Request};
use crate::store::people::{self as persons, Member};
use crate::store::stored::Word;
use crate::{Ctx, Error, Result};

/// Who can give the next approval: those whose turn it is, and once the request has waited too long those above.
pub(crate) fn eligible(
    snapshot: &Snapshot,
    request: &Request,
    approvals: &[Approval],
    today: NaiveDate,
) -> Vec<Member> {
    let Deciders { mut turn, above } = Deciders::of(snapshot, request, approvals);
    if schedule::is_request_escalated(request.waits_since.date_naive(), today) {
        turn.extend(above);
    }
    turn
}

/// Who decides a request. Never the requester, never twice the same.
pub(crate) struct Deciders {
    /// The domain's owners, for a second approval its stewards; where nobody eligible remains, the parent domain's
    /// owners, then the stewards of both.
    pub(crate) turn: Vec<Member>,
    /// Whom the request goes to when those do not decide.
    pub(crate) above: Vec<Member>,
}

impl Deciders {
    /// Of a request with its approvals so far, as roles are held now.
    pub(crate) fn of(snapshot: &Snapshot, request: &Request, approvals: &[Approval]) -> Self {
        let first = if approvals.is_empty() { Role::Owner } else { Role::Steward };
        let domain = domain_of_request(snapshot, request);
        let free = |member: &Member| {
            !snapshot.acts_for(request.requester, member.person)
                && approvals.iter().all(|approval| approval.person != member.person)
        };
        let turn = whose_turn(snapshot, domain, first, free);
        let above = above(snapshot, domain, &turn, free);
        Self { turn, above }
    }
}

/// Who answers for what happens to the data of a domain: its owners and stewards; where it has none, those whom a request
/// for it goes to, and where there is nobody either, the administrators.
pub(crate) async fn who_answers(tx: &mut Tx, snapshot: &Snapshot, domain: &str) -> Result<Vec<PersonId>> {
    let people = nearest(snapshot, domain);
    if !people.is_empty() {
        return Ok(people);
    }
    persons::administrators(tx).await
}

/// The domains with contracts that somebody answers for, as [`who_answers`] says.
pub(crate) fn domains_of(snapshot: &Snapshot, viewer: &Viewer) -> Vec<String> {
    let mut domains = answers_for(snapshot, viewer);
    domains.retain(|domain| nearest(snapshot, domain).contains(&viewer.id));
    if viewer.administrator {
        domains.extend(snapshot.unanswered().map(str::to_owned));
    }
    domains
}

/// Who reviews a grant; never its consumer.
pub(crate) struct Reviewers {
    /// Those whose turn it is: whoever would decide if the access were asked for now.
    pub(crate) first: Vec<PersonId>,
    /// The other stewards. They may review at any time, and are reminded once the review is long overdue.
    pub(crate) later: BTreeSet<PersonId>,
    /// Whom a review that is long overdue goes to as well, so that somebody decides before the policy does.
    pub(crate) above: Vec<PersonId>,
}

impl Reviewers {
    /// Of a grant, as roles are held now.
    pub(crate) fn of(snapshot: &Snapshot, grant: &Grant) -> Self {
        let domain = answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
        Self::among(snapshot, domain, |member| !snapshot.acts_for(grant.consumer, member.person))
    }

    /// Of what is held of a domain's data, among those who are free to.
    fn among(snapshot: &Snapshot, domain: &str, free: impl Fn(&Member) -> bool) -> Self {
        let turn = whose_turn(snapshot, domain, Role::Owner, &free);
        let first = ids(&turn);
        let above = ids(&above(snapshot, domain, &turn, &free));
        let later = other_stewards(snapshot, domain, &turn, &free);
        Self { first, later, above }
    }

    /// Those it lies with, each once: whose turn it is, and everybody who may review once it is long overdue or where it is
    /// nobody's turn.
    pub(crate) fn asked(self, escalated: bool) -> Vec<PersonId> {
        let Self { first: mut people, later, above } = self;
        if escalated || people.is_empty() {
            for person in later.into_iter().chain(above) {
                if !people.contains(&person) {
                    people.push(person);
                }
            }
        }
        people
    }

    /// Those who may review, once it is long overdue or before.
    pub(crate) fn now(self, escalated: bool) -> Vec<PersonId> {
        if escalated { self.late() } else { self.at_any_time() }
    }

    /// Those who may review before it is long overdue.
    fn at_any_time(self) -> Vec<PersonId> {
        self.first.into_iter().chain(self.later).collect()
    }

    /// Those who may review once it is.
    fn late(self) -> Vec<PersonId> {
        self.first.into_iter().chain(self.later).chain(self.above).collect()
    }
}

/// The domains whose questions can come to somebody: those they answer for, and those below.
fn answers_for(snapshot: &Snapshot, viewer: &Viewer) -> Vec<String> {
    let own = viewer.memberships.iter().map(|held| &held.domain.id);
    let own: BTreeSet<&str> =
        own.filter(|domain| viewer.is(Role::Steward, domain)).map(DomainId::as_str).collect();
    let below = own.iter().flat_map(|domain| snapshot.below(domain)).map(|domain| domain.id.as_str());
    let domains: BTreeSet<&str> = own.iter().copied().chain(below).collect();
    domains.into_iter().map(str::to_owned).collect()
}

/// The domain that answers for data now; where the catalog does not know the data any more, the one that did.
pub(crate) fn answering<'a>(
    snapshot: &'a Snapshot,
    asset: Option<&str>,
    product: &str,
    then: &'a str,
) -> &'a str {
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
pub(crate) fn as_of_today(ctx: &Ctx, snapshot: &Snapshot, mut request: Request, today: NaiveDate) -> Request {
    if request.state == RequestState::Requested {
        let then = request.classification.or_strictest();
        let classification = sensitivity(snapshot, request.asset.as_deref(), then);
        let longest = TimeDelta::days(ctx.settings.policies.of(classification).longest_days);
        request.ends_on = request.ends_on.min(today + longest);
        if matches!(request.classification, Word::Known(_)) {
            request.classification = Word::Known(classification);
        }
        request.domain = domain_of_request(snapshot, &request).to_owned();
    }
    request
}

/// What opens data on, or goes on with it: a classification that can be read. Saying no needs none.
fn to_open_under(stored: &Word<Classification>) -> Result<Classification> {
    match stored {
        Word::Known(classification) => Ok(*classification),
        Word::Unknown(_) => Err(Error::conflict(
            "How sensitive this data was when access to it was asked for cannot be read in the database, so that nobody \
             can open it by that. Nothing was changed. An administrator has to correct it first.",
        )),
    }
}

#[cfg(test)]
mod tests;
