//! Servers: where the data of a contract lies.

use serde_json::Value;

use super::terms::Role;
use crate::standards::bitol::{CustomProperty, StableId};
use crate::standards::read::{Edition, Reader, suggestion};
use crate::standards::yaml::{Content, Node};

/// Type, minor version of ODCS 3 that brought it, settings it needs, settings it may have.
const TYPES: &[(&str, u8, &[&str], &[&str])] = &[
    ("api", 0, &["location"], &[]),
    ("athena", 0, &["schema"], &["stagingDir", "catalog", "regionName", "workgroup"]),
    ("azure", 0, &["location", "format"], &["encoding", "delimiter"]),
    ("bigquery", 0, &["project", "dataset"], &[]),
    ("btrieve", 2, &["host", "database"], &["port"]),
    ("clickhouse", 0, &["host", "port", "database"], &[]),
    ("databricks", 0, &["catalog", "schema"], &["host"]),
    ("denodo", 0, &["host", "port"], &["database"]),
    ("dremio", 0, &["host", "port"], &["schema"]),
    ("duckdb", 0, &["database"], &["schema"]),
    ("exasol", 2, &["host"], &["port", "schema"]),
    ("fastobjects", 2, &["database"], &["host", "port"]),
    ("glue", 0, &["account", "database"], &["location", "format", "encoding"]),
    ("hana", 2, &["host"], &["port", "database", "schema"]),
    ("cloudsql", 0, &["host", "port", "database", "schema"], &[]),
    ("db2", 0, &["host", "port", "database"], &["schema"]),
    ("hive", 1, &["host", "database"], &["port"]),
    ("iceberg", 2, &["catalog", "catalogUrl"], &["namespace", "warehouse"]),
    ("impala", 1, &["host", "database"], &["port"]),
    ("informix", 0, &["host", "database"], &["port"]),
    ("ingres", 2, &["database", "host"], &["port"]),
    ("kafka", 0, &["host"], &["format", "encoding"]),
    ("kinesis", 0, &[], &["region", "format", "encoding"]),
    ("local", 0, &["path", "format"], &["encoding"]),
    ("mysql", 0, &["host", "port", "database"], &[]),
    ("oracle", 0, &["host", "port", "serviceName"], &[]),
    ("poet", 2, &["database"], &["host", "port"]),
    ("postgresql", 0, &["host", "port", "database", "schema"], &[]),
    ("postgres", 0, &["host", "port", "database", "schema"], &[]),
    ("presto", 0, &["host"], &["catalog", "schema"]),
    ("pubsub", 0, &["project"], &[]),
    ("redshift", 0, &["database", "schema"], &["host", "region", "account"]),
    ("s3", 0, &["location"], &["endpointUrl", "format", "encoding", "delimiter"]),
    ("sftp", 0, &["location"], &["format", "encoding", "delimiter"]),
    ("snowflake", 0, &["account", "database", "schema"], &["host", "port", "warehouse"]),
    ("sqlserver", 0, &["host", "database", "schema"], &["port"]),
    ("synapse", 0, &["host", "port", "database"], &[]),
    ("teradata", 2, &["host"], &["port", "database"]),
    ("trino", 0, &["host", "port", "catalog", "schema"], &[]),
    ("vectorwise", 2, &["database", "host"], &["port"]),
    ("versant", 2, &["database"], &["host", "port"]),
    ("vertica", 0, &["host", "port", "database", "schema"], &[]),
    ("zen", 1, &["host", "database"], &["port"]),
    (
        "custom",
        0,
        &[],
        &[
            "account",
            "catalog",
            "database",
            "dataset",
            "delimiter",
            "endpointUrl",
            "format",
            "encoding",
            "host",
            "location",
            "path",
            "port",
            "project",
            "region",
            "regionName",
            "schema",
            "serviceName",
            "stagingDir",
            "warehouse",
            "stream",
        ],
    ),
];

/// Settings that came with 3.2, by type of server.
const NEW_IN_3_2: &[(&str, &str)] = &[
    ("athena", "workgroup"),
    ("azure", "encoding"),
    ("glue", "encoding"),
    ("kafka", "encoding"),
    ("kinesis", "encoding"),
    ("local", "encoding"),
    ("s3", "encoding"),
    ("sftp", "encoding"),
    ("custom", "encoding"),
];

record! {
    /// A place the data can be read from.
    pub struct Server (check_server) {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1],
        /// Name.
        server: String = "server",
        /// Technology: `databricks`, `kafka`, `bigquery` ..
        kind: String = "type",
        /// What it is.
        description: Option<String> = "description",
        /// `prod`, `dev` or another word.
        environment: Option<String> = "environment",
        /// Roles that give access to it.
        roles: Vec<Role> = "roles",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
        ..settings
    }
}

impl Server {
    /// A setting as text, such as `host`, `catalog`, `location`.
    pub fn setting(&self, name: &str) -> Option<String> {
        self.settings.get(name).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }
}

fn check_server(server: &Server, node: &Node, reader: &mut Reader) {
    let minor = if let Edition::Odcs(minor) = reader.edition { minor } else { 2 };
    // What 3.1 brought is read in files that say 3.0 as well.
    let known = TYPES.iter().filter(|(_, since, _, _)| *since <= minor.max(1));
    let Some((kind, since, needed, optional)) = known.clone().find(|(kind, ..)| *kind == server.kind) else {
        let words: Vec<_> = known.map(|(kind, ..)| *kind).collect();
        let message = format!("\"{}\" is not known here. {}", server.kind, suggestion(&server.kind, &words));
        reader.member_error(node, "type", message);
        return;
    };
    if *since > minor {
        reader.advise_member(node, "type", format!("\"{kind}\" came with ODCS 3.{since}; raise apiVersion."));
    }
    let because = format!("for a server of type {kind}");
    super::require_members(needed, &because, node, reader);
    // Athena could not do without it before 3.2; 3.0.0 spells it in its own way.
    let old_spelling = minor == 0 && node.get("staging_dir").is_some();
    if *kind == "athena" && minor < 2 && !old_spelling {
        super::require_members(&["stagingDir"], &because, node, reader);
    }
    if minor == 0 {
        early_words(kind, node, reader);
    }
    let allowed: Vec<&str> = needed
        .iter()
        .chain(*optional)
        .copied()
        .filter(|setting| minor >= 2 || !NEW_IN_3_2.contains(&(kind, setting)))
        .collect();
    for (key, value) in &server.settings {
        if !allowed.contains(&key.as_str()) {
            let hint = suggestion(key, &allowed);
            let message = format!("A server of type {kind} has no such setting. {hint}");
            reader.error_unless_early(node, key, message);
        } else if let Some(node) = node.get(key) {
            let fits = match (&node.content, key.as_str()) {
                (Content::Number(number), "port") => number.is_i64() || number.is_u64(),
                (Content::Text(_), "port") => minor >= 2,
                // The first schema asks for a number here, by an oversight.
                (Content::Number(_), "schema") => minor == 0 && *kind == "duckdb",
                _ => value.is_string(),
            };
            if !fits {
                let what = if key == "port" { "a port number" } else { "text" };
                reader.inside(&format!(".{key}"), |reader| reader.expected(node, what));
            }
        }
    }
    if *kind == "sftp" && server.setting("location").is_some_and(|location| !location.starts_with("sftp://"))
    {
        reader.member_error(node, "location", "The location of an sftp server begins with sftp://.");
    }
}

/// Words that the first edition lists and later ones leave free.
fn early_words(kind: &str, node: &Node, reader: &mut Reader) {
    let lists: [(&str, &[&str]); 2] =
        [("format", &["parquet", "delta", "json", "csv"]), ("delimiter", &["new_line", "array"])];
    if !["azure", "s3", "sftp"].contains(&kind) {
        return;
    }
    for (key, words) in lists {
        if let Some(word) = node.get(key).and_then(Node::text).filter(|word| !words.contains(word)) {
            let message = format!("ODCS 3.0 does not know \"{word}\" here. {}", suggestion(word, words));
            reader.advise_member(node, key, message);
        }
    }
}
