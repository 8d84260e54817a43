//! Tests of the formats: every expectation is what a person would write by hand.

use proptest::prelude::*;

use super::*;
use crate::{Column, DecimalValues};

fn decimal(unscaled: i64, scale: u8) -> Value {
    Value::Decimal { unscaled, scale }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

/// Thin spaces made visible, so that expectations can be read.
fn visible(text: &str) -> String {
    text.replace(THIN, "_")
}

fn shown(format: &str, value: &Value, locale: Locale) -> String {
    visible(&format.parse::<Format>().expect("a known format").show(value, locale))
}

#[test]
fn numbers_are_grouped_and_rounded_away_from_zero() {
    let cases = [
        ("num0", Value::Int(1_234_567), "1,234,567", "1.234.567"),
        ("num0", Value::Int(999), "999", "999"),
        ("num2", Value::Float(1234.5), "1,234.50", "1.234,50"),
        ("num2", Value::Float(1.005), "1.01", "1,01"),
        ("num0", Value::Float(2.5), "3", "3"),
        ("num0", Value::Float(-2.5), "−3", "−3"),
        ("num0", Value::Float(999.5), "1,000", "1.000"),
        ("num0", Value::Float(-0.4), "0", "0"),
        ("num1", decimal(-4, 2), "0.0", "0,0"),
        ("num1", decimal(-5, 2), "−0.1", "−0,1"),
        ("num4", decimal(7, 0), "7.0000", "7,0000"),
        ("eur0", decimal(123_450, 2), "€1,235", "1.235_€"),
        ("eur2", Value::Int(-1234), "−€1,234.00", "−1.234,00_€"),
        ("pct1", Value::Float(0.1825), "18.3%", "18,3_%"),
        ("pct0", Value::Int(1), "100%", "100_%"),
        ("pct2", decimal(-1, 4), "−0.01%", "−0,01_%"),
        ("num0", Value::Int(i64::MIN), "−9,223,372,036,854,775,808", "−9.223.372.036.854.775.808"),
        ("plain", Value::Int(20_261), "20261", "20261"),
    ];
    for (format, value, en, de) in cases {
        assert_eq!(shown(format, &value, Locale::En), en, "{format} of {value:?} in English");
        assert_eq!(shown(format, &value, Locale::De), de, "{format} of {value:?} in German");
    }
}

#[test]
fn dates_and_instants_name_month_and_zone() {
    let date = Value::Date(day(2026, 3, 5));
    let moment = Value::Timestamp(day(2026, 3, 5).and_hms_opt(7, 2, 59).expect("a time").and_utc());
    assert_eq!(shown("date", &date, Locale::En), "5 Mar 2026");
    assert_eq!(shown("date", &date, Locale::De), "05.03.2026");
    assert_eq!(shown("date", &moment, Locale::En), "5 Mar 2026");
    assert_eq!(shown("month", &date, Locale::En), "Mar 2026");
    assert_eq!(shown("month", &moment, Locale::De), "Mär 2026");
    assert_eq!(shown("datetime", &moment, Locale::En), "5 Mar 2026, 07:02 UTC");
    assert_eq!(shown("datetime", &moment, Locale::De), "05.03.2026, 07:02 UTC");
    assert_eq!(shown("datetime", &date, Locale::En), "5 Mar 2026");
    assert_eq!(shown("plain", &date, Locale::De), "2026-03-05");
}

#[test]
fn what_does_not_fit_is_still_shown() {
    assert_eq!(shown("eur2", &Value::Null, Locale::En), "–");
    assert_eq!(shown("eur2", &Value::Text("n/a".into()), Locale::En), "n/a");
    assert_eq!(shown("eur0", &Value::Float(f64::NAN), Locale::En), "–");
    assert_eq!(shown("eur0", &Value::Bool(true), Locale::De), "ja");
    assert_eq!(shown("num0", &Value::Date(day(2026, 3, 5)), Locale::En), "5 Mar 2026");
    assert_eq!(shown("plain", &Value::TextList(vec!["a".into(), "b".into()]), Locale::En), "a, b");
}

#[test]
fn compact_keeps_three_digits() {
    let cases = [
        (Format::Number(0), 1_200_000.0, "1.2_M", "1,2_Mio."),
        (Format::Number(0), 340_000.0, "340_k", "340_Tsd."),
        (Format::Number(0), 999_960.0, "1_M", "1_Mio."),
        (Format::Number(0), 12_550.0, "12.6_k", "12,6_Tsd."),
        (Format::Number(0), 0.0, "0", "0"),
        (Format::Number(2), 0.0123, "0.0123", "0,0123"),
        (Format::Euro(0), -2_500_000_000.0, "−€2.5_bn", "−2,5_Mrd._€"),
        (Format::Percent(1), 0.185, "18.5%", "18,5_%"),
        (Format::Number(0), 1.5e21, "1.5e21", "1,5e21"),
        (Format::Number(0), f64::INFINITY, "–", "–"),
    ];
    for (format, value, en, de) in cases {
        assert_eq!(visible(&format.compact(value, Locale::En)), en);
        assert_eq!(visible(&format.compact(value, Locale::De)), de);
    }
}

#[test]
fn ticks_share_a_unit_and_differ() {
    let labels = |format: Format, ticks: &[f64]| -> Vec<String> {
        format.ticks(ticks, Locale::En).iter().map(|label| visible(label)).collect()
    };
    assert_eq!(labels(Format::Euro(0), &[0.0, 5e5, 1e6, 1.5e6]), ["€0", "€0.5_M", "€1.0_M", "€1.5_M"]);
    assert_eq!(labels(Format::Number(0), &[0.0, 20.0, 40.0]), ["0", "20", "40"]);
    assert_eq!(labels(Format::Number(0), &[1.20e6, 1.21e6]), ["1.20_M", "1.21_M"]);
    assert_eq!(labels(Format::Percent(1), &[0.0, 0.1, 0.2, 0.3]), ["0%", "10%", "20%", "30%"]);
    assert_eq!(labels(Format::Number(0), &[-0.5, 0.0, 0.5]), ["−0.5", "0", "0.5"]);
    assert!(labels(Format::Number(0), &[]).is_empty());
}

#[test]
fn a_column_without_a_format_gets_a_fitting_one() {
    let of = |name: &str, values| Format::default_for(&Column { name: name.to_owned(), values });
    assert_eq!(of("n", Values::Int(vec![Some(2024), None, Some(2026)])), Format::Plain);
    assert_eq!(of("n", Values::Int(vec![Some(2024), Some(12)])), Format::Number(0));
    assert_eq!(of("n", Values::Int(vec![None])), Format::Number(0));
    assert_eq!(of("paid", Values::Int(vec![Some(2_072_500)])), Format::Number(0), "\"paid\" is no id");
    for name in ["id", "case_id", "Case ID", "date_key", "postal_code"] {
        assert_eq!(of(name, Values::Int(vec![Some(2_072_500)])), Format::Plain, "{name}");
    }
    let decimals = Values::Decimal(DecimalValues { scale: 9, unscaled: vec![] });
    assert_eq!(of("n", decimals), Format::Number(4));
    assert_eq!(of("n", Values::Timestamp(vec![])), Format::DateTime);
}

#[test]
fn names_read_back_and_a_wrong_one_is_told_the_right_ones() {
    for name in ["num0", "num4", "eur0", "eur2", "pct0", "pct2", "date", "month", "datetime", "plain"] {
        assert_eq!(name.parse::<Format>().expect("a known format").to_string(), name);
    }
    let error = "eur3".parse::<Format>().expect_err("eur3 is no format");
    assert!(error.to_string().starts_with("\"eur3\" is not a format; use num0 to num4"));
}

#[test]
fn a_format_is_never_ignored_because_a_number_is_wide() {
    let show = |format: Format, text: &str| format.show(&Value::Text(text.to_owned()), Locale::En);
    assert_eq!(show(Format::Euro(0), "12345678901234567890123.45"), "€12,345,678,901,234,567,890,123");
    assert_eq!(show(Format::Number(1), "-18446744073709551615"), "\u{2212}18,446,744,073,709,551,615.0");
    for text in ["12 pieces", "1e5", "-", "1.", ".5", ""] {
        assert_eq!(show(Format::Euro(2), text), text, "text stays as it is");
    }
    assert_eq!(show(Format::Plain, "00123"), "00123");
}

#[test]
fn a_month_is_never_written_as_its_first_day() {
    let of = |name: &str, days: &[NaiveDate]| {
        let values = Values::Date(days.iter().copied().map(Some).collect());
        Format::default_for(&Column { name: name.to_owned(), values })
    };
    let firsts = [day(2027, 1, 1), day(2027, 2, 1)];
    assert_eq!([of("month", &firsts), of("Booking_Month", &firsts[..1])], [Format::Month, Format::Month]);
    assert_eq!(of("trained_until", &firsts), Format::Date, "a day may be the first of a month");
    assert_eq!(of("month", &[day(2027, 1, 1), day(2027, 1, 2)]), Format::Date);
}

proptest! {
    #[test]
    fn a_shown_whole_number_reads_back(number: i64) {
        for (locale, group) in [(Locale::En, ','), (Locale::De, '.')] {
            let text = Format::Number(0).show(&Value::Int(number), locale);
            let plain: String = text.replace(group, "").replace('−', "-");
            prop_assert_eq!(plain.parse::<i64>().expect("digits"), number);
        }
    }

    #[test]
    fn rounding_moves_by_at_most_half_a_unit(unscaled: i64, scale in 0u8..=18, digits in 0u8..=4) {
        let text = Format::Number(digits).show(&decimal(unscaled, scale), Locale::En);
        let plain = text.replace(',', "").replace('−', "-");
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        prop_assert_eq!(fraction.len(), usize::from(digits));
        let rounded: i128 = format!("{whole}{fraction}").parse().expect("digits");
        let wide = i128::from(unscaled) * 10i128.pow(u32::from(digits));
        let unit = 10i128.pow(u32::from(scale));
        prop_assert!((rounded * unit - wide).abs() * 2 <= unit);
        prop_assert!(!(rounded == 0 && text.contains('−')), "negative zero: {}", text);
    }

    #[test]
    fn no_float_panics_and_none_is_endless(value: f64) {
        for format in [Format::Number(2), Format::Euro(0), Format::Percent(1), Format::Plain] {
            prop_assert!(!format.show(&Value::Float(value), Locale::De).is_empty());
            let compact = format.compact(value, Locale::En);
            prop_assert!(compact.chars().count() <= 24, "{}", compact);
        }
    }
}
