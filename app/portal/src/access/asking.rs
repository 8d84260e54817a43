//! A consumer asks again for the decision on their review: those it lies with are told so, once a day at most.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::GrantId;
use lakeport_model::access::Asking;
use serde_json::json;

use super::grants::own;
use super::schedule::{Cadence, MayAsk};
use super::telling::{Once, remind_once, review_words};
use super::{Reviewers, no_answer, review};
use crate::catalog::Snapshot;
use crate::notify::Message;
use crate::people::Actor;
use crate::store::access::Grant;
use crate::store::{Tx, notify as messages};
use crate::{Call, Ctx, Error, Result};

/// Beginning of the kinds of what those are sent whom a consumer asks.
const ASKED: &str = "asked";

/// What is recorded of having asked on a day.
fn key(today: NaiveDate) -> String {
    format!("{ASKED}.{today}")
}

async fn may_ask(tx: &mut Tx, cadence: &Cadence, grant: &Grant, today: NaiveDate) -> Result<MayAsk> {
    let asked = messages::was_reminded(tx, grant.id, grant.cycle, &key(today)).await?;
    Ok(cadence.may_ask(today, grant.next_review, grant.confirmed_at.is_some(), asked))
}

/// Whom the consumer of a grant that holds can ask for a decision; `None` where there is nothing to ask for.
pub(super) async fn asking(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    grant: &Grant,
) -> Result<Option<Asking>> {
    if grant.confirmed_at.is_none() {
        // Most grants; nothing has to be looked up for them.
        return Ok(None);
    }
    let cadence = review::cadence(ctx, snapshot, grant);
    let is_asked = match may_ask(tx, cadence, grant, now.date_naive()).await? {
        MayAsk::Yes => false,
        MayAsk::AskedToday => true,
        MayAsk::NotYet | MayAsk::AnswerFirst => return Ok(None),
    };
    let asked = Reviewers::of(snapshot, grant).asked(review::is_escalated(ctx, now, snapshot, grant));
    let with: Vec<String> = asked.into_iter().map(|person| snapshot.person_name(person)).collect();
    Ok((!with.is_empty()).then_some(Asking { with, is_asked }))
}

/// Reminds those whom the review of the viewer's own grant lies with.
///
/// # Errors
/// Refused while no review waits, before the viewer has said that it is still needed, and a second time on a day.
pub async fn ask_for_decision(call: &Call, id: GrantId) -> Result<()> {
    let done = ask(call, id).await;
    call.noted("grant.ask.refused", format!("grant {id}"), done).await
}

async fn ask(call: &Call, id: GrantId) -> Result<()> {
    let ctx = &call.ctx;
    let (mut tx, viewer) = call.change().await?;
    let (grant, proof) = own(&mut tx, &viewer, id).await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let (now, today) = (tx.now(), tx.now().date_naive());
    let cadence = review::cadence(ctx, &snapshot, &grant);
    let refused = match may_ask(&mut tx, cadence, &grant, today).await? {
        MayAsk::Yes => None,
        MayAsk::NotYet => Some("No review waits; there is nothing to decide yet."),
        MayAsk::AnswerFirst => Some("Say first that you still need the access; then ask for a decision."),
        MayAsk::AskedToday => Some("You asked today already; once a day is enough."),
    };
    if let Some(sentence) = refused {
        return Err(Error::conflict(sentence));
    }
    let people = Reviewers::of(&snapshot, &grant).asked(review::is_escalated(ctx, now, &snapshot, &grant));
    if people.is_empty() {
        return Err(Error::conflict("Nobody answers for this data now. Ask an administrator."));
    }
    let unanswered = no_answer::in_words(&mut tx, ctx, now, &snapshot, &grant).await?;
    let title = snapshot.port_title(&grant.port);
    let message = Message::new(
        format!("{} asks for your decision on access to {title}", viewer.name),
        [
            format!("It is still needed. Purpose: {}", grant.purpose),
            grant.next_review.map(|due| review_words(today, due)).unwrap_or_default(),
            unanswered,
        ],
        "/reviews",
    );
    let kind = key(today);
    for person in &people {
        let once = Once { cycle: grant.cycle, kind: &kind, to: *person };
        remind_once(&mut tx, ctx, now, &grant, once, &message).await?;
    }
    let detail = json!({ "cycle": grant.cycle, "asked": people });
    review::note(&mut tx, ctx, &Actor::Viewer(viewer), &grant, "grant.ask", proof.rule(), detail).await?;
    tx.commit().await
}
