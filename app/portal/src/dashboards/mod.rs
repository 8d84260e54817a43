//! Dashboards: a text, its filters, and the tables the viewer may read.

mod cache;
pub mod format;
pub mod params;
pub mod plan;
pub mod render;
mod run;

use lakeport_frame::TableRef;
use lakeport_model::DashboardId;
use lakeport_model::dashboards::{DashboardLine, DashboardView, MissingTable};
use lakeport_model::people::{DomainRef, Role, Viewer};

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
        // A text is checked when it is imported; one that an older version accepted is left out, not fatal.
        let Ok(dashboard) = format::parse(&text.id, &text.text) else { continue };
        if !sees(&snapshot, viewer, &dashboard) {
            continue;
        }
        let may_read = dashboard
            .front
            .reads
            .iter()
            .all(|table| snapshot.assets.get(table).is_some_and(|asset| readable.asset(asset)));
        lines.push(DashboardLine {
            id: DashboardId(text.id.clone()),
            domain: domain(&snapshot, &dashboard),
            title: dashboard.front.title,
            description: dashboard.front.description,
            product: dashboard.front.product,
            reads: dashboard.front.reads,
            may_read,
        });
    }
    lines.sort_by(|a, b| a.title.cmp(&b.title));
    Ok(lines)
}

fn domain(snapshot: &Snapshot, dashboard: &Dashboard) -> DomainRef {
    snapshot.domain(dashboard.front.domain.as_deref().unwrap_or_default())
}

/// Everybody who sees the product it belongs to; where the text names groups, only members of those domains.
fn sees(snapshot: &Snapshot, viewer: &Viewer, dashboard: &Dashboard) -> bool {
    let front = &dashboard.front;
    let member = |domain: &String| viewer.is(Role::Member, &domain.as_str().into());
    let product = front.product.as_ref().and_then(|id| snapshot.products.get(id));
    let by_product = product.is_none_or(|product| snapshot.product_sight(viewer, product) == Sight::Full);
    let by_group = front.view_groups.is_empty() || front.view_groups.iter().any(member);
    by_product && (by_group || front.domain.as_ref().is_some_and(member))
}

struct Opened {
    dashboard: Dashboard,
    tables: Vec<TableRef>,
    missing: Vec<MissingTable>,
}

async fn open(ctx: &Ctx, viewer: &Viewer, snapshot: &Snapshot, id: &DashboardId) -> Result<Opened> {
    let text = snapshot.dashboards.get(id.as_str()).ok_or_else(|| Error::not_found("dashboard"))?;
    let dashboard = format::parse(&text.id, &text.text).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        Error::conflict(format!("This dashboard's text cannot be read: {first}"))
    })?;
    if !sees(snapshot, viewer, &dashboard) {
        return Err(Error::not_found("dashboard"));
    }
    let readable = Readable::of(ctx, viewer).await?;
    let (mut tables, mut missing) = (Vec::new(), Vec::new());
    for name in &dashboard.front.reads {
        let asset = snapshot.assets.get(name);
        match asset.filter(|asset| readable.asset(asset)).and_then(|asset| snapshot.table(ctx, &asset.id)) {
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
    let request_href = offer.map(|(product, port)| {
        format!("{}/request?port={}", crate::catalog::href::product(&product.id), port.id)
    });
    MissingTable { table: table.to_owned(), request_href }
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
    let answers = run::run(ctx, &opened.dashboard, &tables, &opened.missing, &query).await;
    let base = format!("/dashboards/{id}");
    let mut view = render::render(&render::Input {
        dashboard: &opened.dashboard,
        base: &base,
        params: &answers.params,
        results: &answers.results,
        options: &answers.options,
    });
    view.as_of = as_of(ctx, &snapshot, &tables).await?;
    let read: Vec<&str> = opened.tables.iter().map(|table| table.name.as_str()).collect();
    crate::catalog::note_reading(ctx, viewer, &read).await?;
    view.missing = opened.missing;
    Ok(view)
}

/// `As of 22 Nov 2026, 07:12 UTC, contract kept`: the oldest of its tables, the worst of their contracts.
async fn as_of(ctx: &Ctx, snapshot: &Snapshot, tables: &[run::Table]) -> Result<Option<String>> {
    use lakeport_model::contracts::CheckState;
    let Some(oldest) = tables.iter().filter_map(|table| table.modified_at).min() else { return Ok(None) };
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

/// The whole result behind a table of the dashboard, as a file name and CSV.
pub async fn csv(
    ctx: &Ctx,
    viewer: &Viewer,
    id: &DashboardId,
    block: &str,
    query: Vec<(String, String)>,
) -> Result<(String, String)> {
    let snapshot = ctx.snapshot().await?;
    let opened = open(ctx, viewer, &snapshot, id).await?;
    let name =
        plan::download(&opened.dashboard, block).ok_or_else(|| Error::not_found("download"))?.to_owned();
    let tables = run::describe(ctx, &opened.tables).await;
    let answers = run::run(ctx, &opened.dashboard, &tables, &opened.missing, &query).await;
    let read: Vec<&str> = opened.tables.iter().map(|table| table.name.as_str()).collect();
    crate::catalog::note_reading(ctx, viewer, &read).await?;
    let key = plan::QueryRunKey { name: name.clone(), variant: params::Variant::Current };
    match answers.results.get(&key) {
        Some(Ok(frame)) => Ok((format!("{id}-{name}.csv"), frame.to_csv())),
        Some(Err(message)) => Err(Error::conflict(message.clone())),
        None => Err(Error::not_found("table")),
    }
}
