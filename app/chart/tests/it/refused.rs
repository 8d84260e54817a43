//! Specifications that do not fit are told so in words.

use lakeport_chart::{ChartError, ChartKind, draw};
use lakeport_frame::{Frame, Values};

use crate::{LYING, floats, frame, spec, texts};

#[test]
fn a_wrong_column_is_answered_with_the_right_ones() {
    let frame = frame(vec![("creditor", texts(&["A"])), ("collected_eur", floats(&[1.0]))]);
    for spec in [
        spec(LYING, "credtor", &["collected_eur"], None),
        spec(LYING, "creditor", &["credtor"], None),
        spec(LYING, "creditor", &["collected_eur"], Some("credtor")),
    ] {
        let error = draw(&spec, &frame).expect_err("there is no such column");
        assert_eq!(
            error.to_string(),
            "There is no column \"credtor\"; the data has creditor, collected_eur."
        );
    }
}

#[test]
fn text_is_no_value_and_none_is_too_few() {
    let frame = frame(vec![("creditor", texts(&["A"])), ("stage", texts(&["B"]))]);
    let error = draw(&spec(LYING, "creditor", &["stage"], None), &frame).expect_err("text has no height");
    assert_eq!(error.to_string(), "Column \"stage\" holds text values; a chart needs numbers in y.");
    let error = draw(&spec(LYING, "creditor", &[], None), &frame).expect_err("nothing to draw");
    assert_eq!(error, ChartError::NoValueColumn);
}

#[test]
fn nothing_to_draw_is_an_answer() {
    let empty = frame(vec![("day", Values::Date(vec![])), ("n", floats(&[]))]);
    let nulls = frame(vec![("day", Values::Date(vec![None])), ("n", Values::Int(vec![None]))]);
    for frame in [Frame::default(), empty, nulls] {
        let result = draw(&spec(ChartKind::Line, "day", &["n"], None), &frame);
        assert_eq!(result.expect_err("there is no value"), ChartError::Empty);
    }
}

#[test]
fn two_values_at_one_place_are_not_summed_in_silence() {
    let frame = frame(vec![("region", texts(&["North", "South", "North"])), ("n", floats(&[1.0, 2.0, 3.0]))]);
    let error = draw(&spec(LYING, "region", &["n"], None), &frame).expect_err("North stands twice");
    assert!(error.to_string().starts_with("\"N\" has more than one value at North; add GROUP BY"), "{error}");
}
