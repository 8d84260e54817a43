//! The facets the portal uses. All others stay in `rest` of the facets they belong to.

use lakeport_model::catalog::MOST_COLUMNS;

use crate::standards::read::{Reader, too_many_columns};
use crate::standards::yaml::Node;

record! {
    /// More about a run.
    pub struct RunFacets {
        /// The run that started it.
        parent: Option<Parent> = "parent",
        ..rest
    }
}

record! {
    /// The run that started a run.
    pub struct Parent {
        /// Its id.
        run: ParentRun = "run",
        /// Its job.
        job: ParentJob = "job",
        /// The run at the top.
        root: Option<Root> = "root",
        ..rest
    }
}

record! {
    /// The run at the top of a tree of runs.
    pub struct Root {
        /// Its id.
        run: ParentRun = "run",
        /// Its job.
        job: ParentJob = "job",
        ..rest
    }
}

record! {
    /// Names a run.
    pub struct ParentRun {
        /// Its id.
        run_id: String = "runId",
        ..rest
    }
}

record! {
    /// Names a job.
    pub struct ParentJob {
        /// Namespace of its scheduler.
        namespace: String = "namespace",
        /// Name within the namespace.
        name: String = "name",
        ..rest
    }
}

record! {
    /// More about a job.
    pub struct JobFacets {
        /// The statement it runs.
        sql: Option<Sql> = "sql",
        /// What it does.
        documentation: Option<Documentation> = "documentation",
        /// Who owns it.
        ownership: Option<Ownership> = "ownership",
        ..rest
    }
}

record! {
    /// A statement.
    pub struct Sql {
        /// The text.
        query: String = "query",
        /// Its dialect.
        dialect: Option<String> = "dialect",
        ..rest
    }
}

record! {
    /// Words about something.
    pub struct Documentation {
        /// The words.
        description: String = "description",
        /// Their format, such as `text/markdown`.
        content_type: Option<String> = "contentType",
        ..rest
    }
}

record! {
    /// Who owns something.
    pub struct Ownership {
        /// The owners.
        owners: Vec<Owner> = "owners",
        ..rest
    }
}

record! {
    /// An owner.
    pub struct Owner {
        /// Who it is, such as `team:finance`.
        name: String = "name",
        /// In which role.
        owner_type: Option<String> = "type",
        ..rest
    }
}

record! {
    /// More about a dataset.
    pub struct DatasetFacets {
        /// Its columns.
        schema: Option<DatasetSchema> = "schema",
        /// Where its columns come from.
        column_lineage: Option<ColumnLineage> = "columnLineage",
        /// The store it lies in.
        data_source: Option<DataSource> = "dataSource",
        /// What it holds.
        documentation: Option<Documentation> = "documentation",
        /// Who owns it.
        ownership: Option<Ownership> = "ownership",
        /// Its other names.
        symlinks: Option<Symlinks> = "symlinks",
        /// That it was made, changed or dropped.
        lifecycle_state_change: Option<LifecycleStateChange> = "lifecycleStateChange",
        /// Results of checks.
        data_quality_assertions: Option<QualityAssertions> = "dataQualityAssertions",
        ..rest
    }
}

record! {
    /// More about the reading of a dataset.
    pub struct InputFacets {
        /// Results of checks.
        data_quality_assertions: Option<QualityAssertions> = "dataQualityAssertions",
        ..rest
    }
}

record! {
    /// Columns.
    pub struct DatasetSchema (check_schema) {
        /// The columns.
        fields: Vec<SchemaField> = "fields",
        ..rest
    }
}

/// It costs the facet, not its event.
fn check_schema(schema: &DatasetSchema, node: &Node, reader: &mut Reader) {
    if schema.fields.len() > MOST_COLUMNS {
        reader.member_error(node, "fields", too_many_columns(schema.fields.len()));
    }
}

record! {
    /// A column.
    pub struct SchemaField {
        /// Name.
        name: String = "name",
        /// Type in the engine's words.
        field_type: Option<String> = "type",
        /// What it means.
        description: Option<String> = "description",
        /// Nested columns.
        fields: Vec<SchemaField> = "fields",
        ..rest
    }
}

record! {
    /// Where the columns of a dataset come from.
    pub struct ColumnLineage {
        /// By column.
        fields: std::collections::BTreeMap<String, ColumnLineageField> = "fields",
        /// Columns all of them depend on, such as those of a filter.
        dataset: Vec<ColumnSource> = "dataset",
        ..rest
    }
}

record! {
    /// Where a column comes from.
    pub struct ColumnLineageField {
        /// The columns it is made of.
        input_fields: Vec<ColumnSource> = "inputFields",
        /// How, in words.
        transformation_description: Option<String> = "transformationDescription",
        /// `IDENTITY`, `MASKED` ..
        transformation_type: Option<String> = "transformationType",
        ..rest
    }
}

record! {
    /// A column of another dataset.
    pub struct ColumnSource {
        /// Namespace of the dataset.
        namespace: String = "namespace",
        /// Name of the dataset.
        name: String = "name",
        /// Name of the column.
        field: String = "field",
        /// What was done to it.
        transformations: Vec<Transformation> = "transformations",
        ..rest
    }
}

record! {
    /// What was done to a column.
    pub struct Transformation {
        /// `DIRECT` or `INDIRECT`.
        transformation_type: String = "type",
        /// `IDENTITY`, `AGGREGATION`, `FILTER` ..
        subtype: Option<String> = "subtype",
        /// In words.
        description: Option<String> = "description",
        /// True when the value cannot be told afterwards.
        masking: Option<bool> = "masking",
        ..rest
    }
}

record! {
    /// The store a dataset lies in.
    pub struct DataSource {
        /// Name.
        name: Option<String> = "name",
        /// Address.
        uri: Option<String> = "uri",
        ..rest
    }
}

record! {
    /// Other names of a dataset.
    pub struct Symlinks {
        /// The names.
        identifiers: Vec<Symlink> = "identifiers",
        ..rest
    }
}

record! {
    /// Another name of a dataset.
    pub struct Symlink {
        /// Namespace.
        namespace: String = "namespace",
        /// Name.
        name: String = "name",
        /// Kind of name, such as `TABLE`.
        symlink_type: String = "type",
        ..rest
    }
}

choice! {
    /// What happened to a dataset.
    #[derive(Default)]
    pub enum LifecycleChange {
        /// Its columns changed.
        Alter = "ALTER",
        /// It was made.
        #[default]
        Create = "CREATE",
        /// It is gone.
        Drop = "DROP",
        /// Its content was replaced.
        Overwrite = "OVERWRITE",
        /// It has another name.
        Rename = "RENAME",
        /// Its content is gone.
        Truncate = "TRUNCATE",
    }
}

record! {
    /// That a dataset was made, changed or dropped.
    pub struct LifecycleStateChange {
        /// What happened.
        change: LifecycleChange = "lifecycleStateChange",
        /// Its name before.
        previous_identifier: Option<DatasetId> = "previousIdentifier",
        ..rest
    }
}

record! {
    /// Names a dataset.
    pub struct DatasetId {
        /// Namespace.
        namespace: String = "namespace",
        /// Name.
        name: String = "name",
        ..rest
    }
}

record! {
    /// Results of checks.
    pub struct QualityAssertions {
        /// One entry a check.
        assertions: Vec<Assertion> = "assertions",
        ..rest
    }
}

record! {
    /// The result of a check.
    pub struct Assertion {
        /// What was checked, such as `not_null`.
        assertion: String = "assertion",
        /// True when it passed.
        success: bool = "success",
        /// The column, where it is about one.
        column: Option<String> = "column",
        /// How bad a failure is.
        severity: Option<String> = "severity",
        ..rest
    }
}
