//! The engine's `sum` without its wrapping: exact numbers are added with room to spare and have to fit in the end.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, BooleanArray};
use deltalake::arrow::compute::{CastOptions, cast, cast_with_options};
use deltalake::arrow::datatypes::{
    DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Field, FieldRef,
};
use deltalake::datafusion::common::{Result, ScalarValue};
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::functions_aggregate::sum::Sum;
use deltalake::datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use deltalake::datafusion::logical_expr::utils::AggregateOrderSensitivity;
use deltalake::datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, SetMonotonicity,
    Signature,
};

use super::figures::{DECIMAL_OVERFLOW, overflow};

/// The engine's `sum`, but exact numbers are added with room to spare and have to fit in the end.
pub(crate) fn checked_sum() -> AggregateUDF {
    AggregateUDF::new_from_impl(CheckedSum { inner: Sum::new() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct CheckedSum {
    inner: Sum,
}

/// The field of a sum in the type it is added in: no table has the rows to leave that. `None` where the sum's own type has
/// the room, as that of decimals with ten digits to spare, or where nothing is exact.
fn widened(field: &FieldRef) -> Result<Option<FieldRef>> {
    let wide = match field.data_type() {
        kind if kind.is_integer() => DataType::Decimal128(DECIMAL128_MAX_PRECISION, 0),
        DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) => {
            DataType::Decimal128(DECIMAL128_MAX_PRECISION, *scale)
        }
        DataType::Decimal128(DECIMAL128_MAX_PRECISION, scale) => {
            DataType::Decimal256(DECIMAL256_MAX_PRECISION, *scale)
        }
        DataType::Decimal256(DECIMAL256_MAX_PRECISION, _) => {
            let message = format!("{DECIMAL_OVERFLOW}: no type is wide enough for the sum of such numbers");
            return Err(DataFusionError::Execution(message));
        }
        _ => return Ok(None),
    };
    Ok(Some(Arc::new(Field::new(field.name(), wide, field.is_nullable()))))
}

impl AggregateUDFImpl for CheckedSum {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, kinds: &[DataType]) -> Result<DataType> {
        self.inner.return_type(kinds)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let kind = args.return_field.data_type().clone();
        match widened(&args.return_field)? {
            None => self.inner.accumulator(args),
            Some(return_field) => {
                let wide = return_field.data_type().clone();
                let inner = self.inner.accumulator(AccumulatorArgs { return_field, ..args })?;
                Ok(Box::new(Narrowed { inner, wide, kind }))
            }
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        match widened(&args.return_field)? {
            None => self.inner.state_fields(args),
            Some(return_field) => self.inner.state_fields(StateFieldsArgs { return_field, ..args }),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        let kind = args.return_field.data_type().clone();
        match widened(&args.return_field)? {
            None => self.inner.create_groups_accumulator(args),
            Some(return_field) => {
                let wide = return_field.data_type().clone();
                let inner = self.inner.create_groups_accumulator(AccumulatorArgs { return_field, ..args })?;
                Ok(Box::new(NarrowedGroups { inner, wide, kind }))
            }
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let kind = args.return_field.data_type().clone();
        match widened(&args.return_field)? {
            None => self.inner.create_sliding_accumulator(args),
            Some(return_field) => {
                let wide = return_field.data_type().clone();
                let inner =
                    self.inner.create_sliding_accumulator(AccumulatorArgs { return_field, ..args })?;
                Ok(Box::new(Narrowed { inner, wide, kind }))
            }
        }
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.inner.reverse_expr()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.order_sensitivity()
    }

    fn set_monotonicity(&self, kind: &DataType) -> SetMonotonicity {
        self.inner.set_monotonicity(kind)
    }
}

fn widen(values: &[ArrayRef], wide: &DataType) -> Result<Vec<ArrayRef>> {
    Ok(values.iter().map(|values| cast(values, wide)).collect::<std::result::Result<_, _>>()?)
}

fn narrow(sums: &ArrayRef, kind: &DataType) -> Result<ArrayRef> {
    let strictly = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(sums, kind, &strictly).map_err(|_| {
        DataFusionError::Execution(format!("{}: a sum leaves the range of its type", overflow(kind)))
    })
}

/// One sum.
#[derive(Debug)]
struct Narrowed {
    inner: Box<dyn Accumulator>,
    wide: DataType,
    kind: DataType,
}

impl Accumulator for Narrowed {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.update_batch(&widen(values, &self.wide)?)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = narrow(&self.inner.evaluate()?.to_array()?, &self.kind)?;
        ScalarValue::try_from_array(&sum, 0)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.inner.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.inner.merge_batch(states)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.retract_batch(&widen(values, &self.wide)?)
    }

    fn supports_retract_batch(&self) -> bool {
        self.inner.supports_retract_batch()
    }
}

/// One sum a group.
struct NarrowedGroups {
    inner: Box<dyn GroupsAccumulator>,
    wide: DataType,
    kind: DataType,
}

impl GroupsAccumulator for NarrowedGroups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        count: usize,
    ) -> Result<()> {
        self.inner.update_batch(&widen(values, &self.wide)?, groups, filter, count)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        narrow(&self.inner.evaluate(emit_to)?, &self.kind)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        self.inner.state(emit_to)
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], count: usize) -> Result<()> {
        self.inner.merge_batch(values, groups, count)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        self.inner.convert_to_state(&widen(values, &self.wide)?, filter)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }
}
