//! How many digits of a rule's number are sure, read from the logical plan: what a value is computed from counts, and
//! what only chooses rows does not.

use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use deltalake::datafusion::common::{DFSchema, ScalarValue};
use deltalake::datafusion::logical_expr::expr::{Cast, TryCast};
use deltalake::datafusion::logical_expr::{Distinct, Expr, ExprSchemable as _, LogicalPlan, Operator};

/// How a number relates to the one that a calculation without end would give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Certainty {
    /// It is the same.
    Same,
    /// All behind so many digits behind the point was cut off.
    Cut(usize),
    /// It lies close by: the engine finds a place between two rows to a millionth.
    Close,
    /// Nothing is known, for this reason.
    Unknown(&'static str),
}

const GOES_ON: &str = "it goes on calculating with a figure whose last digits are cut off, as those of a division \
                       are; let the division come last";
const ESTIMATES: &str =
    "it asks for an estimate; median, percentile_cont and count(DISTINCT ..) give the figure itself";

/// Functions that give one of their arguments, at most without its sign.
const CHOOSING: &[&str] = &["abs", "coalesce", "greatest", "ifnull", "least", "nullif", "nvl", "nvl2"];
/// Aggregates that give one of the values.
const PICKING: &[&str] = &["first_value", "last_value", "max", "min", "nth_value"];

/// What is known of the first column of a plan. `divided` says that a division has lost digits.
pub(super) fn of_first(plan: &LogicalPlan, divided: bool) -> Certainty {
    Reader { divided }.first(plan)
}

impl Certainty {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, same) | (same, Self::Same) => same,
            (Self::Unknown(reason), _) | (_, Self::Unknown(reason)) => Self::Unknown(reason),
            (Self::Cut(one), Self::Cut(other)) => Self::Cut(one.min(other)),
            (Self::Close, Self::Close) => Self::Close,
            (Self::Cut(_), Self::Close) | (Self::Close, Self::Cut(_)) => Self::Unknown(GOES_ON),
        }
    }

    /// Of what is computed from such a number.
    fn beyond(self) -> Self {
        match self {
            Self::Cut(_) | Self::Close => Self::Unknown(GOES_ON),
            known => known,
        }
    }

    /// With at most `scale` digits behind the point, as the author asks: what was cut off has no part in that.
    fn at(self, scale: Option<usize>) -> Self {
        match (self, scale) {
            (Self::Cut(digits), Some(scale)) if scale < digits => Self::Same,
            (Self::Cut(digits), Some(_)) => Self::Cut(digits),
            (other, _) => other.beyond(),
        }
    }
}

/// Digits behind the point of an exact type.
fn scale(kind: &DataType) -> Option<usize> {
    match kind {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => Some(usize::try_from(*scale).unwrap_or(0)),
        kind => kind.is_integer().then_some(0),
    }
}

struct Reader {
    divided: bool,
}

impl Reader {
    fn first(&self, plan: &LogicalPlan) -> Certainty {
        self.columns(plan).into_iter().next().unwrap_or(Certainty::Unknown(GOES_ON))
    }

    /// Of each column of a plan's schema. Each plan is looked at once, however often its columns are used.
    fn columns(&self, plan: &LogicalPlan) -> Vec<Certainty> {
        let width = plan.schema().fields().len();
        match plan {
            LogicalPlan::Projection(projection) => self.computed(&projection.expr, &projection.input),
            LogicalPlan::Distinct(Distinct::On(distinct)) => {
                self.computed(&distinct.select_expr, &distinct.input)
            }
            LogicalPlan::Aggregate(aggregate) => {
                let groups = self.computed(&aggregate.group_expr, &aggregate.input).into_iter();
                let groups = groups.fold(Certainty::Same, Certainty::and);
                let mut columns = vec![groups; width.saturating_sub(aggregate.aggr_expr.len())];
                columns.extend(self.computed(&aggregate.aggr_expr, &aggregate.input));
                columns
            }
            LogicalPlan::Window(window) => {
                let mut columns = self.columns(&window.input);
                let schema: &DFSchema = window.input.schema();
                let added = window.window_expr.iter().map(|part| self.value(part, schema, &columns));
                let added: Vec<_> = added.collect();
                columns.extend(added);
                columns
            }
            LogicalPlan::Values(values) => {
                vec![self.all(values.values.iter().flatten(), plan.schema(), &[]); width]
            }
            other => {
                let below: Vec<_> =
                    other.inputs().into_iter().flat_map(|input| self.columns(input)).collect();
                // Side by side, as those of a join are; else each may come from any of them.
                if below.len() == width {
                    below
                } else {
                    vec![below.into_iter().fold(Certainty::Same, Certainty::and); width]
                }
            }
        }
    }

    /// Of expressions over an input.
    fn computed(&self, expressions: &[Expr], input: &LogicalPlan) -> Vec<Certainty> {
        let below = self.columns(input);
        expressions.iter().map(|part| self.value(part, input.schema(), &below)).collect()
    }

    fn all<'e>(
        &self,
        parts: impl IntoIterator<Item = &'e Expr>,
        schema: &DFSchema,
        below: &[Certainty],
    ) -> Certainty {
        parts.into_iter().map(|part| self.value(part, schema, below)).fold(Certainty::Same, Certainty::and)
    }

    fn value(&self, expression: &Expr, schema: &DFSchema, below: &[Certainty]) -> Certainty {
        let kind = expression.get_type(schema).ok();
        // Whether something is so is asked of the figures as they are.
        if kind == Some(DataType::Boolean) {
            return Certainty::Same;
        }
        let scale = kind.as_ref().and_then(scale);
        match expression {
            Expr::Alias(alias) => self.value(&alias.expr, schema, below),
            Expr::Negative(value) => self.value(value, schema, below),
            Expr::Column(column) => schema
                .maybe_index_of_column(column)
                .and_then(|index| below.get(index).cloned())
                .unwrap_or(Certainty::Unknown(GOES_ON)),
            Expr::OuterReferenceColumn(..) => Certainty::Unknown(GOES_ON),
            Expr::ScalarSubquery(subquery) => self.first(&subquery.subquery),
            Expr::Cast(Cast { expr, .. }) | Expr::TryCast(TryCast { expr, .. }) => {
                self.value(expr, schema, below).at(scale)
            }
            Expr::BinaryExpr(binary) if binary.op == Operator::Divide => {
                let both =
                    self.value(&binary.left, schema, below).and(self.value(&binary.right, schema, below));
                cut(both, scale.filter(|_| self.divided))
            }
            Expr::Case(case) => {
                let branches = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
                self.all(branches.chain(case.else_expr.as_deref()), schema, below)
            }
            Expr::ScalarFunction(function) if CHOOSING.contains(&function.name()) => {
                self.all(&function.args, schema, below)
            }
            Expr::ScalarFunction(function) if function.name() == "round" => match function.args.as_slice() {
                [value] => self.value(value, schema, below).at(Some(0)),
                [value, Expr::Literal(ScalarValue::Int64(Some(digits)), _)] => {
                    self.value(value, schema, below).at(Some(usize::try_from(*digits).unwrap_or(0)))
                }
                parts => self.all(parts, schema, below).beyond(),
            },
            Expr::AggregateFunction(function) => {
                aggregated(function.func.name(), self.all(&function.params.args, schema, below), scale)
            }
            Expr::WindowFunction(function) => {
                aggregated(function.fun.name(), self.all(&function.params.args, schema, below), scale)
            }
            other => self.parts(other, schema, below).beyond(),
        }
    }

    /// Of all that an expression is made of.
    fn parts(&self, expression: &Expr, schema: &DFSchema, below: &[Certainty]) -> Certainty {
        let mut parts = Certainty::Same;
        let walked = expression.apply_children(|part| {
            parts = parts.clone().and(self.value(part, schema, below));
            Ok(TreeNodeRecursion::Continue)
        });
        debug_assert!(walked.is_ok(), "the closure never fails");
        parts
    }
}

/// Of what an aggregate gives over such numbers.
fn aggregated(name: &str, args: Certainty, scale: Option<usize>) -> Certainty {
    match name {
        name if name.starts_with("approx_") => Certainty::Unknown(ESTIMATES),
        "avg" | "median" => cut(args, scale),
        "percentile_cont" if args == Certainty::Same => Certainty::Close,
        name if PICKING.contains(&name) => args,
        _ => args.beyond(),
    }
}

/// Of a quotient of such numbers that is cut off behind `scale` digits; of floats, `None`, nothing is cut off.
fn cut(parts: Certainty, scale: Option<usize>) -> Certainty {
    match (parts, scale) {
        (Certainty::Same, Some(scale)) => Certainty::Cut(scale),
        (parts, _) => parts.beyond(),
    }
}
