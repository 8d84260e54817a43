//! What the calculations of a rule lose of their digits. No figure shows it, and no rule may be decided by it.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deltalake::arrow::array::{Array as _, ArrayRef, AsArray as _, Datum, Decimal128Array, Float64Array};
use deltalake::arrow::compute::cast;
use deltalake::arrow::compute::kernels::numeric;
use deltalake::arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType, Decimal128Type, Float64Type};
use deltalake::arrow::error::ArrowError;
use deltalake::datafusion::common::Result;
use deltalake::datafusion::common::utils::take_function_args;
use deltalake::datafusion::logical_expr::expr::{Cast, ScalarFunction};
use deltalake::datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// Every whole number up to here is one of `DOUBLE`.
const MOST_IN_DOUBLE: u128 = 1 << 53;
/// Every whole number up to here is one of `REAL`, which SQL calls `FLOAT` too.
const MOST_IN_REAL: u128 = 1 << 24;

/// Noted while a statement runs; shared by all its calculations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lost(Arc<Losses>);

#[derive(Debug, Default)]
struct Losses {
    by_division: AtomicBool,
    by_float: AtomicBool,
    /// Whether quotients that lost digits are taken one unit of their last digit further from zero.
    away: bool,
}

/// The calculations of one statement note into the same.
impl PartialEq for Lost {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Lost {}

impl Hash for Lost {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl Lost {
    /// With every quotient that loses digits taken one unit of its last digit further from zero: what is true of both
    /// is true of the quotient between them.
    pub(super) fn away() -> Self {
        Self(Arc::new(Losses { away: true, ..Losses::default() }))
    }

    /// True where a division of decimals had more digits than were kept. Whole numbers are divided as SQL does it.
    pub(super) fn by_division(&self) -> bool {
        self.0.by_division.load(Ordering::Relaxed)
    }

    /// True where an exact number had more digits than the float that was made of it.
    pub(super) fn by_float(&self) -> bool {
        self.0.by_float.load(Ordering::Relaxed)
    }

    /// Notes whether a division left something, and gives the quotient to go on with.
    pub(super) fn quotient(
        &self,
        left: &dyn Datum,
        right: &dyn Datum,
        quotient: ArrayRef,
    ) -> Result<ArrayRef, ArrowError> {
        // What cannot be told by multiplying again counts as lost.
        let rest = rest(left, right, &quotient).or_else(|_| cast(left.get().0, &DataType::Float64))?;
        let rest = rest.as_primitive::<Float64Type>();
        if rest.iter().flatten().all(|rest| rest == 0.0) {
            return Ok(quotient);
        }
        self.0.by_division.store(true, Ordering::Relaxed);
        if !self.0.away {
            return Ok(quotient);
        }
        let right = cast(right.get().0, &DataType::Float64)?;
        let right = right.as_primitive::<Float64Type>();
        // One side may be one number for all rows.
        let sign = |figures: &Float64Array, row: usize| match figures.value(row % figures.len()) {
            0.0 => 0,
            figure => {
                if figure > 0.0 {
                    1
                } else {
                    -1
                }
            }
        };
        let cut = quotient.as_primitive::<Decimal128Type>();
        let units = cut.iter().enumerate().map(|(row, unscaled)| {
            unscaled.map(|unscaled| unscaled + i128::from(sign(rest, row) * sign(right, row)))
        });
        let further: Decimal128Array = units.collect();
        Ok(Arc::new(further.with_data_type(quotient.data_type().clone())))
    }

    /// A conversion to a float that notes whether digits were lost.
    pub(super) fn to_float(&self, figures: Expr, kind: &DataType) -> Expr {
        let function = ScalarUDF::new_from_impl(ToFloat {
            lost: self.clone(),
            kind: kind.clone(),
            signature: Signature::any(1, Volatility::Immutable),
        });
        Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(function), vec![figures]))
    }
}

/// True for a conversion of exact numbers of type `from` to floats. A number that somebody wrote is as its author wants it.
pub(super) fn may_lose(cast: &Cast, from: Option<&DataType>) -> bool {
    cast.field.data_type().is_floating()
        && from.is_some_and(|kind| kind.is_integer() || kind.is_decimal())
        && !matches!(*cast.expr, Expr::Literal(..))
}

/// What is left of what was divided when the quotients are multiplied by the divisors again.
fn rest(left: &dyn Datum, right: &dyn Datum, quotient: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let again = numeric::mul(quotient, right)?;
    cast(&numeric::sub(left, &again)?, &DataType::Float64)
}

/// True where no number has more digits than floats of the type have.
fn all_held(figures: &ArrayRef, float: &DataType) -> Result<bool, ArrowError> {
    let most = if *float == DataType::Float64 { MOST_IN_DOUBLE } else { MOST_IN_REAL };
    let is_held = |unscaled: i128| {
        let mut digits = unscaled.unsigned_abs();
        while digits > most && digits.is_multiple_of(10) {
            digits /= 10;
        }
        digits <= most
    };
    let scale = match figures.data_type() {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => *scale,
        _ => 0,
    };
    let wide = cast(figures, &DataType::Decimal128(DECIMAL128_MAX_PRECISION, scale))?;
    // What is too wide even for that has become nothing.
    Ok(wide.null_count() == figures.null_count()
        && wide.as_primitive::<Decimal128Type>().iter().flatten().all(is_held))
}

/// The engine's conversion of exact numbers to floats, and a note of what it loses.
#[derive(Debug, PartialEq, Eq, Hash)]
struct ToFloat {
    lost: Lost,
    kind: DataType,
    signature: Signature,
}

impl ScalarUDFImpl for ToFloat {
    fn name(&self) -> &'static str {
        "to_float"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.kind.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [figures] = take_function_args(self.name(), arguments.args)?;
        if !all_held(&figures.to_array(1)?, &self.kind)? {
            self.lost.0.by_float.store(true, Ordering::Relaxed);
        }
        figures.cast_to(&self.kind, None)
    }
}
