//! Reminders, warnings and looks over the days.

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

/// The numbers that are built in.
fn built_in() -> Cadence {
    Cadence::default()
}

fn reminder(today: NaiveDate, due: NaiveDate) -> Option<String> {
    built_in().reminder(today, due).map(ReminderKind::key)
}

#[test]
fn the_most_pressing_reminder_is_chosen_and_its_key_names_its_day() {
    let due = date("2026-11-23");
    let on = |left: i64| reminder(due - TimeDelta::days(left), due);
    assert_eq!(on(31), None);
    assert_eq!(on(30).as_deref(), Some("before.2026-10-24"));
    assert_eq!(on(14).as_deref(), Some("before.2026-11-09"));
    assert_eq!(on(2).as_deref(), Some("before.2026-11-16"));
    assert_eq!(on(0).as_deref(), Some("before.2026-11-22"));
    assert_eq!(on(-1).as_deref(), Some("overdue.2026-11-24"));
    assert_eq!(on(-7).as_deref(), Some("overdue.2026-11-24"));
    assert_eq!(on(-8).as_deref(), Some("overdue.2026-12-01"));
}

#[test]
fn a_configured_cadence_is_kept_and_said() {
    let twice = Cadence { remind_days: vec![3, 21], overdue_days: 3, escalate_days: 2, no_answer_days: 10 };
    let due = date("2026-11-23");
    let on = |left: i64| twice.reminder(due - TimeDelta::days(left), due).map(ReminderKind::key);
    assert_eq!(on(22), None);
    assert_eq!(on(21).as_deref(), Some("before.2026-11-02"));
    assert_eq!(on(0).as_deref(), Some("before.2026-11-20"));
    assert_eq!(on(-3).as_deref(), Some("overdue.2026-11-24"));
    assert_eq!(on(-4).as_deref(), Some("overdue.2026-11-27"));
    assert!(!twice.is_review_escalated(date("2026-11-25"), due));
    assert!(twice.is_review_escalated(date("2026-11-26"), due));
    assert_eq!(twice.policy_acts_after(due, date("2026-11-01")), date("2026-12-03"));
    assert!(
        twice.revoked_in_words().starts_with("Without a decision, access ends 10 days after the review date")
    );
    assert!(twice.not_asked_yet_in_words().ends_with("you are asked 21 days before the review."));
}

#[test]
fn a_cadence_that_cannot_be_kept_is_never_taken() {
    let problem = |change: fn(&mut Cadence)| {
        let mut cadence = built_in();
        change(&mut cadence);
        cadence.problem().map(|(key, _)| key)
    };
    assert_eq!(problem(|_| ()), None);
    assert_eq!(problem(|cadence| cadence.remind_days.clear()), Some("remind_days"));
    assert_eq!(problem(|cadence| cadence.remind_days.push(31)), Some("remind_days"));
    assert_eq!(problem(|cadence| cadence.remind_days.push(0)), Some("remind_days"));
    assert_eq!(problem(|cadence| cadence.remind_days = (1..10).collect()), Some("remind_days"));
    assert_eq!(problem(|cadence| cadence.overdue_days = 0), Some("overdue_days"));
    assert_eq!(problem(|cadence| cadence.no_answer_days = 6), Some("no_answer_days"));
    assert_eq!(
        problem(|cadence| cadence.escalate_days = 15),
        Some("escalate_days"),
        "the policy would act first"
    );
}

#[test]
fn nobody_asks_for_a_decision_that_is_not_due_or_twice_a_day() {
    let on =
        |left: i64, confirmed, asked| built_in().may_ask(day(100 - left), Some(day(100)), confirmed, asked);
    assert_eq!(on(31, true, false), MayAsk::NotYet);
    assert_eq!(built_in().may_ask(day(100), None, true, false), MayAsk::NotYet);
    for left in [30, 0, -20] {
        assert_eq!(on(left, false, false), MayAsk::AnswerFirst);
        assert_eq!(on(left, true, true), MayAsk::AskedToday);
        assert_eq!(on(left, true, false), MayAsk::Yes);
    }
}

#[test]
fn a_waiting_request_reminds_after_3_and_7_days_and_escalates_after_14() {
    let steps: Vec<_> = (0..30).map(|waited| request_step(day(0), day(waited))).collect();
    assert!(steps[..3].iter().all(Option::is_none));
    assert_eq!([steps[3], steps[6], steps[7], steps[13]], [Some(3), Some(3), Some(7), Some(7)]);
    assert_eq!([steps[14], steps[20], steps[21], steps[28]], [Some(14), Some(14), Some(21), Some(28)]);
    assert!(!is_request_escalated(day(0), day(13)) && is_request_escalated(day(0), day(14)));
}

#[test]
fn the_29th_of_february_is_a_day_like_any_other() {
    let on = |today, due| reminder(date(today), date(due));
    assert_eq!(on("2028-02-28", "2028-03-01").as_deref(), Some("before.2028-02-23"));
    assert_eq!(on("2028-02-29", "2028-03-01").as_deref(), Some("before.2028-02-29"));
    assert_eq!(on("2027-02-28", "2027-03-01").as_deref(), Some("before.2027-02-28"));
    assert_eq!(request_step(date("2028-02-27"), date("2028-03-01")), Some(3));
    assert_eq!(request_step(date("2027-02-27"), date("2027-03-01")), None);
    assert_eq!(built_in().policy_acts_after(date("2028-02-20"), date("2028-02-01")), date("2028-03-05"));
}

#[test]
fn the_change_of_clocks_moves_no_reminder() {
    // In Berlin the night of 28 March 2027 has an hour less, that of 31 October an hour more: a portal that looks at
    // the same local hour every day looks at moments 23 or 25 hours apart, and still once on each day.
    let berlin = |summer: bool| FixedOffset::east_opt(if summer { 7_200 } else { 3_600 }).expect("a zone");
    for (due, begins_summer) in [("2027-04-05", true), ("2027-11-08", false)] {
        let due = date(due);
        let change = due - TimeDelta::days(8);
        let mut keys = Vec::new();
        for left in (0..=31).rev() {
            let local = due - TimeDelta::days(left);
            let zone = berlin((local >= change) == begins_summer);
            let at = local.and_hms_opt(8, 0, 0).expect("a time").and_local_timezone(zone).unwrap();
            let at: DateTime<Utc> = at.to_utc();
            keys.extend(reminder(at.date_naive(), due).map(|key| (left, key)));
        }
        let first = |key: &str| keys.iter().find(|(_, held)| held == key).map(|(left, _)| *left);
        let found = [30, 14, 7, 1].map(|left| first(&format!("before.{}", due - TimeDelta::days(left))));
        assert_eq!(found, [Some(30), Some(14), Some(7), Some(1)]);
    }
}

/// Every cadence that may be configured.
fn cadences() -> impl Strategy<Value = Cadence> {
    let numbers = (prop::collection::vec(1i64..=30, 1..=8), 1i64..=90, 0i64..=60, 7i64..=60);
    numbers.prop_map(|(remind_days, overdue_days, escalate_days, no_answer_days)| {
        let cadence = Cadence {
            remind_days,
            overdue_days,
            escalate_days: escalate_days.min(no_answer_days),
            no_answer_days,
        };
        assert_eq!(cadence.problem(), None);
        cadence
    })
}

/// Everything that a look at a grant that holds asks its dates for.
fn asks(cadence: &Cadence, course: &Course, today: NaiveDate) -> impl PartialEq + std::fmt::Debug + use<> {
    let end = cadence.reminder(today, course.ends_on);
    let review = course.next_review.map(|due| {
        let undecided = course.first_asked.map(|asked| {
            let acts = cadence.policy_acts_after(due, asked);
            let ends = access_ends_on(acts, course.first_warned, today);
            let warned = course.first_warned.is_some();
            // A warned end is a day; of one that may still move only matters whether it is near.
            (
                is_over(acts, today),
                warned && is_over(ends, today),
                warned.then_some(ends),
                warning(today, ends),
            )
        });
        (
            cadence.reminder(today, due),
            today > due,
            [false, true].map(|confirmed| cadence.is_owners_turn(today, due, confirmed)),
            cadence.is_review_escalated(today, due),
            undecided,
        )
    });
    (end, review)
}

proptest! {
    /// Over 400 days and more, whatever day of the year a review falls on, each reminder comes once and in order.
    #[test]
    fn a_portal_that_looks_every_day_misses_no_reminder(due in 60i64..1_500) {
        let due = day(due);
        let key = |today| reminder(today, due);
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
        prop_assert_eq!(heard(today, [0, 0, 0], |on| reminder(on, day(due))).len(), 1);
        let steps = heard(today, [0, 0], |on| request_step(day(due), on).map(|days| days.to_string()));
        prop_assert_eq!(steps.len(), usize::from(jump >= 3));
    }

    /// The consumer is asked before the owner, the owner before others, others before the policy acts: whatever is
    /// configured.
    #[test]
    fn nobody_is_asked_before_his_turn(
        due in 60i64..1_500, offset in -60i64..60, confirmed: bool, cadence in cadences(),
    ) {
        let (due, today) = (day(due), day(due + offset));
        let asked = cadence.reminder(today, due).is_some();
        let owner = cadence.is_owners_turn(today, due, confirmed);
        let others = cadence.is_review_escalated(today, due);
        let acts = is_over(cadence.policy_acts_after(due, due), today);
        prop_assert!(!owner || asked);
        let may = cadence.may_ask(today, Some(due), confirmed, false) == MayAsk::Yes;
        prop_assert!(!may || owner, "nobody is pressed for what is not on his desk");
        prop_assert!(!others || owner);
        prop_assert!(!acts || others);
        if !confirmed && today < cadence.owner_is_asked_on(due) {
            prop_assert!(!owner, "the consumer has his time alone");
        }
    }

    /// On a day on which the stored next look has not come, nothing that a look asks the dates for is another than at the
    /// last look, whatever is configured and whenever somebody was asked and warned.
    #[test]
    fn before_its_next_look_nothing_about_a_grant_is_ever_due(
        cadence in cadences(),
        review in prop::option::of(0i64..400),
        end in 0i64..400,
        (asked, warned) in (prop::option::of(0i64..200), prop::option::of(0i64..200)),
        start in 0i64..300,
    ) {
        let course = Course {
            ends_on: day(end),
            next_review: review.map(day),
            first_asked: asked.map(day),
            first_warned: warned.map(day),
        };
        let mut looked = day(start);
        let mut next = course.next_look(&cadence, looked);
        for today in start + 1..start + 500 {
            let today = day(today);
            if is_over(course.ends_on, today) {
                prop_assert!(next <= today || is_over(course.ends_on, looked), "its end is seen");
                break;
            }
            if next <= today {
                (looked, next) = (today, course.next_look(&cadence, today));
            } else {
                prop_assert_eq!(
                    asks(&cadence, &course, looked), asks(&cadence, &course, today),
                    "looked on {}, next on {}, now {}", looked, next, today
                );
            }
        }
    }

    /// The same of a request.
    #[test]
    fn before_its_next_look_no_request_calls_for_a_reminder(since in 0i64..1_500, looked in 0i64..400) {
        let (since, looked) = (day(since), day(since + looked));
        let next = next_look_at_request(since, looked);
        prop_assert!(next > looked);
        let mut today = looked;
        while today < next {
            prop_assert_eq!(request_step(since, today), request_step(since, looked));
            today += TimeDelta::days(1);
        }
        prop_assert!(request_step(since, next) != request_step(since, looked), "no look is for nothing");
    }

    /// However far the clock jumps: between the first warning and the end lies the least notice, and the day that was
    /// said stays the day.
    #[test]
    fn access_never_ends_without_notice(due in 60i64..1_500, asked in -30i64..60, jump in 0i64..120) {
        let acts = built_in().policy_acts_after(day(due), day(due + asked));
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
        let steps = heard(day(since), 0..=waited, |today| request_step(day(since), today).map(|days| days.to_string()));
        let expected = usize::try_from(2 + 1 + (waited - 14) / 7).expect("a count");
        prop_assert_eq!(steps.len(), expected);
    }
}
