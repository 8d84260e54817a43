//! Who may make data less protected than it was: the same on a page and in a push.

use lakeport_model::people::Viewer;
use lakeport_model::{DomainId, First};

use super::stewards::Stewards;
use crate::Result;
use crate::catalog::{Lowered, lowered};
use crate::policy::{self, Authorized, LowerClassification};
use crate::store::catalog::AssetRow;

/// True where an asset leaves a domain; what only events named was nobody's.
pub(crate) fn moves(before: &AssetRow, after: &AssetRow) -> bool {
    !before.domain.is_empty() && before.domain != after.domain
}

/// Whether somebody may make an asset less protected than it is; nothing where the change needs nobody's leave for that.
///
/// # Errors
/// Refused where one of the domains that are asked says no; the refusal says what the change does.
pub(crate) fn may_lower(
    stewards: &Stewards,
    viewer: &Viewer,
    before: &AssetRow,
    after: &AssetRow,
) -> Result<Option<Authorized<LowerClassification>>> {
    let lowered = lowered(before, after);
    let has_steward = |domain: &str| stewards.watch(domain);
    let is_fresh = |domain: &str| stewards.is_fresh(domain, viewer.id);
    let domains = (before.domain.as_str(), after.domain.as_str());
    let asked = asked(!lowered.is_empty(), domains, has_steward, is_fresh);
    let allowed: Result<Vec<_>> = asked.into_iter().map(|asked| policy::authorize(viewer, asked)).collect();
    let allowed = allowed.map_err(|error| {
        let message = format!("{} {error}", done(&lowered, moves(before, after)));
        error.saying(message)
    });
    Ok(allowed?.into_iter().next())
}

/// What a change does: the first column that it lowers and how many more, or the asset as a whole where it is no column; and
/// that the asset moves.
fn done(lowered: &[Lowered], moves: bool) -> String {
    let columns: Vec<&str> = lowered.iter().filter_map(|one| one.column.as_deref()).collect();
    let whole = (columns.is_empty() && !lowered.is_empty()).then_some("the asset as a whole");
    let what = First::cut(columns.into_iter().chain(whole).collect(), 1);
    let lower = (what.of > 0).then(|| format!("Less protected than it was: {}.", what.words()));
    let moved = moves.then(|| "It leaves its domain.".to_owned());
    lower.into_iter().chain(moved).collect::<Vec<_>>().join(" ")
}

/// The questions of a change. What is lowered while it moves, both domains have a say in. What only moves is asked of the
/// steward whom it leaves: otherwise owners would take it to where nobody asks, and lower it there.
fn asked(
    is_lower: bool,
    (from, to): (&str, &str),
    has_steward: impl Fn(&str) -> bool,
    is_fresh: impl Fn(&str) -> bool,
) -> Vec<LowerClassification> {
    let mut domains = vec![from, to];
    domains.dedup();
    let asked = domains.into_iter().filter(|domain| !domain.is_empty()).map(|domain| LowerClassification {
        domain: DomainId(domain.to_owned()),
        has_steward: has_steward(domain),
        is_fresh: is_fresh(domain),
    });
    let leaves = |asked: &LowerClassification| from != to && asked.domain.0 == from && asked.has_steward;
    asked.filter(|asked| is_lower || leaves(asked)).collect()
}

#[cfg(test)]
mod tests {
    use lakeport_model::catalog::Classification;

    use super::*;

    #[test]
    fn a_refusal_names_the_first_column_and_no_more_than_was_changed() {
        let lowered = |column: Option<&str>| Lowered {
            column: column.map(str::to_owned),
            before: Classification::Restricted,
            after: Classification::Internal,
        };
        let (email, phone, whole) = (lowered(Some("email")), lowered(Some("phone")), lowered(None));
        assert_eq!(
            done(std::slice::from_ref(&whole), false),
            "Less protected than it was: the asset as a whole."
        );
        assert_eq!(done(&[email.clone(), whole.clone()], false), "Less protected than it was: email.");
        let both = done(&[email, phone, whole], true);
        assert_eq!(both, "Less protected than it was: email and 1 more. It leaves its domain.");
        assert_eq!(done(&[], true), "It leaves its domain.");
    }

    /// The domains that are asked, where only the first of them has a steward.
    fn domains(is_lower: bool, from: &str, to: &str) -> Vec<(String, bool)> {
        let asked = asked(is_lower, (from, to), |domain| domain == "watched", |_| false).into_iter();
        asked.map(|asked| (asked.domain.0, asked.has_steward)).collect()
    }

    #[test]
    fn the_steward_is_asked_of_what_is_lowered_and_of_what_leaves() {
        let (watched, free) = (("watched".to_owned(), true), ("free".to_owned(), false));
        assert!(domains(false, "watched", "watched").is_empty());
        assert_eq!(domains(true, "watched", "watched"), std::slice::from_ref(&watched));
        let leaves = domains(false, "watched", "free");
        assert_eq!(leaves, std::slice::from_ref(&watched), "it leaves a steward");
        assert!(domains(false, "free", "watched").is_empty());
        assert_eq!(domains(true, "free", "watched"), [free, watched.clone()], "both have a say");
        assert_eq!(domains(true, "", "watched"), [watched], "what only events named was nobody's");
        assert!(domains(false, "", "watched").is_empty());
    }
}
