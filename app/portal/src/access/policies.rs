//! What the rules say per classification.

use chrono::{Datelike, NaiveDate, TimeDelta};
use lakeport_model::catalog::Classification;
use serde::{Deserialize, Serialize};

use super::schedule::Cadence;

/// What happens to a grant whose review nobody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// The grant ends.
    Revoke,
    /// The grant stays, and the next cycle begins.
    Keep,
    /// The grant stays, marked as overdue.
    Flag,
}

/// Reviews can be moved to the end of a month or quarter, so that they come in bundles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// On the day itself.
    #[default]
    Day,
    /// On the last day of its month.
    Month,
    /// On the last day of its quarter.
    Quarter,
}

/// The rules for one classification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Approvals a request needs: 0 (granted at once, with a record), 1 (an owner) or 2 (an owner, then a steward).
    pub approvals: u8,
    /// Longest duration of a grant, in days.
    pub longest_days: i64,
    /// Days from one review to the next.
    pub review_days: i64,
    /// What happens when nobody answers.
    pub no_answer: NoAnswer,
    /// Where review dates are moved to.
    #[serde(default)]
    pub align: Align,
    /// When people are reminded, and when somebody or something else acts.
    #[serde(default)]
    pub cadence: Cadence,
}

/// The rules for all classifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    /// For public data.
    pub public: Policy,
    /// For internal data.
    pub internal: Policy,
    /// For confidential data.
    pub confidential: Policy,
    /// For restricted data.
    pub restricted: Policy,
}

impl Default for Policies {
    fn default() -> Self {
        let policy = |approvals, longest_days, review_days, no_answer| Policy {
            approvals,
            longest_days,
            review_days,
            no_answer,
            align: Align::Day,
            cadence: Cadence::default(),
        };
        Self {
            public: policy(0, 730, 365, NoAnswer::Keep),
            internal: policy(1, 365, 180, NoAnswer::Flag),
            confidential: policy(1, 365, 90, NoAnswer::Revoke),
            restricted: policy(2, 180, 60, NoAnswer::Revoke),
        }
    }
}

impl Policies {
    /// The rules for a classification.
    pub fn of(&self, classification: Classification) -> &Policy {
        match classification {
            Classification::Public => &self.public,
            Classification::Internal => &self.internal,
            Classification::Confidential => &self.confidential,
            Classification::Restricted => &self.restricted,
        }
    }

    /// The last review date that is so late on a day that others are asked too, of whatever classification.
    pub(super) fn escalated_until(&self, today: NaiveDate) -> NaiveDate {
        let dates = Classification::ALL.iter().map(|held| self.of(*held).cadence.escalated_until(today));
        dates.max().unwrap_or(today)
    }

    /// What is wrong with configured rules, with the key.
    pub fn problem(&self) -> Option<String> {
        Classification::ALL.iter().find_map(|classification| {
            let policy = self.of(*classification);
            let wrong = |key: &str, what: &str| Some(format!("policy.{classification}.{key} {what}"));
            if policy.approvals > 2 {
                wrong("approvals", "is 0, 1 or 2")
            } else if policy.approvals == 0 && *classification != Classification::Public {
                wrong("approvals", "cannot be 0: only public data is granted without a decision")
            } else if !(1..=3_650).contains(&policy.longest_days) {
                wrong("longest_days", "lies between 1 and 3650")
            } else if !(1..=3_650).contains(&policy.review_days) {
                wrong("review_days", "lies between 1 and 3650")
            } else {
                policy.cadence.problem().and_then(|(key, what)| wrong(key, &what))
            }
        })
    }
}

impl Policy {
    /// Day of the next review, counted from `today`.
    pub fn next_review(&self, today: NaiveDate) -> NaiveDate {
        let day = today + TimeDelta::days(self.review_days);
        match self.align {
            Align::Day => day,
            Align::Month => last_day(day.year(), day.month()),
            Align::Quarter => last_day(day.year(), day.month0() / 3 * 3 + 3),
        }
    }

    /// How many have to approve, in words.
    pub fn approvals_in_words(&self) -> &'static str {
        match self.approvals {
            0 => "Granted at once; the request is recorded.",
            1 => "One person has to approve.",
            _ => "Two people have to approve, one after the other.",
        }
    }

    /// The rules in words, for the request form and the decision, after a sentence about who decides.
    pub fn in_words(&self, who: String) -> Vec<String> {
        vec![
            who,
            format!("Access lasts {} days at most.", self.longest_days),
            format!("It is looked at again every {} days.", self.review_days),
            self.no_answer_in_words(),
        ]
    }

    /// What happens without an answer, in words.
    pub fn no_answer_in_words(&self) -> String {
        match self.no_answer {
            NoAnswer::Revoke => self.cadence.revoked_in_words(),
            NoAnswer::Keep => {
                "Without a decision, access is kept until the next review, or until its last day if that comes first."
                    .to_owned()
            }
            NoAnswer::Flag => "Without a decision, access stays and is marked as overdue.".to_owned(),
        }
    }
}

fn last_day(year: i32, month: u32) -> NaiveDate {
    let (year, month) = if month >= 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).and_then(|first| first.pred_opt()).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i64) -> NaiveDate {
        NaiveDate::default() + TimeDelta::days(number)
    }

    #[test]
    fn reviews_are_aligned_to_the_end_of_month_or_quarter() {
        let mut policy = Policies::default().confidential;
        let today = NaiveDate::from_ymd_opt(2026, 8, 20).expect("a date");
        policy.align = Align::Month;
        assert_eq!(policy.next_review(today).to_string(), "2026-11-30");
        policy.align = Align::Quarter;
        assert_eq!(policy.next_review(today).to_string(), "2026-12-31");
    }

    #[test]
    fn only_public_data_may_go_without_a_decision() {
        let mut policies = Policies::default();
        assert_eq!(policies.problem(), None);
        policies.internal.approvals = 0;
        assert!(policies.problem().is_some_and(|problem| problem.starts_with("policy.internal.approvals")));
    }

    proptest! {
        #[test]
        fn a_review_never_comes_before_its_interval(start in 0i64..20_000, days in 1i64..400) {
            for align in [Align::Day, Align::Month, Align::Quarter] {
                let policy = Policy { review_days: days, align, ..Policies::default().internal };
                prop_assert!(policy.next_review(day(start)) >= day(start + days));
            }
        }
    }
}
