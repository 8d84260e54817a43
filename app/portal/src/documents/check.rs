//! What would become of a text if it were published now. Nothing is written.

use lakeport_model::DomainId;
use lakeport_model::documents::Checked;

use super::diff::Diff;
use super::{KIND, Subject, effects, publish, read};
use crate::actor::Actor;
use crate::beside::TRIALS;
use crate::catalog::{OneProduct, write_product};
use crate::policy;
use crate::store::revisions as store;
use crate::{Call, Error, ErrorKind, Result};

/// Checks a text as publishing it would: a new product where no id is given, otherwise a change of that one, which was written
/// on the revision `base`.
///
/// # Errors
/// Refused to whoever may not publish the product at all. What is wrong with the text is no error.
pub async fn check(call: &Call, id: Option<&str>, base: u32, text: &str) -> Result<Checked> {
    let text = read::plain(text)?;
    let (mut from, mut held, mut overtaken) = (None, None, None);
    if let Some(id) = id {
        let snapshot = call.snapshot();
        let subject = Subject::of(&snapshot, &call.rights(), id)?;
        policy::authorize(&call.viewer, subject.publish())?;
        from = Some(subject.domain);
        let mut tx = call.ctx.db.read().await?;
        overtaken = publish::overtaken(&snapshot, store::newest_of(&mut tx, KIND, id).await?, base);
        held = publish::published_text(&mut tx, id).await?;
    } else {
        publish::refuse_strangers(&call.viewer)?;
    }
    let is_same = held.as_ref() == Some(&text);
    let diff = Diff::of(call.party(), held.unwrap_or_default(), text.clone()).await?;
    let mut checked = Checked { diff: diff.lines, is_cut: diff.is_cut, overtaken, ..Checked::default() };
    match read::product(call, text).await? {
        Err(problems) => checked.problems = problems,
        Ok(one) => {
            checked.problems = read::unfit_one(&call.snapshot(), id, &one);
            if checked.is_right() && !is_same {
                TRIALS.hold(call.party(), tried(call, id, from, &one, &mut checked)).await??;
            }
            checked.advice = one.advice;
        }
    }
    Ok(checked)
}

/// Writes it in a transaction that leaves nothing behind, and notes what came of it.
async fn tried(
    call: &Call,
    id: Option<&str>,
    from: Option<DomainId>,
    one: &OneProduct,
    checked: &mut Checked,
) -> Result<()> {
    // What would be refused when it is published is a mistake in the text as long as it is only looked at.
    let proof = match policy::authorize(&call.viewer, publish::asked(one, from)) {
        Ok(proof) => proof,
        Err(Error::Refused(refusal)) => {
            checked.problems.push(read::problem(&one.problem("domain", refusal.message)));
            return Ok(());
        }
        Err(fault) => return Err(fault),
    };
    let mut tx = call.ctx.db.write().await?;
    if id.is_none() {
        match publish::refuse_taken(&mut tx, &one.product().id).await {
            Err(Error::Refused(refusal)) if refusal.kind == ErrorKind::Conflict => {
                checked.problems.push(read::problem(&one.problem("id", refusal.message)));
                return Ok(());
            }
            done => done?,
        }
    }
    let actor = Actor::Viewer(call.viewer.clone());
    match write_product(&mut tx, &call.ctx, &publish::by(&actor, &proof, ""), one).await {
        Ok(carried) => {
            let grants = carried.grants(&mut tx).await?;
            checked.effects = effects::of_product(&carried, &one.product().id, &grants, call.now());
        }
        Err(error) => checked.problems = read::problems(error)?,
    }
    Ok(())
}
