//! A contract's page, from its document and its checks.

use lakeport_model::contracts::{
    CheckState, ContractColumn, ContractObject, ContractPage, ContractVersion, ServiceLevel, Subscription,
    VersionChange,
};
use lakeport_model::people::Role;
use lakeport_model::{ContractId, DomainId};

use super::compare::{ChangeKind, compare};
use super::told::Told;
use crate::catalog::{Asset, Contract, ContractVersion as Version, Product, Rights, Sight, Snapshot};
use crate::people;
use crate::policy::{PublishDocument, RunChecks, SeeHistory, decide};
use crate::standards::bitol::TeamMember;
use crate::standards::odcs::{self, Property, SchemaObject, words};
use crate::store::contracts as store;
use crate::{Call, Error, Result, retire};

const TREND: i64 = 30;

/// The product under this contract whose details the viewer sees.
fn product_of<'a>(snapshot: &'a Snapshot, rights: &Rights, contract: &str) -> Option<&'a Product> {
    snapshot.products_under(contract).find(|product| rights.product_sight(product) == Sight::Full)
}

/// True where somebody may know of a contract that is there and cannot be read: they see the details of a product under it.
pub(crate) fn knows_unread(snapshot: &Snapshot, rights: &Rights, contract: &str) -> bool {
    snapshot.unread_of("contract", contract).is_some() && product_of(snapshot, rights, contract).is_some()
}

/// The contract, for somebody who sees the details of a product it belongs to; one of no product is its domain's own.
pub(crate) fn visible<'a>(snapshot: &'a Snapshot, rights: &Rights, id: &ContractId) -> Result<&'a Contract> {
    let own = |contract: &Contract| rights.viewer().is(Role::Member, &DomainId(snapshot.domain_of(contract)));
    let offered = || product_of(snapshot, rights, id.as_str()).is_some();
    match snapshot.contracts.get(id.as_str()) {
        Some(contract) if offered() || own(contract) => Ok(contract),
        None if knows_unread(snapshot, rights, id.as_str()) => Err(Error::unread("contract")),
        _ if is_of_unread_product(snapshot, rights, id) => Err(Error::of_unread_product("contract")),
        _ => Err(Error::not_found("contract")),
    }
}

/// True where a contract is on data that somebody holds under a product that cannot be read: whether it is theirs to open,
/// that product alone would say.
fn is_of_unread_product(snapshot: &Snapshot, rights: &Rights, id: &ContractId) -> bool {
    let Some(contract) = snapshot.contracts.get(id.as_str()) else { return false };
    let objects = &contract.newest().document.schema;
    let is_on = |asset: &String| objects.iter().any(|object| object.asset() == asset.as_str());
    rights.grants().iter().any(|grant| {
        grant.asset.as_ref().is_some_and(is_on) && rights.knows_unread_product(snapshot, &grant.product)
    })
}

/// A contract's page in its newest version, or in the one asked for.
pub async fn contract(call: &Call, id: &ContractId, version: Option<String>) -> Result<ContractPage> {
    let ctx = &call.ctx;
    // It tells figures of runs: what was hidden, and what right ended, while this waited for the newest state counts.
    let snapshot = ctx.snapshot_now().await?;
    let mut tx = ctx.db.read().await?;
    let viewer = people::again(&mut tx, &call.viewer).await?.ok_or_else(|| Error::not_found("contract"))?;
    let rights = Rights::in_tx(&mut tx, ctx.now(), &viewer).await?;
    let contract = visible(&snapshot, &rights, id)?;
    let shown = match &version {
        Some(wanted) => contract.versions.iter().find(|version| version.version == *wanted),
        None => Some(contract.newest()),
    };
    let shown = shown.ok_or_else(|| Error::not_found("version of this contract"))?;
    let document = &shown.document;
    let terms = document.description.as_ref();
    let domain = snapshot.domain_of(contract);
    let told = Told::of(&rights, &snapshot, contract);
    let last_run = super::last_of(&mut tx, contract, shown).await?.map(|run| told.show(run));
    let run = last_run.as_ref().map(|(run, _)| run);
    let mut summary = super::summary_of(ctx, &snapshot, contract, shown, run);
    let replaced_by = replaced_by(contract, shown);
    let not_in_force = contract.not_in_force();
    let is_in_force = not_in_force.is_none() && super::is_in_force(contract, shown);
    let held = store::subscription_of(&mut tx, viewer.id, id.as_str()).await?;
    let check = RunChecks {
        domain: DomainId(domain.clone()),
        subscriber: held.is_some(),
        told: super::check::is_told(ctx, &snapshot, contract, &told),
    };
    let publish = PublishDocument { domain: check.domain.clone(), from: Some(check.domain.clone()) };
    let history = SeeHistory { domain: check.domain.clone() };
    // Runs of whichever version: they lead up to how the one in force stands, and to no other.
    let mut trend = if is_in_force && told.every_result() {
        store::states(&mut tx, id.as_str(), TREND).await?
    } else {
        Vec::new()
    };
    trend.reverse();
    let way = match product_of(&snapshot, &rights, &contract.id) {
        Some(product) => snapshot.way_under(&rights, product),
        None => snapshot.way_in(&domain),
    };
    let newest_measured = super::check::checkable(ctx, &snapshot, contract);
    let closed = retire::closed_contract(&snapshot, contract, rights.today());
    let may_subscribe = not_in_force.is_none()
        && closed.is_none()
        && !contract.newest().document.is_withdrawn()
        && held.as_ref().is_none_or(|held| held.version != summary.version);
    summary.worst = summary.worst.filter(|_| replaced_by.is_none());
    if not_in_force.is_some() {
        summary.state = CheckState::Unchecked;
        summary.worst = not_in_force;
    }
    let today = call.now().date_naive();
    Ok(ContractPage {
        measured: is_in_force && newest_measured,
        newest_measured,
        unread: super::check::unread(&snapshot, contract),
        figures_hidden: last_run.as_ref().is_some_and(|(_, hidden)| *hidden),
        last_run: last_run.map(|(run, _)| run),
        subscribers: u32::try_from(store::subscribers(&mut tx, id.as_str()).await?).unwrap_or(0),
        may_check: decide(&viewer, &check.into()).allowed,
        may_subscribe,
        closed,
        subscription: held.map(|held| Subscription {
            id: held.id,
            contract: id.clone(),
            contract_name: contract.name.clone(),
            version: held.version,
            purpose: held.purpose,
            since: held.created_at,
        }),
        summary,
        domain: snapshot.domain(&domain),
        product: way.product.clone(),
        way,
        purpose: terms.and_then(|terms| terms.purpose.clone()),
        limitations: terms.and_then(|terms| terms.limitations.clone()),
        usage: terms.and_then(|terms| terms.usage.clone()),
        objects: document.schema.iter().map(|object| shown_object(&snapshot, &rights, object)).collect(),
        service_levels: document.sla_properties.iter().map(service_level).collect(),
        not_carried_out: document.not_carried_out(),
        team: document.team_members().iter().map(team_member).collect(),
        support: document
            .support
            .iter()
            .map(|support| lakeport_model::catalog::SupportChannel {
                name: support.channel.clone(),
                url: support.url.clone(),
            })
            .collect(),
        price: document.price.as_ref().and_then(price),
        versions: versions(contract),
        shown_version: shown.version.clone(),
        replaced_by,
        last_day: document.last_day().map(|day| (day, day < today)),
        trend,
        document: shown.text.clone(),
        may_edit: decide(&viewer, &publish.into()).allowed,
        sees_history: decide(&viewer, &history.into()).allowed,
    })
}

/// The version that took the place of one of a contract's; a draft has no place that could be taken.
fn replaced_by(contract: &Contract, version: &Version) -> Option<String> {
    let newest = &contract.newest().version;
    (!version.document.is_draft() && version.version != *newest).then(|| newest.clone())
}

/// All versions, newest first, each with what changed since the one before.
fn versions(contract: &Contract) -> Vec<ContractVersion> {
    let before = std::iter::once(None).chain(contract.versions.iter().map(Some));
    let line = |(before, version): (Option<&Version>, &Version)| {
        let changes =
            before.map(|before| compare(&before.document, &version.document).changes).unwrap_or_default();
        ContractVersion {
            version: version.version.clone(),
            status: version.document.status.clone().unwrap_or_else(|| "active".to_owned()),
            published_at: version.published_at,
            changes: changes
                .into_iter()
                .map(|change| VersionChange {
                    breaking: change.kind == ChangeKind::Breaking,
                    text: format!("{} {}", change.what, change.why),
                })
                .collect(),
        }
    };
    let mut versions: Vec<_> = before.zip(&contract.versions).map(line).collect();
    versions.reverse();
    versions
}

fn shown_object(snapshot: &Snapshot, rights: &Rights, object: &SchemaObject) -> ContractObject {
    let asset =
        snapshot.assets.get(object.asset()).filter(|asset| snapshot.sight(rights, asset) != Sight::Hidden);
    let mut columns = Vec::new();
    add_columns("", &object.properties, &mut columns);
    ContractObject {
        name: object.business_name.clone().unwrap_or_else(|| object.name.clone()),
        description: object.description.clone().unwrap_or_default(),
        asset: asset.map(Asset::reference),
        columns,
        quality: object.quality.iter().map(odcs::QualityRule::title).collect(),
    }
}

/// The elements of a schema with what is nested in them, named with dots.
pub(super) fn add_columns(prefix: &str, properties: &[Property], columns: &mut Vec<ContractColumn>) {
    for property in properties {
        let name = format!("{prefix}{}", property.name());
        let logical = property.logical_type.map(|logical| logical.as_str().to_owned());
        columns.push(ContractColumn {
            data_type: property.physical_type.clone().or(logical).unwrap_or_default(),
            description: property.description.clone().unwrap_or_default(),
            required: property.is_required(),
            unique: property.is_unique(),
            primary_key: property.is_primary_key(),
            classification: property.classification.clone(),
            quality: property.quality.iter().map(odcs::QualityRule::title).collect(),
            name: name.clone(),
        });
        add_columns(&format!("{name}."), &property.properties, columns);
    }
}

fn team_member(member: &TeamMember) -> String {
    let name = member.name.as_deref().or(member.username.as_deref()).unwrap_or_default();
    member.role.as_ref().map_or_else(|| name.to_owned(), |role| format!("{name}, {role}"))
}

fn service_level(level: &odcs::SlaProperty) -> ServiceLevel {
    ServiceLevel {
        property: words::level(&level.property),
        value: words::amount(&level.value.to_string(), level.unit.as_deref()),
        element: level.element.clone(),
    }
}

fn price(price: &odcs::Price) -> Option<String> {
    let amount = price.price_amount.as_ref()?;
    let currency = price.price_currency.as_deref().unwrap_or_default();
    let unit = price.price_unit.as_ref().map(|unit| format!(" per {unit}")).unwrap_or_default();
    Some(format!("{amount} {currency}{unit}"))
}
