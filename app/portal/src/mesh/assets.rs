//! Assets of a push: what a program leaves as it is, who lowers a classification or moves an asset, and what a change means for
//! people.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use lakeport_model::DomainId;
use lakeport_model::catalog::Column;
use lakeport_model::people::Viewer;

use super::carry::Came;
use super::rights::subject;
use super::shown::Wrong;
use crate::Result;
use crate::assets::{Eyes, Stewards, is_of_others, is_of_others_beside, may_lower, moves, other_kind};
use crate::catalog::{Carried, Classes, Folder, FolderAsset, HeldAssets, ImportReport, Lowered, Snapshot};
use crate::store::access::Grant;
use crate::store::catalog::AssetRow;
use crate::store::import::ROWS;
use crate::store::{Tx, lineage};
use crate::text::legible;

/// What keeps assets from being pushed that an import would take: they cannot be read as they are held, they lie elsewhere than
/// their files say, or others have their addresses.
pub(super) async fn unfit(
    tx: &mut Tx,
    snapshot: &Snapshot,
    folder: &Folder,
    held: &HeldAssets,
) -> Result<Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut moved = Vec::new();
    for asset in &folder.assets {
        let (row, before) = (&asset.row, held.get(&asset.row.id));
        let mut refuse = |field: &str, message: &str| {
            wrong.push(Wrong::at(folder.file_of(asset), asset.field(field), message.to_owned()));
        };
        if snapshot.unread_of("asset", &row.id).is_some() {
            let message =
                "This asset cannot be read as the catalog has it: let the operator of the portal import it.";
            refuse("id", message);
        }
        if row.location.is_some() && row.location != before.and_then(|before| before.location.clone()) {
            let message = "Where an asset lies is set by the operator's import: leave this out, or write what is there.";
            refuse("location", message);
        }
        let kind = before.and_then(|before| other_kind(snapshot, before, &asset.in_place_of(Some(before))));
        if let Some(message) = kind {
            refuse("kind", message);
        }
        if before.map(address) != Some(address(row)) {
            moved.push(asset);
        }
    }
    for part in moved.chunks(ROWS) {
        let addresses: Vec<(&str, &str)> = part.iter().map(|asset| address(&asset.row)).collect();
        let mut found = lineage::found(tx, &addresses).await?;
        found.append(&mut lineage::found_by_alias(tx, &addresses).await?);
        for asset in part {
            let row = &asset.row;
            let (namespace, name) = address(row);
            // What only events name is the same asset, unless others mean it already.
            let is_taken = found.iter().any(|other| {
                (other.namespace.as_str(), other.name.as_str()) == (namespace, name)
                    && other.id != row.id
                    && (other.origin != "lineage" || is_of_others(snapshot, &other.id, &row.domain))
            });
            if is_taken {
                let message = format!(
                    "This address is taken here: \"{name}\" in the namespace \"{namespace}\". Give it another name or \
                     namespace."
                );
                wrong.push(Wrong::taken(folder.file_of(asset), asset.field("name"), message));
            }
        }
    }
    Ok(wrong)
}

fn address(row: &AssetRow) -> (&str, &str) {
    (&row.namespace, &row.name)
}

/// Assets that left their domain while something of it is about them, also with all that the push changes beside them.
pub(super) fn left_behind(
    snapshot: &Snapshot,
    carried: &Carried,
    folder: &Folder,
    held: &HeldAssets,
) -> Vec<Wrong> {
    // This one has no dashboards but those that were pushed.
    let (_, around) = carried.snapshots();
    let moved = changed(folder, held, carried.report()).into_iter().filter(|(_, before, after)| {
        before.domain != after.domain && is_of_others_beside(around, snapshot, &after.id, &after.domain)
    });
    let wrong = moved.map(|(asset, ..)| {
        let message = "A product, a contract or a dashboard of its domain is about it, and a domain offers what is its own. Take \
                       it out of these first, or move them as well.";
        Wrong::at(folder.file_of(asset), asset.field("domain"), message.to_owned())
    });
    wrong.collect()
}

/// The assets that are others than they were, with what they were and what they are.
fn changed<'f>(
    folder: &'f Folder,
    held: &'f HeldAssets,
    report: &ImportReport,
) -> Vec<(&'f FolderAsset, &'f AssetRow, AssetRow)> {
    let all = news(folder, held, report).into_iter();
    all.filter_map(|(asset, before, after)| Some((asset, before?, after))).collect()
}

/// The same with those that are new, which were nothing before.
fn news<'f>(
    folder: &'f Folder,
    held: &'f HeldAssets,
    report: &ImportReport,
) -> Vec<(&'f FolderAsset, Option<&'f AssetRow>, AssetRow)> {
    let news = ids(report);
    let assets = folder.assets.iter().filter(|asset| news.contains(asset.row.id.as_str()));
    let assets = assets.map(|asset| {
        let before = held.get(&asset.row.id);
        (asset, before, asset.in_place_of(before))
    });
    assets.collect()
}

/// The ids of assets that are new or changed.
fn ids(report: &ImportReport) -> HashSet<&str> {
    let created = report.created.iter().filter(|(kind, _)| kind == "asset").map(|(_, id)| id.as_str());
    created.chain(report.changed_assets()).collect()
}

/// Who watches over the data of the assets of a push: of the domains that they have, and of those that they get.
pub(super) async fn stewards(
    tx: &mut Tx,
    snapshot: &Snapshot,
    folder: &Folder,
    held: &HeldAssets,
    now: DateTime<Utc>,
) -> Result<Stewards> {
    let domains = folder.assets.iter().map(|asset| &asset.row).chain(held.values());
    let domains: BTreeSet<&str> = domains.map(|row| row.domain.as_str()).collect();
    Stewards::of(tx, snapshot, &domains, now).await
}

/// The id of each asset that the push moves, makes less protected, or opens, with a sentence for the first two; or what comes of
/// a push that may not do so, or that does not say why.
pub(super) fn lowering(
    stewards: &Stewards,
    folder: &Folder,
    held: &HeldAssets,
    report: &ImportReport,
    owner: &Viewer,
    reason: &str,
) -> std::result::Result<Vec<(String, Option<String>)>, Came> {
    let (mut found, mut unsaid) = (Vec::new(), Vec::new());
    for (asset, before, after) in news(folder, held, report) {
        let (was, becomes) = (before.map(Classes::of), Classes::of(&after));
        let lowered = was.as_ref().map(|was| was.lowered_to(&becomes)).unwrap_or_default();
        let is_moved = before.is_some_and(|before| moves(before, &after));
        let (what, place) = match (lowered.is_empty(), is_moved) {
            (true, false) if becomes.opens_since(was.as_ref()) => {
                ("makes something public", place_of(&becomes.opened_since(was.as_ref()), &after))
            }
            (true, false) => continue,
            (true, true) => ("leaves its domain", "domain".to_owned()),
            (false, false) => ("lowers a classification", field_of(&lowered, &after)),
            (false, true) => ("leaves its domain and lowers a classification", field_of(&lowered, &after)),
        };
        let (file, field) = (folder.file_of(asset), asset.field(&place));
        if let Some(before) = before
            && let Err(error) = may_lower(stewards, owner, before, &after)
        {
            let domains = [&before.domain, &after.domain].into_iter().filter(|domain| !domain.is_empty());
            let domains: BTreeSet<DomainId> = domains.map(|domain| DomainId(domain.clone())).collect();
            let message = format!(
                "{}: {field}: this {what}, which whoever answers for the token may not do. {error}",
                legible(&file.path)
            );
            return Err(Came::Forbidden(error.saying(message), subject(&domains)));
        }
        if reason.is_empty() {
            let message = format!("This {what}. Say why: push it with a reason (--reason).");
            unsaid.push(Wrong::at(file, field, message));
        }
        // What opens is told as on a page.
        let is_said = is_moved || !lowered.is_empty();
        let sentence = is_said.then(|| format!("It {what}, which {} answers for.", owner.name));
        found.push((after.id, sentence));
    }
    if unsaid.is_empty() { Ok(found) } else { Err(Came::Wrong(unsaid)) }
}

/// The field of the first of these columns; empty where it is gone, or where it is the asset as a whole.
fn field_of(lowered: &[Lowered], after: &AssetRow) -> String {
    let columns: Vec<String> = lowered.iter().filter_map(|one| one.column.clone()).collect();
    place_of(&columns, after)
}

/// The same for columns that are named.
fn place_of(named: &[String], after: &AssetRow) -> String {
    let columns: Vec<Column> = serde_json::from_str(&after.columns).unwrap_or_default();
    let place = named.iter().find_map(|name| columns.iter().position(|column| column.name == *name));
    place.map(|place| format!("columns[{place}].classification")).unwrap_or_default()
}

/// What new and changed assets mean for people, a sentence each, by their ids; as far as whoever answers for the program sees it.
pub(super) fn effects(
    eyes: &Eyes<'_>,
    folder: &Folder,
    held: &HeldAssets,
    report: &ImportReport,
    grants: &[Grant],
) -> HashMap<String, Vec<String>> {
    let news = ids(report);
    let mut on_assets: HashMap<&str, Vec<Grant>> = HashMap::new();
    for grant in grants {
        if let Some(asset) = grant.asset.as_deref().filter(|asset| news.contains(asset)) {
            on_assets.entry(asset).or_default().push(grant.clone());
        }
    }
    let assets = folder.assets.iter().filter(|asset| news.contains(asset.row.id.as_str()));
    let effects = assets.map(|asset| {
        let before = held.get(&asset.row.id);
        let after = asset.in_place_of(before);
        let grants = on_assets.get(after.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let said = eyes.meaning(before, &after, grants, report.joined.contains(&after.id)).effects;
        (after.id, said)
    });
    effects.collect()
}

#[cfg(test)]
mod tests {
    use lakeport_model::catalog::Classification;

    use super::*;

    fn row(columns: &[(&str, Classification)]) -> AssetRow {
        let columns = columns.iter().map(|(name, classification)| Column {
            name: (*name).to_owned(),
            data_type: "string".to_owned(),
            description: String::new(),
            classification: *classification,
            tags: Vec::new(),
            drift: None,
        });
        AssetRow {
            id: "gold.a".to_owned(),
            kind: "table".to_owned(),
            layer: None,
            namespace: "lakehouse".to_owned(),
            name: "gold.a".to_owned(),
            domain: "finance".to_owned(),
            description: String::new(),
            platform: None,
            location: None,
            classification: "internal".to_owned(),
            tags: "[]".to_owned(),
            columns: serde_json::to_string(&columns.collect::<Vec<_>>()).expect("it is written"),
            origin: "file".to_owned(),
            created_at: None,
        }
    }

    #[test]
    fn a_lowered_column_is_found_at_its_place() {
        use Classification::{Confidential, Internal, Public, Restricted};
        let before = row(&[("a", Internal), ("b", Restricted)]);
        let field = |columns: &[(&str, Classification)]| {
            let after = row(columns);
            field_of(&Classes::of(&before).lowered_to(&Classes::of(&after)), &after)
        };
        assert_eq!(field(&[("a", Internal), ("b", Confidential)]), "columns[1].classification");
        assert_eq!(field(&[("new", Public), ("b", Restricted)]), "columns[0].classification");
        assert_eq!(field(&[("a", Internal)]), "", "it is gone");
    }
}
