//! Columns that nobody described, asset by asset, as far as one page needs them.

use lakeport_model::catalog::AssetKind;
use lakeport_model::health::{Gap, MOST_GAPS, MOST_NAMED};
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, First, Page, PageRequest};

use crate::beside::WORDS;
use crate::catalog::{Asset, Rights, Snapshot};
use crate::{Call, Result};

/// Columns and assets that are looked at for one page: it may end before it is full.
const MOST_LOOKED_AT: usize = 50_000;

/// Assets of a domain with columns that nobody described, by id, from behind one of them on.
pub(super) async fn gaps(call: &Call, domain: &DomainId, page: PageRequest) -> Result<Page<Gap>> {
    let (snapshot, rights, domain) = (call.snapshot(), call.rights(), domain.0.clone());
    let most = page.limit.clamp(1, MOST_GAPS) as usize;
    let look = move || look(&snapshot, &rights, &domain, page.after.as_deref().unwrap_or_default(), most);
    WORDS.run(call.party(), look).await
}

fn look(snapshot: &Snapshot, rights: &Rights, domain: &str, after: &str, most: usize) -> Page<Gap> {
    let (mut items, mut looked_at) = (Vec::new(), 0);
    let mut last: Option<&Asset> = None;
    for asset in snapshot.assets_in(domain, after).filter(|asset| asset.id != after) {
        if items.len() >= most || looked_at >= MOST_LOOKED_AT {
            return Page { items, next: last.map(|asset| asset.id.clone()) };
        }
        looked_at += 1 + asset.columns.len();
        let is_retired = snapshot.is_retired(Retirable::Asset, &asset.id, rights.today());
        if !is_retired && asset.kind != AssetKind::Dashboard {
            items.extend(gap(asset));
        }
        last = Some(asset);
    }
    Page { items, next: None }
}

/// The columns of an asset that nobody described; `None` where there are none.
fn gap(asset: &Asset) -> Option<Gap> {
    let columns = asset.columns.iter().filter(|column| column.description.is_empty());
    let columns: Vec<String> = columns.map(|column| column.name.to_owned()).collect();
    (!columns.is_empty()).then(|| Gap { asset: asset.reference(), columns: First::cut(columns, MOST_NAMED) })
}
