//! From Arrow to frames.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use deltalake::arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch};
use deltalake::arrow::compute::{cast, concat};
use deltalake::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, SchemaRef, TimeUnit,
    TimestampMicrosecondType,
};
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::util::display::{ArrayFormatter, FormatOptions};
use lakeport_frame::{Column, DecimalValues, Frame, LakeError, Values};

use super::error;
use crate::guard::sentence;

/// Greatest scale of a decimal in a frame.
const MAX_SCALE: u8 = 18;

/// The first `limit` rows; more than that mark the frame as truncated.
pub(crate) fn frame(schema: &SchemaRef, batches: &[RecordBatch], limit: usize) -> Result<Frame, LakeError> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let columns = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let array = whole(batches, index, field.data_type(), limit.min(rows))?;
            Ok(Column { name: field.name().clone(), values: values(&array)? })
        })
        .collect::<Result<Vec<_>, ArrowError>>()
        .map_err(|error| error::of_arrow(&error))?;
    let mut frame = Frame::new(columns).map_err(|error| LakeError::Refused(sentence(&error.to_string())))?;
    frame.truncated = rows > limit;
    let is_zoneless = |kind: &DataType| matches!(kind, DataType::Timestamp(_, None));
    let zoneless = schema.fields().iter().filter(|field| is_zoneless(field.data_type()));
    Ok(frame.with_zoneless(zoneless.map(|field| field.name().clone()).collect()))
}

fn whole(
    batches: &[RecordBatch],
    index: usize,
    kind: &DataType,
    rows: usize,
) -> Result<ArrayRef, ArrowError> {
    let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(index).as_ref()).collect();
    if parts.is_empty() {
        return Ok(deltalake::arrow::array::new_empty_array(kind));
    }
    Ok(concat(&parts)?.slice(0, rows))
}

/// One column's values in the type that shows them best.
pub(crate) fn values(array: &ArrayRef) -> Result<Values, ArrowError> {
    match array.data_type() {
        DataType::Boolean => Ok(Values::Bool(array.as_boolean().iter().collect())),
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => {
            let whole = cast(array, &DataType::Int64)?;
            Ok(Values::Int(whole.as_primitive::<Int64Type>().iter().collect()))
        }
        DataType::UInt64 => {
            let whole = cast(array, &DataType::Int64)?;
            if whole.null_count() == array.null_count() { values(&whole) } else { printed(array) }
        }
        DataType::Float16 | DataType::Float32 => narrow_floats(array),
        DataType::Float64 => {
            let floats = array.as_primitive::<Float64Type>().iter();
            Ok(Values::Float(floats.map(|value| value.filter(|value| value.is_finite())).collect()))
        }
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => decimals(array, *scale),
        DataType::Date32 | DataType::Date64 => {
            let days = cast(array, &DataType::Date32)?;
            Ok(Values::Date(days.as_primitive::<Date32Type>().iter().map(|day| day.and_then(date)).collect()))
        }
        DataType::Timestamp(..) => {
            let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()));
            let instants = cast(array, &utc)?;
            let instants = instants.as_primitive::<TimestampMicrosecondType>();
            Ok(Values::Timestamp(
                instants.iter().map(|micros| micros.and_then(DateTime::from_timestamp_micros)).collect(),
            ))
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let texts = cast(array, &DataType::Utf8)?;
            Ok(Values::Text(texts.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()))
        }
        DataType::Dictionary(_, inner) => values(&cast(array, inner)?),
        DataType::RunEndEncoded(_, inner) => values(&cast(array, inner.data_type())?),
        _ => printed(array),
    }
}

/// Goes by the shortest decimal form, so that 0.1 stays 0.1.
fn narrow_floats(array: &ArrayRef) -> Result<Values, ArrowError> {
    let Values::Text(texts) = printed(&cast(array, &DataType::Float32)?)? else {
        return Ok(Values::Float(vec![None; array.len()]));
    };
    let floats = texts.into_iter().map(|text| text?.parse().ok().filter(|value: &f64| value.is_finite()));
    Ok(Values::Float(floats.collect()))
}

fn decimals(array: &ArrayRef, scale: i8) -> Result<Values, ArrowError> {
    let Some(digits) = u8::try_from(scale).ok().filter(|digits| *digits <= MAX_SCALE) else {
        return printed(array);
    };
    let wide = cast(array, &DataType::Decimal128(38, scale))?;
    if wide.null_count() != array.null_count() {
        return printed(array);
    }
    let unscaled: Result<Vec<Option<i64>>, _> = wide
        .as_primitive::<Decimal128Type>()
        .iter()
        .map(|value| value.map(i64::try_from).transpose())
        .collect();
    match unscaled {
        Ok(unscaled) => Ok(Values::Decimal(DecimalValues { scale: digits, unscaled })),
        Err(_) => printed(array),
    }
}

fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(chrono::TimeDelta::try_days(i64::from(days))?)
}

fn printed(array: &ArrayRef) -> Result<Values, ArrowError> {
    let array = Arc::clone(array);
    let options = FormatOptions::default().with_display_error(true).with_null("null");
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
    let texts = (0..array.len())
        .map(|row| {
            if array.is_null(row) || array.data_type() == &DataType::Null {
                return Ok(None);
            }
            formatter.value(row).try_to_string().map(Some)
        })
        .collect::<Result<Vec<_>, ArrowError>>()?;
    Ok(Values::Text(texts))
}
