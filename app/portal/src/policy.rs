//! Who may do what: one pure, exhaustive function, and the proof that it was asked.

pub mod action;
mod measurement;
mod opening;
mod proof;
pub mod rules;
mod values;

use lakeport_model::access::RequestState;
use lakeport_model::catalog::{SEEN_TO_DECIDE, Visibility};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, PersonId};

pub use self::action::*;
pub use self::measurement::{Measurement, measure};
pub use self::opening::{Opening, together};
pub use self::proof::{
    AddPerson, Allows, Authorized, BeginCycle, EndGrant, Import, JoinAssets, Leave, OpenAccess,
    RetireDocument, SettleProposal, WriteDocument,
};
pub use self::values::{Entitlement, Held, NOTHING_DESCRIBED, Reach, Values, Way, entitle, reach};
pub(crate) use self::values::{is_for_members, reads_own};
use crate::{Error, ErrorKind, Result};

/// The rule of a request that others decide now.
pub const NOT_HIS_TURN: &str = "request.not_eligible";
/// The rule of a request that does not wait any more.
pub const DECIDED: &str = "request.decided";
/// The rule of a private product that somebody sees to decide about it.
pub const ONLY_DECIDES: &str = "request.only_decides";

/// What was decided, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Decision {
    /// Yes or no.
    pub allowed: bool,
    /// Name of the rule, for the audit.
    pub rule: &'static str,
    /// For a no: the sentence for the person.
    pub why_not: &'static str,
    /// For a no: what kind it is; `NotFound` where the viewer must not learn that the thing exists.
    pub kind: ErrorKind,
}

fn yes(rule: &'static str) -> Decision {
    Decision { allowed: true, rule, why_not: "", kind: ErrorKind::Forbidden }
}

fn no(rule: &'static str, why_not: &'static str) -> Decision {
    Decision { allowed: false, rule, why_not, kind: ErrorKind::Forbidden }
}

fn private() -> Decision {
    Decision {
        kind: ErrorKind::NotFound,
        ..no("product.private", "There is no such product, or you may not see it.")
    }
}

/// Decides. Pure and exhaustive; every no has its own rule.
pub fn decide(viewer: &Viewer, action: &Action) -> Decision {
    match action {
        Action::SeeProduct(SeeProduct { visibility, domain, granted, answers }) => match visibility {
            Visibility::Open | Visibility::Restricted => yes("product.seen_by_everybody"),
            Visibility::Private if viewer.is(Role::Member, domain) => yes("product.own_domain"),
            Visibility::Private if *granted => yes("product.grant"),
            Visibility::Private if *answers => yes("product.answers"),
            Visibility::Private => private(),
        },
        Action::SeeProductDetails(SeeProductDetails { visibility, domain, granted, answers }) => {
            match visibility {
                Visibility::Open => yes("product.open"),
                Visibility::Restricted | Visibility::Private if viewer.is(Role::Member, domain) => {
                    yes("product.own_domain")
                }
                Visibility::Restricted | Visibility::Private if *granted => yes("product.grant"),
                // What comes to somebody to decide, they can look at.
                Visibility::Restricted | Visibility::Private if *answers => yes("product.answers"),
                Visibility::Restricted => no(
                    "product.restricted",
                    "Only the domain's members and people with access see this product's details.",
                ),
                Visibility::Private => private(),
            }
        }
        Action::ReadValues(values) => match reach(viewer, values) {
            Ok(reach) => yes(reach.rule()),
            Err(decision) => decision,
        },
        Action::RequestAccess(RequestAccess { visibility, domain, classification, answers }) => {
            match visibility {
                _ if viewer.is(Role::Member, domain) => {
                    if reads_own(viewer, domain, *classification) {
                        no(
                            "request.own_domain",
                            "You are a member of the domain that owns this data and read it already.",
                        )
                    } else {
                        yes("request.own_domain_restricted")
                    }
                }
                Visibility::Open | Visibility::Restricted => yes("request.signed_in"),
                // They see it for as long as they decide about it. Access of their own would last longer, and may need nobody
                // else.
                Visibility::Private if *answers => no(ONLY_DECIDES, SEEN_TO_DECIDE),
                Visibility::Private => private(),
            }
        }
        Action::DecideRequest(request) => decide_request(viewer, request),
        Action::WithdrawRequest(WithdrawRequest { requester }) => {
            own(viewer, *requester, "request.requester_withdraws")
        }
        Action::ReviewGrant(ReviewGrant { consumer, reviewers }) => {
            review_grant(viewer, *consumer, reviewers)
        }
        Action::SeeGrants(SeeGrants { domain, reviewers }) => see_grants(viewer, domain, reviewers),
        Action::AnswerForOwnGrant(AnswerForOwnGrant { consumer }) => {
            own(viewer, *consumer, "grant.consumer_answers")
        }
        Action::RunChecks(RunChecks { domain, subscriber, told }) => {
            run_checks(viewer, domain, *subscriber, *told)
        }
        Action::SeeAudit(SeeAudit) => {
            if viewer.administrator {
                yes("audit.administrator")
            } else if viewer.memberships.iter().any(|membership| membership.role == Role::Steward) {
                yes("audit.steward")
            } else {
                no("audit.not_eligible", "The audit is for stewards and administrators.")
            }
        }
        Action::ManageTokens(ManageTokens) => tokens(viewer),
        Action::RevokeToken(RevokeToken { owner }) => revoke_token(viewer, *owner),
        Action::ManagePerson(ManagePerson { person }) => manage_person(viewer, *person),
        Action::ManageMember(ManageMember { domain, person, from, to, other_owner }) => {
            manage_member(viewer, domain, *person, (*from, *to), *other_owner)
        }
        Action::RelyOnContract(RelyOnContract { sees: true }) => yes("contract.seen_by_viewer"),
        Action::RelyOnContract(RelyOnContract { sees: false }) => Decision {
            kind: ErrorKind::NotFound,
            ..no("contract.not_seen", "There is no such contract, or you may not see it.")
        },
        Action::EndSubscription(EndSubscription { subscriber }) => {
            own(viewer, *subscriber, "contract.own_subscription")
        }
        Action::PublishDocument(PublishDocument { domain, from }) => publish(viewer, domain, from.as_ref()),
        Action::PushDocument(asked) => push(viewer, asked),
        Action::LowerClassification(asked) => lower(viewer, asked),
        Action::Certify(asked) => certify(viewer, asked),
        Action::ProposeDocument(ProposeDocument { domain }) => propose(viewer, domain),
        Action::DecideProposal(DecideProposal { domain, proposer }) => {
            decide_proposal(viewer, domain, *proposer)
        }
        Action::WithdrawProposal(WithdrawProposal { proposer }) => {
            own(viewer, *proposer, "proposal.proposer_withdraws")
        }
        Action::SeeHistory(SeeHistory { domain }) => see_history(viewer, domain),
        Action::MoveClock(MoveClock { demo: true }) => yes("clock.demo"),
        Action::MoveClock(MoveClock { demo: false }) => {
            no("clock.real", "The clock can be moved in the demo only.")
        }
    }
}

fn own(viewer: &Viewer, person: PersonId, rule: &'static str) -> Decision {
    if viewer.id == person { yes(rule) } else { no("not_his_own", "Only the person concerned can do this.") }
}

/// Whose turn it is decides, and nobody about what they asked for themselves.
fn decide_request(viewer: &Viewer, request: &DecideRequest) -> Decision {
    let DecideRequest { state, requester, approved_by, eligible } = request;
    if *requester == viewer.id {
        no("request.not_his_own", "Nobody decides their own request.")
    } else if *state != RequestState::Requested {
        Decision {
            kind: ErrorKind::Conflict,
            ..no(DECIDED, "This request was decided before; nothing was changed.")
        }
    } else if approved_by.contains(&viewer.id) {
        no("request.approved_once", "You approved this request; it needs a second person.")
    } else if eligible.contains(&viewer.id) {
        yes(if approved_by.is_empty() { "request.owner_decides" } else { "request.second_approver_decides" })
    } else {
        no(NOT_HIS_TURN, "It is not your turn to decide this request.")
    }
}

/// Checks are run by those who care and are told what comes out.
fn run_checks(viewer: &Viewer, domain: &DomainId, subscriber: bool, told: bool) -> Decision {
    let own = viewer.is(Role::Member, domain);
    if !own && !subscriber {
        no("checks.not_eligible", "Only the domain's members and subscribers run the checks.")
    } else if !told {
        no(
            "checks.results_need_access",
            "The results are shown to those who may read the data. The checks run once a day.",
        )
    } else if own {
        yes("checks.own_domain")
    } else {
        yes("checks.subscriber")
    }
}

fn review_grant(viewer: &Viewer, consumer: PersonId, reviewers: &[PersonId]) -> Decision {
    if consumer == viewer.id {
        no("grant.not_his_own", "Nobody reviews or withdraws their own grant.")
    } else if reviewers.contains(&viewer.id) {
        yes("grant.owner_or_steward_reviews")
    } else {
        no("grant.not_eligible", "Only those who answer for this data review who reads it.")
    }
}

fn see_grants(viewer: &Viewer, domain: &DomainId, reviewers: &[PersonId]) -> Decision {
    if viewer.is(Role::Steward, domain) {
        yes("grants.owner_or_steward")
    } else if reviewers.contains(&viewer.id) {
        yes("grants.reviewer")
    } else {
        no("grants.not_eligible", "Only those who answer for this data see who holds access to it.")
    }
}

fn tokens(viewer: &Viewer) -> Decision {
    if viewer.administrator {
        yes("tokens.administrator")
    } else {
        no("tokens.not_eligible", "Service accounts are for administrators.")
    }
}

fn revoke_token(viewer: &Viewer, owner: Option<PersonId>) -> Decision {
    if viewer.administrator {
        yes("tokens.administrator")
    } else if owner == Some(viewer.id) {
        yes("tokens.owner")
    } else {
        no("tokens.not_his_own", "A token is revoked by whoever answers for it or by an administrator.")
    }
}

fn manage_person(viewer: &Viewer, person: PersonId) -> Decision {
    if !viewer.administrator {
        no("people.not_eligible", "Disabling and enabling people is for administrators.")
    } else if viewer.id == person {
        no("people.not_himself", "Nobody disables their own account; another administrator has to.")
    } else {
        yes("people.administrator")
    }
}

/// Whoever looks after a domain gives and takes roles up to their own, an administrator every role, and nobody a higher one
/// to themselves.
fn manage_member(
    viewer: &Viewer,
    domain: &DomainId,
    person: PersonId,
    (from, to): (Option<Role>, Option<Role>),
    other_owner: bool,
) -> Decision {
    let own = viewer.role_in(domain);
    let is_above = from.max(to) > own;
    if !viewer.administrator && own < Some(Role::Steward) {
        no("members.not_eligible", "Only the domain's owners and stewards change who belongs to it.")
    } else if !viewer.administrator && is_above {
        no(
            "members.above_own_role",
            "Only an owner of the domain makes somebody an owner or takes an owner's role.",
        )
    } else if person == viewer.id && to > from {
        no("members.not_himself", "Nobody raises their own role; another owner has to.")
    } else if from == Some(Role::Owner) && to != from && !other_owner {
        no("members.last_owner", "A domain keeps at least one owner. Make somebody else an owner first.")
    } else if own == Some(Role::Owner) {
        yes("members.owner")
    } else if own == Some(Role::Steward) && !is_above {
        yes("members.steward")
    } else {
        yes("members.administrator")
    }
}

/// A domain speaks for itself: its owners and stewards publish what it offers. What moves, both domains agree to.
fn publish(viewer: &Viewer, domain: &DomainId, from: Option<&DomainId>) -> Decision {
    if from.is_some_and(|from| !viewer.is(Role::Steward, from)) {
        no("publish.not_eligible", "Only the owners and stewards of its domain publish a change of it.")
    } else if !viewer.is(Role::Steward, domain) {
        no(
            "publish.other_domain",
            "Only the owners and stewards of a domain publish what belongs to that domain.",
        )
    } else if viewer.is(Role::Owner, domain) {
        yes("publish.owner")
    } else {
        yes("publish.steward")
    }
}

/// Members who publish nothing in their domain propose what others of it publish.
fn propose(viewer: &Viewer, domain: &DomainId) -> Decision {
    if viewer.role_in(domain) == Some(Role::Member) {
        yes("proposal.member")
    } else {
        no(
            "proposal.not_eligible",
            "Only members of its domain propose a change of it; its owners and stewards publish theirs.",
        )
    }
}

/// Whoever may publish a change decides about it, and nobody about their own.
fn decide_proposal(viewer: &Viewer, domain: &DomainId, proposer: PersonId) -> Decision {
    if proposer == viewer.id {
        no("proposal.own", "Nobody decides what they proposed. Take it back, or ask another one to decide.")
    } else {
        publish(viewer, domain, Some(domain))
    }
}

/// True for whoever proposes changes in a domain and publishes none.
pub(crate) fn proposes(viewer: &Viewer, domain: &DomainId) -> bool {
    decide(viewer, &ProposeDocument { domain: domain.clone() }.into()).allowed
}

/// Refuses whoever may neither publish a change of what belongs to this domain nor propose one; true for who proposes.
pub(crate) fn writes(viewer: &Viewer, domain: &DomainId) -> Result<bool> {
    if proposes(viewer, domain) {
        return Ok(true);
    }
    authorize(viewer, PublishDocument { domain: domain.clone(), from: Some(domain.clone()) }).map(|_| false)
}

/// A program pushes where its token says so, and never more than whoever answers for the token may publish.
fn push(viewer: &Viewer, asked: &PushDocument) -> Decision {
    let PushDocument { kind, domain, from, scopes, owner } = asked;
    let domains = [from.as_ref().unwrap_or(domain), domain];
    let is_carried =
        |domain: &DomainId| scopes.iter().any(|scope| scope.kind == *kind && scope.domain == *domain);
    if !viewer.service {
        return no("push.programs_only", "Only service accounts push folders.");
    }
    if !domains.into_iter().all(is_carried) {
        return no(
            "push.no_scope",
            "The token needs a scope for this kind of document in its domain, such as finance:product; where the document \
             moves, in both domains.",
        );
    }
    let Some(owner) = owner else {
        return no("push.nobody_answers", "Nobody who can sign in answers for this token.");
    };
    if !domains.into_iter().all(|domain| owner.is(Role::Steward, domain)) {
        return no(
            "push.owner_may_not",
            "Whoever answers for the token has to be an owner or steward of the document's domain; where the document \
             moves, of both domains.",
        );
    }
    yes(if owner.is(Role::Owner, domain) { "push.owner" } else { "push.steward" })
}

/// How sensitive data is, the steward watches over: an owner, whom less protection spares questions, lowers it only where there
/// is no steward.
fn lower(viewer: &Viewer, asked: &LowerClassification) -> Decision {
    let LowerClassification { domain, has_steward, is_fresh } = asked;
    match viewer.role_in(domain) {
        Some(Role::Steward) if *is_fresh => no(
            "classification.fresh_steward",
            "You became a steward of its domain a short while ago: for two weeks, whoever was it before you makes data less \
             protected, or takes it from there.",
        ),
        Some(Role::Steward) => yes("classification.steward_lowers"),
        Some(Role::Owner) if !*has_steward => yes("classification.owner_lowers"),
        Some(Role::Owner) => no(
            "classification.steward_needed",
            "Only a steward of its domain makes data less protected than it was, or takes it from there. Ask one of them to \
             publish it, or leave that as it was. Whoever was a steward counts for two weeks more.",
        ),
        Some(Role::Member) | None => no(
            "classification.not_eligible",
            "Only the stewards of its domain make data less protected than it was, or take it from there.",
        ),
    }
}

/// What others trust, the steward looked at: an owner certifies their own data only where there is no steward.
fn certify(viewer: &Viewer, asked: &Certify) -> Decision {
    let Certify { domain, has_steward, is_fresh } = asked;
    match viewer.role_in(domain) {
        Some(Role::Steward) if *is_fresh => no(
            "certification.fresh_steward",
            "You became a steward of its domain a short while ago: for two weeks, whoever was it before you certifies this, or \
             withdraws that.",
        ),
        Some(Role::Steward) => yes("certification.steward"),
        Some(Role::Owner) if !*has_steward => yes("certification.owner"),
        Some(Role::Owner) => no(
            "certification.steward_needed",
            "Only a steward of its domain certifies this, or withdraws that. Ask one of them. Whoever was a steward counts \
             for two weeks more.",
        ),
        Some(Role::Member) | None => no(
            "certification.not_eligible",
            "Only the stewards of its domain certify this, or withdraw that.",
        ),
    }
}

/// An older text may say what was private then, and what administrators do not see now either.
fn see_history(viewer: &Viewer, domain: &DomainId) -> Decision {
    if viewer.is(Role::Member, domain) {
        yes("history.own_domain")
    } else {
        no("history.not_eligible", "Only members of its domain see who changed this, and its older texts.")
    }
}

/// Whose stewardship limits what a reader of the audit sees; administrators see all of it.
pub fn audit_limit(viewer: &Viewer) -> Option<PersonId> {
    (!viewer.administrator).then_some(viewer.id)
}

/// Decides, and turns a no into a refusal.
pub fn authorize<A>(viewer: &Viewer, action: A) -> Result<Authorized<A>>
where
    A: Into<Action>,
{
    let decision = decide(viewer, &action.into());
    if decision.allowed {
        Ok(Authorized::new(decision.rule, Some(viewer.id)))
    } else {
        Err(refused(viewer, &decision))
    }
}

/// A no as a refusal. It hides what must not be known; the log keeps the true reason.
fn refused(viewer: &Viewer, decision: &Decision) -> Error {
    tracing::info!(viewer = %viewer.id, rule = decision.rule, "refused");
    match decision.kind {
        ErrorKind::NotFound => Error::not_found("such page").under(decision.rule),
        // Somebody else was faster: nobody was kept from anything.
        ErrorKind::Conflict => Error::conflict(decision.why_not),
        _ => Error::forbidden(decision.why_not).under(decision.rule),
    }
}

#[cfg(test)]
mod tests;
