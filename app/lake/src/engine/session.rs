//! One fresh session a request: granted tables, nothing else, bounded memory, no spilling to disk.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use deltalake::arrow::record_batch::RecordBatch;
use deltalake::datafusion::catalog::{MemorySchemaProvider, TableProvider};
use deltalake::datafusion::common::{SchemaError, TableReference};
use deltalake::datafusion::dataframe::DataFrame;
use deltalake::datafusion::datasource::{ViewTable, provider_as_source};
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::execution::cache::cache_manager::{CacheManagerConfig, FileMetadataCache};
use deltalake::datafusion::execution::context::SQLOptions;
use deltalake::datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use deltalake::datafusion::execution::memory_pool::GreedyMemoryPool;
use deltalake::datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use deltalake::datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use deltalake::datafusion::logical_expr::LogicalPlanBuilder;
use deltalake::datafusion::physical_optimizer::PhysicalOptimizerRule;
use deltalake::datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use deltalake::datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt as _;
use lakeport_frame::{Frame, LakeError, Readable, Rows, Value};

use super::entitled::{Entitled, Open};
use super::figures::CheckedArithmetic;
use super::lost::Lost;
use super::storage::Location;
use super::sums::checked_sum;
use super::tables::Tables;
use super::{column, condition, convert, error, lineage, parameters};
use crate::protocol::MaskKey;

/// Memory DataFusion accounts for; what it does not account for is bounded by the process's own limit.
const MEMORY_POOL_BYTES: usize = 256 * 1024 * 1024;
/// Parquet footers kept between requests.
const FOOTER_CACHE_BYTES: usize = 32 * 1024 * 1024;
/// Largest result in Arrow's memory.
const MAX_RESULT_BYTES: usize = 32 * 1024 * 1024;
/// Threads of work within one statement.
const PARTITIONS: usize = 2;

const CATALOG: &str = "lake";
pub(crate) const DEFAULT_SCHEMA: &str = "public";

/// Makes sessions that share the Parquet footers, which are of immutable files.
pub(crate) struct Sessions {
    footers: Option<Arc<FileMetadataCache>>,
    key: Option<MaskKey>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self { footers: None, key: None }
    }

    /// From now on, what is masked as a hash is hashed under this key.
    pub(crate) fn mask_under(&mut self, key: Option<MaskKey>) {
        self.key = key;
    }

    /// A session with exactly these tables, and of them exactly what may be read. `enough` is how many rows of each table
    /// are looked at, where not all are. What calculations lose is noted in `lost`.
    pub(crate) async fn open(
        &mut self,
        tables: &mut Tables,
        used: &[&Readable],
        enough: Option<u32>,
        lost: Option<&Lost>,
    ) -> Result<Session, LakeError> {
        let runtime = self.runtime()?;
        let mut locations: Vec<Location> = Vec::with_capacity(used.len());
        let mut providers: Vec<Arc<dyn TableProvider>> = Vec::with_capacity(used.len());
        for Readable { table, rows, .. } in used {
            let opened = tables.open(table).await?;
            let mut provider = opened.table.table_provider();
            // How many rows of a file are open, nobody knows before it is read.
            let enough = enough.filter(|_| *rows == Rows::All);
            if let Some(files) = enough.and_then(|rows| opened.beginning(rows)) {
                provider = provider.with_file_paths(files);
            }
            let provider = provider.await.map_err(|error| error::of_table(&table.name, &error.into()))?;
            providers.push(provider);
            locations.push(opened.location.clone());
        }
        for (url, store) in tables.confined(&locations) {
            runtime.register_object_store(&url, store);
        }
        let context = SessionContext::new_with_state(
            SessionStateBuilder::new()
                .with_config(config())
                .with_runtime_env(runtime)
                .with_default_features()
                .with_table_functions(HashMap::new())
                .with_table_factories(HashMap::new())
                .with_analyzer_rule(Arc::new(CheckedArithmetic::new(lost.cloned())))
                .with_physical_optimizer_rules(physical_rules())
                .build(),
        );
        context.register_udaf(checked_sum());
        let mut withheld = Vec::new();
        for (readable, provider) in used.iter().zip(providers) {
            let name = &readable.table.name;
            let (provider, beyond) = self.narrowed(&context.state(), readable, provider)?;
            withheld.extend(beyond.into_iter().map(|column| (name.clone(), column)));
            let reference = reference(name);
            ensure_schema(&context, &reference)?;
            context.register_table(reference, provider).map_err(|error| error::of_plan(&error))?;
        }
        Ok(Session { context, withheld })
    }

    /// A table as far as it may be read, and the names of the columns it keeps back.
    fn narrowed(
        &self,
        state: &SessionState,
        Readable { table, columns, rows }: &Readable,
        provider: Arc<dyn TableProvider>,
    ) -> Result<(Arc<dyn TableProvider>, Vec<String>), LakeError> {
        let name = &table.name;
        let names = provider.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        let (open, beyond): (Vec<String>, Vec<String>) =
            names.into_iter().partition(|column| columns.contain(column));
        if open.is_empty() {
            return Err(LakeError::NotGranted {
                table: name.to_owned(),
                message: format!("Table {name} has none of the columns that may be read here (any more)."),
            });
        }
        let rows = match rows {
            Rows::All => None,
            Rows::Where(conditions) => Some(condition::of(state, name, &provider, conditions)?),
        };
        if rows.is_some() || columns.are_masked() {
            let open = open.into_iter().map(|name| Open { mask: columns.mask(&name), name }).collect();
            let entitled = Entitled::new(name, provider, open, rows, self.key.as_ref())?;
            return Ok((Arc::new(entitled), beyond));
        }
        if beyond.is_empty() {
            return Ok((provider, beyond));
        }
        // Whole columns of all rows hide nothing from the engine: as a view it may use the files' statistics of them.
        let view = LogicalPlanBuilder::scan(reference(name), provider_as_source(provider), None)
            .and_then(|scan| scan.project(open.iter().map(|name| column(name))))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| error::of_plan(&error))?;
        Ok((Arc::new(ViewTable::new(view, None)), beyond))
    }

    fn runtime(&mut self) -> Result<Arc<RuntimeEnv>, LakeError> {
        let caches = CacheManagerConfig {
            file_metadata_cache: self.footers.clone(),
            metadata_cache_limit: FOOTER_CACHE_BYTES,
            ..CacheManagerConfig::default()
        };
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(GreedyMemoryPool::new(MEMORY_POOL_BYTES)))
            .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
            .with_cache_manager(caches)
            .build_arc()
            .map_err(|error| error::of_run(&error))?;
        self.footers = Some(runtime.cache_manager.get_file_metadata_cache());
        Ok(runtime)
    }
}

fn config() -> SessionConfig {
    SessionConfig::new()
        .with_target_partitions(PARTITIONS)
        .with_default_catalog_and_schema(CATALOG, DEFAULT_SCHEMA)
        .with_information_schema(false)
        .set_bool("datafusion.execution.parquet.pushdown_filters", true)
        // Joins on dictionary-encoded partition columns fail when the engine turns the other side into a list.
        .set_usize("datafusion.optimizer.hash_join_inlist_pushdown_max_size", 0)
        .set_usize("datafusion.optimizer.hash_join_inlist_pushdown_max_distinct_values", 0)
}

/// The engine's own rules, but a limit stays where it stands in the statement: a scan that reads no column counts rows
/// and forgets the limit that was moved into it.
fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let rules = PhysicalOptimizer::new().rules;
    rules.into_iter().filter(|rule| rule.name() != "LimitPushdown").collect()
}

/// A table's name as the engine knows it.
pub(crate) fn reference(name: &str) -> TableReference {
    match name.split_once('.') {
        Some((schema, table)) => TableReference::full(CATALOG, schema, table),
        None => TableReference::full(CATALOG, DEFAULT_SCHEMA, name),
    }
}

fn ensure_schema(context: &SessionContext, reference: &TableReference) -> Result<(), LakeError> {
    let (Some(catalog), Some(schema)) = (context.catalog(CATALOG), reference.schema()) else {
        return Err(LakeError::Fault("The session could not be prepared.".to_owned()));
    };
    if catalog.schema(schema).is_none() {
        let schema_provider = Arc::new(MemorySchemaProvider::new());
        catalog.register_schema(schema, schema_provider).map_err(|error| error::of_plan(&error))?;
    }
    Ok(())
}

/// A session over what one request may read.
pub(crate) struct Session {
    context: SessionContext,
    /// Columns that its tables keep back, each with its table.
    withheld: Vec<(String, String)>,
}

impl Session {
    /// One of its tables.
    pub(crate) async fn table(&self, name: &str) -> Result<DataFrame, LakeError> {
        self.context.table(reference(name)).await.map_err(|error| error::of_plan(&error))
    }

    /// Plans an allowed statement and binds its parameters.
    pub(crate) async fn plan(
        &self,
        allowed: &str,
        values: &BTreeMap<String, Value>,
    ) -> Result<DataFrame, LakeError> {
        let nothing_but_queries =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let state = self.context.state();
        let plan = state.create_logical_plan(allowed).await.map_err(|error| self.told(&error))?;
        nothing_but_queries.verify_plan(&plan).map_err(|error| error::of_plan(&error))?;
        let bound =
            plan.with_param_values(parameters::bound(values)?).map_err(|error| error::of_plan(&error))?;
        Ok(DataFrame::new(state, bound))
    }

    /// A column that is not there because it is kept back is told as such, with its table.
    fn told(&self, error: &DataFusionError) -> LakeError {
        let missing = match error.find_root() {
            DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
                SchemaError::FieldNotFound { field, .. } => Some(field.name.as_str()),
                _ => None,
            },
            _ => None,
        };
        let kept_back = missing
            .and_then(|name| self.withheld.iter().find(|(_, column)| column.eq_ignore_ascii_case(name)));
        match kept_back {
            Some((table, column)) => LakeError::NotGranted {
                table: table.clone(),
                message: format!("Column {column} of table {table} is not among what may be read here."),
            },
            None => error::of_plan(error),
        }
    }
}

/// Runs to `limit` rows, which say what they are made from; one more marks the frame as truncated.
pub(crate) async fn rows(frame: DataFrame, limit: u32) -> Result<Frame, LakeError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let limited = frame.limit(0, Some(limit.saturating_add(1))).map_err(|error| error::of_plan(&error))?;
    let schema = Arc::clone(limited.schema().inner());
    let tables = lineage::tables(limited.logical_plan());
    let mut stream = limited.execute_stream().await.map_err(|error| error::of_plan(&error))?;
    let mut batches: Vec<RecordBatch> = Vec::new();
    let mut bytes = 0_usize;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| error::of_run(&error))?;
        bytes = bytes.saturating_add(batch.get_array_memory_size());
        if bytes > MAX_RESULT_BYTES {
            return Err(LakeError::TooLarge(
                "The result is too large to be shown; select fewer columns or group the rows.".to_owned(),
            ));
        }
        batches.push(batch);
    }
    Ok(convert::frame(&schema, &batches, limit)?.with_made_from(tables))
}
