//! Writing what was read, noting what is new and what changed.

use std::collections::BTreeMap;

use lakeport_model::catalog::{Classification, Column};
use lakeport_model::people::Role;
use uuid::Uuid;

use super::documents::Documents;
use super::privileges;
use super::{ImportError, ImportReport, SourceFile, foreign, places, twins};
use crate::audit;
use crate::catalog::load;
use crate::contracts::compare::{Bump, compare, version_problem};
use crate::people::administrators;
use crate::people::members::{Settled, settle};
use crate::standards::FileError;
use crate::standards::mesh::{Asset, Assets, Domain, People};
use crate::standards::odcs::Contract;
use crate::standards::odps::{DataProduct, Visibility};
use crate::store::Tx;
use crate::store::catalog::{self as store, AssetRow, DomainRow, VersionRow};
use crate::store::lineage as edges;
use crate::store::people::{self, Person};
use crate::text::Look;
use crate::{Ctx, Error, Result, lineage};

/// Lineage events that are kept together.
const EVENTS_AT_ONCE: usize = 1_000;

pub(super) async fn all(
    tx: &mut Tx,
    ctx: &Ctx,
    documents: Documents,
    report: &mut ImportReport,
) -> std::result::Result<(), ImportError> {
    let accounts = audit::looks_of_accounts(tx).await?;
    for (people, _) in &documents.people {
        persons(tx, ctx, people, &accounts, report).await?;
    }
    twins::refuse(tx, &documents.people, report).await?;
    domains(tx, documents.domains, report).await?;
    assets(tx, ctx, &documents.assets, report).await?;
    let held: BTreeMap<_, _> =
        store::products(tx).await?.into_iter().map(|row| (row.id, row.document)).collect();
    let mut opened = Vec::new();
    for (product, file) in &documents.products {
        report.note("product", &product.id, held.get(&product.id).map(|held| *held == file.text));
        let domain = product.domain.as_deref().unwrap_or_default();
        if let Some(before) = held.get(&product.id) {
            let before = DataProduct::from_yaml(&product.id, before).map_err(Error::fault)?;
            report.privileges.extend(privileges::of_product(&before, product));
        } else if product.visibility() == Visibility::Open {
            opened.push(product.id.clone());
        }
        store::put_product(tx, &product.id, domain, &file.text, ctx.now()).await?;
    }
    report.privileges.extend(privileges::of_new("product.publish", &opened));
    contracts(tx, ctx, &documents.contracts, report).await?;
    let held: BTreeMap<_, _> =
        store::dashboards(tx).await?.into_iter().map(|row| (row.id, row.document)).collect();
    for (id, text) in documents.dashboards {
        report.note("dashboard", &id, held.get(&id).map(|held| *held == text));
        store::put_dashboard(tx, &id, &text, ctx.now()).await?;
    }
    let mut events = documents.events.into_iter();
    loop {
        let some: Vec<_> = events.by_ref().take(EVENTS_AT_ONCE).collect();
        if some.is_empty() {
            break;
        }
        for (id, new) in lineage::keep_events(tx, ctx, some).await? {
            report.note("lineage event", &id, (!new).then_some(true));
        }
    }
    warn_about_strangers(tx, report).await?;
    foreign::refuse_foreign_offers(tx).await?;
    let promised = load::promised(tx).await?;
    foreign::refuse_foreign_checks(&promised, &documents.contracts)?;
    foreign::refuse_foreign_contracts(&promised, &documents.products)?;
    places::refuse_shared_places(tx, ctx, &documents.assets, report).await
}

async fn persons(
    tx: &mut Tx,
    ctx: &Ctx,
    file: &People,
    accounts: &[(String, Look)],
    report: &mut ImportReport,
) -> Result<()> {
    for person in &file.people {
        let email = person.email.to_lowercase();
        let held = people::by_email(tx, &email).await?;
        let listed = person.is_administrator();
        // Whom the configuration of the serving process made one stays one: this may be another process's.
        let by_configuration =
            held.as_ref().is_some_and(|held| held.administrator && !held.listed_administrator);
        let administrator = listed || by_configuration || administrators::is_configured(ctx, &email);
        // Whoever has signed in is called as the sign-in service says.
        let name = match &held {
            Some(held) if held.issuer.is_some() => held.name.clone(),
            _ => person.name.clone(),
        };
        let look = Look::of(&name);
        if let Some((account, _)) = accounts.iter().find(|(_, account)| account.is_like(&look)) {
            report.warnings.push(format!(
                "person {email}: the service account \"{account}\" may be taken for {name}; revoke its token and make one \
                 under another name"
            ));
        }
        let same = held.as_ref().map(|held| {
            held.name == name
                && held.title == person.title
                && held.administrator == administrator
                && held.listed_administrator == listed
        });
        report.note("person", &email, same);
        let id = held.as_ref().map_or_else(Uuid::now_v7, |held| held.id);
        let row = Person {
            title: person.title.clone(),
            administrator,
            listed_administrator: listed,
            ..Person::new(id, email, name)
        };
        let before = held.as_ref().is_some_and(|held| held.administrator);
        report.privileges.extend(privileges::of_administrator(id, before, administrator));
        match held {
            Some(_) => people::update(tx, &row).await?,
            None => people::insert(tx, &row, ctx.now()).await?,
        }
    }
    Ok(())
}

async fn domains(tx: &mut Tx, files: Vec<Domain>, report: &mut ImportReport) -> Result<()> {
    let held: BTreeMap<_, _> =
        store::domains(tx).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let members = people::members_ever(tx).await?;
    for domain in files {
        let row = DomainRow {
            id: domain.id.clone(),
            name: domain.name,
            parent: domain.parent,
            description: domain.description,
        };
        let mut in_file: Vec<(Person, Role)> = Vec::new();
        for member in &domain.members {
            match people::by_email(tx, &member.email.to_lowercase()).await? {
                Some(person) => in_file.push((person, member.role.as_str().parse().map_err(Error::fault)?)),
                None => report.warnings.push(format!(
                    "domain {}: {} is in no people file and is left out",
                    domain.id, member.email
                )),
            }
        }
        let of_domain: Vec<_> = members.iter().filter(|member| member.domain == domain.id).cloned().collect();
        let removed = people::removals(tx, &domain.id).await?;
        let Settled { by_files: wanted, kept } = settle(&domain.id, &in_file, &of_domain, &removed)?;
        report.kept.extend(kept);
        for person in removed.iter().filter(|person| in_file.iter().all(|(named, _)| named.id != **person)) {
            people::forget_removal(tx, &domain.id, *person).await?;
        }
        let mut now: Vec<(Uuid, Role)> = of_domain
            .iter()
            .filter(|member| member.is_from_file())
            .filter_map(|member| member.role.parse().ok().map(|role| (member.person, role)))
            .collect();
        now.sort_unstable();
        report.note("domain", &domain.id, held.get(&domain.id).map(|held| *held == row && now == wanted));
        let roles = privileges::of_members(&domain.id, &members, &wanted)?;
        report.privileges.extend(roles.iter().map(privileges::of_role));
        report.roles.extend(roles);
        report.privileges.extend(privileges::of_domain(held.get(&domain.id), &row));
        store::put_domain(tx, &row).await?;
        people::set_members(tx, &domain.id, &wanted).await?;
    }
    Ok(())
}

async fn assets(
    tx: &mut Tx,
    ctx: &Ctx,
    files: &[(Assets, SourceFile)],
    report: &mut ImportReport,
) -> Result<()> {
    let held: BTreeMap<_, _> =
        store::assets(tx).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let mut opened = Vec::new();
    for (file, _) in files {
        for asset in &file.assets {
            let mut row = asset_row(file, asset, ctx)?;
            let before = held.get(&row.id);
            if let Some(before) = before {
                row.created_at = before.created_at;
            }
            let other = held.values().find(|other| {
                other.id != row.id && (&other.namespace, &other.name) == (&row.namespace, &row.name)
            });
            if let Some(other) = other.filter(|other| other.origin == "lineage") {
                // Events named it first; now that a file describes it, it goes by the file's id.
                edges::join(tx, &other.id, &row.id).await?;
                store::delete_asset(tx, &other.id).await?;
            } else if let Some(other) = other {
                return Err(Error::conflict(format!(
                    "Asset {} has the address of asset {} ({} {}). Give one of them another name.",
                    row.id, other.id, row.namespace, row.name
                )));
            }
            report.note("asset", &row.id, before.map(|before| *before == row));
            match before {
                Some(before) if *before != row => {
                    report.privileges.extend(privileges::of_asset(before, &row));
                }
                None if row.classification == Classification::Public.as_str() => opened.push(row.id.clone()),
                _ => {}
            }
            store::put_asset(tx, &row).await?;
        }
    }
    report.privileges.extend(privileges::of_new("asset.publish", &opened));
    Ok(())
}

fn asset_row(file: &Assets, asset: &Asset, ctx: &Ctx) -> Result<AssetRow> {
    let parse = |word: &str| word.parse::<Classification>().map_err(Error::fault);
    let default = match asset.classification {
        Some(classification) => parse(classification.as_str())?,
        None => Classification::Internal,
    };
    let mut columns = Vec::with_capacity(asset.columns.len());
    for column in &asset.columns {
        columns.push(Column {
            name: column.name.clone(),
            data_type: column.column_type.clone(),
            description: column.description.clone().unwrap_or_default(),
            classification: column.classification.map_or(Ok(default), |word| parse(word.as_str()))?,
            tags: column.tags.clone(),
            drift: None,
        });
    }
    let highest = columns.iter().map(|column| column.classification).max().unwrap_or(default);
    Ok(AssetRow {
        id: asset.id.clone(),
        kind: asset.kind.as_str().to_owned(),
        layer: asset.layer.map(|layer| layer.as_str().to_owned()),
        namespace: asset
            .namespace
            .clone()
            .or_else(|| file.namespace.clone())
            .unwrap_or_else(|| "lakehouse".to_owned()),
        name: asset.dataset_name().to_owned(),
        domain: asset.domain.clone().or_else(|| file.domain.clone()).unwrap_or_default(),
        description: asset.description.clone(),
        platform: asset.platform.clone(),
        location: asset.location.clone(),
        classification: highest.to_string(),
        tags: serde_json::to_string(&asset.tags).map_err(Error::fault)?,
        columns: serde_json::to_string(&columns).map_err(Error::fault)?,
        origin: "file".to_owned(),
        created_at: ctx.now(),
    })
}

/// Contracts keep every version they were imported with; versions are put in the order of their numbers.
async fn contracts(
    tx: &mut Tx,
    ctx: &Ctx,
    files: &[(Contract, SourceFile)],
    report: &mut ImportReport,
) -> std::result::Result<(), ImportError> {
    let mut rows: BTreeMap<String, Vec<VersionRow>> = BTreeMap::new();
    for row in store::contract_versions(tx).await? {
        rows.entry(row.contract.clone()).or_default().push(row);
    }
    let mut new = Vec::new();
    for published in files {
        let (contract, file) = published;
        let versions = rows.entry(contract.id.clone()).or_default();
        let label = format!("{} {}", contract.id, contract.version);
        if let Some(row) = versions.iter_mut().find(|row| row.version == contract.version) {
            report.note("contract", &label, Some(row.document == file.text));
            if row.document != file.text {
                let held = Contract::from_yaml(&row.contract, &row.document).map_err(Error::fault)?;
                refuse_other_promises(&held, contract)?;
                row.document.clone_from(&file.text);
                if held.is_draft() && !contract.is_draft() {
                    // Nobody could rely on it before: it is as good as new.
                    new.push(published);
                }
            }
        } else {
            report.note("contract", &label, None);
            versions.push(VersionRow {
                contract: contract.id.clone(),
                version: contract.version.clone(),
                document: file.text.clone(),
                published_at: ctx.now(),
            });
            new.push(published);
        }
    }
    refuse_hidden_breaks(&rows, &new, report)?;
    for versions in rows.values_mut() {
        versions.sort_by_key(|row| {
            (semver::Version::parse(row.version.trim_start_matches('v')).ok(), row.published_at)
        });
        for (place, row) in (0i64..).zip(versions.iter()) {
            store::put_version(tx, row, place).await?;
        }
    }
    Ok(())
}

/// A version that somebody may have accepted keeps its promises; only its words may be corrected. Nor does it become a
/// draft, whose promises are nobody's.
fn refuse_other_promises(held: &Contract, new: &Contract) -> Result<()> {
    if held.is_draft() {
        return Ok(());
    }
    if new.is_draft() {
        return Err(Error::conflict(format!(
            "Contract {} {} is published, and people rely on it: it does not become a draft again. Give the draft a new \
             version.",
            held.id, held.version
        )));
    }
    let comparison = compare(held, new);
    if comparison.required_bump < Bump::Minor {
        return Ok(());
    }
    let what: Vec<&str> = comparison
        .changes
        .iter()
        .filter(|change| change.bump >= Bump::Minor)
        .map(|change| change.what.as_str())
        .collect();
    Err(Error::conflict(format!(
        "Contract {} {} is published, and people rely on its words. {} Give the changed contract a new version.",
        held.id,
        held.version,
        what.join(" ")
    )))
}

/// A version that breaks promises says so by its number: whoever relies on the one before it would not notice. Other
/// numbers that do not follow are advice, and so is everything about drafts, on which nobody relies.
fn refuse_hidden_breaks(
    held: &BTreeMap<String, Vec<VersionRow>>,
    new: &[&(Contract, SourceFile)],
    report: &mut ImportReport,
) -> std::result::Result<(), ImportError> {
    let mut problems = Vec::new();
    for (contract, SourceFile { path, text }) in new {
        let Some(before) = version_before(&held[&contract.id], contract)? else { continue };
        let Some(problem) = version_problem(&before, contract) else { continue };
        if problem.hides_a_break && !contract.is_draft() {
            problems.push(FileError::at(path, text, "version", problem.message));
        } else {
            let message = format!("contract {} {}: {}", contract.id, contract.version, problem.message);
            report.warnings.push(message);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(ImportError::Files(problems)) }
}

/// The published version that a new one follows by its number; any other one where none has such a number.
fn version_before(held: &[VersionRow], new: &Contract) -> Result<Option<Contract>> {
    let read = |row: &VersionRow| Contract::from_yaml(&row.contract, &row.document);
    let others = held.iter().filter(|row| row.version != new.version).map(read);
    let held: Vec<Contract> = others.collect::<std::result::Result<_, _>>().map_err(Error::fault)?;
    let follows = |old: &Contract| !old.is_draft() && old.semantic_version() <= new.semantic_version();
    Ok(held.into_iter().filter(follows).max_by_key(Contract::semantic_version))
}

async fn warn_about_strangers(tx: &mut Tx, report: &mut ImportReport) -> Result<()> {
    let domains = store::domains(tx).await?;
    let known = |id: &str| domains.iter().any(|domain| domain.id == id);
    for asset in store::assets(tx).await? {
        if !known(&asset.domain) && asset.origin == "file" {
            report.warnings.push(format!("asset {}: domain \"{}\" is not known", asset.id, asset.domain));
        }
    }
    Ok(())
}
