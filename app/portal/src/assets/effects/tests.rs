//! Sentences.

use super::*;

fn one(column: Option<&str>, before: Classification, after: Classification) -> Lowered {
    Lowered { column: column.map(str::to_owned), before, after }
}

#[test]
fn a_change_says_what_was_and_what_is() {
    let lowered = one(Some("email"), Classification::Restricted, Classification::Internal);
    assert_eq!(changed(&lowered), "email (restricted until now, internal from now on)");
    assert_eq!(changed_back(&lowered), "email (internal until now, restricted from now on)");
    let whole = one(None, Classification::Restricted, Classification::Internal);
    assert!(changed(&whole).starts_with("the asset as a whole ("));
}

#[test]
fn a_sentence_names_the_first_and_counts_the_others() {
    let names = |number: usize| (0..number).map(|at| format!("c{at}"));
    assert_eq!(said("Gone", names(0)), None);
    assert_eq!(said("Gone", names(2)).as_deref(), Some("Gone: c0 and c1."));
    assert_eq!(said("Gone", names(8)).as_deref(), Some("Gone: c0, c1, c2, c3, c4 and 3 more."));
}
