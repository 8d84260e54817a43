//! What is kept of a document: its revisions as its pages count them, and the text that is published. The revisions of a contract
//! are those of all its versions.

use lakeport_model::documents::{DocumentKind, TextKind};

use crate::Result;
use crate::store::revisions::{self as store, RevisionRow};
use crate::store::{Tx, import as catalog};

/// Revisions before a number, the newest first.
pub(super) async fn before(
    tx: &mut Tx,
    kind: DocumentKind,
    id: &str,
    number: i64,
    limit: i64,
) -> Result<Vec<RevisionRow>> {
    if kind == DocumentKind::Contract {
        store::before_of_versions(tx, id, number, limit).await
    } else {
        store::before(tx, kind, id, number, limit).await
    }
}

/// One revision with its text.
pub(super) async fn one(
    tx: &mut Tx,
    kind: DocumentKind,
    id: &str,
    number: u32,
) -> Result<Option<(RevisionRow, String)>> {
    if kind == DocumentKind::Contract {
        store::one_of_versions(tx, id, number).await
    } else {
        store::one(tx, kind, id, number).await
    }
}

/// The text that a revision took the place of; of a new version of a contract, the one that was published before it.
pub(super) async fn text_before(
    tx: &mut Tx,
    kind: DocumentKind,
    id: &str,
    row: &RevisionRow,
) -> Result<Option<String>> {
    let number = if kind == DocumentKind::Contract {
        let earlier = store::before_of_versions(tx, id, i64::from(row.number), i64::MAX).await?;
        let same = earlier.iter().find(|earlier| earlier.document == row.document);
        same.or(earlier.first()).map_or(0, |before| before.number)
    } else {
        row.number.saturating_sub(1)
    };
    Ok(one(tx, kind, id, number).await?.map(|(_, text)| text))
}

/// The newest revision.
pub(super) async fn newest(tx: &mut Tx, kind: DocumentKind, id: &str) -> Result<Option<RevisionRow>> {
    if kind == DocumentKind::Contract {
        Ok(store::before_of_versions(tx, id, i64::MAX, 1).await?.pop())
    } else {
        store::newest_of(tx, kind, id).await
    }
}

/// The text that is published, with the ends of lines that a page sends: a file may have others. Of a contract that of the
/// version that is asked for; where there is none, and where none is asked for, that of the highest one.
pub(super) async fn published(
    tx: &mut Tx,
    kind: TextKind,
    id: &str,
    version: Option<&str>,
) -> Result<Option<String>> {
    let text = match kind {
        TextKind::Product => catalog::products(tx, &[id]).await?.pop().map(|row| row.document),
        TextKind::Dashboard => catalog::dashboards(tx, &[id]).await?.pop().map(|row| row.document),
        TextKind::Contract => {
            let asked = match version {
                Some(version) => catalog::versions_named(tx, &[(id, version)]).await?.pop(),
                None => None,
            };
            let row = match asked {
                Some(row) => Some(row),
                None => catalog::highest_version(tx, id).await?,
            };
            row.map(|row| row.document)
        }
    };
    Ok(text.map(|text| text.replace("\r\n", "\n")))
}

/// The text that files held last; of a contract that of this version, where they held it, otherwise that of the highest one that
/// they did.
pub(super) async fn in_files(
    tx: &mut Tx,
    kind: TextKind,
    id: &str,
    version: Option<&str>,
) -> Result<Option<String>> {
    let kept = match kind {
        TextKind::Product | TextKind::Dashboard => vec![id.to_owned()],
        TextKind::Contract => {
            let rows = catalog::versions(tx, &[id]).await?.into_iter().rev();
            let mut versions: Vec<String> = rows.map(|row| row.version).collect();
            // A stable order: the one that is asked for comes first.
            versions.sort_by_key(|held| Some(held.as_str()) != version);
            versions.into_iter().map(|version| format!("{id} {version}")).collect()
        }
    };
    let ids: Vec<&str> = kept.iter().map(String::as_str).collect();
    let mut held = store::in_files(tx, kind.document(), &ids).await?;
    let place = kept.iter().find_map(|id| held.iter().position(|(found, _)| found == id));
    Ok(place.map(|place| held.swap_remove(place).1))
}
