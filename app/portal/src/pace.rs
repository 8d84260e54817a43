//! How often a person or a program may do what leaves a record and tells others: a loop must fill neither the disk nor inboxes.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Error, Result};

/// A number of times in a span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How often.
    pub(crate) most: usize,
    /// The span.
    pub(crate) hours: i64,
    /// What is counted, in the plural.
    pub(crate) what: &'static str,
    /// What was done with it.
    pub(crate) did: &'static str,
}

/// Requests a person may send.
pub(crate) const REQUESTS: Pace = Pace { most: 40, hours: 1, what: "requests", did: "sent" };
/// Contracts a person may subscribe to.
pub(crate) const SUBSCRIPTIONS: Pace = Pace { most: 40, hours: 1, what: "subscriptions", did: "sent" };
/// Roles in domains that a person may give, change or take.
pub(crate) const ROLES: Pace = Pace { most: 40, hours: 1, what: "changes of members", did: "made" };
/// Documents that a person may publish.
pub(crate) const DOCUMENTS: Pace = Pace { most: 40, hours: 1, what: "documents", did: "published" };
/// Changes that a member may propose.
pub(crate) const PROPOSALS: Pace = Pace { most: 40, hours: 1, what: "proposals", did: "sent" };
/// Assets that a person may change together with others, each of them counted.
pub(crate) const TOGETHER: Pace = Pace { most: 1_000, hours: 1, what: "assets", did: "changed" };
/// Suggestions of personal data that a person may decide on.
pub(crate) const PERSONAL: Pace =
    Pace { most: 300, hours: 1, what: "decisions on personal data", did: "made" };
/// Plans of pushes that a program may ask for, whatever comes of them; one of many documents counts as several.
pub(crate) const PLANS: Pace = Pace { most: 120, hours: 1, what: "plans", did: "made" };
/// Folders that a program may push.
pub(crate) const PUSHES: Pace = Pace { most: 60, hours: 1, what: "pushes", did: "applied" };
/// Files of the audit a person may have written.
pub(crate) const EXPORTS: Pace = Pace { most: 40, hours: 1, what: "exports", did: "made" };
/// Refusals of a person that are recorded one by one.
pub(crate) const REFUSALS: Pace = Pace { most: 20, hours: 1, what: "refused calls", did: "made" };

impl Pace {
    /// Where the span begins that ends now.
    pub(crate) fn since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::hours(self.hours)
    }

    /// Whether there may be one more now, after what was done at these moments of the span, in any order.
    pub(crate) fn allows(self, done: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<()> {
        let Some(rest) = self.rest(done, now) else { return Ok(()) };
        let span = if self.hours == 1 { "an hour".to_owned() } else { format!("{} hours", self.hours) };
        let message = format!(
            "You {} {} {} within {span}; more than {} are not taken. Go on later.",
            self.did,
            done.len(),
            self.what,
            self.most
        );
        Err(Error::busy(message).after(rest))
    }

    /// How long it lasts until there may be one more; nothing where there may be one now.
    fn rest(self, done: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<TimeDelta> {
        let mut done = done.to_vec();
        done.sort_unstable();
        // Once this one has left the span, as many are in it as may be, less one.
        let leaves = done.len().checked_sub(self.most).and_then(|place| done.get(place))?;
        Some(*leaves + TimeDelta::hours(self.hours) - now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ErrorKind;

    const PACE: Pace = Pace { most: 2, hours: 1, what: "requests", did: "sent" };

    /// So many minutes after some moment.
    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn a_loop_never_goes_past_the_pace() {
        assert!(PACE.allows(&[at(1)], at(2)).is_ok());
        let Err(Error::Refused(refusal)) = PACE.allows(&[at(1), at(2)], at(2)) else {
            panic!("a third is refused")
        };
        assert_eq!(refusal.kind, ErrorKind::Busy);
        assert_eq!(
            refusal.message,
            "You sent 2 requests within an hour; more than 2 are not taken. Go on later."
        );
        assert_eq!(refusal.wait, Some(Duration::from_secs(59 * 60 + 1)), "not one second too early");
    }

    #[test]
    fn the_wait_ends_when_there_is_room_for_one_more_however_unevenly_they_came() {
        assert_eq!(PACE.rest(&[], at(9)), None);
        assert_eq!(PACE.rest(&[at(0)], at(9)), None);
        assert_eq!(PACE.rest(&[at(0), at(1)], at(9)), Some(TimeDelta::minutes(51)), "a burst long ago");
        assert_eq!(PACE.rest(&[at(8), at(0)], at(9)), Some(TimeDelta::minutes(51)), "in any order");
        let more = [at(0), at(3), at(8)];
        assert_eq!(PACE.rest(&more, at(9)), Some(TimeDelta::minutes(54)), "two of three have to leave");
    }
}
