//! The next day on which a grant or a request has to be looked at: on all days before it, a look would find nothing to do.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::ReviewState;

use super::{
    Cadence, REQUEST_AGAIN_DAYS, REQUEST_ESCALATES_AFTER_DAYS, WAITING, WARN, access_ends_on, request_step,
};

/// What of a grant that holds says when something is due, and what was sent already in its cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Course {
    /// Its last day.
    pub(crate) ends_on: NaiveDate,
    /// The day of its review, if one comes.
    pub(crate) next_review: Option<NaiveDate>,
    /// When those who review were first asked.
    pub(crate) first_asked: Option<NaiveDate>,
    /// When its consumer was first warned.
    pub(crate) first_warned: Option<NaiveDate>,
}

impl Course {
    /// The first day after `today` on which something may become due. Who has answered, and what the policy does when nobody
    /// answers, only takes away from these days.
    pub(crate) fn next_look(&self, cadence: &Cadence, today: NaiveDate) -> NaiveDate {
        let after = |date: NaiveDate, days: i64| date + TimeDelta::days(days);
        // On the day after its last one, it is taken back.
        let mut days = vec![after(self.ends_on, 1)];
        for date in self.next_review.into_iter().chain([self.ends_on]) {
            // From here on it depends on people and classifications, too: who follows them looks at what is this near.
            days.push(after(date, -ReviewState::NOTICE_DAYS));
            days.extend(cadence.remind_days.iter().map(|before| after(date, -before)));
        }
        if let Some(due) = self.next_review {
            days.extend([cadence.owner_is_asked_on(due), after(due, cadence.escalate_days + 1)]);
            days.push(match (today - due).num_days() {
                late if late <= 0 => after(due, 1),
                late => after(due, 1 + ((late - 1) / cadence.overdue_days + 1) * cadence.overdue_days),
            });
            days.extend(self.first_asked.into_iter().flat_map(|asked| {
                let acts = cadence.policy_acts_after(due, asked);
                // Once somebody was warned, the end stays where it is.
                let ends = access_ends_on(acts, self.first_warned, acts);
                let warnings =
                    WARN.into_iter().flat_map(move |notice| [after(acts, -notice), after(ends, -notice)]);
                warnings.chain([after(acts, 1), after(ends, 1)])
            }));
        }
        // The day after its last one is always to come: what has ended is looked at no more.
        days.into_iter().filter(|day| *day > today).min().unwrap_or_else(|| after(today, 1))
    }
}

/// The first day after `today` on which a request that waits since a day calls for another reminder.
pub(crate) fn next_look_at_request(since: NaiveDate, today: NaiveDate) -> NaiveDate {
    let next = match request_step(since, today) {
        Some(step) if step >= REQUEST_ESCALATES_AFTER_DAYS => step + REQUEST_AGAIN_DAYS,
        step => {
            let steps = WAITING.into_iter().chain([REQUEST_ESCALATES_AFTER_DAYS]);
            let later = steps.filter(|next| step.is_none_or(|step| *next > step));
            later.min().unwrap_or(REQUEST_ESCALATES_AFTER_DAYS)
        }
    };
    since + TimeDelta::days(next)
}
