//! Taking OpenLineage events.

use std::collections::BTreeMap;

use lakeport_model::catalog::{AssetKind, Classification, Column};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::audit::{self, Entry};
use crate::people::Actor;
use crate::standards::openlineage::{Dataset, Event, EventType};
use crate::store::Tx;
use crate::store::audit as chain;
use crate::store::catalog::{self, AssetRow};
use crate::store::lineage::{self as store, EdgeRow};
use crate::{Ctx, Error, Refusal, RefusalKind, Result};

/// Takes one event; the same event a second time changes nothing.
///
/// # Errors
/// Refused with line, column and field when the text is no event.
pub async fn ingest(ctx: &Ctx, actor: &Actor, text: &str) -> Result<()> {
    let event = Event::from_json("event", text).map_err(|errors| {
        Error::Refused(Refusal { kind: RefusalKind::Invalid, message: errors.to_string(), field: None })
    })?;
    let mut tx = ctx.db.write().await?;
    if keep(&mut tx, ctx, &event).await? {
        chain::change(&mut tx, "catalog", "lineage", ctx.now()).await?;
        let entry = Entry {
            actor,
            action: "lineage.ingest",
            subject: format!("event {}", event_id(&event)),
            rule: "lineage.write_scope",
            detail: json!({ "job": event.job().map(|job| format!("{}/{}", job.namespace, job.name)) }),
        };
        audit::record(&mut tx, ctx, entry).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// An event has no id of its own: the hash of its content serves.
pub(crate) fn event_id(event: &Event) -> String {
    let text = serde_json::to_string(event).unwrap_or_default();
    hex::encode(&Sha256::digest(text.as_bytes())[..16])
}

/// Keeps an event and the edges it says; false when it was kept before.
pub(crate) async fn keep(tx: &mut Tx, ctx: &Ctx, event: &Event) -> Result<bool> {
    let document = serde_json::to_string(event).map_err(Error::fault)?;
    if !store::put_event(tx, &event_id(event), &document, ctx.now()).await? {
        return Ok(false);
    }
    let failed = matches!(event, Event::Run(run) if matches!(run.event_type, Some(EventType::Abort | EventType::Fail)));
    if failed {
        return Ok(true);
    }
    let mut known: BTreeMap<(String, String), String> = BTreeMap::new();
    for asset in catalog::assets(tx).await? {
        known.insert((asset.namespace, asset.name), asset.id);
    }
    for dataset in event.inputs().iter().chain(event.outputs()) {
        learn(tx, ctx, &mut known, dataset).await?;
    }
    let id = |namespace: &str, name: &str| known.get(&(namespace.to_owned(), name.to_owned()));
    let Some(job) = event.job() else { return Ok(true) };
    for output in event.outputs() {
        let Some(target) = id(&output.namespace, &output.name) else { continue };
        for input in event.inputs() {
            let Some(source) = id(&input.namespace, &input.name).filter(|source| *source != target) else {
                continue;
            };
            let edge = EdgeRow {
                source: source.clone(),
                target: target.clone(),
                job: format!("{}/{}", job.namespace, job.name),
                columns: serde_json::to_string(&columns(input, output)).map_err(Error::fault)?,
                seen_at: event.event_time(),
            };
            store::put_edge(tx, &edge).await?;
        }
    }
    Ok(true)
}

/// Columns of `output` that are made of columns of `input`: source column, target column.
fn columns(input: &Dataset, output: &Dataset) -> Vec<(String, String)> {
    let facet = output.facets.as_ref().and_then(|facets| facets.column_lineage.as_ref());
    let fields = facet.into_iter().flat_map(|facet| &facet.fields);
    fields
        .flat_map(|(target, field)| field.input_fields.iter().map(move |source| (source, target)))
        .filter(|(source, _)| source.namespace == input.namespace && source.name == input.name)
        .map(|(source, target)| (source.field.clone(), target.clone()))
        .collect()
}

/// A dataset no file describes becomes an asset without a domain, so that lineage has no holes.
async fn learn(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &mut BTreeMap<(String, String), String>,
    dataset: &Dataset,
) -> Result<()> {
    let address = (dataset.namespace.clone(), dataset.name.clone());
    if known.contains_key(&address) {
        return Ok(());
    }
    let facets = dataset.facets.as_ref();
    let schema = facets.and_then(|facets| facets.schema.as_ref());
    let columns: Vec<Column> = schema
        .into_iter()
        .flat_map(|schema| &schema.fields)
        .map(|field| Column {
            name: field.name.clone(),
            data_type: field.field_type.clone().unwrap_or_else(|| "unknown".to_owned()),
            description: field.description.clone().unwrap_or_default(),
            classification: Classification::Internal,
            tags: Vec::new(),
            drift: None,
        })
        .collect();
    let documentation = facets.and_then(|facets| facets.documentation.as_ref());
    let kind = if dataset.namespace.starts_with("kafka://") { AssetKind::Topic } else { AssetKind::Table };
    let row = AssetRow {
        id: format!("x-{}", hex::encode(&Sha256::digest(format!("{}\n{}", address.0, address.1))[..8])),
        kind: kind.to_string(),
        layer: None,
        namespace: dataset.namespace.clone(),
        name: dataset.name.clone(),
        domain: String::new(),
        description: documentation.map(|facet| facet.description.clone()).unwrap_or_default(),
        platform: None,
        location: None,
        classification: Classification::Internal.to_string(),
        tags: "[]".to_owned(),
        columns: serde_json::to_string(&columns).map_err(Error::fault)?,
        origin: "lineage".to_owned(),
        created_at: ctx.now(),
    };
    catalog::put_asset(tx, &row).await?;
    known.insert(address, row.id);
    Ok(())
}
