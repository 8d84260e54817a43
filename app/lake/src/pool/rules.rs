//! The checks of a table, asked so that a slow rule costs its own answer and no other: what one pass counts together in
//! one request, every rule with a pass of its own in one of its own, all of them within the turn of one request.

use std::sync::Arc;
use std::time::Duration;

use lakeport_frame::{Check, CheckOutcome, LakeError, TableRef};
use tokio::time::Instant;

use super::{Shared, mixed_up};
use crate::protocol::{Reply, Request};

/// A rule's share of a request's time.
const SHARE: u32 = 2;
/// All rules of a table together take at most this many times as long as one request.
const WHOLE: u32 = 2;

/// One outcome a check, in their order. To be called with a turn.
pub(super) async fn checked(
    shared: &Arc<Shared>,
    table: TableRef,
    checks: Vec<Check>,
) -> Result<Vec<CheckOutcome>, LakeError> {
    let deadline = shared.options.deadline;
    let until = Instant::now() + deadline * WHOLE;
    let mut outcomes: Vec<Option<CheckOutcome>> = vec![None; checks.len()];
    for (first, part) in parts(&checks).into_iter().enumerate().map(|(at, part)| (at == 0, part)) {
        let left = until.saturating_duration_since(Instant::now());
        let time = left.min(if part.len() == 1 { deadline / SHARE } else { deadline });
        let asked: Vec<Check> = part.iter().map(|index| checks[*index].clone()).collect();
        let answer = if time.is_zero() {
            Err(LakeError::TooSlow(String::new()))
        } else {
            shared.answer(Request::Check { table: table.clone(), checks: asked }, time).await
        };
        let found = match answer {
            Ok(Reply::Checked(found)) if found.len() == part.len() => found,
            Ok(_) => return Err(mixed_up()),
            // Where the table itself cannot be opened, no rule about it has anything else to say.
            Err(error) if first && !is_of_the_rule(&error) => return Err(error),
            Err(error) => vec![CheckOutcome::Unchecked { reason: reason(&error, time) }; part.len()],
        };
        for (index, outcome) in part.into_iter().zip(found) {
            outcomes[index] = Some(outcome);
        }
    }
    outcomes.into_iter().collect::<Option<Vec<_>>>().ok_or_else(mixed_up)
}

/// Which checks are asked together: first what one pass counts, then each of the others.
fn parts(checks: &[Check]) -> Vec<Vec<usize>> {
    let alone = |check: &Check| matches!(check, Check::Sql { .. } | Check::Unique { .. });
    let (others, together): (Vec<usize>, Vec<usize>) =
        (0..checks.len()).partition(|index| alone(&checks[*index]));
    let together = (!together.is_empty()).then_some(together);
    together.into_iter().chain(others.into_iter().map(|index| vec![index])).collect()
}

/// True where the next rule may still be answered.
fn is_of_the_rule(error: &LakeError) -> bool {
    matches!(error, LakeError::TooSlow(_) | LakeError::TooLarge(_) | LakeError::Fault(_))
}

fn reason(error: &LakeError, time: Duration) -> String {
    match error {
        LakeError::TooSlow(_) if time.is_zero() => {
            "The rules before this one took all the time there is for a table.".to_owned()
        }
        LakeError::TooSlow(_) => {
            format!("The rule did not finish in {} seconds and was stopped.", time.as_secs_f64().round())
        }
        LakeError::TooLarge(_) => "The rule needs more memory than it may use.".to_owned(),
        error => error.message().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_with_a_pass_of_its_own_never_shares_its_request() {
        let count = Check::RowCount { min: Some(1), max: None };
        let unique = Check::Unique { columns: vec!["id".to_owned()] };
        let required = Check::Required { column: "id".to_owned() };
        assert_eq!(parts(&[unique.clone(), count, unique, required]), [vec![1, 3], vec![0], vec![2]]);
        assert!(parts(&[]).is_empty());
    }
}
