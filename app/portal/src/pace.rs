//! How often a person may do what leaves a record and tells others: a loop must fill neither the disk nor inboxes.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Error, Result};

/// A number of times in a span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How often.
    pub(crate) most: i64,
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
/// Files of the audit a person may have written.
pub(crate) const EXPORTS: Pace = Pace { most: 40, hours: 1, what: "exports", did: "made" };
/// Refusals of a person that are recorded one by one.
pub(crate) const REFUSALS: Pace = Pace { most: 20, hours: 1, what: "refused calls", did: "made" };

impl Pace {
    /// Where the span begins that ends now.
    pub(crate) fn since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::hours(self.hours)
    }

    /// Whether there may be one more after `done` in the span.
    pub(crate) fn allows(self, done: i64) -> Result<()> {
        if done < self.most {
            return Ok(());
        }
        let span = if self.hours == 1 { "an hour".to_owned() } else { format!("{} hours", self.hours) };
        let message = format!(
            "You {} {done} {} within {span}; more than {} are not taken. Go on later.",
            self.did, self.what, self.most
        );
        // Nobody looked up when the first of them falls out of the span: that is as long where they came evenly.
        Err(Error::busy(message).after(TimeDelta::hours(self.hours) / i32::try_from(self.most).unwrap_or(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_loop_never_goes_past_the_pace() {
        let pace = Pace { most: 2, hours: 1, what: "requests", did: "sent" };
        assert!(pace.allows(1).is_ok());
        let Err(Error::Refused(refusal)) = pace.allows(2) else { panic!("a third is refused") };
        assert_eq!(refusal.kind, ErrorKind::Busy);
        assert_eq!(
            refusal.message,
            "You sent 2 requests within an hour; more than 2 are not taken. Go on later."
        );
    }
}
