//! A table of which some rows or the values of some columns stay closed, as a table of its own.
//!
//! Nothing that a statement says reaches below it: the engine sees only the masked columns of the open rows, without
//! statistics of the others. What is pushed down to the files is the condition on the rows, and of a statement the
//! comparisons of a plain column with a value: they can neither fail nor tell anything, and are made again above.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use deltalake::arrow::array::{RecordBatch, RecordBatchOptions, new_null_array};
use deltalake::arrow::datatypes::{Field, Schema, SchemaRef};
use deltalake::arrow::error::ArrowError;
use deltalake::datafusion::catalog::{Session, TableProvider};
use deltalake::datafusion::common::tree_node::TreeNodeRecursion;
use deltalake::datafusion::common::{DataFusionError, Result};
use deltalake::datafusion::datasource::{TableType, provider_as_source};
use deltalake::datafusion::execution::{SendableRecordBatchStream, TaskContext};
use deltalake::datafusion::logical_expr::{
    BinaryExpr, Expr, LogicalPlanBuilder, Operator, TableProviderFilterPushDown,
};
use deltalake::datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use deltalake::datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use deltalake::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties as _,
    Partitioning, PlanProperties, ReplaceChildrenOptions,
};
use futures::StreamExt as _;
use lakeport_frame::{LakeError, Mask};

use super::{column, masks, session};
use crate::protocol::MaskKey;

/// A column that may be read.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) name: String,
    pub(super) mask: Option<Mask>,
}

/// A table as far as it may be read.
#[derive(Debug)]
pub(super) struct Entitled {
    name: String,
    whole: Arc<dyn TableProvider>,
    open: Vec<Open>,
    /// Which rows; `None` for all of them.
    rows: Option<Expr>,
    schema: SchemaRef,
    key: MaskKey,
}

impl Entitled {
    /// These columns of the rows for which `rows` is true.
    pub(super) fn new(
        name: &str,
        whole: Arc<dyn TableProvider>,
        open: Vec<Open>,
        rows: Option<Expr>,
        key: Option<&MaskKey>,
    ) -> std::result::Result<Self, LakeError> {
        if key.is_none() && open.iter().any(|column| column.mask == Some(Mask::Hash)) {
            return Err(LakeError::Fault(format!(
                "Table {name} has a column that is shown as a hash, and there is no key for it."
            )));
        }
        let schema = whole.schema();
        let field = |column: &Open| {
            let (_, field) = schema.column_with_name(&column.name).ok_or_else(|| {
                LakeError::Fault(format!("Table {name} has no column {} any more.", column.name))
            })?;
            let Some(mask) = column.mask else { return Ok(field.clone()) };
            let kind = masks::masked_type(field.data_type(), mask).map_err(|fits| {
                LakeError::Refused(format!(
                    "Column {} of table {name} cannot be shown under the mask \"{mask}\": that is for {fits} only.",
                    column.name
                ))
            })?;
            Ok(Field::new(&column.name, kind, true))
        };
        let fields = open.iter().map(field).collect::<std::result::Result<Vec<_>, LakeError>>()?;
        let key = key.cloned().unwrap_or_else(|| MaskKey::new(""));
        let schema = Arc::new(Schema::new(fields));
        Ok(Self { name: name.to_owned(), whole, open, rows, schema, key })
    }

    /// True for what can be asked of every row without failing or telling anything of those that stay closed.
    fn is_harmless(&self, filter: &Expr) -> bool {
        let value = |part: &Expr| matches!(part, Expr::Literal(..));
        let plain = |part: &Expr| {
            let Expr::Column(asked) = part else { return false };
            self.open.iter().any(|open| open.name == asked.name && open.mask.is_none())
        };
        match filter {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::And | Operator::Or, right }) => {
                self.is_harmless(left) && self.is_harmless(right)
            }
            Expr::BinaryExpr(BinaryExpr {
                left,
                op:
                    Operator::Eq | Operator::NotEq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq,
                right,
            }) => (plain(left) && value(right)) || (value(left) && plain(right)),
            Expr::Not(part) => self.is_harmless(part),
            Expr::IsNull(part) | Expr::IsNotNull(part) => plain(part),
            Expr::Between(between) => plain(&between.expr) && value(&between.low) && value(&between.high),
            Expr::InList(list) => plain(&list.expr) && list.list.iter().all(value),
            _ => false,
        }
    }
}

#[async_trait]
impl TableProvider for Entitled {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = |filter: &&Expr| {
            if self.is_harmless(filter) {
                TableProviderFilterPushDown::Inexact
            } else {
                TableProviderFilterPushDown::Unsupported
            }
        };
        Ok(filters.iter().map(support).collect())
    }

    /// A limit counts open rows, which the files know nothing of: it stays above.
    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all = (0..self.open.len()).collect();
        let wanted: Vec<usize> = projection.cloned().unwrap_or(all);
        let asked: Vec<&Open> = wanted.iter().filter_map(|index| self.open.get(*index)).collect();
        let is_read = |open: &&&Open| open.mask != Some(Mask::Null);
        let mut read: Vec<String> = asked.iter().filter(is_read).map(|open| open.name.clone()).collect();
        if read.is_empty() {
            // Rows are counted by some column: a scan of none counts those of the files.
            read.extend(self.whole.schema().fields().first().map(|field| field.name().clone()));
        }
        let mut plan = LogicalPlanBuilder::scan(
            session::reference(&self.name),
            provider_as_source(Arc::clone(&self.whole)),
            None,
        )?;
        for filter in self.rows.iter().chain(filters) {
            plan = plan.filter(filter.clone())?;
        }
        let plan = plan.project(read.iter().map(|name| column(name)))?.build()?;
        let input = state.create_physical_plan(&plan).await?;
        let output = |open: &&Open| {
            Ok(match open.mask {
                Some(Mask::Null) => Output::Nothing,
                mask => Output::Of(input.schema().index_of(&open.name)?, mask),
            })
        };
        let outputs = asked.iter().map(output).collect::<Result<Vec<_>>>()?;
        let schema = Arc::new(self.schema.project(&wanted)?);
        Ok(Arc::new(Barrier::new(input, outputs, schema, self.key.clone())))
    }
}

/// What a column of the answer is made of.
#[derive(Debug, Clone, Copy)]
enum Output {
    /// No values.
    Nothing,
    /// A column of the input, masked or not.
    Of(usize, Option<Mask>),
}

/// Masks what comes from below, and lets nothing through from above: neither filters nor sorts, limits or projections, and
/// no statistics.
#[derive(Debug, Clone)]
struct Barrier {
    input: Arc<dyn ExecutionPlan>,
    outputs: Arc<[Output]>,
    schema: SchemaRef,
    key: MaskKey,
    properties: Arc<PlanProperties>,
}

impl Barrier {
    fn new(input: Arc<dyn ExecutionPlan>, outputs: Vec<Output>, schema: SchemaRef, key: MaskKey) -> Self {
        let partitions = input.output_partitioning().partition_count();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self { input, outputs: outputs.into(), schema, key, properties: Arc::new(properties) }
    }
}

fn masked(
    batch: &RecordBatch,
    outputs: &[Output],
    schema: &SchemaRef,
    key: &MaskKey,
) -> std::result::Result<RecordBatch, ArrowError> {
    let columns = outputs.iter().zip(schema.fields()).map(|(output, field)| match output {
        Output::Nothing => Ok(new_null_array(field.data_type(), batch.num_rows())),
        Output::Of(index, None) => Ok(Arc::clone(batch.column(*index))),
        Output::Of(index, Some(mask)) => masks::masked(batch.column(*index), *mask, key),
    });
    let columns = columns.collect::<std::result::Result<Vec<_>, ArrowError>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}

impl DisplayAs for Barrier {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Barrier")
    }
}

impl ExecutionPlan for Barrier {
    fn name(&self) -> &'static str {
        "Barrier"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let [input] = children.as_slice() else {
            return Err(DataFusionError::Internal("a barrier has one input".to_owned()));
        };
        let (schema, key) = (Arc::clone(&self.schema), self.key.clone());
        Ok(Arc::new(Self::new(Arc::clone(input), self.outputs.to_vec(), schema, key)))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context)?;
        let this = self.clone();
        let batches = input.map(move |batch| {
            batch.and_then(|batch| Ok(masked(&batch, &this.outputs, &this.schema, &this.key)?))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches)))
    }
}
