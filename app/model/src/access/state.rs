//! The life of a request and of a grant.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Where a request stands.
    RequestState {
        /// Sent, waits for a decision.
        Requested = "requested",
        /// Granted.
        Approved = "approved",
        /// Refused, with a reason.
        Rejected = "rejected",
        /// Taken back by the requester.
        Withdrawn = "withdrawn",
    }

    /// What can happen to a request.
    RequestEvent {
        /// The last approval needed was given.
        Approve = "approve",
        /// An approver refused.
        Reject = "reject",
        /// The requester took it back.
        Withdraw = "withdraw",
    }

    /// How a grant ended, where somebody or a policy ended it.
    GrantEnd {
        /// An owner or the policy withdrew it.
        Revoked = "revoked",
        /// The consumer gave it up.
        GivenUp = "given_up",
    }

    /// Whether a grant holds.
    GrantStanding {
        /// Holds now.
        Active = "active",
        /// Its last day is over.
        Expired = "expired",
        /// Withdrawn by an owner or a policy.
        Revoked = "revoked",
        /// Given up by the consumer.
        GivenUp = "given_up",
        /// A renewal took its place: access goes on.
        Renewed = "renewed",
    }

    /// Whether a grant's review waits.
    ReviewState {
        /// Nothing to do yet.
        Ok = "ok",
        /// Within 30 days of its review.
        Due = "due",
        /// Past its review date.
        Overdue = "overdue",
    }
}

impl RequestState {
    /// The state after an event, or `None` when the event cannot happen to a request in this state.
    pub fn after(self, event: RequestEvent) -> Option<Self> {
        match (self, event) {
            (Self::Requested, RequestEvent::Approve) => Some(Self::Approved),
            (Self::Requested, RequestEvent::Reject) => Some(Self::Rejected),
            (Self::Requested, RequestEvent::Withdraw) => Some(Self::Withdrawn),
            (Self::Approved | Self::Rejected | Self::Withdrawn, _) => None,
        }
    }
}

/// Whether a grant holds at `now`: computed from its last day and its end whenever it is used, so that no job has to run
/// for an expired grant to stop working. The last day counts in full, in UTC. The first moment does not count: it is the
/// decision's, and a process whose clock is a little slow must not take a new grant for one that does not hold.
pub fn standing(ends_on: NaiveDate, ended: Option<GrantEnd>, now: DateTime<Utc>) -> GrantStanding {
    match ended {
        Some(GrantEnd::Revoked) => GrantStanding::Revoked,
        Some(GrantEnd::GivenUp) => GrantStanding::GivenUp,
        None if is_over(ends_on, now.date_naive()) => GrantStanding::Expired,
        None => GrantStanding::Active,
    }
}

/// Whether a last day is over on a day: it counts in full, for whatever reason something ends.
pub fn is_over(last: NaiveDate, today: NaiveDate) -> bool {
    last < today
}

impl ReviewState {
    /// Days before the review date from which a review counts as due.
    pub const NOTICE_DAYS: i64 = 30;

    /// The state on a day, for a review that is to be done by `due`.
    pub fn on(today: NaiveDate, due: NaiveDate) -> Self {
        let days = (due - today).num_days();
        if days < 0 {
            Self::Overdue
        } else if days <= Self::NOTICE_DAYS {
            Self::Due
        } else {
            Self::Ok
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn day(number: i64) -> NaiveDate {
        NaiveDate::default() + TimeDelta::days(number)
    }

    fn at(number: i64, seconds: i64) -> DateTime<Utc> {
        day(number).and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_decided_request_takes_no_further_event() {
        for state in [RequestState::Approved, RequestState::Rejected, RequestState::Withdrawn] {
            for event in RequestEvent::ALL {
                assert_eq!(state.after(*event), None, "{state} after {event}");
            }
        }
    }

    #[test]
    fn the_last_day_counts_in_full() {
        let holds = |now| standing(day(10), None, now);
        assert_eq!(holds(at(10, 86_399)), GrantStanding::Active);
        assert_eq!(holds(at(11, 0)), GrantStanding::Expired);
    }

    #[test]
    fn review_states_follow_the_date() {
        assert_eq!(ReviewState::on(day(0), day(31)), ReviewState::Ok);
        assert_eq!(ReviewState::on(day(0), day(30)), ReviewState::Due);
        assert_eq!(ReviewState::on(day(0), day(0)), ReviewState::Due);
        assert_eq!(ReviewState::on(day(1), day(0)), ReviewState::Overdue);
    }

    proptest! {
        /// Once a grant has stopped holding, the passing of time never makes it hold again.
        #[test]
        fn an_ended_grant_stays_ended(end in 0i64..800, now in 0i64..900, later in 0i64..900) {
            let check = |moment| standing(day(end), None, at(moment, 0));
            if check(now) == GrantStanding::Expired {
                prop_assert_eq!(check(now + later), GrantStanding::Expired);
            }
        }
    }
}
