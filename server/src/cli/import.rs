//! `lakeport import DIR`

use std::path::{Path, PathBuf};

use clap::Args;
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::people::Actor;

use super::Common;
use crate::process;
use crate::state::Purpose;
use crate::stop::Stop;

/// Files larger than this are no mesh files.
const LARGEST: u64 = 16 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(flatten)]
    common: Common,
    /// Folder with the files.
    dir: PathBuf,
    /// Only says what would change.
    #[arg(long, env = "LAKEPORT_DRY_RUN")]
    dry_run: bool,
}

impl Import {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let config = self.common.load()?.config;
        let files = read(&self.dir)?;
        if files.is_empty() {
            return Err(Stop::usage(format!(
                "{} holds no .yaml, .yml, .json, .jsonl or .md file.",
                self.dir.display()
            )));
        }
        let portal = process::open(&config, Purpose::Make).await?;
        let actor = Actor::System("import");
        let report = catalog::import(portal.ctx(), &actor, files, self.dry_run).await.map_err(Stop::fault)?;
        println!("{report}");
        Ok(())
    }
}

/// Every file of the folder that can belong to a mesh, sorted by its path within the folder.
fn read(dir: &Path) -> Result<Vec<SourceFile>, Stop> {
    if !dir.is_dir() {
        return Err(Stop::usage(format!("There is no folder {}.", dir.display())));
    }
    let mut files = Vec::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error| Stop::fault(format!("{} cannot be read: {error}.", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let kind = entry.file_type().map_err(unreadable)?;
            if kind.is_dir() && !hidden {
                folders.push(path);
            } else if kind.is_file() && !hidden && belongs(&path) {
                files.push(file(dir, &path)?);
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// True for file names that a mesh uses.
fn belongs(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["yaml", "yml", "json", "jsonl", "md"].contains(&extension)
        && !path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("readme"))
}

fn file(dir: &Path, path: &Path) -> Result<SourceFile, Stop> {
    let unreadable = |error| Stop::fault(format!("{} cannot be read: {error}.", path.display()));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        return Err(Stop::fault(format!("{} is larger than 16 MiB, which no mesh file is.", path.display())));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let path = path.strip_prefix(dir).unwrap_or(path).to_string_lossy().into_owned();
    Ok(SourceFile { path, text })
}
