//! The condition on a table's rows, from its texts to what the engine evaluates.

use std::collections::BTreeSet;
use std::sync::Arc;

use deltalake::arrow::datatypes::DataType;
use deltalake::datafusion::catalog::TableProvider;
use deltalake::datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use deltalake::datafusion::common::{DFSchema, Result};
use deltalake::datafusion::datasource::provider_as_source;
use deltalake::datafusion::execution::SessionState;
use deltalake::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
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
                .and_then(|plan| converted(&state.optimize(&plan)?, table.as_ref()))
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

/// A column that has to be converted before it can be compared: that can fail on a row, and no file is skipped by it.
fn converted(plan: &LogicalPlan, table: &dyn TableProvider) -> Result<Option<String>> {
    let schema = table.schema();
    let mut found = None;
    plan.apply(|node| {
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                let (inner, to) = match part {
                    Expr::Cast(cast) => (&cast.expr, cast.field.data_type()),
                    Expr::TryCast(cast) => (&cast.expr, cast.field.data_type()),
                    _ => return Ok(TreeNodeRecursion::Continue),
                };
                if let Expr::Column(column) = inner.as_ref()
                    && let Ok(field) = schema.field_with_name(&column.name)
                    && !is_same(field.data_type(), to)
                {
                    found = Some(column.name.clone());
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
    from == to || (from.is_numeric() && to.is_numeric())
}
