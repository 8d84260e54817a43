//! Dashboards: a text, its filters, and the tables the viewer may read.

mod cache;
mod fields;
pub mod format;
mod node;
pub mod params;
mod period;
pub mod plan;
pub mod render;
mod run;
mod shown;
pub mod turned;
mod widgets;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::beside::{DRAWINGS, FILES};
use crate::catalog::dashboards::{domain_of, is_of_unread_product, seen, sees};
use crate::catalog::{Asset, Rights, Sight, Snapshot, href};
use crate::policy::{self, Entitlement, PublishDocument, SeeHistory};
use crate::text::legible;
use crate::{Call, Ctx, Error, Result, contracts};
pub use cache::{RESULTS_MB, ResultCache};
pub(crate) use fields::is_table;
use format::Dashboard;
use lakeport_frame::{Frame, LakeError};
use lakeport_model::catalog::AccessStanding;
use lakeport_model::dashboards::{DashboardLine, DashboardView, MissingTable};
use lakeport_model::people::Role;
use lakeport_model::{DashboardId, DomainId, moment};
use shown::Open;

/// The dashboards the viewer may see, by title.
pub async fn list(call: &Call) -> Result<Vec<DashboardLine>> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    DRAWINGS.run(call.party(), move || lines(&snapshot, &rights)).await
}

fn lines(snapshot: &Snapshot, rights: &Rights) -> Vec<DashboardLine> {
    let mut lines = Vec::new();
    for text in snapshot.dashboards.values() {
        let Some(dashboard) = seen(snapshot, rights, text) else { continue };
        let front = dashboard.front.clone();
        let may_read = rights.reads_all(snapshot, dashboard);
        let in_part = rights.reads_in_part(snapshot, dashboard);
        let (unseen, mut reads): (Vec<String>, Vec<String>) =
            front.reads.into_iter().partition(|table| hidden(snapshot, rights, table));
        reads.extend((!unseen.is_empty()).then(|| UNSEEN.to_owned()));
        lines.push(DashboardLine {
            id: DashboardId(text.id.clone()),
            domain: snapshot.domain(front.domain.as_deref().unwrap_or_default()),
            title: front.title,
            description: front.description,
            product: front.product,
            reads,
            may_read,
            in_part,
        });
    }
    lines.sort_by(|a, b| a.title.cmp(&b.title));
    lines
}

/// What stands in place of the name of a table that is hidden from the viewer.
pub(crate) const UNSEEN: &str = "a table that is not there, or that you may not see";

/// True for a table that the viewer must not learn of. One that nobody has is told in the same words: whoever has a dashboard
/// name tables would learn by the difference which of them are there.
pub(crate) fn hidden(snapshot: &Snapshot, rights: &Rights, table: &str) -> bool {
    match snapshot.assets.get(table) {
        Some(asset) => snapshot.sight(rights, asset) == Sight::Hidden,
        None => snapshot.unread_of("asset", table).is_none() || !rights.knows_unread(snapshot, table),
    }
}

struct Opened {
    dashboard: Arc<Dashboard>,
    tables: Vec<Entitlement>,
    missing: Vec<MissingTable>,
}

/// What a dashboard's text says, for somebody whom it lets in.
pub(crate) fn known<'a>(snapshot: &'a Snapshot, rights: &Rights, id: &str) -> Result<&'a Arc<Dashboard>> {
    let unknown = || Error::not_found("dashboard");
    let text = snapshot.dashboards.get(id).ok_or_else(unknown)?;
    let dashboard = match &text.read {
        Ok(dashboard) => dashboard,
        Err(first) => {
            // Whom a text that cannot be read lets in, nobody knows: what is wrong is told to its own domain.
            let domain = snapshot.assets.get(id).map(|asset| asset.domain.as_str().into());
            let is_member = domain.is_some_and(|domain| rights.viewer().is(Role::Member, &domain));
            return Err(if is_member {
                Error::unread("dashboard").saying(format!("This dashboard's text cannot be read: {first}"))
            } else {
                unknown()
            });
        }
    };
    if sees(snapshot, rights, dashboard) {
        return Ok(dashboard);
    }
    let is_of_unread = is_of_unread_product(snapshot, rights, dashboard);
    Err(if is_of_unread { Error::of_unread_product("dashboard") } else { unknown() })
}

/// The dashboard with what the viewer may read of its tables, for somebody whom it lets in.
fn open(ctx: &Ctx, rights: &Rights, snapshot: &Snapshot, id: &DashboardId) -> Result<Opened> {
    let dashboard = Arc::clone(known(snapshot, rights, id.as_str())?);
    let (mut tables, mut missing) = (Vec::new(), Vec::new());
    for name in &dashboard.front.reads {
        let asset = snapshot.assets.get(name);
        match asset.map(|asset| rights.entitlement(ctx, snapshot, asset)) {
            Some(Ok(entitlement)) => tables.push(entitlement),
            _ => missing.push(lacking(snapshot, rights, name, false)),
        }
    }
    Ok(Opened { dashboard, tables, missing })
}

/// What is missing of a table, and the way to it.
fn lacking(snapshot: &Snapshot, rights: &Rights, table: &str, columns_only: bool) -> MissingTable {
    let seen = snapshot.assets.get(table).filter(|_| !hidden(snapshot, rights, table));
    let offer = seen.and_then(|asset| snapshot.offers_to(rights, &asset.id).into_iter().next());
    let access = match snapshot.assets.get(table) {
        _ if hidden(snapshot, rights, table) => AccessStanding::NotOffered,
        None => AccessStanding::Unread,
        asset => rights.standing(snapshot, asset, offer.map(|(_, port)| port)),
    };
    let request = offer.filter(|(_, port)| {
        access == AccessStanding::Requestable || columns_only && rights.may_request_the_rest(snapshot, port)
    });
    MissingTable {
        table: if hidden(snapshot, rights, table) { UNSEEN.to_owned() } else { table.to_owned() },
        columns_only,
        asset: seen.map(Asset::reference),
        request_href: request.map(|(product, port)| href::request(&product.id, &port.id)),
        owners: seen.map(|asset| snapshot.owners(&asset.domain)).unwrap_or_default(),
        access,
    }
}

/// What stands in the way of a statement where that is access: the table that the dashboard names and the viewer may
/// not read, or of which not every column is theirs to read.
fn barred<'a>(opened: &Opened, error: &'a LakeError) -> Option<&'a str> {
    match error {
        LakeError::NotGranted { table, .. } if opened.dashboard.front.reads.contains(table) => Some(table),
        _ => None,
    }
}

/// A failure of the lake in words. Where the statement needs what the viewer may not read, that is said instead,
/// without the name of a table that is hidden from them.
fn in_words(snapshot: &Snapshot, rights: &Rights, opened: &Opened, error: &LakeError) -> String {
    match error {
        LakeError::NotGranted { table, .. } if hidden(snapshot, rights, table) => {
            format!("This needs {UNSEEN}.")
        }
        error => match barred(opened, error) {
            Some(table) if opened.tables.iter().any(|open| open.table().name == table) => {
                format!("This needs columns of {table} that you may not read.")
            }
            Some(table) => format!("This needs {table}, which you may not read."),
            None => error.message().to_owned(),
        },
    }
}

/// A dashboard for the viewer who opens it, with the filters of a query string: it reads what its viewer may read, never
/// what its author may. What is missing is said once; elements that would only repeat it are left out.
pub async fn view(call: &Call, id: &DashboardId, query: Vec<(String, String)>) -> Result<DashboardView> {
    let Call { ctx, viewer, .. } = call;
    let (view, options) = draw(call, id, query).await?;
    let shown = options.into_iter().chain(shown::tables(&view.elements, Open::AsDrawn)).collect();
    ctx.readings.opened(viewer.id, id.as_str(), shown, call.now());
    Ok(view)
}

/// The same for a page that is open already, on which a filter was moved or a part was opened; `open` names the parts
/// that stand open. What the page has shown since it was opened counts once.
pub async fn moved(
    call: &Call,
    id: &DashboardId,
    query: Vec<(String, String)>,
    open: &[String],
) -> Result<DashboardView> {
    let Call { ctx, viewer, .. } = call;
    let (view, options) = draw(call, id, query).await?;
    let shown = options.into_iter().chain(shown::tables(&view.elements, Open::Named(open))).collect();
    ctx.readings.moved(viewer.id, id.as_str(), shown, call.now());
    Ok(view)
}

/// The view, and the tables behind the options of its filters.
async fn draw(
    call: &Call,
    id: &DashboardId,
    query: Vec<(String, String)>,
) -> Result<(DashboardView, BTreeSet<String>)> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = ctx.snapshot_now().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let mut opened = open(ctx, &rights, &snapshot, id)?;
    let tables = run::describe(ctx, &opened.tables).await;
    let today = call.now().date_naive();
    let answers = run::run(ctx, &opened.dashboard, &tables, &query, today).await;
    Rights::still_hold(ctx, viewer, &opened.tables).await?;
    let tell = |error: &LakeError| in_words(&snapshot, &rights, &opened, error);
    let base = format!("/dashboards/{id}");
    let barred = |error: &LakeError| barred(&opened, error).map(str::to_owned);
    let failed = answers.results.iter().filter_map(|(key, outcome)| Some((key, outcome.as_ref().err()?)));
    let queries: Vec<_> =
        failed.filter_map(|(key, error)| Some((key.name.as_str(), barred(error)?))).collect();
    let failed = answers.options.iter().filter_map(|(name, values)| Some((name, values.as_ref().err()?)));
    let filters: Vec<_> = failed.filter_map(|(name, error)| Some((name, barred(error)?))).collect();
    let lacking_queries: BTreeSet<&str> = queries.iter().map(|(name, _)| *name).collect();
    let hollow = plan::hollow(&opened.dashboard, &lacking_queries);
    let mut view = render::render(&render::Input {
        dashboard: &opened.dashboard,
        base: &base,
        params: &answers.params,
        turned: &turned::Turned::from_query(&opened.dashboard, &query),
        results: &told(&answers.results, tell, Arc::clone),
        options: &told(&answers.options, tell, |answer| plan::option_values(answer)),
        without: &hollow,
    });
    view.filters.retain(|filter| filters.iter().all(|(name, _)| **name != filter.name));
    if !hollow.is_empty() && !shown::any_figures(&view.elements) {
        // Neither the words around the figures nor the filters say anything then.
        view.elements.clear();
        view.filters.clear();
    }
    let needed: BTreeSet<&String> =
        queries.iter().map(|(_, table)| table).chain(filters.iter().map(|(_, table)| table)).collect();
    let partly = opened.tables.iter().map(|open| &open.table().name).filter(|name| needed.contains(name));
    let partly: Vec<_> = partly.map(|name| lacking(&snapshot, &rights, name, true)).collect();
    opened.missing.extend(partly);
    view.reads.retain(|table| !hidden(&snapshot, &rights, table));
    view.as_of = as_of(ctx, &snapshot, &rights, &tables).await?;
    view.missing = opened.missing;
    view.said = render::said(&view);
    let front = &opened.dashboard.front;
    view.way = match front.product.as_ref().and_then(|id| snapshot.products.get(id)) {
        Some(product) => snapshot.way_under(&rights, product),
        None => snapshot.way_in(front.domain.as_deref().unwrap_or_default()),
    };
    mark(&mut view, &snapshot, &rights, id, &opened.dashboard);
    let mut members = snapshot.members.values().flatten();
    if let Some(owner) = members.find(|member| member.email.eq_ignore_ascii_case(&view.owner)) {
        view.owner.clone_from(&owner.name);
    }
    let offered = view.filters.iter().filter_map(|filter| answers.options.get(&filter.name)?.as_ref().ok());
    let offered = offered.flat_map(|answer| answer.made_from()).map(str::to_owned).collect();
    Ok((view, offered))
}

/// Says whose a dashboard is, and whether the viewer may change its text and see its revisions. A text that names a table which
/// is hidden from them is not theirs to change.
fn mark(
    view: &mut DashboardView,
    snapshot: &Snapshot,
    rights: &Rights,
    id: &DashboardId,
    dashboard: &Dashboard,
) {
    let domain = domain_of(snapshot, id.as_str(), dashboard);
    view.domain = snapshot.domain(&domain);
    let (domain, from) = (DomainId(domain.clone()), Some(DomainId(domain)));
    let publish = PublishDocument { domain: domain.clone(), from };
    view.may_edit = policy::decide(rights.viewer(), &publish.into()).allowed
        && !dashboard.front.reads.iter().any(|table| hidden(snapshot, rights, table));
    view.sees_history = policy::decide(rights.viewer(), &SeeHistory { domain }.into()).allowed;
}

/// What is shown of outcomes, with their failures in words.
fn told<K: Ord + Clone, T>(
    outcomes: &BTreeMap<K, run::Outcome>,
    tell: impl Fn(&LakeError) -> String,
    show: impl Fn(&Arc<Frame>) -> T,
) -> BTreeMap<K, std::result::Result<T, String>> {
    let told = |outcome: &run::Outcome| outcome.as_ref().map(&show).map_err(&tell);
    outcomes.iter().map(|(key, outcome)| (key.clone(), told(outcome))).collect()
}

/// `As of 22 Nov 2026, 07:12 UTC, contract kept`: the oldest of its tables, the worst of their contracts.
/// Of a product whose details are hidden from the viewer, no contract counts.
async fn as_of(
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    tables: &[run::Table],
) -> Result<Option<String>> {
    let Some(oldest) = tables.iter().filter_map(|table| Some(table.info.as_ref()?.modified_at)).min() else {
        return Ok(None);
    };
    let on = |table: &run::Table| contracts::on_asset(snapshot, rights, &table.entitlement.table().name);
    let promised: Vec<_> = tables.iter().filter_map(on).collect();
    let mut tx = ctx.db.read().await?;
    let states = contracts::States::of(&mut tx, ctx, snapshot, rights, promised.iter().copied()).await?;
    let when = format!("As of {}", moment(oldest));
    Ok(Some(match states.worst(promised) {
        Some(state) => format!("{when}, {}", state.label().to_lowercase()),
        None => when,
    }))
}

/// The result behind a table or a chart of the dashboard, as a file name and CSV, in the order in which the table stands.
/// The name says where rows are left out.
pub async fn csv(
    call: &Call,
    id: &DashboardId,
    block: &str,
    query: Vec<(String, String)>,
) -> Result<(String, String)> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = ctx.snapshot_now().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let opened = open(ctx, &rights, &snapshot, id)?;
    let plan::Download { query: name, columns } =
        plan::download(&opened.dashboard, block).ok_or_else(|| Error::not_found("download"))?;
    let tables = run::describe(ctx, &opened.tables).await;
    let turn = turned::Turned::from_query(&opened.dashboard, &query).of(block);
    let today = call.now().date_naive();
    let outcome = run::download(ctx, &opened.dashboard, &tables, &query, name, today).await;
    Rights::still_hold(ctx, viewer, &opened.tables).await?;
    let frame = outcome
        .ok_or_else(|| Error::not_found("table"))?
        .map_err(|error| Error::conflict(in_words(&snapshot, &rights, &opened, &error)))?;
    ctx.readings.note(viewer.id, frame.made_from(), call.now());
    let cut = if frame.truncated { format!("-first-{}-rows", frame.rows()) } else { String::new() };
    let file = format!("{id}-{name}{cut}.csv");
    let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
    let write = move || as_csv(&frame, &columns, turn.sort.as_ref());
    Ok((file, FILES.run(call.party(), write).await?))
}

/// These columns of a frame (all of them where none is named) as CSV, in this order.
fn as_csv(frame: &Frame, columns: &[String], sort: Option<&turned::Sort>) -> String {
    let sorted = sort.map(|_| frame.pick(&render::order(frame, sort)));
    let frame = sorted.as_ref().unwrap_or(frame);
    if columns.is_empty() { frame.to_csv_headed(legible) } else { frame.only(columns).to_csv_headed(legible) }
}
