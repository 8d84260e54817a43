//! Requests that wait: who is reminded, whom they go on to when nobody decides, and what their requester is told.
//!
//! Idempotent: what somebody was told is recorded under (request, revision, kind, recipient) in the transaction that
//! tells it, and only the most pressing reminder is sent.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use lakeport_model::{PersonId, RequestId, is_unread_moment, listed};

use super::faults::Thing;
use super::sweep::Sweep;
use crate::access::{Deciders, domain_of_request, eyes, schedule};
use crate::catalog::{Snapshot, href};
use crate::notify::{self, Message};
use crate::snapshot::answering::ids;
use crate::store::access::{self as store, Request};
use crate::store::people::{self, Member};
use crate::store::{Tx, notify as messages};
use crate::{Ctx, Error, Result, retire};

/// Something that somebody is to be told once.
struct Due {
    to: PersonId,
    kind: String,
    message: Message,
}

/// Requests that wait are reminded of.
pub(super) struct WaitingRequests;

#[async_trait]
impl Sweep for WaitingRequests {
    type Id = RequestId;

    const NAME: &str = "waiting_requests";

    async fn due(&self, tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<RequestId>> {
        store::requests_to_look_at(tx, now, limit).await
    }

    async fn see_to(&self, ctx: &Ctx, id: RequestId) -> Result<u32> {
        see_to(ctx, id).await
    }

    async fn thing(&self, _ctx: &Ctx, id: RequestId, _has_failed: bool) -> Result<Thing> {
        Ok(Thing::request(id))
    }

    async fn put_off(&self, tx: &mut Tx, id: RequestId, again: DateTime<Utc>) -> Result<()> {
        store::look_at_request(tx, id, again).await
    }
}

/// Tells what is due about one request, and notes when it is looked at next.
async fn see_to(ctx: &Ctx, id: RequestId) -> Result<u32> {
    let mut tx = ctx.db.write().await?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    // Read again: somebody may have decided since, or another process may have told them.
    let Some(request) = store::waiting_request(&mut tx, id).await? else { return Ok(0) };
    is_dated(&request)?;
    let now = ctx.now();
    let due = due(&mut tx, now, &snapshot, &request).await?;
    for Due { to, kind, message } in &due {
        if messages::remind_of_request(&mut tx, request.id, request.revision, kind, *to, now).await? {
            let about = format!("request {}", request.id);
            notify::tell_about(&mut tx, ctx, &[*to], &about, message).await?;
        }
    }
    let next = schedule::next_look_at_request(request.waits_since.date_naive(), now.date_naive());
    store::look_at_request(&mut tx, id, next.and_time(NaiveTime::MIN).and_utc()).await?;
    tx.commit_unrecorded("reminders stand in the inbox").await?;
    // A word in it that nobody knows held nothing up, and is told all the same.
    request.classification.known()?;
    Ok(u32::from(!due.is_empty()))
}

/// Nobody is told how long a request has waited where that cannot be read: such a time counts as one long ago.
fn is_dated(request: &Request) -> Result<()> {
    if [request.requested_at, request.waits_since].into_iter().any(is_unread_moment) {
        return Err(Error::fault("database: since when a request waits is no time"));
    }
    Ok(())
}

/// What people are still to be told about a request.
async fn due(tx: &mut Tx, now: DateTime<Utc>, snapshot: &Snapshot, request: &Request) -> Result<Vec<Due>> {
    let (since, today) = (request.waits_since.date_naive(), now.date_naive());
    if retire::closed_request(snapshot, request, today).is_some() {
        return retired(tx, now, snapshot, request).await;
    }
    let approvals = store::approvals(tx, request.id).await?;
    let deciders = Deciders::of(snapshot, request, &approvals);
    let nobody = deciders.turn.is_empty();
    let Some(step) = schedule::request_reminder(since, today, nobody) else { return Ok(Vec::new()) };
    let kind = format!("waits.{step}");
    let words = Words::of(snapshot, request, today, &deciders);
    let due = |people: &[PersonId], kind: &str, message: &Message| {
        let due = |to: &PersonId| Due { to: *to, kind: kind.to_owned(), message: message.clone() };
        people.iter().map(due).collect::<Vec<_>>()
    };
    let mut all = due(&ids(&deciders.turn), &kind, &words.reminder());
    if schedule::is_request_escalated(since, today) || nobody {
        all.extend(due(&ids(&deciders.above), &kind, &words.escalation()));
        if deciders.above.is_empty() {
            for administrator in people::administrators(tx).await? {
                let title = eyes::title_for(tx, now, snapshot, administrator, &request.port).await?;
                let title = title.unwrap_or_else(|| format!("data of {}", words.domain));
                all.extend(due(&[administrator], &kind, &Words { title, ..words.clone() }.nobody()));
            }
        }
        let requester = request.requester;
        let title = eyes::title_for(tx, now, snapshot, requester, &request.port).await?;
        let title = title.unwrap_or_else(|| request.port.clone());
        all.extend(due(&[requester], "escalated", &Words { title, ..words }.requester()));
    }
    let mut open = Vec::with_capacity(all.len());
    for due in all {
        if !messages::request_reminded(tx, request.id, request.revision, &due.kind, due.to).await? {
            open.push(due);
        }
    }
    Ok(open)
}

/// Nobody is urged to decide what can only be rejected; whoever asked is told once that it is retired.
async fn retired(
    tx: &mut Tx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    request: &Request,
) -> Result<Vec<Due>> {
    let (to, kind) = (request.requester, "retired");
    if messages::request_reminded(tx, request.id, request.revision, kind, to).await? {
        return Ok(Vec::new());
    }
    let title = eyes::title_for(tx, now, snapshot, to, &request.port).await?;
    let title = title.unwrap_or_else(|| request.port.clone());
    let message = Message::new(
        format!("Your request for {title} cannot be approved any more"),
        ["It is retired: nobody can get access to it", "You can withdraw the request"],
        "/access/requests",
    );
    Ok(vec![Due { to, kind: kind.to_owned(), message }])
}

/// What is said about a request that waits.
#[derive(Clone)]
struct Words {
    title: String,
    requester: String,
    purpose: String,
    domain: String,
    /// Those whose turn it is, by name; `None` where there is nobody.
    turn: Option<String>,
    /// Those above them.
    above: Option<String>,
    /// Since it was asked for: whoever it lies with may have got it later.
    waited: String,
    /// Since it lies where it does.
    lain: String,
    decide: String,
    /// Where the domain gets somebody who can decide.
    members: String,
}

impl Words {
    fn of(snapshot: &Snapshot, request: &Request, today: NaiveDate, deciders: &Deciders) -> Self {
        let names = |people: &[Member]| {
            let names: Vec<String> = people.iter().map(|member| member.name.clone()).collect();
            (!names.is_empty()).then(|| listed(&names))
        };
        let days = |since: DateTime<Utc>| {
            let days = (today - since.date_naive()).num_days();
            format!("{days} day{}", if days == 1 { "" } else { "s" })
        };
        Self {
            title: snapshot.port_title(&request.port),
            requester: snapshot.who(request.requester),
            purpose: request.purpose.clone(),
            domain: snapshot.domain_name(domain_of_request(snapshot, request)),
            turn: names(&deciders.turn),
            above: names(&deciders.above),
            waited: days(request.requested_at),
            lain: days(request.waits_since),
            decide: format!("/decide/{}", request.id),
            members: href::domain(domain_of_request(snapshot, request)),
        }
    }

    fn reminder(&self) -> Message {
        Message::new(
            format!("A request for {} waits for you", self.title),
            [
                format!("{} asked, and it has waited for {}", self.requester, self.waited),
                format!("Purpose: {}", self.purpose),
            ],
            self.decide.clone(),
        )
    }

    fn escalation(&self) -> Message {
        let turn = self.turn.as_deref().unwrap_or_default();
        Message::new(
            format!("A request for {} has come to you", self.title),
            [
                format!("{} asked, and it has waited for {}", self.requester, self.waited),
                format!("It lies with {turn}, and you can decide it now, too"),
                format!("Purpose: {}", self.purpose),
            ],
            self.decide.clone(),
        )
    }

    /// For the administrators: nobody else is left who could be asked.
    fn nobody(&self) -> Message {
        let lies = match &self.turn {
            Some(turn) => format!("It lies with {turn}, and has waited for {}", self.waited),
            None => format!("Nobody of {} can", self.domain),
        };
        Message::new(
            format!("A request for {} waits, and nobody else can decide it", self.title),
            [
                format!("{} asked", self.requester),
                lies,
                format!("Give {} an owner or a steward who can decide", self.domain),
            ],
            self.members.clone(),
        )
    }

    fn requester(&self) -> Message {
        let lies = match (&self.turn, &self.above) {
            (None, _) => [
                format!("Nobody of {} can decide it yet", self.domain),
                "The administrators were told".to_owned(),
            ],
            (Some(turn), None) => [
                format!("{turn} did not decide it in {}", self.lain),
                "It still lies there; the administrators were told".to_owned(),
            ],
            (Some(turn), Some(above)) => [
                format!("{turn} did not decide it in {}", self.lain),
                format!("It lies with {above} now, too"),
            ],
        };
        Message::new(format!("Your request for {} still waits", self.title), lies, "/access/requests")
    }
}
