//! Dashboards: a text, its filters, and the tables the viewer may read.

mod cache;
pub mod format;
pub mod params;
pub mod plan;
pub mod render;
mod run;

use std::sync::Arc;

use lakeport_frame::{LakeError, TableRef};
use lakeport_model::DashboardId;
use lakeport_model::dashboards::{DashboardLine, DashboardView, MissingTable};
use lakeport_model::people::{Role, Viewer};

pub use cache::ResultCache;

use crate::catalog::access::Readable;
use crate::catalog::{Asset, Sight, Snapshot};
use crate::{Ctx, Error, Result, contracts};
use format::Dashboard;

/// The dashboards the viewer may see, by title.
pub async fn list(ctx: &Ctx, viewer: &Viewer) -> Result<Vec<DashboardLine>> {
    let snapshot = ctx.snapshot().await?;
    let readable = Readable::of(ctx, viewer).await?;
    let mut lines = Vec::new();
    for text in snapshot.dashboards.values() {
        let Ok(dashboard) = &text.read else { continue };
        if !sees(&snapshot, viewer, dashboard) {
            continue;
        }
        let front = dashboard.front.clone();
        let may_read = front
            .reads
            .iter()
            .all(|table| snapshot.assets.get(table).is_some_and(|asset| readable.asset(&snapshot, asset)));
        let (unseen, mut reads): (Vec<String>, Vec<String>) =
            front.reads.into_iter().partition(|table| hidden(&snapshot, viewer, table));
        reads.extend((!unseen.is_empty()).then(|| UNSEEN.to_owned()));
        lines.push(DashboardLine {
            id: DashboardId(text.id.clone()),
            domain: snapshot.domain(front.domain.as_deref().unwrap_or_default()),
            title: front.title,
            description: front.description,
            product: front.product,
            reads,
            may_read,
        });
    }
    lines.sort_by(|a, b| a.title.cmp(&b.title));
    Ok(lines)
}

/// Everybody who sees the product it belongs to; where the text names groups, only members of those domains. What
/// belongs to a product that nobody knows (any more) is for its own domain.
pub(crate) fn sees(snapshot: &Snapshot, viewer: &Viewer, dashboard: &Dashboard) -> bool {
    let front = &dashboard.front;
    let member = |domain: &String| viewer.is(Role::Member, &domain.as_str().into());
    let own = front.domain.as_ref().is_some_and(member);
    let by_product = front.product.as_ref().is_none_or(|id| match snapshot.products.get(id) {
        Some(product) => snapshot.product_sight(viewer, product) == Sight::Full,
        None => own,
    });
    let by_group = front.view_groups.is_empty() || front.view_groups.iter().any(member);
    by_product && (by_group || own)
}

/// What stands in place of the name of a table that is hidden from the viewer.
const UNSEEN: &str = "a table you may not see";

/// True for a table that the viewer must not learn of.
fn hidden(snapshot: &Snapshot, viewer: &Viewer, table: &str) -> bool {
    snapshot.assets.get(table).is_some_and(|asset| snapshot.sight(viewer, asset) == Sight::Hidden)
}

struct Opened {
    dashboard: Arc<Dashboard>,
    tables: Vec<TableRef>,
    missing: Vec<MissingTable>,
}

async fn open(ctx: &Ctx, viewer: &Viewer, snapshot: &Snapshot, id: &DashboardId) -> Result<Opened> {
    let text = snapshot.dashboards.get(id.as_str()).ok_or_else(|| Error::not_found("dashboard"))?;
    let dashboard = text
        .read
        .clone()
        .map_err(|first| Error::conflict(format!("This dashboard's text cannot be read: {first}")))?;
    if !sees(snapshot, viewer, &dashboard) {
        return Err(Error::not_found("dashboard"));
    }
    let readable = Readable::of(ctx, viewer).await?;
    let (mut tables, mut missing) = (Vec::new(), Vec::new());
    for name in &dashboard.front.reads {
        let asset = snapshot.assets.get(name);
        let read = asset.filter(|asset| readable.asset(snapshot, asset));
        match read.and_then(|asset| snapshot.table(ctx, &asset.id)) {
            Some(table) => tables.push(table),
            None => missing.push(lacking(snapshot, viewer, name, asset)),
        }
    }
    Ok(Opened { dashboard, tables, missing })
}

fn lacking(snapshot: &Snapshot, viewer: &Viewer, table: &str, asset: Option<&Asset>) -> MissingTable {
    let offer = asset.and_then(|asset| {
        snapshot
            .offers(&asset.id)
            .find(|(product, _)| snapshot.product_sight(viewer, product) != Sight::Hidden)
    });
    let request_href = offer.map(|(product, port)| crate::catalog::href::request(&product.id, &port.id));
    let table = if hidden(snapshot, viewer, table) { UNSEEN } else { table };
    MissingTable { table: table.to_owned(), request_href }
}

/// A failure of the lake in words. Where the statement needs a table that the viewer may not read, that is said
/// instead, without the name of one that is hidden from him.
fn in_words(snapshot: &Snapshot, viewer: &Viewer, dashboard: &Dashboard, error: &LakeError) -> String {
    match error {
        LakeError::NotGranted { table, .. } if hidden(snapshot, viewer, table) => {
            format!("This needs {UNSEEN}.")
        }
        LakeError::NotGranted { table, .. } if dashboard.front.reads.contains(table) => {
            format!("This needs {table}, which you may not read yet.")
        }
        error => error.message().to_owned(),
    }
}

/// A dashboard for the viewer, with the filters of a query string: it reads what its viewer may read, never what
/// its author may.
pub async fn view(
    ctx: &Ctx,
    viewer: &Viewer,
    id: &DashboardId,
    query: Vec<(String, String)>,
) -> Result<DashboardView> {
    let snapshot = ctx.snapshot().await?;
    let opened = open(ctx, viewer, &snapshot, id).await?;
    let tables = run::describe(ctx, &opened.tables).await;
    let tell = |error: &LakeError| in_words(&snapshot, viewer, &opened.dashboard, error);
    let answers = run::run(ctx, &opened.dashboard, &tables, &query, tell).await;
    let base = format!("/dashboards/{id}");
    let mut view = render::render(&render::Input {
        dashboard: &opened.dashboard,
        base: &base,
        params: &answers.params,
        results: &answers.results,
        options: &answers.options,
    });
    view.reads.retain(|table| !hidden(&snapshot, viewer, table));
    view.as_of = as_of(ctx, &snapshot, &tables).await?;
    let read: Vec<&str> = opened.tables.iter().map(|table| table.name.as_str()).collect();
    crate::catalog::note_reading(ctx, viewer, &read).await?;
    view.missing = opened.missing;
    let owner = snapshot.members.iter().find(|member| member.email.eq_ignore_ascii_case(&view.owner));
    if let Some(owner) = owner {
        view.owner.clone_from(&owner.name);
    }
    Ok(view)
}

/// `As of 22 Nov 2026, 07:12 UTC, contract kept`: the oldest of its tables, the worst of their contracts.
async fn as_of(ctx: &Ctx, snapshot: &Snapshot, tables: &[run::Table]) -> Result<Option<String>> {
    use lakeport_model::contracts::CheckState;
    let Some(oldest) = tables.iter().filter_map(|table| Some(table.info.as_ref()?.modified_at)).min() else {
        return Ok(None);
    };
    let mut worst: Option<CheckState> = None;
    let mut tx = ctx.db.read().await?;
    for table in tables {
        let contract = snapshot.offers(&table.reference.name).find_map(|(_, port)| port.contract.clone());
        let Some(contract) = contract else { continue };
        let state = contracts::state(&mut tx, &contract).await?;
        worst = Some(worst.map_or(state, |worst| worst.max_severity(state)));
    }
    let when = oldest.format("As of %-d %b %Y, %H:%M UTC");
    Ok(Some(match worst {
        Some(state) => format!("{when}, {}", state.label().to_lowercase()),
        None => when.to_string(),
    }))
}

/// The result behind a table of the dashboard, as a file name and CSV. The name says where rows are left out.
pub async fn csv(
    ctx: &Ctx,
    viewer: &Viewer,
    id: &DashboardId,
    block: &str,
    query: Vec<(String, String)>,
) -> Result<(String, String)> {
    let snapshot = ctx.snapshot().await?;
    let opened = open(ctx, viewer, &snapshot, id).await?;
    let name = plan::download(&opened.dashboard, block).ok_or_else(|| Error::not_found("download"))?;
    let tables = run::describe(ctx, &opened.tables).await;
    let outcome = run::download(ctx, &opened.dashboard, &tables, &query, name).await;
    let read: Vec<&str> = opened.tables.iter().map(|table| table.name.as_str()).collect();
    crate::catalog::note_reading(ctx, viewer, &read).await?;
    let frame = outcome
        .ok_or_else(|| Error::not_found("table"))?
        .map_err(|error| Error::conflict(in_words(&snapshot, viewer, &opened.dashboard, &error)))?;
    let cut = if frame.truncated { format!("-first-{}-rows", frame.rows()) } else { String::new() };
    Ok((format!("{id}-{name}{cut}.csv"), frame.to_csv()))
}
