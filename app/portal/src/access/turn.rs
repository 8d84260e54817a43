//! Who may decide or review instead of somebody who may not, by name: the rules themselves know ids alone.

use lakeport_model::access::RequestState;
use lakeport_model::people::Viewer;
use lakeport_model::{PersonId, listed};

use crate::Result;
use crate::catalog::Snapshot;
use crate::policy::{self, Action, Authorized, DecideRequest, ReviewGrant};

/// Why the viewer may not do this, in a sentence; `None` where they may.
pub(super) fn why_not(snapshot: &Snapshot, viewer: &Viewer, action: &Action) -> Option<String> {
    let decision = policy::decide(viewer, action);
    if decision.allowed {
        return None;
    }
    let names = |people: &[PersonId]| {
        listed(&people.iter().map(|person| snapshot.person_name(*person)).collect::<Vec<_>>())
    };
    Some(match action {
        Action::DecideRequest(DecideRequest { eligible, .. }) if decision.rule == policy::NOT_HIS_TURN => {
            match &eligible[..] {
                [] => "It is not your turn, and nobody can decide it yet.".to_owned(),
                eligible => format!("It is not your turn: it lies with {}.", names(eligible)),
            }
        }
        Action::DecideRequest(DecideRequest { state: RequestState::Withdrawn, requester, .. })
            if decision.rule == policy::DECIDED =>
        {
            format!("{}; nothing was changed.", withdrew(&snapshot.who(*requester), "it"))
        }
        // Their own is what a service account holds, too, that they answer for.
        Action::ReviewGrant(ReviewGrant { consumer, reviewers })
            if snapshot.acts_for(*consumer, viewer.id) =>
        {
            match &reviewers[..] {
                [] => "Nobody reviews or withdraws their own grant, and nobody else answers for this data."
                    .to_owned(),
                reviewers => {
                    format!("Nobody reviews or withdraws their own grant; {} can.", names(reviewers))
                }
            }
        }
        _ => decision.why_not.to_owned(),
    })
}

/// That a request was taken back: nobody decided it.
pub(super) fn withdrew(who: &str, what: &str) -> String {
    format!("{who} withdrew {what}")
}

/// Proof that the viewer may do this; a no names those who may.
pub(super) fn authorize<A>(snapshot: &Snapshot, viewer: &Viewer, action: A) -> Result<Authorized<A>>
where
    A: Into<Action> + Clone,
{
    policy::authorize(viewer, action.clone()).map_err(|refused| {
        match why_not(snapshot, viewer, &action.into()) {
            Some(sentence) => refused.saying(sentence),
            None => refused,
        }
    })
}
