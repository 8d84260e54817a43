//! What is published of the documents that a plan changes.

use std::collections::HashMap;

use lakeport_model::documents::DocumentKind;
use lakeport_model::mesh::Plan;

use super::shown::MOST_DIFFS;
use crate::Result;
use crate::catalog::HeldAssets;
use crate::store::Tx;
use crate::store::import as store;

/// What is published, by kind and id.
#[derive(Default)]
pub(super) struct Published {
    /// Texts.
    pub(super) texts: HashMap<(DocumentKind, String), String>,
    /// Assets: their texts are printed beside the threads that answer.
    pub(super) assets: HeldAssets,
}

/// What a plan is compared with: what met first, then what changes, as many as are compared line by line.
pub(super) async fn of(tx: &mut Tx, plan: &Plan) -> Result<Published> {
    let met = plan.meetings.iter().map(|meeting| (meeting.kind, meeting.id.as_str()));
    let changed = plan.changed.iter().map(|change| (change.kind, change.id.as_str()));
    let mut ids: HashMap<DocumentKind, Vec<&str>> = HashMap::new();
    for (kind, id) in met.chain(changed).take(MOST_DIFFS) {
        ids.entry(kind).or_default().push(id);
    }
    let mut published = Published::default();
    for (kind, ids) in &ids {
        let found: Vec<(String, String)> = match kind {
            DocumentKind::Product => {
                let rows = store::products(tx, ids).await?;
                rows.into_iter().map(|row| (row.id, row.document)).collect()
            }
            DocumentKind::Contract => {
                let versions: Vec<(&str, &str)> = ids.iter().filter_map(|id| id.rsplit_once(' ')).collect();
                let rows = store::versions_named(tx, &versions).await?;
                rows.into_iter()
                    .map(|row| (format!("{} {}", row.contract, row.version), row.document))
                    .collect()
            }
            DocumentKind::Dashboard => {
                let rows = store::dashboards(tx, ids).await?;
                rows.into_iter().map(|row| (row.id, row.document)).collect()
            }
            DocumentKind::Term => {
                let rows = store::terms(tx, ids).await?;
                rows.into_iter().map(|row| (row.id, row.document)).collect()
            }
            DocumentKind::Asset => {
                let rows = store::assets(tx, ids).await?;
                published.assets.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
                Vec::new()
            }
        };
        published.texts.extend(found.into_iter().map(|(id, text)| ((*kind, id), text)));
    }
    Ok(published)
}
