//! The audit as a file: the records as they are hashed, with the names of today beside them.

use chrono::SecondsFormat;
use lakeport_frame::{Column, Frame, Values};
use lakeport_model::audit::{AuditFilter, AuditFormat};
use lakeport_model::people::Viewer;
use serde_json::{Value, json};

use super::names::Naming;
use super::page::Search;
use crate::pace::EXPORTS;
use crate::people::{self, Actor};
use crate::policy::{self, SeeAudit};
use crate::store::audit::{self as store, Record};
use crate::{Call, Ctx, Error, Result};

/// The largest number of records in an export.
pub(super) const MOST: u32 = 100_000;
/// Records that are held at once.
const BATCH: i64 = 500;

/// An export that is being written, newest record first.
pub struct Export {
    ctx: Ctx,
    viewer: Viewer,
    search: Search,
    format: AuditFormat,
    before: i64,
    left: i64,
    is_first: bool,
}

/// Begins an export of what the viewer may read; that it was made is recorded first.
pub async fn export(call: &Call, filter: &AuditFilter, format: AuditFormat) -> Result<Export> {
    let begun = begin(call, filter, format).await;
    call.noted("audit.export.refused", "audit", begun).await
}

async fn begin(call: &Call, filter: &AuditFilter, format: AuditFormat) -> Result<Export> {
    let (mut tx, viewer) = call.change().await?;
    let proof = policy::authorize(&viewer, SeeAudit)?;
    let search = Search::of(&viewer, filter)?;
    let actor = Actor::Viewer(viewer.clone());
    let now = tx.now();
    super::keep_pace(&mut tx, &actor, &["audit.export"], EXPORTS, now).await?;
    // The file ends before the record of itself.
    let before = store::head(&mut tx).await?.map_or(1, |head| head.number + 1);
    let detail = json!({
        "action": filter.action, "person": filter.person, "words": filter.words, "from": filter.from, "to": filter.to,
    });
    tx.record("audit.export", "audit".to_owned(), proof.rule(), detail).await?;
    tx.commit().await?;
    let ctx = call.ctx.clone();
    Ok(Export { ctx, viewer, search, format, before, left: i64::from(MOST), is_first: true })
}

impl Export {
    /// The next part of the file; `None` at its end.
    ///
    /// # Errors
    /// Refused as soon as the reader may read less than when it began: a slow one gets no more than a quick one.
    pub async fn next(&mut self) -> Result<Option<String>> {
        // The file is kept: it holds the names of now.
        let snapshot = self.ctx.snapshot_now().await?;
        let mut tx = self.ctx.db.read().await?;
        let reader = people::again(&mut tx, &self.viewer).await?;
        if reader.is_none_or(|reader| !self.search.is_for(&reader)) {
            return Err(Error::forbidden("The audit is not open to you any more; the file ends here."));
        }
        let wanted = self.search.wanted();
        let found = store::before(&mut tx, &wanted, self.before, BATCH.min(self.left)).await?;
        let is_first = std::mem::replace(&mut self.is_first, false);
        match found.last() {
            Some(last) => self.before = last.number,
            None if !is_first => return Ok(None),
            None => {}
        }
        self.left -= i64::try_from(found.len()).unwrap_or(i64::MAX);
        let mut naming = Naming::new(&snapshot);
        let mut rows = Vec::with_capacity(found.len());
        for record in found {
            let (about, _) = naming.subject(&mut tx, &record.subject).await?;
            rows.push(Row { actor_name: naming.actor(&record.actor), about, record });
        }
        match self.format {
            AuditFormat::JsonLines => Ok(Some(rows.iter().map(line).collect())),
            AuditFormat::Csv => csv(&rows, is_first).map(Some),
        }
    }
}

/// A record with the names of who acted and of what it is about.
#[derive(Default)]
struct Row {
    actor_name: String,
    about: String,
    record: Record,
}

impl Row {
    fn fields(&self) -> [(&'static str, String); 11] {
        let Record { number, at, actor, action, subject, rule, detail, previous, hash } = &self.record;
        [
            ("number", number.to_string()),
            ("at", at.to_rfc3339_opts(SecondsFormat::Micros, true)),
            ("actor", actor.clone()),
            ("actor_name", self.actor_name.clone()),
            ("action", action.clone()),
            ("subject", subject.clone()),
            ("about", self.about.clone()),
            ("rule", rule.clone()),
            ("detail", detail.clone()),
            ("previous", previous.clone()),
            ("hash", hash.clone()),
        ]
    }
}

/// A JSON object and a line end. The details stay the text that was hashed.
fn line(row: &Row) -> String {
    let mut fields: serde_json::Map<String, Value> =
        row.fields().into_iter().map(|(name, text)| (name.to_owned(), Value::String(text))).collect();
    fields.insert("number".to_owned(), json!(row.record.number));
    format!("{}\n", Value::Object(fields))
}

/// Lines of CSV, below the names of the columns where it is the first part.
fn csv(rows: &[Row], is_first: bool) -> Result<String> {
    let names = Row::default().fields().map(|(name, _)| name);
    let mut columns: Vec<Vec<Option<String>>> = vec![Vec::with_capacity(rows.len()); names.len()];
    for row in rows {
        for (column, (_, text)) in columns.iter_mut().zip(row.fields()) {
            column.push(Some(text));
        }
    }
    let columns = names.into_iter().zip(columns);
    let columns = columns.map(|(name, texts)| Column { name: name.to_owned(), values: Values::Text(texts) });
    let csv = Frame::new(columns.collect()).map_err(Error::fault)?.to_csv();
    Ok(match csv.split_once("\r\n") {
        Some((_, rest)) if !is_first => rest.to_owned(),
        _ => csv,
    })
}
