//! A folder of mesh files, as `import` and `push` read it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use lakeport_portal::catalog::Files;

use crate::stop::Stop;

/// Files larger than this are no mesh files.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Every file of a folder that can belong to a mesh, sorted by its path within the folder.
pub(super) struct Folder {
    root: PathBuf,
    paths: Vec<String>,
}

impl Files for Folder {
    fn number(&self) -> usize {
        self.paths.len()
    }

    fn path(&self, place: usize) -> &str {
        &self.paths[place]
    }

    fn text(&self, place: usize) -> Result<Cow<'_, str>, String> {
        let text = std::fs::read_to_string(self.root.join(&self.paths[place]));
        text.map(Cow::Owned).map_err(|error| error.to_string())
    }
}

impl Folder {
    /// Looks which files there are.
    pub(super) fn list(root: &Path) -> Result<Self, Stop> {
        if !root.is_dir() {
            return Err(Stop::usage(format!("There is no folder {}.", root.display())));
        }
        let mut paths = Vec::new();
        let mut folders = vec![root.to_path_buf()];
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
                    if entry.metadata().map_err(unreadable)?.len() > LARGEST {
                        let path = path.display();
                        return Err(Stop::fault(format!(
                            "{path} is larger than 16 MiB, which no mesh file is."
                        )));
                    }
                    let within = path.strip_prefix(root).unwrap_or(&path);
                    let Some(within) = within.to_str() else {
                        let path = path.display();
                        return Err(Stop::fault(format!(
                            "The name of {path} is not text; give it another one."
                        )));
                    };
                    paths.push(within.to_owned());
                }
            }
        }
        if paths.is_empty() {
            return Err(Stop::usage(format!(
                "{} holds no .yaml, .yml, .json, .jsonl or .md file.",
                root.display()
            )));
        }
        paths.sort();
        Ok(Self { root: root.to_path_buf(), paths })
    }
}

/// True for file names that a mesh uses.
fn belongs(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["yaml", "yml", "json", "jsonl", "md"].contains(&extension)
        && !path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("readme"))
}
