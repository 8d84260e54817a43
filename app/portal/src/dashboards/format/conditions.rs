//! Conditions of alerts and tests.

use super::expectations::{Condition, Operator, Term};
use super::fields::{data_ref, is_name};

/// What is allowed, for a sentence.
pub(super) const ALLOWED: &str = "totals.cases > 0, totals.rate between 0 and 1, rows(totals) = 1, \
                                  sum(daily.amount) = totals.amount, max_ms 500";

/// Reads one condition; `None` when it is none.
pub(super) fn read(text: &str) -> Option<Condition> {
    let text = text.trim();
    if let Some(limit) = text.strip_prefix("max_ms ") {
        return limit.trim().parse().ok().map(Condition::MaxMs);
    }
    if let Some((value, range)) = text.split_once(" between ") {
        let (low, high) = range.split_once(" and ")?;
        return Some(Condition::Between { value: term(value)?, low: number(low)?, high: number(high)? });
    }
    let start = text.find(['=', '!', '<', '>'])?;
    let (left, rest) = text.split_at(start);
    let operators = [
        ("!=", Operator::NotEqual),
        ("<=", Operator::AtMost),
        (">=", Operator::AtLeast),
        ("=", Operator::Equal),
        ("<", Operator::Below),
        (">", Operator::Above),
    ];
    let (sign, operator) = operators.into_iter().find(|(sign, _)| rest.starts_with(sign))?;
    Some(Condition::Compare { left: term(left)?, operator, right: term(&rest[sign.len()..])? })
}

impl Condition {
    /// Queries it speaks about.
    pub(super) fn queries(&self) -> Vec<&str> {
        fn of(term: &Term) -> Option<&str> {
            match term {
                Term::Number(_) => None,
                Term::Value(data) | Term::Sum(data) => Some(&data.query),
                Term::Rows(query) => Some(query),
            }
        }
        match self {
            Self::Compare { left, right, .. } => [of(left), of(right)].into_iter().flatten().collect(),
            Self::Between { value, .. } => of(value).into_iter().collect(),
            Self::MaxMs(_) => Vec::new(),
        }
    }
}

fn term(text: &str) -> Option<Term> {
    let text = text.trim();
    let call = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')').map(str::trim);
    if let Some(query) = call("rows") {
        return is_name(query).then(|| Term::Rows(query.to_owned()));
    }
    if let Some(data) = call("sum") {
        return data_ref(data).map(Term::Sum);
    }
    number(text).map(Term::Number).or_else(|| data_ref(text).map(Term::Value))
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}
