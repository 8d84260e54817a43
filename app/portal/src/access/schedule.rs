//! When people are asked, reminded and warned, when a question goes on to somebody else, and when the policy acts.
//!
//! Every number of days stands here, with the sentences made of them, and nothing else: plain functions of dates. A date is
//! a calendar day in UTC, so that it begins at the same moment for everybody, and no country's change of clocks makes a day
//! shorter or longer.

mod next_look;

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::ReviewState;
use serde::{Deserialize, Serialize};

pub(crate) use next_look::{Course, next_look_at_request};

/// Days before the review from which the owner is asked, though the consumer has not answered.
const CONSUMER_ALONE_UNTIL_DAYS: i64 = 14;
/// Days before the policy ends access on which its consumer is warned.
const WARN: [i64; 2] = [1, LEAST_NOTICE_DAYS];
/// The least notice a consumer gets.
const LEAST_NOTICE_DAYS: i64 = 7;
/// Days after which those who can decide a waiting request are reminded.
const WAITING: [i64; 2] = [7, 3];
/// Days after which a waiting request goes to those above, too.
const REQUEST_ESCALATES_AFTER_DAYS: i64 = 14;
/// Days from one reminder of a request that waits so long to the next.
const REQUEST_AGAIN_DAYS: i64 = 7;

/// Most days before a date on which people can be reminded of it.
const MOST_REMINDERS: usize = 8;

fn days(from: NaiveDate, to: NaiveDate) -> i64 {
    (to - from).num_days()
}

/// When people hear of reviews and ends, and when somebody or something else acts: what configuration says of it for one
/// classification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// Days before a review, or before an end, on which people hear of it.
    pub remind_days: Vec<i64>,
    /// Days from one reminder of an overdue review to the next.
    pub overdue_days: i64,
    /// Days after the review date from which others are asked too.
    pub escalate_days: i64,
    /// Days that reviewers have after the review date, and at least after they were first asked.
    pub no_answer_days: i64,
}

impl Default for Cadence {
    fn default() -> Self {
        Self { remind_days: vec![30, 14, 7, 1], overdue_days: 7, escalate_days: 7, no_answer_days: 14 }
    }
}

/// Which reminder a review date, or an end, calls for: the day from which it does. Keys name this day, so that what was
/// sent stays sent when the numbers change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReminderKind {
    /// Before the date.
    Before(NaiveDate),
    /// Overdue.
    Overdue(NaiveDate),
}

impl ReminderKind {
    /// The stored key: `before.2026-11-10`, `overdue.2026-11-24`.
    pub(crate) fn key(self) -> String {
        match self {
            Self::Before(day) => format!("before.{day}"),
            Self::Overdue(day) => format!("overdue.{day}"),
        }
    }
}

/// Whether a consumer can ask for the decision on their review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MayAsk {
    /// They can.
    Yes,
    /// No review waits.
    NotYet,
    /// They are asked themselves: whether they still need it.
    AnswerFirst,
    /// They did so today; once a day is enough.
    AskedToday,
}

impl Cadence {
    /// What is wrong with configured numbers: the key, and what it has to be.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let notice = ReviewState::NOTICE_DAYS;
        let one_of = |what: &str, least: i64, most: i64| format!("{what} between {least} and {most} days");
        let reminders = &self.remind_days;
        if reminders.is_empty() || reminders.len() > MOST_REMINDERS {
            Some(("remind_days", format!("names 1 to {MOST_REMINDERS} days")))
        } else if !reminders.iter().all(|day| (1..=notice).contains(day)) {
            Some(("remind_days", one_of("has numbers", 1, notice)))
        } else if !(1..=90).contains(&self.overdue_days) {
            Some(("overdue_days", one_of("lies", 1, 90)))
        } else if !(LEAST_NOTICE_DAYS..=365).contains(&self.no_answer_days) {
            Some(("no_answer_days", one_of("lies", LEAST_NOTICE_DAYS, 365)))
        } else if !(0..=self.no_answer_days).contains(&self.escalate_days) {
            // Somebody else is asked before the policy acts.
            Some(("escalate_days", "lies between 0 and the no_answer_days of the same section".to_owned()))
        } else {
            None
        }
    }

    /// Days before a date on which people first hear of it.
    pub(super) fn first_reminder_days(&self) -> i64 {
        self.remind_days.iter().copied().max().unwrap_or_default()
    }

    /// Days before the review from which it is the owner's, whatever the consumer says.
    fn owner_days(&self) -> i64 {
        CONSUMER_ALONE_UNTIL_DAYS.min(self.first_reminder_days())
    }

    /// Which reminder a date calls for on a day; the most pressing one only.
    pub(crate) fn reminder(&self, today: NaiveDate, due: NaiveDate) -> Option<ReminderKind> {
        let left = days(today, due);
        if left < 0 {
            let late = (-left - 1) / self.overdue_days * self.overdue_days;
            return Some(ReminderKind::Overdue(due + TimeDelta::days(1 + late)));
        }
        let next = self.remind_days.iter().copied().filter(|days| left <= *days).min();
        next.map(|days| ReminderKind::Before(due - TimeDelta::days(days)))
    }

    /// Whether a review is the owner's to do: the consumer was asked first, and has answered or had time to.
    pub(crate) fn is_owners_turn(&self, today: NaiveDate, due: NaiveDate, confirmed: bool) -> bool {
        let left = days(today, due);
        left <= self.owner_days() || (confirmed && left <= self.first_reminder_days())
    }

    /// Decides whether a consumer can ask on a day, for a review due on a date, if there is one.
    pub(super) fn may_ask(
        &self,
        today: NaiveDate,
        due: Option<NaiveDate>,
        confirmed: bool,
        asked_today: bool,
    ) -> MayAsk {
        match due.map(|due| days(today, due)) {
            None => MayAsk::NotYet,
            Some(left) if left > self.first_reminder_days() => MayAsk::NotYet,
            Some(_) if !confirmed => MayAsk::AnswerFirst,
            Some(_) if asked_today => MayAsk::AskedToday,
            Some(_) => MayAsk::Yes,
        }
    }

    /// The day from which the owner is asked in any case.
    pub(crate) fn owner_is_asked_on(&self, due: NaiveDate) -> NaiveDate {
        due - TimeDelta::days(self.owner_days())
    }

    /// Whether a review is so late that others are asked too.
    pub(crate) fn is_review_escalated(&self, today: NaiveDate, due: NaiveDate) -> bool {
        due <= self.escalated_until(today)
    }

    /// The last review date that is so late on a day.
    pub(super) fn escalated_until(&self, today: NaiveDate) -> NaiveDate {
        today - TimeDelta::days(self.escalate_days + 1)
    }

    /// The last day to decide before the policy acts: never before those who review had their time.
    pub(super) fn policy_acts_after(&self, due: NaiveDate, first_asked: NaiveDate) -> NaiveDate {
        due.max(first_asked) + TimeDelta::days(self.no_answer_days)
    }

    /// When access ends where the policy takes it, in words.
    pub(super) fn revoked_in_words(&self) -> String {
        format!(
            "Without a decision, access ends {} days after the review date, {LEAST_NOTICE_DAYS} days after its \
             consumer was warned at the earliest.",
            self.no_answer_days
        )
    }

    /// Why somebody cannot say yet that access is still needed.
    pub(super) fn not_asked_yet_in_words(&self) -> String {
        let days = match self.first_reminder_days() {
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        format!("There is nothing to confirm yet; you are asked {days} before the review.")
    }
}

/// The last review date that is in reach on a day, whatever the classification.
pub(super) fn reviews_until(today: NaiveDate) -> NaiveDate {
    today + TimeDelta::days(ReviewState::NOTICE_DAYS)
}

/// The last day of access when the policy takes it: never without the least notice, however far the clock jumped.
pub(super) fn access_ends_on(
    policy_acts: NaiveDate,
    first_warned: Option<NaiveDate>,
    today: NaiveDate,
) -> NaiveDate {
    policy_acts.max(first_warned.unwrap_or(today) + TimeDelta::days(LEAST_NOTICE_DAYS))
}

/// Which warning an end without a decision calls for on a day.
pub(super) fn warning(today: NaiveDate, ends: NaiveDate) -> Option<i64> {
    let left = days(today, ends);
    WARN.into_iter().find(|days| left <= *days)
}

/// Which reminder a waiting request calls for: after so many days. The most pressing one only.
fn request_step(since: NaiveDate, today: NaiveDate) -> Option<i64> {
    let waited = days(since, today);
    if waited >= REQUEST_ESCALATES_AFTER_DAYS {
        let late = waited - REQUEST_ESCALATES_AFTER_DAYS;
        return Some(REQUEST_ESCALATES_AFTER_DAYS + late / REQUEST_AGAIN_DAYS * REQUEST_AGAIN_DAYS);
    }
    WAITING.into_iter().find(|days| waited >= *days)
}

/// The day from which the reminder counts that a waiting request calls for; where nobody can decide it, it does not wait
/// for a date.
pub(crate) fn request_reminder(since: NaiveDate, today: NaiveDate, nobody: bool) -> Option<NaiveDate> {
    let step = request_step(since, today).or(nobody.then_some(0));
    step.map(|step| since + TimeDelta::days(step))
}

/// Whether a request has waited so long that those above can decide it too.
pub(crate) fn is_request_escalated(since: NaiveDate, today: NaiveDate) -> bool {
    days(since, today) >= REQUEST_ESCALATES_AFTER_DAYS
}

#[cfg(test)]
mod tests;
