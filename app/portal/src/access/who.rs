//! Who decides, in words: the same on the form, on the decision and on the page of what nobody owns.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lakeport_model::access::RequestState;
use lakeport_model::people::Role;

use super::{Policy, answering, domain_of_request, eligible, whose_turn};
use crate::catalog::{Port, Product, Snapshot};
use crate::store::Tx;
use crate::store::access::{self as store, Approval, Request};
use crate::store::people::Member;
use crate::{Call, Result};

/// What is usual, is usual in so many days before now, and in so many decisions at most.
const PACE_DAYS: i64 = 90;
const PACE_REQUESTS: i64 = 200;

/// Who decides about a domain's data where it has no owner, each with the domain of the role: `Henrik Maas of Group`.
pub(crate) fn in_place_of_owners(snapshot: &Snapshot, domain: &str) -> Vec<String> {
    let turn = whose_turn(snapshot, domain, Role::Owner, |_| true);
    let is_owner = |member: &Member| member.domain == domain && member.role == Role::Owner;
    let others = turn.iter().filter(|member| !is_owner(member));
    others.map(|member| format!("{} of {}", member.name, snapshot.domain_name(&member.domain))).collect()
}

/// The rules for a request of the viewer for a port, in words: who would decide it comes first.
pub(super) async fn rules_before(
    tx: &mut Tx,
    call: &Call,
    (product, port): (&Product, &Port),
) -> Result<Vec<String>> {
    let (snapshot, asks) = (call.snapshot(), call.viewer.id);
    let policy = call.ctx.settings.policies.of(port.classification);
    if policy.approvals == 0 {
        return Ok(policy.in_words(policy.approvals_in_words().to_owned()));
    }
    let domain = answering(&snapshot, port.asset.as_deref(), &product.id, &product.domain);
    let since = call.now() - TimeDelta::days(PACE_DAYS);
    let decided = store::decided_since(tx, domain, since, PACE_REQUESTS).await?;
    let free = |member: &Member| !snapshot.acts_for(asks, member.person);
    let who = Deciding {
        needed: policy.approvals,
        domain: &snapshot.domain_name(domain),
        names: &names(whose_turn(&snapshot, domain, Role::Owner, free)),
        has_steward: snapshot.members_with(domain, Role::Steward).any(free),
        usual_days: usual_days(&decided),
    };
    Ok(policy.in_words(who.in_words()))
}

/// The rules for a request that was sent, in words: whom it lies with comes first, or how many had to decide it.
pub(super) fn rules_since(
    snapshot: &Snapshot,
    policy: &Policy,
    request: &Request,
    approvals: &[Approval],
    today: NaiveDate,
) -> Vec<String> {
    if request.state != RequestState::Requested {
        return policy.in_words(policy.approvals_in_words().to_owned());
    }
    let domain = domain_of_request(snapshot, request);
    let free = |member: &Member| !snapshot.acts_for(request.requester, member.person);
    let given = u8::try_from(approvals.len()).unwrap_or(u8::MAX);
    let who = Deciding {
        // What waits is decided by somebody, whatever its data has become.
        needed: policy.approvals.saturating_sub(given).max(1),
        domain: &snapshot.domain_name(domain),
        names: &names(eligible(snapshot, request, approvals, today)),
        has_steward: snapshot.members_with(domain, Role::Steward).any(free),
        usual_days: None,
    };
    policy.in_words(who.in_words())
}

fn names(people: Vec<Member>) -> Vec<String> {
    people.into_iter().map(|member| member.name).collect()
}

/// What is known about who decides.
struct Deciding<'a> {
    /// Approvals that are still needed.
    needed: u8,
    /// The domain that is asked.
    domain: &'a str,
    /// Those who can give the next approval.
    names: &'a [String],
    /// The domain has a steward for a second one.
    has_steward: bool,
    /// Days that decisions usually take, where there are enough to speak of.
    usual_days: Option<i64>,
}

impl Deciding<'_> {
    /// `Aylin Demir decides, then a steward of Finance, usually in 2 days.`
    fn in_words(&self) -> String {
        const NAMED: usize = 3;
        let Self { needed, domain, names, has_steward, usual_days } = self;
        let who = match names {
            [] => {
                return format!(
                    "Nobody of {domain} can decide yet; an administrator has to name somebody who does."
                );
            }
            [one] => one.clone(),
            [most @ .., last] if names.len() <= NAMED => format!("{} or {last}", most.join(", ")),
            _ => format!("{} or one of {} others", names[..NAMED - 1].join(", "), names.len() + 1 - NAMED),
        };
        let then = match (needed, has_steward) {
            (1, _) => String::new(),
            (_, true) => format!(", then a steward of {domain}"),
            (_, false) => ", then a second person".to_owned(),
        };
        let usually = match usual_days {
            None => String::new(),
            Some(0) => ", usually within a day".to_owned(),
            Some(1) => ", usually in 1 day".to_owned(),
            Some(days) => format!(", usually in {days} days"),
        };
        format!("{who} decides{then}{usually}.")
    }
}

/// Days that decisions usually take: the median, where there are enough to speak of.
fn usual_days(decided: &[(DateTime<Utc>, DateTime<Utc>)]) -> Option<i64> {
    const ENOUGH: usize = 5;
    let mut days: Vec<i64> = decided.iter().map(|(sent, at)| (*at - *sent).num_days()).collect();
    days.sort_unstable();
    (days.len() >= ENOUGH).then(|| days[days.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(hours: &[i64]) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let sent = DateTime::<Utc>::UNIX_EPOCH;
        hours.iter().map(|hours| (sent, sent + TimeDelta::hours(*hours))).collect()
    }

    #[test]
    fn nothing_is_called_usual_that_happened_a_few_times() {
        assert_eq!(usual_days(&after(&[1, 30, 50, 60])), None);
        assert_eq!(usual_days(&after(&[1, 30, 50, 60, 2_000])), Some(2));
    }

    #[test]
    fn whoever_decides_is_named() {
        let names = ["Aylin Demir", "Jonas Weber", "Ines Hoffmann", "Tom Fischer"].map(str::to_owned);
        let said = |needed, names: &[String], has_steward, usual_days| {
            Deciding { needed, domain: "Finance", names, has_steward, usual_days }.in_words()
        };
        assert_eq!(said(1, &names[..1], true, Some(2)), "Aylin Demir decides, usually in 2 days.");
        let two = "Aylin Demir or Jonas Weber decides, then a steward of Finance.";
        assert_eq!(said(2, &names[..2], true, None), two);
        let many = "Aylin Demir, Jonas Weber or one of 2 others decides, usually within a day.";
        assert_eq!(said(1, &names, true, Some(0)), many);
    }

    #[test]
    fn nobody_is_ever_said_to_decide_who_is_not_there() {
        let said = |needed, names: &[String]| {
            Deciding { needed, domain: "Finance", names, has_steward: false, usual_days: None }.in_words()
        };
        let nobody = "Nobody of Finance can decide yet; an administrator has to name somebody who does.";
        assert_eq!(said(1, &[]), nobody);
        assert_eq!(said(2, &["Aylin Demir".to_owned()]), "Aylin Demir decides, then a second person.");
    }
}
