//! Revisions of which a push says that its files take them into account.

use std::collections::{HashMap, HashSet};

use lakeport_model::documents::DocumentKind;
use lakeport_model::mesh::{Over, PUSHED};

use crate::Result;
use crate::catalog::Folder;
use crate::store::import::ROWS;
use crate::store::{Tx, revisions};
use crate::text::legible;

/// A warning for each that changes nothing, as whoever wrote it thinks it does. Asked before anything is written, and only of
/// documents that the push brings: whoever may push them may know how often they were published.
pub(super) async fn idle(tx: &mut Tx, folder: &Folder, over: &[Over]) -> Result<Vec<String>> {
    if over.is_empty() {
        return Ok(Vec::new());
    }
    let brought: HashSet<(DocumentKind, String)> =
        folder.documents().map(|(kind, id, _)| (kind, id)).collect();
    let is_brought = |over: &Over| brought.contains(&(over.kind, over.id.clone()));
    let mut newest: HashMap<(DocumentKind, String), u32> = HashMap::new();
    for kind in PUSHED {
        let ids = over.iter().filter(|over| over.kind == kind && is_brought(over));
        let ids: Vec<&str> = ids.map(|over| over.id.as_str()).collect();
        for part in ids.chunks(ROWS) {
            let found = revisions::newest(tx, kind, part).await?;
            newest.extend(found.into_iter().map(|row| ((kind, row.document), row.number)));
        }
    }
    let said = over.iter().filter_map(|over| {
        let newest = newest.get(&(over.kind, over.id.clone())).copied();
        warning(over, is_brought(over), newest)
    });
    Ok(said.collect())
}

/// What is said of one; nothing where it names the newest revision of a document that is pushed.
fn warning(Over { kind, id, revision }: &Over, is_brought: bool, newest: Option<u32>) -> Option<String> {
    let (id, told) = (legible(id), "so this changes nothing");
    let why = match newest {
        _ if !is_brought => format!("no file of this push is the {kind} \"{id}\""),
        None => format!("nobody has published the {kind} \"{id}\" yet"),
        Some(newest) if newest == *revision => return None,
        Some(newest) => format!("its newest revision is {newest}, not {revision}"),
    };
    Some(format!("over {kind} {id}@{revision}: {why}, {told}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_into_account_and_changes_nothing_is_never_passed_over() {
        let over = Over { kind: DocumentKind::Product, id: "x".to_owned(), revision: 3 };
        let said = |is_brought, newest| warning(&over, is_brought, newest);
        assert_eq!(said(true, Some(3)), None);
        let stale = "over product x@3: its newest revision is 4, not 3, so this changes nothing";
        assert_eq!(said(true, Some(4)).as_deref(), Some(stale));
        let new = "over product x@3: nobody has published the product \"x\" yet, so this changes nothing";
        assert_eq!(said(true, None).as_deref(), Some(new));
        let other = "over product x@3: no file of this push is the product \"x\", so this changes nothing";
        assert_eq!(said(false, None).as_deref(), Some(other));
    }
}
