//! Where a result and its columns come from, read from the logical plan.
//!
//! Of columns, followed are those a value is computed from; a column that only filters, joins, sorts or groups
//! other values is not part of their lineage.

use std::collections::BTreeSet;

use deltalake::datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use deltalake::datafusion::common::{DFSchema, JoinType, TableReference};
use deltalake::datafusion::logical_expr::{Distinct, Expr, LogicalPlan};

use super::session::DEFAULT_SCHEMA;
use crate::protocol::{ColumnLineage, ColumnRef};

type Sources = BTreeSet<ColumnRef>;

/// One entry for each result column, in order.
pub(crate) fn of_plan(plan: &LogicalPlan) -> Vec<ColumnLineage> {
    let sources = trace(plan);
    let fields = plan.schema().fields().iter();
    fields
        .zip(sources)
        .map(|(field, sources)| ColumnLineage {
            output: field.name().clone(),
            inputs: sources.into_iter().collect(),
        })
        .collect()
}

/// Every table that a plan reads, those of its subqueries included, as SQL names it.
pub(crate) fn tables(plan: &LogicalPlan) -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            tables.insert(name(&scan.table_name));
        }
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(walked.is_ok(), "the closure never fails");
    tables
}

/// The sources of each column of a plan's schema.
fn trace(plan: &LogicalPlan) -> Vec<Sources> {
    let columns = match plan {
        LogicalPlan::TableScan(scan) => {
            let table = name(&scan.table_name);
            let fields = scan.projected_schema.fields().iter();
            fields
                .map(|field| {
                    Sources::from([ColumnRef { table: table.clone(), column: field.name().clone() }])
                })
                .collect()
        }
        LogicalPlan::Projection(projection) => computed(&projection.expr, &projection.input),
        LogicalPlan::Aggregate(aggregate) => {
            let grouped = aggregate.group_expr.iter().flat_map(|group| match group {
                Expr::GroupingSet(sets) => sets.distinct_expr().into_iter().cloned().collect(),
                other => vec![other.clone()],
            });
            let mut columns = computed(&grouped.collect::<Vec<_>>(), &aggregate.input);
            let outputs = plan.schema().fields().len() - aggregate.aggr_expr.len();
            columns.resize(outputs, Sources::new());
            columns.extend(computed(&aggregate.aggr_expr, &aggregate.input));
            columns
        }
        LogicalPlan::Window(window) => {
            let mut columns = trace(&window.input);
            columns.extend(computed(&window.window_expr, &window.input));
            columns
        }
        LogicalPlan::Join(join) => match join.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => trace(&join.left),
            JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => trace(&join.right),
            JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => {
                let mut columns = trace(&join.left);
                columns.extend(trace(&join.right));
                columns
            }
        },
        LogicalPlan::Union(union) => {
            let mut inputs = union.inputs.iter().map(|input| trace(input));
            let first = inputs.next().unwrap_or_default();
            inputs.fold(first, |mut columns, other| {
                for (column, more) in columns.iter_mut().zip(other) {
                    column.extend(more);
                }
                columns
            })
        }
        LogicalPlan::Distinct(Distinct::On(distinct)) => computed(&distinct.select_expr, &distinct.input),
        other => match other.inputs().as_slice() {
            [only] if only.schema().fields().len() == other.schema().fields().len() => trace(only),
            inputs => everything(inputs, other.schema().fields().len()),
        },
    };
    let width = plan.schema().fields().len();
    let mut columns = columns;
    columns.resize(width, Sources::new());
    columns
}

/// The sources of expressions over an input.
fn computed(expressions: &[Expr], input: &LogicalPlan) -> Vec<Sources> {
    let below = trace(input);
    expressions.iter().map(|expression| behind(expression, input.schema(), &below)).collect()
}

fn behind(expression: &Expr, schema: &DFSchema, below: &[Sources]) -> Sources {
    let mut sources = Sources::new();
    let walked = expression.apply(|part| {
        match part {
            Expr::Column(column) => {
                let found = schema.maybe_index_of_column(column).and_then(|index| below.get(index));
                sources.extend(found.into_iter().flatten().cloned());
            }
            Expr::ScalarSubquery(subquery) => {
                sources.extend(trace(&subquery.subquery).into_iter().flatten());
            }
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(walked.is_ok(), "the closure never fails");
    sources
}

/// For a node that is not known here: each column may come from all of its inputs.
fn everything(inputs: &[&LogicalPlan], width: usize) -> Vec<Sources> {
    let all: Sources = inputs.iter().flat_map(|input| trace(input)).flatten().collect();
    vec![all; width]
}

fn name(reference: &TableReference) -> String {
    match reference.schema() {
        Some(schema) if schema != DEFAULT_SCHEMA => format!("{schema}.{}", reference.table()),
        _ => reference.table().to_owned(),
    }
}
