//! Files that were imported before and are as they were: what they say is known without reading all of it again.
//!
//! Only files of assets and of lineage are known so, which are the large ones. That a file is as it was does not say that
//! the catalog is: each asset of it is compared with the one that is held, and where one is another, the file is read.

use std::collections::{HashMap, HashSet};

use lakeport_model::documents::DocumentKind;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::documents::Checked;
use super::files::{Files, Step, Watch};
use super::revisions::{self, By};
use super::{ImportReport, parts};
use crate::ctx::Settings;
use crate::store::Tx;
use crate::store::catalog::AssetRow;
use crate::store::import::{self as store, FileRow, ROWS};
use crate::{Error, Result};

/// How files are read; a number of its own for every change of what is read into one, or refused in one.
const READING: &str = concat!(env!("CARGO_PKG_VERSION"), "/2");

/// An asset as a file stated it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) namespace: String,
    pub(super) name: String,
    /// Of everything that is stated of it.
    digest: String,
    /// It lies somewhere.
    pub(super) is_located: bool,
}

impl Line {
    pub(super) fn of(row: &AssetRow) -> Self {
        Self {
            id: row.id.clone(),
            namespace: row.namespace.clone(),
            name: row.name.clone(),
            digest: digest_of(row),
            is_located: row.location.is_some(),
        }
    }
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Noted {
    digest: String,
    /// What it is worth a look for.
    pub(super) advice: Vec<String>,
    /// How many events it holds.
    pub(super) events: usize,
    /// The assets it states, in their order.
    pub(super) assets: Vec<Line>,
}

/// The digest of a file: of its text, its path, which stands in what is said about it, and of all that its reading depends on.
pub(super) fn digest(settings: &Settings, path: &str, text: &str) -> String {
    let roots = std::iter::once(&settings.lake_root).chain(&settings.storage_roots).map(String::as_str);
    hashed([READING, path, text].into_iter().chain(roots).map(Some))
}

/// The digest of what a file states of an asset; since when it is known is not stated.
pub(super) fn digest_of(row: &AssetRow) -> String {
    let stated = [
        Some(&row.id),
        Some(&row.kind),
        row.layer.as_ref(),
        Some(&row.namespace),
        Some(&row.name),
        Some(&row.domain),
        Some(&row.description),
        row.platform.as_ref(),
        row.location.as_ref(),
        Some(&row.classification),
        Some(&row.tags),
        Some(&row.columns),
        Some(&row.origin),
    ];
    hashed(stated.into_iter().map(|text| text.map(String::as_str)))
}

/// A digest in which each text has its length before it: no two lists of texts have the same.
fn hashed<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
        hasher.update(text.unwrap_or_default());
    }
    hex::encode(&hasher.finalize()[..16])
}

/// Files that were imported before, by their paths.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, Noted>);

impl Known {
    /// What is known of these files.
    pub(super) async fn of(tx: &mut Tx, files: &dyn Files) -> Result<Self> {
        let paths: Vec<&str> = (0..files.number()).map(|place| files.path(place)).collect();
        let mut known = HashMap::new();
        for part in paths.chunks(ROWS) {
            for row in store::files(tx, part).await? {
                let noted = Noted {
                    digest: row.digest,
                    advice: serde_json::from_str(&row.advice).map_err(Error::fault)?,
                    events: usize::try_from(row.events).map_err(Error::fault)?,
                    assets: serde_json::from_str(&row.assets).map_err(Error::fault)?,
                };
                known.insert(row.path, noted);
            }
        }
        Ok(Self(known))
    }

    /// What is known of a file with this digest.
    pub(super) fn get(&self, path: &str, digest: &str) -> Option<&Noted> {
        self.0.get(path).filter(|noted| noted.digest == digest)
    }
}

/// A file that was read, for the next time.
pub(super) fn note(
    path: &str,
    digest: String,
    advice: &[String],
    events: usize,
    assets: &[Line],
) -> Result<FileRow> {
    Ok(FileRow {
        path: path.to_owned(),
        digest,
        advice: serde_json::to_string(advice).map_err(Error::fault)?,
        events: i64::try_from(events).map_err(Error::fault)?,
        assets: serde_json::to_string(assets).map_err(Error::fault)?,
    })
}

/// Keeps what was read for the next time.
pub(super) async fn keep(tx: &mut Tx, files: Vec<FileRow>) -> Result<()> {
    for part in parts(files, |file| file.assets.len()) {
        store::put_files(tx, &part).await?;
    }
    Ok(())
}

/// Of files that are as they were, those with an asset that is held otherwise now, or not at all; all assets of the others
/// are unchanged.
pub(super) async fn changed_elsewhere(
    tx: &mut Tx,
    by: &By<'_>,
    files: &[(Checked, Vec<Line>)],
    report: &mut ImportReport,
    watch: &Watch,
) -> Result<Vec<Checked>> {
    // By their places among these files.
    let mut changed: HashSet<usize> = HashSet::new();
    let lines = files.iter().enumerate();
    let lines = lines.flat_map(|(place, (_, lines))| lines.iter().map(move |line| (place, line)));
    let lines: Vec<(usize, &Line)> = lines.collect();
    let mut done = 0;
    for part in lines.chunks(ROWS) {
        let ids: Vec<&str> = part.iter().map(|(_, line)| line.id.as_str()).collect();
        let held = store::assets(tx, &ids).await?.into_iter();
        let held: HashMap<String, String> = held.map(|row| (row.id.clone(), digest_of(&row))).collect();
        let is_other = |line: &Line| held.get(&line.id) != Some(&line.digest);
        changed.extend(part.iter().filter(|(_, line)| is_other(line)).map(|(place, _)| *place));
        // Somebody may have changed it in the portal, and back again.
        let same = part.iter().filter(|(_, line)| !is_other(line)).map(|(_, line)| line.id.as_str());
        let same: Vec<&str> = same.collect();
        report.held += revisions::hold(tx, by, DocumentKind::Asset, &same).await?;
        done += part.len();
        watch.say(Step::Compare, done, lines.len());
    }
    report.unchanged += lines.iter().filter(|(place, _)| !changed.contains(place)).count();
    let mut changed: Vec<usize> = changed.into_iter().collect();
    changed.sort_unstable();
    Ok(changed.into_iter().map(|place| files[place].0.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_files_have_one_digest() {
        let settings = |roots: &[&str]| Settings {
            public_url: String::new(),
            lake_root: "/lake".to_owned(),
            storage_roots: roots.iter().map(|root| (*root).to_owned()).collect(),
            index_dir: None,
            results_mb: 1,
            demo: false,
            policies: crate::access::Policies::default(),
            required_hd: None,
            administrators: Vec::new(),
            leavers: crate::access::Leavers::End,
            former_days: 30,
        };
        let plain = settings(&[]);
        let digests = HashSet::from([
            digest(&plain, "a.yaml", "x"),
            digest(&plain, "a.yam", "lx"),
            digest(&plain, "a.yaml", "x\n"),
            digest(&settings(&["/other"]), "a.yaml", "x"),
        ]);
        assert_eq!(digests.len(), 4);
        assert_eq!(digest(&plain, "a.yaml", "x"), digest(&plain, "a.yaml", "x"));
        assert_ne!(hashed([None, Some("a")].into_iter()), hashed([Some(""), Some("a")].into_iter()));
    }
}
