//! What is less protected than it was, and what opens.

use Classification::{Confidential, Internal, Public, Restricted};
use proptest::prelude::*;

use super::*;

/// An asset with these columns, or without any and with a classification of its own.
fn asset(columns: &[(&str, Classification)], own: Classification) -> AssetRow {
    let highest = columns.iter().map(|(_, class)| *class).max().unwrap_or(own);
    let column = |(name, classification): &(&str, Classification)| Column {
        name: (*name).to_owned(),
        data_type: "string".to_owned(),
        description: String::new(),
        classification: *classification,
        tags: Vec::new(),
        drift: None,
    };
    let columns: Vec<Column> = columns.iter().map(column).collect();
    AssetRow {
        id: "gold.a".to_owned(),
        kind: "table".to_owned(),
        layer: None,
        namespace: described::NAMESPACE.to_owned(),
        name: "gold.a".to_owned(),
        domain: "finance".to_owned(),
        description: String::new(),
        platform: None,
        location: None,
        classification: highest.to_string(),
        tags: "[]".to_owned(),
        columns: serde_json::to_string(&columns).expect("it is written"),
        origin: "file".to_owned(),
        created_at: None,
    }
}

fn told(before: &AssetRow, after: &AssetRow) -> Vec<(String, Classification, Classification)> {
    let lowered = lowered(before, after).into_iter();
    lowered.map(|one| (one.column.unwrap_or_default(), one.before, one.after)).collect()
}

fn opened(before: Option<&AssetRow>, after: &AssetRow) -> Vec<String> {
    Classes::of(after).opened_since(before.map(Classes::of).as_ref())
}

#[test]
fn what_becomes_less_than_it_was_is_found() {
    let held = asset(&[("email", Confidential), ("stage", Internal)], Internal);
    assert!(told(&held, &held).is_empty());
    let higher = asset(&[("email", Restricted), ("stage", Internal)], Internal);
    assert!(told(&held, &higher).is_empty());
    assert_eq!(
        told(&higher, &held),
        [("email".to_owned(), Restricted, Confidential), (String::new(), Restricted, Confidential)]
    );
    let opened = asset(&[("email", Confidential), ("stage", Public)], Internal);
    assert_eq!(told(&held, &opened), [("stage".to_owned(), Internal, Public)], "the highest stays");
}

#[test]
fn a_column_that_goes_away_counts_as_internal() {
    let held = asset(&[("email", Confidential), ("phone", Confidential), ("stage", Internal)], Internal);
    let without = asset(&[("phone", Confidential)], Internal);
    assert_eq!(told(&held, &without), [("email".to_owned(), Confidential, Internal)]);
    // Taken out and put back as public: the second step is found.
    let (first, second) = (asset(&[("a", Internal)], Internal), asset(&[("b", Internal)], Internal));
    assert!(told(&first, &second).is_empty());
    let back = asset(&[("a", Public), ("b", Internal)], Internal);
    assert_eq!(told(&second, &back), [("a".to_owned(), Internal, Public)]);
}

#[test]
fn an_asset_without_columns_is_lowered_as_a_whole() {
    let (before, after) = (asset(&[], Restricted), asset(&[], Internal));
    assert_eq!(told(&before, &after), [(String::new(), Restricted, Internal)]);
    assert!(told(&after, &before).is_empty());
    let unread = AssetRow { classification: "secret".to_owned(), ..asset(&[], Internal) };
    assert_eq!(told(&unread, &after), [(String::new(), Restricted, Internal)], "it was the strictest");
}

#[test]
fn what_becomes_public_opens() {
    let held = asset(&[("a", Public), ("b", Internal)], Internal);
    let after = asset(&[("a", Public), ("b", Public), ("c", Public)], Internal);
    assert_eq!(opened(Some(&held), &after), ["b", "c"]);
    assert_eq!(opened(None, &held), ["a"]);
    assert!(opened(Some(&after), &held).is_empty());
}

fn any_asset() -> impl Strategy<Value = AssetRow> {
    let class = || prop::sample::select(Classification::ALL);
    (prop::collection::btree_map("[a-d]", class(), 0..4), class()).prop_map(|(columns, own)| {
        let columns: Vec<(&str, Classification)> =
            columns.iter().map(|(name, class)| (name.as_str(), *class)).collect();
        asset(&columns, own)
    })
}

proptest! {
    /// Nothing is lowered in steps of which none lowers it.
    #[test]
    fn no_way_round_lowers_what_a_straight_one_would(a in any_asset(), b in any_asset(), c in any_asset()) {
        let steps = lowered(&a, &b).len() + lowered(&b, &c).len();
        prop_assert!(steps > 0 || lowered(&a, &c).is_empty());
    }

    /// What opens was less than public before, or not described.
    #[test]
    fn what_opens_of_an_asset_that_was_there_is_lowered(a in any_asset(), b in any_asset()) {
        let lowered: Vec<Option<String>> = lowered(&a, &b).into_iter().map(|one| one.column).collect();
        for column in opened(Some(&a), &b) {
            prop_assert!(lowered.contains(&Some(column)));
        }
    }
}
