//! A table has one name: whoever could give it a second one could give it other rules.

use std::collections::BTreeMap;

use lakeport_frame::Place;
use lakeport_model::catalog::AssetKind;

use super::SourceFile;
use crate::ctx::Settings;
use crate::standards::mesh::{AssetKind as Kind, Assets};
use crate::standards::{FileError, yaml};
use crate::store::Tx;
use crate::store::catalog::{self as store, AssetRow};
use crate::{Ctx, Error, Result};

/// Refuses a table that lies where the table of another domain lies, or one of its own domain under another
/// classification: it would open that one's rows by rules that are not its own.
pub(super) async fn refuse_second_names(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    let mut tables = store::assets(tx).await?;
    tables.retain(|asset| asset.kind == AssetKind::Table.as_str());
    tables.sort_by_key(|asset| asset.created_at);
    let mut known: BTreeMap<Place, &AssetRow> = BTreeMap::new();
    for table in &tables {
        let Some(location) = &table.location else { continue };
        let Some(place) = Place::of(&ctx.settings.lake_root, location) else { continue };
        let first = *known.entry(behind_links(place)).or_insert(table);
        if (&first.domain, &first.classification) != (&table.domain, &table.classification) {
            return Err(Error::conflict(format!(
                "Assets {} (domain \"{}\", {}) and {} (domain \"{}\", {}) name the same place, {location}. A table has one \
                 domain and one classification: give one of them its own location.",
                first.id, first.domain, first.classification, table.id, table.domain, table.classification
            )));
        }
    }
    Ok(())
}

/// The place itself, behind every link on the way to it: a root may be one, and whatever lies below it then goes by two
/// names. Of a folder that is not there yet, the way as far as it goes.
fn behind_links(place: Place) -> Place {
    let Some(path) = place.folder() else { return place };
    let truly = path.ancestors().find_map(|above| {
        let rest = path.strip_prefix(above).ok()?;
        Some(above.canonicalize().ok()?.join(rest))
    });
    truly.and_then(|path| Place::of("/", path.to_str()?)).unwrap_or(place)
}

/// Every table of these files that does not lie below a configured root. What else lies on the machine or in other
/// buckets is none of the catalog's business, however well the portal could read it.
pub(super) fn refuse_foreign_places(
    settings: &Settings,
    file: &SourceFile,
    assets: &Assets,
) -> Vec<FileError> {
    let roots = settings.roots();
    let is_foreign = |asset: &&(usize, &String)| {
        !Place::of(&settings.lake_root, asset.1).is_some_and(|place| place.is_below(&roots))
    };
    let stated = assets.assets.iter().enumerate().filter(|(_, asset)| asset.kind == Kind::Table);
    let stated: Vec<(usize, &String)> =
        stated.filter_map(|(index, asset)| Some((index, asset.location.as_ref()?))).collect();
    let foreign = stated.iter().filter(is_foreign);
    foreign
        .map(|(index, location)| {
            let (line, column) = position(&file.path, &file.text, *index);
            FileError {
                file: file.path.clone(),
                line,
                column,
                field: format!("assets[{index}].location"),
                message: format!(
                    "{location} lies outside the lake. A table lies below lake_root or one of storage_roots in the \
                     configuration; write a path below lake_root, or let the operator add its root."
                ),
            }
        })
        .collect()
}

/// Where the location of this asset stands in its file; looked up only when something is wrong with it.
fn position(file: &str, text: &str, index: usize) -> (u64, u64) {
    let tree = yaml::parse(file, text).ok();
    let asset = tree.as_ref().and_then(|tree| tree.get("assets")).and_then(|list| list.items().get(index));
    asset.and_then(|asset| asset.get("location")).map_or((0, 0), |node| (node.at.line, node.at.column))
}
