//! What would become of a text if it were published now. Nothing is written.

use lakeport_model::DomainId;
use lakeport_model::documents::{Checked, TextKind};

use super::diff::Diff;
use super::{About, Subject, dashboard, effects, kept, propose, publish, read};
use crate::actor::Actor;
use crate::beside::TRIALS;
use crate::catalog::{OneDocument, write_document};
use crate::policy::{self, Authorized, WriteDocument};
use crate::{Call, Error, ErrorKind, Result};

/// Checks a text as publishing it would: a new product or contract where no id is given, otherwise a change of that one, which
/// was written on the revision `base`.
///
/// # Errors
/// Refused to whoever may neither publish it nor propose a change of it. What is wrong with the text is no error.
pub async fn check(call: &Call, kind: TextKind, id: Option<&str>, base: u32, text: &str) -> Result<Checked> {
    looked(call, About::of(kind, id), base, text).await
}

/// The same for the text of a new dashboard with this id.
///
/// # Errors
/// Refused to whoever publishes nowhere. What is wrong with the text or the id is no error.
pub async fn check_new_dashboard(call: &Call, new_id: &str, text: &str) -> Result<Checked> {
    looked(call, About::new_dashboard(new_id), 0, text).await
}

async fn looked(call: &Call, about: About<'_>, base: u32, text: &str) -> Result<Checked> {
    let About { kind, id, .. } = about;
    let text = read::plain(text)?;
    let (mut from, mut overtaken) = (None, None);
    if let Some(id) = id {
        let snapshot = call.snapshot();
        let subject = Subject::of(&snapshot, &call.rights(), kind, id)?;
        subject.writes(&call.viewer)?;
        let mut tx = call.ctx.db.read().await?;
        overtaken = publish::overtaken(&snapshot, kept::newest(&mut tx, subject.kind, id).await?, base);
        from = Some(subject.domain);
    } else {
        publish::refuse_strangers(&call.viewer)?;
    }
    let read = read::document(call, about, text.clone()).await?;
    let held = match id {
        Some(id) => {
            let version = read.as_ref().ok().and_then(OneDocument::version);
            let mut tx = call.ctx.db.read().await?;
            kept::published(&mut tx, kind, id, version).await?
        }
        None => None,
    };
    dashboard::refuse_unseen(call, kind, held.as_slice()).await?;
    let is_same = held.as_ref() == Some(&text);
    let diff = Diff::of(call.party(), held.unwrap_or_default(), text).await?;
    let mut checked = Checked { diff: diff.lines, is_cut: diff.is_cut, overtaken, ..Checked::default() };
    match read {
        Err(problems) => checked.problems = problems,
        Ok(mut one) => {
            checked.problems = read::unfit_one(&call.snapshot(), &call.rights(), (id, from.as_ref()), &one);
            checked.advice = std::mem::take(&mut one.advice);
            if checked.is_right() && !is_same {
                TRIALS.hold(call.party(), tried(call, id, from, &one, &mut checked)).await??;
            }
        }
    }
    Ok(checked)
}

/// Writes it in a transaction that leaves nothing behind, and notes what came of it.
async fn tried(
    call: &Call,
    id: Option<&str>,
    from: Option<DomainId>,
    one: &OneDocument,
    checked: &mut Checked,
) -> Result<()> {
    // How many have access is told to those alone who publish.
    let counts = !from.as_ref().is_some_and(|domain| policy::proposes(&call.viewer, domain));
    // What would be refused when it is published is a mistake in the text as long as it is only looked at.
    let proof = match allowed(call, from, one) {
        Ok(proof) => proof,
        Err(Error::Refused(refusal)) => {
            checked.problems.push(read::problem(&one.problem("domain", refusal.message)));
            return Ok(());
        }
        Err(fault) => return Err(fault),
    };
    let mut tx = call.ctx.db.write().await?;
    if id.is_none() {
        match publish::refuse_taken(&mut tx, &call.snapshot(), one).await {
            Err(Error::Refused(refusal)) if refusal.kind == ErrorKind::Conflict => {
                checked.problems.push(read::problem(&one.problem("id", refusal.message)));
                return Ok(());
            }
            done => done?,
        }
    }
    let actor = Actor::Viewer(call.viewer.clone());
    match write_document(&mut tx, &call.ctx, &publish::by(&actor, proof, ""), one).await {
        Ok(carried) => {
            checked.effects = effects::of(&mut tx, call, &carried, one, counts).await?;
            checked.advice.extend(carried.report().warnings.iter().cloned());
        }
        Err(error) => checked.problems = read::problems(error)?,
    }
    Ok(())
}

/// That the viewer publishes it, or proposes it.
fn allowed(call: &Call, from: Option<DomainId>, one: &OneDocument) -> Result<Authorized<WriteDocument>> {
    match from {
        Some(domain) if policy::proposes(&call.viewer, &domain) => {
            propose::allowed(&call.viewer, domain, one)
        }
        from => Ok(policy::authorize(&call.viewer, publish::asked(one, from))?.allows()),
    }
}
