//! Assets of a folder that a program pushes: each is a document of its own, however many a file holds.

use std::borrow::Cow;
use std::collections::HashMap;

use lakeport_model::documents::LONGEST_DOCUMENT;
use lakeport_model::mesh::MOST_ASSETS;

use super::{ImportError, ImportReport, SourceFile, known};
use crate::catalog::described;
use crate::dashboards::format::safe_html;
use crate::standards::FileError;
use crate::store::Tx;
use crate::store::catalog::AssetRow;
use crate::store::import::{self as store, ROWS};
use crate::{Error, Result};

/// An asset of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FolderAsset {
    /// What its file states.
    pub(crate) row: AssetRow,
    /// The place of its file among those of assets.
    pub(super) file: usize,
    /// Its own place in that file.
    pub(super) place: usize,
}

impl FolderAsset {
    /// A field of it as its file has it; an empty one is the asset as a whole.
    pub(crate) fn field(&self, field: &str) -> String {
        let whole = format!("assets[{}]", self.place);
        if field.is_empty() { whole } else { format!("{whole}.{field}") }
    }

    /// As it is to be written where this is held: it lies where it lay, and is known as long.
    pub(crate) fn in_place_of(&self, held: Option<&AssetRow>) -> AssetRow {
        let mut row = self.row.clone();
        row.location = held.and_then(|held| held.location.clone());
        if let Some(held) = held {
            row.created_at = held.created_at;
        }
        row
    }
}

/// Assets as the catalog has them, by id.
pub(crate) type HeldAssets = HashMap<String, AssetRow>;

/// What the catalog has of these assets.
pub(crate) async fn held_assets(tx: &mut Tx, assets: &[FolderAsset]) -> Result<HeldAssets> {
    let mut held = HeldAssets::new();
    for part in assets.chunks(ROWS) {
        let ids: Vec<&str> = part.iter().map(|asset| asset.row.id.as_str()).collect();
        held.extend(store::assets(tx, &ids).await?.into_iter().map(|row| (row.id.clone(), row)));
    }
    Ok(held)
}

/// Texts of assets that were printed before anybody waits for them, by the digests of what they say.
#[derive(Default)]
pub(crate) struct Texts(HashMap<String, String>);

impl Texts {
    /// Those of assets that are other ones than the catalog has: as they are, and as they will be. What cannot be printed has
    /// none here.
    pub(crate) fn of(assets: &[FolderAsset], held: &HeldAssets) -> Self {
        let mut texts = HashMap::new();
        for asset in assets {
            let before = held.get(&asset.row.id);
            let after = asset.in_place_of(before);
            if before == Some(&after) {
                continue;
            }
            for row in before.into_iter().chain([&after]) {
                if let Ok(text) = described::text(row) {
                    texts.insert(known::digest_of(row), text);
                }
            }
        }
        Self(texts)
    }

    /// The text of an asset; printed now where it was not.
    ///
    /// # Errors
    /// What of it cannot be read, as a sentence for the log.
    pub(super) fn text(&self, row: &AssetRow) -> std::result::Result<Cow<'_, str>, String> {
        if self.0.is_empty() {
            return described::text(row).map(Cow::Owned);
        }
        match self.0.get(&known::digest_of(row)) {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => described::text(row).map(Cow::Owned),
        }
    }
}

impl ImportReport {
    /// The assets that are others than they were, by their ids.
    pub(crate) fn changed_assets(&self) -> impl Iterator<Item = &str> {
        self.changed.iter().filter(|(kind, _)| kind == "asset").map(|(_, id)| id.as_str())
    }

    /// What the changed assets were, each as one text. No revision tells of an asset that an import changed meanwhile.
    pub(crate) fn replaced(&self, held: &HeldAssets) -> Vec<String> {
        let rows = self.changed_assets().filter_map(|id| held.get(id));
        rows.map(|row| format!("asset {} {}", row.id, known::digest_of(row))).collect()
    }
}

/// The assets of these files, which are given with the number of assets of each.
///
/// # Errors
/// [`ImportError::Files`] where they are more than one push brings, or where a page could not show one of them.
pub(super) fn of_files(
    rows: Vec<AssetRow>,
    files: Vec<(SourceFile, usize)>,
) -> std::result::Result<(Vec<FolderAsset>, Vec<SourceFile>), ImportError> {
    if rows.len() > MOST_ASSETS {
        let message =
            format!("There are {} assets in these files; a push brings at most {MOST_ASSETS}.", rows.len());
        let whole = FileError { file: String::new(), line: 0, column: 0, field: String::new(), message };
        return Err(ImportError::Files(vec![whole]));
    }
    let mut rows = rows.into_iter();
    let (mut assets, mut sources, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (file, (source, number)) in files.into_iter().enumerate() {
        let stated = rows.by_ref().take(number).enumerate();
        let stated: Vec<FolderAsset> = stated.map(|(place, row)| FolderAsset { row, file, place }).collect();
        let mut found = Vec::new();
        for asset in &stated {
            found.extend(unfit(asset)?);
        }
        problems.append(&mut FileError::all_at(&source.path, &source.text, found));
        assets.extend(stated);
        sources.push(source);
    }
    if problems.is_empty() { Ok((assets, sources)) } else { Err(ImportError::Files(problems)) }
}

/// What keeps an asset from being pushed whatever the catalog has: links that open no page, and a text as long as none that
/// is written on a page.
fn unfit(asset: &FolderAsset) -> Result<Vec<(String, String)>> {
    let (_, links) = safe_html(&asset.row.description);
    let links = links.into_iter().map(|link| {
        (asset.field("description"), format!("Line {} of the description: {}", link.line, link.message))
    });
    let is_long = described::text(&asset.row).map_err(Error::fault)?.len() > LONGEST_DOCUMENT;
    let long = is_long.then(|| {
        let most = LONGEST_DOCUMENT / 1024;
        (
            asset.field(""),
            format!(
                "Keep all that is said of an asset under {most} KiB; leave out columns that nobody reads."
            ),
        )
    });
    Ok(links.chain(long).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, description: &str) -> AssetRow {
        AssetRow {
            id: id.to_owned(),
            kind: "topic".to_owned(),
            layer: None,
            namespace: "kafka".to_owned(),
            name: id.to_owned(),
            domain: "finance".to_owned(),
            description: description.to_owned(),
            platform: None,
            location: Some("elsewhere".to_owned()),
            classification: "internal".to_owned(),
            tags: "[]".to_owned(),
            columns: "[]".to_owned(),
            origin: "file".to_owned(),
            created_at: None,
        }
    }

    fn source(path: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), text: "assets:\n- id: a\n- id: b\n  description: x\n".to_owned() }
    }

    #[test]
    fn each_asset_keeps_its_file_and_its_place_in_it() {
        let rows = Vec::from(["a", "b", "c"].map(|id| row(id, "It holds orders.")));
        let files = vec![(source("none.yaml"), 0), (source("two.yaml"), 2), (source("one.yaml"), 1)];
        let (assets, files) = of_files(rows, files).expect("they are right");
        let placed =
            assets.iter().map(|asset| (asset.row.id.as_str(), files[asset.file].path.as_str(), asset.place));
        assert_eq!(
            placed.collect::<Vec<_>>(),
            [("a", "two.yaml", 0), ("b", "two.yaml", 1), ("c", "one.yaml", 0)]
        );
        assert_eq!(
            (assets[1].field("name"), assets[1].field("")),
            ("assets[1].name".to_owned(), "assets[1]".to_owned())
        );
    }

    #[test]
    fn a_mistake_is_told_where_its_author_wrote_it() {
        let rows = vec![row("a", "Fine."), row("b", "a\n\n[b](javascript:c)")];
        let Err(ImportError::Files(problems)) = of_files(rows, vec![(source("two.yaml"), 2)]) else {
            panic!("no page shows this link");
        };
        assert_eq!((problems[0].field.as_str(), problems[0].line), ("assets[1].description", 4));
        assert!(problems[0].message.starts_with("Line 3 of the description: The link"), "{problems:?}");
        let many = vec![row("a", ""); MOST_ASSETS + 1];
        assert!(of_files(many, vec![(source("two.yaml"), MOST_ASSETS + 1)]).is_err());
    }

    #[test]
    fn an_asset_lies_where_it_lay() {
        let asset = FolderAsset { row: row("a", "New."), file: 0, place: 0 };
        assert_eq!(asset.in_place_of(None).location, None);
        let held = AssetRow { location: Some("gold/a".to_owned()), ..row("a", "Old.") };
        let written = asset.in_place_of(Some(&held));
        assert_eq!((written.location.as_deref(), written.description.as_str()), (Some("gold/a"), "New."));
    }

    #[test]
    fn a_text_that_was_printed_is_the_one_of_its_row() {
        let asset =
            |id: &str, description: &str| FolderAsset { row: row(id, description), file: 0, place: 0 };
        let held = ["a", "b"].map(|id| (id.to_owned(), row(id, "Old.")));
        let (assets, held) =
            ([asset("a", "New."), asset("b", "Old."), asset("c", "New.")], HeldAssets::from(held));
        let texts = Texts::of(&assets, &held);
        assert_eq!(texts.0.len(), 3, "what stays as it is needs none");
        let all = assets.iter().map(|asset| asset.in_place_of(held.get(&asset.row.id)));
        for row in all.chain(held.values().cloned()) {
            for texts in [&texts, &Texts::default()] {
                assert_eq!(
                    texts.text(&row).expect("it is printed"),
                    described::text(&row).expect("it is printed")
                );
            }
        }
        let moved = AssetRow { location: Some("gold/b".to_owned()), ..held["a"].clone() };
        assert!(
            texts.text(&moved).expect("it is printed").contains("gold/b"),
            "another row has another text"
        );
    }
}
