//! The condition on a table's rows, from its texts to what the engine evaluates.

use std::collections::BTreeSet;
use std::sync::Arc;

use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::catalog::TableProvider;
use deltalake::datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use deltalake::datafusion::common::{DFSchema, Result};
use deltalake::datafusion::datasource::provider_as_source;
use deltalake::datafusion::execution::SessionState;
use deltalake::datafusion::logical_expr::utils::merge_schema;
use deltalake::datafusion::logical_expr::{Expr, ExprSchemable as _, LogicalPlan, LogicalPlanBuilder, lit};
use lakeport_frame::{LakeError, MOST_CONDITIONS};

use super::checks::value_type;
use super::{error, session};
use crate::guard;

/// What is true of the rows for which one of these conditions is true.
pub(super) fn of(
    state: &SessionState,
    name: &str,
    table: &Arc<dyn TableProvider>,
    conditions: &BTreeSet<String>,
) -> std::result::Result<Expr, LakeError> {
    let unusable = |reason: &str| {
        LakeError::Refused(format!("Which rows of table {name} may be read is not understood. {reason}"))
    };
    if conditions.len() > MOST_CONDITIONS {
        return Err(unusable(&format!("There are more than {MOST_CONDITIONS} conditions.")));
    }
    let schema = DFSchema::try_from(table.schema()).map_err(|error| error::of_plan(&error))?;
    let mut whole = lit(false);
    for text in conditions {
        let checked = guard::predicate(text).map_err(|error| unusable(error.message()))?;
        let condition = state
            .create_logical_expr(&checked.sql, &schema)
            .map_err(|error| unusable(error::of_plan(&error).message()))?;
        // Types are compared here and not with the first row that does not fit.
        let converted =
            LogicalPlanBuilder::scan(session::reference(name), provider_as_source(Arc::clone(table)), None)
                .and_then(|scan| scan.filter(condition.clone())?.build())
                .and_then(|plan| converted(&state.optimize(&plan)?, name, table.as_ref()))
                .map_err(|error| unusable(error::of_plan(&error).message()))?;
        if let Some(column) = converted {
            return Err(unusable(&format!(
                "\"{}\" compares column {column} with a value of another type.",
                checked.sql
            )));
        }
        whole = whole.or(condition);
    }
    Ok(whole)
}

/// A column that is converted before it is compared, or of which something is made that is: that can fail on a row, also on
/// one that stays closed, and no file is skipped by it.
fn converted(plan: &LogicalPlan, name: &str, table: &dyn TableProvider) -> Result<Option<String>> {
    let whole = DFSchema::try_from_qualified_schema(session::reference(name), &table.schema())?;
    let mut found = None;
    plan.apply(|node| {
        // What a scan is asked may name columns that it does not give out.
        let inputs = node.inputs();
        let schema = if inputs.is_empty() { whole.clone() } else { merge_schema(&inputs) };
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                let (inner, to) = match part {
                    Expr::Cast(cast) => (cast.expr.as_ref(), cast.field.data_type()),
                    Expr::TryCast(cast) => (cast.expr.as_ref(), cast.field.data_type()),
                    _ => return Ok(TreeNodeRecursion::Continue),
                };
                let column = inner.column_refs().into_iter().map(|column| column.name.clone()).min();
                if column.is_some() && !is_same(&inner.get_type(&schema)?, to) {
                    found = column;
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(found)
}

/// True for types of the same values, however they are stored, and for numbers that only become wider.
fn is_same(from: &DataType, to: &DataType) -> bool {
    let (from, to) = (value_type(from), value_type(to));
    from == to || is_wider(&from, &to)
}

/// True where every number of the one type is one of the other, or near one: no row fails.
fn is_wider(from: &DataType, to: &DataType) -> bool {
    if to.is_floating() {
        return from.is_numeric();
    }
    let (Some((before, behind)), Some((most_before, most_behind))) = (digits(from), digits(to)) else {
        return false;
    };
    before <= most_before && behind <= most_behind
}

/// The most digits of an exact number before and behind the point; a Delta table has no unsigned ones.
fn digits(kind: &DataType) -> Option<(i16, i16)> {
    match kind {
        DataType::Int8 => Some((3, 0)),
        DataType::Int16 => Some((5, 0)),
        DataType::Int32 => Some((10, 0)),
        DataType::Int64 => Some((19, 0)),
        DataType::Decimal32(all, behind)
        | DataType::Decimal64(all, behind)
        | DataType::Decimal128(all, behind)
        | DataType::Decimal256(all, behind) => {
            let behind = i16::from(*behind);
            Some((i16::from(*all) - behind, behind))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use deltalake::arrow::datatypes::DataType;

    use super::is_same;

    #[test]
    fn a_number_that_may_not_fit_is_never_taken_for_one_that_only_becomes_wider() {
        let decimal = DataType::Decimal128;
        for (from, to) in [
            (DataType::Int32, DataType::Int64),
            (DataType::Int64, DataType::Float64),
            (DataType::Int64, decimal(20, 0)),
            (decimal(10, 2), decimal(22, 2)),
            (decimal(38, 2), DataType::Float64),
            (DataType::Utf8View, DataType::Utf8),
        ] {
            assert!(is_same(&from, &to), "{from} as {to}");
        }
        for (from, to) in [
            (DataType::Int64, DataType::Int32),
            (DataType::Float64, decimal(30, 15)),
            (decimal(38, 0), decimal(38, 10)),
            (decimal(10, 2), decimal(10, 0)),
            (DataType::Utf8, DataType::Int64),
            (DataType::Int64, DataType::Utf8),
            (DataType::Boolean, DataType::Float64),
        ] {
            assert!(!is_same(&from, &to), "{from} as {to}");
        }
    }
}
