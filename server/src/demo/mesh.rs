//! The demo's mesh: files as a domain team would write them, embedded in the binary.

use lakeport_portal::catalog::SourceFile;
use rust_embed::RustEmbed;

/// `server/demo/mesh`
#[derive(RustEmbed)]
#[folder = "demo/mesh"]
#[allow_missing = true]
struct Mesh;

/// The newest data product, with its contracts, its dashboard and a term of it.
const ADDED: &[&str] = &[
    "products/warehouse-planning.odps.yaml",
    "contracts/warehouse-candidates.odcs.yaml",
    "contracts/warehouse-planning-dashboard.odcs.yaml",
    "dashboards/warehouse-planning.md",
    "glossary/site-score.yaml",
];

/// The files as they were before the newest data product came.
pub(super) fn files_at_first() -> Vec<SourceFile> {
    files().into_iter().filter(|file| !ADDED.contains(&file.path.as_str())).collect()
}

/// Every file, by path.
pub(super) fn files() -> Vec<SourceFile> {
    let file = |path: std::borrow::Cow<'static, str>| {
        let text = String::from_utf8_lossy(&Mesh::get(&path)?.data).into_owned();
        Some(SourceFile { path: path.into_owned(), text })
    };
    Mesh::iter().filter_map(file).collect()
}
