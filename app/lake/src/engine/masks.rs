//! Masks over columns in memory, and which types they fit.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta};
use deltalake::arrow::array::{
    Array, ArrayRef, AsArray as _, Date32Array, StringArray, TimestampMicrosecondArray, new_null_array,
};
use deltalake::arrow::compute::cast;
use deltalake::arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType};
use deltalake::arrow::error::ArrowError;
use hmac::{Hmac, Mac as _};
use lakeport_frame::Mask;
use sha2::Sha256;

use super::checks::value_type;
use crate::protocol::MaskKey;

/// Characters that [`Mask::Last4`] leaves.
const LAST: usize = 4;
/// What it puts in the place of the others.
const STARS: &str = "****";

/// The type of a masked column; the error says which columns the mask is for.
pub(super) fn masked_type(kind: &DataType, mask: Mask) -> Result<DataType, &'static str> {
    let kind = value_type(kind);
    match mask {
        Mask::Null => Ok(kind),
        Mask::Year if matches!(kind, DataType::Date32 | DataType::Timestamp(..)) => Ok(kind),
        Mask::Year => Err("dates and timestamps"),
        Mask::Hash if !kind.is_nested() && !kind.is_binary() => Ok(DataType::Utf8),
        Mask::Hash => Err("single values: text, numbers, dates, timestamps and booleans"),
        Mask::Last4 if kind.is_integer() || kind == DataType::Utf8 => Ok(DataType::Utf8),
        Mask::Last4 => Err("text and whole numbers"),
    }
}

/// A column under a mask that fits its type.
pub(super) fn masked(values: &ArrayRef, mask: Mask, key: &MaskKey) -> Result<ArrayRef, ArrowError> {
    match mask {
        Mask::Null => Ok(new_null_array(&value_type(values.data_type()), values.len())),
        Mask::Year => years(values),
        Mask::Hash => hashes(values, key),
        Mask::Last4 => {
            let texts = cast(values, &DataType::Utf8)?;
            let texts = texts.as_string::<i32>().iter();
            Ok(Arc::new(texts.map(|text| text.map(last)).collect::<StringArray>()))
        }
    }
}

fn last(text: &str) -> String {
    let from = text.char_indices().rev().nth(LAST - 1).map_or(0, |(at, _)| at);
    if from == 0 { STARS.to_owned() } else { format!("{STARS}{}", &text[from..]) }
}

fn hashes(values: &ArrayRef, key: &MaskKey) -> Result<ArrayRef, ArrowError> {
    let kind = value_type(values.data_type());
    let keyed = Hmac::<Sha256>::new_from_slice(key.bytes())
        .map_err(|error| ArrowError::ComputeError(error.to_string()))?;
    let hash = |text: &str| {
        let mut hash = keyed.clone();
        hash.update(plain(text, &kind).as_bytes());
        hex::encode(hash.finalize().into_bytes())
    };
    let texts = cast(values, &DataType::Utf8)?;
    Ok(Arc::new(texts.as_string::<i32>().iter().map(|text| text.map(hash)).collect::<StringArray>()))
}

/// Equal numbers are one text, whatever types they have: `1.50` is `1.5`, and `2.0` is `2`.
fn plain<'t>(text: &'t str, kind: &DataType) -> &'t str {
    let is_number = kind.is_decimal() || kind.is_floating();
    if !is_number || !text.contains('.') || text.contains(['e', 'E']) {
        return text;
    }
    let plain = text.trim_end_matches('0').trim_end_matches('.');
    if plain == "-0" { "0" } else { plain }
}

fn years(values: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let kind = value_type(values.data_type());
    let first = |day: NaiveDate| NaiveDate::from_ymd_opt(day.year(), 1, 1);
    if kind == DataType::Date32 {
        let days = cast(values, &kind)?;
        let epoch = NaiveDate::default();
        let year = |days: i32| {
            let day = epoch.checked_add_signed(TimeDelta::try_days(i64::from(days))?)?;
            i32::try_from((first(day)? - epoch).num_days()).ok()
        };
        let days = days.as_primitive::<Date32Type>().iter();
        return Ok(Arc::new(days.map(|days| days.and_then(year)).collect::<Date32Array>()));
    }
    let micros = cast(values, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
    let year = |micros: i64| {
        let day = DateTime::from_timestamp_micros(micros)?.date_naive();
        Some(first(day)?.and_time(NaiveTime::MIN).and_utc().timestamp_micros())
    };
    let micros = micros.as_primitive::<TimestampMicrosecondType>().iter();
    let years: TimestampMicrosecondArray = micros.map(|micros| micros.and_then(year)).collect();
    let zone = match &kind {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    cast(&(Arc::new(years.with_timezone_opt(zone)) as ArrayRef), &kind)
}

#[cfg(test)]
mod tests {
    use deltalake::arrow::array::{Decimal128Array, Float64Array, Int64Array};

    use super::*;

    /// The values under a mask; `-` for none.
    fn text(values: &ArrayRef, mask: Mask) -> Vec<String> {
        let masked = masked(values, mask, &MaskKey::new("a key")).expect("the mask fits");
        let texts = cast(&masked, &DataType::Utf8).expect("everything has a text");
        texts.as_string::<i32>().iter().map(|text| text.unwrap_or("-").to_owned()).collect()
    }

    #[test]
    fn the_last_four_never_show_a_whole_value() {
        let values: ArrayRef =
            Arc::new(StringArray::from(vec![Some("DE1234567"), Some("12345"), Some("1234"), Some(""), None]));
        let shown = ["****4567", "****2345", "****", "****", "-"];
        assert_eq!(text(&values, Mask::Last4), shown);
        let values: ArrayRef = Arc::new(StringArray::from(vec!["Gräßlich", "äöüß"]));
        assert_eq!(text(&values, Mask::Last4), ["****lich", "****"]);
    }

    #[test]
    fn a_year_keeps_its_type_and_its_place_on_the_calendar() {
        let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(20_454), Some(20_818), Some(-1), None]));
        let years = text(&days, Mask::Year);
        assert_eq!(years, ["2026-01-01", "2026-01-01", "1969-01-01", "-"]);
        let moments: ArrayRef =
            Arc::new(TimestampMicrosecondArray::from(vec![1_798_761_599_999_999, -1]).with_timezone("UTC"));
        let years = masked(&moments, Mask::Year, &MaskKey::new("")).expect("the mask fits");
        assert_eq!(years.data_type(), moments.data_type());
        assert_eq!(text(&moments, Mask::Year), ["2026-01-01T00:00:00Z", "1969-01-01T00:00:00Z"]);
    }

    #[test]
    fn equal_values_have_one_hash_whatever_their_types() {
        let whole: ArrayRef = Arc::new(Int64Array::from(vec![Some(12), None]));
        let floats: ArrayRef = Arc::new(Float64Array::from(vec![12.0]));
        let decimals = Decimal128Array::from(vec![1200]).with_precision_and_scale(12, 2).expect("it fits");
        let decimals: ArrayRef = Arc::new(decimals);
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["12"]));
        let hash = text(&whole, Mask::Hash);
        assert_eq!((hash[0].len(), hash[1].as_str()), (64, "-"));
        for other in [floats, decimals, texts] {
            assert_eq!(text(&other, Mask::Hash)[0], hash[0]);
        }
        let elsewhere = masked(&whole, Mask::Hash, &MaskKey::new("another key")).expect("the mask fits");
        assert_ne!(elsewhere.as_string::<i32>().value(0), hash[0]);
    }
}
