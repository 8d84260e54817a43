//! When people are asked, reminded and warned, when a question goes on to somebody else, and when the policy acts.
//!
//! Every number of days stands here, and nothing else: plain functions of dates. A date is a calendar day in UTC, so
//! that it begins at the same moment for everybody, and no country's change of clocks makes a day shorter or longer.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::ReviewState;

/// Days before a review, or before an end, on which people hear of it.
const BEFORE: [i64; 4] = [1, 7, 14, ReviewState::NOTICE_DAYS];
/// Days from one reminder of what is late to the next.
const AGAIN_DAYS: i64 = 7;
/// Days before the review from which the owner is asked, though the consumer has not answered.
const CONSUMER_ALONE_UNTIL_DAYS: i64 = 14;
/// Days after the review date from which others are asked too.
const REVIEW_ESCALATES_AFTER_DAYS: i64 = 7;
/// Days that reviewers have after the review date, and at least after they were first asked.
pub(super) const POLICY_ACTS_AFTER_DAYS: i64 = 14;
/// Days before the policy ends access on which its consumer is warned.
const WARN: [i64; 2] = [1, LEAST_NOTICE_DAYS];
/// The least notice a consumer gets.
pub(super) const LEAST_NOTICE_DAYS: i64 = 7;
/// Days after which those who can decide a waiting request are reminded.
const WAITING: [i64; 2] = [7, 3];
/// Days after which a waiting request goes to those above, too.
const REQUEST_ESCALATES_AFTER_DAYS: i64 = 14;

fn days(from: NaiveDate, to: NaiveDate) -> i64 {
    (to - from).num_days()
}

/// Which reminder a review date calls for on a day; the most pressing one only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReminderKind {
    /// This many days before: 30, 14, 7 or 1.
    Before(i64),
    /// Overdue; a new one every seven days, counted from 0.
    Overdue(i64),
}

impl ReminderKind {
    pub(super) fn on(today: NaiveDate, due: NaiveDate) -> Option<Self> {
        let left = days(today, due);
        if left < 0 {
            return Some(Self::Overdue((-left - 1) / AGAIN_DAYS));
        }
        BEFORE.into_iter().find(|days| left <= *days).map(Self::Before)
    }

    /// The stored key.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Before(days) => format!("before.{days}"),
            Self::Overdue(week) => format!("overdue.{week}"),
        }
    }
}

/// Whether a review is the owner's to do: the consumer was asked first, and has answered or had his time.
pub(super) fn is_owners_turn(today: NaiveDate, due: NaiveDate, confirmed: bool) -> bool {
    let left = days(today, due);
    left <= CONSUMER_ALONE_UNTIL_DAYS || (confirmed && left <= ReviewState::NOTICE_DAYS)
}

/// Whether a consumer can ask for the decision on his review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MayAsk {
    /// He can.
    Yes,
    /// No review waits.
    NotYet,
    /// He is asked himself: whether he still needs it.
    AnswerFirst,
    /// He did so today; once a day is enough.
    AskedToday,
}

/// Decides it on a day, for a review due on a date, if there is one.
pub(super) fn may_ask(
    today: NaiveDate,
    due: Option<NaiveDate>,
    confirmed: bool,
    asked_today: bool,
) -> MayAsk {
    match due.map(|due| ReviewState::on(today, due)) {
        None | Some(ReviewState::Ok) => MayAsk::NotYet,
        Some(_) if !confirmed => MayAsk::AnswerFirst,
        Some(_) if asked_today => MayAsk::AskedToday,
        Some(_) => MayAsk::Yes,
    }
}

/// The day from which the owner is asked in any case.
pub(super) fn owner_is_asked_on(due: NaiveDate) -> NaiveDate {
    due - TimeDelta::days(CONSUMER_ALONE_UNTIL_DAYS)
}

/// The last review date that is in reach on a day.
pub(super) fn reviews_until(today: NaiveDate) -> NaiveDate {
    today + TimeDelta::days(ReviewState::NOTICE_DAYS)
}

/// Whether a review is so late that others are asked too.
pub(super) fn is_review_escalated(today: NaiveDate, due: NaiveDate) -> bool {
    due <= escalated_until(today)
}

/// The last review date that is so late on a day.
pub(super) fn escalated_until(today: NaiveDate) -> NaiveDate {
    today - TimeDelta::days(REVIEW_ESCALATES_AFTER_DAYS + 1)
}

/// The last day to decide before the policy acts: never before those who review had their time.
pub(super) fn policy_acts_after(due: NaiveDate, first_asked: NaiveDate) -> NaiveDate {
    due.max(first_asked) + TimeDelta::days(POLICY_ACTS_AFTER_DAYS)
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
pub(super) fn request_reminder(since: NaiveDate, today: NaiveDate) -> Option<i64> {
    let waited = days(since, today);
    if waited >= REQUEST_ESCALATES_AFTER_DAYS {
        let late = waited - REQUEST_ESCALATES_AFTER_DAYS;
        return Some(REQUEST_ESCALATES_AFTER_DAYS + late / AGAIN_DAYS * AGAIN_DAYS);
    }
    WAITING.into_iter().find(|days| waited >= *days)
}

/// Whether a request has waited so long that those above can decide it too.
pub(super) fn is_request_escalated(since: NaiveDate, today: NaiveDate) -> bool {
    days(since, today) >= REQUEST_ESCALATES_AFTER_DAYS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, FixedOffset, Utc};
    use lakeport_model::access::is_over;
    use proptest::prelude::*;

    use super::*;

    /// A day of the years 2024 to 2028, two of them leap years.
    fn day(number: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day") + TimeDelta::days(number)
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// What somebody hears whose portal looks on these days: every new key once.
    fn heard(
        from: NaiveDate,
        offsets: impl IntoIterator<Item = i64>,
        key: impl Fn(NaiveDate) -> Option<String>,
    ) -> BTreeSet<String> {
        offsets.into_iter().filter_map(|offset| key(from + TimeDelta::days(offset))).collect()
    }

    #[test]
    fn the_most_pressing_reminder_is_chosen() {
        let on = |left: i64| ReminderKind::on(day(100 - left), day(100)).map(|kind| kind.key());
        assert_eq!(on(31), None);
        assert_eq!(on(30).as_deref(), Some("before.30"));
        assert_eq!(on(14).as_deref(), Some("before.14"));
        assert_eq!(on(2).as_deref(), Some("before.7"));
        assert_eq!(on(0).as_deref(), Some("before.1"));
        assert_eq!(on(-1).as_deref(), Some("overdue.0"));
        assert_eq!(on(-8).as_deref(), Some("overdue.1"));
    }

    #[test]
    fn nobody_asks_for_a_decision_that_is_not_due_or_twice_a_day() {
        let on = |left: i64, confirmed, asked| may_ask(day(100 - left), Some(day(100)), confirmed, asked);
        assert_eq!(on(31, true, false), MayAsk::NotYet);
        assert_eq!(may_ask(day(100), None, true, false), MayAsk::NotYet);
        for left in [30, 0, -20] {
            assert_eq!(on(left, false, false), MayAsk::AnswerFirst);
            assert_eq!(on(left, true, true), MayAsk::AskedToday);
            assert_eq!(on(left, true, false), MayAsk::Yes);
        }
    }

    #[test]
    fn a_waiting_request_reminds_after_3_and_7_days_and_escalates_after_14() {
        let steps: Vec<_> = (0..30).map(|waited| request_reminder(day(0), day(waited))).collect();
        assert!(steps[..3].iter().all(Option::is_none));
        assert_eq!([steps[3], steps[6], steps[7], steps[13]], [Some(3), Some(3), Some(7), Some(7)]);
        assert_eq!([steps[14], steps[20], steps[21], steps[28]], [Some(14), Some(14), Some(21), Some(28)]);
        assert!(!is_request_escalated(day(0), day(13)) && is_request_escalated(day(0), day(14)));
    }

    #[test]
    fn the_29th_of_february_is_a_day_like_any_other() {
        assert_eq!(ReminderKind::on(date("2028-02-28"), date("2028-03-01")), Some(ReminderKind::Before(7)));
        assert_eq!(ReminderKind::on(date("2028-02-29"), date("2028-03-01")), Some(ReminderKind::Before(1)));
        assert_eq!(ReminderKind::on(date("2027-02-28"), date("2027-03-01")), Some(ReminderKind::Before(1)));
        assert_eq!(request_reminder(date("2028-02-27"), date("2028-03-01")), Some(3));
        assert_eq!(request_reminder(date("2027-02-27"), date("2027-03-01")), None);
        assert_eq!(policy_acts_after(date("2028-02-20"), date("2028-02-01")), date("2028-03-05"));
    }

    #[test]
    fn the_change_of_clocks_moves_no_reminder() {
        // In Berlin the night of 28 March 2027 has an hour less, that of 31 October an hour more: a portal that looks at
        // the same local hour every day looks at moments 23 or 25 hours apart, and still once on each day.
        let berlin =
            |summer: bool| FixedOffset::east_opt(if summer { 7_200 } else { 3_600 }).expect("a zone");
        for (due, begins_summer) in [("2027-04-05", true), ("2027-11-08", false)] {
            let due = date(due);
            let change = due - TimeDelta::days(8);
            let mut keys = Vec::new();
            for left in (0..=31).rev() {
                let local = due - TimeDelta::days(left);
                let zone = berlin((local >= change) == begins_summer);
                let at = local.and_hms_opt(8, 0, 0).expect("a time").and_local_timezone(zone).unwrap();
                let at: DateTime<Utc> = at.to_utc();
                keys.extend(ReminderKind::on(at.date_naive(), due).map(|kind| (left, kind.key())));
            }
            let first = |key: &str| keys.iter().find(|(_, held)| held == key).map(|(left, _)| *left);
            let found = ["before.30", "before.14", "before.7", "before.1"].map(first);
            assert_eq!(found, [Some(30), Some(14), Some(7), Some(1)]);
        }
    }

    proptest! {
        /// Over 400 days and more, whatever day of the year a review falls on, each reminder comes once and in order.
        #[test]
        fn a_portal_that_looks_every_day_misses_no_reminder(due in 60i64..1_500) {
            let due = day(due);
            let key = |today| ReminderKind::on(today, due).map(|kind| kind.key());
            let all = heard(due, -400..0, key);
            prop_assert_eq!(all.len(), 4, "{:?}", all);
            let late = heard(due, 0..=400, key);
            prop_assert_eq!(late.len(), 1 + 400 / 7 + 1, "one a week");
            for left in 0..400 {
                prop_assert_eq!(key(due - TimeDelta::days(left)).is_some(), left <= 30);
            }
        }

        /// After a jump somebody hears one thing, not everything that was missed.
        #[test]
        fn a_jump_of_the_clock_sends_one_catch_up(due in 0i64..1_500, jump in 0i64..400) {
            let today = day(due + jump);
            prop_assert_eq!(heard(today, [0, 0, 0], |on| ReminderKind::on(on, day(due)).map(|kind| kind.key())).len(), 1);
            let steps = heard(today, [0, 0], |on| request_reminder(day(due), on).map(|days| days.to_string()));
            prop_assert_eq!(steps.len(), usize::from(jump >= 3));
        }

        /// The consumer is asked before the owner, the owner before others, others before the policy acts.
        #[test]
        fn nobody_is_asked_before_his_turn(due in 60i64..1_500, offset in -60i64..60, confirmed: bool) {
            let (due, today) = (day(due), day(due + offset));
            let asked = ReminderKind::on(today, due).is_some();
            let owner = is_owners_turn(today, due, confirmed);
            let others = is_review_escalated(today, due);
            let acts = is_over(policy_acts_after(due, due), today);
            prop_assert!(!owner || asked);
            let may = may_ask(today, Some(due), confirmed, false) == MayAsk::Yes;
            prop_assert!(!may || owner, "nobody is pressed for what is not on his desk");
            prop_assert!(!others || owner);
            prop_assert!(!acts || others);
            if !confirmed && today < owner_is_asked_on(due) {
                prop_assert!(!owner, "the consumer has his time alone");
            }
        }

        /// However far the clock jumps: between the first warning and the end lies the least notice, and the day that was
        /// said stays the day.
        #[test]
        fn access_never_ends_without_notice(due in 60i64..1_500, asked in -30i64..60, jump in 0i64..120) {
            let acts = policy_acts_after(day(due), day(due + asked));
            let mut warned = None;
            let mut ends = None;
            for today in (due + asked + jump)..(due + asked + jump + 400) {
                let today = day(today);
                let end = access_ends_on(acts, warned, today);
                if let Some(first) = warned {
                    prop_assert_eq!(Some(end), ends, "warned on {}", first);
                }
                if is_over(end, today) {
                    let first: NaiveDate = warned.expect("somebody warned first");
                    prop_assert!(days(first, end) >= LEAST_NOTICE_DAYS && end >= acts);
                    return Ok(());
                }
                if warned.is_none() && warning(today, end).is_some() {
                    (warned, ends) = (Some(today), Some(end));
                }
            }
            prop_assert!(false, "it never ended");
        }

        #[test]
        fn a_request_that_waits_on_is_never_forgotten(since in 0i64..1_500, waited in 14i64..400) {
            let steps = heard(day(since), 0..=waited, |today| request_reminder(day(since), today).map(|days| days.to_string()));
            let expected = usize::try_from(2 + 1 + (waited - 14) / 7).expect("a count");
            prop_assert_eq!(steps.len(), expected);
        }
    }
}
