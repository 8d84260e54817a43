//! Who may do what: one pure, exhaustive function, and the proof that it was asked.

use lakeport_model::access::{GrantStanding, RequestState};
use lakeport_model::catalog::{Classification, Visibility};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, PersonId};

use crate::{Error, RefusalKind, Result};

/// Something a viewer wants to do, with the facts the decision needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Know that a product exists.
    SeeProduct {
        /// Its visibility.
        visibility: Visibility,
        /// Its domain.
        domain: DomainId,
    },
    /// See a product's details: ports, contracts, lineage.
    SeeProductDetails {
        /// Its visibility.
        visibility: Visibility,
        /// Its domain.
        domain: DomainId,
    },
    /// Read values of an asset: rows, profiles, options, results of queries.
    ReadValues {
        /// The domain that owns the asset.
        domain: DomainId,
        /// Highest classification of its columns.
        classification: Classification,
        /// The viewer sees the asset's descriptions and columns, not only that it exists.
        seen_in_full: bool,
        /// Standings of the viewer's grants on it.
        grants: Vec<GrantStanding>,
    },
    /// Ask for access to an output port.
    RequestAccess {
        /// Visibility of the product.
        visibility: Visibility,
        /// Its domain.
        domain: DomainId,
        /// Highest classification of the columns.
        classification: Classification,
    },
    /// Approve or reject a request.
    DecideRequest {
        /// State of the request.
        state: RequestState,
        /// Who asks.
        requester: PersonId,
        /// Who approved before.
        approved_by: Vec<PersonId>,
        /// Who can decide now: the people of the role that is asked for next.
        eligible: Vec<PersonId>,
    },
    /// Take a request back.
    WithdrawRequest {
        /// Who asks.
        requester: PersonId,
    },
    /// Keep or withdraw a grant.
    ReviewGrant {
        /// Who reads.
        consumer: PersonId,
        /// Who reviews: those who answer for the data now.
        reviewers: Vec<PersonId>,
    },
    /// Say "still needed", or give a grant up.
    AnswerForOwnGrant {
        /// Who reads.
        consumer: PersonId,
    },
    /// Run a contract's checks.
    RunChecks {
        /// The domain that gives the promise.
        domain: DomainId,
        /// The viewer subscribed to it.
        subscriber: bool,
    },
    /// Read the audit.
    SeeAudit,
    /// Make and revoke tokens.
    ManageTokens,
    /// Move the demo's clock.
    MoveClock {
        /// The portal runs as a demo.
        demo: bool,
    },
}

/// What was decided, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Yes or no.
    pub allowed: bool,
    /// Name of the rule, for the audit.
    pub rule: &'static str,
    /// For a no: the sentence for the person.
    pub why_not: &'static str,
    /// For a no: what kind it is; `NotFound` where the viewer must not learn that the thing exists.
    pub kind: RefusalKind,
}

fn yes(rule: &'static str) -> Decision {
    Decision { allowed: true, rule, why_not: "", kind: RefusalKind::Forbidden }
}

fn no(rule: &'static str, why_not: &'static str) -> Decision {
    Decision { allowed: false, rule, why_not, kind: RefusalKind::Forbidden }
}

fn private() -> Decision {
    Decision {
        kind: RefusalKind::NotFound,
        ..no("product.private", "There is no such product, or you may not see it.")
    }
}

/// Decides. Pure and exhaustive; every no has its own rule.
pub fn decide(viewer: &Viewer, action: &Action) -> Decision {
    match action {
        Action::SeeProduct { visibility, domain } => match visibility {
            Visibility::Open | Visibility::Restricted => yes("product.seen_by_everybody"),
            Visibility::Private if viewer.is(Role::Member, domain) => yes("product.own_domain"),
            Visibility::Private => private(),
        },
        Action::SeeProductDetails { visibility, domain } => match visibility {
            Visibility::Open => yes("product.open"),
            Visibility::Restricted | Visibility::Private if viewer.is(Role::Member, domain) => {
                yes("product.own_domain")
            }
            Visibility::Restricted => {
                no("product.restricted", "Only the domain's members see this product's details.")
            }
            Visibility::Private => private(),
        },
        Action::ReadValues { domain, classification, seen_in_full, grants } => {
            read_values(viewer, domain, *classification, *seen_in_full, grants)
        }
        Action::RequestAccess { visibility, domain, classification } => match visibility {
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
            Visibility::Private => private(),
        },
        Action::DecideRequest { state, requester, approved_by, eligible } => {
            if *requester == viewer.id {
                no("request.not_his_own", "Nobody decides his own request.")
            } else if *state != RequestState::Requested {
                Decision {
                    kind: RefusalKind::Conflict,
                    ..no("request.decided", "This request was decided before; nothing was changed.")
                }
            } else if approved_by.contains(&viewer.id) {
                no("request.approved_once", "You approved this request; it needs a second person.")
            } else if eligible.contains(&viewer.id) {
                yes(if approved_by.is_empty() {
                    "request.owner_decides"
                } else {
                    "request.second_approver_decides"
                })
            } else {
                no("request.not_eligible", "Only those who answer for this data can decide the request.")
            }
        }
        Action::WithdrawRequest { requester } => own(viewer, *requester, "request.requester_withdraws"),
        Action::ReviewGrant { consumer, reviewers } => {
            if *consumer == viewer.id {
                no("grant.not_his_own", "Nobody reviews his own grant; another owner or a steward has to.")
            } else if reviewers.contains(&viewer.id) {
                yes("grant.owner_or_steward_reviews")
            } else {
                no("grant.not_eligible", "Only those who answer for this data review who reads it.")
            }
        }
        Action::AnswerForOwnGrant { consumer } => own(viewer, *consumer, "grant.consumer_answers"),
        Action::RunChecks { domain, subscriber } => {
            if viewer.is(Role::Member, domain) {
                yes("checks.own_domain")
            } else if *subscriber {
                yes("checks.subscriber")
            } else {
                no("checks.not_eligible", "Only the domain's members and subscribers run the checks.")
            }
        }
        Action::SeeAudit => {
            if viewer.administrator {
                yes("audit.administrator")
            } else if viewer.memberships.iter().any(|membership| membership.role == Role::Steward) {
                yes("audit.steward")
            } else {
                no("audit.not_eligible", "The audit is for stewards and administrators.")
            }
        }
        Action::ManageTokens if viewer.administrator => yes("tokens.administrator"),
        Action::ManageTokens => no("tokens.not_eligible", "Service accounts are for administrators."),
        Action::MoveClock { demo: true } => yes("clock.demo"),
        Action::MoveClock { demo: false } => no("clock.real", "The clock can be moved in the demo only."),
    }
}

fn own(viewer: &Viewer, person: PersonId, rule: &'static str) -> Decision {
    if viewer.id == person { yes(rule) } else { no("not_his_own", "Only the person concerned can do this.") }
}

/// The rule by which somebody without grant or membership reads: it opens what is described as public, nothing else.
pub(crate) const VALUES_PUBLIC: &str = "values.public";

fn read_values(
    viewer: &Viewer,
    domain: &DomainId,
    classification: Classification,
    seen_in_full: bool,
    grants: &[GrantStanding],
) -> Decision {
    if grants.contains(&GrantStanding::Active) {
        yes("values.grant")
    } else if viewer.is(Role::Member, domain) {
        if reads_own(viewer, domain, classification) {
            yes("values.own_domain")
        } else {
            no(
                "values.restricted",
                "Restricted data is read by the domain's stewards and owners, or under a grant.",
            )
        }
    } else if classification == Classification::Public && seen_in_full {
        yes(VALUES_PUBLIC)
    } else {
        no("values.no_grant", "You have no access to this data yet.")
    }
}

/// A domain reads its own data; restricted columns only those who look after them.
fn reads_own(viewer: &Viewer, domain: &DomainId, classification: Classification) -> bool {
    let least = if classification < Classification::Restricted { Role::Member } else { Role::Steward };
    viewer.is(least, domain)
}

/// Proof that [`authorize`] allowed something; only it can make one. Changes of state ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorized {
    rule: &'static str,
    viewer: PersonId,
}

impl Authorized {
    /// The rule that allowed it, for the audit.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Who was allowed.
    pub fn viewer(&self) -> PersonId {
        self.viewer
    }
}

/// Decides, and turns a no into a refusal.
pub fn authorize(viewer: &Viewer, action: &Action) -> Result<Authorized> {
    let decision = decide(viewer, action);
    if decision.allowed {
        Ok(Authorized { rule: decision.rule, viewer: viewer.id })
    } else {
        // The refusal hides what must not be known; the log keeps the true reason.
        tracing::info!(viewer = %viewer.id, rule = decision.rule, "refused");
        Err(match decision.kind {
            RefusalKind::NotFound => Error::not_found("such page"),
            RefusalKind::Conflict => Error::conflict(decision.why_not),
            _ => Error::forbidden(decision.why_not),
        })
    }
}

#[cfg(test)]
mod tests;
