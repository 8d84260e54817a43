//! What depends on an asset, or what it is made from, as a file.

use chrono::SecondsFormat;
use lakeport_frame::{Column, Frame, Values};
use lakeport_model::First;
use lakeport_model::impact::{ImpactRequest, Reached};

use super::impact_rows;
use crate::beside::FILES;
use crate::text::legible;
use crate::{Call, Error, Result};

/// The whole list as a file name and CSV, a line each.
///
/// # Errors
/// As of [`impact_rows`].
pub async fn impact_csv(call: &Call, request: &ImpactRequest) -> Result<(String, String)> {
    let page = impact_rows(call, request).await?;
    let part = |part: &Option<String>| part.as_ref().map(|part| format!("-{part}")).unwrap_or_default();
    let (column, domain) = (part(&request.column), part(&request.domain));
    // What was not walked is told by the name, as of other files.
    let is_whole = page.next.is_none() && !page.there_are_more;
    let cut = if is_whole { String::new() } else { format!("-first-{}-rows", page.items.len()) };
    let file = format!("{}{column}-{}{domain}{cut}.csv", page.asset.id, request.side);
    let csv = FILES.run(call.party(), move || csv(&page.items)).await??;
    Ok((file, csv))
}

fn csv(rows: &[Reached]) -> Result<String> {
    let mut columns: Vec<Vec<Option<String>>> = vec![Vec::with_capacity(rows.len()); NAMES.len()];
    for row in rows {
        for (column, text) in columns.iter_mut().zip(fields(row)) {
            column.push(Some(text));
        }
    }
    let columns = NAMES.into_iter().zip(columns);
    let columns = columns.map(|(name, texts)| Column { name: name.to_owned(), values: Values::Text(texts) });
    Ok(Frame::new(columns.collect()).map_err(Error::fault)?.to_csv())
}

const NAMES: [&str; 14] = [
    "hops",
    "asset",
    "title",
    "kind",
    "layer",
    "domain",
    "owners",
    "products",
    "contract_state",
    "subscriptions",
    "grants",
    "columns",
    "last_reported",
    "former",
];

/// What stands in a line, in the order of the names.
fn fields(row: &Reached) -> [String; NAMES.len()] {
    let products = row.products.items.iter().map(|(_, name)| name.as_str());
    let products = First { items: products.collect(), of: row.products.of };
    // Whoever reported them named them: a line break in a name would be one in the file.
    let columns: Vec<String> = row.columns.iter().map(|name| legible(name)).collect();
    [
        row.hops.to_string(),
        row.asset.id.to_string(),
        row.asset.name.clone(),
        row.asset.kind.to_string(),
        row.asset.layer.map(|layer| layer.to_string()).unwrap_or_default(),
        row.domain.name.clone(),
        row.owners.lines().join("; "),
        products.lines().join("; "),
        row.state.map(|state| state.to_string()).unwrap_or_default(),
        row.subscribers.to_string(),
        row.grants.to_string(),
        columns.join("; "),
        row.last_reported.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default(),
        if row.is_former { "former".to_owned() } else { String::new() },
    ]
}
