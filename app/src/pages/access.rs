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
use lakeport_model::is_unread_day;
use lakeport_model::sharing::Provisioning;
use leptos::prelude::*;

use crate::ui::{Badge, Tone, day_words};

pub(crate) use decide::DecidePage;
pub(crate) use decide_list::DecideListPage;
pub(crate) use grants::GrantsPage;
pub(crate) use held::{AFTER as HELD_AFTER, held};
pub(crate) use request_form::RequestPage;
pub(crate) use requests::RequestsPage;
pub(crate) use reviews::ReviewsPage;

/// Said beside a name that is only an id because what describes the product cannot be read.
fn unread_badge(product_is_unread: bool) -> Option<AnyView> {
    product_is_unread.then(|| view! { <Badge tone=Tone::Warn text="Cannot be read" /> }.into_any())
}

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
        RequestState::Requested if is_unread_day(request.ends_on) => {
            format!("{asked}; the day until which it can be approved cannot be read")
        }
        RequestState::Requested if request.ends_on < request.asked_until => {
            format!("{asked}, at most until {} now", day_words(request.ends_on))
        }
        _ => asked,
    }
}

/// What stands beside the day that was asked for: until when it was approved, or what can be approved now.
fn until_fact(request: &RequestLine) -> (&'static str, String) {
    let end = day_words(request.ends_on);
    match request.state {
        RequestState::Approved => ("Approved until", end),
        RequestState::Requested => ("Can be approved until", end),
        RequestState::Rejected | RequestState::Withdrawn => ("Approved until", "Not approved".to_owned()),
    }
}

fn standing_badge(grant: &GrantLine) -> (Tone, String) {
    let (tone, words) = match grant.standing {
        GrantStanding::Active => (Tone::Ok, "Active"),
        GrantStanding::Expired if !grant.has_days => (Tone::Bad, "Counts as over"),
        GrantStanding::Expired => (Tone::Bad, "Expired"),
        GrantStanding::Renewed if grant.renewal_ended.is_some() => (Tone::Idle, "Renewed, then ended"),
        GrantStanding::Renewed => (Tone::Idle, "Renewed"),
        GrantStanding::Revoked if grant.ended_by_policy => (Tone::Bad, "Ended: no decision"),
        GrantStanding::Revoked => {
            let by = grant.withdrawn_by.as_ref().map(|name| format!("Withdrawn by {name}"));
            return (Tone::Bad, by.unwrap_or_else(|| "Ended by a rule".to_owned()));
        }
        GrantStanding::GivenUp => (Tone::Idle, "Given up"),
    };
    (tone, words.to_owned())
}

/// `was until 31 Jan 2027, ended 30 Nov 2026: Given up`; nothing of a grant that holds.
fn over_words(grant: &GrantLine) -> Option<String> {
    let was = if grant.has_days {
        format!("was until {}", day_words(grant.ends_on))
    } else {
        "counts as over".to_owned()
    };
    let words = match &grant.ended {
        Some(ended) => format!("{was}, {ended}"),
        None => was,
    };
    (!grant.is_live()).then_some(words)
}

fn review_badge(review: ReviewState) -> Option<(Tone, &'static str)> {
    match review {
        ReviewState::Ok => None,
        ReviewState::Due => Some((Tone::Warn, "Review due")),
        ReviewState::Overdue => Some((Tone::Bad, "Review overdue")),
    }
}

/// What became of the access of a grant that was renewed; nothing of any other.
fn renewed_words(grant: &GrantLine) -> Option<String> {
    let words = match (grant.goes_on_as, &grant.renewal_ended) {
        (Some(_), _) => "Goes on under a newer grant".to_owned(),
        (None, Some(how)) => format!("What renewed it {how}"),
        (None, None) => "What renewed it has ended, too".to_owned(),
    };
    (grant.standing == GrantStanding::Renewed).then_some(words)
}

/// How far the delivery is. What is not opened here is handed over by its owner: the portal delivers nothing.
fn delivery_words(grant: &GrantLine) -> String {
    if let Some(words) = renewed_words(grant) {
        return words;
    }
    if let Some(id) = grant.gone.as_ref().filter(|_| grant.is_unread) {
        return format!(
            "What describes {id} cannot be read; until it is corrected, there is nothing to open"
        );
    }
    if let Some(gone) = &grant.gone {
        return format!("{gone} is not in the catalog any more, so there is nothing to open");
    }
    if !grant.asset.as_ref().is_some_and(|asset| asset.opens_here) {
        let words = if grant.is_live() {
            "Not opened in Lakeport; ask its owner for the way in"
        } else {
            "Lakeport delivered nothing here, so it took nothing back"
        };
        return words.to_owned();
    }
    let words = match grant.provisioning {
        Some(Provisioning::Pending) => "On its way",
        Some(Provisioning::Provisioned) => "Delivered",
        Some(Provisioning::Failed) => "Delivery failed; it is tried again",
        Some(Provisioning::Deprovisioning) => "Being taken back",
        Some(Provisioning::Deprovisioned) => "Taken back",
        None => "How far its delivery is cannot be read; an administrator has to correct it",
    };
    words.to_owned()
}

/// How the viewer reads the data of a grant without it: what a grant opens may not be closed where it ends.
fn still_words(grant: &GrantLine) -> Option<String> {
    let how = grant.still.as_ref().filter(|_| grant.goes_on_as.is_none())?;
    let without =
        if grant.is_live() { "Without this grant you can still read it" } else { "You can still read it" };
    Some(format!("{without} {how}."))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use lakeport_model::access::Undecided;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    pub(super) fn request(state: RequestState, ends_on: &str) -> RequestLine {
        RequestLine {
            id: "0192d7a0-0000-7000-8000-000000000001".parse().expect("an id"),
            title: "Collections".to_owned(),
            product: "collections".into(),
            port: "collections/cases".into(),
            is_offered: true,
            product_is_unread: false,
            requester: person(),
            purpose: "Compare suppliers".to_owned(),
            state,
            classification: lakeport_model::catalog::Classification::Internal,
            faulty: None,
            requested_at: DateTime::default(),
            waiting_days: Some(1),
            escalated: false,
            administrators_told: false,
            asked_until: day("2027-05-23"),
            ends_on: day(ends_on),
            with: vec!["Aylin Demir".to_owned()],
            renews: false,
            approvals: Vec::new(),
            decision: None,
            grant: None,
            asks_again: false,
        }
    }

    fn person() -> lakeport_model::people::PersonRef {
        let id = "0192d7a0-0000-7000-8000-000000000002".parse().expect("an id");
        lakeport_model::people::PersonRef { id, name: "Paula Brandt".to_owned() }
    }

    fn grant() -> GrantLine {
        GrantLine {
            id: "0192d7a0-0000-7000-8000-000000000003".parse().expect("an id"),
            request: "0192d7a0-0000-7000-8000-000000000001".parse().expect("an id"),
            title: "collections/cases".to_owned(),
            product: "collections".into(),
            port: "collections/cases".into(),
            asset: None,
            gone: Some("gold.collections".into()),
            is_unread: false,
            is_offered: false,
            is_retired: false,
            product_is_unread: false,
            consumer: person(),
            purpose: "Compare suppliers".to_owned(),
            comments: Vec::new(),
            kept: None,
            standing: GrantStanding::Active,
            starts_at: DateTime::default(),
            ends_on: day("2027-05-23"),
            has_days: true,
            next_review: None,
            review: ReviewState::Ok,
            confirmed_by_consumer: false,
            asking: None,
            undecided: None,
            still: None,
            goes_on_as: None,
            renewal_ended: None,
            waits: None,
            asks_again: false,
            faulty: None,
            provisioning: Some(Provisioning::Provisioned),
            provisioning_note: None,
            ended: None,
            ended_by_policy: false,
            withdrawn_by: None,
            revision: 1,
        }
    }

    #[test]
    fn the_day_that_was_asked_for_is_never_given_out_as_the_one_approved() {
        let approved = request(RequestState::Approved, "2027-01-31");
        assert_eq!(until_words(&approved), "asked until 23 May 2027, approved until 31 Jan 2027");
        assert_eq!(until_fact(&approved), ("Approved until", "31 Jan 2027".to_owned()));
        let waits = request(RequestState::Requested, "2027-01-31");
        assert_eq!(until_words(&waits), "asked until 23 May 2027, at most until 31 Jan 2027 now");
        assert_eq!(until_fact(&waits), ("Can be approved until", "31 Jan 2027".to_owned()));
        let unread = request(RequestState::Requested, "1970-01-01");
        let said = "asked until 23 May 2027; the day until which it can be approved cannot be read";
        assert_eq!(until_words(&unread), said);
        assert_eq!(until_fact(&unread), ("Can be approved until", "a day that cannot be read".to_owned()));
        let rejected = request(RequestState::Rejected, "2027-05-23");
        assert_eq!(until_words(&rejected), "asked until 23 May 2027");
        assert_eq!(until_fact(&rejected), ("Approved until", "Not approved".to_owned()));
    }

    #[test]
    fn what_has_ended_is_never_said_to_run_on() {
        assert_eq!(over_words(&grant()), None);
        let expired = GrantLine { standing: GrantStanding::Expired, ..grant() };
        assert_eq!(over_words(&expired).as_deref(), Some("was until 23 May 2027"));
        let undated = GrantLine { has_days: false, ..expired };
        assert_eq!(over_words(&undated).as_deref(), Some("counts as over"), "on which day, nobody knows");
        assert_eq!(standing_badge(&undated).1, "Counts as over");
        let ended = Some("ended 30 Nov 2026: Given up".to_owned());
        let given_up = GrantLine { standing: GrantStanding::GivenUp, ended, ..grant() };
        let said = "was until 23 May 2027, ended 30 Nov 2026: Given up";
        assert_eq!(over_words(&given_up).as_deref(), Some(said));
    }

    #[test]
    fn data_that_is_gone_is_never_said_to_be_delivered() {
        let words = delivery_words(&grant());
        assert_eq!(words, "gold.collections is not in the catalog any more, so there is nothing to open");
        let unread = delivery_words(&GrantLine { is_unread: true, ..grant() });
        assert_eq!(
            unread,
            "What describes gold.collections cannot be read; until it is corrected, there is nothing to open"
        );
        let elsewhere = GrantLine { gone: None, ..grant() };
        assert_eq!(delivery_words(&elsewhere), "Not opened in Lakeport; ask its owner for the way in");
    }

    #[test]
    fn nobody_is_ever_told_to_lose_what_he_reads_on() {
        assert_eq!(still_words(&grant()), None);
        let member = GrantLine { still: Some("as a member of Sales".to_owned()), ..grant() };
        let said = |grant: &GrantLine| still_words(grant).expect("it is said");
        assert_eq!(said(&member), "Without this grant you can still read it as a member of Sales.");
        let over = GrantLine { standing: GrantStanding::Expired, ..member };
        assert_eq!(said(&over), "You can still read it as a member of Sales.");
        let goes_on = GrantLine { standing: GrantStanding::Renewed, goes_on_as: Some(over.id), ..over };
        assert_eq!(still_words(&goes_on), None, "the newer grant says it");
    }

    #[test]
    fn withdrawing_is_never_said_to_close_what_the_row_says_stays_open() {
        use lakeport_model::access::{Recommendation, ReviewLine};
        let line = |grant| ReviewLine {
            grant,
            product_opens: true,
            due_in_days: 3,
            last_used: None,
            queries: 0,
            recommendation: (Recommendation::NoAdvice, String::new()),
            no_answer: String::new(),
        };
        let member = GrantLine { still: Some("as a member of Sales".to_owned()), ..grant() };
        let closes = "Whoever is chosen loses access at once and is told your comment.";
        assert_eq!(reviews::consequence(&[line(grant())]), closes);
        let said = reviews::consequence(&[line(grant()), line(member)]);
        assert!(said.contains("except where the row says"), "{said}");
    }

    #[test]
    fn the_desk_never_keeps_back_the_day_on_which_access_ends_without_an_answer() {
        let member = Some("as a member of Sales".to_owned());
        let undecided = |still: Option<String>| {
            let undecided = Undecided { ends: day("2027-03-14"), may_move: false, with: Vec::new(), still };
            GrantLine { undecided: Some(undecided), ..grant() }
        };
        assert_eq!(reviews::unanswered(&grant()), ("Its last day is ", None));
        assert_eq!(reviews::unanswered(&undecided(None)), ("Access then ends on ", None));
        let later = Some("The consumer can still read it as a member of Sales.".to_owned());
        let (reads_on, what) = (undecided(member.clone()), "The grant then ends on ");
        assert_eq!(reviews::unanswered(&reads_on), (what, later));
        assert_eq!(reads_on.until(), day("2027-03-14"));
        let said = GrantLine { still: member, ..reads_on };
        assert_eq!(reviews::unanswered(&said), (what, None), "the row says it already");
    }

    #[test]
    fn whoever_waits_for_a_decision_never_reads_the_same_names_twice_or_of_a_day_without_access() {
        let with = vec!["Aylin Demir".to_owned(), "Henrik Maas".to_owned()];
        for is_asked in [false, true] {
            let asking = Some(lakeport_model::access::Asking { with: with.clone(), is_asked });
            let undecided =
                Some(Undecided { ends: day("2027-03-14"), may_move: false, with: with.clone(), still: None });
            let waits = GrantLine {
                review: ReviewState::Overdue,
                confirmed_by_consumer: true,
                asking,
                undecided,
                ..grant()
            };
            let said = grants::answered(&waits).expect("it is said");
            assert!(said.contains("Aylin Demir and Henrik Maas") && !said.contains("tomorrow"), "{said}");
            let ends = "Without a decision the grant ends on 14 Mar 2027.";
            assert_eq!(grants::undecided_words(&waits).as_deref(), Some(ends));
        }
        assert_eq!(grants::review_words(ReviewState::Overdue), "review was due on ");
    }

    #[test]
    fn nobody_is_sent_for_a_way_in_once_access_has_ended() {
        for standing in [GrantStanding::Expired, GrantStanding::Revoked, GrantStanding::GivenUp] {
            let over = GrantLine {
                gone: None,
                standing,
                provisioning: Some(Provisioning::Deprovisioned),
                ..grant()
            };
            assert_eq!(delivery_words(&over), "Lakeport delivered nothing here, so it took nothing back");
        }
    }

    #[test]
    fn whoever_reads_on_without_a_grant_is_never_told_that_access_ends() {
        let member = GrantLine { still: Some("as a member of Sales".to_owned()), ..grant() };
        assert!(grants::give_up_words(&grant()).starts_with("Your access ends at once."));
        let retired = grants::give_up_words(&GrantLine { is_retired: true, ..grant() });
        assert!(retired.starts_with("Your access ends at once, and nobody can request it again"));
        assert!(grants::give_up_words(&member).starts_with("The grant ends at once, but you can still read"));
        let said = "Without this grant you can still read it as a member of Sales.";
        assert_eq!((still_words(&grant()), still_words(&member).as_deref()), (None, Some(said)));
        let undecided = |still: Option<&str>, grant: GrantLine| {
            let with = vec!["Aylin Demir".to_owned()];
            let still = still.map(str::to_owned);
            let undecided = Some(Undecided { ends: day("2027-03-14"), may_move: false, with, still });
            grants::undecided_words(&GrantLine { undecided, ..grant }).expect("it is said")
        };
        let said = "Without a decision the grant ends on 14 Mar 2027. Its review lies with Aylin Demir.";
        let other = "under another grant until 23 May 2027";
        assert_eq!(undecided(None, grant()), said);
        assert_eq!(undecided(Some(other), grant()), format!("{said} You can still read it {other}."));
        assert_eq!(undecided(Some("as a member of Sales"), member), said, "nothing is said twice");
    }

    #[test]
    fn whoever_ended_access_is_named_and_nobody_else() {
        let ended = GrantLine { standing: GrantStanding::Revoked, ..grant() };
        let said = |grant: &GrantLine| standing_badge(grant).1;
        assert_eq!(said(&ended), "Ended by a rule");
        let by = Some("Ines Hoffmann".to_owned());
        assert_eq!(said(&GrantLine { withdrawn_by: by, ..ended.clone() }), "Withdrawn by Ines Hoffmann");
        let renewed = GrantLine { standing: GrantStanding::Renewed, ..ended.clone() };
        assert_eq!(said(&renewed), "Renewed", "access goes on");
        assert_eq!(delivery_words(&renewed), "What renewed it has ended, too");
        let how = Some("ended 5 Dec 2026: Withdrawn by Ines Hoffmann: Cleared up".to_owned());
        let withdrawn = GrantLine { renewal_ended: how, ..renewed.clone() };
        assert_eq!(said(&withdrawn), "Renewed, then ended");
        let words = "What renewed it ended 5 Dec 2026: Withdrawn by Ines Hoffmann: Cleared up";
        assert_eq!(delivery_words(&withdrawn), words);
        let goes_on = GrantLine { goes_on_as: Some(renewed.id), ..renewed };
        assert_eq!(delivery_words(&goes_on), "Goes on under a newer grant");
        assert_eq!(said(&GrantLine { ended_by_policy: true, ..ended }), "Ended: no decision");
    }

    #[test]
    fn a_renewal_that_waits_is_never_offered_again() {
        let offered = GrantLine { is_offered: true, ..grant() };
        assert_eq!(grants::renewal(&offered).map(|(_, label)| label), Some("Request a renewal"));
        let retired = GrantLine { is_retired: true, ..offered.clone() };
        assert_eq!(grants::renewal(&retired), None, "what is retired cannot be asked for");
        let waits = GrantLine { waits: Some(offered.request), ..offered };
        let (href, label) = grants::renewal(&waits).expect("it waits");
        assert_eq!(label, "Your request waits: open it");
        assert_eq!(href, format!("/decide/{}", waits.request));
        assert_eq!(grants::renewal(&grant()), None, "what is not offered any more cannot be asked for");
    }
}
