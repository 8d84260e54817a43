//! What would become of what somebody wrote if it were published now. Nothing is written.

use std::collections::BTreeSet;

use lakeport_model::DomainId;
use lakeport_model::assets::{AssetChecked, AssetText, FieldProblem};

use super::advice::advice;
use super::effects::{self, Eyes, Meaning};
use super::form::Form;
use super::lowering::may_lower;
use super::stewards::Stewards;
use super::unfit::{Unfit, takes_over, unfit, unfit_unpaced};
use super::{KIND, asked, guesses, held};
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
/// Refused to whoever may neither publish the asset nor propose a change of it, and where it cannot be read. What is wrong with
/// the fields is no error.
pub async fn check(
    call: &Call,
    id: Option<&str>,
    domain: &DomainId,
    seen: &str,
    text: &AssetText,
) -> Result<AssetChecked> {
    looked(call, id, domain, (seen, text), false).await
}

/// The same for whoever looks at what was proposed of an asset: what is taken in that is recorded of nobody, and counts for
/// nothing.
///
/// # Errors
/// As of [`check`].
pub(crate) async fn look(
    call: &Call,
    id: &str,
    domain: &DomainId,
    seen: &str,
    text: &AssetText,
) -> Result<AssetChecked> {
    looked(call, Some(id), domain, (seen, text), true).await
}

async fn looked(
    call: &Call,
    id: Option<&str>,
    domain: &DomainId,
    (seen, text): (&str, &AssetText),
    is_proposed: bool,
) -> Result<AssetChecked> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let proposes = proposes(call, id, domain)?;
    let mut tx = call.ctx.db.read().await?;
    let before = held(&mut tx, id).await?;
    let newest = match id {
        Some(id) => revisions::newest_of(&mut tx, KIND, id).await?,
        None => None,
    };
    drop(tx);
    let Form { row, mut problems, seen: held } = Form::read(call, domain, text, before.as_ref()).await?;
    let (described, written) = (row.description.clone(), text.clone());
    let (catalog, whose) = (snapshot.clone(), rights.clone());
    let look = move || (safe_html(&described).0, advice(&catalog, &whose, &written));
    let (about, advice) = WORDS.run(call.party(), look).await?;
    let overtaken = (held != seen).then(|| overtaken(&snapshot, newest));
    let mut checked = AssetChecked { about, advice, overtaken, ..AssetChecked::default() };
    let (is_right, is_wrong_at) = (problems.is_empty(), fields_of(&problems));
    // Whether others have its id or its address is told beside other mistakes, as far as these two can be read.
    if !is_wrong_at("id") {
        let mut tx = call.ctx.db.read().await?;
        let eyes = Eyes { snapshot: &snapshot, rights: &rights, now: call.now() };
        let Unfit { problems: beside, hidden } = if is_proposed {
            unfit_unpaced(&mut tx, &eyes, before.as_ref(), &row).await?
        } else {
            unfit(&mut tx, &call.viewer, &eyes, before.as_ref(), &row).await?
        };
        // How many have access is told to those alone who publish.
        let held = if proposes { Vec::new() } else { on_it(&mut tx, before.as_ref()).await? };
        let takes_over = takes_over(&mut tx, before.as_ref(), &row).await?;
        let from = before.as_ref().map_or("", |before| before.domain.as_str());
        let domains = BTreeSet::from([from, row.domain.as_str()]);
        let stewards = Stewards::of(&mut tx, &snapshot, &domains, call.now()).await?;
        drop(tx);
        if let Some(hidden) = hidden.filter(|_| !is_proposed) {
            guesses::note(call, &hidden).await?;
        }
        let is_address_read = !is_wrong_at("namespace") && !is_wrong_at("name");
        let is_told = |field: &str| is_right || field == "id" || (field == "name" && is_address_read);
        problems.extend(beside.into_iter().filter(|problem| is_told(&problem.field)));
        if !is_right {
            return Ok(AssetChecked { problems, ..checked });
        }
        let Meaning { effects, lowered, needs_consent } =
            eyes.meaning(before.as_ref(), &row, &held, takes_over);
        // What was written on another text says nothing about this one: first both are put together.
        let is_overtaken = checked.overtaken.is_some();
        // Of what is proposed, whoever accepts it is asked.
        if let Some(before) = before.filter(|_| !is_overtaken && !proposes) {
            match may_lower(&stewards, &call.viewer, &before, &row) {
                Ok(_) => {}
                // As long as it is only looked at, it is something to correct.
                Err(Error::Refused(refusal)) => {
                    let column = lowered.iter().find_map(|one| one.column.as_deref());
                    let field = if lowered.is_empty() { "domain".to_owned() } else { place(text, column) };
                    problems.push(FieldProblem { field, message: refusal.message });
                }
                Err(fault) => return Err(fault),
            }
        }
        checked.meaning = effects::digest(&effects);
        checked.effects = effects;
        checked.needs_consent = needs_consent && !proposes;
    }
    checked.problems = problems;
    Ok(checked)
}

/// Refuses whoever neither publishes it nor proposes a change of it, which leaves it in its domain; true for who proposes.
fn proposes(call: &Call, id: Option<&str>, domain: &DomainId) -> Result<bool> {
    let asked = asked(&call.snapshot(), &call.rights(), id, domain)?;
    if asked.from.as_ref() == Some(domain) && policy::proposes(&call.viewer, domain) {
        return Ok(true);
    }
    policy::authorize(&call.viewer, asked).map(|_| false)
}

/// True of the fields that are wrong.
fn fields_of(problems: &[FieldProblem]) -> impl Fn(&str) -> bool + use<> {
    let fields: Vec<String> = problems.iter().map(|problem| problem.field.clone()).collect();
    move |field: &str| fields.iter().any(|wrong| wrong == field)
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
