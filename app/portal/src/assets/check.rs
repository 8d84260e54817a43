//! What would become of what somebody wrote if it were published now. Nothing is written.

use lakeport_model::DomainId;
use lakeport_model::assets::{AssetChecked, AssetText, FieldProblem};

use super::effects::{Eyes, Meaning};
use super::form::Form;
use super::publish::may_lower;
use super::unfit::unfit;
use super::{KIND, asked, digest, held};
use crate::beside::WORDS;
use crate::dashboards::format::safe_html;
use crate::documents::said;
use crate::snapshot::Snapshot;
use crate::store::Tx;
use crate::store::access::{self as grants, About, Grant};
use crate::store::catalog::AssetRow;
use crate::store::revisions::{self, RevisionRow};
use crate::{Call, Error, Result, policy};

/// Checks what was written as publishing it would: of a new asset where no id is given, otherwise of that one, of which its
/// author saw the text of the digest `seen`.
///
/// # Errors
/// Refused to whoever may not publish the asset at all, and where it cannot be read. What is wrong with the fields is no error.
pub async fn check(
    call: &Call,
    id: Option<&str>,
    domain: &DomainId,
    seen: &str,
    text: &AssetText,
) -> Result<AssetChecked> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    policy::authorize(&call.viewer, asked(&snapshot, &rights, id, domain)?)?;
    let mut tx = call.ctx.db.read().await?;
    let before = held(&mut tx, id).await?;
    let newest = match id {
        Some(id) => revisions::newest_of(&mut tx, KIND, id).await?,
        None => None,
    };
    drop(tx);
    let Form { row, mut problems } = Form::read(call, domain, text, before.as_ref()).await?;
    let described = row.description.clone();
    let about = WORDS.run(call.party(), move || safe_html(&described).0).await?;
    let overtaken = (digest(before.as_ref())? != seen).then(|| overtaken(&snapshot, newest));
    let mut checked = AssetChecked { about, overtaken, ..AssetChecked::default() };
    if problems.is_empty() {
        let mut tx = call.ctx.db.read().await?;
        problems = unfit(&mut tx, &call.ctx, &snapshot, before.as_ref(), &row).await?;
        let held = on_it(&mut tx, before.as_ref()).await?;
        drop(tx);
        let eyes = Eyes { snapshot: &snapshot, rights: &rights, now: call.now() };
        let Meaning { effects, lowered, needs_consent } = eyes.meaning(before.as_ref(), &row, &held);
        // What was written on another text says nothing about this one: first both are put together.
        let is_overtaken = checked.overtaken.is_some();
        if let Some(before) = before.filter(|_| !lowered.is_empty() && !is_overtaken) {
            match may_lower(&snapshot, &call.viewer, &before) {
                Ok(_) => {}
                // As long as it is only looked at, it is something to correct.
                Err(Error::Refused(refusal)) => {
                    let column = lowered.iter().find_map(|one| one.column.as_deref());
                    problems.push(FieldProblem { field: place(text, column), message: refusal.message });
                }
                Err(fault) => return Err(fault),
            }
        }
        checked.effects = effects;
        checked.needs_consent = needs_consent;
    }
    checked.problems = problems;
    Ok(checked)
}

/// The grants on an asset that nobody ended.
pub(super) async fn on_it(tx: &mut Tx, before: Option<&AssetRow>) -> Result<Vec<Grant>> {
    let Some(row) = before else { return Ok(Vec::new()) };
    let about = About { assets: vec![row.id.clone()], ..About::default() };
    grants::open_grants_about(tx, &about).await
}

/// Who changed it in the meantime. Lineage events and files leave no revision of what nobody changed in the portal.
pub(super) fn overtaken(snapshot: &Snapshot, newest: Option<RevisionRow>) -> String {
    match newest {
        Some(newest) => format!("{}, after this was begun.", said(snapshot, newest)),
        None => "Files changed it after this was begun.".to_owned(),
    }
}

/// The field that says how sensitive a column is, or the asset where the form does not show it.
fn place(text: &AssetText, column: Option<&str>) -> String {
    let number = column.and_then(|name| text.columns.iter().position(|column| column.name == name));
    number.map_or_else(|| "classification".to_owned(), |number| format!("columns[{number}][classification]"))
}
