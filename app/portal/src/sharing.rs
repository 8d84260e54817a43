//! How granted data is read from other tools.

use lakeport_frame::TableRef;
use lakeport_model::sharing::Snippet;

/// Code to copy for a table, for each tool people use; none where its files lie on the portal's own machine, for a path
/// there leads nobody else anywhere.
pub fn snippets(table: &TableRef) -> Vec<Snippet> {
    let location = &table.location;
    let (schema, name) = table.name.rsplit_once('.').unwrap_or(("default", &table.name));
    if !location.contains("://") || location.starts_with("file:") {
        return Vec::new();
    }
    let storage = "Your own account needs read access to the bucket.";
    let snippet = |tool: &str, code: String, note: String| Snippet { tool: tool.to_owned(), code, note };
    let mut all = vec![
        snippet(
            "pandas",
            format!("from deltalake import DeltaTable\n\n{name} = DeltaTable(\"{location}\").to_pandas()"),
            format!("Needs the package deltalake. {storage}"),
        ),
        snippet(
            "Spark",
            format!("{name} = spark.read.format(\"delta\").load(\"{location}\")"),
            format!("Needs a session with Delta Lake, such as Databricks. {storage}"),
        ),
        snippet(
            "DuckDB",
            format!(
                "INSTALL delta; LOAD delta;\nSELECT * FROM delta_scan('{}');",
                location.replace('\'', "''")
            ),
            format!("Needs DuckDB 1.1 or newer. {storage}"),
        ),
    ];
    if location.starts_with("gs://") {
        all.push(snippet(
            "BigQuery",
            format!(
                "CREATE EXTERNAL TABLE `{schema}.{name}`\nWITH CONNECTION `CONNECTION`\n\
                 OPTIONS (format = 'DELTA_LAKE', uris = ['{location}']);"
            ),
            "Replace CONNECTION by a BigLake connection that reads the bucket.".to_owned(),
        ));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(location: &str) -> Vec<String> {
        let table = TableRef { name: "gold.sales".to_owned(), location: location.to_owned() };
        snippets(&table).into_iter().map(|snippet| snippet.tool).collect()
    }

    #[test]
    fn nobody_is_given_a_path_that_only_the_server_has() {
        for place in ["/var/lib/lakeport/lake/gold/sales", "file:///var/lib/lakeport/lake/gold/sales"] {
            assert!(at(place).is_empty(), "{place}");
        }
        assert_eq!(at("gs://lake/gold/sales"), ["pandas", "Spark", "DuckDB", "BigQuery"]);
        assert_eq!(at("s3://lake/gold/sales"), ["pandas", "Spark", "DuckDB"]);
    }
}
