//! Exact numbers that do not fit are an error, never another number: the engine's own `+`, `-`, `*` of whole numbers wrap,
//! and those of decimals only look at the room a value takes in memory, which is that of a digit more than it has.

use std::sync::Arc;

use deltalake::arrow::array::{Array as _, ArrayRef, AsArray as _, Datum};
use deltalake::arrow::compute::kernels::numeric;
use deltalake::arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType,
};
use deltalake::arrow::error::ArrowError;
use deltalake::datafusion::common::config::ConfigOptions;
use deltalake::datafusion::common::tree_node::{Transformed, TreeNode as _};
use deltalake::datafusion::common::utils::take_function_args;
use deltalake::datafusion::common::{DFSchema, Result, ScalarValue};
use deltalake::datafusion::logical_expr::binary::BinaryTypeCoercer;
use deltalake::datafusion::logical_expr::expr::ScalarFunction;
use deltalake::datafusion::logical_expr::expr_rewriter::NamePreserver;
use deltalake::datafusion::logical_expr::utils::merge_schema;
use deltalake::datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable as _, LogicalPlan, Operator, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use deltalake::datafusion::optimizer::AnalyzerRule;
use deltalake::datafusion::physical_expr_common::datum::apply;

use super::lost::{self, Lost};

/// Recognised by the sentence about decimals that leave the range of their type.
pub(super) const DECIMAL_OVERFLOW: &str = "Decimal overflow";
/// Recognised by the sentence about every other calculation that does.
const WHOLE_OVERFLOW: &str = "Integer overflow";

/// What an error about figures of this type begins with.
pub(super) fn overflow(kind: &DataType) -> &'static str {
    if kind.is_decimal() { DECIMAL_OVERFLOW } else { WHOLE_OVERFLOW }
}

/// Puts the functions below in place of the engine's operators, once types are known.
#[derive(Debug)]
pub(crate) struct CheckedArithmetic {
    lost: Option<Lost>,
}

impl CheckedArithmetic {
    /// With a note of what the calculations lose, where somebody asks for it.
    pub(crate) fn new(lost: Option<Lost>) -> Self {
        Self { lost }
    }
}

impl AnalyzerRule for CheckedArithmetic {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let rewritten = plan.transform_up_with_subqueries(|plan| {
            let schema = merge_schema(&plan.inputs());
            // Elsewhere conversions only choose rows, and the engine knows how to skip files by them.
            let computes = matches!(
                plan,
                LogicalPlan::Projection(_) | LogicalPlan::Aggregate(_) | LogicalPlan::Window(_)
            );
            let names = NamePreserver::new(&plan);
            plan.map_expressions(|expression| {
                let name = names.save(&expression);
                let checked =
                    expression.transform_up(|part| checked(part, &schema, self.lost.as_ref(), computes))?;
                Ok(checked.update_data(|expression| name.restore(expression)))
            })?
            .map_data(LogicalPlan::recompute_schema)
        })?;
        Ok(rewritten.data)
    }

    fn name(&self) -> &'static str {
        "checked_arithmetic"
    }
}

fn checked(
    expression: Expr,
    schema: &DFSchema,
    lost: Option<&Lost>,
    computes: bool,
) -> Result<Transformed<Expr>> {
    let kind = |part: &Expr| part.get_type(schema).ok();
    let whole = |part: &Expr| kind(part).filter(DataType::is_integer);
    match expression {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            let operation = match (kind(&left), kind(&right)) {
                (Some(left), Some(right)) => Operation::of(op, &left, &right),
                _ => None,
            };
            Ok(match operation {
                Some(operation) => Transformed::yes(operation.call(*left, *right, lost)),
                None => Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right })),
            })
        }
        Expr::Negative(value) => match whole(&value) {
            Some(kind) => {
                let zero = Expr::Literal(ScalarValue::new_zero(&kind)?, None);
                Ok(Transformed::yes(Operation::Minus.call(zero, *value, lost)))
            }
            None => Ok(Transformed::no(Expr::Negative(value))),
        },
        Expr::Cast(cast) if computes && lost::may_lose(&cast, kind(&cast.expr).as_ref()) => Ok(match lost {
            Some(lost) => Transformed::yes(lost.to_float(*cast.expr, cast.field.data_type())),
            None => Transformed::no(Expr::Cast(cast)),
        }),
        other => Ok(Transformed::no(other)),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Operation {
    Plus,
    Minus,
    Times,
    Over,
    Modulo,
}

impl Operation {
    /// What stands for an operator between exact numbers. Whole numbers are divided as they should be already.
    fn of(operator: Operator, left: &DataType, right: &DataType) -> Option<Self> {
        let decimals = left.is_decimal() && right.is_decimal();
        let exact = decimals || (left.is_integer() && left == right);
        match operator {
            Operator::Plus if exact => Some(Self::Plus),
            Operator::Minus if exact => Some(Self::Minus),
            Operator::Multiply if exact => Some(Self::Times),
            Operator::Divide if decimals => Some(Self::Over),
            Operator::Modulo if decimals => Some(Self::Modulo),
            _ => None,
        }
    }

    fn operator(self) -> Operator {
        match self {
            Self::Plus => Operator::Plus,
            Self::Minus => Operator::Minus,
            Self::Times => Operator::Multiply,
            Self::Over => Operator::Divide,
            Self::Modulo => Operator::Modulo,
        }
    }

    fn kernel(self) -> fn(&dyn Datum, &dyn Datum) -> Result<ArrayRef, ArrowError> {
        match self {
            Self::Plus => numeric::add,
            Self::Minus => numeric::sub,
            Self::Times => numeric::mul,
            Self::Over => numeric::div,
            Self::Modulo => numeric::rem,
        }
    }

    fn call(self, left: Expr, right: Expr, lost: Option<&Lost>) -> Expr {
        let function = ScalarUDF::new_from_impl(CheckedOperation {
            operation: self,
            lost: lost.cloned(),
            signature: Signature::any(2, Volatility::Immutable),
        });
        Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(function), vec![left, right]))
    }
}

/// One operation on two exact numbers: whole ones of one type, or decimals.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CheckedOperation {
    operation: Operation,
    lost: Option<Lost>,
    signature: Signature,
}

impl ScalarUDFImpl for CheckedOperation {
    fn name(&self) -> &'static str {
        match self.operation {
            Operation::Plus => "checked_plus",
            Operation::Minus => "checked_minus",
            Operation::Times => "checked_times",
            Operation::Over => "checked_over",
            Operation::Modulo => "checked_modulo",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> Result<DataType> {
        let [left, right] = take_function_args(self.name(), kinds)?;
        BinaryTypeCoercer::new(left, &self.operation.operator(), right).get_result_type()
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = take_function_args(self.name(), arguments.args)?;
        let kernel = self.operation.kernel();
        let decimals = left.data_type().is_decimal();
        apply(&left, &right, |left, right| match kernel(left, right) {
            Err(ArrowError::ArithmeticOverflow(_)) if decimals => Err(too_many_digits()),
            figures => {
                let figures = fitting(figures?)?;
                match (self.operation, &self.lost) {
                    (Operation::Over, Some(lost)) => lost.quotient(left, right, figures),
                    _ => Ok(figures),
                }
            }
        })
    }
}

/// Figures that have no more digits than their type.
fn fitting(figures: ArrayRef) -> Result<ArrayRef, ArrowError> {
    fn fit<T: DecimalType>(figures: &ArrayRef, precision: u8) -> bool {
        let mut figures = figures.as_primitive::<T>().iter().flatten();
        figures.all(|figure| T::is_valid_decimal_precision(figure, precision))
    }
    let all_fit = match figures.data_type() {
        DataType::Decimal32(precision, _) => fit::<Decimal32Type>(&figures, *precision),
        DataType::Decimal64(precision, _) => fit::<Decimal64Type>(&figures, *precision),
        DataType::Decimal128(precision, _) => fit::<Decimal128Type>(&figures, *precision),
        DataType::Decimal256(precision, _) => fit::<Decimal256Type>(&figures, *precision),
        _ => true,
    };
    if all_fit { Ok(figures) } else { Err(too_many_digits()) }
}

fn too_many_digits() -> ArrowError {
    ArrowError::ComputeError(format!("{DECIMAL_OVERFLOW}: a decimal has more digits than its type"))
}
