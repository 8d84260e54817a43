//! What of a long plan is shown.

use std::collections::HashSet;

use lakeport_model::mesh::{Plan, PlannedChange};

use crate::documents::Weight;

/// Most documents of which a plan shows what they mean for people.
const MOST_EFFECTS: usize = 200;

/// Keeps what means most for people, and says of how many documents it is left out.
pub(super) fn leave_out(plan: &mut Plan, weight: impl Fn(&PlannedChange) -> Weight) {
    let changes = plan.created.iter_mut().chain(&mut plan.changed);
    let changes: Vec<&mut PlannedChange> = changes.filter(|change| !change.effects.is_empty()).collect();
    let left_out = changes.len().saturating_sub(MOST_EFFECTS);
    if left_out == 0 {
        return;
    }
    let weights: Vec<Weight> = changes.iter().map(|change| weight(change)).collect();
    let shown = weightiest(&weights, MOST_EFFECTS);
    for (place, change) in changes.into_iter().enumerate() {
        if !shown.contains(&place) {
            change.effects.clear();
        }
    }
    plan.warnings.push(format!(
        "What this means for people is shown for {MOST_EFFECTS} documents, those first that open data, and not for {left_out} \
         more; push fewer at a time to see it."
    ));
}

/// The places of so many that weigh most; of those that weigh the same, the first.
fn weightiest(weights: &[Weight], most: usize) -> HashSet<usize> {
    let mut places: Vec<usize> = (0..weights.len()).collect();
    places.sort_by_key(|place| weights[*place]);
    places.into_iter().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_data_is_never_left_out_for_what_does_not() {
        let weights = [Weight::Rest, Weight::Ends, Weight::Rest, Weight::Opens, Weight::Ends];
        let shown = |most: usize| weightiest(&weights, most);
        assert_eq!(shown(1), HashSet::from([3]));
        assert_eq!(shown(2), HashSet::from([3, 1]), "of two that weigh the same the first");
        assert_eq!(shown(4), HashSet::from([3, 1, 4, 0]));
        assert_eq!(shown(9).len(), weights.len());
    }
}
