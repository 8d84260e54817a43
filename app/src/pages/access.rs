//! Requests, decisions, grants, reviews.

mod approve_button;
mod decide;
mod decide_list;
mod evidence;
mod grants;
mod held;
mod request_form;
mod requests;
mod review_keys;
mod reviews;

use lakeport_model::access::{GrantLine, GrantStanding, RequestLine, RequestState, ReviewState};
use lakeport_model::catalog::AssetRef;
use lakeport_model::sharing::Provisioning;

use crate::ui::{Tone, day_words};

pub(crate) use decide::DecidePage;
pub(crate) use decide_list::DecideListPage;
pub(crate) use grants::GrantsPage;
pub(crate) use held::{AFTER as HELD_AFTER, held};
pub(crate) use request_form::RequestPage;
pub(crate) use requests::RequestsPage;
pub(crate) use reviews::ReviewsPage;

fn request_badge(state: RequestState) -> (Tone, &'static str) {
    match state {
        RequestState::Requested => (Tone::Accent, "Waits for a decision"),
        RequestState::Approved => (Tone::Ok, "Approved"),
        RequestState::Rejected => (Tone::Bad, "Rejected"),
        RequestState::Withdrawn => (Tone::Idle, "Withdrawn"),
    }
}

/// How long a request has waited: `Waiting 12 days`.
fn waiting_badge(request: &RequestLine) -> Option<(Tone, String)> {
    let words = match request.waiting_days? {
        ..=0 => return None,
        1 => "Waiting 1 day".to_owned(),
        days => format!("Waiting {days} days"),
    };
    Some((if request.escalated { Tone::Warn } else { Tone::Idle }, words))
}

/// `asked until 23 May 2027, approved until 31 Jan 2027`.
fn until_words(request: &RequestLine) -> String {
    let asked = format!("asked until {}", day_words(request.asked_until));
    match request.state {
        RequestState::Approved if request.ends_on == request.asked_until => {
            format!("{asked}, approved as asked")
        }
        RequestState::Approved => format!("{asked}, approved until {}", day_words(request.ends_on)),
        RequestState::Requested if request.ends_on < request.asked_until => {
            format!("{asked}, at most until {} now", day_words(request.ends_on))
        }
        _ => asked,
    }
}

fn standing_badge(grant: &GrantLine) -> (Tone, String) {
    let (tone, words) = match grant.standing {
        GrantStanding::Active => (Tone::Ok, "Active"),
        GrantStanding::Expired => (Tone::Bad, "Expired"),
        GrantStanding::Revoked if grant.ended_by_policy => (Tone::Bad, "Ended: no decision"),
        GrantStanding::Revoked => {
            let by = grant.withdrawn_by.as_ref().map(|name| format!("Withdrawn by {name}"));
            return (Tone::Bad, by.unwrap_or_else(|| "Ended by a rule".to_owned()));
        }
        GrantStanding::GivenUp => (Tone::Idle, "Given up"),
    };
    (tone, words.to_owned())
}

fn review_badge(review: ReviewState) -> Option<(Tone, &'static str)> {
    match review {
        ReviewState::Ok => None,
        ReviewState::Due => Some((Tone::Warn, "Review due")),
        ReviewState::Overdue => Some((Tone::Bad, "Review overdue")),
    }
}

/// How far the delivery is. What is not opened here is handed over by its owner: the portal delivers nothing.
fn delivery_words(provisioning: Provisioning, asset: Option<&AssetRef>) -> &'static str {
    if !asset.is_some_and(|asset| asset.opens_here) {
        return "Not opened in Lakeport; ask its owner for the way in";
    }
    match provisioning {
        Provisioning::Pending => "On its way",
        Provisioning::Provisioned => "Delivered",
        Provisioning::Failed => "Delivery failed; it is tried again",
        Provisioning::Deprovisioning => "Being taken back",
        Provisioning::Deprovisioned => "Taken back",
    }
}
