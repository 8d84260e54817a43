//! The filters above, in words and in their fields.

use lakeport_model::dashboards::Control;

use super::*;
use crate::dashboards::params::Preset;

#[test]
fn a_range_says_whether_today_is_in_it() {
    let words = |preset: &str| match example(&[("period", preset)], &results()).filters.remove(0).control {
        Control::Period { text, .. } => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(words("last_7_days"), "10.05.2026 to 16.05.2026, up to yesterday");
    assert_eq!(words("this_month"), "01.05.2026 to 17.05.2026, up to today");
    assert_eq!(words("last_month"), "01.04.2026 to 30.04.2026");
    assert_eq!(words("2026-04-01.."), "01.04.2026 to the newest day");
    let view = example(&[("period", "..2026-04-30")], &results());
    let Content::Text { html } = &view.elements[0].content else { panic!("{view:?}") };
    assert!(html.contains("<strong>the oldest day to 30.04.2026</strong>"), "{html}");
}

#[test]
fn filters_show_their_state() {
    let view = example(&[("period", "last_month"), ("creditor", "Creditor 01")], &results());
    let Control::Period { presets, start, end, compared_with, .. } = &view.filters[0].control else {
        panic!("{:?}", view.filters)
    };
    let chosen: Vec<&str> =
        presets.iter().filter(|preset| preset.chosen).map(|preset| preset.value.as_str()).collect();
    assert_eq!((chosen, start.as_str(), end.as_str()), (vec!["last_month"], "2026-04-01", "2026-04-30"));
    assert_eq!(compared_with.as_deref(), Some("01.03.2026 to 31.03.2026"));
    let Control::MultiSelect { options } = &view.filters[1].control else { panic!("{:?}", view.filters) };
    assert_eq!(options.iter().map(|option| option.chosen).collect::<Vec<_>>(), [false, true]);
    assert!(view.filters[1].changed && view.filters[0].changed);
    assert!(!example(&[], &results()).filters[0].changed);
}

#[test]
fn the_same_days_as_chosen_days_are_never_compared_with_others() {
    let drawn = |query: &[(&str, &str)]| {
        let Control::Period { presets, start, end, shown, compared_with, .. } =
            example(query, &results()).filters.remove(0).control
        else {
            panic!("the first filter is the period")
        };
        let chosen = presets.into_iter().find(|preset| preset.chosen).expect("one is chosen").value;
        (chosen, start, end, shown, compared_with)
    };
    for preset in Preset::ALL {
        let (_, start, end, shown, before) = drawn(&[("period", preset.name())]);
        let sent = [("period_start", &start), ("period_end", &end), ("period_shown", &shown)];
        let sent: Vec<(&str, &str)> = [("period", "custom")]
            .into_iter()
            .chain(sent.map(|(name, value)| (name, value.as_str())))
            .collect();
        let now = drawn(&sent);
        assert_eq!((now.0.as_str(), &now.4), ("custom", &before), "{preset:?}");
        assert_eq!((&now.1, &now.2, &now.3), (&start, &end, &shown), "and sent again they stay so");
    }
}

#[test]
fn all_time_never_shows_days_nobody_means() {
    let view = example(&[("period", "all")], &results());
    let Control::Period { start, end, .. } = &view.filters[0].control else { panic!("{:?}", view.filters) };
    assert_eq!((start.as_str(), end.as_str()), ("", ""));
    let view = example(&[("period", "custom")], &results());
    let Control::Period { presets, start, end, text, .. } = &view.filters[0].control else {
        panic!("{:?}", view.filters)
    };
    assert_eq!((start.as_str(), end.as_str(), text.as_str()), ("", "", "All time"));
    assert!(presets.iter().all(|preset| preset.chosen == (preset.value == "custom")), "it stays chosen");
}

#[test]
fn options_that_cannot_be_read_are_said_and_the_choice_stays() {
    let sentence = "You may not read gold.collections.".to_owned();
    let options = BTreeMap::from([("creditor".to_owned(), Err(sentence.clone()))]);
    let view = view_of(include_str!("../../format/example.md"), &[("creditor", "X")], &results(), &options);
    assert_eq!(view.filters[1].problem, Some(sentence));
    let Control::MultiSelect { options } = &view.filters[1].control else { panic!("{:?}", view.filters) };
    assert_eq!(options.iter().map(|option| option.value.as_str()).collect::<Vec<_>>(), ["X"]);
}
