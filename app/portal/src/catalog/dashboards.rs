//! Which dashboards a viewer sees, and whose they are.

use std::sync::Arc;

use lakeport_model::DashboardId;
use lakeport_model::catalog::{AssetKind, DashboardRef};
use lakeport_model::people::Role;

use super::{Rights, Sight};
use crate::dashboards::format::Dashboard;
use crate::snapshot::{DashboardText, Snapshot};

/// The dashboards of a product that the viewer may see, by title.
pub(crate) fn of_product(snapshot: &Snapshot, rights: &Rights, product: &str) -> Vec<DashboardRef> {
    let line = |text: &DashboardText| {
        let title = seen(snapshot, rights, text)?.front.title.clone();
        Some(DashboardRef { id: DashboardId(text.id.clone()), title })
    };
    let mut lines: Vec<DashboardRef> = snapshot.dashboards_of(product).filter_map(line).collect();
    lines.sort_by(|a, b| a.title.cmp(&b.title));
    lines
}

/// What a dashboard's text says, for somebody whom it lets in.
pub(crate) fn seen<'a>(
    snapshot: &Snapshot,
    rights: &Rights,
    text: &'a DashboardText,
) -> Option<&'a Arc<Dashboard>> {
    text.read.as_ref().ok().filter(|dashboard| sees(snapshot, rights, dashboard))
}

/// Everybody who sees the product it belongs to; where the text names groups, only members of those domains. What
/// belongs to a product that nobody knows (any more) is for its own domain.
pub(crate) fn sees(snapshot: &Snapshot, rights: &Rights, dashboard: &Dashboard) -> bool {
    let front = &dashboard.front;
    let own = front.domain.as_ref().is_some_and(|domain| is_member(rights, domain));
    let by_product = front.product.as_ref().is_none_or(|id| match snapshot.products.get(id) {
        Some(product) => rights.product_sight(product) == Sight::Full,
        None => own,
    });
    by_product && (by_group(rights, dashboard) || own)
}

/// True where somebody may know of the product that a dashboard belongs to, which cannot be read, and the dashboard's own
/// text does not keep them out.
pub(crate) fn is_of_unread_product(snapshot: &Snapshot, rights: &Rights, dashboard: &Dashboard) -> bool {
    let product = dashboard.front.product.as_ref();
    product.is_some_and(|id| rights.knows_unread_product(snapshot, id)) && by_group(rights, dashboard)
}

/// The domain of a dashboard: what its text says, else that of its product, else that of the asset by which the catalog knows it;
/// empty where nobody says one.
pub(crate) fn domain_of(snapshot: &Snapshot, id: &str, dashboard: &Dashboard) -> String {
    let front = &dashboard.front;
    let product = front.product.as_deref().and_then(|id| snapshot.products.get(id));
    let asset = snapshot.assets.get(id).filter(|asset| asset.kind == AssetKind::Dashboard);
    let of_product = product.map(|product| &product.domain);
    let domain = front.domain.as_ref().or(of_product).or(asset.map(|asset| &asset.domain));
    domain.cloned().unwrap_or_default()
}

fn by_group(rights: &Rights, dashboard: &Dashboard) -> bool {
    let groups = &dashboard.front.view_groups;
    groups.is_empty() || groups.iter().any(|domain| is_member(rights, domain))
}

fn is_member(rights: &Rights, domain: &str) -> bool {
    rights.viewer().is(Role::Member, &domain.into())
}
