//! The arrows of the house point one way: server -> {app, lake}, app -> portal -> {model, frame, chart},
//! {lake, chart} -> frame, and the browser gets nothing but what runs in it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each of our crates may reach among our crates.
const MAY_REACH: &[(&str, &[&str])] = &[
    ("lakeport-model", &[]),
    ("lakeport-frame", &[]),
    ("lakeport-chart", &["lakeport-frame"]),
    ("lakeport-portal", &["lakeport-chart", "lakeport-frame", "lakeport-model"]),
    ("lakeport-lake", &["lakeport-frame"]),
    ("lakeport-app", &["lakeport-chart", "lakeport-frame", "lakeport-model", "lakeport-portal"]),
    (
        "lakeport",
        &[
            "lakeport-app",
            "lakeport-chart",
            "lakeport-frame",
            "lakeport-lake",
            "lakeport-model",
            "lakeport-portal",
        ],
    ),
];

/// The only crate that may reach an engine.
const ENGINES: &[&str] = &["arrow", "datafusion", "deltalake", "deltalake-core", "object_store", "parquet"];
/// What has no place in a browser, whatever pulls it in.
const SERVER_ONLY: &[&str] = &[
    "axum",
    "datafusion",
    "deltalake",
    "lakeport",
    "lakeport-chart",
    "lakeport-lake",
    "lakeport-portal",
    "plotters",
    "reqwest",
    "sqlx",
    "tantivy",
    "tokio",
];

/// Every package reachable from `root` in the resolved tree, by name.
struct Tree {
    names: BTreeMap<String, String>,
    edges: BTreeMap<String, Vec<String>>,
}

impl Tree {
    fn resolved(arguments: &[&str]) -> Self {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let output = Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--offline", "--locked"])
            .args(arguments)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo answers JSON");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let names =
            list(&metadata["packages"]).iter().map(|one| (text(&one["id"]), text(&one["name"]))).collect();
        let mut edges = BTreeMap::new();
        for node in list(&metadata["resolve"]["nodes"]) {
            // Only what is linked: neither build scripts nor test helpers.
            let linked =
                |dependency: &Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            let to =
                list(&node["deps"]).iter().filter(|one| linked(one)).map(|one| text(&one["pkg"])).collect();
            edges.insert(text(&node["id"]), to);
        }
        Self { names, edges }
    }

    fn reach(&self, root: &str) -> BTreeSet<String> {
        let start = self.names.iter().find(|(_, name)| *name == root).map(|(id, _)| id.clone());
        let mut waiting = vec![start.unwrap_or_else(|| panic!("{root} is no package of the workspace"))];
        let mut seen = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            for next in self.edges.get(&id).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        seen.into_iter().map(|id| self.names[&id].clone()).collect()
    }
}

#[test]
fn our_crates_depend_in_one_direction() {
    let tree = Tree::resolved(&["--filter-platform", "x86_64-unknown-linux-gnu"]);
    for (root, allowed) in MAY_REACH {
        let ours = tree.reach(root).into_iter().filter(|name| name.starts_with("lakeport"));
        let wrong: Vec<String> = ours.filter(|name| !allowed.contains(&name.as_str())).collect();
        assert!(wrong.is_empty(), "{root} reaches {wrong:?}");
    }
}

#[test]
fn only_the_lake_reaches_an_engine() {
    let tree = Tree::resolved(&["--filter-platform", "x86_64-unknown-linux-gnu"]);
    for root in ["lakeport-app", "lakeport-portal", "lakeport-chart", "lakeport-frame", "lakeport-model"] {
        let reached = tree.reach(root);
        let wrong: Vec<&&str> = ENGINES.iter().filter(|engine| reached.contains(**engine)).collect();
        assert!(wrong.is_empty(), "{root} reaches {wrong:?}");
    }
    assert!(tree.reach("lakeport-lake").contains("datafusion"), "the test looks in the wrong place");
}

#[test]
fn the_browser_gets_only_its_own() {
    // Features of the workspace are unified here, so the frontend is asked for alone, as it is built.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "tree",
            "-p",
            "lakeport-frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--edges",
            "normal,no-proc-macro",
        ])
        .args(["--prefix", "none", "--format", "{p}", "--offline", "--locked"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let reached: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let wrong: Vec<&&str> = SERVER_ONLY.iter().filter(|name| reached.contains(**name)).collect();
    assert!(wrong.is_empty(), "the browser gets {wrong:?}");
    assert!(reached.contains("lakeport-app"), "the test looks in the wrong place: {text}");
}
