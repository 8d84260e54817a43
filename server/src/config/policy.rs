//! `[policy.confidential]` and its sisters: what differs from the built-in rules of access.

use lakeport_portal::access::{Align, Cadence, NoAnswer, Policies, Policy};
use serde::{Deserialize, Serialize};

use super::variables;

/// Sections by classification.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicySection {
    /// For `public` data.
    pub public: PolicyRules,
    /// For `internal` data.
    pub internal: PolicyRules,
    /// For `confidential` data.
    pub confidential: PolicyRules,
    /// For `restricted` data.
    pub restricted: PolicyRules,
}

/// Rules of one classification; what is left out keeps its built-in value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyRules {
    /// Approvals a request needs: 0 (public data only), 1 (an owner) or 2 (an owner, then a steward).
    #[serde(deserialize_with = "variables::some", skip_serializing_if = "Option::is_none")]
    pub approvals: Option<u8>,
    /// The longest time a grant may last, in days.
    #[serde(deserialize_with = "variables::some", skip_serializing_if = "Option::is_none")]
    pub longest_days: Option<i64>,
    /// Days from the start of a grant, or from a review, to the next review.
    #[serde(deserialize_with = "variables::some", skip_serializing_if = "Option::is_none")]
    pub review_days: Option<i64>,
    /// What happens when nobody answers a review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<NoAnswer>,
    /// Whether review dates are moved to the end of their month or quarter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub align: Option<Align>,
    /// Days before a review, and before an end, on which people are reminded: at most 30 each.
    #[serde(deserialize_with = "variables::some_list", skip_serializing_if = "Option::is_none")]
    pub remind_days: Option<Vec<i64>>,
    /// Days from one reminder of an overdue review to the next.
    #[serde(deserialize_with = "variables::some", skip_serializing_if = "Option::is_none")]
    pub overdue_days: Option<i64>,
    /// Days after the review date from which others are asked too.
    #[serde(deserialize_with = "variables::some", skip_serializing_if = "Option::is_none")]
    pub escalate_days: Option<i64>,
    /// Days after the review date, and after reviewers were first asked, until what happens when nobody answers.
    #[serde(deserialize_with = "variables::some", skip_serializing_if = "Option::is_none")]
    pub no_answer_days: Option<i64>,
}

impl PolicySection {
    /// The built-in rules with these changes.
    pub fn policies(&self) -> Policies {
        let built_in = Policies::default();
        Policies {
            public: self.public.over(built_in.public),
            internal: self.internal.over(built_in.internal),
            confidential: self.confidential.over(built_in.confidential),
            restricted: self.restricted.over(built_in.restricted),
        }
    }
}

impl PolicyRules {
    fn over(&self, policy: Policy) -> Policy {
        Policy {
            approvals: self.approvals.unwrap_or(policy.approvals),
            longest_days: self.longest_days.unwrap_or(policy.longest_days),
            review_days: self.review_days.unwrap_or(policy.review_days),
            no_answer: self.no_answer.unwrap_or(policy.no_answer),
            align: self.align.unwrap_or(policy.align),
            cadence: Cadence {
                remind_days: self.remind_days.clone().unwrap_or(policy.cadence.remind_days),
                overdue_days: self.overdue_days.unwrap_or(policy.cadence.overdue_days),
                escalate_days: self.escalate_days.unwrap_or(policy.cadence.escalate_days),
                no_answer_days: self.no_answer_days.unwrap_or(policy.cadence.no_answer_days),
            },
        }
    }
}
