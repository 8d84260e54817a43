//! Values of widgets as the engine's own scalars.

use std::collections::{BTreeMap, HashMap};

use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::{ParamValues, ScalarValue};
use lakeport_frame::{LakeError, Value};

/// Digits of the decimals that are bound: all that a frame holds exactly.
const DECIMAL_DIGITS: u8 = 18;

/// The values by parameter name.
pub(crate) fn bound(values: &BTreeMap<String, Value>) -> Result<ParamValues, LakeError> {
    let scalars = values
        .iter()
        .map(|(name, value)| {
            scalar(value)
                .map(|scalar| (name.clone(), scalar))
                .ok_or_else(|| LakeError::Refused(format!("The value of ${name} is out of range.")))
        })
        .collect::<Result<HashMap<_, _>, _>>()?;
    Ok(ParamValues::from(scalars))
}

fn scalar(value: &Value) -> Option<ScalarValue> {
    Some(match value {
        Value::Null => ScalarValue::Null,
        Value::Bool(value) => ScalarValue::Boolean(Some(*value)),
        Value::Int(value) => ScalarValue::Int64(Some(*value)),
        Value::Float(value) => ScalarValue::Float64(Some(*value)),
        Value::Decimal { unscaled, scale } => {
            let scale = i8::try_from(*scale).ok()?;
            ScalarValue::Decimal128(
                Some(i128::from(*unscaled)),
                DECIMAL_DIGITS.max(scale.unsigned_abs()),
                scale,
            )
        }
        Value::Text(value) => ScalarValue::Utf8(Some(value.clone())),
        Value::Date(value) => {
            let days = value.signed_duration_since(chrono::NaiveDate::default()).num_days();
            ScalarValue::Date32(Some(i32::try_from(days).ok()?))
        }
        Value::Timestamp(value) => {
            ScalarValue::TimestampMicrosecond(Some(value.timestamp_micros()), Some("UTC".into()))
        }
        Value::TextList(values) => {
            let texts: Vec<ScalarValue> =
                values.iter().map(|value| ScalarValue::Utf8(Some(value.clone()))).collect();
            ScalarValue::List(ScalarValue::new_list_nullable(&texts, &DataType::Utf8))
        }
    })
}
