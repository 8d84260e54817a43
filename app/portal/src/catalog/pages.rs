//! The pages of a product and of an asset.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_frame::{Columns, LakeError, TableInfo};
use lakeport_model::access::HeldOn;
use lakeport_model::catalog::{
    Activity, AssetKind, AssetPage, ClosedColumns, HistoryEntry, InputPort, MOST_COMMITS, OfferedBy,
    OutputPort, ProductPage, SupportChannel, TableFacts, Visibility,
};
use lakeport_model::certify::Certifiable;
use lakeport_model::documents::{DocumentKind, RevisionLine};
use lakeport_model::follow::Followable;
use lakeport_model::people::{DomainRef, Role};
use lakeport_model::retire::Retirable;
use lakeport_model::usage::Used;
use lakeport_model::{AssetId, ContractId, DashboardId, DomainId, First, Page, PageRequest, ProductId};
use serde::{Deserialize, Serialize};

use super::looks::is_gone;
use super::{Asset, Port, Product, Rights, Sight, Snapshot, dashboards, unread};
use crate::beside::WORDS;
use crate::dashboards::format::safe_html;
use crate::policy::{self, Action, PublishDocument, SeeHistory, decide};
use crate::store::Tx;
use crate::store::access as grants;
use crate::store::announced;
use crate::store::revisions::{self, RevisionRow};
use crate::text::{legible, legible_lines};
use crate::{
    Call, Ctx, Error, Result, access, certify, contracts, documents, follow, glossary, retire, sharing, usage,
};

/// Most lines of what happened that a product's page shows.
const MOST_ACTIVITY: usize = 10;
/// Most announcements that are counted among them.
const MOST_ANNOUNCED: i64 = 100;

/// A product's page; of a restricted one only that it exists.
pub async fn product(call: &Call, id: &ProductId) -> Result<ProductPage> {
    let ctx = &call.ctx;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let product = snapshot
        .products
        .get(id.as_str())
        .filter(|product| rights.product_sight(product) != Sight::Hidden)
        .ok_or_else(|| {
            let knows = rights.knows_unread_product(&snapshot, id.as_str());
            if knows { Error::unread("data product") } else { Error::not_found("data product") }
        })?;
    let full = rights.product_sight(product) == Sight::Full;
    let document = &product.document;
    let terms = document.description.as_ref().filter(|_| full);
    let (mut tx, read_by) = usage::begin(call, Used::Product, id.as_str()).await?;
    let mut output_ports = offered(&mut tx, call, &snapshot, &rights, product).await?;
    let (consumers, consumer_domains) =
        if full { consumers(&mut tx, call, product).await? } else { (0, Vec::new()) };
    let ever_granted = full && grants::was_granted(&mut tx, &HeldOn::Product(id.clone())).await?;
    let (broken_inputs, nearest_sources) = if full {
        super::trust::broken_inputs(&mut tx, ctx, &snapshot, &rights, product).await?
    } else {
        (Vec::new(), None)
    };
    let sees_history = may(call, SeeHistory { domain: DomainId(product.domain.clone()) });
    let activity = if full {
        activity(&mut tx, &snapshot, &rights, product, sees_history).await?
    } else {
        First { items: Vec::new(), of: 0 }
    };
    let on = HeldOn::Product(id.clone());
    let sees_grants = access::sees_held(&mut tx, call, &product.domain, &on).await?;
    let follows = follow::follows(&mut tx, call, Followable::Product, id.as_str()).await?;
    let may_certify = certify::may_certify(&mut tx, call, &snapshot, &product.domain).await?;
    drop(tx);
    mark_gone(ctx, &snapshot, &mut output_ports).await;
    let input_ports = document.input_ports.iter().filter(|_| full).map(|port| InputPort {
        name: port.name.clone(),
        asset: port
            .asset()
            .and_then(|id| snapshot.assets.get(id))
            .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
            .map(Asset::reference),
    });
    Ok(ProductPage {
        id: id.clone(),
        way: snapshot.way_in(&product.domain),
        name: product.name.clone(),
        domain: snapshot.domain(&product.domain),
        status: document.status.clone().unwrap_or_else(|| "active".to_owned()),
        version: document.version.clone(),
        visibility: product.visibility,
        details_hidden: !full,
        purpose: terms.and_then(|terms| terms.purpose.clone()),
        limitations: terms.and_then(|terms| terms.limitations.clone()),
        usage: terms.and_then(|terms| terms.usage.clone()),
        tags: if full { document.tags.clone() } else { Vec::new() },
        owners: snapshot.owners(&product.domain),
        in_place_of_owners: access::in_place_of_owners(&snapshot, &product.domain),
        support: document
            .support
            .iter()
            .map(|support| SupportChannel { name: support.channel.clone(), url: support.url.clone() })
            .collect(),
        input_ports: input_ports.collect(),
        broken_inputs,
        nearest_sources,
        output_ports,
        consumers,
        ever_granted,
        consumer_domains,
        dashboards: dashboards::of_product(&snapshot, &rights, id.as_str()),
        terms: glossary::of_product(call, id),
        activity,
        sees_grants,
        is_own: owns(call, &product.domain),
        may_edit: may_edit(call, &product.domain),
        may_propose: full && may_propose(call, Retirable::Product, id.as_str(), &product.domain),
        sees_history,
        retirement: retire::retirement(&snapshot, &rights, Retirable::Product, id.as_str(), full),
        may_retire: full && may_edit(call, &product.domain),
        certification: certify::certification(&snapshot, &rights, Certifiable::Product, id.as_str(), full),
        may_certify: full && may_certify,
        follows,
        read_by,
    })
}

/// What a product offers; of one whose details the viewer does not see, only the names.
async fn offered(
    tx: &mut Tx,
    call: &Call,
    snapshot: &Snapshot,
    rights: &Rights,
    product: &Product,
) -> Result<Vec<OutputPort>> {
    let (ctx, full) = (&call.ctx, rights.product_sight(product) == Sight::Full);
    let mut output_ports = Vec::new();
    for port in &product.ports {
        let asset = port.asset.as_ref().and_then(|id| snapshot.assets.get(id));
        // How sensitive it is, nobody can say then.
        let is_unread = port.asset.as_ref().is_some_and(|id| snapshot.unread_of("asset", id).is_some());
        let named = port.contract.as_ref().filter(|_| full);
        let unread_contract = named.filter(|id| snapshot.unread_of("contract", id).is_some());
        let contract = match named.and_then(|id| snapshot.contracts.get(id)) {
            Some(contract) => Some(contracts::summary(tx, ctx, snapshot, rights, contract).await?),
            None => None,
        };
        let standing = rights.standing(snapshot, asset, Some(port));
        let standing = access::as_told(tx, ctx, call.now(), snapshot, standing).await?;
        output_ports.push(OutputPort {
            id: port.id.clone(),
            name: port.name.clone(),
            description: if full { port.description.clone() } else { String::new() },
            asset: asset.filter(|_| full).map(Asset::reference),
            classification: (full && !is_unread).then_some(port.classification),
            contract,
            unread_contract: unread_contract.map(|id| ContractId(id.clone())),
            access: standing,
            is_gone: false,
        });
    }
    Ok(output_ports)
}

/// True where the viewer may do this.
fn may(call: &Call, action: impl Into<Action>) -> bool {
    decide(&call.viewer, &action.into()).allowed
}

/// True where the viewer may publish a text that leaves something in its domain.
fn may_edit(call: &Call, domain: &str) -> bool {
    let domain = DomainId(domain.to_owned());
    may(call, PublishDocument { domain: domain.clone(), from: Some(domain) })
}

/// True where the viewer may propose a change of something of this domain.
fn may_propose(call: &Call, kind: Retirable, id: &str, domain: &str) -> bool {
    let today = call.rights().today();
    policy::proposes(&call.viewer, &domain.into()) && !call.snapshot().is_retired(kind, id, today)
}

/// True where the viewer may write a contract for a table that has none.
fn may_write_contract(call: &Call, snapshot: &Snapshot, asset: &Asset) -> bool {
    asset.kind == AssetKind::Table
        && may_edit(call, &asset.domain)
        && snapshot.contracts_on(asset).is_empty()
        && snapshot.offers(&asset.id).all(|(_, port)| port.contract.is_none())
}

/// True where the viewer may begin a dashboard of a table of their domain.
fn may_begin_dashboard(call: &Call, snapshot: &Snapshot, asset: &Asset) -> bool {
    may_edit(call, &asset.domain) && documents::may_begin_dashboard(snapshot, &call.rights(), asset)
}

/// The newest revision of an asset, for those who may see its history.
async fn newest(
    tx: &mut Tx,
    call: &Call,
    snapshot: &Snapshot,
    asset: &Asset,
) -> Result<Option<RevisionLine>> {
    if !may(call, SeeHistory { domain: DomainId(asset.domain.clone()) }) {
        return Ok(None);
    }
    let newest = revisions::newest_of(tx, DocumentKind::Asset, &asset.id).await?;
    Ok(newest.map(|row| documents::line(snapshot, row)))
}

/// True where the viewer is an owner of the domain.
pub(super) fn owns(call: &Call, domain: &str) -> bool {
    call.viewer.is(Role::Owner, &DomainId(domain.to_owned()))
}

/// Marks the ports that the viewer could open if their tables were there, as the pages of these tables say it.
async fn mark_gone(ctx: &Ctx, snapshot: &Snapshot, ports: &mut [OutputPort]) {
    let table = |port: &OutputPort| {
        let asset = port.asset.as_ref().filter(|_| port.access.may_read())?;
        snapshot.table(ctx, asset.id.as_str())
    };
    let gone = ctx.gone(ports.iter().filter_map(table)).await;
    for port in ports {
        port.is_gone = port.asset.as_ref().is_some_and(|asset| gone.contains(asset.id.as_str()));
    }
}

/// How many read the product now, and from which domains.
async fn consumers(tx: &mut Tx, call: &Call, product: &Product) -> Result<(u32, Vec<String>)> {
    let (snapshot, today) = (call.snapshot(), call.now().date_naive());
    let (people, domains) = grants::consumers(tx, &product.id, today).await?;
    let domains: BTreeSet<String> = domains.iter().map(|domain| snapshot.domain_name(domain)).collect();
    Ok((u32::try_from(people).unwrap_or(u32::MAX), domains.into_iter().collect()))
}

/// What happened lately; its revisions are for those who see its history.
async fn activity(
    tx: &mut Tx,
    snapshot: &Snapshot,
    rights: &Rights,
    product: &Product,
    sees_history: bool,
) -> Result<First<Activity>> {
    let revisions = if sees_history {
        let most = i64::try_from(MOST_ACTIVITY).unwrap_or(i64::MAX);
        revisions::before(tx, DocumentKind::Product, &product.id, i64::MAX, most).await?
    } else {
        Vec::new()
    };
    // They count from 1 without a gap.
    let older = revisions.last().map_or(0, |oldest| oldest.number.saturating_sub(1));
    let mut lines: Vec<_> = revisions.into_iter().map(|row| published(snapshot, row)).collect();
    // The first revision says it already to whoever sees revisions.
    if lines.is_empty() {
        let text = "The product was published here".to_owned();
        lines.push(Activity { at: product.created_at, text, revision: None });
    }
    let said = announced::of(tx, "product", &product.id, MOST_ANNOUNCED).await?;
    lines.extend(
        said.iter()
            .filter_map(|row| Some(Activity { at: row.at, text: follow::announced(row)?, revision: None })),
    );
    for id in product.ports.iter().filter_map(|port| port.contract.as_ref()) {
        let Some(contract) = snapshot.contracts.get(id) else { continue };
        lines.extend(contract.versions.iter().map(|version| Activity {
            at: version.published_at,
            text: format!("Version {} of the contract {} was published", version.version, contract.name),
            revision: None,
        }));
        if let Some(run) = contracts::last(tx, snapshot, rights, contract).await? {
            let text = format!("Checks of {}: {}", contract.name, run.state.label().to_lowercase());
            lines.push(Activity { at: run.at, text, revision: None });
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    let shown = First::cut(lines, MOST_ACTIVITY);
    Ok(First { of: shown.of.saturating_add(older), ..shown })
}

/// A revision as a line of what happened.
fn published(snapshot: &Snapshot, row: RevisionRow) -> Activity {
    let who = row.who(|id| snapshot.names.of(id));
    let text = if row.reason.is_empty() { who } else { format!("{who}: {}", row.reason) };
    Activity { at: row.at, text, revision: Some(row.number) }
}

/// An asset's page.
pub async fn asset(call: &Call, id: &AssetId) -> Result<AssetPage> {
    let ctx = &call.ctx;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let asset = snapshot
        .assets
        .get(id.as_str())
        .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| rights.no_asset(&snapshot, id.as_str()))?;
    let full = snapshot.sight(&rights, asset) == Sight::Full;
    let offers = snapshot.offers_to(&rights, &asset.id);
    // Which of them offers it, nobody can say then.
    let may_offer = || unread::products_in(&snapshot, &rights, &asset.domain);
    let unread_products = offers.is_empty().then(may_offer).flatten();
    let (mut tx, read_by) = usage::begin(call, Used::Asset, id.as_str()).await?;
    let contract = match contracts::on_asset(&snapshot, &rights, &asset.id) {
        Some(contract) => Some(contracts::summary(&mut tx, ctx, &snapshot, &rights, contract).await?),
        None => None,
    };
    let standing = rights.standing(&snapshot, Some(asset), offers.first().map(|(_, port)| *port));
    let standing = access::as_told(&mut tx, ctx, call.now(), &snapshot, standing).await?;
    let on = HeldOn::Asset(id.clone());
    let sees_grants = access::sees_held(&mut tx, call, &asset.domain, &on).await?;
    let newest = newest(&mut tx, call, &snapshot, asset).await?;
    let follows = follow::follows(&mut tx, call, Followable::Asset, id.as_str()).await?;
    let may_certify = certify::may_certify(&mut tx, call, &snapshot, &asset.domain).await?;
    drop(tx);
    let written = if full { asset.description.clone() } else { String::new() };
    let about = WORDS.run(call.party(), move || safe_html(&written).0).await?;
    let table = snapshot.table(ctx, &asset.id).filter(|_| full);
    let described = match &table {
        Some(table) => {
            let tells_who = may(call, SeeHistory { domain: DomainId(asset.domain.clone()) });
            Some(describe(ctx, table, tells_who).await)
        }
        None => None,
    };
    let columns = asset.columns.iter().filter(|_| full);
    let mut columns = columns.map(|column| column.described()).collect();
    if let Some(Ok((info, _))) = &described {
        mark_drift(&mut columns, info);
    }
    let is_gone = described.as_ref().is_some_and(is_gone);
    let info = described.as_ref().and_then(|described| described.as_ref().ok()).map(|(info, _)| info);
    let requestable = offers.first().is_some_and(|(_, port)| rights.may_request_the_rest(&snapshot, port));
    let is_dashboard = snapshot.is_own_dashboard(asset);
    let closed = rights.opens_of(&snapshot, asset).zip(info);
    let closed = closed.and_then(|(open, info)| closed_columns(&open.columns, info, requestable));
    Ok(AssetPage {
        id: id.clone(),
        way: snapshot.way_to(&rights, asset),
        name: asset.title.clone(),
        namespace: full.then(|| asset.namespace.clone()),
        address: full.then(|| format!("{} {}", asset.namespace, asset.name)),
        kind: asset.kind,
        layer: asset.layer,
        domain: snapshot.domain(&asset.domain),
        owners: snapshot.owners(&asset.domain),
        in_place_of_owners: access::in_place_of_owners(&snapshot, &asset.domain),
        platform: asset.platform.clone().filter(|_| full),
        about,
        tags: if full { asset.tags.clone() } else { Vec::new() },
        classification: full.then_some(asset.classification),
        columns,
        terms: glossary::of_column(call, id),
        column_terms: glossary::by_column(call, id),
        details_hidden: !full,
        offered_by: offered_by(&offers),
        unread_products,
        contract,
        unread_contract: contracts::unread_on_asset(&snapshot, &rights, &asset.id),
        sees_grants,
        is_own: owns(call, &asset.domain),
        may_edit: may_edit(call, &asset.domain),
        may_propose: full && !is_dashboard && may_propose(call, Retirable::Asset, id.as_str(), &asset.domain),
        may_write_contract: full && may_write_contract(call, &snapshot, asset),
        may_begin_dashboard: full && may_begin_dashboard(call, &snapshot, asset),
        newest,
        snippets: if standing.may_read() && !is_gone {
            table.as_ref().map(sharing::snippets).unwrap_or_default()
        } else {
            Vec::new()
        },
        access: standing,
        closed,
        opens_here: asset.opens_here(),
        is_gone,
        table: described.map(|described| match described {
            Ok((_, facts)) => Ok(facts),
            Err(error) => Err(error.message().to_owned()),
        }),
        retirement: retire::retirement(&snapshot, &rights, Retirable::Asset, id.as_str(), full),
        may_retire: full && may_edit(call, &asset.domain) && !snapshot.is_own_dashboard(asset),
        certification: certify::certification(&snapshot, &rights, Certifiable::Asset, id.as_str(), full),
        may_certify: full && may_certify && !snapshot.is_own_dashboard(asset),
        follows,
        read_by,
    })
}

/// Products with their ports as pages name what offers something.
pub(super) fn offered_by(offers: &[(&Product, &Port)]) -> Vec<OfferedBy> {
    let offer = |(product, port): &(&Product, &Port)| OfferedBy {
        product: ProductId(product.id.clone()),
        name: product.name.clone(),
        port: port.id.clone(),
    };
    offers.iter().map(offer).collect()
}

/// What the log says of a table; who wrote it, for those who see who changes things in its domain.
async fn describe(
    ctx: &Ctx,
    table: &lakeport_frame::TableRef,
    tells_who: bool,
) -> std::result::Result<(TableInfo, TableFacts), LakeError> {
    let info = ctx.look(table).await?;
    let history = ctx.lake.history(table, MOST_COMMITS).await?;
    let facts = TableFacts {
        version: info.version,
        modified_at: info.modified_at,
        rows: info.rows,
        files: info.files,
        bytes: info.bytes,
        partition_columns: info.partition_columns.iter().map(|name| legible(name)).collect(),
        history: history
            .into_iter()
            .map(|entry| HistoryEntry {
                version: entry.version,
                committed_at: entry.committed_at,
                operation: legible(&entry.operation),
                rows_added: entry.rows_added,
                rows_removed: entry.rows_removed,
                files_added: entry.files_added,
                files_removed: entry.files_removed,
                by: entry
                    .by
                    .iter()
                    .filter(|_| tells_who)
                    .chain(&entry.program)
                    .map(|name| legible(name))
                    .collect(),
                changes: entry.changes.iter().map(|change| legible(change)).collect(),
            })
            .collect(),
    };
    Ok((info, facts))
}

/// The columns of the real table that are not among the open ones.
fn closed_columns(open: &Columns, info: &TableInfo, requestable: bool) -> Option<ClosedColumns> {
    let count = info.columns.iter().filter(|column| !open.contain(&column.name)).count();
    (count > 0).then(|| ClosedColumns { count: u32::try_from(count).unwrap_or(u32::MAX), requestable })
}

/// Says where the description and the real table differ: a column that is gone, or one nobody described.
pub(super) fn mark_drift(columns: &mut Vec<lakeport_model::catalog::Column>, info: &TableInfo) {
    let real: BTreeSet<&str> = info.columns.iter().map(|real| real.name.as_str()).collect();
    let described: BTreeSet<String> = columns.iter().map(|column| column.name.clone()).collect();
    for column in columns.iter_mut().filter(|column| !real.contains(column.name.as_str())) {
        column.drift = Some("not in the table".to_owned());
    }
    for real in &info.columns {
        if !described.contains(&real.name) {
            columns.push(lakeport_model::catalog::Column {
                name: legible(&real.name),
                data_type: legible(&real.data_type),
                description: real.comment.as_deref().map(legible_lines).unwrap_or_default(),
                classification: lakeport_model::catalog::Classification::Internal,
                tags: Vec::new(),
                drift: Some("in the table, not described".to_owned()),
            });
        }
    }
}

/// A product in a list, as `/api/v1/products` answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductLine {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: DomainRef,
    /// Who sees it.
    pub visibility: Visibility,
    /// What it is for; empty where the viewer sees only that it exists.
    pub purpose: String,
    /// The last day on which it is certified; `None` where the viewer sees only that it exists.
    pub certified_until: Option<NaiveDate>,
    /// When the portal first saw it.
    pub published_at: DateTime<Utc>,
    /// Dashboards of the product.
    pub dashboards: Vec<DashboardId>,
}

/// Products the viewer may see, by id.
pub async fn products(call: &Call, request: PageRequest) -> Result<Page<ProductLine>> {
    let snapshot = call.snapshot();
    let rights = call.rights();
    let limit = request.limit.clamp(1, 200);
    let after = request.after.unwrap_or_default();
    let next = snapshot.products.after(&after);
    let visible = next.filter(|product| {
        rights.product_sight(product) != Sight::Hidden
            && !snapshot.is_retired(Retirable::Product, &product.id, rights.today())
    });
    let line = |product: &Product| {
        let full = rights.product_sight(product) == Sight::Full;
        let terms = product.document.description.as_ref().filter(|_| full);
        let own = dashboards::of_product(&snapshot, &rights, &product.id);
        let certified = snapshot.certification(Certifiable::Product, &product.id, rights.today());
        ProductLine {
            id: ProductId(product.id.clone()),
            name: product.name.clone(),
            domain: snapshot.domain(&product.domain),
            visibility: product.visibility,
            purpose: terms.and_then(|terms| terms.purpose.clone()).unwrap_or_default(),
            certified_until: certified.filter(|_| full).map(|certified| certified.until),
            published_at: product.created_at,
            dashboards: own.into_iter().map(|dashboard| dashboard.id).collect(),
        }
    };
    let lines = visible.take(limit as usize + 1).map(line).collect();
    Ok(Page::cut(lines, limit, |line: &ProductLine| line.id.to_string()))
}
